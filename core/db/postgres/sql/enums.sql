-- Enum types of all schemas but the system's and dmig's, a row for each label.
SELECT t.oid,
       n.nspname,
       t.typname,
       d.description,
       v.enumlabel
  FROM pg_catalog.pg_type t
       JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
       LEFT JOIN pg_catalog.pg_enum v ON v.enumtypid = t.oid
       LEFT JOIN pg_catalog.pg_description d ON d.classoid = 1247 AND d.objoid = t.oid
 WHERE t.typtype = 'e'
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
 ORDER BY n.nspname, t.typname, v.enumsortorder;
