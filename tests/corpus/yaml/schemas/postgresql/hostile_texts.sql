CREATE TABLE "we
ird ""t""" ("a: b" text DEFAULT E'---\n...\n# no\r\n\t' , "- x" int, "null" int, "1e3" int, " lead " int, "ünï🐘" int);
COMMENT ON TABLE "we
ird ""t""" IS E'|-\n  closes: [the block\n---\n...\n\u0085\u2028\u2029\ufeff\u0001\u007f trailing  \n\n';
COMMENT ON COLUMN "we
ird ""t"""."null" IS 'yes';
COMMENT ON COLUMN "we
ird ""t"""."1e3" IS E'\n\n';
COMMENT ON COLUMN "we
ird ""t"""." lead " IS E'  two\n one\n\tthree';
CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS E'BEGIN\r\n  RETURN $x$ --- $x$; -- "quoted": \'#\' \n\t\n  END \n\n';
CREATE FUNCTION g() RETURNS text LANGUAGE sql AS E'\n \n  SELECT \'$$\' || E\'\\u2028\'\n';
CREATE VIEW v AS SELECT E'a\n...\n---\n: #'::text AS "# c", 'null'::text AS "~";
CREATE TYPE "ty pe" AS ENUM ('', ' ', 'null', E'a\nb', '1.0', '- x', '🐘', E'\u2028');
CREATE TABLE u ("e" "ty pe" DEFAULT E'a\nb', c text CHECK (c <> E'\t#\r'));
