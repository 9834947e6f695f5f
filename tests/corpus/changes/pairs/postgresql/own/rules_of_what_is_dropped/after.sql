CREATE TABLE stem (id integer PRIMARY KEY);
CREATE TABLE log (id integer);
