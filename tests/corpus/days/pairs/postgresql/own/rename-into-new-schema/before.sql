CREATE SCHEMA old;
CREATE TABLE old.goods (id integer PRIMARY KEY, label text, weight integer, colour text);
