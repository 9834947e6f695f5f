-- The key goes with the column, which is made again.
CREATE TABLE t (id integer PRIMARY KEY, n bigint GENERATED ALWAYS AS (id * 3) STORED);
ALTER TABLE t ADD CONSTRAINT t_key UNIQUE (id) INCLUDE (n) WITH (fillfactor=80);
