-- Indexes of materialized views; not the invalid ones that a failed build left behind.
SELECT x.oid, c.oid, n.nspname, c.relname, x.relname,
       pg_catalog.pg_get_indexdef(x.oid),
       i.indisunique, i.indisclustered,
       pg_catalog.obj_description(x.oid, 'pg_class'),
       (SELECT pg_catalog.string_agg(a.attnum || ' ' || a.attstattarget, ',' ORDER BY a.attnum)
          FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = x.oid AND coalesce(a.attstattarget, -1) >= 0)
  FROM pg_catalog.pg_index i
       JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
       JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'm' AND c.oid >= 16384 AND i.indisvalid
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
 ORDER BY n.nspname, c.relname, x.relname;
