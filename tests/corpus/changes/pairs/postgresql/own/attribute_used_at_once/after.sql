CREATE TYPE point3 AS (x integer, y integer, z integer);
CREATE TYPE label AS (word varchar(20));
CREATE TABLE shape (id integer PRIMARY KEY, name label);
CREATE FUNCTION depth(p point3 DEFAULT ROW(0, 0, 0)::point3) RETURNS integer LANGUAGE sql RETURN (p).z;
CREATE VIEW origin AS SELECT ROW('o')::label AS name;
