/* What is printed: tables, JSON, diagnostics, colour. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/commit_message.h"
#include "cmd/ui/colour.h"
#include "cmd/ui/diagnostics.h"
#include "cmd/ui/json.h"
#include "cmd/ui/table.h"
#include "core/domain/reader.h"

/* Standard output goes to a file while a test runs. */
typedef struct {
  FILE *file;
  int real;
  char *text;
} Capture;

static int
setup(void **state)
{
  Capture *self = g_new0(Capture, 1);
  fflush(stdout);
  self->file = tmpfile();
  self->real = dup(STDOUT_FILENO);
  dup2(fileno(self->file), STDOUT_FILENO);
  dmig_colour_setup(DMIG_COLOUR_NEVER);
  *state = self;
  return 0;
}

static void
restore(Capture *self)
{
  fflush(stdout);
  if (self->real >= 0) {
    dup2(self->real, STDOUT_FILENO);
    close(self->real);
  }
  self->real = -1;
}

static int
teardown(void **state)
{
  Capture *self = *state;
  restore(self);
  fclose(self->file);
  g_free(self->text);
  g_free(self);
  return 0;
}

static const char *
captured(Capture *self)
{
  restore(self);
  GString *text = g_string_new(NULL);
  rewind(self->file);
  for (int c; (c = fgetc(self->file)) != EOF;)
    g_string_append_c(text, (char) c);
  g_free(self->text);
  self->text = g_string_free(text, FALSE);
  return self->text;
}

static void
columns_are_aligned_by_width_not_by_bytes(void **state)
{
  g_autoptr(DmigGrid) grid = dmig_grid_new("NAME", ">ROWS", "NOTE", NULL);
  dmig_grid_add(grid, (const char *const[]){ "Bücher", "7", "a" });
  dmig_grid_add(grid, (const char *const[]){ "日本", "12345", NULL });
  dmig_grid_print(grid);
  assert_string_equal(captured(*state), "NAME     ROWS  NOTE\n"
                                        "Bücher      7  a\n"
                                        "日本    12345\n");
}

static void
columns_without_text_are_left_out(void **state)
{
  g_autoptr(DmigGrid) grid = dmig_grid_new("NAME", "LOCK", "LOSS", NULL);
  dmig_grid_add(grid, (const char *const[]){ "a", "", "lossy" });
  dmig_grid_print(grid);
  assert_string_equal(captured(*state), "NAME  LOSS\na     lossy\n");
}

static void
an_empty_table_prints_nothing(void **state)
{
  g_autoptr(DmigGrid) grid = dmig_grid_new("NAME", NULL);
  dmig_grid_print(grid);
  assert_string_equal(captured(*state), "");
}

static void
a_line_break_in_a_cell_does_not_break_the_table(void **state)
{
  g_autoptr(DmigGrid) grid = dmig_grid_new("NAME", NULL);
  dmig_grid_add(grid, (const char *const[]){ "two\nlines\033[31m" });
  dmig_grid_print(grid);
  assert_null(strchr(captured(*state), '\033'));
  g_auto(GStrv) lines = g_strsplit(captured(*state), "\n", -1);
  assert_int_equal(g_strv_length(lines), 3);
}

static void
json_is_sorted_and_names_its_version(void **state)
{
  g_autoptr(json_t) document = dmig_json_document();
  dmig_json_set(document, "z", NULL);
  dmig_json_set(document, "a", "\"x\"\xff");
  dmig_json_print(document);
  assert_string_equal(captured(*state), "{\n  \"a\": \"\\\"x\\\"\xef\xbf\xbd\",\n"
                                        "  \"schema_version\": 1,\n  \"z\": null\n}\n");
}

static DmigDiagnostics *
one_mistake(GPtrArray *sources)
{
  const char *text = "a: 1\nnäme:\tstrng\n";
  g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
  g_ptr_array_add(sources, dmig_source_new("d.yaml", bytes));
  DmigDiagnostics *diagnostics = dmig_diagnostics_new();
  DmigLocation at = { g_intern_string("d.yaml"), 2, 7 };
  dmig_diagnostics_add(diagnostics, at, DMIG_SEVERITY_ERROR, "unknown-type",
                       "did you mean 'string'?", "unknown type '%s'", "strng");
  return diagnostics;
}

static void
mistakes_are_a_line_each(void **state)
{
  g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  g_autoptr(DmigDiagnostics) diagnostics = one_mistake(sources);
  dmig_diagnostics_print(stdout, diagnostics, sources);
  assert_string_equal(captured(*state),
                      "d.yaml:2:7: unknown-type: unknown type 'strng' (did you mean 'string'?)\n");
}

static void
with_colour_the_source_stands_below_with_a_caret(void **state)
{
  g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  g_autoptr(DmigDiagnostics) diagnostics = one_mistake(sources);
  dmig_colour_setup(DMIG_COLOUR_ALWAYS);
  dmig_diagnostics_print(stdout, diagnostics, sources);
  assert_non_null(strstr(captured(*state), "näme: strng\n       |       \033[32m^"));
}

static void
mistakes_outside_of_any_source_are_shown_without_one(void **state)
{
  g_autoptr(DmigDiagnostics) diagnostics = dmig_diagnostics_new();
  dmig_diagnostics_add(diagnostics, (DmigLocation){ NULL, 0, 0 }, DMIG_SEVERITY_WARNING, "odd",
                       NULL, "nowhere");
  DmigLocation beyond = { g_intern_string("d.yaml"), 99, 1 };
  dmig_diagnostics_add(diagnostics, beyond, DMIG_SEVERITY_ERROR, "odd", NULL, "beyond the end");
  g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  dmig_diagnostics_free(one_mistake(sources));
  dmig_colour_setup(DMIG_COLOUR_ALWAYS);
  dmig_diagnostics_print(stdout, diagnostics, sources);
  assert_null(strchr(captured(*state), '^'));
}

static void
colour_respects_no_color_unless_it_is_forced(void **state)
{
  dmig_colour_setup(DMIG_COLOUR_ALWAYS);
  assert_string_equal(dmig_colour(DMIG_COLOUR_RED), "\033[31m");
  dmig_colour_setup(DMIG_COLOUR_AUTO);
  assert_string_equal(dmig_colour(DMIG_COLOUR_RED), ""); /* no terminal */
  DmigColourMode mode;
  assert_true(dmig_colour_mode_parse("never", &mode));
  assert_int_equal(mode, DMIG_COLOUR_NEVER);
  assert_false(dmig_colour_mode_parse("yes", &mode));
}

static void
check_message(const char *text, gboolean comments, const char *expected)
{
  g_autofree char *clean = dmig_commit_message_clean(text, comments);
  assert_string_equal(clean, expected);
}

static void
messages_are_cleaned_as_git_does(void **state)
{
  check_message("Subject", FALSE, "Subject\n");
  check_message("\n\n  Subject  \n\n\n\nBody\t\n\n", FALSE, "  Subject\n\nBody\n");
  check_message("#1 counts\n# no comment", FALSE, "#1 counts\n# no comment\n");
  check_message("Subject\n# comment\nBody\n", TRUE, "Subject\nBody\n");
  check_message("\n# comment\n", TRUE, "");
  check_message("", FALSE, "");
}

#define OUTPUT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
  setlocale(LC_CTYPE, "C.UTF-8");
  const struct CMUnitTest tests[] = {
    OUTPUT_TEST(columns_are_aligned_by_width_not_by_bytes),
    OUTPUT_TEST(columns_without_text_are_left_out),
    OUTPUT_TEST(an_empty_table_prints_nothing),
    OUTPUT_TEST(a_line_break_in_a_cell_does_not_break_the_table),
    OUTPUT_TEST(json_is_sorted_and_names_its_version),
    OUTPUT_TEST(mistakes_are_a_line_each),
    OUTPUT_TEST(with_colour_the_source_stands_below_with_a_caret),
    OUTPUT_TEST(mistakes_outside_of_any_source_are_shown_without_one),
    OUTPUT_TEST(colour_respects_no_color_unless_it_is_forced),
    cmocka_unit_test(messages_are_cleaned_as_git_does),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
