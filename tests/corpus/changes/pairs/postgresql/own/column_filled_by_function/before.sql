CREATE TABLE seen (id integer PRIMARY KEY, at date);
