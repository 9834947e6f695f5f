-- Who keeps the server process $1 waiting for a lock just now; nothing of what they run. Sessions of
-- other users show their state only to who may see it.
SELECT DISTINCT coalesce(a.usename::text, a.backend_type, 'somebody') || ' ('
       || pg_catalog.concat_ws(', ', nullif(a.application_name, ''),
            CASE WHEN a.backend_type <> 'client backend' THEN a.backend_type END,
            'server process ' || p.pid,
            a.state || pg_catalog.to_char(a.state_change AT TIME ZONE 'UTC',
                                          '" since "YYYY-MM-DD"T"HH24:MI:SS"Z"'))
       || ')'
  FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::pg_catalog.int4)) AS p (pid)
       LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = p.pid
 ORDER BY 1
 LIMIT 3;
