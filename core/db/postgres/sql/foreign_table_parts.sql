-- What belongs to a foreign table, so that whatever hangs on it hangs on the table: columns, their
-- defaults, constraints and the row type. Columns: the part's class, oid and sub, the table's class
-- and oid.
SELECT c.tableoid, c.oid, a.attnum, c.tableoid, c.oid
  FROM pg_class c
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind = 'f'
 UNION ALL
SELECT d.tableoid, d.oid, 0, c.tableoid, c.oid
  FROM pg_class c
       JOIN pg_attrdef d ON d.adrelid = c.oid
 WHERE c.relkind = 'f'
 UNION ALL
SELECT k.tableoid, k.oid, 0, c.tableoid, c.oid
  FROM pg_class c
       JOIN pg_constraint k ON k.conrelid = c.oid
 WHERE c.relkind = 'f'
 UNION ALL
SELECT y.tableoid, y.oid, 0, c.tableoid, c.oid
  FROM pg_class c
       JOIN pg_type y ON y.typrelid = c.oid
 WHERE c.relkind = 'f';
