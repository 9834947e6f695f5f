-- Options of text search dictionaries, and what each kind of token of a configuration goes through.
-- A dictionary's options stand in one text, as `name = 'value', ...`. Columns: inspect_rows.h.
SELECT d.tableoid, d.oid,
       'option ' || o.pair[1],
       o.pair[2],
       format(E'ALTER TEXT SEARCH DICTIONARY %I.%I (%s = %s);\n', n.nspname, d.dictname, o.pair[1],
              o.pair[2]),
       NULL::text,
       format(E'ALTER TEXT SEARCH DICTIONARY %I.%I (%s);\n', n.nspname, d.dictname, o.pair[1]),
       'created',
       NULL::text
  FROM pg_ts_dict d
       JOIN pg_namespace n ON n.oid = d.dictnamespace
       CROSS JOIN LATERAL regexp_matches(d.dictinitoption,
         '("(?:[^"]|"")+"|[[:alpha:]_][[:alnum:]_$]*) = (E?''(?:[^'']|'''')*''|[^,'']+)', 'g')
         AS o (pair)
 WHERE d.oid >= 16384
 UNION ALL
SELECT c.tableoid, c.oid,
       format('mapping for %I', t.alias),
       w.dictionaries,
       format(E'ALTER TEXT SEARCH CONFIGURATION %I.%I ADD MAPPING FOR %I WITH %s;\n', n.nspname,
              c.cfgname, t.alias, w.dictionaries),
       format(E'ALTER TEXT SEARCH CONFIGURATION %I.%I ALTER MAPPING FOR %I WITH %s;\n', n.nspname,
              c.cfgname, t.alias, w.dictionaries),
       format(E'ALTER TEXT SEARCH CONFIGURATION %I.%I DROP MAPPING FOR %I;\n', n.nspname, c.cfgname,
              t.alias),
       '',
       w.needs
  FROM pg_ts_config c
       JOIN pg_namespace n ON n.oid = c.cfgnamespace
       JOIN (SELECT m.mapcfg, m.maptokentype,
                    -- What the database brings needs no schema.
                    string_agg(CASE WHEN dn.nspname = 'pg_catalog' THEN quote_ident(d.dictname)
                                    ELSE format('%I.%I', dn.nspname, d.dictname) END, ', '
                               ORDER BY m.mapseqno) AS dictionaries,
                    string_agg(format('3600:%s:0', d.oid), ' ' ORDER BY m.mapseqno) AS needs
               FROM pg_ts_config_map m
                    JOIN pg_ts_dict d ON d.oid = m.mapdict
                    JOIN pg_namespace dn ON dn.oid = d.dictnamespace
              WHERE m.mapcfg >= 16384
              GROUP BY m.mapcfg, m.maptokentype) w ON w.mapcfg = c.oid
       CROSS JOIN LATERAL ts_token_type(c.cfgparser) AS t
 WHERE t.tokid = w.maptokentype AND c.oid >= 16384
 ORDER BY 1, 2, 3;
