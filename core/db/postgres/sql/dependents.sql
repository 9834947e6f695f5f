-- Statements that put back what goes with a view when it is dropped and made again: its options,
-- rules, triggers, owner and rights. $1 holds the views' names, joined by chr(1).
WITH views AS (
  SELECT c.oid, pg_catalog.quote_ident(c.relname) AS name, c.relowner, c.relacl, c.reloptions
    FROM pg_catalog.pg_class c
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = pg_catalog.current_schema() AND c.relkind = 'v'
     AND c.relname = ANY (pg_catalog.string_to_array($1, pg_catalog.chr(1)))
), statements (rank, name, part, statement) AS (
  SELECT 1, v.name, '',
         'ALTER VIEW ' || v.name || ' SET (' || pg_catalog.array_to_string(v.reloptions, ', ') || ');'
    FROM views v
   WHERE v.reloptions IS NOT NULL
   UNION ALL
  SELECT 2, v.name, r.rulename, pg_catalog.pg_get_ruledef(r.oid)
    FROM views v
         JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid AND r.rulename <> '_RETURN'
   UNION ALL
  SELECT 3, v.name, t.tgname, pg_catalog.pg_get_triggerdef(t.oid) || ';'
    FROM views v
         JOIN pg_catalog.pg_trigger t ON t.tgrelid = v.oid AND NOT t.tgisinternal
   UNION ALL
  SELECT 4, v.name, '', 'ALTER VIEW ' || v.name || ' OWNER TO ' || pg_catalog.quote_ident(o.rolname) || ';'
    FROM views v
         JOIN pg_catalog.pg_roles o ON o.oid = v.relowner
   WHERE o.rolname <> current_user
   UNION ALL
  SELECT 5, v.name, a.privilege_type,
         'GRANT ' || a.privilege_type || ' ON ' || v.name || ' TO '
         || coalesce(pg_catalog.quote_ident(g.rolname), 'PUBLIC')
         || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END || ';'
    FROM views v
         CROSS JOIN LATERAL pg_catalog.aclexplode(v.relacl) AS a
         LEFT JOIN pg_catalog.pg_roles g ON g.oid = a.grantee
   WHERE a.grantee <> v.relowner
)
SELECT statement
  FROM statements
 ORDER BY rank, name, part, statement;
