/* A good file, broken in every place: reading ends soon, and nothing crashes. What is wrong with
 * the memory, the sanitizers say. */
#include "tests/core/domain/support.h"

#include <string.h>
#include <time.h>

static void
read_broken(Fixture *self, const char *bytes, gsize length)
{
  clock_t start = clock();
  read_bytes(self, bytes, length);
  assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
  g_ptr_array_set_size(self->domains, 0);
  forget(self);
}

static void
test_truncated(void **state)
{
  Fixture *self = *state;
  g_autofree char *text = source_file("tests/core/domain/everything.yaml");
  for (gsize length = 0; length < strlen(text); length++)
    read_broken(self, text, length);
}

static void
test_changed_bytes(void **state)
{
  Fixture *self = *state;
  static const char bytes[]
      = { '\0', '\n', ' ', '\t', '"', '\'', '[', '{', '}', ':',    '-',    '*',
          '&',  '!',  '|', '#',  '%', '(',  ',', '0', 'x', '\x7f', '\xc3', '\xff' };
  g_autofree char *text = source_file("tests/core/domain/everything.yaml");
  gsize length = strlen(text);
  for (gsize i = 0; i < length; i++) {
    char was = text[i];
    /* Two of them in each place; all of them in the course of the file. */
    for (gsize j = 0; j < 2; j++) {
      text[i] = bytes[(i * 2 + j) % sizeof bytes];
      read_broken(self, text, length);
    }
    text[i] = was;
  }
}

/* Lines that go, come twice, or lose their indentation. */
static void
test_changed_lines(void **state)
{
  Fixture *self = *state;
  g_autofree char *text = source_file("tests/core/domain/everything.yaml");
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    char *line = lines[i];
    g_autofree char *twice = g_strconcat(line, "\n", line, NULL);
    char *variants[] = { (char *) "", twice, g_strchug(g_strdup(line)) };
    for (guint j = 0; j < G_N_ELEMENTS(variants); j++) {
      lines[i] = variants[j];
      g_autofree char *broken = g_strjoinv("\n", lines);
      read_broken(self, broken, strlen(broken));
    }
    g_free(variants[2]);
    lines[i] = line;
  }
}

static void
test_changed_change_file(void **state)
{
  Fixture *self = *state;
  g_autofree char *before = source_file("tests/core/domain/everything.before.yaml");
  g_autofree char *after = source_file("tests/core/domain/everything.yaml");
  g_autofree char *text = source_file("tests/core/domain/everything.change.yaml");
  const DmigDomain *from = read_domain(self, before);
  const DmigDomain *to = read_domain(self, after);
  for (gsize i = strlen(text); i > 0; i--) {
    char was = text[i - 1];
    for (const char *byte = ".:x ,"; *byte != '\0'; byte++) {
      text[i - 1] = *byte;
      const DmigChangeFile *change = read_change(self, text, from, to);
      g_ptr_array_unref(dmig_renames_detect(from, to, change));
      g_ptr_array_set_size(self->changes, 0);
      forget(self);
    }
    text[i - 1] = was;
  }
}

/* Larger than anybody writes, and with mistakes everywhere. */
static void
test_many_mistakes(void **state)
{
  Fixture *self = *state;
  g_autoptr(GString) text = g_string_new("domain: d\nentities:\n");
  for (guint i = 0; i < 20000; i++)
    g_string_append_printf(text, "  E%u: {fields: {k: references E%u, l: strng}, tabel: x}\n", i,
                           i + 20000);
  clock_t start = clock();
  read_domain(self, text->str);
  assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
  assert_int_equal(dmig_diagnostics_count(self->diagnostics, DMIG_SEVERITY_ERROR), 60000);
}

/* Keys that take their type from one another, all the way down. */
static void
test_chain_of_keys(void **state)
{
  Fixture *self = *state;
  g_autoptr(GString) text = g_string_new("domain: d\nentities:\n");
  for (guint i = 0; i < 30000; i++)
    g_string_append_printf(text, "  E%u: {fields: {up: references E%u primary}}\n", i, i + 1);
  g_string_append(text, "  E30000: {fields: {id: uuid primary}}\n");
  const DmigDomain *domain = read_domain(self, text->str);
  assert_clean(self);
  const DmigEntity *first = g_ptr_array_index(domain->entities, 0);
  const DmigField *up = g_ptr_array_index(first->fields, 0);
  assert_int_equal(up->type->kind, DMIG_TYPE_UUID);
  assert_string_equal(up->column, "up_id");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_truncated),           TEST(test_changed_bytes), TEST(test_changed_lines),
    TEST(test_changed_change_file), TEST(test_many_mistakes), TEST(test_chain_of_keys),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
