CREATE DOMAIN email AS text CHECK (VALUE ~ '^[^@]+@[^@]+$');
CREATE DOMAIN qty AS integer NOT NULL CHECK (VALUE > 100);
CREATE TABLE people (id integer PRIMARY KEY, mail email NOT NULL, n qty);
