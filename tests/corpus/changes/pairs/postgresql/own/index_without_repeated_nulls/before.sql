CREATE TABLE seat (id integer PRIMARY KEY, hall integer, place text);
