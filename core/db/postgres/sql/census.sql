-- The tables that hold rows, without dmig's own and the server's, with what the catalogues guess of
-- them; and whether they can be read.
SELECT CASE WHEN n.nspname = pg_catalog.current_schema() THEN NULL ELSE n.nspname::text END,
       c.relname::text,
       c.reltuples::bigint,
       pg_catalog.pg_relation_size(c.oid),
       pg_catalog.has_table_privilege(c.oid, 'SELECT')
         AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND c.relpersistence <> 't'
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'dmig')
   AND n.nspname NOT LIKE 'pg\_%'
 ORDER BY 1 NULLS FIRST, 2;
