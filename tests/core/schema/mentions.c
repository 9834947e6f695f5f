#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/schema/mentions.h"

static const DmigDialect dialect = { .reserved_words = (const char *const[]) { "on", NULL } };

static DmigMentioned
mentioned(DmigObjectKind kind, const char *sql, DmigObjectKind of, const char *schema,
          const char *name)
{
  g_autoptr(DmigMentions) mentions = dmig_mentions_new(kind, sql, &dialect);
  g_autoptr(GHashTable) schemas = g_hash_table_new(g_str_hash, g_str_equal);
  g_autofree char *path = dmig_path_new(schema, name);
  g_autofree char *address = dmig_address_new(of, path, of == DMIG_OBJECT_ROUTINE ? "" : NULL);

  g_hash_table_add(schemas, (gpointer) "sales");
  return dmig_mentions_object(mentions, address, schemas);
}

static DmigMentioned
in_view(const char *query, const char *name)
{
  g_autofree char *sql = g_strconcat("CREATE VIEW it AS ", query, ";", NULL);

  return mentioned(DMIG_OBJECT_VIEW, sql, DMIG_OBJECT_VIEW, NULL, name);
}

static void
test_relations(void **state)
{
  (void) state;
  assert_int_equal(in_view("SELECT * FROM total", "total"), DMIG_MENTIONED);
  assert_int_equal(in_view("SELECT a FROM x, total WHERE b", "total"), DMIG_MENTIONED);
  assert_int_equal(in_view("SELECT a FROM ((x JOIN y ON (x.a = y.a)) JOIN \"total\" t ON (true))",
                           "total"), DMIG_MENTIONED);
  assert_int_equal(in_view("SELECT a FROM x WHERE a IN (SELECT b FROM total)", "total"),
                   DMIG_MENTIONED);
  assert_int_equal(in_view("SELECT a FROM x WHERE a IN total", "total"), DMIG_MENTIONED);
  assert_int_equal(in_view("SELECT a FROM main.total", "total"), DMIG_MENTIONED);
  assert_int_equal(in_view("SELECT total, b FROM x", "total"), DMIG_MENTIONED_MAYBE);
  assert_int_equal(in_view("SELECT b AS total FROM x", "total"), DMIG_MENTIONED_MAYBE);
  assert_int_equal(in_view("SELECT x.total FROM x", "total"), DMIG_MENTIONED_MAYBE);
  assert_int_equal(in_view("SELECT b FROM (x JOIN y USING (total))", "total"), DMIG_MENTIONED_MAYBE);
  assert_int_equal(in_view("SELECT b FROM x ORDER BY total", "total"), DMIG_MENTIONED_MAYBE);
  assert_int_equal(in_view("SELECT b FROM x", "total"), DMIG_MENTIONED_NOT);
  assert_int_equal(mentioned(DMIG_OBJECT_CONSTRAINT, "total > 0", DMIG_OBJECT_VIEW, NULL, "total"),
                   DMIG_MENTIONED_MAYBE);
}

/* What a default takes its numbers from stands in a string. */
static void
test_strings(void **state)
{
  const DmigObjectKind sequence = DMIG_OBJECT_SEQUENCE, in = DMIG_OBJECT_COLUMN;

  (void) state;
  assert_int_equal(mentioned(in, "nextval('s'::regclass)", sequence, NULL, "s"), DMIG_MENTIONED);
  assert_int_equal(mentioned(in, "nextval('sales.s'::regclass)", sequence, "sales", "s"),
                   DMIG_MENTIONED);
  assert_int_equal(mentioned(in, "nextval('\"s\"'::regclass)", sequence, NULL, "s"), DMIG_MENTIONED);
  assert_int_equal(mentioned(in, "'s'::regclass", sequence, NULL, "s"), DMIG_MENTIONED);
  assert_int_equal(mentioned(in, "f('s') + s", sequence, NULL, "s"), DMIG_MENTIONED_MAYBE);
  assert_int_equal(mentioned(in, "f('s')", sequence, NULL, "s"), DMIG_MENTIONED_NOT);
}

static void
test_schemas(void **state)
{
  const char *plain = "CREATE VIEW it AS SELECT a FROM total;";
  const char *other = "CREATE VIEW it AS SELECT a FROM sales.total;";

  (void) state;
  assert_int_equal(mentioned(DMIG_OBJECT_VIEW, plain, DMIG_OBJECT_TABLE, NULL, "total"),
                   DMIG_MENTIONED);
  assert_int_equal(mentioned(DMIG_OBJECT_VIEW, plain, DMIG_OBJECT_TABLE, "sales", "total"),
                   DMIG_MENTIONED_MAYBE);
  assert_int_equal(mentioned(DMIG_OBJECT_VIEW, other, DMIG_OBJECT_TABLE, "sales", "total"),
                   DMIG_MENTIONED);
  assert_int_equal(mentioned(DMIG_OBJECT_VIEW, other, DMIG_OBJECT_TABLE, NULL, "total"),
                   DMIG_MENTIONED_MAYBE);
}

static void
test_routines(void **state)
{
  const char *norm = "CREATE FUNCTION norm(IN tag text, INOUT n post DEFAULT 1, mood)\n"
                     " RETURNS TABLE(note integer) LANGUAGE sql AS $$SELECT 1$$;";

  (void) state;
  assert_int_equal(mentioned(DMIG_OBJECT_ROUTINE, norm, DMIG_OBJECT_TABLE, NULL, "tag"),
                   DMIG_MENTIONED_NOT);
  assert_int_equal(mentioned(DMIG_OBJECT_ROUTINE, norm, DMIG_OBJECT_TABLE, NULL, "note"),
                   DMIG_MENTIONED_NOT);
  assert_int_equal(mentioned(DMIG_OBJECT_ROUTINE, norm, DMIG_OBJECT_TABLE, NULL, "post"),
                   DMIG_MENTIONED);
  assert_int_equal(mentioned(DMIG_OBJECT_ROUTINE, norm, DMIG_OBJECT_ENUM, NULL, "mood"),
                   DMIG_MENTIONED);
  assert_int_equal(mentioned(DMIG_OBJECT_CONSTRAINT, "norm(a)", DMIG_OBJECT_ROUTINE, NULL, "norm"),
                   DMIG_MENTIONED);
  assert_int_equal(mentioned(DMIG_OBJECT_CONSTRAINT, "norm > a", DMIG_OBJECT_ROUTINE, NULL, "norm"),
                   DMIG_MENTIONED_MAYBE);
  assert_int_equal(mentioned(DMIG_OBJECT_OPERATOR, "CREATE OPERATOR = (FUNCTION = norm);",
                             DMIG_OBJECT_ROUTINE, NULL, "norm"), DMIG_MENTIONED);
}

static void
test_bodies(void **state)
{
  g_autoptr(DmigMentions) bodies = dmig_mentions_new_bodies(
      "CREATE FUNCTION f(a integer) RETURNS text LANGUAGE sql AS $x$SELECT b FROM total$x$;", &dialect);

  (void) state;
  assert_true(dmig_mentions_column(bodies, "total"));
  assert_false(dmig_mentions_column(bodies, "a"));
  assert_false(dmig_mentions_star(bodies));
}

static gboolean
has_star(const char *sql)
{
  g_autoptr(DmigMentions) mentions = dmig_mentions_new(DMIG_OBJECT_VIEW, sql, &dialect);

  return dmig_mentions_star(mentions);
}

static void
test_star(void **state)
{
  (void) state;
  assert_true(has_star("SELECT * FROM t"));
  assert_true(has_star("SELECT DISTINCT * FROM t"));
  assert_true(has_star("SELECT DISTINCT ON (a) * FROM t"));
  assert_true(has_star("SELECT a, * FROM t"));
  assert_true(has_star("SELECT t.* FROM t"));
  assert_false(has_star("SELECT count(*) FROM t"));
  assert_false(has_star("SELECT a * b, 2 * a FROM t"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_relations), cmocka_unit_test(test_strings),
    cmocka_unit_test(test_schemas),
    cmocka_unit_test(test_routines),
    cmocka_unit_test(test_bodies),
    cmocka_unit_test(test_star),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
