-- Functions that are made and go with a type: constructors of ranges, and what ranges and base types
-- read, write and compare their values with.
SELECT d.objid, d.refobjid
  FROM pg_catalog.pg_depend d
 WHERE d.classid = 1255 AND d.objid >= 16384 AND d.refclassid = 1247 AND d.deptype = 'i'
 UNION
SELECT r.rngcanonical, r.rngtypid
  FROM pg_catalog.pg_range r
 WHERE r.rngcanonical::pg_catalog.oid >= 16384
 UNION
SELECT f.oid, t.oid
  FROM pg_catalog.pg_type t
       CROSS JOIN LATERAL (VALUES (t.typinput), (t.typoutput), (t.typreceive), (t.typsend),
                                  (t.typmodin), (t.typmodout),
-- if >= 140000
                                  (t.typsubscript),
-- end
                                  (t.typanalyze)) AS f (oid)
 WHERE t.typtype = 'b' AND t.typinput::pg_catalog.oid >= 16384 AND f.oid::pg_catalog.oid >= 16384;
