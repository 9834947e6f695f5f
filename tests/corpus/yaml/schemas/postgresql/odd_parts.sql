-- A field twice in an index, a small cost, a check that old values need not meet.
CREATE TABLE note (id bigint PRIMARY KEY, title text);
CREATE INDEX note_titles ON note (title, title text_pattern_ops);
CREATE FUNCTION cheap(text) RETURNS boolean LANGUAGE sql COST 0.0000001 AS 'SELECT $1 IS NULL';
CREATE DOMAIN size AS integer;
ALTER DOMAIN size ADD CONSTRAINT size_check CHECK (VALUE > 0) NOT VALID;
COMMENT ON CONSTRAINT size_check ON DOMAIN size IS 'from now on';
-- Names within strings.
CREATE FUNCTION last_of(what regclass DEFAULT 'note'::regclass) RETURNS bigint LANGUAGE sql RETURN 1;
CREATE VIEW about AS SELECT relname FROM pg_class WHERE oid = 'note'::regclass;
CREATE PROCEDURE move(OUT a integer, IN b integer) LANGUAGE plpgsql AS 'BEGIN a := b; END';
CREATE PROCEDURE move(IN a integer, IN b integer) LANGUAGE plpgsql AS 'BEGIN END';
COMMENT ON PROCEDURE move(OUT integer, integer) IS 'out';
