-- Columns of those tables.
SELECT a.attrelid,
       a.attnum,
       a.attname,
       pg_catalog.format_type(a.atttypid, a.atttypmod),
       a.attnotnull,
-- if >= 170000
       CASE WHEN c.relispartition AND a.attinhcount > 0 THEN '' ELSE a.attidentity END,
-- else
       a.attidentity,
-- end
       a.attgenerated,
       -- A default names no column, and is printed faster when its table is not looked at.
       pg_catalog.pg_get_expr(f.adbin, CASE a.attgenerated WHEN '' THEN 0 ELSE f.adrelid END, true),
       l.collname,
       ln.nspname,
       d.description,
       a.attinhcount > 0,
       a.attislocal,
       CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END,
       CASE WHEN a.attstorage <> t.typstorage THEN t.typstorage END,
-- if >= 140000
       a.attcompression,
-- else
       '',
-- end
       CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END,
       -- What begins with pg_ is kept there by the server for itself.
       CASE WHEN a.attoptions[2] IS NOT NULL OR pg_catalog.left(a.attoptions[1], 3) <> 'pg_'
            THEN (SELECT pg_catalog.string_agg(u.option, pg_catalog.chr(1) ORDER BY u.option)
                    FROM pg_catalog.unnest(a.attoptions) AS u (option)
                   WHERE pg_catalog.left(u.option, 3) <> 'pg_') END,
       q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle, q.seqtypid,
       s.relname,
       q.seqrelid,
       CASE WHEN q.seqrelid IS NOT NULL
            THEN (SELECT sd.description FROM pg_catalog.pg_description sd
                   WHERE sd.classoid = 1259 AND sd.objoid = q.seqrelid AND sd.objsubid = 0) END
  FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
       JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
       LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
       LEFT JOIN pg_catalog.pg_collation l
              ON l.oid = a.attcollation AND a.attcollation <> t.typcollation
       LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
       LEFT JOIN pg_catalog.pg_description d
              ON d.classoid = 1259 AND d.objoid = a.attrelid AND d.objsubid = a.attnum
       LEFT JOIN (pg_catalog.pg_sequence q
                  JOIN pg_catalog.pg_class s ON s.oid = q.seqrelid
                  JOIN pg_catalog.pg_depend o
                    ON o.classid = 1259 AND o.objid = q.seqrelid AND o.deptype = 'i')
              ON o.refclassid = 1259 AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum
 WHERE c.relkind IN ('r', 'p') AND NOT a.attisdropped
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
 ORDER BY a.attrelid, a.attnum;
