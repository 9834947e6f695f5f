-- Base types with the functions that they are made of, and shells that are types in name only.
SELECT t.oid, n.nspname, t.typname,
       t.typisdefined,
       (SELECT pg_catalog.string_agg(pg_catalog.pg_get_functiondef(p.oid) || ';' || pg_catalog.chr(10),
                                     '' ORDER BY p.proname)
          FROM pg_catalog.pg_proc p
         WHERE p.oid >= 16384
           AND p.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout,
-- if >= 140000
                         t.typsubscript,
-- end
                         t.typanalyze)),
       t.typinput,
       t.typoutput,
       nullif(t.typreceive::pg_catalog.oid, 0)::pg_catalog.regproc,
       nullif(t.typsend::pg_catalog.oid, 0)::pg_catalog.regproc,
       nullif(t.typmodin::pg_catalog.oid, 0)::pg_catalog.regproc,
       nullif(t.typmodout::pg_catalog.oid, 0)::pg_catalog.regproc,
       nullif(t.typanalyze::pg_catalog.oid, 0)::pg_catalog.regproc,
-- if >= 140000
       nullif(t.typsubscript::pg_catalog.oid, 0)::pg_catalog.regproc,
-- else
       NULL,
-- end
       CASE WHEN t.typlen = -1 THEN 'VARIABLE' ELSE t.typlen::pg_catalog.text END,
       nullif(t.typbyval, false),
       CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'd' THEN 'double'
                       ELSE 'int4' END,
       CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main'
                         ELSE 'extended' END,
       nullif(t.typcategory, 'U'),
       nullif(t.typispreferred, false),
       t.typdefault,
       CASE WHEN t.typelem <> 0 THEN pg_catalog.format_type(t.typelem, NULL) END,
       nullif(t.typdelim, ','),
       nullif(t.typcollation <> 0, false)
  FROM pg_catalog.pg_type t
       JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
 WHERE t.oid >= 16384 AND (t.typtype = 'b' OR NOT t.typisdefined)
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = 1247 AND e.objid = t.oid AND e.deptype = 'e')
 ORDER BY n.nspname, t.typname;
