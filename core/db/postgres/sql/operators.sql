-- Operators, but for those that only another one's COMMUTATOR or NEGATOR has named, operator
-- families and operator classes. Columns: inspect_rows.h.
SELECT 'operator', o.tableoid, o.oid, n.nspname, o.oprname, y.types,
       -- What can be set later stands at the end, so that the core is the rest.
       format('CREATE OPERATOR %I.%s (%s', n.nspname, o.oprname, m.made) || s.later || E');\n',
       format(E'DROP OPERATOR %I.%s %s;\n', n.nspname, o.oprname, y.types) || shells.drop,
       format('CREATE OPERATOR %I.%s (%s)', n.nspname, o.oprname, m.made),
       format('OPERATOR %I.%s %s', n.nspname, o.oprname, y.types),
       NULL::text, NULL::text
  FROM pg_operator o
       JOIN pg_namespace n ON n.oid = o.oprnamespace
       LEFT JOIN pg_operator c ON c.oid = o.oprcom
       LEFT JOIN pg_namespace cn ON cn.oid = c.oprnamespace
       LEFT JOIN pg_operator g ON g.oid = o.oprnegate
       LEFT JOIN pg_namespace gn ON gn.oid = g.oprnamespace
       CROSS JOIN LATERAL (
         SELECT format('(%s, %s)', CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END,
                       CASE o.oprright WHEN 0 THEN 'NONE' ELSE format_type(o.oprright, NULL) END)
                  AS types) y
       CROSS JOIN LATERAL (
         SELECT concat_ws(', ', 'FUNCTION = ' || o.oprcode::regproc,
                          'LEFTARG = ' || format_type(NULLIF(o.oprleft, 0), NULL),
                          'RIGHTARG = ' || format_type(NULLIF(o.oprright, 0), NULL),
                          'COMMUTATOR = OPERATOR(' || quote_ident(cn.nspname) || '.' || c.oprname || ')',
                          'NEGATOR = OPERATOR(' || quote_ident(gn.nspname) || '.' || g.oprname || ')',
                          CASE WHEN o.oprcanhash THEN 'HASHES' END,
                          CASE WHEN o.oprcanmerge THEN 'MERGES' END) AS made) m
       CROSS JOIN LATERAL (
         SELECT concat(', RESTRICT = ' || NULLIF(o.oprrest::oid, 0)::regproc,
                       ', JOIN = ' || NULLIF(o.oprjoin::oid, 0)::regproc) AS later) s
       -- What COMMUTATOR and NEGATOR have named and nobody has made goes with whom they belong to.
       CROSS JOIN LATERAL (
         SELECT coalesce(string_agg(format(E'DROP OPERATOR IF EXISTS %I.%s (%s, %s);\n', x.nspname,
                                           x.oprname, coalesce(format_type(NULLIF(x.oprleft, 0), NULL), 'NONE'),
                                           format_type(x.oprright, NULL)), ''), '') AS drop
           FROM (VALUES (cn.nspname, c.oprname, c.oprcode::oid, c.oprleft, c.oprright),
                        (gn.nspname, g.oprname, g.oprcode::oid, g.oprleft, g.oprright))
                AS x (nspname, oprname, oprcode, oprleft, oprright)
          WHERE x.oprcode = 0) shells
 WHERE o.oid >= 16384 AND o.oprcode::oid <> 0 AND n.nspname <> 'dmig'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = o.tableoid AND e.objid = o.oid AND e.deptype = 'e')
 UNION ALL
SELECT 'operator family', f.tableoid, f.oid, n.nspname, f.opfname, m.amname,
       format(E'CREATE OPERATOR FAMILY %I.%I USING %I;\n', n.nspname, f.opfname, m.amname),
       format(E'DROP OPERATOR FAMILY %I.%I USING %I;\n', n.nspname, f.opfname, m.amname),
       NULL,
       format('OPERATOR FAMILY %I.%I USING %I', n.nspname, f.opfname, m.amname),
       NULL, NULL
  FROM pg_opfamily f
       JOIN pg_namespace n ON n.oid = f.opfnamespace
       JOIN pg_am m ON m.oid = f.opfmethod
 WHERE f.oid >= 16384 AND n.nspname <> 'dmig'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = f.tableoid AND e.objid = f.oid AND e.deptype = 'e')
 UNION ALL
SELECT 'operator class', c.tableoid, c.oid, n.nspname, c.opcname, m.amname,
       format(E'CREATE OPERATOR CLASS %I.%I %sFOR TYPE %s USING %I FAMILY %I.%I AS\n    %s;\n',
              n.nspname, c.opcname, CASE WHEN c.opcdefault THEN 'DEFAULT ' END,
              format_type(c.opcintype, NULL), m.amname, fn.nspname, f.opfname,
              coalesce(NULLIF(concat_ws(E',\n    ',
                                        'STORAGE ' || format_type(NULLIF(c.opckeytype, 0), NULL),
                                        operators.list, functions.list), ''),
                       'STORAGE ' || format_type(c.opcintype, NULL))),
       format(E'DROP OPERATOR CLASS %I.%I USING %I;\n', n.nspname, c.opcname, m.amname),
       NULL,
       format('OPERATOR CLASS %I.%I USING %I', n.nspname, c.opcname, m.amname),
       NULL, NULL
  FROM pg_opclass c
       JOIN pg_namespace n ON n.oid = c.opcnamespace
       JOIN pg_am m ON m.oid = c.opcmethod
       JOIN pg_opfamily f ON f.oid = c.opcfamily
       JOIN pg_namespace fn ON fn.oid = f.opfnamespace
       CROSS JOIN LATERAL (
         SELECT string_agg(format('OPERATOR %s %s%s', a.amopstrategy, a.amopopr::regoperator,
                                  CASE WHEN a.amoppurpose = 'o'
                                       THEN (SELECT format(' FOR ORDER BY %I.%I', sn.nspname, s.opfname)
                                               FROM pg_opfamily s
                                                    JOIN pg_namespace sn ON sn.oid = s.opfnamespace
                                              WHERE s.oid = a.amopsortfamily) END),
                           E',\n    ' ORDER BY a.amopstrategy, a.amopopr::regoperator::text) AS list
           FROM pg_depend d
                JOIN pg_amop a ON a.oid = d.objid
          WHERE d.classid = 2602 AND d.refclassid = c.tableoid AND d.refobjid = c.oid) operators
       CROSS JOIN LATERAL (
         SELECT string_agg(format('FUNCTION %s (%s, %s) %s', a.amprocnum,
                                  format_type(a.amproclefttype, NULL),
                                  format_type(a.amprocrighttype, NULL), a.amproc::oid::regprocedure),
                           E',\n    ' ORDER BY a.amprocnum, a.amproc::oid::regprocedure::text) AS list
           FROM pg_depend d
                JOIN pg_amproc a ON a.oid = d.objid
          WHERE d.classid = 2603 AND d.refclassid = c.tableoid AND d.refobjid = c.oid) functions
 WHERE c.oid >= 16384 AND n.nspname <> 'dmig'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = c.tableoid AND e.objid = c.oid AND e.deptype = 'e')
 ORDER BY 1, 4, 5, 6;
