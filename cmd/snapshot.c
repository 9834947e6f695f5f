#include "cmd/snapshot.h"

#include <string.h>

#include "cmd/project.h"
#include "cmd/ui/diagnostics.h"

void
dmig_snapshot_free(DmigSnapshot *self)
{
  if (self == NULL)
    return;
  g_free(self->label);
  g_free(self->staged);
  g_free(self->revision);
  g_clear_pointer(&self->sources, g_ptr_array_unref);
  g_clear_pointer(&self->paths, g_ptr_array_unref);
  dmig_domain_free(self->domain);
  dmig_diagnostics_free(self->diagnostics);
  g_free(self);
}

static DmigSnapshot *
snapshot_new(DmigContext *context, const char *label)
{
  DmigSnapshot *self = g_new0(DmigSnapshot, 1);
  self->context = context;
  self->label = g_strdup(label);
  self->diagnostics = dmig_diagnostics_new();
  self->paths = g_ptr_array_new_with_free_func(g_free);
  return self;
}

DmigSnapshot *
dmig_snapshot_empty(void)
{
  DmigSnapshot *self = snapshot_new(NULL, "nothing");
  self->sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  self->domain = dmig_domain_new();
  return self;
}

DmigSnapshot *
dmig_snapshot_sources(DmigContext *context, const char *label, const char *root, GPtrArray *sources)
{
  DmigSnapshot *self = snapshot_new(context, label);
  self->sources = sources;
  dmig_snapshot_add_sql(self, root);
  dmig_snapshot_read_all(self);
  return self;
}

DmigSnapshot *
dmig_snapshot_staged(DmigContext *context, const char *folder, const char *root, GPtrArray *sources)
{
  DmigSnapshot *self = snapshot_new(context, "the staged files");
  self->sources = sources;
  self->staged = g_strdup(folder);
  dmig_snapshot_add_sql(self, root);
  dmig_snapshot_read_all(self);
  return self;
}

/* A file is `domain.yaml` in the tree whatever it is called outside, a folder is `domain/`. */
static void
name_in_tree(DmigSnapshot *self, const char *root)
{
  gsize length = strlen(root);
  while (length > 0 && root[length - 1] == '/')
    length--;
  for (guint i = 0; i < self->sources->len; i++) {
    const DmigSource *source = g_ptr_array_index(self->sources, i);
    gboolean below = strncmp(source->path, root, length) == 0 && source->path[length] == '/';
    const char *rest = source->path + length;
    g_ptr_array_add(self->paths, below ? g_strconcat("domain/", rest + strspn(rest, "/"), NULL)
                                       : g_strdup("domain.yaml"));
  }
}

static DmigSnapshot *
load(DmigContext *context, const char *label, const char *path, GError **error)
{
  g_autoptr(DmigSnapshot) self = snapshot_new(context, label);
  if (!dmig_sources_load(path, self->diagnostics, &self->sources, error))
    return NULL;
  name_in_tree(self, path);
  dmig_snapshot_add_sql(self, path);
  return g_steal_pointer(&self);
}

void
dmig_snapshot_read(DmigSnapshot *self)
{
  if (self->domain == NULL)
    dmig_snapshot_read_all(self);
}

DmigSnapshot *
dmig_snapshot_working_files(DmigContext *context, GError **error)
{
  g_autofree char *name = dmig_project_domain(context, error);
  if (name == NULL)
    return NULL;
  g_autofree char *path = dmig_project_path(context, name);
  return load(context, "the working files", path, error);
}

DmigSnapshot *
dmig_snapshot_working(DmigContext *context, GError **error)
{
  DmigSnapshot *self = dmig_snapshot_working_files(context, error);
  if (self != NULL)
    dmig_snapshot_read(self);
  return self;
}

DmigSnapshot *
dmig_snapshot_path(DmigContext *context, const char *path, GError **error)
{
  DmigSnapshot *self = load(context, path, path, error);
  if (self != NULL)
    dmig_snapshot_read(self);
  return self;
}

static gboolean
add_files(DmigSnapshot *self, DmigStore *store, const char *id, const char *prefix, GError **error)
{
  g_autoptr(GPtrArray) files = dmig_store_files(store, id, prefix, error);
  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++) {
    const char *path = g_ptr_array_index(files, i);
    if (prefix == NULL && strcmp(path, "domain.yaml") != 0)
      continue;
    g_autoptr(GBytes) bytes = dmig_store_read(store, id, path, error);
    if (bytes == NULL)
      return FALSE;
    g_autofree char *name = g_strconcat(self->label, ":", path, NULL);
    g_ptr_array_add(self->sources, dmig_source_new(name, bytes));
    g_ptr_array_add(self->paths, g_strdup(path));
  }
  return TRUE;
}

DmigSnapshot *
dmig_snapshot_revision(DmigContext *context, const char *id, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  if (store == NULL)
    return NULL;
  g_autofree char *label = dmig_store_short_id(store, id);
  g_autoptr(DmigSnapshot) self = snapshot_new(context, label);
  self->revision = g_strdup(id);
  self->sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  if (!add_files(self, store, id, NULL, error) || !add_files(self, store, id, "domain/", error))
    return NULL;
  if (self->sources->len == 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
                "revision %s holds no domain.yaml and no domain/: it was not made by dmig", label);
    return NULL;
  }
  dmig_snapshot_read_all(self);
  return g_steal_pointer(&self);
}

void
dmig_snapshot_lower_all(DmigSnapshot *self)
{
  if (dmig_diagnostics_have_errors(self->diagnostics))
    return;
  for (guint i = 0; self->domain->dialects != NULL && self->domain->dialects[i] != NULL; i++) {
    const DmigDialect *dialect = dmig_dialect_find(self->domain->dialects[i]);
    if (dialect != NULL)
      dmig_schema_unref(dmig_domain_lower(self->domain, dialect, self->diagnostics));
  }
}

gboolean
dmig_snapshot_check(DmigSnapshot *self, GError **error)
{
  if (!dmig_diagnostics_have_errors(self->diagnostics))
    return TRUE;
  dmig_diagnostics_print(stderr, self->diagnostics, self->sources);
  return dmig_diagnostics_refuse(self->diagnostics, self->label, error);
}

DmigSchema *
dmig_snapshot_lower(DmigSnapshot *self, const DmigDialect *dialect, GError **error)
{
  if (!dmig_snapshot_check(self, error))
    return NULL;
  if (!dmig_domain_has_dialect(self->domain, dialect->name))
    return dmig_schema_new(dialect);
  g_autoptr(DmigSchema) schema = dmig_domain_lower(self->domain, dialect, self->diagnostics);
  return dmig_snapshot_check(self, error) ? g_steal_pointer(&schema) : NULL;
}

GPtrArray *
dmig_snapshot_files(const DmigSnapshot *self)
{
  GPtrArray *files = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_store_file_free);
  for (guint i = 0; i < self->paths->len; i++) {
    const DmigSource *source = g_ptr_array_index(self->sources, i);
    g_ptr_array_add(files, dmig_store_file_new(g_ptr_array_index(self->paths, i), source->bytes));
  }
  return files;
}

const char *
dmig_snapshot_entity(const DmigSnapshot *self, const char *table)
{
  for (guint i = 0; self != NULL && i < self->domain->entities->len; i++) {
    const DmigEntity *entity = g_ptr_array_index(self->domain->entities, i);
    if (g_strcmp0(entity->path != NULL ? entity->path : entity->table, table) == 0)
      return entity->name;
  }
  return NULL;
}

gboolean
dmig_revision_change(DmigContext *context, const char *id, DmigSource **out, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  if (store == NULL)
    return FALSE;
  g_autoptr(GError) problem = NULL;
  g_autoptr(GBytes) bytes = dmig_store_read(store, id, "change.yaml", &problem);
  if (bytes == NULL && !g_error_matches(problem, DMIG_ERROR, DMIG_ERROR_NOT_FOUND)) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
  }
  g_autofree char *label = dmig_store_short_id(store, id);
  g_autofree char *name = g_strconcat(label, ":change.yaml", NULL);
  *out = bytes != NULL ? dmig_source_new(name, bytes) : NULL;
  return TRUE;
}
