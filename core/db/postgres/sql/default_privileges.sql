-- Default privileges, as statements. Those of a schema add to the role's, which stand in the place
-- of the ones that the database itself would give. Columns: inspect_rows.h.
WITH entries AS (
  SELECT d.tableoid AS class, d.oid, n.nspname, r.rolname, d.defaclacl AS acl,
         CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
                              WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
                              WHEN 'n' THEN 'schemas' ELSE 'large objects' END AS kind,
         CASE WHEN d.defaclnamespace = 0
              THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's'::"char" ELSE d.defaclobjtype END,
                              d.defaclrole)
              END AS usual,
         format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s ', r.rolname,
                ' IN SCHEMA ' || quote_ident(n.nspname)) AS head
    FROM pg_default_acl d
         JOIN pg_roles r ON r.oid = d.defaclrole
         LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
   WHERE n.nspname IS DISTINCT FROM 'dmig'
     AND NOT EXISTS (SELECT FROM pg_depend e
                      WHERE e.classid = d.tableoid AND e.objid = d.oid AND e.deptype = 'e')
), rights AS (
  SELECT e.oid, s.side, a.grantee, a.is_grantable,
         string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) AS list
    FROM entries e
         CROSS JOIN LATERAL (VALUES ('wanted', e.acl), ('usual', e.usual)) AS s (side, acl)
         CROSS JOIN LATERAL aclexplode(s.acl) a
   GROUP BY e.oid, s.side, a.grantee, a.is_grantable
), grants AS (
  SELECT e.oid, r.side, r.grantee,
         string_agg(format(E'%sGRANT %s ON %s TO %s%s;\n', e.head, r.list, upper(e.kind), g.role,
                           CASE WHEN r.is_grantable THEN ' WITH GRANT OPTION' END), ''
                    ORDER BY r.is_grantable) AS give,
         format(E'%sREVOKE ALL ON %s FROM %s;\n', e.head, upper(e.kind), g.role) AS take,
         g.role
    FROM rights r
         JOIN entries e USING (oid)
         CROSS JOIN LATERAL (
           SELECT CASE r.grantee WHEN 0 THEN 'PUBLIC' ELSE r.grantee::regrole::text END AS role) g
   GROUP BY e.oid, e.head, e.kind, r.side, r.grantee, g.role
), changed AS (
  SELECT coalesce(w.oid, u.oid) AS oid, coalesce(w.role, u.role) AS role, w.give AS give_wanted,
         w.take AS take_wanted, u.give AS give_usual, u.take AS take_usual
    FROM (SELECT * FROM grants WHERE side = 'wanted') w
         FULL JOIN (SELECT * FROM grants WHERE side = 'usual') u
           ON u.oid = w.oid AND u.grantee = w.grantee
   WHERE w.give IS DISTINCT FROM u.give
)
SELECT 'default privileges', e.class, e.oid, e.nspname, e.rolname, e.kind,
       string_agg(concat(c.take_usual, c.give_wanted), '' ORDER BY c.role),
       string_agg(concat(c.take_wanted, c.give_usual), '' ORDER BY c.role),
       NULL, NULL, NULL, NULL
  FROM entries e
       JOIN changed c USING (oid)
 GROUP BY e.class, e.oid, e.nspname, e.rolname, e.kind
 ORDER BY 4, 5, 6;
