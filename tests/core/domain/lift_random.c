/* Lifting, and back, of random schemas with odd names, and of odd texts in every place. */
#include "tests/core/domain/lift_case.h"

#include <string.h>

#include "core/sql/text.h"

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
    g_autofree char *comment = draw_comment(self);
    if (comment != NULL) {
      g_autofree char *what = dmig_sql_printf(self->schema->dialect, "INDEX %I", name);
      dmig_facets_add(&index->facets, dmig_facet_new_comment(what, comment));
    }
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

int
main(void)
{
  const struct CMUnitTest tests[] = {
    LIFT_TEST(test_odd_texts),
    LIFT_TEST(test_random_postgres),
    LIFT_TEST(test_random_sqlite),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
