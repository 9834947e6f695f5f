-- What is said of parts: a key's check that old values were not held to, an aggregate's privileges,
-- how a materialized view's index is used.
CREATE DOMAIN size AS integer CONSTRAINT more CHECK (VALUE > 0);
ALTER DOMAIN size ADD CONSTRAINT few CHECK (VALUE < 9) NOT VALID;
CREATE AGGREGATE most(integer) (SFUNC = int4larger, STYPE = integer);
GRANT EXECUTE ON FUNCTION most(integer) TO reader WITH GRANT OPTION;
CREATE TABLE box (id integer, size size);
CREATE MATERIALIZED VIEW boxes AS SELECT id, size FROM box;
CREATE INDEX boxes_by_size ON boxes ((id + 1), size) WITH (fillfactor = 70);
ALTER INDEX boxes_by_size ALTER COLUMN 1 SET STATISTICS 50;
CREATE INDEX boxes_by_id ON boxes (id);
ALTER MATERIALIZED VIEW boxes CLUSTER ON boxes_by_id;
