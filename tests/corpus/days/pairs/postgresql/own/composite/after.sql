CREATE TYPE place AS (street text, city text, country text);
CREATE TABLE people (id integer PRIMARY KEY, lives place);
CREATE FUNCTION city(p place) RETURNS text LANGUAGE sql AS 'SELECT p.city';
