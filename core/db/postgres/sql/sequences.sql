-- Sequences, but those of identity columns. A sequence belongs to one column or to none.
SELECT c.oid, n.nspname, c.relname,
       c.relpersistence = 'u',
       pg_catalog.format_type(s.seqtypid, NULL),
       s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache, s.seqcycle,
       tn.nspname, t.relname, a.attname
  FROM pg_catalog.pg_sequence s
       JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN LATERAL (SELECT o.refobjid, o.refobjsubid, o.deptype
                            FROM pg_catalog.pg_depend o
                           WHERE o.classid = 1259 AND o.objid = s.seqrelid AND o.objsubid = 0
                             AND o.refclassid = 1259 AND o.refobjsubid > 0
                             AND o.deptype IN ('a', 'i')
                           LIMIT 1) AS d
              ON true
       LEFT JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
       LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
       LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
 WHERE d.deptype IS DISTINCT FROM 'i'
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = 1259 AND e.objid = c.oid AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname;
