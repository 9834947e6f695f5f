-- What a run needs to know of its role and its server; one row. Settings and sizes are null where the
-- role may not see them.
SELECT r.rolsuper,
       current_user,
       pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'),
       pg_catalog.current_schema(),
       pg_catalog.has_schema_privilege(pg_catalog.current_schema(), 'CREATE'),
       pg_catalog.pg_is_in_recovery(),
       CASE WHEN r.rolsuper OR pg_catalog.pg_has_role('pg_read_all_settings', 'USAGE')
            THEN pg_catalog.current_setting('data_directory') END,
       pg_catalog.inet_server_addr() IS NULL
         OR pg_catalog.inet_server_addr() = pg_catalog.inet_client_addr(),
       pg_catalog.pg_database_size(pg_catalog.current_database()),
       (SELECT pg_catalog.string_agg(n.nspname, ', ')
          FROM pg_catalog.pg_namespace n
         WHERE n.nspname = 'dmig' AND NOT (pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                                           AND pg_catalog.has_schema_privilege(n.oid, 'CREATE'))),
       (SELECT pg_catalog.string_agg(s.slot_name || ' (' || pg_catalog.pg_size_pretty(
                 pg_catalog.pg_wal_lsn_diff(
                   CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_receive_lsn()
                        ELSE pg_catalog.pg_current_wal_lsn() END, s.restart_lsn)) || ')', ', ')
          FROM pg_catalog.pg_replication_slots s
         WHERE NOT s.active AND s.restart_lsn IS NOT NULL
           AND pg_catalog.pg_wal_lsn_diff(
                 CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_receive_lsn()
                      ELSE pg_catalog.pg_current_wal_lsn() END, s.restart_lsn) > 1073741824)
  FROM pg_catalog.pg_roles r
 WHERE r.rolname = current_user;
