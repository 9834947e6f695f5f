-- What is set about single columns of views and materialized views.
SELECT c.oid, a.attname, c.relkind = 'm',
       pg_catalog.pg_get_expr(d.adbin, d.adrelid),
       CASE WHEN c.relkind = 'm' AND coalesce(a.attstattarget, -1) >= 0 THEN a.attstattarget END,
       CASE WHEN c.relkind = 'm' AND a.attstorage <> t.typstorage
            THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
                                   WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
       o.options,
       CASE t.typstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'
                         ELSE 'EXTENDED' END,
-- if >= 140000
       CASE WHEN c.relkind = 'm' THEN CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END END
-- else
       NULL
-- end
  FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
       LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
       -- Options that begin with pg_ are the server's own.
       LEFT JOIN LATERAL (SELECT pg_catalog.string_agg(u.option, ', ' ORDER BY u.option) AS options
                            FROM pg_catalog.unnest(a.attoptions) AS u (option)
                           WHERE u.option !~ '^pg_') AS o ON a.attoptions IS NOT NULL
 WHERE c.relkind IN ('v', 'm') AND c.oid >= 16384
   AND (d.oid IS NOT NULL OR o.options IS NOT NULL
        OR (c.relkind = 'm' AND (coalesce(a.attstattarget, -1) >= 0
-- if >= 140000
                                 OR a.attcompression <> ''
-- end
                                 OR a.attstorage <> t.typstorage)))
 ORDER BY c.oid, a.attnum;
