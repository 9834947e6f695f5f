CREATE DOMAIN email AS text;
CREATE DOMAIN qty AS integer CHECK (VALUE > 0);
CREATE TABLE people (id integer PRIMARY KEY, mail email NOT NULL, n qty);
