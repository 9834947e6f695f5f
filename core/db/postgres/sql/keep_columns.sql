-- The columns of the table $1. Kept are values in types of the system's own, which nobody drops; others
-- as their texts, like those that name objects by numbers.
SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
       CASE WHEN t.oid < 16384 AND t.typtype IN ('b', 'r', 'm') AND t.typname !~ '^_?reg'
            THEN pg_catalog.format_type(a.atttypid, a.atttypmod) ELSE 'text' END,
       a.attgenerated <> '',
       a.attcollation <> 0 AND a.attcollation <> 'pg_catalog."default"'::pg_catalog.regcollation,
       c.relkind
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
 WHERE c.oid = $1::pg_catalog.regclass
 ORDER BY a.attnum;
