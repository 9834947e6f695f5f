-- Tables, also partitioned ones and partitions, of all schemas but the system's and dmig's.
SELECT c.oid,
       n.nspname,
       c.relname,
       d.description,
       c.relkind,
       c.relpersistence,
       pg_catalog.array_to_string(c.reloptions, pg_catalog.chr(1)),
       pg_catalog.array_to_string(t.reloptions, pg_catalog.chr(1)),
       CASE WHEN c.relam NOT IN (0, 2)
            THEN (SELECT m.amname FROM pg_catalog.pg_am m WHERE m.oid = c.relam) END,
       c.relreplident,
       c.relrowsecurity,
       c.relforcerowsecurity,
       CASE WHEN c.reloftype <> 0
            THEN pg_catalog.format_type(c.reloftype, NULL) END,
       CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
       CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END
  FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid AND t.reloptions IS NOT NULL
       LEFT JOIN pg_catalog.pg_description d
              ON d.classoid = 1259 AND d.objoid = c.oid AND d.objsubid = 0
 WHERE c.relkind IN ('r', 'p')
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
 ORDER BY n.nspname, c.relname;
