CREATE TABLE a (id int PRIMARY KEY, b int UNIQUE, c int, EXCLUDE USING btree (c WITH =));
COMMENT ON INDEX a_pkey IS 'index of key';
COMMENT ON CONSTRAINT a_pkey ON a IS 'the key';
COMMENT ON INDEX a_b_key IS 'index of b';
COMMENT ON INDEX a_c_excl IS 'index of c';
COMMENT ON CONSTRAINT a_c_excl ON a IS 'the excl';
ALTER INDEX a_c_excl SET (fillfactor = 60);
CREATE INDEX i ON a (c);
COMMENT ON INDEX i IS 'i';
