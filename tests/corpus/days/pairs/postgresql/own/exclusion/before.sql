CREATE TABLE bookings (id integer PRIMARY KEY, room boolean, during int4range);
