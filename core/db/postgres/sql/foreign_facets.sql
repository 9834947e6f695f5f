-- What can be set about foreign-data wrappers, servers and user mappings. Columns: inspect_rows.h.
SELECT w.tableoid, w.oid, f.name,
       f.function,
       format(E'ALTER FOREIGN DATA WRAPPER %I %s %s;\n', w.fdwname, upper(f.name), f.function),
       NULL::text,
       format(E'ALTER FOREIGN DATA WRAPPER %I NO %s;\n', w.fdwname, upper(f.name)),
       'created',
       format('1255:%s:0', f.oid)
  FROM pg_foreign_data_wrapper w
       CROSS JOIN LATERAL (VALUES ('handler', w.fdwhandler, w.fdwhandler::regproc::text),
                                  ('validator', w.fdwvalidator, w.fdwvalidator::regproc::text))
         AS f (name, oid, function)
 WHERE w.oid >= 16384 AND f.oid <> 0
 UNION ALL
SELECT s.tableoid, s.oid, 'version',
       quote_literal(s.srvversion),
       format(E'ALTER SERVER %I VERSION %L;\n', s.srvname, s.srvversion),
       NULL,
       format(E'ALTER SERVER %I VERSION NULL;\n', s.srvname),
       'created',
       NULL
  FROM pg_foreign_server s
 WHERE s.oid >= 16384 AND s.srvversion IS NOT NULL
 UNION ALL
SELECT x.class, x.oid,
       format('option %I', o.option_name),
       quote_literal(o.option_value),
       format(E'ALTER %s OPTIONS (ADD %I %L);\n', x.what, o.option_name, o.option_value),
       format(E'ALTER %s OPTIONS (SET %I %L);\n', x.what, o.option_name, o.option_value),
       format(E'ALTER %s OPTIONS (DROP %I);\n', x.what, o.option_name),
       'created',
       NULL
  FROM (SELECT w.tableoid AS class, w.oid, format('FOREIGN DATA WRAPPER %I', w.fdwname) AS what,
               w.fdwoptions AS options
          FROM pg_foreign_data_wrapper w
         UNION ALL
        SELECT s.tableoid, s.oid, format('SERVER %I', s.srvname), s.srvoptions
          FROM pg_foreign_server s
         UNION ALL
        SELECT 1418, u.umid,
               format('USER MAPPING FOR %s SERVER %I',
                      CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END, u.srvname),
               (SELECT array_agg(p.option) FROM unnest(u.umoptions) AS p (option)
                 WHERE split_part(p.option, '=', 1) IN ('user', 'username', 'password_required'))
          FROM pg_user_mappings u) x
       CROSS JOIN LATERAL pg_options_to_table(x.options) o
 WHERE x.oid >= 16384
   AND concat(o.option_name, '=', o.option_value) !~* current_setting('dmig.secret')
 ORDER BY 1, 2, 3;
