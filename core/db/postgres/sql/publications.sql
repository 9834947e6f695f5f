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
       coalesce(replace(pg_get_statisticsobjdef(s.oid), ' ON ' || k.usual || k.behind,
                        ' ON ' || k.sorted || k.behind),
                pg_get_statisticsobjdef(s.oid)) || E';\n',
       format(E'DROP STATISTICS %I.%I;\n', n.nspname, s.stxname),
       NULL,
       format('STATISTICS %I.%I', n.nspname, s.stxname),
       NULL, NULL
  FROM pg_statistic_ext s
       JOIN pg_namespace n ON n.oid = s.stxnamespace
       -- By name: the order of a table's columns means nothing.
       CROSS JOIN LATERAL (
         SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY g.place) AS usual,
                string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) AS sorted,
                CASE WHEN 'e' = ANY (s.stxkind) THEN ', ' ELSE ' FROM ' END AS behind
           FROM unnest(s.stxkeys::int2[]) WITH ORDINALITY AS g (number, place)
                JOIN pg_attribute a ON a.attrelid = s.stxrelid AND a.attnum = g.number) k
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
