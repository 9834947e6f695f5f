-- What publications publish, the target of extended statistics, and whether event triggers fire.
-- Columns: inspect_rows.h.
SELECT p.tableoid, p.oid, o.name,
       o.value,
       format(E'ALTER PUBLICATION %I SET (%s = %s);\n', p.pubname, o.name, o.value),
       NULL::text,
       format(E'ALTER PUBLICATION %I SET (%s = %s);\n', p.pubname, o.name, o.usual),
       '',
       NULL::text
  FROM pg_publication p
       CROSS JOIN LATERAL (VALUES
         ('publish',
          quote_literal(concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END,
                                  CASE WHEN p.pubupdate THEN 'update' END,
                                  CASE WHEN p.pubdelete THEN 'delete' END,
                                  CASE WHEN p.pubtruncate THEN 'truncate' END)),
          quote_literal('insert, update, delete, truncate')),
         ('publish_via_partition_root', p.pubviaroot::text, 'false'),
         ('publish_generated_columns',
          CASE WHEN to_jsonb(p) ->> 'pubgencols' = 's' THEN 'stored' ELSE 'none' END, 'none'))
         AS o (name, value, usual)
 WHERE p.oid >= 16384 AND o.value <> o.usual
 UNION ALL
-- The columns came with version 15, as did conditions, which only this view shows as text.
SELECT p.tableoid, p.oid,
       format('table %s', r.prrelid::regclass),
       coalesce(concat_ws(' ', w.sorted, w.condition), ''),
       format(E'ALTER PUBLICATION %I ADD TABLE ONLY %s%s;\n', p.pubname, r.prrelid::regclass,
              ' ' || NULLIF(concat_ws(' ', w.columns, w.condition), '')),
       NULL,
       format(E'ALTER PUBLICATION %I DROP TABLE ONLY %s;\n', p.pubname, r.prrelid::regclass),
       'replaces late',
       concat_ws(' ', format('1259:%s:0', r.prrelid),
                 (SELECT string_agg(format('1259:%s:%s', d.refobjid, d.refobjsubid), ' '
                                    ORDER BY d.refobjsubid)
                    FROM pg_depend d
                   WHERE d.classid = r.tableoid AND d.objid = r.oid AND d.refclassid = 1259
                     AND d.refobjid = r.prrelid AND d.refobjsubid <> 0))
  FROM pg_publication p
       JOIN pg_publication_rel r ON r.prpubid = p.oid
       JOIN pg_class c ON c.oid = r.prrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace
       CROSS JOIN LATERAL (
         SELECT l.columns, l.sorted,
                (SELECT format('WHERE (%s)', to_jsonb(v) ->> 'rowfilter')
                   FROM pg_publication_tables v
                  WHERE v.pubname = p.pubname AND v.schemaname = n.nspname
                    AND v.tablename = c.relname AND to_jsonb(v) ->> 'rowfilter' IS NOT NULL)
                  AS condition
           -- Compared by name: the order of a table's columns means nothing.
           FROM (SELECT format('(%s)', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)),
                        format('(%s)', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname))
                   FROM jsonb_array_elements_text(to_jsonb(r) -> 'prattrs') AS e (attnum)
                        JOIN pg_attribute a
                          ON a.attrelid = r.prrelid AND a.attnum = e.attnum::smallint
                  WHERE jsonb_typeof(to_jsonb(r) -> 'prattrs') = 'array'
                 HAVING count(*) > 0) AS l (columns, sorted)
                RIGHT JOIN (SELECT) AS always ON TRUE) w
 WHERE p.oid >= 16384
 UNION ALL
-- Whole schemas came with version 15: what the catalogue of them would say stands in pg_depend, too.
SELECT p.tableoid, p.oid,
       format('tables in schema %I', n.nspname),
       '',
       format(E'ALTER PUBLICATION %I ADD TABLES IN SCHEMA %I;\n', p.pubname, n.nspname),
       NULL,
       format(E'ALTER PUBLICATION %I DROP TABLES IN SCHEMA %I;\n', p.pubname, n.nspname),
       'late',
       format('2615:%s:0', n.oid)
  FROM pg_publication p
       JOIN pg_depend d ON d.classid = 6237 AND d.refclassid = p.tableoid AND d.refobjid = p.oid
       JOIN pg_depend s ON s.classid = 6237 AND s.objid = d.objid AND s.refclassid = 2615
       JOIN pg_namespace n ON n.oid = s.refobjid
 WHERE p.oid >= 16384
 UNION ALL
SELECT s.tableoid, s.oid, 'statistics',
       t.target::text,
       format(E'ALTER STATISTICS %I.%I SET STATISTICS %s;\n', n.nspname, s.stxname, t.target),
       NULL,
       format(E'ALTER STATISTICS %I.%I SET STATISTICS -1;\n', n.nspname, s.stxname),
       'late', -- a column that gets another type takes it away
       NULL
  FROM pg_statistic_ext s
       JOIN pg_namespace n ON n.oid = s.stxnamespace
       CROSS JOIN LATERAL (SELECT (to_jsonb(s) ->> 'stxstattarget')::integer AS target) t
 WHERE t.target >= 0
 UNION ALL
SELECT t.tableoid, t.oid, 'enabled',
       CASE t.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END,
       format(E'ALTER EVENT TRIGGER %I %s;\n', t.evtname,
              CASE t.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA'
                                ELSE 'ENABLE ALWAYS' END),
       NULL,
       format(E'ALTER EVENT TRIGGER %I ENABLE;\n', t.evtname),
       '',
       NULL
  FROM pg_event_trigger t
 WHERE t.oid >= 16384 AND t.evtenabled <> 'O'
 ORDER BY 1, 2, 3;
