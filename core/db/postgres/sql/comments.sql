-- Comments but those on tables, their columns, and enums, which are read with them; not
-- what every database has. The fifth column names a column of a view or a composite type, the last
-- two an index that belongs to a constraint.
SELECT d.classoid, d.objoid, d.objsubid, d.description, a.attname, NULL, NULL, NULL
  FROM pg_catalog.pg_description d
       LEFT JOIN pg_catalog.pg_class c ON d.classoid = 1259 AND c.oid = d.objoid
       LEFT JOIN pg_catalog.pg_attribute a
              ON d.objsubid > 0 AND a.attrelid = c.oid AND a.attnum = d.objsubid
 WHERE d.objoid >= 16384 AND d.classoid <> 3079
   AND (c.oid IS NULL OR c.relkind IN ('v', 'm', 'S', 'c', 'f', 'i', 'I'))
   AND NOT (d.classoid = 2615 AND EXISTS (SELECT FROM pg_catalog.pg_namespace n
                                           WHERE n.oid = d.objoid AND n.nspname = 'public'))
 UNION ALL
SELECT 2606, k.oid, 0, d.description, NULL, NULL, n.nspname, c.relname
  FROM pg_catalog.pg_description d
       JOIN pg_catalog.pg_class c ON c.oid = d.objoid AND c.relkind IN ('i', 'I')
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_catalog.pg_constraint k ON k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')
 WHERE d.classoid = 1259 AND d.objsubid = 0 AND d.objoid >= 16384
 UNION ALL
-- The comment that a schema "public" has by itself, and that an extension brings.
SELECT 2615, n.oid, 0, coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), ''), NULL,
       'standard public schema', NULL, NULL
  FROM pg_catalog.pg_namespace n
 WHERE n.nspname = 'public'
   AND coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), '') <> 'standard public schema'
 UNION ALL
SELECT 3079, x.oid, 0, coalesce(pg_catalog.obj_description(x.oid, 'pg_extension'), ''), NULL,
       coalesce(v.comment, ''), NULL, NULL
  FROM pg_catalog.pg_extension x
       LEFT JOIN pg_catalog.pg_available_extensions() v ON v.name = x.extname
 WHERE x.oid >= 16384
   AND coalesce(pg_catalog.obj_description(x.oid, 'pg_extension'), '') <> coalesce(v.comment, '')
 ORDER BY 1, 2, 3, 8 NULLS FIRST;
