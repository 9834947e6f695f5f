CREATE TABLE many (id int, name text) PARTITION BY HASH (id, name);
CREATE TABLE listed (k text COLLATE "C") PARTITION BY LIST (lower(k));
CREATE TABLE many_0 PARTITION OF many FOR VALUES WITH (modulus 5, remainder 0);
CREATE TABLE many_1 PARTITION OF many FOR VALUES WITH (modulus 5, remainder 1);
CREATE TABLE many_2 PARTITION OF many FOR VALUES WITH (modulus 5, remainder 2);
CREATE TABLE many_3 PARTITION OF many FOR VALUES WITH (modulus 5, remainder 3);
CREATE TABLE many_4 PARTITION OF many FOR VALUES WITH (modulus 5, remainder 4);
CREATE TABLE one PARTITION OF listed FOR VALUES IN ('b', 'a');
CREATE TABLE two PARTITION OF listed FOR VALUES IN (NULL, 'it''s');
