-- What can be set about foreign tables and their columns, and where they are attached. Columns:
-- inspect_rows.h.
WITH tables AS (
  SELECT c.tableoid AS class, c.oid, format('%I.%I', n.nspname, c.relname) AS name, ft.ftoptions,
         c.relispartition, c.relpartbound
    FROM pg_class c
         JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_foreign_table ft ON ft.ftrelid = c.oid
   WHERE c.relkind = 'f'
), columns AS (
  SELECT t.class, t.oid, t.name, a.attnum, quote_ident(a.attname) AS column, a.attfdwoptions,
         (to_jsonb(a) ->> 'attstattarget')::integer AS target, a.attgenerated,
         a.attislocal OR t.relispartition AS local
    FROM tables t
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
)
SELECT t.class, t.oid,
       format('option %I', o.option_name),
       quote_literal(o.option_value),
       format(E'ALTER FOREIGN TABLE %s OPTIONS (ADD %I %L);\n', t.name, o.option_name, o.option_value),
       format(E'ALTER FOREIGN TABLE %s OPTIONS (SET %I %L);\n', t.name, o.option_name, o.option_value),
       format(E'ALTER FOREIGN TABLE %s OPTIONS (DROP %I);\n', t.name, o.option_name),
       'created',
       NULL::text
  FROM tables t
       CROSS JOIN LATERAL pg_options_to_table(t.ftoptions) o
 WHERE concat(o.option_name, '=', o.option_value) !~* current_setting('dmig.secret')
 UNION ALL
SELECT t.class, t.oid, 'partition of',
       concat(i.inhparent::regclass, ' ', pg_get_expr(t.relpartbound, t.oid)),
       format(E'ALTER TABLE ONLY %s ATTACH PARTITION %s %s;\n', i.inhparent::regclass, t.name,
              pg_get_expr(t.relpartbound, t.oid)),
       NULL,
       format(E'ALTER TABLE ONLY %s DETACH PARTITION %s;\n', i.inhparent::regclass, t.name),
       'replaces late',
       format('1259:%s:0', i.inhparent)
  FROM tables t
       JOIN pg_inherits i ON i.inhrelid = t.oid
 WHERE t.relispartition
 UNION ALL
SELECT c.class, c.oid,
       format('option %I of column %s', o.option_name, c.column),
       quote_literal(o.option_value),
       format(E'ALTER FOREIGN TABLE %s ALTER COLUMN %s OPTIONS (ADD %I %L);\n', c.name, c.column,
              o.option_name, o.option_value),
       format(E'ALTER FOREIGN TABLE %s ALTER COLUMN %s OPTIONS (SET %I %L);\n', c.name, c.column,
              o.option_name, o.option_value),
       format(E'ALTER FOREIGN TABLE %s ALTER COLUMN %s OPTIONS (DROP %I);\n', c.name, c.column,
              o.option_name),
       CASE WHEN c.local THEN 'created' ELSE '' END,
       NULL
  FROM columns c
       CROSS JOIN LATERAL pg_options_to_table(c.attfdwoptions) o
 UNION ALL
SELECT c.class, c.oid,
       format('default of column %s', c.column),
       e.default,
       format(E'ALTER FOREIGN TABLE %s ALTER COLUMN %s SET DEFAULT %s;\n', c.name, c.column, e.default),
       NULL,
       format(E'ALTER FOREIGN TABLE %s ALTER COLUMN %s DROP DEFAULT;\n', c.name, c.column),
       'created',
       NULL
  FROM columns c
       JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = c.attnum
       CROSS JOIN LATERAL (SELECT pg_get_expr(d.adbin, d.adrelid) AS default) e
 WHERE c.local AND c.attgenerated = ''
 UNION ALL
SELECT c.class, c.oid,
       format('statistics of column %s', c.column),
       c.target::text,
       format(E'ALTER FOREIGN TABLE %s ALTER COLUMN %s SET STATISTICS %s;\n', c.name, c.column,
              c.target),
       NULL,
       format(E'ALTER FOREIGN TABLE %s ALTER COLUMN %s SET STATISTICS -1;\n', c.name, c.column),
       '',
       NULL
  FROM columns c
 WHERE c.target >= 0
 ORDER BY 1, 2, 3;
