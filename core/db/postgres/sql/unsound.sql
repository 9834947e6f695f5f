-- What is there but does not hold: indexes that a build has left invalid, constraints that have not
-- been validated.
SELECT 'index', CASE WHEN n.nspname = pg_catalog.current_schema() THEN c.relname::text
                     ELSE n.nspname || '.' || c.relname END,
       t.relname::text
  FROM pg_catalog.pg_index i
       JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
       JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE (NOT i.indisvalid OR NOT i.indisready) AND c.relkind = 'i' AND n.nspname NOT LIKE 'pg\_%'
UNION ALL
SELECT 'constraint', k.conname::text,
       CASE WHEN n.nspname = pg_catalog.current_schema() THEN t.relname::text
            ELSE n.nspname || '.' || t.relname END
  FROM pg_catalog.pg_constraint k
       JOIN pg_catalog.pg_class t ON t.oid = k.conrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
 WHERE NOT k.convalidated AND n.nspname NOT LIKE 'pg\_%'
 ORDER BY 1, 3, 2;
