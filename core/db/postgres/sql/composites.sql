-- Composite types, a row for each of their attributes.
SELECT t.oid, n.nspname, t.typname, c.oid,
       a.attname,
       pg_catalog.format_type(a.atttypid, a.atttypmod),
       CASE WHEN a.attcollation <> b.typcollation THEN ln.nspname END,
       CASE WHEN a.attcollation <> b.typcollation THEN l.collname END
  FROM pg_catalog.pg_type t
       JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
       JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
       LEFT JOIN pg_catalog.pg_attribute a
              ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_catalog.pg_type b ON b.oid = a.atttypid
       LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
       LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
 WHERE c.relkind = 'c'
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = 1247 AND e.objid = t.oid AND e.deptype = 'e')
 ORDER BY n.nspname, t.typname, a.attnum;
