-- Primary keys, unique constraints, checks and foreign keys of those tables. Columns come as their
-- numbers; only a table in another schema comes by name, its columns joined by chr(1).
SELECT k.conrelid,
       k.contype,
       k.conname,
       k.condeferrable,
       k.condeferred,
       k.conkey,
       k.confrelid,
       k.confkey,
       k.confdeltype,
       k.confupdtype,
       CASE WHEN k.contype = 'c' THEN pg_catalog.pg_get_expr(k.conbin, k.conrelid, true) END,
       CASE WHEN r.relnamespace <> c.relnamespace
            THEN (SELECT s.nspname FROM pg_catalog.pg_namespace s WHERE s.oid = r.relnamespace)
                 || '.' || r.relname END,
       CASE WHEN r.relnamespace <> c.relnamespace
            THEN (SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(1) ORDER BY o.place)
                    FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS o (attnum, place)
                         JOIN pg_catalog.pg_attribute a
                           ON a.attrelid = k.confrelid AND a.attnum = o.attnum) END
  FROM pg_catalog.pg_constraint k
       JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
 WHERE n.nspname = pg_catalog.current_schema() AND n.nspname <> 'dmig'
   AND c.relkind = 'r' AND NOT c.relispartition
   AND k.contype IN ('p', 'u', 'c', 'f')
 ORDER BY k.conrelid, pg_catalog.strpos('pucf', k.contype::pg_catalog.text), k.conname;
