-- Schemas, without the database's own and dmig's.
SELECT n.oid, n.nspname, n.nspname = pg_catalog.current_setting('dmig.schema')
  FROM pg_catalog.pg_namespace n
 WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = 2615 AND e.objid = n.oid AND e.deptype = 'e')
 ORDER BY n.nspname;
