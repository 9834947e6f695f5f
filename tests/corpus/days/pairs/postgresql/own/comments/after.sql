CREATE DOMAIN zip AS text CONSTRAINT short CHECK (length(VALUE) < 10) CONSTRAINT known CHECK (VALUE <> 'none');
COMMENT ON CONSTRAINT known ON DOMAIN zip IS 'Not none';
CREATE DOMAIN code AS text CONSTRAINT kept CHECK (VALUE > '') CONSTRAINT other CHECK (VALUE <> 'x');
COMMENT ON CONSTRAINT kept ON DOMAIN code IS 'Stays';
COMMENT ON CONSTRAINT other ON DOMAIN code IS 'After';
CREATE TABLE place (id int PRIMARY KEY, zip zip, code code, name text);
CREATE INDEX place_name ON place (name);
CREATE INDEX place_zip ON place (zip);
COMMENT ON INDEX place_name IS 'By name';
