-- Tables of this database that a session has for itself alone, and its server process.
SELECT l.relation::pg_catalog.regclass, l.pid
  FROM pg_catalog.pg_locks l
 WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.granted
   AND l.relation >= 16384
   AND l.database = (SELECT oid FROM pg_catalog.pg_database
                      WHERE datname = pg_catalog.current_database())
 ORDER BY l.pid, l.relation
 LIMIT 1;
