-- Text search parsers, templates, dictionaries and configurations. Columns: inspect_rows.h.
SELECT 'text search parser', p.tableoid, p.oid, n.nspname, p.prsname, NULL,
       format(E'CREATE TEXT SEARCH PARSER %I.%I (START = %s, GETTOKEN = %s, END = %s%s, LEXTYPES = %s);\n',
              n.nspname, p.prsname, p.prsstart::oid::regproc, p.prstoken::oid::regproc,
              p.prsend::oid::regproc, ', HEADLINE = ' || NULLIF(p.prsheadline::oid, 0)::regproc,
              p.prslextype::oid::regproc),
       format(E'DROP TEXT SEARCH PARSER %I.%I;\n', n.nspname, p.prsname),
       NULL::text,
       format('TEXT SEARCH PARSER %I.%I', n.nspname, p.prsname),
       NULL::text, NULL::text
  FROM pg_ts_parser p
       JOIN pg_namespace n ON n.oid = p.prsnamespace
 WHERE p.oid >= 16384 AND n.nspname <> 'dmig'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = p.tableoid AND e.objid = p.oid AND e.deptype = 'e')
 UNION ALL
SELECT 'text search template', t.tableoid, t.oid, n.nspname, t.tmplname, NULL,
       format(E'CREATE TEXT SEARCH TEMPLATE %I.%I (%sLEXIZE = %s);\n', n.nspname, t.tmplname,
              'INIT = ' || NULLIF(t.tmplinit::oid, 0)::regproc || ', ', t.tmpllexize::oid::regproc),
       format(E'DROP TEXT SEARCH TEMPLATE %I.%I;\n', n.nspname, t.tmplname),
       NULL,
       format('TEXT SEARCH TEMPLATE %I.%I', n.nspname, t.tmplname),
       NULL, NULL
  FROM pg_ts_template t
       JOIN pg_namespace n ON n.oid = t.tmplnamespace
 WHERE t.oid >= 16384 AND n.nspname <> 'dmig'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = t.tableoid AND e.objid = t.oid AND e.deptype = 'e')
 UNION ALL
SELECT 'text search dictionary', d.tableoid, d.oid, n.nspname, d.dictname, NULL,
       format(E'CREATE TEXT SEARCH DICTIONARY %I.%I (TEMPLATE = %I.%I%s);\n', n.nspname, d.dictname,
              tn.nspname, t.tmplname, ', ' || NULLIF(d.dictinitoption, '')),
       format(E'DROP TEXT SEARCH DICTIONARY %I.%I;\n', n.nspname, d.dictname),
       format(E'TEMPLATE = %I.%I', tn.nspname, t.tmplname),
       format('TEXT SEARCH DICTIONARY %I.%I', n.nspname, d.dictname),
       NULL, NULL
  FROM pg_ts_dict d
       JOIN pg_namespace n ON n.oid = d.dictnamespace
       JOIN pg_ts_template t ON t.oid = d.dicttemplate
       JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
 WHERE d.oid >= 16384 AND n.nspname <> 'dmig'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = d.tableoid AND e.objid = d.oid AND e.deptype = 'e')
 UNION ALL
SELECT 'text search configuration', c.tableoid, c.oid, n.nspname, c.cfgname, NULL,
       format(E'CREATE TEXT SEARCH CONFIGURATION %I.%I (PARSER = %I.%I);\n', n.nspname, c.cfgname,
              pn.nspname, p.prsname),
       format(E'DROP TEXT SEARCH CONFIGURATION %I.%I;\n', n.nspname, c.cfgname),
       NULL,
       format('TEXT SEARCH CONFIGURATION %I.%I', n.nspname, c.cfgname),
       NULL, NULL
  FROM pg_ts_config c
       JOIN pg_namespace n ON n.oid = c.cfgnamespace
       JOIN pg_ts_parser p ON p.oid = c.cfgparser
       JOIN pg_namespace pn ON pn.oid = p.prsnamespace
 WHERE c.oid >= 16384 AND n.nspname <> 'dmig'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = c.tableoid AND e.objid = c.oid AND e.deptype = 'e')
 ORDER BY 1, 4, 5;
