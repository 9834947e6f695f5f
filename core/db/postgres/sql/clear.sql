-- Takes away all that a dump of this database would make, so that one can be read in: objects of
-- every kind that belong to no extension, and default privileges. The schema public and the
-- extensions stay. Runs inside of the transaction that reads the dump.
DO $clear$
DECLARE
  object record;
  found boolean;
  word text;
BEGIN
  PERFORM pg_catalog.set_config('search_path', '', true);
  FOR object IN
    SELECT 'pg_catalog.pg_event_trigger'::regclass AS class, oid, 1 AS rank FROM pg_catalog.pg_event_trigger
    UNION ALL SELECT 'pg_catalog.pg_publication'::regclass, oid, 2 FROM pg_catalog.pg_publication
    UNION ALL SELECT 'pg_catalog.pg_class'::regclass, oid, 3 FROM pg_catalog.pg_class
               WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
                 AND relnamespace NOT IN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname ~ '^pg_')
    UNION ALL SELECT 'pg_catalog.pg_type'::regclass, oid, 4 FROM pg_catalog.pg_type
               WHERE typnamespace NOT IN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname ~ '^pg_')
    UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, oid, 5 FROM pg_catalog.pg_proc
    UNION ALL SELECT 'pg_catalog.pg_operator'::regclass, oid, 6 FROM pg_catalog.pg_operator
    UNION ALL SELECT 'pg_catalog.pg_opclass'::regclass, oid, 7 FROM pg_catalog.pg_opclass
    UNION ALL SELECT 'pg_catalog.pg_opfamily'::regclass, oid, 8 FROM pg_catalog.pg_opfamily
    UNION ALL SELECT 'pg_catalog.pg_collation'::regclass, oid, 9 FROM pg_catalog.pg_collation
    UNION ALL SELECT 'pg_catalog.pg_conversion'::regclass, oid, 9 FROM pg_catalog.pg_conversion
    UNION ALL SELECT 'pg_catalog.pg_ts_config'::regclass, oid, 9 FROM pg_catalog.pg_ts_config
    UNION ALL SELECT 'pg_catalog.pg_ts_dict'::regclass, oid, 10 FROM pg_catalog.pg_ts_dict
    UNION ALL SELECT 'pg_catalog.pg_ts_parser'::regclass, oid, 11 FROM pg_catalog.pg_ts_parser
    UNION ALL SELECT 'pg_catalog.pg_ts_template'::regclass, oid, 11 FROM pg_catalog.pg_ts_template
    UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::regclass, oid, 11 FROM pg_catalog.pg_statistic_ext
    UNION ALL SELECT 'pg_catalog.pg_cast'::regclass, oid, 12 FROM pg_catalog.pg_cast
    UNION ALL SELECT 'pg_catalog.pg_transform'::regclass, oid, 12 FROM pg_catalog.pg_transform
    UNION ALL SELECT 'pg_catalog.pg_foreign_server'::regclass, oid, 13 FROM pg_catalog.pg_foreign_server
    UNION ALL SELECT 'pg_catalog.pg_foreign_data_wrapper'::regclass, oid, 14 FROM pg_catalog.pg_foreign_data_wrapper
    UNION ALL SELECT 'pg_catalog.pg_am'::regclass, oid, 15 FROM pg_catalog.pg_am
    UNION ALL SELECT 'pg_catalog.pg_language'::regclass, oid, 16 FROM pg_catalog.pg_language
    UNION ALL SELECT 'pg_catalog.pg_namespace'::regclass, oid, 17 FROM pg_catalog.pg_namespace
               WHERE nspname !~ '^pg_' AND nspname <> 'public'
    ORDER BY 3, 2
  LOOP
    CONTINUE WHEN object.oid < 16384;
    -- What belongs to an extension, and what comes and goes with another object.
    CONTINUE WHEN EXISTS (SELECT FROM pg_catalog.pg_depend d
                           WHERE d.classid = object.class AND d.objid = object.oid
                             AND d.objsubid = 0 AND d.deptype IN ('e', 'i'));
    EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM %s WHERE oid = %s)', object.class, object.oid)
       INTO found;
    CONTINUE WHEN NOT found;
    SELECT CASE
             WHEN i.type IN ('function', 'procedure', 'aggregate') THEN 'routine'
             WHEN i.type = 'composite type' THEN 'type'
             WHEN i.type = 'foreign-data wrapper' THEN 'foreign data wrapper'
             WHEN i.type = 'statistics object' THEN 'statistics'
             ELSE i.type
           END || ' ' || i.identity
      INTO word
      FROM pg_catalog.pg_identify_object(object.class, object.oid, 0) i;
    EXECUTE 'DROP ' || word || ' CASCADE';
  END LOOP;

  -- Of an extension's own tables a dump holds the rows that the extension did not bring.
  FOR object IN
    SELECT pg_catalog.unnest(e.extconfig)::regclass AS name, pg_catalog.unnest(e.extcondition) AS condition
      FROM pg_catalog.pg_extension e WHERE e.extconfig IS NOT NULL
  LOOP
    CONTINUE WHEN (SELECT relkind FROM pg_catalog.pg_class WHERE oid = object.name) NOT IN ('r', 'p');
    EXECUTE pg_catalog.format('DELETE FROM %s %s', object.name, object.condition);
  END LOOP;

  PERFORM pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata;

  FOR object IN
    SELECT pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s', pg_catalog.pg_get_userbyid(d.defaclrole),
                             ' IN SCHEMA ' || pg_catalog.quote_ident(n.nspname)) AS prefix,
           CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
                                WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' END AS kind,
           ARRAY(SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC'
                                                ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END
                   FROM pg_catalog.aclexplode(d.defaclacl) a) AS grantees,
           pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.defaclrole)) AS owner,
           d.defaclnamespace = 0 AS everywhere
      FROM pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
  LOOP
    CONTINUE WHEN object.kind IS NULL;
    FOREACH word IN ARRAY object.grantees LOOP
      EXECUTE object.prefix || ' REVOKE ALL ON ' || object.kind || ' FROM ' || word;
    END LOOP;
    IF object.everywhere THEN
      EXECUTE object.prefix || ' GRANT ALL ON ' || object.kind || ' TO ' || object.owner;
      IF object.kind IN ('FUNCTIONS', 'TYPES') THEN
        EXECUTE object.prefix || ' GRANT ALL ON ' || object.kind || ' TO PUBLIC';
      END IF;
    END IF;
  END LOOP;
END
$clear$;
