CREATE TABLE places (id integer PRIMARY KEY, town text, name text);
CREATE PUBLICATION names FOR TABLE places (id, town, name);
