-- A type is made again under indexes that take no text.
CREATE TYPE span AS RANGE (SUBTYPE = double precision);
CREATE TABLE room (used span, EXCLUDE USING gist (used WITH &&), free span);
CREATE INDEX ON room USING gist (free);
