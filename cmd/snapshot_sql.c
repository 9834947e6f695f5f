/* The SQL files of a domain: `sources:`. */
#include "cmd/snapshot.h"

#include <string.h>

#include "cmd/scratches.h"
#include "core/db/source.h"
#include "core/domain/rules.h"
#include "hooks/hooks.h"

#define TREE "domain/"

/* Whether it is worth reading the YAML to learn of SQL files: few domains have any. */
static gboolean
may_have_sql(const DmigSnapshot *self)
{
  for (guint i = 0; i < self->sources->len; i++) {
    const DmigSource *source = g_ptr_array_index(self->sources, i);
    gsize length;
    const char *data = g_bytes_get_data(source->bytes, &length);
    if (!dmig_source_is_sql(source) && data != NULL
        && g_strstr_len(data, (gssize) length, "sources") != NULL)
      return TRUE;
  }
  return FALSE;
}

/* The domain as its YAML alone has it, whatever is wrong with it. */
static DmigDomain *
read_yaml(const DmigSnapshot *self)
{
  g_autoptr(DmigDiagnostics) unseen = dmig_diagnostics_new();
  return dmig_domain_read(self->sources, unseen);
}

static void
report(DmigSnapshot *self, const char *path, const char *problem)
{
  DmigLocation at = { path != NULL ? g_intern_string(path) : NULL, 0, 0 };
  dmig_diagnostics_add(self->diagnostics, at, dmig_rule_severity(DMIG_RULE_BAD_SOURCE),
                       dmig_rule_name(DMIG_RULE_BAD_SOURCE), NULL, "%s", problem);
}

static gboolean
has_path(const DmigSnapshot *self, const char *path)
{
  return g_ptr_array_find_with_equal_func(self->paths, path, g_str_equal, NULL);
}

/* DmigSource*; NULL: they can't be had. */
static GPtrArray *
load_files(const DmigSnapshot *self, const char *path, GError **error)
{
  g_autoptr(DmigSqlSource) sql = NULL;
  GPtrArray *files = NULL;
  if (self->staged != NULL)
    return dmig_hook_staged_sql(self->staged, path, &files, error) ? files : NULL;
  return dmig_sql_source_load(path, &sql, error) ? g_ptr_array_ref(sql->files) : NULL;
}

/* `item` stands in `folder`, and below domain/ in a revision's tree. */
static void
add_item(DmigSnapshot *self, const char *folder, const char *item)
{
  gboolean here = strcmp(folder, ".") == 0;
  g_autofree char *path = here ? g_strdup(item) : g_build_filename(folder, item, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) files = load_files(self, path, &error);
  if (files == NULL) {
    report(self, path, error->message);
    return;
  }
  for (guint i = 0; i < files->len; i++) {
    const DmigSource *file = g_ptr_array_index(files, i);
    const char *below = file->path + (here ? 0 : strlen(folder));
    g_autofree char *in_tree = g_strconcat(TREE, below + strspn(below, "/"), NULL);
    if (has_path(self, in_tree))
      continue;
    g_ptr_array_add(self->sources, dmig_source_new(file->path, file->bytes));
    g_ptr_array_add(self->paths, g_steal_pointer(&in_tree));
  }
}

static gboolean
is_folder(const DmigSnapshot *self, const char *root)
{
  if (self->staged == NULL)
    return g_file_test(root, G_FILE_TEST_IS_DIR);
  for (guint i = 0; i < self->sources->len; i++)
    if (strcmp(((DmigSource *) g_ptr_array_index(self->sources, i))->path, root) == 0)
      return FALSE;
  return TRUE;
}

void
dmig_snapshot_add_sql(DmigSnapshot *self, const char *root)
{
  if (!may_have_sql(self))
    return;
  g_autoptr(DmigDomain) domain = read_yaml(self);
  g_autofree char *folder = is_folder(self, root) ? g_strdup(root) : g_path_get_dirname(root);
  /* Where the files have no places in a tree yet, they get some, so that both lists are as long. */
  while (self->paths->len < self->sources->len)
    g_ptr_array_add(self->paths, g_strdup(""));
  for (guint i = 0; domain->sources != NULL && domain->sources[i] != NULL; i++)
    add_item(self, folder, domain->sources[i]);
}

/* Whether the file at `path` of a tree is what `item` names: itself, or in that folder. */
static gboolean
is_of(const char *path, const char *item)
{
  g_autofree char *name = g_strconcat(TREE, item, NULL);
  while (g_str_has_suffix(name, "/"))
    name[strlen(name) - 1] = '\0';
  gsize length = strlen(name);
  return strncmp(path, name, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* In the order in which the domain names them; within a folder by their names. */
static GPtrArray *
sql_files(const DmigSnapshot *self, const DmigDomain *domain)
{
  GPtrArray *files = g_ptr_array_new();
  for (guint i = 0; domain->sources[i] != NULL; i++) {
    for (guint j = 0; j < self->sources->len; j++) {
      DmigSource *source = g_ptr_array_index(self->sources, j);
      if (dmig_source_is_sql(source) && is_of(g_ptr_array_index(self->paths, j), domain->sources[i])
          && !g_ptr_array_find(files, source, NULL))
        g_ptr_array_add(files, source);
    }
  }
  return files;
}

/* NULL where there is nothing, also after a diagnostic. */
static DmigSource *
translate(DmigSnapshot *self, const DmigDomain *domain, const DmigDialect *dialect)
{
  g_autoptr(GPtrArray) files = sql_files(self, domain);
  if (files->len == 0 || dmig_diagnostics_have_errors(self->diagnostics))
    return NULL;
  const DmigSource *first = g_ptr_array_index(files, 0);
  g_autoptr(DmigSqlSource) sql = dmig_sql_source_new(first->path, files);
  DmigScratch *scratch = dmig_scratch_for(self->context, dialect);
  g_autoptr(GError) error = NULL;
  DmigSource *made = NULL;
  if (!dmig_sql_source_translate(sql, scratch, domain->name != NULL ? domain->name : "domain",
                                 self->diagnostics, &made, &error))
    report(self, NULL, error->message);
  return made;
}

void
dmig_snapshot_read_all(DmigSnapshot *self)
{
  g_autoptr(DmigDomain) domain = may_have_sql(self) ? read_yaml(self) : NULL;
  const DmigDialect *dialect = domain != NULL && domain->sources != NULL && domain->dialects[0] != NULL
                                       && domain->dialects[1] == NULL
                                   ? dmig_dialect_find(domain->dialects[0])
                                   : NULL;
  DmigSource *made
      = dialect != NULL && self->context != NULL ? translate(self, domain, dialect) : NULL;
  /* What the SQL would have made is missing everywhere else: that goes without saying. */
  if (domain != NULL && dmig_diagnostics_have_errors(self->diagnostics)) {
    self->domain = g_steal_pointer(&domain);
    return;
  }
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  for (guint i = 0; i < self->sources->len; i++)
    g_ptr_array_add(all, g_ptr_array_index(self->sources, i));
  if (made != NULL)
    g_ptr_array_add(all, made);
  self->domain = dmig_domain_read(all, self->diagnostics);
  dmig_source_free(made);
}
