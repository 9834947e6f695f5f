-- Range types. A part that is the default for the subtype is null.
SELECT t.oid, n.nspname, t.typname,
       pg_catalog.format_type(r.rngsubtype, NULL),
       CASE WHEN NOT o.opcdefault THEN ons.nspname END,
       CASE WHEN NOT o.opcdefault THEN o.opcname END,
       CASE WHEN r.rngcollation <> s.typcollation THEN ln.nspname END,
       CASE WHEN r.rngcollation <> s.typcollation THEN l.collname END,
       nullif(r.rngcanonical::pg_catalog.oid, 0)::pg_catalog.regproc,
       nullif(r.rngsubdiff::pg_catalog.oid, 0)::pg_catalog.regproc,
-- if >= 140000
       m.oid, mn.nspname, m.typname,
-- else
       NULL, NULL, NULL,
-- end
       CASE WHEN r.rngcanonical::pg_catalog.oid >= 16384
            THEN pg_catalog.pg_get_functiondef(r.rngcanonical::pg_catalog.oid) END
  FROM pg_catalog.pg_type t
       JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
       JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
       JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype
       JOIN pg_catalog.pg_opclass o ON o.oid = r.rngsubopc
       JOIN pg_catalog.pg_namespace ons ON ons.oid = o.opcnamespace
       LEFT JOIN pg_catalog.pg_collation l ON l.oid = r.rngcollation
       LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
-- if >= 140000
       LEFT JOIN pg_catalog.pg_type m ON m.oid = r.rngmultitypid
       LEFT JOIN pg_catalog.pg_namespace mn ON mn.oid = m.typnamespace
-- end
 WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = 1247 AND e.objid = t.oid AND e.deptype = 'e')
 ORDER BY n.nspname, t.typname;
