-- Owners, where they were asked for. Parts of relations have none of their own.
SELECT 1259, c.oid, pg_catalog.pg_get_userbyid(c.relowner)
  FROM pg_catalog.pg_class c
 WHERE pg_catalog.current_setting('dmig.owners', true) = 'on'
   AND c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
 UNION ALL
SELECT 1255, p.oid, pg_catalog.pg_get_userbyid(p.proowner)
  FROM pg_catalog.pg_proc p
 WHERE pg_catalog.current_setting('dmig.owners', true) = 'on' AND p.oid >= 16384
 UNION ALL
SELECT 1247, t.oid, pg_catalog.pg_get_userbyid(t.typowner)
  FROM pg_catalog.pg_type t
 WHERE pg_catalog.current_setting('dmig.owners', true) = 'on' AND t.oid >= 16384
 UNION ALL
SELECT 2615, n.oid, pg_catalog.pg_get_userbyid(n.nspowner)
  FROM pg_catalog.pg_namespace n
 WHERE pg_catalog.current_setting('dmig.owners', true) = 'on'
   AND NOT (n.nspname = 'public' AND pg_catalog.pg_get_userbyid(n.nspowner) = 'pg_database_owner')
 UNION ALL
SELECT v.class, v.oid, pg_catalog.pg_get_userbyid(v.owner)
  FROM (SELECT 2612, oid, lanowner FROM pg_catalog.pg_language
         UNION ALL SELECT 2617, oid, oprowner FROM pg_catalog.pg_operator
         UNION ALL SELECT 2616, oid, opcowner FROM pg_catalog.pg_opclass
         UNION ALL SELECT 2753, oid, opfowner FROM pg_catalog.pg_opfamily
         UNION ALL SELECT 3456, oid, collowner FROM pg_catalog.pg_collation
         UNION ALL SELECT 2607, oid, conowner FROM pg_catalog.pg_conversion
         UNION ALL SELECT 3381, oid, stxowner FROM pg_catalog.pg_statistic_ext
         UNION ALL SELECT 3600, oid, dictowner FROM pg_catalog.pg_ts_dict
         UNION ALL SELECT 3602, oid, cfgowner FROM pg_catalog.pg_ts_config
         UNION ALL SELECT 2328, oid, fdwowner FROM pg_catalog.pg_foreign_data_wrapper
         UNION ALL SELECT 1417, oid, srvowner FROM pg_catalog.pg_foreign_server
         UNION ALL SELECT 3466, oid, evtowner FROM pg_catalog.pg_event_trigger
         UNION ALL SELECT 6104, oid, pubowner FROM pg_catalog.pg_publication) AS v (class, oid, owner)
 WHERE pg_catalog.current_setting('dmig.owners', true) = 'on' AND v.oid >= 16384;
