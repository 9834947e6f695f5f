-- Who holds locks on the relations that $1 names (as in survey_relations.sql), but for the session
-- that asks; and which transactions have been open for more than a minute. Nothing of what they run.
SELECT CASE WHEN n.nspname = pg_catalog.current_schema() THEN c.relname::text
            ELSE n.nspname || '.' || c.relname END,
       l.mode,
       l.pid,
       coalesce(a.usename::text, a.backend_type, p.owner::text),
       a.application_name,
       a.state,
       pg_catalog.date_trunc('second', pg_catalog.now() - coalesce(a.xact_start, p.prepared))::text,
       p.gid,
       coalesce(a.query LIKE 'autovacuum:%(to prevent wraparound)', false),
       coalesce(a.backend_type = 'autovacuum worker', false),
       coalesce(pg_catalog.now() - coalesce(a.xact_start, p.prepared) < interval '2 seconds', false)
  FROM pg_catalog.pg_locks l
       JOIN pg_catalog.pg_class c ON c.oid = l.relation
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
       LEFT JOIN pg_catalog.pg_prepared_xacts p
              ON l.pid IS NULL AND p.database = pg_catalog.current_database()
                 AND l.virtualtransaction = '-1/' || p.transaction::text
 WHERE l.locktype = 'relation' AND l.granted
   AND l.database = (SELECT oid FROM pg_catalog.pg_database
                      WHERE datname = pg_catalog.current_database())
   AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
   AND CASE WHEN n.nspname = pg_catalog.current_schema() THEN c.relname::text
            ELSE n.nspname || '.' || c.relname END
       = ANY (ARRAY(SELECT pg_catalog.jsonb_array_elements_text($1::jsonb)))
UNION ALL
SELECT NULL, NULL, a.pid, a.usename::text, a.application_name, a.state,
       pg_catalog.date_trunc('second', pg_catalog.now() - a.xact_start)::text, NULL, false, false, false
  FROM pg_catalog.pg_stat_activity a
 WHERE a.datname = pg_catalog.current_database() AND a.backend_type = 'client backend'
   AND a.xact_start < pg_catalog.now() - interval '1 minute'
   AND a.pid <> pg_catalog.pg_backend_pid()
 ORDER BY 1, 3, 2;
