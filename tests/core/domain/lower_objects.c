/* Objects of every kind, privileges and what belongs to relations, as statements. */
#include "tests/core/domain/lower_statements.h"

#include <string.h>

/* --- objects by themselves ----------------------------------------------------------------------- */

static void
test_schemas_and_extensions(void **state)
{
  MAKES_ALONE("schemas:\n"
        "  auth: {owner: The Boss, grants: {app: [usage, create], PUBLIC: usage}, description: It's}\n"
        "  public: {description: usual}\n"
        "  '\"a.b\"':\n",
        "CREATE SCHEMA auth;\n", "ALTER SCHEMA auth OWNER TO \"The Boss\";\n",
        "undo: ALTER SCHEMA auth OWNER TO CURRENT_USER;\n",
        "GRANT USAGE, CREATE ON SCHEMA auth TO app;\nundo: REVOKE ALL ON SCHEMA auth FROM app;\n",
        "GRANT USAGE ON SCHEMA auth TO PUBLIC;\n", "COMMENT ON SCHEMA auth IS 'It''s';\n",
        "undo: COMMENT ON SCHEMA auth IS NULL;\n", "drop: DROP SCHEMA auth;\n",
        "CREATE SCHEMA \"a.b\";\n", "COMMENT ON SCHEMA public IS 'usual';\n");
  MAKES("extensions: {citext: , \"postgis\": {schema: gis, version: '3.3'}}",
        "CREATE EXTENSION citext;\n", "CREATE EXTENSION postgis SCHEMA gis VERSION '3.3';\n",
        "said = version\nALTER EXTENSION postgis UPDATE TO '3.3';\n");
  MAKES("extensions: [citext]", "CREATE EXTENSION citext;\n");
}

/* The schema that is there anyway is neither made nor dropped. */
static void
test_default_schema(void **state)
{
  Fixture *self = *state;
  const DmigDomain *domain
      = read_domain(self, HEAD "schemas: [public]\nsequences: {public.s: }\n"
                               "entities: {A: {schema: public, fields: {a: integer}}}");
  g_autoptr(DmigSchema) schema = dmig_domain_lower(domain, &rich, self->diagnostics);
  const DmigObject *object = dmig_schema_object(schema, DMIG_OBJECT_SCHEMA, "public", NULL);
  assert_string_equal(object->create, "");
  assert_string_equal(object->drop, "");
  assert_non_null(dmig_schema_object(schema, DMIG_OBJECT_SEQUENCE, "s", NULL));
  assert_non_null(dmig_schema_table(schema, "a"));
}

static void
test_types(void **state)
{
  MAKES("types:\n"
        "  email: {base: string(9), required: true, default: \"''\", collation: C,"
        " checks: {at: {sql: VALUE LIKE '%@%', description: It's one}}, grants: {PUBLIC: []}}\n"
        "  auth.pair: {fields: {a: integer, B: 'text[]', k: Kind}}\n"
        "  reals: {subtype: double precision, difference: float8mi}\n"
        "enums: {Kind: {labels: [x], schema: auth, grants: {app: usage}}}\n"
        "entities:\n"
        "  User: {fields: {mail: email required, mails: 'email[]', p: {type: auth.pair}, k: Kind}}\n",
        "CREATE DOMAIN email AS string(9) COLLATE \"C\" DEFAULT '' NOT NULL"
        " CONSTRAINT at CHECK (VALUE LIKE '%@%');\n",
        "said = check at\nALTER DOMAIN email ADD CONSTRAINT at CHECK (VALUE LIKE '%@%');\n"
        "COMMENT ON CONSTRAINT at ON DOMAIN email IS 'It''s one';\n"
        "undo: ALTER DOMAIN email DROP CONSTRAINT at;\n",
        "= comment on check at\nCOMMENT ON CONSTRAINT at ON DOMAIN email IS 'It''s one';\n"
        "undo: COMMENT ON CONSTRAINT at ON DOMAIN email IS NULL;\n",
        "REVOKE ALL ON TYPE email FROM PUBLIC;\nundo: GRANT USAGE ON TYPE email TO PUBLIC;\n",
        "drop: DROP DOMAIN email;\n",
        "CREATE TYPE auth.pair AS (a integer, \"B\" text[], k auth.kind);\n",
        "drop: DROP TYPE auth.pair;\n", "GRANT USAGE ON TYPE auth.kind TO app;\n",
        "mail email NOT NULL", "mails email[]", "p auth.pair", "k auth.kind",
        "AS RANGE (SUBTYPE = DOUBLE PRECISION, SUBTYPE_DIFF = float8mi);\n");
}

static void
test_sequences(void **state)
{
  MAKES("sequences:\n"
        "  auth.s: {type: integer, start: -5, increment: 5, min: -5, max: 9, cache: 2, cycle: true,"
        " unlogged: true, owned_by: A.n, grants: {app: usage}}\n"
        "  plain:\n"
        "entities: {A: {fields: {n: integer}}}\n",
        "CREATE UNLOGGED SEQUENCE auth.s AS integer INCREMENT BY 5 MINVALUE -5 MAXVALUE 9"
        " CACHE 2 CYCLE;\n",
        "ALTER SEQUENCE auth.s AS integer INCREMENT BY 5 MINVALUE -5 MAXVALUE 9 START WITH -5 CACHE 2"
        " CYCLE;\n",
        "ALTER SEQUENCE auth.s AS bigint INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START"
        " WITH 1 CACHE 1 NO CYCLE;\n",
        "late = owned by\nALTER SEQUENCE auth.s OWNED BY a.n;\n"
        "undo: ALTER SEQUENCE auth.s OWNED BY NONE;\n",
        "GRANT USAGE ON SEQUENCE auth.s TO app;\n", "CREATE SEQUENCE plain;\n",
        "drop: DROP SEQUENCE plain;\n");
}

/* Names with dots in them, where any dot may be the one in between. */
static void
test_owner_with_dots(void **state)
{
  MAKES("sequences: {s: {owned_by: C.d.e.f}}\n"
        "entities: {C.d: {table: t, fields: {e.f: integer}}}\n",
        "ALTER SEQUENCE s OWNED BY t.\"e.f\";\n");
}

static void
test_numbered_columns(void **state)
{
  MAKES("entities:\n"
        "  A:\n"
        "    schema: auth\n"
        "    fields:\n"
        "      id: bigint serial primary\n"
        "      n: {type: integer, serial: {sequence: my numbers, start: 3}}\n"
        "      i: {type: integer, identity: {as: always, start: 7, cycle: true}}\n",
        "CREATE SEQUENCE auth.a_id_seq;\n",
        "id bigint DEFAULT nextval('auth.a_id_seq'::regclass) NOT NULL",
        "CREATE SEQUENCE auth.\"my numbers\" AS integer START WITH 3;\n",
        "n integer DEFAULT nextval('auth.\"my numbers\"'::regclass) NOT NULL",
        "ALTER SEQUENCE auth.a_id_seq OWNED BY auth.a.id;\n",
        "i integer GENERATED ALWAYS AS IDENTITY (START WITH 7 CYCLE) NOT NULL");
}

static void
test_functions(void **state)
{
  MAKES("functions:\n"
        "  touch: {returns: trigger, language: plpgsql, body: \"BEGIN\\n RETURN NEW; END\"}\n"
        "  add:\n"
        "    - {arguments: [a int, b int], returns: int, body: SELECT a + b, volatility: stable,"
        " strict: true, parallel: safe, cost: 3, grants: {PUBLIC: []}}\n"
        "    - {arguments: 'a text default '','', out b text', body: '  return a'}\n"
        "  auth.p: {kind: procedure, arguments: 'variadic x double precision[]', body: SELECT 1,"
        " security_definer: true, set: {search_path: 'a, \"B\"', work_mem: 64MB}}\n"
        "  dollars: {returns: text, body: \"SELECT '$$$_$'\"}\n"
        "  c: {returns: int, language: c, library: lib, body: sym}\n",
        "CREATE FUNCTION touch()\n RETURNS trigger\n LANGUAGE plpgsql\nAS $$BEGIN\n RETURN NEW; END$$;\n",
        "replace: CREATE OR REPLACE FUNCTION touch()",
        "CREATE FUNCTION add(a int, b int)\n RETURNS int\n LANGUAGE sql STABLE STRICT PARALLEL SAFE"
        " COST 3\nAS $$SELECT a + b$$;\n",
        "REVOKE ALL ON FUNCTION add(INT, INT) FROM PUBLIC;\n"
        "undo: GRANT EXECUTE ON FUNCTION add(INT, INT) TO PUBLIC;\n",
        "drop: DROP FUNCTION add(INT, INT);\n",
        "CREATE FUNCTION add(a text default ',', out b text)\n LANGUAGE sql\nreturn a;\n",
        "drop: DROP FUNCTION add(TEXT);\n",
        " LANGUAGE sql SECURITY DEFINER\n SET search_path TO a, \"B\"\n SET work_mem TO '64MB'\nAS",
        "drop: DROP PROCEDURE auth.p(DOUBLE PRECISION[]);\n",
        "AS $_1$SELECT '$$$_$'$_1$;\n", " LANGUAGE c\nAS 'lib', 'sym';\n");
}

static void
test_statements(void **state)
{
  MAKES("sql:\n"
        "  a: CREATE CAST (a AS text) WITH INOUT;\n"
        "  b: {create: 'CREATE AGGREGATE auth.total(integer) (SFUNC = int4pl, STYPE = integer)',"
        " description: Sum, owner: x}\n"
        "  c: {create: ALTER SYSTEM SET x = 1, drop: ALTER SYSTEM RESET x}\n"
        "  d: 'CREATE OPERATOR auth.=== (LEFTARG = a, RIGHTARG = b, FUNCTION = f)'\n"
        "  e: CREATE USER MAPPING FOR PUBLIC SERVER other\n"
        "  f: CREATE STATISTICS public.s ON a, b FROM t\n",
        "CREATE CAST (a AS text) WITH INOUT;\n", "drop: DROP CAST (a AS text);\n",
        "drop: DROP AGGREGATE auth.total(INTEGER);\n",
        "COMMENT ON AGGREGATE auth.total(INTEGER) IS 'Sum';\n",
        "ALTER AGGREGATE auth.total(INTEGER) OWNER TO x;\n", "drop: ALTER SYSTEM RESET x;\n",
        "drop: DROP OPERATOR auth.=== (A, B);\n",
        "drop: DROP USER MAPPING FOR public SERVER other;\n");
}

static void
test_default_privileges(void **state)
{
  MAKES("default_privileges:\n"
        "  - {on: tables, role: boss, schema: auth, grants: {app: [select], b: {grantable: insert}}}\n"
        "  - {on: functions, grants: {PUBLIC: []}}\n",
        "ALTER DEFAULT PRIVILEGES FOR ROLE boss IN SCHEMA auth GRANT SELECT ON TABLES TO app;\n",
        "GRANT INSERT ON TABLES TO b WITH GRANT OPTION;\n",
        "drop: ALTER DEFAULT PRIVILEGES FOR ROLE boss IN SCHEMA auth REVOKE ALL ON TABLES FROM app;\n",
        "ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;\n");
}

/* --- what belongs to relations ------------------------------------------------------------------- */

static void
test_triggers(void **state)
{
  MAKES(ENTITY "    triggers:\n"
               "      'My Own': {timing: before, events: [insert, 'update of name, age'],"
               " when: NEW.age > 1, function: 'f(''x'')', enabled: disabled, description: d}\n"
               "      later: {deferrable: deferred, events: delete, function: f, from: x.y}\n"
               "      all: {timing: after, events: truncate, function: f}\n"
               "      some: {timing: after, events: update, for_each: statement, function: f(),"
               " old_table: was, new_table: Is}\n"
               "      whole: CREATE TRIGGER whole AFTER INSERT ON auth.users EXECUTE FUNCTION f()\n",
        "CREATE TRIGGER \"My Own\" BEFORE INSERT OR UPDATE OF name, age ON auth.users FOR EACH ROW"
        " WHEN (NEW.age > 1) EXECUTE FUNCTION f('x');\n",
        "= enabled\nALTER TABLE auth.users DISABLE TRIGGER \"My Own\";\n"
        "undo: ALTER TABLE auth.users ENABLE TRIGGER \"My Own\";\n",
        "COMMENT ON TRIGGER \"My Own\" ON auth.users IS 'd';\n",
        "CREATE CONSTRAINT TRIGGER later AFTER DELETE ON auth.users FROM x.y DEFERRABLE INITIALLY"
        " DEFERRED FOR EACH ROW EXECUTE FUNCTION f();\n",
        "AFTER TRUNCATE ON auth.users FOR EACH STATEMENT EXECUTE FUNCTION f();\n",
        "REFERENCING OLD TABLE AS was NEW TABLE AS \"Is\" FOR EACH STATEMENT",
        "CREATE TRIGGER whole AFTER INSERT ON auth.users EXECUTE FUNCTION f();\n"
        "drop: DROP TRIGGER whole ON auth.users;\n");
}

static void
test_policies_and_rules(void **state)
{
  MAKES(ENTITY "    row_security: forced\n"
               "    policies:\n"
               "      own: {for: select, to: [app, My Role, public], using: id > 1}\n"
               "      strict: {restrictive: true, check: 'true', description: d}\n"
               "      bare:\n"
               "    rules:\n"
               "      kept: CREATE RULE kept AS ON DELETE TO auth.users DO INSTEAD NOTHING\n"
               "      two: CREATE RULE two AS ON INSERT TO auth.users DO (NOTIFY a; NOTIFY b)\n",
        "CREATE POLICY own ON auth.users FOR SELECT TO app, \"My Role\", public USING (id > 1);\n",
        "CREATE POLICY strict ON auth.users AS RESTRICTIVE WITH CHECK (true);\n",
        "COMMENT ON POLICY strict ON auth.users IS 'd';\n", "CREATE POLICY bare ON auth.users;\n",
        "drop: DROP POLICY bare ON auth.users;\n", "drop: DROP RULE kept ON auth.users;\n",
        "CREATE RULE two AS ON INSERT TO auth.users DO (NOTIFY a; NOTIFY b);\n",
        "ALTER TABLE auth.users ENABLE ROW LEVEL SECURITY;\n"
        "ALTER TABLE auth.users FORCE ROW LEVEL SECURITY;\n"
        "undo: ALTER TABLE auth.users DISABLE ROW LEVEL SECURITY;\n"
        "ALTER TABLE auth.users NO FORCE ROW LEVEL SECURITY;\n");
}

static void
test_privileges(void **state)
{
  MAKES(ENTITY "    owner: boss\n"
               "    grants:\n"
               "      app: [select, {update: [name, age]}]\n"
               "      \"it's\": {privileges: [insert], grantable: [delete, {references: name}]}\n"
               "      PUBLIC: []\n",
        "ALTER TABLE auth.users OWNER TO boss;\n",
        "= grant to app\nGRANT SELECT ON TABLE auth.users TO app;\n",
        "GRANT UPDATE (age) ON TABLE auth.users TO app;\n"
        "undo: REVOKE ALL (age) ON TABLE auth.users FROM app;\n",
        "GRANT INSERT ON TABLE auth.users TO \"it's\";\n"
        "GRANT DELETE ON TABLE auth.users TO \"it's\" WITH GRANT OPTION;\n",
        "GRANT REFERENCES (name) ON TABLE auth.users TO \"it's\" WITH GRANT OPTION;\n");
}

static void
test_views(void **state)
{
  MAKES("views:\n"
        "  V: {sql: 'SELECT 1;', schema: auth, columns: [one], with: {security_barrier: true},"
        " check_option: local, grants: {app: [{select: [one]}]}, description: d}\n"
        "  M: {sql: SELECT 1 AS a, materialized: true, no_data: true, with: {fillfactor: 70},"
        " indexes: [{fields: [a], unique: true, description: i}, {fields: [{expression: a + 1}],"
        " where: a > 1, with: {fillfactor: 60}}]}\n",
        "CREATE VIEW auth.v (one) WITH (security_barrier = true) AS SELECT 1 WITH LOCAL CHECK"
        " OPTION;\n",
        "said = with security_barrier\nALTER VIEW auth.v SET (security_barrier = true);\n"
        "undo: ALTER VIEW auth.v RESET (security_barrier);\n",
        "= column one grant to app\nGRANT SELECT (one) ON TABLE auth.v TO app;\n",
        "COMMENT ON VIEW auth.v IS 'd';\n", "drop: DROP VIEW auth.v;\n",
        "CREATE MATERIALIZED VIEW m WITH (fillfactor = 70) AS SELECT 1 AS a WITH NO DATA;\n",
        "CREATE UNIQUE INDEX m_a_idx ON m (a);\n", "COMMENT ON INDEX m_a_idx IS 'i';\n",
        "CREATE INDEX m_expr_idx ON m ((a + 1)) WITH (fillfactor = 60) WHERE a > 1;\n",
        "drop: DROP INDEX m_expr_idx;\n");
}

/* --- the other dialect --------------------------------------------------------------------------- */

static void
test_plain_dialect(void **state)
{
  static const char *const made[] = {
    "CREATE TABLE a (\n  id INTEGER NOT NULL,\n  mail ANY,\n  PRIMARY KEY (id) ON CONFLICT FAIL,\n"
    "  UNIQUE (mail) ON CONFLICT IGNORE\n) WITHOUT ROWID, STRICT;\n",
    "CREATE TRIGGER t AFTER UPDATE OF mail ON a WHEN 1 BEGIN\nSELECT 1;\nEND;\n"
    "drop: DROP TRIGGER t;\n",
    "PRAGMA user_version = 3;\n",
    "drop: PRAGMA user_version = 0;\n",
    "CREATE VIRTUAL TABLE found USING fts5 (x);\ndrop: DROP TABLE found;\n",
    NULL,
  };
  assert_makes(*state, &plain,
               "domain: shop\ndialects: [sqlite]\n"
               "types: {email: {base: string(9)}}\n"
               "pragmas: {user_version: 3}\n"
               "sql: {found: CREATE VIRTUAL TABLE found USING fts5 (x)}\n"
               "entities:\n"
               "  A:\n"
               "    fields: {id: bigint, mail: email}\n"
               "    primary: {fields: id, on_conflict: fail}\n"
               "    unique: [{fields: mail, on_conflict: ignore}]\n"
               "    without_rowid: true\n"
               "    strict: true\n"
               "    unlogged: true\n"
               "    owner: nobody\n"
               "    grants: {app: select}\n"
               "    triggers: {t: {timing: after, events: update of mail, when: 1, body: SELECT 1;}}\n",
               made);
}

#define TRIGGER(keys)                                                                              \
  "entities: {A: {fields: {a: text}, triggers: {t: {timing: after, body: SELECT 1, " keys "}}}}"

/* What the dialect has not is said, unless it is not meant for it. */
static void
test_not_in_dialect(void **state)
{
  static const char *const yaml[] = {
    "schemas: [s]",
    "extensions: [e]",
    "types: {t: {fields: {a: text}}}",
    "types: {t: {subtype: integer}}",
    "sequences: {s: }",
    "functions: {f: {returns: integer, body: SELECT 1}}",
    "entities: {A: {schema: s, fields: {a: text}}}",
    "entities: {A: {fields: {a: text}, partition_by: range (a)}}",
    "entities: {A: {fields: {a: text}}, B: {inherits: A, fields: {b: text}}}",
    "entities: {A: {fields: {a: text}, exclude: {e: using gist (a with =)}}}",
    "entities: {A: {fields: {a: text}, row_security: enabled}}",
    "entities: {A: {fields: {a: text}, policies: {p: }}}",
    "entities: {A: {fields: {a: text}, rules: {r: CREATE RULE r AS ON DELETE TO a DO NOTHING}}}",
    "entities: {A: {fields: {a: text}, unique: [{fields: a, nulls_not_distinct: true}]}}",
    TRIGGER("events: [insert, delete]"),
    TRIGGER("events: truncate"),
    TRIGGER("events: insert, constraint: true"),
    TRIGGER("events: insert, for_each: statement"),
    TRIGGER("events: insert, new_table: n"),
    "views: {V: {sql: SELECT 1, materialized: true}}",
    "enums: {E: {labels: [x], schema: s}}\nviews: {V: {sql: SELECT 1, schema: s}}",
  };
  Fixture *self = *state;
  for (guint i = 0; i < G_N_ELEMENTS(yaml); i++) {
    g_autofree char *text = g_strconcat("domain: d\ndialects: [sqlite]\n", yaml[i], NULL);
    const DmigDomain *domain = read_domain(self, text);
    assert_clean(self);
    dmig_schema_unref(dmig_domain_lower(domain, &plain, self->diagnostics));
    if (!has_rule(self, "not-in-dialect"))
      print_message("taken: %s\n", yaml[i]);
    assert_true(has_rule(self, "not-in-dialect"));
    forget(self);
  }
  const DmigDomain *domain = read_domain(
      self, "domain: d\nschemas: {s: {dialects: postgresql}}\nsequences: {s: {dialects: postgresql}}\n"
            "functions: {f: {returns: integer, body: SELECT 1, dialects: postgresql}}\n"
            "entities: {A: {dialects: [postgresql], schema: s, fields: {a: text}},"
            " B: {fields: {a: text}, policies: {p: {dialects: postgresql}}}}\n");
  DmigSchema *schema = dmig_domain_lower(domain, &plain, self->diagnostics);
  guint tables = schema->tables->len, objects = schema->objects->len;
  dmig_schema_unref(schema);
  assert_clean(self);
  assert_int_equal(tables, 1);
  assert_int_equal(objects, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(test_schemas_and_extensions),
    TEST(test_default_schema),
    TEST(test_types),
    TEST(test_sequences),
    TEST(test_owner_with_dots),
    TEST(test_numbered_columns),
    TEST(test_functions),
    TEST(test_statements),
    TEST(test_default_privileges),
    TEST(test_triggers),
    TEST(test_policies_and_rules),
    TEST(test_privileges),
    TEST(test_views),
    TEST(test_plain_dialect),
    TEST(test_not_in_dialect),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
