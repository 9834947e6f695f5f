-- To fill the columns runs functions whose texts name a view that isn't there yet.
CREATE TABLE seen (id integer PRIMARY KEY, at date);
CREATE VIEW days AS SELECT at FROM seen;
CREATE FUNCTION latest() RETURNS date LANGUAGE sql AS 'SELECT max(at) FROM days';
CREATE FUNCTION positive(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS
  'SELECT $1 > 0 OR EXISTS (SELECT FROM days)';
CREATE FUNCTION later() RETURNS date LANGUAGE plpgsql AS 'BEGIN RETURN latest() + 1; END';
ALTER TABLE seen ADD COLUMN first date DEFAULT later();
ALTER TABLE seen ADD CONSTRAINT positive CHECK (positive(id));
CREATE MATERIALIZED VIEW last AS SELECT later() AS day;
