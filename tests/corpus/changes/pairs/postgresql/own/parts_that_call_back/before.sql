-- Every part of `item` calls what reads `item`: none can go with it, or come with it.
CREATE TABLE item (id integer PRIMARY KEY, weight integer, rank bigint DEFAULT 1);
CREATE FUNCTION fine(item) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.weight > 0';
CREATE FUNCTION weight_of(item) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1.weight';
CREATE FUNCTION items() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM item; END;
CREATE FUNCTION all_items() RETURNS SETOF item LANGUAGE sql AS 'SELECT * FROM item';
CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
ALTER TABLE item ADD CONSTRAINT sound CHECK (fine(item.*));
ALTER TABLE item ALTER COLUMN rank SET DEFAULT items();
CREATE INDEX by_weight ON item (weight_of(item));
CREATE POLICY open ON item USING (items() > 0);
CREATE TRIGGER watched BEFORE INSERT ON item FOR EACH ROW WHEN (fine(NEW)) EXECUTE FUNCTION watch();
CREATE RULE seen AS ON UPDATE TO item WHERE fine(NEW) DO ALSO SELECT items();
CREATE VIEW listed AS SELECT * FROM all_items();
