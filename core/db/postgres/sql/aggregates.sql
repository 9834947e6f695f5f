-- Aggregates, with each part as its word in CREATE AGGREGATE wants it; null: it has none.
SELECT p.oid, n.nspname, p.proname,
       coalesce((SELECT pg_catalog.string_agg(pg_catalog.format_type(t.type, NULL), ', ' ORDER BY t.n)
                   FROM pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) WITH ORDINALITY
                        AS t (type, n)), ''),
       pg_catalog.pg_get_function_arguments(p.oid),
       pg_catalog.pg_get_function_identity_arguments(p.oid),
       a.aggtransfn,
       pg_catalog.format_type(a.aggtranstype, NULL),
       nullif(a.aggtransspace, 0),
       nullif(a.aggfinalfn::pg_catalog.oid, 0)::pg_catalog.regproc,
       nullif(a.aggfinalextra, false),
       CASE WHEN a.aggfinalfn::pg_catalog.oid <> 0
             AND a.aggfinalmodify <> CASE WHEN a.aggkind = 'n' THEN 'r' ELSE 'w' END
            THEN a.aggfinalmodify END,
       nullif(a.aggcombinefn::pg_catalog.oid, 0)::pg_catalog.regproc,
       nullif(a.aggserialfn::pg_catalog.oid, 0)::pg_catalog.regproc,
       nullif(a.aggdeserialfn::pg_catalog.oid, 0)::pg_catalog.regproc,
       a.agginitval,
       nullif(a.aggmtransfn::pg_catalog.oid, 0)::pg_catalog.regproc,
       nullif(a.aggminvtransfn::pg_catalog.oid, 0)::pg_catalog.regproc,
       CASE WHEN a.aggmtranstype <> 0 THEN pg_catalog.format_type(a.aggmtranstype, NULL) END,
       nullif(a.aggmtransspace, 0),
       nullif(a.aggmfinalfn::pg_catalog.oid, 0)::pg_catalog.regproc,
       nullif(a.aggmfinalextra, false),
       CASE WHEN a.aggmfinalfn::pg_catalog.oid <> 0
             AND a.aggmfinalmodify <> CASE WHEN a.aggkind = 'n' THEN 'r' ELSE 'w' END
            THEN a.aggmfinalmodify END,
       a.aggminitval,
       (SELECT CASE WHEN onn.nspname = 'pg_catalog' THEN o.oprname
                    ELSE pg_catalog.format('OPERATOR(%I.%s)', onn.nspname, o.oprname) END
          FROM pg_catalog.pg_operator o
               JOIN pg_catalog.pg_namespace onn ON onn.oid = o.oprnamespace
         WHERE o.oid = a.aggsortop),
       nullif(p.proparallel, 'u'),
       nullif(a.aggkind = 'h', false)
  FROM pg_catalog.pg_proc p
       JOIN pg_catalog.pg_aggregate a ON a.aggfnoid::pg_catalog.oid = p.oid
       JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = 1255 AND e.objid = p.oid AND e.deptype = 'e')
 ORDER BY n.nspname, p.proname, 4;
