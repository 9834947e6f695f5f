-- Comments but those on tables, their columns and indexes, and enums, which are read with them; not
-- what every database has. The fifth column names a column of a view or a composite type.
SELECT d.classoid, d.objoid, d.objsubid, d.description, a.attname, NULL
  FROM pg_catalog.pg_description d
       LEFT JOIN pg_catalog.pg_class c ON d.classoid = 1259 AND c.oid = d.objoid
       LEFT JOIN pg_catalog.pg_attribute a
              ON d.objsubid > 0 AND a.attrelid = c.oid AND a.attnum = d.objsubid
 WHERE d.objoid >= 16384 AND d.classoid <> 3079
   AND (c.oid IS NULL OR c.relkind IN ('v', 'm', 'S', 'c', 'f'))
   AND NOT (d.classoid = 2615 AND EXISTS (SELECT FROM pg_catalog.pg_namespace n
                                           WHERE n.oid = d.objoid AND n.nspname = 'public'))
 UNION ALL
-- The comment that a schema "public" has by itself, and that an extension brings.
SELECT 2615, n.oid, 0, coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), ''), NULL,
       'standard public schema'
  FROM pg_catalog.pg_namespace n
 WHERE n.nspname = 'public'
   AND coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), '') <> 'standard public schema'
 UNION ALL
SELECT 3079, x.oid, 0, coalesce(pg_catalog.obj_description(x.oid, 'pg_extension'), ''), NULL,
       coalesce(v.comment, '')
  FROM pg_catalog.pg_extension x
       LEFT JOIN pg_catalog.pg_available_extensions() v ON v.name = x.extname
 WHERE x.oid >= 16384
   AND coalesce(pg_catalog.obj_description(x.oid, 'pg_extension'), '') <> coalesce(v.comment, '')
 ORDER BY 1, 2, 3;
