-- From which tables those inherit, or whose partitions they are.
SELECT i.inhrelid,
       n.nspname,
       c.relname,
       i.inhparent
  FROM pg_catalog.pg_inherits i
       JOIN pg_catalog.pg_class c ON c.oid = i.inhparent AND c.relkind IN ('r', 'p', 'f')
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 ORDER BY i.inhrelid, i.inhseqno;
