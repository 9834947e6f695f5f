-- Triggers, but those of constraints and the copies that partitions have; these only where they are
-- enabled otherwise than the trigger that all copies come from (column 2; the last is its state).
WITH RECURSIVE copies (oid, root, state) AS (
    SELECT t.oid, u.oid, u.tgenabled
      FROM pg_catalog.pg_trigger t
           JOIN pg_catalog.pg_trigger u ON u.oid = t.tgparentid
     WHERE u.tgparentid = 0 AND NOT u.tgisinternal
     UNION ALL
    SELECT t.oid, k.root, k.state
      FROM copies k
           JOIN pg_catalog.pg_trigger t ON t.tgparentid = k.oid)
SELECT t.oid, k.root,
       n.nspname, c.relname, t.tgname,
       pg_catalog.pg_get_triggerdef(t.oid),
       t.tgenabled, t.tgtype,
       (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY k.n)
          FROM pg_catalog.unnest(t.tgattr::pg_catalog.int2[]) WITH ORDINALITY AS k (attnum, n)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum = k.attnum),
       t.tgconstraint <> 0, t.tgdeferrable, t.tginitdeferred,
       fn.nspname, f.relname, t.tgoldtable, t.tgnewtable, k.state
  FROM pg_catalog.pg_trigger t
       JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN copies k ON k.oid = t.oid
       LEFT JOIN pg_catalog.pg_class f ON f.oid = t.tgconstrrelid
       LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
 WHERE (NOT t.tgisinternal OR t.tgparentid <> 0) -- by far most are a foreign key's: out at once
   AND ((NOT t.tgisinternal AND t.tgparentid = 0) OR t.tgenabled <> k.state)
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dmig')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.deptype = 'e'
                      AND ((e.classid = 1259 AND e.objid = c.oid)
                           OR (e.classid = 2620 AND e.objid = t.oid)))
 ORDER BY t.tgparentid <> 0, n.nspname, c.relname, t.tgname;
