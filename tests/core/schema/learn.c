#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/schema/learn.h"

static const DmigDialect dialect = { .name = "any" };

typedef struct {
  DmigSchema *from, *known_from, *to, *known_to;
} Sides;

static DmigObject *
add_view(DmigSchema *schema, const char *name, const char *query, const char *mould)
{
  DmigObject *view = dmig_object_new(DMIG_OBJECT_VIEW, name, NULL);
  view->create = g_strdup_printf("CREATE VIEW %s AS %s;\n", name, query);
  view->replace = g_strdup_printf("CREATE OR REPLACE VIEW %s AS %s;\n", name, query);
  view->drop = g_strdup_printf("DROP VIEW %s;\n", name);
  view->mould = g_strdup(mould);
  g_ptr_array_add(schema->objects, view);
  return view;
}

static void
add_table(DmigSchema *schema, const char *name)
{
  DmigTable *table = dmig_table_new(name);
  g_ptr_array_add(table->columns, dmig_column_new("a", "integer"));
  g_ptr_array_add(schema->tables, table);
}

static int
setup(void **state)
{
  Sides *sides = g_new0(Sides, 1);
  DmigSchema **all[] = { &sides->from, &sides->known_from, &sides->to, &sides->known_to };
  for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
    *all[i] = dmig_schema_new(&dialect);
    add_table(*all[i], "t");
    add_table(*all[i], "named");
  }
  *state = sides;
  return 0;
}

static int
teardown(void **state)
{
  Sides *sides = *state;
  dmig_schema_unref(sides->from);
  dmig_schema_unref(sides->known_from);
  dmig_schema_unref(sides->to);
  dmig_schema_unref(sides->known_to);
  g_free(sides);
  return 0;
}

static void
learn(Sides *sides)
{
  dmig_schemas_learn(sides->from, sides->known_from, sides->to, sides->known_to);
}

static void
test_moulds(void **state)
{
  Sides *sides = *state;
  DmigObject *old = add_view(sides->from, "v", "SELECT a FROM t", NULL);
  DmigObject *new = add_view(sides->to, "v", "SELECT a, 1 AS b FROM t", NULL);
  add_view(sides->known_from, "v", "SELECT t.a", "a integer\n");
  add_view(sides->known_to, "v", "SELECT t.a, 1 AS b", "a integer\nb integer\n");
  assert_false(dmig_object_can_replace(old, new));
  learn(sides);
  assert_true(dmig_object_can_replace(old, new));
  assert_false(dmig_object_can_replace(new, old));
  assert_false(dmig_object_same_core(old, new));
  assert_string_equal(new->replace, "CREATE OR REPLACE VIEW v AS SELECT a, 1 AS b FROM t;\n");
}

/* Of one side alone nothing can be held against the other. */
static void
test_one_side(void **state)
{
  Sides *sides = *state;
  DmigObject *old = add_view(sides->from, "v", "SELECT a FROM t", NULL);
  DmigObject *new = add_view(sides->to, "v", "SELECT a FROM t", NULL);
  add_view(sides->known_to, "v", "SELECT t.a", "a integer\n");
  learn(sides);
  assert_true(dmig_object_same_core(old, new));
  assert_null(new->mould);
}

static void
test_other_words(void **state)
{
  Sides *sides = *state;
  DmigObject *old = add_view(sides->from, "v", "SELECT a FROM t", NULL);
  DmigObject *new = add_view(sides->to, "v", "SELECT t.a FROM t", NULL);
  add_view(sides->known_from, "v", "SELECT t.a", "a integer\n");
  add_view(sides->known_to, "v", "SELECT t.a", "a integer\n");
  learn(sides);
  assert_true(dmig_object_same_core(old, new));
  assert_string_equal(new->create, "CREATE VIEW v AS SELECT t.a FROM t;\n");
}

static gboolean
depends(const DmigSchema *schema, const char *object, const char *on)
{
  const GPtrArray *all = dmig_schema_dependencies(schema);
  for (guint i = 0; i < all->len; i++) {
    const DmigDependency *one = all->pdata[i];
    if (strcmp(one->object, object) == 0 && strcmp(one->on, on) == 0)
      return TRUE;
  }
  return FALSE;
}

/* What the catalogues know counts; of what they do not know, the texts. */
static void
test_dependencies(void **state)
{
  Sides *sides = *state;
  g_autofree char *t = dmig_address_new(DMIG_OBJECT_TABLE, "t", NULL);
  g_autofree char *named = dmig_address_new(DMIG_OBJECT_TABLE, "named", NULL);
  g_autofree char *v = dmig_address_new(DMIG_OBJECT_VIEW, "v", NULL);
  g_autofree char *w = dmig_address_new(DMIG_OBJECT_VIEW, "w", NULL);
  add_view(sides->to, "v", "SELECT a AS named FROM t", NULL);
  add_view(sides->to, "w", "SELECT a AS named FROM t", NULL);
  add_view(sides->known_to, "v", "SELECT t.a AS named", "named integer\n");
  dmig_schema_add_dependency(sides->known_to, g_strdup(v), g_strdup(t), FALSE);
  assert_true(depends(sides->to, v, named));
  learn(sides);
  assert_true(depends(sides->to, v, t));
  assert_false(depends(sides->to, v, named));
  assert_true(depends(sides->to, w, named));
}

static DmigObject *
add_server(DmigSchema *schema, const char *create, const char *core)
{
  DmigObject *server = dmig_object_new(DMIG_OBJECT_FOREIGN_SERVER, "s", NULL);
  server->create = g_strdup(create);
  server->core = g_strdup(core);
  server->drop = g_strdup("DROP SERVER s;\n");
  g_ptr_array_add(schema->objects, server);
  return server;
}

static void
set_version(DmigObject *server, const char *version, gboolean created)
{
  g_autofree char *set = g_strdup_printf("ALTER SERVER s VERSION %s;\n", version);
  dmig_facets_add(&server->facets, dmig_facet_new("version", version, set, "-\n"))->created = created;
}

/* One statement each, which differ only in what can be set. */
static void
test_settings(void **state)
{
  Sides *sides = *state;
  DmigObject *old = add_server(sides->from, "CREATE SERVER s VERSION '1';\n", NULL);
  DmigObject *new = add_server(sides->to, "CREATE SERVER s VERSION '2';\n", NULL);
  set_version(add_server(sides->known_from, "CREATE SERVER s", "s"), "'1'", TRUE);
  set_version(add_server(sides->known_to, "CREATE SERVER s", "s"), "'2'", TRUE);
  learn(sides);
  assert_true(dmig_object_same_core(old, new));
  assert_string_equal(dmig_facets_value(old->facets, "version"), "'1'");
  assert_string_equal(dmig_facets_value(new->facets, "version"), "'2'");
}

/* What stands behind the statement that makes it is more than its own. */
static void
test_settings_behind(void **state)
{
  Sides *sides = *state;
  DmigObject *old = add_server(sides->from, "CREATE SERVER s; ALTER SERVER s VERSION '1';\n", NULL);
  DmigObject *new = add_server(sides->to, "CREATE SERVER s; DO 1; ALTER SERVER s VERSION '2';\n", NULL);
  set_version(add_server(sides->known_from, "CREATE SERVER s;\n", "s"), "'1'", FALSE);
  set_version(add_server(sides->known_to, "CREATE SERVER s;\n", "s"), "'2'", FALSE);
  learn(sides);
  assert_false(dmig_object_same_core(old, new));
  assert_null(new->facets);
}

/* Unless it is just what a database has been inspected to be. */
static void
test_settings_as_inspected(void **state)
{
  Sides *sides = *state;
  DmigObject *old = add_server(sides->from, "CREATE SERVER s; ALTER SERVER s VERSION '1';\n", NULL);
  DmigObject *new = add_server(sides->to, "CREATE SERVER s; ALTER SERVER s VERSION '2';\n", NULL);
  set_version(add_server(sides->known_from, "CREATE SERVER s;\n", "s"), "'1'", FALSE);
  set_version(add_server(sides->known_to, "CREATE SERVER s;\n", "s"), "'2'", FALSE);
  learn(sides);
  assert_true(dmig_object_same_core(old, new));
  /* It is not set twice where the object is made after all. */
  assert_true(dmig_facets_find(new->facets, "version")->created);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_moulds, setup, teardown),
    cmocka_unit_test_setup_teardown(test_settings, setup, teardown),
    cmocka_unit_test_setup_teardown(test_settings_behind, setup, teardown),
    cmocka_unit_test_setup_teardown(test_settings_as_inspected, setup, teardown),
    cmocka_unit_test_setup_teardown(test_one_side, setup, teardown),
    cmocka_unit_test_setup_teardown(test_other_words, setup, teardown),
    cmocka_unit_test_setup_teardown(test_dependencies, setup, teardown),
  };
  return cmocka_run_group_tests_name("core/schema/learn", tests, NULL, NULL);
}
