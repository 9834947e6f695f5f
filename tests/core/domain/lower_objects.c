/* Objects of every kind, privileges, storage and families of tables, as statements. */
#include "tests/core/domain/lower_support.h"

#include <string.h>

#include "core/db/ddl.h"

#define HEAD "domain: shop\ndialects: [postgresql]\n"

/* --- a schema as all its statements -------------------------------------------------------------- */

static void
append_facets(GString *out, const GPtrArray *facets)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const DmigFacet *facet = facets->pdata[i];
    g_string_append_printf(out, "%s%s= %s\n%s", facet->created ? "said " : "",
                           facet->late ? "late " : "", facet->name, facet->set);
    g_string_append_printf(out, "undo: %s", facet->reset != NULL ? facet->reset : "-\n");
  }
}

static void
append_table(GString *out, const DmigSchema *schema, const DmigTable *table)
{
  dmig_ddl_create_table(out, schema->dialect, table, NULL, TRUE);
  g_string_append(out, ";\n");
  append_facets(out, table->facets);
  for (guint i = 0; i < table->columns->len; i++)
    append_facets(out, ((const DmigColumn *) table->columns->pdata[i])->facets);
  for (guint i = 0; i < table->constraints->len; i++)
    append_facets(out, ((const DmigConstraint *) table->constraints->pdata[i])->facets);
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    dmig_ddl_create_index(out, schema->dialect, table, index);
    g_string_append_printf(out, ";\n");
    append_facets(out, index->facets);
  }
}

static char *
all_statements(const DmigSchema *schema)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < schema->enums->len; i++)
    append_facets(out, ((const DmigEnum *) schema->enums->pdata[i])->facets);
  for (guint i = 0; i < schema->tables->len; i++)
    append_table(out, schema, schema->tables->pdata[i]);
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    g_string_append(out, object->create);
    append_facets(out, object->facets);
    g_string_append_printf(out, "drop: %s", object->drop);
    if (object->replace != NULL)
      g_string_append_printf(out, "replace: %s", object->replace);
  }
  return g_string_free(out, FALSE);
}

/* Every text of `expected` (NULL ends it) stands in what `yaml` is lowered to. */
static void
assert_makes(Fixture *self, const DmigDialect *dialect, const char *yaml,
             const char *const *expected)
{
  const DmigDomain *domain = read_domain(self, yaml);
  assert_clean(self);
  g_autoptr(DmigSchema) schema = dmig_domain_lower(domain, dialect, self->diagnostics);
  g_autofree char *text = all_statements(schema);
  const char *missing = NULL;
  for (guint i = 0; expected[i] != NULL && missing == NULL; i++)
    missing = strstr(text, expected[i]) == NULL ? expected[i] : NULL;
  if (missing != NULL)
    print_message("in\n%s\nis no\n%s\n", text, missing);
  g_clear_pointer(&text, g_free);
  g_clear_pointer(&schema, dmig_schema_unref);
  assert_clean(self);
  assert_null(missing);
}

#define MAKES(yaml, ...)                                                                          \
  assert_makes(*state, &rich, HEAD yaml, (const char *const[]) { __VA_ARGS__, NULL })

/* --- objects by themselves ----------------------------------------------------------------------- */

static void
test_schemas_and_extensions(void **state)
{
  MAKES("schemas:\n"
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
        " checks: {at: VALUE LIKE '%@%'}, grants: {PUBLIC: []}}\n"
        "  auth.pair: {fields: {a: integer, B: 'text[]', k: Kind}}\n"
        "  reals: {subtype: double precision, difference: float8mi}\n"
        "enums: {Kind: {labels: [x], schema: auth, grants: {app: usage}}}\n"
        "entities:\n"
        "  User: {fields: {mail: email required, mails: 'email[]', p: {type: auth.pair}, k: Kind}}\n",
        "CREATE DOMAIN email AS string(9) COLLATE \"C\" DEFAULT '' NOT NULL"
        " CONSTRAINT at CHECK (VALUE LIKE '%@%');\n",
        "said = check at\nALTER DOMAIN email ADD CONSTRAINT at CHECK (VALUE LIKE '%@%');\n"
        "undo: ALTER DOMAIN email DROP CONSTRAINT at;\n",
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
        "CREATE UNLOGGED SEQUENCE auth.s AS integer START WITH -5 INCREMENT BY 5 MINVALUE -5"
        " MAXVALUE 9 CACHE 2 CYCLE;\n",
        "said = increment\nALTER SEQUENCE auth.s INCREMENT BY 5;\n"
        "undo: ALTER SEQUENCE auth.s INCREMENT BY 1;\n",
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

#define ENTITY                                                                                    \
  "entities:\n  User:\n    schema: auth\n    table: users\n"                                      \
  "    fields: {id: bigint primary, name: text, age: integer}\n"

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

/* --- tables -------------------------------------------------------------------------------------- */

static void
test_storage(void **state)
{
  MAKES(ENTITY "    unlogged: true\n"
               "    with: {fillfactor: 70, toast.x: 'A b'}\n"
               "    access_method: heap2\n"
               "    replica_identity: users_age_idx\n"
               "    indexes: [{fields: [age], unique: true, cluster: true, statistics: {1: 5},"
               " with: {fillfactor: 60}}]\n",
        "CREATE UNLOGGED TABLE auth.users (", "USING heap2 WITH (fillfactor = 70, toast.x = 'A b')",
        "said = with fillfactor\nALTER TABLE auth.users SET (fillfactor = 70);\n"
        "undo: ALTER TABLE auth.users RESET (fillfactor);\n",
        "late = replica identity\nALTER TABLE ONLY auth.users REPLICA IDENTITY USING INDEX"
        " users_age_idx;\n",
        "late = cluster\nALTER TABLE auth.users CLUSTER ON users_age_idx;\n",
        "CREATE UNIQUE INDEX users_age_idx ON auth.users (age) WITH (fillfactor = 60);\n",
        "ALTER INDEX auth.users_age_idx ALTER COLUMN 1 SET STATISTICS 5;\n");
  MAKES("entities: {A: {fields: {t: {type: text, storage: external, compression: lz4,"
        " statistics: 9, with: {n_distinct: 5}}}}}",
        "ALTER TABLE ONLY a ALTER COLUMN t SET STORAGE EXTERNAL;\n",
        "ALTER TABLE ONLY a ALTER COLUMN t SET COMPRESSION lz4;\n",
        "ALTER TABLE ONLY a ALTER COLUMN t SET STATISTICS 9;\n",
        "ALTER TABLE ONLY a ALTER COLUMN t SET (n_distinct = 5);\n"
        "undo: ALTER TABLE ONLY a ALTER COLUMN t RESET (n_distinct);\n");
}

static void
test_constraints(void **state)
{
  MAKES("entities:\n"
        "  A:\n"
        "    fields: {a: integer, b: integer, c: text}\n"
        "    primary: {fields: [a], name: 'the key', deferrable: deferred, include: [c]}\n"
        "    unique: [{fields: [b], nulls_not_distinct: true, include: [c], description: d}]\n"
        "    checks: {low: {sql: b < 9, no_inherit: true, not_valid: true}}\n"
        "    exclude: {apart: using gist (b with =)}\n"
        "  B:\n"
        "    fields: {a: {references: A, constraint: whose, on_delete: {set_null: a}}, x: integer}\n"
        "    foreign: [{fields: [x], references: A, match: full, not_valid: true}]\n",
        "CONSTRAINT \"the key\" PRIMARY KEY (a) INCLUDE (c) DEFERRABLE INITIALLY DEFERRED",
        "CONSTRAINT a_b_key UNIQUE NULLS NOT DISTINCT (b) INCLUDE (c)",
        "COMMENT ON CONSTRAINT a_b_key ON a IS 'd';\n",
        "said = not valid\nALTER TABLE a DROP CONSTRAINT low;\n"
        "ALTER TABLE a ADD CONSTRAINT low CHECK (b < 9) NO INHERIT NOT VALID;\n"
        "undo: ALTER TABLE a VALIDATE CONSTRAINT low;\n",
        "CONSTRAINT apart EXCLUDE using gist (b with =)",
        "CONSTRAINT whose FOREIGN KEY (a) REFERENCES a(a) ON DELETE SET NULL (a)",
        "FOREIGN KEY (x) REFERENCES a(a) MATCH FULL NOT VALID;\n");
}

#define PARTED HEAD                                                                               \
  "entities:\n"                                                                                   \
  "  Event:\n"                                                                                    \
  "    fields: {id: bigint required, day: date required}\n"                                       \
  "    partition_by: range (id)\n"                                                                \
  "    unique: [{fields: [id], name: ids}]\n"                                                     \
  "    indexes:\n"                                                                                \
  "      - {fields: [id], unique: true, name: uids}\n"                                            \
  "      - {fields: [day], name: days, only: true}\n"                                             \
  "      - {fields: [day], name: days2}\n"

/* Which of a partition's indexes and keys belongs to which of its whole's. */
static void
test_attachments(void **state)
{
  Fixture *self = *state;
  const DmigDomain *domain = read_domain(
      self, PARTED "    partitions:\n"
                   "      p:\n"
                   "        values: default\n"
                   "        primary: {fields: [id], name: p_pk, part_of: uids}\n"
                   "        indexes:\n"
                   "          - {fields: [day], name: other}\n"
                   "          - {fields: [day], name: \"mi\\\"ne\", part_of: days}\n"
                   "      q: from (1) to (2)\n");
  g_autoptr(DmigSchema) schema = dmig_domain_lower(domain, &rich, self->diagnostics);
  assert_clean(self);
  DmigTable *p = dmig_schema_table(schema, "p"), *q = dmig_schema_table(schema, "q");
  const char *facet = "partition of index";
  assert_string_equal(dmig_facets_value(dmig_table_primary_key(p)->facets, facet), "uids");
  assert_string_equal(dmig_facets_value(dmig_table_index(p, "mi\"ne")->facets, facet), "days");
  assert_string_equal(dmig_facets_value(dmig_table_index(p, "other")->facets, facet), "days2");
  assert_int_equal(p->indexes->len, 2);
  assert_int_equal(q->indexes->len, 2);
  assert_int_equal(q->constraints->len, 1);
  assert_string_equal(dmig_facets_value(dmig_table_index(q, "q_day_idx")->facets, facet), "days2");
}

static void
test_unknown_part(void **state)
{
  Fixture *self = *state;
  const DmigDomain *domain = read_domain(
      self, PARTED "    partitions: {p: {values: default, indexes: [{fields: [day], part_of: no}]}}\n");
  assert_clean(self);
  dmig_schema_unref(dmig_domain_lower(domain, &rich, self->diagnostics));
  assert_int_equal(dmig_diagnostics_length(self->diagnostics), 1);
  const DmigDiagnostic *diagnostic = dmig_diagnostics_get(self->diagnostics, 0);
  assert_string_equal(diagnostic->rule, "unknown-index");
  assert_string_equal(diagnostic->message,
                      "p: 'no' is no index or key of what it is a partition of");
}

static void
test_states_of_partitions(void **state)
{
  MAKES("entities:\n"
        "  Event:\n"
        "    fields: {id: integer}\n"
        "    partition_by: range (id)\n"
        "    partitions: {\"o'\\\"ld\": default}\n"
        "    triggers:\n"
        "      t: {timing: after, events: insert, function: f, partitions: {\"o'\\\"ld\": always}}\n",
        "late = enabled on o'\"ld\nALTER TABLE \"o'\"\"ld\" ENABLE ALWAYS TRIGGER t;\n"
        "undo: ALTER TABLE \"o'\"\"ld\" ENABLE TRIGGER t;\n");
}

static void
test_columns_of_views(void **state)
{
  MAKES("views:\n"
        "  V:\n"
        "    sql: SELECT 1 AS a, 2 AS \"grant to b\"\n"
        "    fields: {a: {default: 1 + 1, description: it's}, grant to b: B}\n"
        "  M: {sql: SELECT 1 AS a, materialized: true, fields: {a: {statistics: 7, with: {n_distinct: 5}}}}\n",
        "= column a default\nALTER VIEW v ALTER COLUMN a SET DEFAULT 1 + 1;\n"
        "undo: ALTER VIEW v ALTER COLUMN a DROP DEFAULT;\n",
        "= column a comment\nCOMMENT ON COLUMN v.a IS 'it''s';\n",
        "= column grant to b comment\nCOMMENT ON COLUMN v.\"grant to b\" IS 'B';\n",
        "ALTER MATERIALIZED VIEW m ALTER COLUMN a SET STATISTICS 7;\n",
        "ALTER MATERIALIZED VIEW m ALTER COLUMN a SET (n_distinct=5);\n"
        "undo: ALTER MATERIALIZED VIEW m ALTER COLUMN a RESET (n_distinct);\n");
}

static void
test_comments_of_indexes(void **state)
{
  MAKES("entities:\n"
        "  A:\n"
        "    fields: {id: integer primary, b: integer}\n"
        "    primary: {description: key, index_description: index}\n"
        "    exclude: {e: {sql: using btree (b with =), index_description: other}}\n",
        "COMMENT ON CONSTRAINT a_pkey ON a IS 'key';\n",
        "= index comment\nCOMMENT ON INDEX a_pkey IS 'index';\nundo: COMMENT ON INDEX a_pkey IS NULL;\n",
        "= index comment\nCOMMENT ON INDEX e IS 'other';\n");
}

static void
test_partitions(void **state)
{
  MAKES("entities:\n"
        "  Event:\n"
        "    schema: log\n"
        "    fields: {id: bigint identity, day: date required}\n"
        "    primary: [id, day]\n"
        "    checks: {late: day > '2000-01-01'}\n"
        "    indexes: [[day]]\n"
        "    partition_by: range(day)\n"
        "    partitions:\n"
        "      old: {values: from (minvalue) to ('2020-01-01'), schema: archive}\n"
        "      new:\n"
        "        values: from ('2020-01-01') to (maxvalue)\n"
        "        partition_by: hash (id)\n"
        "        partitions: {new_0: 'with (modulus 1, remainder 0)'}\n"
        "  Rest: {partition_of: Event, values: DEFAULT, indexes: [{fields: [day], name: mine}]}\n",
        "PARTITION BY RANGE (day);\n", "CREATE INDEX event_day_idx ON ONLY log.event (day);\n",
        "CREATE TABLE archive.old (\n  id bigint NOT NULL,\n  day date NOT NULL,\n"
        "  CONSTRAINT late CHECK (day > '2000-01-01'),\n  CONSTRAINT old_pkey PRIMARY KEY (id, day)\n);\n",
        "late = partition of\nALTER TABLE ONLY log.event ATTACH PARTITION archive.old FOR VALUES FROM"
        " (minvalue) to ('2020-01-01');\n"
        "undo: ALTER TABLE log.event DETACH PARTITION archive.old;\n",
        "ALTER TABLE ONLY log.new ATTACH PARTITION log.new_0 FOR VALUES WITH (modulus 1, remainder"
        " 0);\n",
        "ATTACH PARTITION rest DEFAULT;\n",
        "ALTER INDEX log.new_day_idx ATTACH PARTITION log.new_0_day_idx;\n",
        "ALTER INDEX log.event_pkey ATTACH PARTITION archive.old_pkey;\n",
        "ALTER INDEX log.event_day_idx ATTACH PARTITION mine;\n");
}

static void
test_inheritance(void **state)
{
  MAKES("entities:\n"
        "  Base: {fields: {a: integer, b: text}, checks: {c: a > 1, d: {sql: b > '', no_inherit: true}}}\n"
        "  Middle: {inherits: [Base], fields: {b: text required, m: text}}\n"
        "  Leaf: {inherits: Middle, fields: {l: text}}\n",
        "CREATE TABLE middle (\n  b text NOT NULL,\n  m text\n)\nINHERITS (base);\n",
        "said = inherits base\nALTER TABLE middle INHERIT base;\n"
        "undo: ALTER TABLE middle NO INHERIT base;\n",
        "CREATE TABLE leaf (\n  l text\n)\nINHERITS (middle);\n");
  Fixture *self = *state;
  g_autoptr(DmigSchema) schema
      = dmig_domain_lower(self->domains->pdata[self->domains->len - 1], &rich, self->diagnostics);
  const DmigTable *leaf = dmig_schema_table(schema, "leaf");
  assert_int_equal(leaf->columns->len, 4);
  assert_string_equal(((const DmigColumn *) leaf->columns->pdata[0])->name, "a");
  assert_true(((const DmigColumn *) leaf->columns->pdata[1])->not_null);
  assert_int_equal(leaf->constraints->len, 1);
  assert_false(leaf->has_children);
  assert_true(dmig_schema_table(schema, "base")->has_children);
}

/* Two schemas have their names apart. */
static void
test_names_by_schema(void **state)
{
  MAKES("entities:\n"
        "  A: {table: t, fields: {id: integer primary}, indexes: [[id]]}\n"
        "  B: {table: t, schema: s, fields: {id: integer primary, k: 'enum(x)'}, indexes: [[id]]}\n",
        "CREATE TABLE t (\n  id integer NOT NULL,\n  CONSTRAINT t_pkey PRIMARY KEY (id)\n);\n",
        "CREATE TABLE s.t (\n  id integer NOT NULL,\n  k s.t_k,\n  CONSTRAINT t_pkey PRIMARY KEY (id)\n);\n",
        "CREATE INDEX t_id_idx ON s.t (id);\n");
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
      self, "domain: d\nsequences: {s: {dialects: postgresql}}\n"
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

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
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
    TEST(test_storage),
    TEST(test_constraints),
    TEST(test_partitions),
    TEST(test_attachments),
    TEST(test_unknown_part),
    TEST(test_states_of_partitions),
    TEST(test_columns_of_views),
    TEST(test_comments_of_indexes),
    TEST(test_inheritance),
    TEST(test_names_by_schema),
    TEST(test_plain_dialect),
    TEST(test_not_in_dialect),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
