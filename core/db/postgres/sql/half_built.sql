-- Indexes that a build outside of a transaction has left invalid, and that nobody builds just now. The
-- second column is the index that one of REINDEX CONCURRENTLY was to replace, else its own name.
SELECT n.nspname,
       c.relname,
       pg_catalog.regexp_replace(c.relname, '_cc(new|old)[0-9]*$', '')
  FROM pg_catalog.pg_index i
       JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT i.indisvalid AND c.relkind = 'i'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p
                    WHERE p.index_relid = i.indexrelid
                       OR (p.relid = i.indrelid AND p.pid <> pg_catalog.pg_backend_pid()))
 ORDER BY 1, 2;
