CREATE TABLE many (id int, name text) PARTITION BY HASH (id, name);
CREATE TABLE listed (k text COLLATE "C") PARTITION BY LIST (lower(k));
CREATE TABLE many_0 PARTITION OF many FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE many_1 PARTITION OF many FOR VALUES WITH (modulus 2, remainder 1);
CREATE TABLE one PARTITION OF listed FOR VALUES IN ('a', 'it''s', NULL);
CREATE TABLE two PARTITION OF listed FOR VALUES IN ('b');
INSERT INTO many SELECT i, 'n' || i FROM generate_series(1, 50) i;
INSERT INTO listed VALUES ('A'), ('It''s'), (NULL), ('b');
