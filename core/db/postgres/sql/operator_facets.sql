-- What can be set about operators, and the members of operator families that belong to no class.
-- Columns: inspect_rows.h.
SELECT o.tableoid, o.oid, e.name,
       e.function,
       format(E'ALTER OPERATOR %I.%s %s SET (%s = %s);\n', n.nspname, o.oprname, y.types, e.name,
              e.function),
       NULL::text,
       format(E'ALTER OPERATOR %I.%s %s SET (%s = NONE);\n', n.nspname, o.oprname, y.types, e.name),
       'created',
       format('1255:%s:0', e.oid)
  FROM pg_operator o
       JOIN pg_namespace n ON n.oid = o.oprnamespace
       CROSS JOIN LATERAL (
         SELECT format('(%s, %s)', CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END,
                       CASE o.oprright WHEN 0 THEN 'NONE' ELSE format_type(o.oprright, NULL) END)
                  AS types) y
       CROSS JOIN LATERAL (VALUES ('restrict', o.oprrest::oid, o.oprrest::regproc::text),
                                  ('join', o.oprjoin::oid, o.oprjoin::regproc::text))
         AS e (name, oid, function)
 WHERE o.oid >= 16384 AND o.oprcode::oid <> 0 AND e.oid <> 0
 UNION ALL
SELECT f.tableoid, f.oid,
       format('operator %s (%s, %s)', a.amopstrategy, y.lefttype, y.righttype),
       y.definition,
       format(E'ALTER OPERATOR FAMILY %I.%I USING %I ADD OPERATOR %s %s;\n', n.nspname, f.opfname,
              m.amname, a.amopstrategy, y.definition),
       NULL,
       format(E'ALTER OPERATOR FAMILY %I.%I USING %I DROP OPERATOR %s (%s, %s);\n', n.nspname,
              f.opfname, m.amname, a.amopstrategy, y.lefttype, y.righttype),
       'replaces late',
       concat_ws(' ', format('2617:%s:0', a.amopopr),
                 '2753:' || NULLIF(a.amopsortfamily, 0) || ':0')
  FROM pg_opfamily f
       JOIN pg_namespace n ON n.oid = f.opfnamespace
       JOIN pg_am m ON m.oid = f.opfmethod
       JOIN pg_depend d ON d.classid = 2602 AND d.refclassid = f.tableoid AND d.refobjid = f.oid
       JOIN pg_amop a ON a.oid = d.objid
       CROSS JOIN LATERAL (
         SELECT format_type(a.amoplefttype, NULL) AS lefttype,
                format_type(a.amoprighttype, NULL) AS righttype,
                concat(a.amopopr::regoperator,
                       (SELECT format(' FOR ORDER BY %I.%I', sn.nspname, s.opfname)
                          FROM pg_opfamily s
                               JOIN pg_namespace sn ON sn.oid = s.opfnamespace
                         WHERE s.oid = a.amopsortfamily AND a.amoppurpose = 'o')) AS definition) y
 WHERE f.oid >= 16384 AND a.amopfamily = f.oid
 UNION ALL
SELECT f.tableoid, f.oid,
       format('function %s (%s, %s)', a.amprocnum, y.lefttype, y.righttype),
       a.amproc::oid::regprocedure::text,
       format(E'ALTER OPERATOR FAMILY %I.%I USING %I ADD FUNCTION %s (%s, %s) %s;\n', n.nspname,
              f.opfname, m.amname, a.amprocnum, y.lefttype, y.righttype,
              a.amproc::oid::regprocedure),
       NULL,
       format(E'ALTER OPERATOR FAMILY %I.%I USING %I DROP FUNCTION %s (%s, %s);\n', n.nspname,
              f.opfname, m.amname, a.amprocnum, y.lefttype, y.righttype),
       'replaces late',
       format('1255:%s:0', a.amproc::oid)
  FROM pg_opfamily f
       JOIN pg_namespace n ON n.oid = f.opfnamespace
       JOIN pg_am m ON m.oid = f.opfmethod
       JOIN pg_depend d ON d.classid = 2603 AND d.refclassid = f.tableoid AND d.refobjid = f.oid
       JOIN pg_amproc a ON a.oid = d.objid
       CROSS JOIN LATERAL (
         SELECT format_type(a.amproclefttype, NULL) AS lefttype,
                format_type(a.amprocrighttype, NULL) AS righttype) y
 WHERE f.oid >= 16384 AND a.amprocfamily = f.oid
 ORDER BY 1, 2, 3;
