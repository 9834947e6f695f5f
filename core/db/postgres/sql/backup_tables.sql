-- The tables that have rows of their own, each beside itself and all that it is a part of. The
-- first two columns are of the table, the last two of itself or an ancestor.
WITH RECURSIVE line(oid, ancestor) AS (
  SELECT c.oid, c.oid
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind = 'r' AND c.relpersistence <> 't'
     AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                        AND d.deptype = 'e')
  UNION
  SELECT line.oid, i.inhparent
    FROM line JOIN pg_catalog.pg_inherits i ON i.inhrelid = line.ancestor
)
SELECT line.oid, n.nspname, c.relname, an.nspname, a.relname, pg_catalog.current_schema()
  FROM line
       JOIN pg_catalog.pg_class c ON c.oid = line.oid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_catalog.pg_class a ON a.oid = line.ancestor
       JOIN pg_catalog.pg_namespace an ON an.oid = a.relnamespace
 ORDER BY n.nspname, c.relname, line.oid, line.ancestor;
