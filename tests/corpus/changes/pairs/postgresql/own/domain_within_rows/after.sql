CREATE DOMAIN code AS text CONSTRAINT short CHECK (length(VALUE) < 90);
CREATE TYPE stamped AS (code code, day date);
CREATE TABLE letter (id integer PRIMARY KEY, stamp stamped);
