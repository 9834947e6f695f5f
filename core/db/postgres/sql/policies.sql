-- Policies. The roles are null where it is for everybody.
SELECT p.oid, n.nspname, c.relname, p.polname, p.polcmd, p.polpermissive,
       CASE WHEN p.polroles <> '{0}'
            THEN (SELECT pg_catalog.string_agg(coalesce(pg_catalog.quote_ident(r.rolname), 'PUBLIC'),
                                               ', ' ORDER BY r.rolname)
                    FROM pg_catalog.unnest(p.polroles) AS m (oid)
                         LEFT JOIN pg_catalog.pg_roles r ON r.oid = m.oid) END,
       pg_catalog.pg_get_expr(p.polqual, p.polrelid),
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
  FROM pg_catalog.pg_policy p
       JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = 1259 AND e.objid = c.oid AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, p.polname;
