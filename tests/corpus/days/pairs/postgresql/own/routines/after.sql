CREATE TABLE lines (id integer PRIMARY KEY, net numeric);
CREATE FUNCTION gross(n numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN n * 1.2; END';
CREATE VIEW totals AS SELECT id, gross(net) AS gross, net FROM lines;
CREATE INDEX lines_gross ON lines (gross(net));
CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.net := 1; RETURN NEW; END';
CREATE TRIGGER seen AFTER INSERT ON lines FOR EACH ROW EXECUTE FUNCTION seen();
