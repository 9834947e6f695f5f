-- Statements that take back what default privileges gave others on the table $1.
SELECT DISTINCT pg_catalog.format('REVOKE ALL ON %s FROM %s;', c.oid::pg_catalog.regclass,
                                  CASE WHEN g.grantee = 0 THEN 'PUBLIC'
                                       ELSE pg_catalog.format('%I', pg_catalog.pg_get_userbyid(g.grantee))
                                  END)
  FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) g
 WHERE c.oid = $1::pg_catalog.regclass AND g.grantee <> c.relowner;
