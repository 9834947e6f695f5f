-- Functions and procedures; not those that are made with a type. Arguments by their types alone are what
-- tells overloads apart; the mould holds what CREATE OR REPLACE can't change.
SELECT p.oid, n.nspname, p.proname, p.prokind,
       coalesce((SELECT pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.n)
                   FROM pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) WITH ORDINALITY
                        AS a (type, n)), ''),
       pg_catalog.pg_get_functiondef(p.oid),
       pg_catalog.pg_get_function_arguments(p.oid),
       pg_catalog.pg_get_function_result(p.oid),
       l.lanname, p.prosrc, p.probin, p.provolatile, p.proisstrict, p.prosecdef, p.proleakproof,
       p.proparallel,
       nullif(p.procost, CASE WHEN l.lanname IN ('internal', 'c') THEN 1 ELSE 100 END)::pg_catalog.text::pg_catalog.numeric,
       CASE WHEN p.proretset THEN nullif(p.prorows, 1000)::pg_catalog.text::pg_catalog.numeric END,
       nullif(p.prosupport::pg_catalog.oid, 0)::pg_catalog.regproc,
       pg_catalog.array_to_string(p.proconfig, pg_catalog.chr(1)),
       pg_catalog.concat_ws(' ', p.prokind, p.proretset, pg_catalog.format_type(p.prorettype, NULL),
                            pg_catalog.array_to_string(p.proargmodes, ''),
                            pg_catalog.array_to_string(p.proargnames, ',', ''),
                            (SELECT pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ','
                                                          ORDER BY a.n)
                               FROM pg_catalog.unnest(p.proallargtypes) WITH ORDINALITY
                                    AS a (type, n))),
       p.pronargdefaults,
       -- Of procedures the arguments that come out count too, so that types alone may mean two of one name.
       CASE WHEN p.prokind = 'p'
                 AND EXISTS (SELECT FROM pg_catalog.pg_proc o
                              WHERE o.proname = p.proname AND o.pronamespace = p.pronamespace
                                AND o.prokind = 'p' AND o.oid <> p.oid)
            THEN pg_catalog.pg_get_function_identity_arguments(p.oid) END
  FROM pg_catalog.pg_proc p
       JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
       JOIN pg_catalog.pg_language l ON l.oid = p.prolang
 WHERE p.prokind <> 'a'
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = 1255 AND e.objid = p.oid
                      AND (e.deptype = 'e' OR (e.deptype = 'i' AND e.refclassid = 1247)))
   AND p.oid NOT IN (SELECT r.rngcanonical FROM pg_catalog.pg_range r
                      UNION ALL
                     SELECT pg_catalog.unnest(ARRAY[t.typinput, t.typoutput, t.typreceive, t.typsend,
-- if >= 140000
                                                    t.typsubscript,
-- end
                                                    t.typmodin, t.typmodout, t.typanalyze])
                       FROM pg_catalog.pg_type t
                      WHERE t.typtype = 'b' AND t.typinput::pg_catalog.oid >= 16384)
 ORDER BY n.nspname, p.proname, 5;
