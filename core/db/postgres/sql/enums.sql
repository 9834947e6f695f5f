-- Enum types of that schema, a row for each label.
SELECT t.typname,
       d.description,
       v.enumlabel
  FROM pg_catalog.pg_type t
       JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
       LEFT JOIN pg_catalog.pg_enum v ON v.enumtypid = t.oid
       LEFT JOIN pg_catalog.pg_description d
              ON d.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objoid = t.oid
 WHERE n.nspname = pg_catalog.current_schema() AND n.nspname <> 'dmig' AND t.typtype = 'e'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
                      AND e.objid = t.oid AND e.deptype = 'e')
 ORDER BY t.typname, v.enumsortorder;
