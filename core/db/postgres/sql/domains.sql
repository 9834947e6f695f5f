-- Domains, a row for each of their checks.
SELECT t.oid, n.nspname, t.typname,
       pg_catalog.format_type(t.typbasetype, t.typtypmod),
       CASE WHEN t.typcollation <> b.typcollation THEN ln.nspname END,
       CASE WHEN t.typcollation <> b.typcollation THEN l.collname END,
       coalesce(pg_catalog.pg_get_expr(t.typdefaultbin, 0), pg_catalog.quote_literal(t.typdefault)),
       t.typnotnull,
       k.oid, k.conname,
       pg_catalog.pg_get_constraintdef(k.oid),
       pg_catalog.obj_description(k.oid, 'pg_constraint')
  FROM pg_catalog.pg_type t
       JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
       JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
       LEFT JOIN pg_catalog.pg_collation l ON l.oid = t.typcollation
       LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
       LEFT JOIN pg_catalog.pg_constraint k ON k.contypid = t.oid AND k.contype = 'c'
 WHERE t.typtype = 'd'
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = 1247 AND e.objid = t.oid AND e.deptype = 'e')
 ORDER BY n.nspname, t.typname, k.conname;
