#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "cmd/follow.h"

/* "A:B A.x:A.y" as a change file. */
static DmigChangeFile *
change(const char *text)
{
  DmigChangeFile *self = dmig_change_file_new();
  g_auto(GStrv) words = g_strsplit(text, " ", -1);
  for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++) {
    g_auto(GStrv) names = g_strsplit(words[i], ":", 2);
    DmigRename *rename = g_new0(DmigRename, 1);
    rename->from = g_strdup(names[0]);
    rename->to = g_strdup(names[1]);
    g_ptr_array_add(self->renames, rename);
  }
  return self;
}

static char *
text(const DmigChangeFile *self)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < self->renames->len; i++) {
    const DmigRename *rename = g_ptr_array_index(self->renames, i);
    g_string_append_printf(out, "%s%s:%s", i > 0 ? " " : "", rename->from, rename->to);
  }
  return g_string_free(out, FALSE);
}

static void
check_follow(const char *first, const char *second, const char *expected)
{
  g_autoptr(DmigChangeFile) self = change(first);
  g_autoptr(DmigChangeFile) next = change(second);
  dmig_change_follow(self, next);
  g_autofree char *is = text(self);
  assert_string_equal(is, expected);
}

static void
renames_add_up(void **state)
{
  check_follow("", "A:B", "A:B");
  check_follow("A:B", "", "A:B");
  check_follow("A:B", "B:C", "A:C");
  check_follow("A:B", "X:Y", "A:B X:Y");
  check_follow("A.x:A.y", "A.y:A.z", "A.x:A.z");
}

static void
check_drops(const char *first, const char *second, const char *expected)
{
  g_autoptr(DmigChangeFile) self = change("");
  const char *const steps[] = { first, second };
  for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
    const char *drop = strchr(steps[i], '-');
    g_autofree char *renames
        = drop != NULL ? g_strndup(steps[i], (gsize) (drop - steps[i])) : g_strdup(steps[i]);
    g_autoptr(DmigChangeFile) next = change(g_strchomp(renames));
    if (drop != NULL)
      g_ptr_array_add(next->drops, g_strdup(drop + 1));
    dmig_change_follow(self, next);
  }
  assert_int_equal(self->drops->len, 1);
  assert_string_equal(g_ptr_array_index(self->drops, 0), expected);
}

/* What somebody let go of is not asked about again. */
static void
drops_keep_their_first_name(void **state)
{
  check_drops("-A.x", "", "A.x");
  check_drops("", "-A.x", "A.x");
  check_drops("-A.x", "A:B", "B.x");
  check_drops("A.x:A.y", "-A.y", "A.x");
  check_drops("A.x:A.y", "A:B -B.y", "B.x");
  check_drops("A:B", "-B", "A");
}

static void
fields_go_with_their_entity(void **state)
{
  check_follow("A.x:A.y", "A:B", "B.x:B.y A:B");
  check_follow("A.x:A.y", "A:B B.y:B.z", "B.x:B.z A:B");
  check_follow("A:B B.x:B.y", "B:C", "A:C C.x:C.y");
}

static void
names_may_be_swapped(void **state)
{
  check_follow("A:B B:A", "A:B B:A", "A:A B:B");
  check_follow("A.x:A.y", "A.y:A.x A.x:A.y", "A.x:A.x A.x:A.y");
}

static DmigDomain *
domain(const char *yaml)
{
  g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  g_autoptr(DmigDiagnostics) diagnostics = dmig_diagnostics_new();
  g_autoptr(GBytes) bytes = g_bytes_new(yaml, strlen(yaml));
  g_ptr_array_add(sources, dmig_source_new("d.yaml", bytes));
  DmigDomain *read = dmig_domain_read(sources, diagnostics);
  assert_false(dmig_diagnostics_have_errors(diagnostics));
  return read;
}

static void
what_is_gone_or_came_back_is_no_rename(void **state)
{
  g_autoptr(DmigDomain) from = domain("domain: d\ndialects: [sqlite]\nentities:\n"
                                      "  A: {fields: {id: integer primary, x: text, u: text}}\n");
  g_autoptr(DmigDomain) to = domain("domain: d\ndialects: [sqlite]\nentities:\n"
                                    "  B: {fields: {id: integer primary, y: text, u: text}}\n");
  g_autoptr(DmigChangeFile) self = change("A:B B.x:B.y B.u:B.gone B.never:B.y X:Y B.u:B.u");
  dmig_change_prune(self, from, to);
  g_autofree char *is = text(self);
  assert_string_equal(is, "A:B B.x:B.y");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(renames_add_up),
    cmocka_unit_test(drops_keep_their_first_name),
    cmocka_unit_test(fields_go_with_their_entity),
    cmocka_unit_test(names_may_be_swapped),
    cmocka_unit_test(what_is_gone_or_came_back_is_no_rename),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
