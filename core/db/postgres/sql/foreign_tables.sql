-- Foreign tables. They hold no rows: where their columns' types, their constraints or their parents
-- differ they are made again, and columns that only came behind the others are added. Columns:
-- inspect_rows.h.
SELECT 'foreign table', c.tableoid, c.oid, n.nspname, c.relname, NULL,
       t.head || coalesce(E'\n    ' || concat_ws(E',\n    ', f.made, k.made) || E'\n', '')
         || t.tail || coalesce(o.options, '') || E';\n' || coalesce(k.later, ''),
       format(E'DROP FOREIGN TABLE %s;\n', t.name),
       -- The parts that facets do not change.
       concat_ws(E'\n', t.head, f.core, k.made, k.later, t.tail),
       'FOREIGN TABLE ' || t.name,
       f.replace,
       concat_ws(E'\n', t.tail, k.made, k.later, '', f.mould)
  FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_foreign_table ft ON ft.ftrelid = c.oid
       JOIN pg_foreign_server s ON s.oid = ft.ftserver
       CROSS JOIN LATERAL (
         SELECT format('%I.%I', n.nspname, c.relname) AS name,
                format('CREATE FOREIGN TABLE %I.%I (', n.nspname, c.relname) AS head,
                format(E')%s\nSERVER %I',
                       (SELECT format(E'\nINHERITS (%s)',
                                      string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno))
                          FROM pg_inherits i
                         WHERE i.inhrelid = c.oid AND NOT c.relispartition
                        HAVING count(*) > 0),
                       s.srvname) AS tail) t
       CROSS JOIN LATERAL (
         SELECT E'\nOPTIONS (' || string_agg(format('%I %L', o.option_name, o.option_value), ', '
                                             ORDER BY o.option_name) || ')' AS options
           FROM pg_options_to_table(ft.ftoptions) o
          WHERE concat(o.option_name, '=', o.option_value) !~* current_setting('dmig.secret')
       ) o
       CROSS JOIN LATERAL (
         SELECT string_agg(concat(p.type, p.options, p.collation, p.default, p.not_null), E',\n    '
                           ORDER BY a.attnum) AS made,
                string_agg(concat(p.type, p.collation, CASE WHEN a.attgenerated <> '' THEN p.default END,
                                  p.not_null), E'\n' ORDER BY a.attnum) AS core,
                string_agg(concat(p.type, p.collation, CASE WHEN a.attgenerated <> '' THEN p.default END,
                                  E'\n'), '' ORDER BY a.attnum) AS mould,
                string_agg(format(E'ALTER FOREIGN TABLE %s ADD COLUMN IF NOT EXISTS %s;\n', t.name,
                                  concat(p.type, p.options, p.collation, p.default, p.not_null))
                           || format(E'ALTER FOREIGN TABLE %s ALTER COLUMN %I %s NOT NULL;\n', t.name,
                                     a.attname, CASE WHEN a.attnotnull THEN 'SET' ELSE 'DROP' END), ''
                           ORDER BY a.attnum) AS replace
           FROM pg_attribute a
                JOIN pg_type y ON y.oid = a.atttypid
                LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                LEFT JOIN pg_collation l ON l.oid = a.attcollation AND a.attcollation <> y.typcollation
                LEFT JOIN pg_namespace ln ON ln.oid = l.collnamespace
                CROSS JOIN LATERAL (
                  SELECT format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) AS type,
                         (SELECT format(' OPTIONS (%s)',
                                        string_agg(format('%I %L', o.option_name, o.option_value),
                                                   ', ' ORDER BY o.option_name))
                            FROM pg_options_to_table(a.attfdwoptions) o
                          HAVING count(*) > 0) AS options,
                         ' COLLATE ' || quote_ident(ln.nspname) || '.' || quote_ident(l.collname) AS collation,
                         CASE WHEN a.attgenerated <> ''
                              THEN format(' GENERATED ALWAYS AS (%s) %s', pg_get_expr(d.adbin, d.adrelid),
                                          CASE a.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
                              ELSE ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END AS default,
                         CASE WHEN a.attnotnull THEN ' NOT NULL' END AS not_null) p
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND (a.attislocal OR c.relispartition)) f
       CROSS JOIN LATERAL (
         SELECT string_agg(format('CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)),
                           E',\n    ' ORDER BY k.conname) FILTER (WHERE k.convalidated) AS made,
                string_agg(format(E'ALTER FOREIGN TABLE %s ADD CONSTRAINT %I %s;\n', t.name, k.conname,
                                  pg_get_constraintdef(k.oid)), ''
                           ORDER BY k.conname) FILTER (WHERE NOT k.convalidated) AS later
           FROM pg_constraint k
          WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conislocal) k
 WHERE c.relkind = 'f' AND n.nspname <> 'dmig' AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = c.tableoid AND e.objid = c.oid AND e.deptype = 'e')
 ORDER BY 4, 5;
