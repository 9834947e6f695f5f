CREATE TYPE span AS RANGE (SUBTYPE = double precision, SUBTYPE_DIFF = float8mi);
CREATE TABLE room (used span, EXCLUDE USING gist (used WITH &&), free span);
CREATE INDEX ON room USING gist (free);
