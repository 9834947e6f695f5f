/* Lifting is lowering turned round: what is lifted, written, read and lowered is what it was. */
#include "tests/core/domain/lift_case.h"

#include <string.h>

#include "core/sql/text.h"

/* --- as a person would have written it ----------------------------------------------------------- */

static void
test_short_forms(void **state)
{
  LiftFixture *self = *state;
  DmigTable *company = test_add_table(self->schema, "company", "id", "bigint", "name",
                                      "character varying(255)", "made_at",
                                      "timestamp with time zone", "seen_at",
                                      "timestamp without time zone", NULL);
  set_key(company, "company_pkey", "id");
  column(company, "id")->identity = DMIG_IDENTITY_BY_DEFAULT;
  column(company, "name")->not_null = TRUE;
  test_add_constraint(company, DMIG_CONSTRAINT_UNIQUE, "company_name_key", "name");
  set_default(company, "made_at", "now()");
  set_default(company, "seen_at", "CURRENT_TIMESTAMP");
  DmigTable *line = test_add_table(self->schema, "order_line", "id", "integer", "company_id",
                                   "bigint", "price", "numeric(12,2)", "state", "order_state",
                                   "title", "text", NULL);
  set_key(line, "order_line_pkey", "id");
  DmigConstraint *key
      = test_add_reference(line, "order_line_company_id_fkey", "company_id", "company", "id");
  key->on_delete = DMIG_ACTION_CASCADE;
  test_add_check(line, "order_line_price_check", "price >= 0::numeric");
  set_default(line, "price", "0");
  set_default(line, "state", "'draft'");
  set_default(line, "title", "'no title'");
  test_add_enum(self->schema, "order_state", "draft sent");
  test_add_index(line, "order_line_price_idx", "price", NULL);
  assert_true(comes_back(self));
  assert_true(says(self, "domain: shop\n"
                         "dialects: [postgresql]\n"
                         "\n"
                         "enums:\n"
                         "  OrderState: [draft, sent]\n"
                         "\n"
                         "entities:\n"
                         "  Company:\n"
                         "    fields:\n"
                         "      id: bigint identity primary\n"
                         "      name: string(255) required unique\n"
                         "      made_at: timestamptz default now()\n"
                         "      seen_at: timestamp default current_timestamp()\n"
                         "\n"
                         "  OrderLine:\n"
                         "    fields:\n"
                         "      id: integer primary\n"
                         "      company: references Company on_delete cascade\n"
                         "      price: {type: 'decimal(12,2)', default: 0, check: "
                         "'price >= 0::numeric'}\n"
                         "      state: OrderState default draft\n"
                         "      title: text default 'no title'\n"
                         "    indexes:\n"
                         "      - [price]\n"));
}

/* What is called otherwise than lowering would is said, and nothing else. */
static void
test_names(void **state)
{
  LiftFixture *self = *state;
  DmigTable *users = test_add_table(self->schema, "Users", "id", "uuid", "Odd Name", "text", "other",
                                    "uuid", "users_id", "uuid", NULL);
  set_key(users, "pk", "id");
  test_add_constraint(users, DMIG_CONSTRAINT_UNIQUE, "odd", "Odd Name");
  test_add_reference(users, "fk", "other", "Users", "id");
  test_add_reference(users, "Users_users_id_fkey", "users_id", "Users", "id");
  test_add_check(users, "chk", "id IS NOT NULL");
  test_add_index(users, "ix", "other", NULL);
  test_add_view(self->schema, "Best Users", "SELECT 1");
  test_add_enum(self->schema, "text", "a b");
  assert_true(comes_back(self));
  assert_true(says(self, "  Users:\n    table: Users\n"));
  assert_true(says(self, "      other: {references: Users, column: other, constraint: fk}\n"));
  assert_true(says(self, "      users: references Users\n"));
  assert_true(says(self, "    primary: {name: pk}\n"));
  assert_true(says(self, "      - {fields: [Odd Name], name: odd}\n"));
  assert_true(says(self, "      - {name: ix, fields: [other]}\n"));
  assert_true(says(self, "      chk: id IS NOT NULL\n"));
}

/* Two of one name in two schemas. */
static void
test_schemas(void **state)
{
  LiftFixture *self = *state;
  g_autofree char *path = dmig_path_new("auth", "users");
  g_autofree char *state_path = dmig_path_new("auth", "state");
  set_key(test_add_table(self->schema, "users", "id", "integer", NULL), "users_pkey", "id");
  set_key(test_add_table(self->schema, path, "id", "integer", "s", "auth.state", NULL), "users_pkey",
          "id");
  test_add_enum(self->schema, "state", "a");
  test_add_enum(self->schema, state_path, "b");
  DmigObject *schema = dmig_object_new(DMIG_OBJECT_SCHEMA, "auth", NULL);
  schema->create = g_strdup("CREATE SCHEMA auth;\n");
  schema->drop = g_strdup("DROP SCHEMA auth;\n");
  g_ptr_array_add(self->schema->objects, schema);
  assert_true(comes_back(self));
  assert_true(says(self, "  Users:\n    fields:\n      id: integer primary\n"));
  assert_true(says(self, "  AuthUsers:\n    schema: auth\n    table: users\n"));
  assert_true(says(self, "      s: AuthState\n"));
}

/* Keys that refer to one another take their types from nowhere, were both relationships. */
static void
test_circles(void **state)
{
  LiftFixture *self = *state;
  DmigTable *a = test_add_table(self->schema, "a", "id", "integer", NULL);
  DmigTable *b = test_add_table(self->schema, "b", "id", "integer", NULL);
  DmigTable *c = test_add_table(self->schema, "c", "id", "integer", NULL);
  set_key(a, "a_pkey", "id");
  set_key(b, "b_pkey", "id");
  set_key(c, "c_pkey", "id");
  test_add_reference(a, "a_id_fkey", "id", "b", "id");
  test_add_reference(b, "b_id_fkey", "id", "c", "id");
  test_add_reference(c, "c_id_fkey", "id", "a", "id");
  test_add_reference(c, "c_id_fkey1", "id", "c", "id");
  assert_true(comes_back(self));
}

/* A reference to a key of another type, or to what is no key, can't take the key's type. */
static void
test_other_references(void **state)
{
  LiftFixture *self = *state;
  DmigTable *to = test_add_table(self->schema, "to", "id", "integer", "code", "text", NULL);
  DmigTable *from = test_add_table(self->schema, "from", "to_id", "bigint", "to_code", "text",
                                   "twice", "integer", NULL);
  set_key(to, "to_pkey", "id");
  test_add_constraint(to, DMIG_CONSTRAINT_UNIQUE, "to_code_key", "code");
  test_add_reference(from, "from_to_id_fkey", "to_id", "to", "id");
  test_add_reference(from, "from_to_code_fkey", "to_code", "to", "code");
  test_add_reference(from, "one", "twice", "to", "id");
  test_add_reference(from, "two", "twice", "to", "id");
  assert_true(comes_back(self));
  assert_true(says(self, "      - {fields: to_id, references: To}\n"));
  assert_true(says(self, "      - {fields: to_code, references: To, to: code}\n"));
}

static void
test_native_types(void **state)
{
  LiftFixture *self = *state;
  test_add_table(self->schema, "t", "a", "tsvector", "b", "character(3)", "c", "numeric(5,0)[]", "d",
                 "integer[]", "e", "timestamp(3) with time zone", "f", "json", "g", "text[]", NULL);
  set_default(dmig_schema_table(self->schema, "t"), "g", "'{a,true}'");
  set_default(dmig_schema_table(self->schema, "t"), "b", "'abc'");
  set_default(dmig_schema_table(self->schema, "t"), "d", "'{}'");
  set_default(dmig_schema_table(self->schema, "t"), "f", "'{\"a\": 1}'::json");
  assert_true(comes_back(self));
  assert_true(says(self, "      a: postgresql(tsvector)\n"));
  assert_true(says(self, "      c: decimal(5)[]\n"));
  assert_true(says(self, "      d: {type: 'integer[]', default: []}\n"));
  assert_true(says(self, "      g: {type: 'text[]', default: [a, 'true']}\n"));
}

static void
test_null_defaults(void **state)
{
  LiftFixture *self = *state;
  DmigTable *table = test_add_table(self->schema, "t", "a", "character varying(20)", "b",
                                    "numeric(5,2)", "c", "text", "d", "text[]", NULL);
  set_default(table, "a", "NULL::character varying");
  set_default(table, "b", "NULL::numeric");
  set_default(table, "c", "'null'");
  set_default(table, "d", "NULL");
  assert_true(comes_back(self));
  assert_true(says(self, "      a: string(20) default null\n"));
  assert_true(says(self, "      b: decimal(5,2) default null\n"));
  assert_true(says(self, "      c: text default 'null'\n"));
  assert_true(says(self, "      d: text[] default null\n"));
}

static DmigObject *
add_object(LiftFixture *self, DmigObjectKind kind, const char *path, const char *detail,
           const char *create, const char *drop)
{
  DmigObject *object = dmig_object_new(kind, path, detail);
  object->create = g_strdup(create);
  object->drop = g_strdup(drop);
  g_ptr_array_add(self->schema->objects, object);
  return object;
}

/* Writes, and reads what it wrote without a complaint. */
static gboolean
is_read(LiftFixture *self)
{
  g_autoptr(DmigDomain) lifted = dmig_lift("shop", self->schema, self->base->diagnostics);
  g_free(self->yaml);
  self->yaml = dmig_domain_write(lifted);
  read_domain(self->base, self->yaml);
  return !print_diagnostics(self->base->diagnostics);
}

static void
test_objects(void **state)
{
  LiftFixture *self = *state;
  DmigTable *users = test_add_table(self->schema, "users", "id", "bigint", "name", "text", NULL);
  column(users, "id")->not_null = TRUE;
  set_default(users, "id", "nextval('users_id_seq'::regclass)");
  DmigObject *sequence = add_object(self, DMIG_OBJECT_SEQUENCE, "users_id_seq", NULL,
                                    "CREATE SEQUENCE users_id_seq;\n", "DROP SEQUENCE users_id_seq;\n");
  g_autofree char *owner = dmig_address_new(DMIG_OBJECT_COLUMN, "users", "id");
  dmig_object_set_property(sequence, "owned_by", owner);
  dmig_object_set_property(sequence, "cache", "10");
  DmigObject *trigger
      = add_object(self, DMIG_OBJECT_TRIGGER, "users", "log", "CREATE TRIGGER log …;\n", "");
  dmig_object_set_property(trigger, "timing", "before");
  dmig_object_set_property(trigger, "events", "insert");
  dmig_object_set_property(trigger, "for_each", "row");
  dmig_object_set_property(trigger, "when", "(new.id > 3)");
  dmig_object_set_property(trigger, "function", "log('x')");
  DmigObject *policy
      = add_object(self, DMIG_OBJECT_POLICY, "users", "own", "CREATE POLICY own …;\n", "");
  dmig_object_set_property(policy, "for", "select");
  dmig_object_set_property(policy, "using", "(name = CURRENT_USER)");
  DmigObject *routine = add_object(self, DMIG_OBJECT_ROUTINE, "log", "",
                                   "CREATE FUNCTION log() …;\n", "DROP FUNCTION log();\n");
  dmig_object_set_property(routine, "kind", "function");
  dmig_object_set_property(routine, "arguments", "");
  dmig_object_set_property(routine, "returns", "trigger");
  dmig_object_set_property(routine, "language", "plpgsql");
  dmig_object_set_property(routine, "body", "\nBEGIN\n  RETURN NEW;  \nEND\n  ");
  add_object(self, DMIG_OBJECT_CAST, "(text AS mood)", NULL,
             "CREATE CAST (text AS mood) WITH INOUT;\n", "DROP CAST (text AS mood);\n");
  add_object(self, DMIG_OBJECT_DEFAULT_PRIVILEGES, "boss", "tables",
             "ALTER DEFAULT PRIVILEGES FOR ROLE boss GRANT INSERT, SELECT ON TABLES TO app;\n",
             "ALTER DEFAULT PRIVILEGES FOR ROLE boss REVOKE ALL ON TABLES FROM app;\n");
  dmig_facets_add(&users->facets, dmig_facet_new("grant to app", "SELECT, DELETE WITH GRANT OPTION",
                                                 "…;\n", "…;\n"));
  dmig_facets_add(&column(users, "name")->facets,
                  dmig_facet_new("grant to app", "UPDATE", "…;\n", "…;\n"));
  dmig_facets_add(&users->facets, dmig_facet_new("odd", "x", "ALTER TABLE users ODD;\n",
                                                 "ALTER TABLE users EVEN;\n"));
  assert_true(is_read(self));
  assert_true(says(self, "      id: {type: bigint, serial: {cache: 10}}\n"));
  assert_true(says(self, "      log: {timing: before, events: insert, when: new.id > 3, "
                         "function: log('x')}\n"));
  assert_true(says(self, "      own: {for: select, using: name = CURRENT_USER}\n"));
  assert_true(says(self, "      app: {privileges: [select, {update: [name]}], grantable: [delete]}\n"));
  assert_true(says(self, "    body: |-\n\n      BEGIN\n        RETURN NEW;  \n      END\n        \n"));
  assert_true(says(self, "  - 'on': tables\n    role: boss\n    grants:\n"
                         "      app: [insert, select]\n"));
  assert_true(says(self, "  cast (text AS mood): CREATE CAST (text AS mood) WITH INOUT\n"));
  assert_true(says(self, "  odd of table users: {create: ALTER TABLE users ODD, "
                         "drop: ALTER TABLE users EVEN}\n"));
  assert_null(strstr(self->yaml, "sequences:"));
}

static void
add_sql_function(LiftFixture *self, const char *name, const char *body)
{
  g_autofree char *create
      = g_strdup_printf("CREATE FUNCTION %s()\n RETURNS void\n LANGUAGE sql\nAS $$%s$$;\n", name, body);
  g_autofree char *drop = g_strdup_printf("DROP FUNCTION %s();\n", name);
  DmigObject *routine = add_object(self, DMIG_OBJECT_ROUTINE, name, "", create, drop);
  dmig_object_set_property(routine, "kind", "function");
  dmig_object_set_property(routine, "arguments", "");
  dmig_object_set_property(routine, "returns", "void");
  dmig_object_set_property(routine, "language", "sql");
  dmig_object_set_property(routine, "body", body);
}

/* What the database takes, the domain does, too. */
static void
test_odd_bodies(void **state)
{
  LiftFixture *self = *state;
  add_sql_function(self, "empty", "");
  add_sql_function(self, "remark", "SELECT 1 -- one");
  add_sql_function(self, "wrong", "SELECT (1");
  add_object(self, DMIG_OBJECT_COMPOSITE_TYPE, "nothing", NULL, "CREATE TYPE nothing AS ();\n",
             "DROP TYPE nothing;\n");
  assert_true(is_read(self));
  assert_true(says(self, "  empty: {returns: void, body: ''}\n"));
  assert_true(says(self, "  remark: {returns: void, body: SELECT 1 -- one}\n"));
  assert_true(says(self, "  wrong: |-\n    CREATE FUNCTION wrong()\n"));
  assert_true(says(self, "  nothing: {fields: {}}\n"));
}

static void
test_partitions(void **state)
{
  LiftFixture *self = *state;
  DmigTable *whole = test_add_table(self->schema, "event", "id", "bigint", "at", "date", NULL);
  DmigTable *part = test_add_table(self->schema, "event_1", "id", "bigint", "at", "date", NULL);
  whole->partition_by = g_strdup("RANGE (at)");
  dmig_table_add_parent(part, "event", whole);
  column(part, "id")->inherited = column(part, "at")->inherited = TRUE;
  dmig_facets_add(&part->facets, dmig_facet_new("partition of", "event FOR VALUES FROM (1) TO (2)",
                                                "ALTER …;\n", "ALTER …;\n"));
  DmigConstraint *key = test_add_constraint(whole, DMIG_CONSTRAINT_UNIQUE, "event_at_key", "at");
  DmigIndex *index = test_add_index(whole, "by_time", "at", NULL);
  index->method = g_strdup("brin");
  index->definition = g_strdup("USING brin (at) WITH (pages_per_range = 32, autosummarize = true)");
  key->definition = g_strdup("UNIQUE (at) WITH (fillfactor = 70)");
  assert_true(comes_back(self));
  assert_true(says(self, "    partition_by: range (at)\n"
                         "    partitions:\n"
                         "      event_1: FROM (1) TO (2)\n"));
}

/* What no YAML holds is left out, and told. */
static void
test_no_utf8(void **state)
{
  LiftFixture *self = *state;
  test_add_table(self->schema, "fine", "a", "text", NULL);
  test_add_table(self->schema, "name\xc3", "a", "text", NULL);
  DmigTable *comment = test_add_table(self->schema, "comment", "a", "text", NULL);
  comment->comment = g_strdup("\xff\xfe");
  test_add_view(self->schema, "v", "SELECT '\x80'");
  g_autoptr(DmigDomain) domain = dmig_lift("shop", self->schema, self->base->diagnostics);
  guint n = dmig_diagnostics_length(self->base->diagnostics);
  guint warnings = dmig_diagnostics_count(self->base->diagnostics, DMIG_SEVERITY_WARNING);
  guint entities = domain->entities->len, views = domain->views->len;
  g_clear_pointer(&domain, dmig_domain_free);
  assert_int_equal(n, 3);
  assert_int_equal(warnings, 3);
  assert_int_equal(entities, 1);
  assert_int_equal(views, 0);
}

/* --- SQLite -------------------------------------------------------------------------------------- */

static void
test_sqlite(void **state)
{
  LiftFixture *self = *state;
  use_dialect(self, "sqlite");
  DmigTable *a = test_add_table(self->schema, "a", "id", "INTEGER", "code", "TEXT", "made_at",
                                "TEXT", "name", "ANY", NULL);
  test_add_constraint(a, DMIG_CONSTRAINT_PRIMARY_KEY, NULL, "code");
  column(a, "code")->not_null = FALSE;
  test_add_constraint(a, DMIG_CONSTRAINT_UNIQUE, NULL, "name");
  test_add_check(a, NULL, "id > 0");
  test_add_check(a, NULL, "id < 100");
  column(a, "name")->not_null = TRUE;
  column(a, "name")->on_null = g_strdup("IGNORE");
  DmigIndex *key = test_add_index(a, "a_made_at_key", "made_at", NULL);
  key->unique = TRUE;
  set_default(a, "made_at", "CURRENT_TIMESTAMP");
  a->strict = TRUE;
  test_add_view(self->schema, "v", "SELECT * FROM a");
  assert_true(comes_back(self));
  assert_true(says(self, "      code: {type: text, primary: true, nullable: true}\n"));
  assert_true(says(self, "      a_check1: {sql: id < 100, unnamed: true}\n"));
  assert_true(says(self, "      - {fields: [name], in_table: true}\n"));
  assert_true(says(self, "strict: true\n"));
}

static void
add_defined_key(DmigTable *table, DmigConstraintKind kind, const char *column,
                const char *definition)
{
  test_add_constraint(table, kind, NULL, column);
  DmigConstraint *key = table->constraints->pdata[table->constraints->len - 1];
  key->definition = g_strdup(definition);
}

static void
test_sqlite_keys(void **state)
{
  LiftFixture *self = *state;
  use_dialect(self, "sqlite");
  DmigTable *a = test_add_table(self->schema, "a", "b", "TEXT", "c", "TEXT", NULL);
  add_defined_key(a, DMIG_CONSTRAINT_PRIMARY_KEY, "b",
                  "PRIMARY KEY (b COLLATE \"no\"\"CASE\" DESC) ON CONFLICT FAIL");
  add_defined_key(a, DMIG_CONSTRAINT_UNIQUE, "c", "UNIQUE (c DESC)");
  DmigTable *d = test_add_table(self->schema, "d", "id", "INTEGER", NULL);
  add_defined_key(d, DMIG_CONSTRAINT_PRIMARY_KEY, "id", "PRIMARY KEY DESC");
  test_add_reference(d, NULL, "id", "no where", "x");
  test_add_check(d, NULL, "id > 1");
  test_add_check(d, NULL, "id < 9");
  test_add_reference(a, NULL, "c", "nothing", "x");
  g_strfreev(((DmigConstraint *) a->constraints->pdata[a->constraints->len - 1])->ref_columns);
  ((DmigConstraint *) a->constraints->pdata[a->constraints->len - 1])->ref_columns
      = g_new0(char *, 1);
  assert_true(comes_back(self));
  assert_true(says(self, "      - {fields: id, references: no where, outside: true, to: x}\n"));
  assert_true(says(self, "      - {fields: c, references: nothing, outside: true}\n"));
  assert_true(says(self, "    primary: {fields: [{field: b, desc: true, collation: no\"CASE}], "
                         "on_conflict: fail}\n"));
  assert_true(says(self, "      - {fields: [{field: c, desc: true}]}\n"));
  assert_true(says(self, "      d_check1: {sql: id < 9, unnamed: true}\n"));
  assert_true(says(self, "    primary: {in_column: true}\n"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    LIFT_TEST(test_short_forms),
    LIFT_TEST(test_names),
    LIFT_TEST(test_schemas),
    LIFT_TEST(test_circles),
    LIFT_TEST(test_other_references),
    LIFT_TEST(test_native_types),
    LIFT_TEST(test_null_defaults),
    LIFT_TEST(test_objects),
    LIFT_TEST(test_odd_bodies),
    LIFT_TEST(test_partitions),
    LIFT_TEST(test_no_utf8),
    LIFT_TEST(test_sqlite),
    LIFT_TEST(test_sqlite_keys),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
