-- How many blocks the largest part of the table $1 has, how many rows there are in all parts, and how
-- many in a block; the rows as they were last counted, null where they never were.
WITH RECURSIVE part (oid) AS (
  SELECT $1::pg_catalog.regclass::pg_catalog.oid
  UNION
  SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN part ON part.oid = i.inhparent)
SELECT coalesce(max(pg_catalog.pg_relation_size(c.oid)), 0)
         / pg_catalog.current_setting('block_size')::pg_catalog.int4,
       CASE WHEN min(c.reltuples) >= 0 THEN sum(c.reltuples)::pg_catalog.int8 END,
       CASE WHEN sum(c.relpages) > 0 AND sum(c.reltuples) > 0
            THEN ceil(sum(c.reltuples) / sum(c.relpages))::pg_catalog.int8 END
  FROM part JOIN pg_catalog.pg_class c ON c.oid = part.oid
 WHERE c.relkind = 'r';
