CREATE TABLE lines (id integer PRIMARY KEY, net numeric);
CREATE FUNCTION gross(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT n * 1.1';
CREATE VIEW totals AS SELECT id, gross(net) AS gross FROM lines;
CREATE INDEX lines_gross ON lines (gross(net));
CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER seen AFTER INSERT ON lines FOR EACH ROW EXECUTE FUNCTION seen();
