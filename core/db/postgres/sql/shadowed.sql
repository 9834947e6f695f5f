-- Names of the default schema that mean something else without it: pg_catalog has them too, and is
-- searched first.
SELECT t.typname
  FROM pg_catalog.pg_type t
 WHERE t.typnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n
                          WHERE n.nspname = pg_catalog.current_setting('dmig.schema', true))
   AND EXISTS (SELECT FROM pg_catalog.pg_type o
                WHERE o.typname = t.typname AND o.typnamespace = 11)
 UNION
SELECT p.proname
  FROM pg_catalog.pg_proc p
 WHERE p.pronamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n
                          WHERE n.nspname = pg_catalog.current_setting('dmig.schema', true))
   AND EXISTS (SELECT FROM pg_catalog.pg_proc o
                WHERE o.proname = p.proname AND o.pronamespace = 11
                  AND o.proargtypes = p.proargtypes)
 UNION
SELECT l.collname
  FROM pg_catalog.pg_collation l
 WHERE l.collnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n
                           WHERE n.nspname = pg_catalog.current_setting('dmig.schema', true))
   AND EXISTS (SELECT FROM pg_catalog.pg_collation o
                WHERE o.collname = l.collname AND o.collnamespace = 11)
 ORDER BY 1;
