#include "core/domain/change_pairs.h"

#include <string.h>

static GHashTable *
by_name(const DmigDomain *domain)
{
  GHashTable *entities = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < domain->entities->len; i++) {
    DmigEntity *entity = g_ptr_array_index(domain->entities, i);
    g_hash_table_insert(entities, entity->name, entity);
  }
  return entities;
}

void
dmig_change_pairs_join(DmigChangePairs *self, DmigEntity *old, DmigEntity *new)
{
  g_hash_table_insert(self->old_of, new, old);
  g_hash_table_insert(self->new_of, old, new);
}

static void
pair_entities(DmigChangePairs *self)
{
  for (guint i = 0; i < self->from->entities->len; i++) {
    DmigEntity *old = g_ptr_array_index(self->from->entities, i);
    const DmigRename *rename = g_hash_table_lookup(self->renamed_from, old->name);
    DmigEntity *new
        = g_hash_table_lookup(self->new_entities, rename != NULL ? rename->to : old->name);
    const DmigRename *taken = new != NULL ? g_hash_table_lookup(self->renamed_to, new->name) : NULL;
    gboolean by_another = taken != NULL && taken != rename
                          && g_hash_table_contains(self->old_entities, taken->from);
    if (new != NULL && !by_another && !g_hash_table_contains(self->old_of, new))
      dmig_change_pairs_join(self, old, new);
  }
}

DmigChangePairs *
dmig_change_pairs_new(const DmigDomain *from, const DmigDomain *to, const DmigChangeFile *change)
{
  DmigChangePairs *self = g_new0(DmigChangePairs, 1);
  self->from = from;
  self->to = to;
  self->old_entities = by_name(from);
  self->new_entities = by_name(to);
  self->old_of = g_hash_table_new(NULL, NULL);
  self->new_of = g_hash_table_new(NULL, NULL);
  self->renamed_from = g_hash_table_new(g_str_hash, g_str_equal);
  self->renamed_to = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < change->renames->len; i++) {
    DmigRename *rename = g_ptr_array_index(change->renames, i);
    g_hash_table_insert(self->renamed_from, rename->from, rename);
    g_hash_table_insert(self->renamed_to, rename->to, rename);
  }
  pair_entities(self);
  return self;
}

void
dmig_change_pairs_free(DmigChangePairs *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref(self->old_entities);
  g_hash_table_unref(self->new_entities);
  g_hash_table_unref(self->old_of);
  g_hash_table_unref(self->new_of);
  g_hash_table_unref(self->renamed_from);
  g_hash_table_unref(self->renamed_to);
  g_free(self);
}

/* The stated rename of a field, by the name that the format asks for or, on the left, the
 * entity's old one. */
static const DmigRename *
field_rename(GHashTable *renames, const DmigEntity *entity, const char *field)
{
  if (entity == NULL)
    return NULL;
  g_autofree char *path = g_strconcat(entity->name, ".", field, NULL);
  return g_hash_table_lookup(renames, path);
}

/* What stands behind the entity in `Customer.phone`; the whole where it stands for itself. */
static const char *
behind_entity(const char *path, const DmigEntity *entity)
{
  gsize length = strlen(entity->name);
  gboolean within = strncmp(path, entity->name, length) == 0 && path[length] == '.';
  return within ? path + length + 1 : path;
}

DmigField *
dmig_change_pairs_new_field(const DmigChangePairs *self, const DmigEntity *old_entity,
                            const char *name)
{
  DmigEntity *entity = g_hash_table_lookup(self->new_of, old_entity);
  if (entity == NULL)
    return NULL;
  const DmigRename *rename = field_rename(self->renamed_from, entity, name);
  if (rename == NULL)
    rename = field_rename(self->renamed_from, old_entity, name);
  if (rename != NULL)
    return dmig_entity_field(entity, behind_entity(rename->to, entity));
  return field_rename(self->renamed_to, entity, name) != NULL ? NULL
                                                              : dmig_entity_field(entity, name);
}

DmigField *
dmig_change_pairs_old_field(const DmigChangePairs *self, const DmigEntity *new_entity,
                            const char *name)
{
  DmigEntity *entity = g_hash_table_lookup(self->old_of, new_entity);
  if (entity == NULL)
    return NULL;
  const DmigRename *rename = field_rename(self->renamed_to, new_entity, name);
  if (rename != NULL) {
    const char *from = behind_entity(rename->from, new_entity);
    return dmig_entity_field(entity, from != rename->from ? from : behind_entity(from, entity));
  }
  gboolean moved = field_rename(self->renamed_from, new_entity, name) != NULL
                   || field_rename(self->renamed_from, entity, name) != NULL;
  return moved ? NULL : dmig_entity_field(entity, name);
}

gboolean
dmig_change_pairs_member(const DmigChangePairs *self, const char *text, DmigMember *out_member)
{
  DmigMember member = { 0 };
  const char *dot = strchr(text, '.');
  for (; dot != NULL; dot = strchr(dot + 1, '.')) {
    g_autofree char *prefix = g_strndup(text, (gsize) (dot - text));
    member.new_entity = g_hash_table_lookup(self->new_entities, prefix);
    member.old_entity = member.new_entity != NULL
                            ? g_hash_table_lookup(self->old_of, member.new_entity)
                            : g_hash_table_lookup(self->old_entities, prefix);
    if (member.new_entity != NULL || member.old_entity != NULL)
      break;
  }
  if (dot == NULL)
    return FALSE;
  if (member.new_entity == NULL)
    member.new_entity = g_hash_table_lookup(self->new_of, member.old_entity);
  member.name = dot + 1;
  if (member.old_entity != NULL)
    member.old = dmig_entity_field(member.old_entity, member.name);
  if (member.new_entity != NULL)
    member.new = dmig_entity_field(member.new_entity, member.name);
  *out_member = member;
  return TRUE;
}
