CREATE TABLE item (id integer, weight integer);
CREATE FUNCTION rank_of(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a';
CREATE VIEW ranked AS SELECT rank_of(weight) AS rank FROM item;
