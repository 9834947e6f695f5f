CREATE SCHEMA old;
CREATE SCHEMA new;
CREATE TABLE new.wares (id integer PRIMARY KEY, label text, weight integer, colour text);
CREATE TABLE new.goods (n integer);
