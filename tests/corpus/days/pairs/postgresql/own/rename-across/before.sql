CREATE SCHEMA old;
CREATE SCHEMA new;
CREATE TABLE old.goods (id integer PRIMARY KEY, label text, weight integer, colour text);
CREATE TABLE new.goods (n integer);
