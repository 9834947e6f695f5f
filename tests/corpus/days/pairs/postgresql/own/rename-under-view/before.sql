CREATE TABLE data (id integer PRIMARY KEY, label text, weight integer, colour text);
CREATE VIEW shown AS SELECT id, label FROM data;
