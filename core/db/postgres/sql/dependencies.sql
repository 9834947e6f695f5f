-- Who depends on whom, as the server tracks it. A view stands for its rule, a column for its default,
-- a domain for its checks, an element for its array, a table for its rows' type, an operator class for
-- its functions. What a table and its own parts have with each other is known already, and the server's
-- own objects (below 16384) stay.
-- `reads`: by an expression, which may hold values of a type. Those of a domain itself are in nobody's way,
-- unlike those of its arrays.
WITH refs (class, oid, sub, ref_class, ref_oid, ref_sub, type, reads) AS (
  SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype,
         c.relkind IN ('i', 'I')
    FROM pg_catalog.pg_depend d
         JOIN pg_catalog.pg_class c ON c.oid = d.objid
   WHERE d.classid = 1259 AND d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype <> 'e'
     -- TOAST tables and the sequences of identities.
     AND NOT (d.refclassid = 1259 AND d.deptype = 'i')
     AND c.relkind <> 't'
     AND NOT (c.relkind IN ('i', 'I') AND d.refclassid IN (1259, 2606))
     AND NOT (d.refclassid = 1259 AND d.refobjid = d.objid AND d.objsubid = 0)
   UNION ALL
  SELECT 1259, a.adrelid, a.adnum, d.refclassid, d.refobjid, d.refobjsubid, 'n', TRUE
    FROM pg_catalog.pg_depend d
         JOIN pg_catalog.pg_attrdef a ON a.oid = d.objid
   WHERE d.classid = 2604 AND d.refobjid >= 16384 AND d.deptype <> 'e'
     AND NOT (d.refclassid = 1259 AND d.refobjid = a.adrelid AND d.refobjsubid IN (0, a.adnum))
   UNION ALL
  SELECT CASE WHEN k.conrelid = 0 THEN 1247 ELSE 2606 END,
         CASE WHEN k.conrelid = 0 THEN k.contypid ELSE k.oid END,
         0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype, TRUE
    FROM pg_catalog.pg_depend d
         JOIN pg_catalog.pg_constraint k ON k.oid = d.objid
   WHERE d.classid = 2606 AND d.refobjid >= 16384 AND d.deptype <> 'e'
     AND k.contype NOT IN ('f', 't')
     AND NOT (d.refclassid = 1259 AND d.refobjid = k.conrelid)
   UNION ALL
  SELECT CASE WHEN w.rulename = '_RETURN' THEN 1259 ELSE 2618 END,
         CASE WHEN w.rulename = '_RETURN' THEN w.ev_class ELSE w.oid END,
         0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype, TRUE
    FROM pg_catalog.pg_depend d
         JOIN pg_catalog.pg_rewrite w ON w.oid = d.objid
   WHERE d.classid = 2618 AND d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype <> 'e'
     AND NOT (w.rulename = '_RETURN' AND d.refclassid = 1259 AND d.refobjid = w.ev_class)
   UNION ALL
  SELECT d.classid, d.objid, 0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype,
         TRUE
    FROM pg_catalog.pg_depend d
         JOIN pg_catalog.pg_trigger t ON t.oid = d.objid
   WHERE d.classid = 2620 AND d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype <> 'e'
     AND d.refclassid <> 2606 AND NOT t.tgisinternal AND t.tgparentid = 0
   UNION ALL
  SELECT d.classid, d.objid, 0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype,
         FALSE
    FROM pg_catalog.pg_depend d
         JOIN pg_catalog.pg_type t ON t.oid = d.objid
   WHERE d.classid = 1247 AND d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype <> 'e'
     AND d.refclassid <> 1259 AND t.typrelid = 0 AND t.typelem = 0
   UNION ALL
  SELECT p.refclassid, p.refobjid, 0, d.refclassid, d.refobjid, d.refobjsubid, 'n', FALSE
    FROM pg_catalog.pg_depend d
         JOIN pg_catalog.pg_depend p
           ON p.classid = d.classid AND p.objid = d.objid AND p.deptype IN ('a', 'i')
          AND p.refclassid IN (2616, 2753)
   WHERE d.classid IN (2602, 2603) AND d.objid >= 16384 AND d.refobjid >= 16384
     AND d.deptype <> 'e' AND (d.refclassid, d.refobjid) <> (p.refclassid, p.refobjid)
   UNION ALL
  -- What a function takes and gives stands here once; a default or a body that the server reads, again.
  SELECT d.classid, d.objid, 0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype,
         d.classid = 3256 OR (d.classid = 1255 AND d.refclassid = 1247 AND count(*) > 1)
    FROM pg_catalog.pg_depend d
   WHERE d.classid NOT IN (1247, 1259, 2602, 2603, 2604, 2606, 2618, 2620)
     AND d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype <> 'e'
   GROUP BY 1, 2, 4, 5, 6, 7
), known AS (
  SELECT r.class, r.oid, r.sub,
         CASE WHEN coalesce(e.typrelid, t.typrelid) <> 0 THEN 1259 ELSE r.ref_class END AS ref_class,
         coalesce(nullif(coalesce(e.typrelid, t.typrelid), 0), e.oid, r.ref_oid) AS ref_oid,
         r.ref_sub,
         bool_or(r.type IN ('a', 'i', 'P', 'S')) AS owned,
         bool_or(r.reads AND t.typtype <> 'd') IS TRUE AS reads
    FROM refs r
         LEFT JOIN pg_catalog.pg_type t ON r.ref_class = 1247 AND t.oid = r.ref_oid
         LEFT JOIN pg_catalog.pg_type e ON t.typcategory = 'A' AND e.oid = t.typelem
   WHERE r.type <> 'x'
   GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT class, oid, sub, ref_class, ref_oid, ref_sub, owned, reads
  FROM known
 UNION ALL
-- Values of a table's rows mind what its columns are.
SELECT k.class, k.oid, k.sub, k.ref_class, k.ref_oid, a.attnum, FALSE, TRUE
  FROM known k
       JOIN pg_catalog.pg_class c ON k.ref_class = 1259 AND c.oid = k.ref_oid
        AND c.relkind IN ('r', 'p', 'f')
       JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE k.reads AND (k.class, k.oid) <> (1259::oid, k.ref_oid);
