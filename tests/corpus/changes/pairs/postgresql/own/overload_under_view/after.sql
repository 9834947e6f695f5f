-- While both functions are there, nobody knows which one the view means.
CREATE TABLE item (id integer, weight integer);
CREATE FUNCTION rank_of(a integer, b integer DEFAULT 0) RETURNS integer LANGUAGE sql AS 'SELECT a + b';
CREATE VIEW ranked AS SELECT rank_of(weight) AS rank, id FROM item;
