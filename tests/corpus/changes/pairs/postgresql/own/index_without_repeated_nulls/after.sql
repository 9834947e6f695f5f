CREATE TABLE seat (id integer PRIMARY KEY, hall integer, place text);
CREATE UNIQUE INDEX seat_taken ON seat (hall, place) NULLS NOT DISTINCT WITH (fillfactor = 70) WHERE id > 0;
