-- Functions that came with a type and go with it: constructors of ranges.
SELECT d.objid, d.refobjid
  FROM pg_catalog.pg_depend d
 WHERE d.classid = 1255 AND d.objid >= 16384 AND d.refclassid = 1247 AND d.deptype = 'i';
