-- Names of the default schema that mean something else without it: pg_catalog has them too, and is
-- searched first.
WITH d AS (
  SELECT n.oid
    FROM pg_catalog.pg_namespace n
   WHERE n.nspname = pg_catalog.current_setting('dmig.schema', true)
)
SELECT m.typname FROM d JOIN pg_catalog.pg_type m ON m.typnamespace = d.oid
 WHERE EXISTS (SELECT FROM pg_catalog.pg_type o
                WHERE o.typname = m.typname AND o.typnamespace = 11)
 UNION
SELECT m.proname FROM d JOIN pg_catalog.pg_proc m ON m.pronamespace = d.oid
 WHERE EXISTS (SELECT FROM pg_catalog.pg_proc o
                WHERE o.proname = m.proname AND o.pronamespace = 11 AND o.proargtypes = m.proargtypes)
 UNION
SELECT m.collname FROM d JOIN pg_catalog.pg_collation m ON m.collnamespace = d.oid
 WHERE EXISTS (SELECT FROM pg_catalog.pg_collation o
                WHERE o.collname = m.collname AND o.collnamespace = 11)
 UNION
SELECT m.opcname FROM d JOIN pg_catalog.pg_opclass m ON m.opcnamespace = d.oid
 WHERE EXISTS (SELECT FROM pg_catalog.pg_opclass o
                WHERE o.opcname = m.opcname AND o.opcnamespace = 11)
 UNION
SELECT m.opfname FROM d JOIN pg_catalog.pg_opfamily m ON m.opfnamespace = d.oid
 WHERE EXISTS (SELECT FROM pg_catalog.pg_opfamily o
                WHERE o.opfname = m.opfname AND o.opfnamespace = 11)
 UNION
SELECT m.conname FROM d JOIN pg_catalog.pg_conversion m ON m.connamespace = d.oid
 WHERE EXISTS (SELECT FROM pg_catalog.pg_conversion o
                WHERE o.conname = m.conname AND o.connamespace = 11)
 UNION
SELECT m.cfgname FROM d JOIN pg_catalog.pg_ts_config m ON m.cfgnamespace = d.oid
 WHERE EXISTS (SELECT FROM pg_catalog.pg_ts_config o
                WHERE o.cfgname = m.cfgname AND o.cfgnamespace = 11)
 UNION
SELECT m.dictname FROM d JOIN pg_catalog.pg_ts_dict m ON m.dictnamespace = d.oid
 WHERE EXISTS (SELECT FROM pg_catalog.pg_ts_dict o
                WHERE o.dictname = m.dictname AND o.dictnamespace = 11)
 UNION
SELECT m.prsname FROM d JOIN pg_catalog.pg_ts_parser m ON m.prsnamespace = d.oid
 WHERE EXISTS (SELECT FROM pg_catalog.pg_ts_parser o
                WHERE o.prsname = m.prsname AND o.prsnamespace = 11)
 UNION
SELECT m.tmplname FROM d JOIN pg_catalog.pg_ts_template m ON m.tmplnamespace = d.oid
 WHERE EXISTS (SELECT FROM pg_catalog.pg_ts_template o
                WHERE o.tmplname = m.tmplname AND o.tmplnamespace = 11)
 ORDER BY 1;
