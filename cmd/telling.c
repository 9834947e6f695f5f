#include "cmd/telling.h"

#include <string.h>

#include "core/base/text.h"

DmigEntity *
dmig_telling_entity_of_old(const DmigTelling *self, const char *name)
{
  return g_hash_table_lookup(self->reverse ? self->pairs->new_entities : self->pairs->old_entities,
                             name);
}

DmigEntity *
dmig_telling_entity_of_new(const DmigTelling *self, const char *name)
{
  return g_hash_table_lookup(self->reverse ? self->pairs->old_entities : self->pairs->new_entities,
                             name);
}

DmigEntity *
dmig_telling_old_entity(const DmigTelling *self, const DmigEntity *entity)
{
  return g_hash_table_lookup(self->reverse ? self->pairs->new_of : self->pairs->old_of, entity);
}

gboolean
dmig_telling_entity_goes(const DmigTelling *self, const DmigEntity *entity)
{
  return !g_hash_table_contains(self->reverse ? self->pairs->old_of : self->pairs->new_of, entity);
}

DmigField *
dmig_telling_old_field(const DmigTelling *self, const DmigEntity *entity, const char *name)
{
  return self->reverse ? dmig_change_pairs_new_field(self->pairs, entity, name)
                       : dmig_change_pairs_old_field(self->pairs, entity, name);
}

DmigField *
dmig_telling_new_field(const DmigTelling *self, const DmigEntity *entity, const char *name)
{
  return self->reverse ? dmig_change_pairs_old_field(self->pairs, entity, name)
                       : dmig_change_pairs_new_field(self->pairs, entity, name);
}

/* What an enum or view of this name was called, or will be. */
static const char *
other_name(const DmigTelling *self, const char *name, gboolean backwards)
{
  gboolean by_new = backwards != self->reverse;
  const DmigRename *rename
      = g_hash_table_lookup(by_new ? self->pairs->renamed_to : self->pairs->renamed_from, name);
  return rename == NULL ? name : by_new ? rename->from : rename->to;
}

const char *
dmig_telling_old_name(const DmigTelling *self, const char *name)
{
  return other_name(self, name, TRUE);
}

const char *
dmig_telling_new_name(const DmigTelling *self, const char *name)
{
  return other_name(self, name, FALSE);
}

gboolean
dmig_telling_is_pair(const DmigTelling *self, const char *old, const char *new)
{
  return strcmp(dmig_telling_new_name(self, old), new) == 0
         && strcmp(dmig_telling_old_name(self, new), old) == 0;
}

/* --- labels ---------------------------------------------------------------------------------- */

/* What the change file makes of a label: its new name, or NULL. `path` is the enum's name or the
 * field's in the state that the passage leads to. */
static const char *
mapped(const DmigTelling *self, const char *path, const char *label)
{
  for (guint i = 0; i < self->change->values->len; i++) {
    const DmigValueMap *map = g_ptr_array_index(self->change->values, i);
    if (strcmp(map->field, path) == 0 && strcmp(self->reverse ? map->to : map->from, label) == 0)
      return self->reverse ? map->from : map->to;
  }
  return NULL;
}

static void
append(GString *out, const char *sign, const char *text)
{
  g_string_append_printf(out, "%s%s%s", out->len > 0 ? ", " : "", sign, text);
}

char *
dmig_telling_labels(const DmigTelling *self, const char *path, char *const *is,
                    char *const *becomes)
{
  if (dmig_strv_equal(is, becomes))
    return NULL;
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(GHashTable) taken = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GString) gone = g_string_new(NULL);
  for (guint i = 0; is[i] != NULL; i++) {
    const char *to = mapped(self, path, is[i]);
    if (to != NULL && dmig_strv_contains(becomes, to)) {
      g_autofree char *text = g_strconcat(is[i], " becomes ", to, NULL);
      append(out, "", text);
      g_hash_table_add(taken, (gpointer)to);
    } else if (!dmig_strv_contains(becomes, is[i])) {
      append(gone, "- ", is[i]);
    }
  }
  for (guint i = 0; becomes[i] != NULL; i++)
    if (!dmig_strv_contains(is, becomes[i]) && !g_hash_table_contains(taken, becomes[i]))
      append(out, "+ ", becomes[i]);
  if (gone->len > 0)
    append(out, "", gone->str);
  if (out->len == 0)
    append(out, "", "in another order");
  return g_string_free(g_steal_pointer(&out), FALSE);
}
