-- Privileges that are not what a new object has: of each role on each object those that it has and
-- those that it would have by default, joined by ", ". The owner's are all by default.
WITH given (class, oid, sub, column_name, identity, acl, initial) AS (
  SELECT 1259, c.oid, 0, '', '', c.relacl,
         pg_catalog.acldefault(CASE WHEN c.relkind = 'S' THEN 's' ELSE 'r' END::pg_catalog."char",
                               c.relowner)
    FROM pg_catalog.pg_class c
   WHERE c.relacl IS NOT NULL AND c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                      WHERE d.classid = 1259 AND d.objid = c.oid AND d.objsubid = 0
                        AND d.refclassid = 1259 AND d.refobjsubid > 0 AND d.deptype = 'i')
   UNION ALL
  -- The sequence of an identity column has no other place but the column.
  SELECT 1259, d.refobjid, d.refobjsubid, '',
         pg_catalog.format('%I.%I', n.nspname, c.relname), c.relacl,
         pg_catalog.acldefault('s', c.relowner)
    FROM pg_catalog.pg_class c
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_catalog.pg_depend d
           ON d.classid = 1259 AND d.objid = c.oid AND d.objsubid = 0
          AND d.refclassid = 1259 AND d.refobjsubid > 0 AND d.deptype = 'i'
   WHERE c.relacl IS NOT NULL AND c.oid >= 16384 AND c.relkind = 'S'
   UNION ALL
  SELECT 1259, a.attrelid, a.attnum, a.attname::pg_catalog.text, '', a.attacl,
         pg_catalog.acldefault('c', c.relowner)
    FROM pg_catalog.pg_attribute a
         JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
   WHERE a.attacl IS NOT NULL AND a.attrelid >= 16384 AND NOT a.attisdropped
   UNION ALL
  SELECT 1255, p.oid, 0, '', '', p.proacl, pg_catalog.acldefault('f', p.proowner)
    FROM pg_catalog.pg_proc p
   WHERE p.proacl IS NOT NULL AND p.oid >= 16384
   UNION ALL
  SELECT 1247, t.oid, 0, '', '', t.typacl, pg_catalog.acldefault('T', t.typowner)
    FROM pg_catalog.pg_type t
   WHERE t.typacl IS NOT NULL AND t.oid >= 16384
   UNION ALL
  SELECT 2612, l.oid, 0, '', '', l.lanacl, pg_catalog.acldefault('l', l.lanowner)
    FROM pg_catalog.pg_language l
   WHERE l.lanacl IS NOT NULL AND l.oid >= 16384
   UNION ALL
  SELECT 2328, f.oid, 0, '', '', f.fdwacl, pg_catalog.acldefault('F', f.fdwowner)
    FROM pg_catalog.pg_foreign_data_wrapper f
   WHERE f.fdwacl IS NOT NULL AND f.oid >= 16384
   UNION ALL
  SELECT 1417, s.oid, 0, '', '', s.srvacl, pg_catalog.acldefault('S', s.srvowner)
    FROM pg_catalog.pg_foreign_server s
   WHERE s.srvacl IS NOT NULL AND s.oid >= 16384
   UNION ALL
  -- A schema "public" is born with rights for everybody; if its list is null, they were taken.
  SELECT 2615, n.oid, 0, '', '',
         coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner)),
         CASE WHEN n.nspname <> 'public' THEN pg_catalog.acldefault('n', n.nspowner)
              ELSE pg_catalog.acldefault('n', n.nspowner)
                   || pg_catalog.makeaclitem(0, n.nspowner, 'USAGE', false)
-- if >= 150000
-- else
                   || pg_catalog.makeaclitem(0, n.nspowner, 'CREATE', false)
-- end
         END
    FROM pg_catalog.pg_namespace n
   WHERE (n.nspacl IS NOT NULL OR n.nspname = 'public')
     AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), now AS (
  SELECT g.class, g.oid, g.sub, g.column_name, g.identity, x.grantee, x.privilege_type,
         pg_catalog.bool_or(x.is_grantable AND x.grantee <> x.grantor) AS option,
         pg_catalog.min(x.n) AS n
    FROM given g
         CROSS JOIN LATERAL pg_catalog.aclexplode(g.acl) WITH ORDINALITY
                    AS x (grantor, grantee, privilege_type, is_grantable, n)
   GROUP BY 1, 2, 3, 4, 5, 6, 7
), now_lists AS (
  SELECT class, oid, sub, column_name, identity, grantee,
         pg_catalog.string_agg(privilege_type || CASE WHEN option THEN ' WITH GRANT OPTION' ELSE '' END,
                               ', ' ORDER BY n) AS list,
         pg_catalog.min(n) AS n
    FROM now
   GROUP BY 1, 2, 3, 4, 5, 6
), initial_lists AS (
  SELECT g.class, g.oid, g.sub, g.column_name, g.identity, x.grantee,
         pg_catalog.string_agg(x.privilege_type, ', ' ORDER BY x.n) AS list,
         pg_catalog.min(x.n) AS n
    FROM given g
         CROSS JOIN LATERAL pg_catalog.aclexplode(g.initial) WITH ORDINALITY
                    AS x (grantor, grantee, privilege_type, is_grantable, n)
   GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT class, oid, sub, nullif(column_name, ''), nullif(identity, ''),
       CASE WHEN grantee <> 0 THEN pg_catalog.pg_get_userbyid(grantee) END,
       now_lists.list, initial_lists.list
  FROM now_lists
       FULL JOIN initial_lists USING (class, oid, sub, column_name, identity, grantee)
 WHERE now_lists.list IS DISTINCT FROM initial_lists.list
 ORDER BY class, oid, sub, identity, now_lists.n NULLS FIRST;
