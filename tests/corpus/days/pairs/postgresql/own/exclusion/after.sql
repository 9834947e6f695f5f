CREATE TABLE bookings (id integer PRIMARY KEY, room boolean NOT NULL, during int4range,
  EXCLUDE USING gist (during WITH &&), EXCLUDE USING btree (room WITH =));
