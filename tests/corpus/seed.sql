-- Puts a few rows into every table where that is simply possible: a row with only what has to be
-- there, then two with a value in each column. What a table refuses, it goes without.
DO $seed$
DECLARE
  target record;
  columns text;
  vals text;
  everything boolean;
  filled oid[] := '{}';
BEGIN
  SET LOCAL lock_timeout = '5s';
  FOR pass IN 1..3 LOOP
    FOR target IN
      SELECT c.oid, c.oid::regclass::text AS name,
        (regexp_match(pg_get_expr(c.relpartbound, c.oid), '(?:FROM|IN) \(((?:''[^'']*''|[^,)''])+)'))[1] AS bound,
        (SELECT p.partattrs[0] FROM pg_inherits i JOIN pg_partitioned_table p ON p.partrelid = i.inhparent
          WHERE i.inhrelid = c.oid AND c.relispartition) AS key
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
        AND NOT c.oid = ANY (filled)
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
      ORDER BY c.oid
    LOOP
      FOR i IN 1..3 LOOP
        everything := i > 1;
        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
          string_agg(
            CASE
              WHEN a.attnum = target.key AND target.bound NOT IN ('MINVALUE', 'NULL') THEN target.bound
              WHEN f.confrelid IS NOT NULL THEN
                format('(SELECT %I FROM %s LIMIT 1 OFFSET %s)', r.attname, f.confrelid::regclass, i - 1)
              WHEN t.typtype = 'e' THEN
                (SELECT quote_literal(min(e.enumlabel)) FROM pg_enum e WHERE e.enumtypid = t.oid)
              WHEN t.typname IN ('json', 'jsonb') THEN '''{}'''
              WHEN t.typname = 'uuid' THEN format('''00000000-0000-0000-0000-%s''', lpad(i::text, 12, '0'))
              WHEN t.typname = 'xml' THEN '''<a/>'''
              WHEN t.typname IN ('bytea', 'tsvector', 'tsquery') THEN format('''%s''', i)
              WHEN t.typcategory = 'N' THEN format('''%s''', i)
              WHEN t.typcategory = 'S' THEN quote_literal(left('row ' || i,
                CASE WHEN a.atttypmod > 4 THEN a.atttypmod - 4 ELSE 100 END))
              WHEN t.typcategory = 'D' THEN
                CASE WHEN t.typname LIKE 'time%' AND t.typname NOT LIKE 'timestamp%'
                  THEN format('''0%s:00''', i) ELSE format('''2024-01-0%s''', i) END
              WHEN t.typcategory = 'B' THEN '''true'''
              WHEN t.typcategory = 'A' THEN '''{}'''
              WHEN t.typcategory = 'R' THEN '''empty'''
              WHEN t.typcategory = 'I' THEN format('''10.0.0.%s''', i)
              WHEN t.typcategory = 'T' THEN format('''%s days''', i)
              WHEN t.typcategory = 'V' THEN format('''%s''', repeat('1', greatest(a.atttypmod, 1)))
              WHEN t.typname = 'point' THEN format('''(%s,%s)''', i, i)
              ELSE 'NULL'
            END, ', ' ORDER BY a.attnum)
        INTO columns, vals
        FROM pg_attribute a
          JOIN pg_type t ON t.oid = a.atttypid
          LEFT JOIN pg_constraint f ON f.conrelid = a.attrelid AND f.contype = 'f'
            AND f.conkey = ARRAY[a.attnum] AND f.confrelid <> f.conrelid AND f.conparentid = 0
          LEFT JOIN pg_attribute r ON r.attrelid = f.confrelid AND r.attnum = f.confkey[1]
        WHERE a.attrelid = target.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attgenerated = '' AND a.attidentity = ''
          AND (a.attnum = target.key OR everything OR (a.attnotnull AND NOT a.atthasdef));
        BEGIN
          IF columns IS NULL THEN
            EXECUTE format('INSERT INTO %s DEFAULT VALUES', target.name);
          ELSE
            EXECUTE format('INSERT INTO %s (%s) VALUES (%s)', target.name, columns, vals);
          END IF;
          filled := filled || target.oid;
        EXCEPTION WHEN OTHERS THEN
          NULL;
        END;
      END LOOP;
    END LOOP;
  END LOOP;
END
$seed$;
