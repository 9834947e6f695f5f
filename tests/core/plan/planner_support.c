#include "tests/core/plan/planner_support.h"

#include <string.h>

/* Two dialects that spell nothing: what is tested is which steps there are, in which order, and
 * what is said of them. */

static void
spell_nothing(const DmigChange *change, DmigStep *step)
{
  g_string_append(step->sql, ";\n");
}

static void
spell_sources(const DmigTable *old_table, const DmigTable *new_table, GHashTable *sources,
              DmigStep *step)
{
  for (guint i = 0; i < new_table->columns->len; i++) {
    const DmigColumn *column = new_table->columns->pdata[i];
    const char *source = g_hash_table_lookup(sources, column->name);
    if (source != NULL)
      g_string_append_printf(step->sql, "%s = %s;\n", column->name, source);
  }
}

static void
spell_aside(const DmigTable *old_table, const char *aside, const DmigTable *new_table,
            DmigStep *step)
{
  g_string_append_printf(step->sql, "%s aside as %s;\n", old_table->name, aside);
}

static void
spell_copy(const char *aside, const DmigTable *new_table, GHashTable *sources, gboolean drop,
           DmigStep *step)
{
  g_string_append_printf(step->sql, "%u columns from %s;\n", g_hash_table_size(sources), aside);
}

/* Bounds that stand behind the parent's name are fit as they are. */
static char *
fits(const DmigTable *parent, const char *bounds)
{
  return *bounds != '\0' && strcmp(bounds, " DEFAULT") != 0 ? g_strdup(bounds + 1) : NULL;
}

static void
spell_set_aside(const DmigTable *table, const char *condition, const char *aside, DmigStep *step)
{
  g_string_append_printf(step->sql, "%s to %s: %s;\n", table->name, aside, condition);
}

static void
spell_bring_back(const char *aside, const DmigTable *table, const DmigTable *whole, DmigStep *step)
{
  g_string_append_printf(step->sql, "%s to %s;\n", aside, whole->name);
}

static gboolean
alter_all(const DmigChange *change)
{
  return TRUE;
}

static gboolean
alter_little(const DmigChange *change)
{
  return change->kind == DMIG_CHANGE_ADD_COLUMN && !change->new_column->not_null;
}

static char *
same_type(const char *native)
{
  return g_strdup(native);
}

static char *
zero(const char *type)
{
  return g_str_equal(type, "integer") ? g_strdup("0") : NULL;
}

static void
convert(const char *from, const char *to, const char *column, DmigConversion *out)
{
  if (g_str_equal(to, "bigint") || g_str_equal(to, "text")) {
    out->kind = DMIG_CONVERSION_LOSSLESS;
  } else if (g_str_equal(from, "text") && g_str_equal(to, "integer")) {
    out->kind = DMIG_CONVERSION_CHECKED;
    out->using_sql = g_strdup_printf("to_integer(%s)", column);
    out->bad_sql = g_strdup_printf("NOT is_integer(%s)", column);
  } else if (g_str_equal(from, "bigint")) {
    out->kind = DMIG_CONVERSION_LOSSY;
    out->loses = g_strdup("the high digits");
  } else {
    out->kind = DMIG_CONVERSION_NONE;
  }
}

static const char *const no_words[] = { NULL };

static const DmigDialect binding = {
  .name = "binding",
  .has = {
    .comments = TRUE, .enum_types = TRUE, .named_constraints = TRUE, .later_foreign_keys = TRUE,
    .binding_views = TRUE, .index_renames = TRUE,
  },
  .reserved_words = no_words,
  .max_identifier = 63,
  .canonical_type = same_type,
  .conversion = convert,
  .neutral_value = zero,
  .can_alter = alter_all,
  .spell = spell_nothing,
  .spell_remake = spell_aside,
  .spell_copy = spell_copy,
  .partition_fits = fits,
  .spell_set_aside = spell_set_aside,
  .spell_bring_back = spell_bring_back,
};

static const DmigDialect rebuilding = {
  .name = "rebuilding",
  .has = { .table_rebuilds = TRUE },
  .reserved_words = no_words,
  .canonical_type = same_type,
  .conversion = convert,
  .neutral_value = zero,
  .can_alter = alter_little,
  .spell = spell_nothing,
  .spell_rebuild = spell_sources,
};

static int
setup_with(void **state, const DmigDialect *dialect)
{
  Fixture *fixture = g_new0(Fixture, 1);

  fixture->from = dmig_schema_new(dialect);
  fixture->to = dmig_schema_new(dialect);
  fixture->transition = dmig_transition_new();
  *state = fixture;
  return 0;
}

int
plan_setup_binding(void **state)
{
  return setup_with(state, &binding);
}

int
plan_setup_rebuilding(void **state)
{
  return setup_with(state, &rebuilding);
}

int
plan_teardown(void **state)
{
  Fixture *fixture = *state;

  dmig_plan_free(fixture->plan);
  dmig_changes_free(fixture->changes);
  dmig_schema_unref(fixture->from);
  dmig_schema_unref(fixture->to);
  dmig_transition_free(fixture->transition);
  g_free(fixture);
  return 0;
}

void
plan(Fixture *f)
{
  g_autoptr(GError) error = NULL;

  g_clear_pointer(&f->plan, dmig_plan_free);
  g_clear_pointer(&f->changes, dmig_changes_free);
  f->changes = dmig_diff(f->from, f->to, f->transition);
  f->plan = dmig_plan_new(f->changes, f->transition, &error);
  assert_null(error);
}

void
assert_steps(Fixture *f, const char *expected)
{
  GString *titles = g_string_new(NULL);

  plan(f);
  for (guint i = 0; i < f->plan->steps->len; i++)
    g_string_append_printf(titles, "%s\n", ((DmigStep *) f->plan->steps->pdata[i])->title);
  g_autofree char *text = g_string_free(titles, FALSE);
  assert_string_equal(text, expected);
}

DmigStep *
find_step(Fixture *f, const char *kind)
{
  for (guint i = 0; i < f->plan->steps->len; i++) {
    DmigStep *step = f->plan->steps->pdata[i];
    if (g_str_equal(step->kind, kind))
      return step;
  }
  fail_msg("there is no step of kind %s", kind);
  return NULL;
}

DmigColumn *
column(DmigTable *table, const char *name)
{
  return dmig_table_column(table, name);
}

void
add_cycle(DmigSchema *schema)
{
  DmigTable *a = test_add_table(schema, "a", "id", "integer", "b", "integer", NULL);
  DmigTable *b = test_add_table(schema, "b", "id", "integer", "a", "integer", NULL);

  test_add_reference(a, "a_b", "b", "b", "id");
  test_add_reference(b, "b_a", "a", "a", "id");
}
