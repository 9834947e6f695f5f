-- The function is made again, and the check with it: the tables below have it from their parent.
CREATE FUNCTION rank_of(a integer DEFAULT 1) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT a::bigint';
CREATE TABLE item (id integer, weight integer, CONSTRAINT ranked CHECK (rank_of(weight) > 0));
CREATE TABLE small_item (extra text) INHERITS (item);
CREATE TABLE tiny_item () INHERITS (small_item);
