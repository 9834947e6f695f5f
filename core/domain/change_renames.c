/* Renames and drops of a change file, against the two states. */
#include "core/domain/change_reader.h"

#include <string.h>

typedef enum { OBJECT_ENTITY, OBJECT_ENUM, OBJECT_VIEW, N_OBJECTS } ObjectKind;

static gboolean
has_object(const DmigDomain *domain, GHashTable *entities, ObjectKind kind, const char *name)
{
  switch (kind) {
  case OBJECT_ENTITY:
    return g_hash_table_contains(entities, name);
  case OBJECT_ENUM:
    return dmig_domain_enum(domain, name) != NULL;
  case OBJECT_VIEW:
    return dmig_domain_view(domain, name) != NULL;
  case N_OBJECTS:
    break;
  }
  return FALSE;
}

static gboolean
was(const DmigChangeReader *self, ObjectKind kind, const char *name)
{
  return has_object(self->from, self->pairs->old_entities, kind, name);
}

static gboolean
is(const DmigChangeReader *self, ObjectKind kind, const char *name)
{
  return has_object(self->to, self->pairs->new_entities, kind, name);
}

static char *
suggest_object(DmigChangeReader *self, const DmigDomain *domain, const char *name)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < domain->entities->len; i++)
    g_ptr_array_add(names, ((DmigEntity *) g_ptr_array_index(domain->entities, i))->name);
  for (guint i = 0; i < domain->enums->len; i++)
    g_ptr_array_add(names, ((DmigDomainEnum *) g_ptr_array_index(domain->enums, i))->name);
  for (guint i = 0; i < domain->views->len; i++)
    g_ptr_array_add(names, ((DmigDomainView *) g_ptr_array_index(domain->views, i))->name);
  g_ptr_array_add(names, NULL);
  return dmig_reading_suggest(&self->reading, name, (const char *const *) names->pdata);
}

static char *
suggest_field(DmigChangeReader *self, const DmigEntity *entity, const char *name)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < entity->fields->len; i++)
    g_ptr_array_add(names, ((DmigField *) g_ptr_array_index(entity->fields, i))->name);
  g_ptr_array_add(names, NULL);
  return dmig_reading_suggest(&self->reading, name, (const char *const *) names->pdata);
}

static void
report(DmigChangeReader *self, const DmigRename *rename, const char *hint, const char *name,
       const char *problem)
{
  dmig_reading_report(&self->reading, rename->at, DMIG_RULE_BAD_RENAME, hint, "'%s' %s",
                      dmig_reading_show(&self->reading, name), problem);
}

/* What is renamed is gone under its old name, and was not there under its new one; unless another
 * rename took it away or put it there. */
static void
check_vacant(DmigChangeReader *self, const DmigRename *rename, gboolean old_remains,
             gboolean new_was)
{
  if (old_remains && !g_hash_table_contains(self->pairs->renamed_to, rename->from))
    report(self, rename, NULL, rename->from, "is still there, so that it was not renamed");
  if (new_was && !g_hash_table_contains(self->pairs->renamed_from, rename->to))
    report(self, rename, NULL, rename->to, "was there before, so that nothing else became it");
}

static void
check_object_rename(DmigChangeReader *self, const DmigRename *rename)
{
  gboolean any = FALSE;
  for (ObjectKind kind = OBJECT_ENTITY; kind < N_OBJECTS; kind++) {
    any = any || was(self, kind, rename->from);
    if (!was(self, kind, rename->from) || !is(self, kind, rename->to))
      continue;
    check_vacant(self, rename, is(self, kind, rename->from), was(self, kind, rename->to));
    return;
  }
  g_autofree char *hint = any ? suggest_object(self, self->to, rename->to)
                              : suggest_object(self, self->from, rename->from);
  if (any)
    report(self, rename, hint, rename->to, "is no entity, enum or view of this state");
  else
    report(self, rename, hint, rename->from, "was no entity, enum or view of the state before");
}

/* `Customer.phone: mobile`, and an entity by its old name, become what the format has. */
static void
complete_paths(DmigChangeReader *self, DmigRename *rename)
{
  DmigMember from, to;
  if (!dmig_change_pairs_member(self->pairs, rename->from, &from) || from.new_entity == NULL)
    return;
  char *full = g_strconcat(from.new_entity->name, ".", from.name, NULL);
  g_free(rename->from);
  rename->from = full;
  if (dmig_change_pairs_member(self->pairs, rename->to, &to)
      || dmig_entity_field(from.new_entity, rename->to) == NULL)
    return;
  full = g_strconcat(from.new_entity->name, ".", rename->to, NULL);
  g_free(rename->to);
  rename->to = full;
}

static void
check_field_rename(DmigChangeReader *self, const DmigRename *rename, const DmigMember *from)
{
  DmigMember to;
  g_autofree char *hint = NULL;
  if (from->old_entity == NULL || from->new_entity == NULL) {
    report(self, rename, NULL, rename->from, "is no field of an entity on both sides");
  } else if (!dmig_change_pairs_member(self->pairs, rename->to, &to)
             || to.new_entity != from->new_entity) {
    hint = g_strdup_printf("a field stays in its entity: '%s.…'",
                           dmig_reading_show(&self->reading, from->new_entity->name));
    report(self, rename, hint, rename->to, "is no field of the same entity");
  } else if (from->old == NULL) {
    hint = suggest_field(self, from->old_entity, from->name);
    report(self, rename, hint, rename->from, "was no field before");
  } else if (to.new == NULL) {
    hint = suggest_field(self, to.new_entity, to.name);
    report(self, rename, hint, rename->to, "is no field now");
  } else
    check_vacant(self, rename, from->new != NULL,
                 dmig_entity_field(from->old_entity, to.name) != NULL);
}

static void
check_rename(DmigChangeReader *self, const DmigRename *rename)
{
  DmigMember from;
  if (strcmp(rename->from, rename->to) == 0)
    dmig_reading_report(&self->reading, rename->at, DMIG_RULE_NO_EFFECT, NULL,
                        "'%s' keeps its name", dmig_reading_show(&self->reading, rename->from));
  else if (g_hash_table_lookup(self->pairs->renamed_to, rename->to) != rename)
    report(self, rename, NULL, rename->to, "is the new name of two");
  else if (dmig_change_pairs_member(self->pairs, rename->from, &from))
    check_field_rename(self, rename, &from);
  else
    check_object_rename(self, rename);
}

void
dmig_change_check_renames(DmigChangeReader *self)
{
  self->pairs = dmig_change_pairs_new(self->from, self->to, self->change);
  for (guint i = 0; i < self->change->renames->len; i++)
    complete_paths(self, g_ptr_array_index(self->change->renames, i));
  dmig_change_pairs_free(self->pairs);
  self->pairs = dmig_change_pairs_new(self->from, self->to, self->change);
  for (guint i = 0; i < self->change->renames->len; i++)
    check_rename(self, g_ptr_array_index(self->change->renames, i));
}

static void
report_drop(DmigChangeReader *self, const char *name, DmigRule rule, const char *hint,
            const char *problem)
{
  DmigLocation at = dmig_reading_place(&self->reading, name, (DmigLocation) { 0 });
  dmig_reading_report(&self->reading, at, rule, hint, "'%s' %s",
                      dmig_reading_show(&self->reading, name), problem);
}

static void
check_object_drop(DmigChangeReader *self, const char *name)
{
  gboolean there_before = FALSE, there_now = FALSE;
  for (ObjectKind kind = OBJECT_ENTITY; kind < N_OBJECTS; kind++) {
    there_before = there_before || was(self, kind, name);
    there_now = there_now || (was(self, kind, name) && is(self, kind, name));
  }
  g_autofree char *hint = there_before ? NULL : suggest_object(self, self->from, name);
  if (!there_before)
    report_drop(self, name, DMIG_RULE_BAD_DROP, hint, "was not there before");
  else if (there_now)
    report_drop(self, name, DMIG_RULE_BAD_DROP, NULL, "is still there");
}

static void
check_field_drop(DmigChangeReader *self, const char *name, const DmigMember *member)
{
  g_autofree char *hint = NULL;
  if (member->old_entity == NULL)
    report_drop(self, name, DMIG_RULE_BAD_DROP, NULL, "was not there before: its entity is new");
  else if (member->old == NULL) {
    hint = suggest_field(self, member->old_entity, member->name);
    report_drop(self, name, DMIG_RULE_BAD_DROP, hint, "was no field before");
  } else if (member->new_entity == NULL)
    report_drop(self, name, DMIG_RULE_NO_EFFECT, NULL, "goes with its entity");
  else if (dmig_change_pairs_new_field(self->pairs, member->old_entity, member->name) != NULL)
    report_drop(self, name, DMIG_RULE_BAD_DROP, NULL, "is still there");
}

void
dmig_change_check_drops(DmigChangeReader *self)
{
  for (guint i = 0; i < self->change->drops->len; i++) {
    const char *name = g_ptr_array_index(self->change->drops, i);
    DmigMember member;
    if (g_hash_table_contains(self->pairs->renamed_from, name))
      report_drop(self, name, DMIG_RULE_BAD_DROP, NULL, "is renamed here, and not dropped");
    else if (dmig_change_pairs_member(self->pairs, name, &member))
      check_field_drop(self, name, &member);
    else
      check_object_drop(self, name);
  }
}
