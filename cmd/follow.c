#include "cmd/follow.h"

#include <string.h>

/* A field's rename stands under its entity's newest name: `Customer.phone` -> `Customer.mobile`. */
static gboolean
is_field(const char *name)
{
  return strchr(name, '.') != NULL;
}

static char *
entity_of(const char *name)
{
  return g_strndup(name, strcspn(name, "."));
}

static const DmigRename *
find_rename(const DmigChangeFile *change, const char *from)
{
  for (guint i = 0; i < change->renames->len; i++) {
    const DmigRename *rename = g_ptr_array_index(change->renames, i);
    if (strcmp(rename->from, from) == 0)
      return rename;
  }
  return NULL;
}

static void
replace_entity(char **name, const char *entity)
{
  char *replaced = g_strconcat(entity, strchr(*name, '.'), NULL);
  g_free(*name);
  *name = replaced;
}

/* All at once, so that two names may be swapped. TRUE for each rename of `next` that went on where
 * one of `self` had ended. */
static void
go_on(DmigChangeFile *self, const DmigChangeFile *next, GHashTable *used)
{
  for (guint i = 0; i < self->renames->len; i++) {
    DmigRename *rename = g_ptr_array_index(self->renames, i);
    if (is_field(rename->to)) {
      g_autofree char *entity = entity_of(rename->to);
      const DmigRename *renamed = find_rename(next, entity);
      if (renamed != NULL) {
        replace_entity(&rename->from, renamed->to);
        replace_entity(&rename->to, renamed->to);
      }
    }
    const DmigRename *further = find_rename(next, rename->to);
    if (further == NULL)
      continue;
    g_free(rename->to);
    rename->to = g_strdup(further->to);
    g_hash_table_add(used, (gpointer)further);
  }
}

/* What an object or field was called at the beginning. */
static const char *
first_name(const DmigChangeFile *change, const char *name)
{
  for (guint i = 0; i < change->renames->len; i++) {
    const DmigRename *rename = g_ptr_array_index(change->renames, i);
    if (strcmp(rename->to, name) == 0)
      return rename->from;
  }
  return name;
}

/* What was dropped on the way is no rename at its end. It goes by the name that it had at the
 * beginning, a field under its entity's newest name. */
static void
drop_on(DmigChangeFile *self, const DmigChangeFile *next)
{
  for (guint i = 0; i < self->drops->len; i++) {
    char **drop = (char **) &g_ptr_array_index(self->drops, i);
    g_autofree char *entity = entity_of(*drop);
    const DmigRename *renamed = is_field(*drop) ? find_rename(next, entity) : NULL;
    if (renamed != NULL)
      replace_entity(drop, renamed->to);
  }
  for (guint i = 0; i < next->drops->len; i++) {
    const char *drop = g_ptr_array_index(next->drops, i);
    g_ptr_array_add(self->drops, g_strdup(first_name(self, drop)));
  }
}

void
dmig_change_follow(DmigChangeFile *self, const DmigChangeFile *next)
{
  g_autoptr(GHashTable) used = g_hash_table_new(NULL, NULL);
  go_on(self, next, used);
  drop_on(self, next);
  for (guint i = 0; i < next->renames->len; i++) {
    const DmigRename *rename = g_ptr_array_index(next->renames, i);
    if (g_hash_table_contains(used, rename))
      continue;
    DmigRename *added = g_new0(DmigRename, 1);
    added->at = rename->at;
    added->from = g_strdup(rename->from);
    added->to = g_strdup(rename->to);
    g_ptr_array_add(self->renames, added);
  }
}

static gboolean
has_object(const DmigDomain *domain, const char *name)
{
  if (dmig_domain_entity(domain, name) != NULL)
    return TRUE;
  for (guint i = 0; i < domain->enums->len; i++)
    if (strcmp(((const DmigDomainEnum *) g_ptr_array_index(domain->enums, i))->name, name) == 0)
      return TRUE;
  for (guint i = 0; i < domain->views->len; i++)
    if (strcmp(((const DmigDomainView *) g_ptr_array_index(domain->views, i))->name, name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
has_field(const DmigDomain *domain, const char *entity_name, const char *name)
{
  const DmigEntity *entity = dmig_domain_entity(domain, entity_name);
  return entity != NULL && dmig_entity_field(entity, strchr(name, '.') + 1) != NULL;
}

static gboolean
still_means_something(const DmigChangeFile *self, const DmigRename *rename, const DmigDomain *from,
                      const DmigDomain *to)
{
  if (strcmp(rename->from, rename->to) == 0)
    return FALSE;
  if (!is_field(rename->to))
    return has_object(from, rename->from) && has_object(to, rename->to);
  g_autofree char *entity = entity_of(rename->to);
  return has_field(from, first_name(self, entity), rename->from)
         && has_field(to, entity, rename->to);
}

void
dmig_change_prune(DmigChangeFile *self, const DmigDomain *from, const DmigDomain *to)
{
  g_autoptr(GPtrArray) gone = g_ptr_array_new();
  for (guint i = 0; i < self->renames->len; i++) {
    DmigRename *rename = g_ptr_array_index(self->renames, i);
    if (!still_means_something(self, rename, from, to))
      g_ptr_array_add(gone, rename);
  }
  for (guint i = 0; i < gone->len; i++)
    g_ptr_array_remove(self->renames, g_ptr_array_index(gone, i));
}

static gboolean
follow_revision(DmigContext *context, DmigChangeFile *change, const char *id, GError **error)
{
  DmigSource *source = NULL;
  if (!dmig_revision_change(context, id, &source, error))
    return FALSE;
  if (source == NULL)
    return TRUE;
  dmig_source_free(source);
  g_autoptr(DmigRevision) revision = dmig_store_revision(context->store, id, error);
  g_autoptr(DmigPassage) passage
      = revision != NULL ? dmig_passage_of_revision(context, revision, error) : NULL;
  if (passage != NULL)
    dmig_change_follow(change, passage->change);
  return passage != NULL;
}

gboolean
dmig_change_along(DmigContext *context, const char *from, const char *to, DmigChangeFile **out,
                  GError **error)
{
  g_autoptr(DmigChangeFile) change = dmig_change_file_new();
  g_autoptr(GPtrArray) way = dmig_store_way(context->store, from, to, error);
  if (way == NULL)
    return FALSE;
  *out = NULL;
  for (guint i = 0; i < way->len; i++) {
    const DmigEdge *edge = g_ptr_array_index(way, i);
    if (edge->down)
      return TRUE;
    if (!follow_revision(context, change, edge->revision, error))
      return FALSE;
  }
  *out = g_steal_pointer(&change);
  return TRUE;
}
