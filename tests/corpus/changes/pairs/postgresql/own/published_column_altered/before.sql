CREATE TABLE places (id integer PRIMARY KEY, name varchar(20), kind varchar(20), note text);
CREATE TABLE readings (id integer NOT NULL, value integer) PARTITION BY RANGE (id);
CREATE TABLE readings_few PARTITION OF readings FOR VALUES FROM (0) TO (10);
CREATE PUBLICATION names FOR TABLE places (id, name);
CREATE PUBLICATION notes FOR TABLE places WHERE (kind <> 'old') WITH (publish = 'insert');
CREATE PUBLICATION few FOR TABLE readings_few (id, value) WITH (publish = 'insert');
