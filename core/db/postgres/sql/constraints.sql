-- Constraints of those tables, but for foreign keys that the server made for partitions. Columns come
-- as their numbers; those of a table that is not read by name, joined by chr(1).
SELECT k.conrelid,
       k.contype,
       k.conname,
       k.oid,
       k.condeferrable,
       k.condeferred,
       k.conkey,
       k.confrelid,
       k.confkey,
       k.confdeltype,
       k.confupdtype,
       CASE WHEN k.contype = 'c' THEN pg_catalog.pg_get_expr(k.conbin, k.conrelid, true) END,
       k.connoinherit,
       k.convalidated,
       CASE WHEN k.contype = 'x' OR k.confmatchtype = 'f'
-- if >= 150000
              OR k.confdelsetcols IS NOT NULL
-- end
-- if >= 180000
              OR k.conperiod OR NOT k.conenforced
-- end
            THEN pg_catalog.pg_get_constraintdef(k.oid, true) END,
       k.coninhcount > 0 AND k.contype = 'c',
       k.conislocal,
       rn.nspname,
       r.relname,
       CASE WHEN k.contype = 'f' AND r.relkind NOT IN ('r', 'p') OR e.objid IS NOT NULL
            THEN (SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(1) ORDER BY o.place)
                    FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS o (attnum, place)
                         JOIN pg_catalog.pg_attribute a
                           ON a.attrelid = k.confrelid AND a.attnum = o.attnum) END,
       -- The index of a key.
       i.indexrelid,
-- if >= 150000
       coalesce(i.indnullsnotdistinct, false),
-- else
       false,
-- end
       coalesce(i.indisclustered, false),
       coalesce(i.indisreplident, false),
       pg_catalog.array_to_string(x.reloptions, pg_catalog.chr(1)),
       i.indkey,
       i.indnkeyatts,
       pn.nspname,
       pt.relname,
       px.relname,
       pk.oid IS NOT NULL
  FROM pg_catalog.pg_constraint k
       JOIN pg_catalog.pg_class c ON c.oid = k.conrelid AND c.relkind IN ('r', 'p')
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
       LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
       LEFT JOIN pg_catalog.pg_depend e
              ON k.contype = 'f' AND e.classid = 1259 AND e.objid = k.confrelid AND e.objsubid = 0
             AND e.deptype = 'e'
       LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
       LEFT JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
       LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = i.indexrelid AND x.relispartition
       LEFT JOIN pg_catalog.pg_index pi ON pi.indexrelid = h.inhparent
       LEFT JOIN pg_catalog.pg_class px ON px.oid = pi.indexrelid
       LEFT JOIN pg_catalog.pg_class pt ON pt.oid = pi.indrelid
       LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = pt.relnamespace
       LEFT JOIN pg_catalog.pg_constraint pk
              ON pk.conrelid = pi.indrelid AND pk.conindid = pi.indexrelid
             AND pk.contype IN ('p', 'u', 'x')
 WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
   AND k.contype IN ('p', 'u', 'c', 'f', 'x')
   AND NOT (k.contype = 'f' AND k.conparentid <> 0)
 ORDER BY k.conrelid, pg_catalog.strpos('puxcf', k.contype::pg_catalog.text), k.conname;
