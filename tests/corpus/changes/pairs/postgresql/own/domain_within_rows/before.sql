CREATE DOMAIN code AS text;
CREATE TYPE stamped AS (code code, day date);
CREATE TABLE letter (id integer PRIMARY KEY, stamp stamped);
