#include "tests/core/domain/support.h"

#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

int
fixture_setup(void **state)
{
  Fixture *self = g_new0(Fixture, 1);
  self->diagnostics = dmig_diagnostics_new();
  self->domains = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_domain_free);
  self->changes = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_change_file_free);
  *state = self;
  return 0;
}

static void
remove_tree(const char *path)
{
  GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    remove_tree(child);
  }
  if (dir != NULL)
    g_dir_close(dir);
  g_remove(path);
}

int
fixture_teardown(void **state)
{
  Fixture *self = *state;
  if (self->folder != NULL)
    remove_tree(self->folder);
  g_free(self->folder);
  g_ptr_array_unref(self->domains);
  g_ptr_array_unref(self->changes);
  dmig_diagnostics_free(self->diagnostics);
  g_free(self);
  return 0;
}

DmigDomain *
read_bytes(Fixture *self, const char *bytes, gsize length)
{
  g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  g_autoptr(GBytes) content = g_bytes_new(bytes, length);
  g_ptr_array_add(sources, dmig_source_new("test.yaml", content));
  DmigDomain *domain = dmig_domain_read(sources, self->diagnostics);
  g_ptr_array_add(self->domains, domain);
  return domain;
}

DmigDomain *
read_domain(Fixture *self, const char *yaml)
{
  return read_bytes(self, yaml, strlen(yaml));
}

DmigChangeFile *
read_change(Fixture *self, const char *yaml, const DmigDomain *from, const DmigDomain *to)
{
  g_autoptr(GBytes) content = g_bytes_new(yaml, strlen(yaml));
  DmigSource *source = dmig_source_new("change.yaml", content);
  DmigChangeFile *change = dmig_change_file_read(source, from, to, self->diagnostics);
  dmig_source_free(source);
  g_ptr_array_add(self->changes, change);
  return change;
}

void
forget(Fixture *self)
{
  dmig_diagnostics_free(self->diagnostics);
  self->diagnostics = dmig_diagnostics_new();
}

static void
print_all(Fixture *self)
{
  for (guint i = 0; i < dmig_diagnostics_length(self->diagnostics); i++) {
    g_autofree char *line = dmig_diagnostic_to_line(dmig_diagnostics_get(self->diagnostics, i));
    print_message("  %s\n", line);
  }
}

void
assert_clean(Fixture *self)
{
  if (dmig_diagnostics_length(self->diagnostics) == 0)
    return;
  print_all(self);
  fail_msg("unexpected diagnostics");
}

gboolean
has_rule(Fixture *self, const char *rule)
{
  for (guint i = 0; i < dmig_diagnostics_length(self->diagnostics); i++) {
    if (strcmp(dmig_diagnostics_get(self->diagnostics, i)->rule, rule) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
are_lines(Fixture *self, const char *lines)
{
  g_autoptr(GString) found = g_string_new(NULL);
  for (guint i = 0; i < dmig_diagnostics_length(self->diagnostics); i++) {
    g_autofree char *line = dmig_diagnostic_to_line(dmig_diagnostics_get(self->diagnostics, i));
    g_string_append_printf(found, "%s%s", i > 0 ? "\n" : "", strchr(line, ':') + 1);
  }
  if (strcmp(found->str, lines) == 0)
    return TRUE;
  print_message("expected just\n%s\nfound\n%s\n", lines, found->str);
  return FALSE;
}

void
assert_lines(Fixture *self, const char *lines)
{
  if (!are_lines(self, lines))
    fail_msg("other diagnostics than expected");
}

const char *
temporary_folder(Fixture *self)
{
  if (self->folder == NULL)
    self->folder = g_dir_make_tmp("dmig-domain-XXXXXX", NULL);
  assert_non_null(self->folder);
  return self->folder;
}

void
write_file(Fixture *self, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename(temporary_folder(self), name, NULL);
  g_autofree char *folder = g_path_get_dirname(path);
  assert_int_equal(g_mkdir_with_parents(folder, 0755), 0);
  assert_true(g_file_set_contents(path, text, -1, NULL));
}

char *
source_file(const char *path)
{
  g_autofree char *full = g_build_filename(g_getenv("DMIG_SOURCE"), path, NULL);
  char *text = NULL;
  if (!g_file_get_contents(full, &text, NULL, NULL))
    fail_msg("can't read %s", full);
  return text;
}
