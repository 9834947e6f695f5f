-- What belongs to extensions, with the array, row and multirange types of its types and tables.
WITH members AS (
  SELECT d.classid, d.objid, d.refobjid
    FROM pg_catalog.pg_depend d
   WHERE d.refclassid = 3079 AND d.deptype = 'e'
)
SELECT m.classid, m.objid, e.extname
  FROM members m
       JOIN pg_catalog.pg_extension e ON e.oid = m.refobjid
 UNION ALL
SELECT 1247::pg_catalog.oid, t.typarray, e.extname
  FROM members m
       JOIN pg_catalog.pg_extension e ON e.oid = m.refobjid
       JOIN pg_catalog.pg_type t ON t.oid = m.objid
 WHERE m.classid = 1247 AND t.typarray <> 0
 UNION ALL
SELECT 1247::pg_catalog.oid, v.type, e.extname
  FROM members m
       JOIN pg_catalog.pg_extension e ON e.oid = m.refobjid
       JOIN pg_catalog.pg_class c ON c.oid = m.objid AND c.reltype <> 0
       JOIN pg_catalog.pg_type t ON t.oid = c.reltype
       CROSS JOIN LATERAL (VALUES (t.oid), (t.typarray)) AS v (type)
 WHERE m.classid = 1259 AND v.type <> 0;
