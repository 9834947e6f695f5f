-- Languages, access methods, casts, transforms, conversions and collations. Columns: inspect_rows.h.
SELECT 'language', l.tableoid, l.oid, NULL, l.lanname, NULL,
       format('CREATE %sLANGUAGE %I', CASE WHEN l.lanpltrusted THEN 'TRUSTED ' END, l.lanname)
         || p.parts || E';\n',
       format(E'DROP LANGUAGE %I;\n', l.lanname),
       NULL::text,
       format('LANGUAGE %I', l.lanname),
       format('CREATE OR REPLACE %sLANGUAGE %I', CASE WHEN l.lanpltrusted THEN 'TRUSTED ' END,
              l.lanname) || p.parts || E';\n',
       'language'
  FROM pg_language l
       CROSS JOIN LATERAL (
         SELECT concat(' HANDLER ' || NULLIF(l.lanplcallfoid::oid, 0)::regproc,
                       ' INLINE ' || NULLIF(l.laninline::oid, 0)::regproc,
                       ' VALIDATOR ' || NULLIF(l.lanvalidator::oid, 0)::regproc) AS parts) p
 WHERE l.lanispl AND l.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = l.tableoid AND e.objid = l.oid AND e.deptype = 'e')
 UNION ALL
SELECT 'access method', m.tableoid, m.oid, NULL, m.amname, NULL,
       format(E'CREATE ACCESS METHOD %I TYPE %s HANDLER %s;\n', m.amname,
              CASE m.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END, m.amhandler::regproc),
       format(E'DROP ACCESS METHOD %I;\n', m.amname),
       NULL,
       format('ACCESS METHOD %I', m.amname),
       NULL, NULL
  FROM pg_am m
 WHERE m.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = m.tableoid AND e.objid = m.oid AND e.deptype = 'e')
 UNION ALL
-- Columns of pg_collation came and went with versions; a missing one is null in the JSON of its row.
SELECT 'collation', c.tableoid, c.oid, n.nspname, c.collname, NULL,
       format(E'CREATE COLLATION %I.%I (provider = %s%s%s%s);\n', n.nspname, c.collname,
              CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
              CASE WHEN NOT c.collisdeterministic THEN ', deterministic = false' END,
              CASE WHEN o.locale IS NOT NULL THEN format(', locale = %L', o.locale)
                   WHEN j.j ->> 'collcollate' = j.j ->> 'collctype'
                   THEN format(', locale = %L', j.j ->> 'collcollate')
                   ELSE format(', lc_collate = %L, lc_ctype = %L', j.j ->> 'collcollate',
                               j.j ->> 'collctype') END,
              ', rules = ' || quote_literal(j.j ->> 'collicurules')),
       format(E'DROP COLLATION %I.%I;\n', n.nspname, c.collname),
       NULL,
       format('COLLATION %I.%I', n.nspname, c.collname),
       NULL, NULL
  FROM pg_collation c
       JOIN pg_namespace n ON n.oid = c.collnamespace
       CROSS JOIN LATERAL (SELECT to_jsonb(c) AS j) j
       CROSS JOIN LATERAL (SELECT coalesce(j.j ->> 'colllocale', j.j ->> 'colliculocale') AS locale) o
 WHERE c.oid >= 16384 AND n.nspname <> 'dmig'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = c.tableoid AND e.objid = c.oid AND e.deptype = 'e')
 UNION ALL
SELECT 'conversion', c.tableoid, c.oid, n.nspname, c.conname, NULL,
       format(E'CREATE %sCONVERSION %I.%I FOR %L TO %L FROM %s;\n',
              CASE WHEN c.condefault THEN 'DEFAULT ' END, n.nspname, c.conname,
              pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding),
              c.conproc::oid::regproc),
       format(E'DROP CONVERSION %I.%I;\n', n.nspname, c.conname),
       NULL,
       format('CONVERSION %I.%I', n.nspname, c.conname),
       NULL, NULL
  FROM pg_conversion c
       JOIN pg_namespace n ON n.oid = c.connamespace
 WHERE c.oid >= 16384 AND n.nspname <> 'dmig'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = c.tableoid AND e.objid = c.oid AND e.deptype = 'e')
 UNION ALL
-- A range type brings its own cast, which hangs on it as its inner part.
SELECT 'cast', c.tableoid, c.oid, NULL, t.types, NULL,
       format(E'CREATE CAST %s %s%s;\n', t.types,
              CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure
                                WHEN 'b' THEN 'WITHOUT FUNCTION'
                                ELSE 'WITH INOUT' END,
              CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END),
       format(E'DROP CAST %s;\n', t.types),
       NULL,
       'CAST ' || t.types,
       NULL, NULL
  FROM pg_cast c
       CROSS JOIN LATERAL (
         SELECT format('(%s AS %s)', format_type(c.castsource, NULL),
                       format_type(c.casttarget, NULL)) AS types) t
 WHERE c.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = c.tableoid AND e.objid = c.oid AND e.deptype IN ('e', 'i'))
 UNION ALL
SELECT 'transform', t.tableoid, t.oid, NULL, y.type, l.lanname,
       format(E'CREATE TRANSFORM FOR %s LANGUAGE %I (%s);\n', y.type, l.lanname,
              concat_ws(', ',
                'FROM SQL WITH FUNCTION ' || NULLIF(t.trffromsql::oid, 0)::regprocedure,
                'TO SQL WITH FUNCTION ' || NULLIF(t.trftosql::oid, 0)::regprocedure)),
       format(E'DROP TRANSFORM FOR %s LANGUAGE %I;\n', y.type, l.lanname),
       NULL,
       format('TRANSFORM FOR %s LANGUAGE %I', y.type, l.lanname),
       NULL, NULL
  FROM pg_transform t
       JOIN pg_language l ON l.oid = t.trflang
       CROSS JOIN LATERAL (SELECT format_type(t.trftype, NULL) AS type) y
 WHERE t.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = t.tableoid AND e.objid = t.oid AND e.deptype = 'e')
 ORDER BY 1, 4, 5, 6;
