CREATE TYPE point3 AS (x integer, y integer);
CREATE TYPE label AS (word text);
CREATE TABLE shape (id integer PRIMARY KEY);
CREATE VIEW origin AS SELECT ROW('o')::label AS name;
