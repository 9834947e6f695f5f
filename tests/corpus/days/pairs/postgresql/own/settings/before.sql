CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, c text);
CREATE TABLE u (id integer PRIMARY KEY, body text);
CREATE PUBLICATION p FOR TABLE t (id, a) WHERE (id > 5), TABLE u;
CREATE STATISTICS s (dependencies) ON a, b FROM t;
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, accept = true);
CREATE TEXT SEARCH CONFIGURATION c (COPY = simple);
CREATE INDEX u_body ON u USING gin (to_tsvector('public.c'::regconfig, body));
