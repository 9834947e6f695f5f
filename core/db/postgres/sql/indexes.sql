-- Indexes of those tables, a row for each of their columns; not those of constraints, and not the
-- invalid ones that a failed build left behind. 403 is btree.
SELECT i.indrelid,
       x.relname,
       i.indisunique,
       CASE WHEN x.relam <> 403
            THEN (SELECT m.amname FROM pg_catalog.pg_am m WHERE m.oid = x.relam) END,
       CASE WHEN e.attnum = 1 AND i.indpred IS NOT NULL
            THEN pg_catalog.pg_get_expr(i.indpred, i.indrelid, true) END,
       d.description,
       e.attnum > i.indnkeyatts,
       i.indkey[e.attnum - 1],
       CASE WHEN i.indkey[e.attnum - 1] = 0
            THEN pg_catalog.pg_get_indexdef(i.indexrelid, e.attnum::pg_catalog.int4, true) END,
       i.indoption[e.attnum - 1],
       CASE WHEN e.attnum <= i.indnkeyatts
             AND i.indcollation[e.attnum - 1] NOT IN (0, coalesce(a.attcollation, t.typcollation))
            THEN (SELECT l.collname FROM pg_catalog.pg_collation l
                   WHERE l.oid = i.indcollation[e.attnum - 1]) END,
       o.opcname
  FROM pg_catalog.pg_index i
       JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
       JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
       JOIN pg_catalog.pg_attribute e ON e.attrelid = i.indexrelid
       LEFT JOIN pg_catalog.pg_type t ON t.oid = e.atttypid AND i.indkey[e.attnum - 1] = 0
       LEFT JOIN pg_catalog.pg_attribute a
              ON a.attrelid = i.indrelid AND a.attnum = i.indkey[e.attnum - 1] AND a.attnum > 0
       LEFT JOIN pg_catalog.pg_opclass o
              ON o.oid = i.indclass[e.attnum - 1] AND NOT o.opcdefault
       LEFT JOIN pg_catalog.pg_description d
              ON d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
             AND d.objoid = i.indexrelid AND d.objsubid = 0
 WHERE c.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n
                          WHERE n.nspname = pg_catalog.current_schema() AND n.nspname <> 'dmig')
   AND c.relkind = 'r' AND NOT c.relispartition AND i.indisvalid
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
                    WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid
                      AND k.contype IN ('p', 'u', 'x'))
 ORDER BY i.indrelid, x.relname, e.attnum;
