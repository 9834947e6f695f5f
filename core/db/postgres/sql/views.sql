-- Views of that schema.
SELECT c.relname,
       pg_catalog.pg_get_viewdef(c.oid, true),
       d.description
  FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_catalog.pg_description d
              ON d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
             AND d.objoid = c.oid AND d.objsubid = 0
 WHERE n.nspname = pg_catalog.current_schema() AND n.nspname <> 'dmig' AND c.relkind = 'v'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      AND e.objid = c.oid AND e.deptype = 'e')
 ORDER BY c.relname;
