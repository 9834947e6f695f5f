-- What is not read because it holds, or may hold, a secret: a line for each object.
SELECT format('option %s of %s is left out, it may hold a secret; set it by hand where it is missing',
              string_agg(format('%I', o.option_name), ', ' ORDER BY o.option_name), x.what)
  FROM (SELECT format('foreign-data wrapper %I', w.fdwname) AS what, w.fdwoptions AS options,
               FALSE AS mapping
          FROM pg_foreign_data_wrapper w
         WHERE w.oid >= 16384
         UNION ALL
        SELECT format('foreign server %I', s.srvname), s.srvoptions, FALSE
          FROM pg_foreign_server s
         WHERE s.oid >= 16384
         UNION ALL
        SELECT format('foreign table %I.%I', n.nspname, c.relname), f.ftoptions, FALSE
          FROM pg_foreign_table f
               JOIN pg_class c ON c.oid = f.ftrelid
               JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.oid >= 16384
         UNION ALL
        SELECT format('the user mapping of %I for %s', u.srvname,
                      CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END),
               u.umoptions, TRUE
          FROM pg_user_mappings u) x
       CROSS JOIN LATERAL pg_options_to_table(x.options) o
 WHERE CASE WHEN x.mapping THEN o.option_name NOT IN ('user', 'username', 'password_required')
            ELSE concat(o.option_name, '=', o.option_value) ~* current_setting('dmig.secret') END
 GROUP BY x.what
 UNION ALL
-- NULL is what pg_user_mappings shows to those who may not see them, and where there are none.
SELECT format('options of the user mapping of %I for %s can''t be read by %I; read them as its user, or set them by hand',
              u.srvname, CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END, current_user)
  FROM pg_user_mappings u
       JOIN pg_foreign_server s ON s.oid = u.srvid
 WHERE u.umoptions IS NULL
   AND NOT (u.usename = current_user
            AND (pg_has_role(s.srvowner, 'USAGE') OR has_server_privilege(s.oid, 'USAGE')))
   AND NOT (u.umuser = 0 AND pg_has_role(s.srvowner, 'USAGE'))
   AND NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user)
 UNION ALL
SELECT format('subscription %I is left out, its connection may hold a secret; make it by hand where it is missing',
              s.subname)
  FROM pg_subscription s
 WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
 ORDER BY 1;
