-- Views and materialized views. The columns are what CREATE OR REPLACE VIEW must keep.
SELECT c.oid, n.nspname, c.relname, c.relkind = 'm',
       pg_catalog.pg_get_viewdef(c.oid),
       pg_catalog.array_to_string(c.reloptions, pg_catalog.chr(1)),
       r.oid,
       CASE WHEN c.relam NOT IN (0, 2) THEN m.amname END,
       c.relispopulated,
       (SELECT pg_catalog.string_agg(
                 pg_catalog.concat_ws(' ', pg_catalog.quote_ident(a.attname),
                                      pg_catalog.format_type(a.atttypid, a.atttypmod),
                                      (SELECT l.collname FROM pg_catalog.pg_collation l
                                        WHERE l.oid = a.attcollation)) || pg_catalog.chr(10),
                 '' ORDER BY a.attnum)
          FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
  FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid AND r.rulename = '_RETURN'
       LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
 WHERE c.relkind IN ('v', 'm')
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = 1259 AND e.objid = c.oid AND e.deptype = 'e')
   AND coalesce(pg_catalog.obj_description(c.oid, 'pg_class'), '') NOT LIKE 'dmig: stands in for %'
 ORDER BY n.nspname, c.relname;
