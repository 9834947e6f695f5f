CREATE FUNCTION rank_of(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a';
CREATE TABLE item (id integer, weight integer, CONSTRAINT ranked CHECK (rank_of(weight) > 0));
CREATE TABLE small_item (extra text) INHERITS (item);
CREATE TABLE tiny_item () INHERITS (small_item);
