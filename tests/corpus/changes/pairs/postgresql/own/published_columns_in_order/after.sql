-- A column that a publication names comes back behind the others.
CREATE TABLE places (id integer PRIMARY KEY, name text);
CREATE PUBLICATION names FOR TABLE places (id, name);
