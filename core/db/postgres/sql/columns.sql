-- Columns of those tables, a serial one marked: its default is the next value of a sequence that
-- belongs to it.
SELECT a.attrelid,
       a.attnum,
       a.attname,
       pg_catalog.format_type(a.atttypid, a.atttypmod),
       a.attnotnull,
       a.attidentity,
       a.attgenerated,
       -- A default names no column, and is printed faster when its table is not looked at.
       pg_catalog.pg_get_expr(f.adbin, CASE a.attgenerated WHEN '' THEN 0 ELSE f.adrelid END, true),
       l.collname,
       d.description,
       f.adbin IS NOT NULL AND a.atttypid IN (20, 21, 23) AND a.attgenerated = ''
         AND EXISTS (SELECT FROM pg_catalog.pg_depend s
                            JOIN pg_catalog.pg_class q ON q.oid = s.objid AND q.relkind = 'S'
                            JOIN pg_catalog.pg_depend u
                              ON u.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
                             AND u.objid = f.oid AND u.refobjid = q.oid
                      WHERE s.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                        AND s.refobjid = a.attrelid AND s.refobjsubid = a.attnum
                        AND s.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                        AND s.deptype = 'a')
  FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
       JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
       LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
       LEFT JOIN pg_catalog.pg_collation l
              ON l.oid = a.attcollation AND a.attcollation <> t.typcollation
       LEFT JOIN pg_catalog.pg_description d
              ON d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
             AND d.objoid = a.attrelid AND d.objsubid = a.attnum
 WHERE n.nspname = pg_catalog.current_schema() AND n.nspname <> 'dmig'
   AND c.relkind = 'r' AND NOT c.relispartition AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum;
