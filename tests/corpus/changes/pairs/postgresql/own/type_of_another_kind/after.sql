CREATE DOMAIN mood AS text CHECK (VALUE IN ('good', 'bad'));
CREATE TABLE person (id integer, now mood DEFAULT 'good', before mood[]);
