-- Publications, extended statistics, event triggers and default privileges. Columns: inspect_rows.h.
SELECT 'publication', p.tableoid, p.oid, NULL, p.pubname, NULL,
       c.core || E';\n',
       format(E'DROP PUBLICATION %I;\n', p.pubname),
       c.core,
       format('PUBLICATION %I', p.pubname),
       NULL::text, NULL::text
  FROM pg_publication p
       CROSS JOIN LATERAL (
         SELECT format('CREATE PUBLICATION %I%s', p.pubname,
                       CASE WHEN p.puballtables THEN ' FOR ALL TABLES' END) AS core) c
 WHERE p.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = p.tableoid AND e.objid = p.oid AND e.deptype = 'e')
 UNION ALL
SELECT 'statistics', s.tableoid, s.oid, n.nspname, s.stxname, NULL,
       -- The server prints the columns in the order that the table has them in: that is none of theirs.
       CASE WHEN pg_get_statisticsobjdef(s.oid) !~ ' ON .*([(]| ON | FROM .* FROM )'
            THEN regexp_replace(pg_get_statisticsobjdef(s.oid), ' ON .*', ' ON ')
                 || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname)
                       FROM pg_attribute a
                      WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys))
                 || regexp_replace(pg_get_statisticsobjdef(s.oid), '.* FROM ', ' FROM ')
            ELSE pg_get_statisticsobjdef(s.oid)
       END || E';\n',
       format(E'DROP STATISTICS %I.%I;\n', n.nspname, s.stxname),
       NULL,
       format('STATISTICS %I.%I', n.nspname, s.stxname),
       NULL, NULL
  FROM pg_statistic_ext s
       JOIN pg_namespace n ON n.oid = s.stxnamespace
 WHERE s.oid >= 16384 AND n.nspname <> 'dmig' AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = s.tableoid AND e.objid = s.oid AND e.deptype = 'e')
 UNION ALL
SELECT 'event trigger', t.tableoid, t.oid, NULL, t.evtname, NULL,
       format(E'CREATE EVENT TRIGGER %I ON %s%s EXECUTE FUNCTION %s();\n', t.evtname, t.evtevent,
              (SELECT format(E' WHEN TAG IN (%s)', string_agg(quote_literal(tag), ', ' ORDER BY place))
                 FROM unnest(t.evttags) WITH ORDINALITY AS g (tag, place)
               HAVING count(*) > 0),
              t.evtfoid::regproc),
       format(E'DROP EVENT TRIGGER %I;\n', t.evtname),
       NULL,
       format('EVENT TRIGGER %I', t.evtname),
       NULL, NULL
  FROM pg_event_trigger t
 WHERE t.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = t.tableoid AND e.objid = t.oid AND e.deptype = 'e')
 ORDER BY 1, 4, 5;
