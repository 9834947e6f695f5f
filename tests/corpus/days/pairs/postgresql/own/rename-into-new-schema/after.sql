CREATE SCHEMA new;
CREATE TABLE new.goods (id integer PRIMARY KEY, label text, weight integer, colour text);
