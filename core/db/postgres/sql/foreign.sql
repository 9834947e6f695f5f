-- Foreign-data wrappers, servers and user mappings. Options whose name speaks of a secret, or whose
-- value holds a URL with a password, never leave the database; left_out.sql names them. Columns:
-- inspect_rows.h.
SELECT 'foreign-data wrapper', w.tableoid, w.oid, NULL, w.fdwname, NULL,
       format(E'CREATE FOREIGN DATA WRAPPER %I%s%s%s;\n', w.fdwname,
              ' HANDLER ' || NULLIF(w.fdwhandler, 0)::regproc,
              ' VALIDATOR ' || NULLIF(w.fdwvalidator, 0)::regproc, o.options),
       format(E'DROP FOREIGN DATA WRAPPER %I;\n', w.fdwname),
       format(E'CREATE FOREIGN DATA WRAPPER %I', w.fdwname),
       format('FOREIGN DATA WRAPPER %I', w.fdwname),
       NULL::text, NULL::text
  FROM pg_foreign_data_wrapper w
       CROSS JOIN LATERAL (
         SELECT ' OPTIONS (' || string_agg(format('%I %L', o.option_name, o.option_value), ', '
                                           ORDER BY o.option_name) || ')' AS options
           FROM pg_options_to_table(w.fdwoptions) o
          WHERE concat(o.option_name, '=', o.option_value) !~* current_setting('dmig.secret')
       ) o
 WHERE w.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = w.tableoid AND e.objid = w.oid AND e.deptype = 'e')
 UNION ALL
SELECT 'foreign server', s.tableoid, s.oid, NULL, s.srvname, NULL,
       m.made || format(E'%s FOREIGN DATA WRAPPER %I%s;\n', ' VERSION ' || quote_literal(s.srvversion),
                        w.fdwname, o.options),
       format(E'DROP SERVER %I;\n', s.srvname),
       format(E'%s FOREIGN DATA WRAPPER %I', m.made, w.fdwname),
       format('SERVER %I', s.srvname),
       NULL, NULL
  FROM pg_foreign_server s
       JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
       CROSS JOIN LATERAL (
         SELECT format('CREATE SERVER %I%s', s.srvname, ' TYPE ' || quote_literal(s.srvtype))) m (made)
       CROSS JOIN LATERAL (
         SELECT ' OPTIONS (' || string_agg(format('%I %L', o.option_name, o.option_value), ', '
                                           ORDER BY o.option_name) || ')' AS options
           FROM pg_options_to_table(s.srvoptions) o
          WHERE concat(o.option_name, '=', o.option_value) !~* current_setting('dmig.secret')
       ) o
 WHERE s.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = s.tableoid AND e.objid = s.oid AND e.deptype = 'e')
 UNION ALL
-- pg_user_mapping itself is for superusers only.
SELECT 'user mapping', 1418, u.umid, NULL, u.srvname, r.role,
       format(E'CREATE USER MAPPING FOR %s SERVER %I%s;\n', r.sql, u.srvname, o.options),
       format(E'DROP USER MAPPING FOR %s SERVER %I;\n', r.sql, u.srvname),
       format(E'CREATE USER MAPPING FOR %s SERVER %I', r.sql, u.srvname),
       NULL,
       NULL, NULL
  FROM pg_user_mappings u
       CROSS JOIN LATERAL (
         SELECT CASE u.umuser WHEN 0 THEN 'public' ELSE u.usename END AS role,
                CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END AS sql) r
       CROSS JOIN LATERAL (
         SELECT ' OPTIONS (' || string_agg(format('%I %L', o.option_name, o.option_value), ', '
                                           ORDER BY o.option_name) || ')' AS options
           FROM pg_options_to_table(u.umoptions) o
          WHERE o.option_name IN ('user', 'username', 'password_required')) o
 ORDER BY 1, 5, 6;
