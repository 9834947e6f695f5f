-- Indexes of those tables, a row for each of their columns; not those of constraints. 403 is btree.
SELECT i.indrelid,
       i.indexrelid,
       x.relname,
       i.indisunique,
       CASE WHEN x.relam <> 403
            THEN (SELECT m.amname FROM pg_catalog.pg_am m WHERE m.oid = x.relam) END,
       CASE WHEN e.attnum = 1 AND i.indpred IS NOT NULL
            THEN pg_catalog.pg_get_expr(i.indpred, i.indrelid, true) END,
       e.attnum > i.indnkeyatts,
       i.indkey[e.attnum - 1],
       CASE WHEN i.indkey[e.attnum - 1] = 0
            THEN pg_catalog.pg_get_indexdef(i.indexrelid, e.attnum::pg_catalog.int4, true) END,
       i.indoption[e.attnum - 1],
       l.collname,
       ln.nspname,
       -- An operator class that is not the default, or has parameters.
       CASE WHEN e.attnum <= i.indnkeyatts AND (NOT o.opcdefault OR p.options IS NOT NULL)
            THEN CASE WHEN o.opcnamespace <> 11
                      THEN (SELECT pg_catalog.quote_ident(s.nspname) FROM pg_catalog.pg_namespace s
                             WHERE s.oid = o.opcnamespace) || '.' ELSE '' END
                 || pg_catalog.quote_ident(o.opcname) END,
       p.options,
       CASE WHEN e.attstattarget >= 0 THEN e.attstattarget END,
       i.indisvalid,
-- if >= 150000
       i.indnullsnotdistinct,
-- else
       false,
-- end
       i.indisclustered,
       i.indisreplident,
       pg_catalog.array_to_string(x.reloptions, pg_catalog.chr(1)),
       pn.nspname,
       pt.relname,
       px.relname,
       x.relkind,
       e.attnum
  FROM pg_catalog.pg_index i
       JOIN pg_catalog.pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p')
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
       JOIN pg_catalog.pg_attribute e ON e.attrelid = i.indexrelid
       -- What begins with pg_ is kept there by the server for itself.
       LEFT JOIN LATERAL (SELECT pg_catalog.string_agg(u.option, pg_catalog.chr(1)) AS options
                            FROM pg_catalog.unnest(e.attoptions) AS u (option)
                           WHERE pg_catalog.left(u.option, 3) <> 'pg_') AS p
              ON e.attoptions IS NOT NULL
       LEFT JOIN pg_catalog.pg_type t ON t.oid = e.atttypid AND i.indkey[e.attnum - 1] = 0
       LEFT JOIN pg_catalog.pg_attribute a
              ON a.attrelid = i.indrelid AND a.attnum = i.indkey[e.attnum - 1] AND a.attnum > 0
       LEFT JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[e.attnum - 1]
       LEFT JOIN pg_catalog.pg_collation l
              ON e.attnum <= i.indnkeyatts AND l.oid = i.indcollation[e.attnum - 1]
             AND l.oid <> coalesce(a.attcollation, t.typcollation)
       LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
       LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = i.indexrelid AND x.relispartition
       LEFT JOIN pg_catalog.pg_index pi ON pi.indexrelid = h.inhparent
       LEFT JOIN pg_catalog.pg_class px ON px.oid = pi.indexrelid
       LEFT JOIN pg_catalog.pg_class pt ON pt.oid = pi.indrelid
       LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = pt.relnamespace
 WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
                    WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid
                      AND k.contype IN ('p', 'u', 'x'))
 ORDER BY i.indrelid, x.relname, e.attnum;
