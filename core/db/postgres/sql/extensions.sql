-- Extensions but those that every database has from its birth.
SELECT x.oid, x.extname, n.nspname, n.nspname = pg_catalog.current_setting('dmig.schema'),
       x.extrelocatable, x.extversion
  FROM pg_catalog.pg_extension x
       JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace
 WHERE x.oid >= 16384
 ORDER BY x.extname;
