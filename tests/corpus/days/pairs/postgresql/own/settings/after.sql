CREATE TABLE t (id bigint PRIMARY KEY, a bigint, b integer, c text);
CREATE TABLE u (id integer PRIMARY KEY, body text);
CREATE PUBLICATION p FOR TABLE t (id, b) WITH (publish = 'insert');
CREATE STATISTICS s (dependencies) ON a, b FROM t;
ALTER STATISTICS s SET STATISTICS 200;
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, accept = false);
CREATE TEXT SEARCH CONFIGURATION c (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR word WITH d;
CREATE INDEX u_body ON u USING gin (to_tsvector('public.c'::regconfig, body));
