/* Lifting is lowering turned round: what is lifted, written, read and lowered is what it was. */
#include "tests/core/domain/support.h"

#include <string.h>

#include "core/db/registry.h"
#include "core/diff/diff.h"
#include "core/domain/lift.h"
#include "core/domain/lower.h"
#include "core/domain/write.h"
#include "core/sql/text.h"
#include "tests/support/schema.h"

typedef struct {
  Fixture *base;
  DmigSchema *schema;
  DmigSchema *back;
  char *yaml;
} LiftFixture;

static int
setup(void **state)
{
  LiftFixture *self = g_new0(LiftFixture, 1);
  fixture_setup((void **) &self->base);
  self->schema = dmig_schema_new(dmig_dialect_find("postgresql"));
  *state = self;
  return 0;
}

static int
teardown(void **state)
{
  LiftFixture *self = *state;
  fixture_teardown((void **) &self->base);
  dmig_schema_unref(self->schema);
  dmig_schema_unref(self->back);
  g_free(self->yaml);
  g_free(self);
  return 0;
}

static void
use_dialect(LiftFixture *self, const char *name)
{
  dmig_schema_unref(self->schema);
  self->schema = dmig_schema_new(dmig_dialect_find(name));
}

static gboolean
print_diagnostics(DmigDiagnostics *diagnostics)
{
  for (guint i = 0; i < dmig_diagnostics_length(diagnostics); i++) {
    g_autofree char *line = dmig_diagnostic_to_line(dmig_diagnostics_get(diagnostics, i));
    print_message("%s\n", line);
  }
  return dmig_diagnostics_length(diagnostics) > 0;
}

/* cmocka cuts long messages off. */
static void
print_lines(const char *text)
{
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    print_message("%s\n", *line);
}

/* As the database itself has them. */
static void
complete_objects(DmigSchema *schema)
{
  for (guint i = 0; schema->dialect->complete_object != NULL && i < schema->objects->len; i++)
    schema->dialect->complete_object(schema->objects->pdata[i]);
}

/* Whether there and back is where it began; prints why not. */
static gboolean
comes_back(LiftFixture *self)
{
  complete_objects(self->schema);
  g_autoptr(DmigDomain) lifted = dmig_lift("shop", self->schema, self->base->diagnostics);
  g_free(self->yaml);
  self->yaml = dmig_domain_write(lifted);
  const DmigDomain *domain = read_domain(self->base, self->yaml);
  gboolean clean = !print_diagnostics(self->base->diagnostics);
  dmig_schema_unref(self->back);
  self->back = clean ? dmig_domain_lower(domain, self->schema->dialect, self->base->diagnostics)
                     : dmig_schema_new(self->schema->dialect);
  clean = clean && !print_diagnostics(self->base->diagnostics);
  g_autoptr(DmigChanges) changes = dmig_diff(self->schema, self->back, NULL);
  for (guint i = 0; clean && i < changes->items->len; i++) {
    g_autofree char *text = dmig_change_to_text(changes->items->pdata[i]);
    print_message("%s\n", text);
  }
  g_autofree char *again = clean ? dmig_domain_write(domain) : NULL;
  gboolean stable = again == NULL || strcmp(again, self->yaml) == 0;
  gboolean same = clean && stable && changes->items->len == 0;
  if (!same)
    print_lines(self->yaml);
  if (!stable)
    print_lines(again);
  return same;
}

static gboolean
says(LiftFixture *self, const char *lines)
{
  gboolean found = strstr(self->yaml, lines) != NULL;
  if (!found)
    print_message("%s", self->yaml);
  return found;
}

static DmigColumn *
column(DmigTable *table, const char *name)
{
  return dmig_table_column(table, name);
}

static void
set_default(DmigTable *table, const char *name, const char *sql)
{
  g_free(column(table, name)->default_sql);
  column(table, name)->default_sql = g_strdup(sql);
}

static void
set_key(DmigTable *table, const char *name, const char *key)
{
  test_add_constraint(table, DMIG_CONSTRAINT_PRIMARY_KEY, name, key);
  column(table, key)->not_null = TRUE;
}

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

/* --- random schemas ------------------------------------------------------------------------------ */

static const char *const odd_names[] = {
  "a", "order", "Order", "two words", "quo\"te", "it's", "a.b", "a:b", "a: b", "#no", "- a", "null",
  "yes", "12", "%a", "caf\xc3\xa9", "\xe6\x97\xa5", "x, y", "[a]", "{a}", "a_b_c", "aB", "id", "user_id",
  "a desc", "name asc", "\\", "$1", "a()", "enum", "text", "1e3", "~", "? a", "!a", "&a", "*a", "|",
  "\xf0\x9f\x90\x98", "a\xc2\x85" "b", "\xef\xbb\xbf" "a", "on", "0x1F", "<<", "=", "a\tb",
};
static const char *const odd_texts[] = {
  "", " ", "plain", "two\nlines", "two\n  lines\n", "\nbegins with one", "trails \n", "tab\there",
  "it's", "\"both\" it's", "a: b # c", "---\n", "\x01\x1b[0m", "%", "- a\n- b", "caf\xc3\xa9",
  "\xe2\x80\xa8", "a\r\nb\r\n", "   \n", "*/ --", "end\n\n", "...", "...\n---\n", "a\n...\nb",
  "a\xc2\x85" "b", "\xe2\x80\xa9\n", "\xef\xbb\xbfwith a mark", "a\n\xef\xbb\xbf", "a\rb", "\n", "\n\n",
  "a  \nb\t\n", "\t\n\ta", "a\n\tb\n", "  a\n b\n", "\x7f", "\xc2\x9f", "\xf0\x9f\x90\x98\n", "no",
  "1e3", "~", "? a", "!a b", "&a", "*a", "|", ">-\n", "a #b", "a:", ": a", "\xef\xbf\xbe", "<<: *a",
  "x\nkey: |\n  y\n", "\xc2\xa0", "\xe2\x80\x8b a", "%YAML 1.1\n", "@a", "`a`",
};
static const char *const types[] = {
  "integer", "bigint", "text", "character varying(20)", "boolean", "numeric(8,3)", "uuid", "jsonb",
  "timestamp with time zone", "tsvector", "character(4)", "text[]", "double precision", "date",
};
static const char *const sqlite_types[] = {
  "INTEGER", "TEXT", "BLOB", "VARCHAR(20)", "DECIMAL(8,3)", "BOOLEAN", "DATETIME", "int", "any",
};
static const char *const defaults[] = {
  "0", "'x'", "''", "'it''s'", "'null'", "'now()'", "1.5", "true", "lower('A')", "CURRENT_TIMESTAMP",
  "'a: b'", "-1", "'two\nlines'", "gen_random_uuid()", "NULL",
};
static const char *const expressions[]
    = { "1 > 0", "'a' <> 'b: c'", "'#' = ' #'", "length('x\ny') > 1", "NOT FALSE" };

#define PICK(random, list) ((list)[g_rand_int_range(random, 0, G_N_ELEMENTS(list))])

typedef struct {
  GRand *random;
  DmigSchema *schema;
  GHashTable *relations;
  gboolean rich; /* the dialect has comments, names of constraints */
} Drawing;

static gboolean
chance(Drawing *self, guint percent)
{
  return (guint) g_rand_int_range(self->random, 0, 100) < percent;
}

/* One that no other has in `taken`, letter case aside. */
static char *
draw_name(Drawing *self, GHashTable *taken)
{
  for (;;) {
    g_autofree char *name
        = chance(self, 40) ? g_strdup(PICK(self->random, odd_names))
                           : g_strdup_printf("%c_%c%d", g_rand_int_range(self->random, 'a', 'f'),
                                             g_rand_int_range(self->random, 'a', 'f'),
                                             g_rand_int_range(self->random, 0, 30));
    if (g_hash_table_add(taken, g_ascii_strdown(name, -1)))
      return g_steal_pointer(&name);
  }
}

static GHashTable *
names_new(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static char *
draw_comment(Drawing *self)
{
  const char *text = PICK(self->random, odd_texts);
  return self->rich && *text != '\0' && chance(self, 30) ? g_strdup(text) : NULL;
}

static DmigColumn *
any_column(Drawing *self, const DmigTable *table)
{
  return table->columns->pdata[g_rand_int_range(self->random, 0, (gint) table->columns->len)];
}

/* As PostgreSQL would call it, or otherwise; NULL where constraints need no name. */
static char *
constraint_name(Drawing *self, GHashTable *taken, const DmigTable *table, const char *middle,
                const char *suffix)
{
  if (!self->rich && chance(self, 60))
    return NULL;
  g_autofree char *usual = g_strconcat(dmig_path_name(table->name), middle != NULL ? "_" : "",
                                       middle != NULL ? middle : "", "_", suffix, NULL);
  if (chance(self, 60) && strlen(usual) < 63 && g_hash_table_add(taken, g_ascii_strdown(usual, -1)))
    return g_steal_pointer(&usual);
  return draw_name(self, taken);
}

static void
draw_columns(Drawing *self, DmigTable *table)
{
  g_autoptr(GHashTable) taken = names_new();
  for (gint n = g_rand_int_range(self->random, 1, 7); n > 0; n--) {
    g_autofree char *name = draw_name(self, taken);
    DmigColumn *drawn = dmig_column_new(
        name, self->rich ? PICK(self->random, types) : PICK(self->random, sqlite_types));
    drawn->not_null = chance(self, 40);
    drawn->comment = draw_comment(self);
    if (chance(self, 40))
      drawn->default_sql = g_strdup(PICK(self->random, defaults));
    else if (chance(self, 10)) {
      drawn->generated = DMIG_GENERATED_STORED;
      drawn->generated_sql = g_strdup(PICK(self->random, expressions));
    }
    g_ptr_array_add(table->columns, drawn);
  }
}

static void
draw_key(Drawing *self, DmigTable *table)
{
  DmigColumn *key = any_column(self, table);
  if (!chance(self, 70) || key->generated != DMIG_GENERATED_NONE)
    return;
  g_autofree char *name = constraint_name(self, self->relations, table, NULL, "pkey");
  test_add_constraint(table, DMIG_CONSTRAINT_PRIMARY_KEY, name, key->name);
  key->not_null = self->rich || strcmp(key->type, "INTEGER") == 0 || chance(self, 50);
}

static void
draw_constraints(Drawing *self, DmigTable *table)
{
  for (guint i = 0; i < 3; i++) {
    const DmigColumn *of = any_column(self, table);
    g_autofree char *check = constraint_name(self, self->relations, table, of->name, "check");
    if (chance(self, 40))
      test_add_check(table, check, PICK(self->random, expressions));
    g_autofree char *unique = constraint_name(self, self->relations, table, of->name, "key");
    if (chance(self, 30))
      test_add_constraint(table, DMIG_CONSTRAINT_UNIQUE, unique, of->name);
    if (!chance(self, 30))
      continue;
    g_autofree char *name = draw_name(self, self->relations);
    DmigIndex *index = test_add_index(table, name, of->name, NULL);
    index->unique = chance(self, 30);
    index->comment = draw_comment(self);
    if (chance(self, 30))
      index->where_sql = g_strdup(PICK(self->random, expressions));
    if (chance(self, 30))
      g_ptr_array_add(index->elements, dmig_index_element_new(NULL, "lower('x')"));
  }
}

static void
draw_references(Drawing *self, DmigTable *table)
{
  static const DmigAction actions[]
      = { DMIG_ACTION_NO_ACTION, DMIG_ACTION_CASCADE, DMIG_ACTION_RESTRICT };
  g_autoptr(GHashTable) taken = names_new();
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *known = table->constraints->pdata[i];
    if (known->name != NULL)
      g_hash_table_add(taken, g_ascii_strdown(known->name, -1));
  }
  for (guint i = 0; i < self->schema->tables->len; i++) {
    const DmigTable *to = self->schema->tables->pdata[i];
    const DmigConstraint *key = dmig_table_primary_key(to);
    DmigColumn *of = any_column(self, table);
    if (key == NULL || !chance(self, 50) || of->generated != DMIG_GENERATED_NONE)
      continue;
    if (chance(self, 80)) {
      const DmigColumn *like = dmig_table_column(to, key->columns[0]);
      g_autofree char *name = g_strdup_printf("r%u_%s", i, like->name);
      of = dmig_column_new(name, like->type);
      g_ptr_array_add(table->columns, of);
    } else if (strcmp(of->type, dmig_table_column(to, key->columns[0])->type) != 0)
      continue;
    g_autofree char *name = constraint_name(self, taken, table, of->name, "fkey");
    DmigConstraint *reference
        = test_add_reference(table, name, of->name, to->name, key->columns[0]);
    reference->on_delete = PICK(self->random, actions);
    reference->deferrable = chance(self, 20) ? DMIG_INITIALLY_DEFERRED : DMIG_NOT_DEFERRABLE;
  }
}

static void
draw_schema(Drawing *self)
{
  for (gint n = g_rand_int_range(self->random, 1, 5); n > 0; n--) {
    g_autofree char *name = draw_name(self, self->relations);
    DmigTable *table = test_add_table(self->schema, name, NULL);
    table->comment = draw_comment(self);
    draw_columns(self, table);
    draw_key(self, table);
  }
  for (guint i = 0; i < self->schema->tables->len; i++) {
    draw_constraints(self, self->schema->tables->pdata[i]);
    draw_references(self, self->schema->tables->pdata[i]);
  }
  for (gint n = self->rich ? g_rand_int_range(self->random, 0, 3) : 0; n > 0; n--) {
    g_autofree char *name = draw_name(self, self->relations);
    test_add_enum(self->schema, name, "a b c");
    g_autofree char *type = dmig_sql_identifier(self->schema->dialect, name);
    DmigTable *table = self->schema->tables->pdata[0];
    g_autofree char *of = g_strdup_printf("of %d", n);
    g_ptr_array_add(table->columns, dmig_column_new(of, type));
  }
  g_autofree char *view = draw_name(self, self->relations);
  test_add_view(self->schema, view, "SELECT 1 AS \"a: b\",\n       2 AS c");
}

static gboolean
random_schemas_come_back(LiftFixture *self, const char *dialect, guint32 first, guint32 n)
{
  gboolean same = TRUE;
  for (guint32 seed = first; seed < first + n && same; seed++) {
    use_dialect(self, dialect);
    Drawing drawing = { g_rand_new_with_seed(seed), self->schema, names_new(),
                        self->schema->dialect->has.comments };
    draw_schema(&drawing);
    g_rand_free(drawing.random);
    g_hash_table_unref(drawing.relations);
    same = comes_back(self);
    if (!same)
      print_message("seed %u\n", seed);
  }
  return same;
}

/* Whatever a text holds, wherever it stands. */
static void
add_texts(DmigSchema *schema, const char *text, guint n)
{
  g_autofree char *name = g_strdup_printf("t%u", n);
  g_autofree char *view = g_strdup_printf("v%u", n);
  g_autofree char *type = g_strdup_printf("e%u", n);
  g_autofree char *literal = dmig_sql_string(text);
  g_autofree char *query = g_strdup_printf("SELECT %s AS a", literal);
  DmigTable *table = test_add_table(schema, name, "a", "text", "b", "integer", NULL);
  table->comment = *text != '\0' ? g_strdup(text) : NULL;
  set_default(table, "a", literal);
  column(table, "b")->comment = g_strdup(table->comment);
  g_autofree char *check = g_strdup_printf("a <> %s", literal);
  test_add_check(table, "odd", check);
  test_add_view(schema, view, query);
  if (*text == '\0' || strlen(text) > 63)
    return;
  test_add_enum(schema, type, "x");
  DmigEnum *labels = schema->enums->pdata[schema->enums->len - 1];
  g_free(labels->labels[0]);
  labels->labels[0] = g_strdup(text);
}

static void
test_odd_texts(void **state)
{
  LiftFixture *self = *state;
  g_autofree char *line = g_strnfill(200000, 'x');
  g_autofree char *words = g_strnfill(4000, ' ');
  for (guint i = 1; i < 4000; i += 7)
    words[i] = 'w';
  for (guint i = 0; i < G_N_ELEMENTS(odd_texts); i++)
    add_texts(self->schema, odd_texts[i], i);
  add_texts(self->schema, line, 1000);
  add_texts(self->schema, words, 1001);
  assert_true(comes_back(self));
}

static void
test_random_postgres(void **state)
{
  assert_true(random_schemas_come_back(*state, "postgresql", 1, 300));
}

static void
test_random_sqlite(void **state)
{
  assert_true(random_schemas_come_back(*state, "sqlite", 1, 300));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(test_short_forms),   TEST(test_names),           TEST(test_schemas),
    TEST(test_circles),       TEST(test_other_references), TEST(test_native_types),
    TEST(test_objects),       TEST(test_odd_bodies),
    TEST(test_partitions),
    TEST(test_no_utf8),       TEST(test_sqlite), TEST(test_sqlite_keys), TEST(test_odd_texts),        TEST(test_random_postgres), TEST(test_random_sqlite),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
