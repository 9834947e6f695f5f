-- What belongs to a foreign table, so that whatever hangs on it hangs on the table: constraints and the
-- rows' type. Columns: the part's class and oid, the table's class and oid.
SELECT k.tableoid, k.oid, c.tableoid, c.oid
  FROM pg_class c
       JOIN pg_constraint k ON k.conrelid = c.oid
 WHERE c.relkind = 'f'
 UNION ALL
SELECT y.tableoid, y.oid, c.tableoid, c.oid
  FROM pg_class c
       JOIN pg_type y ON y.typrelid = c.oid
 WHERE c.relkind = 'f';
