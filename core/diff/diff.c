#include "core/diff/diff.h"

#include "core/base/text.h"
#include "core/diff/aspects.h"
#include "core/diff/inheritance.h"
#include "core/diff/partners.h"
#include "core/diff/rename.h"
#include "core/sql/lexer.h"

static DmigChange *
add(DmigChanges *self, DmigChangeKind kind, const DmigTable *old_table, const DmigTable *new_table)
{
  DmigChange *change = dmig_change_new(kind);

  change->old_table = old_table;
  change->new_table = new_table;
  g_ptr_array_add(self->items, change);
  return change;
}

static gboolean
comment_differs(const char *a, const char *b)
{
  return g_strcmp0(a, b) != 0;
}

/* `table`: the one that it is about, or NULL. */
static DmigChange *
add_facet(DmigChanges *self, DmigChangeKind kind, const char *address, const DmigTable *table)
{
  DmigChange *change = add(self, kind, table, table);

  change->address = g_strdup(address);
  return change;
}

/* Comments go first, for what they are on may go too. */
static void
reset_facets(DmigChanges *self, const char *address, const DmigTable *table, const GPtrArray *old,
             const GPtrArray *new, gboolean comments)
{
  for (guint i = 0; old != NULL && i < old->len; i++) {
    const DmigFacet *before = old->pdata[i];
    const DmigFacet *after = dmig_facets_find(new, before->name);
    if (g_str_has_prefix(before->name, "comment") != comments ||
        (after != NULL && (!after->replaces || dmig_sql_equal(before->value, after->value))))
      continue;
    add_facet(self, DMIG_CHANGE_RESET_FACET, address, table)->old_facet = before;
  }
}

static void
diff_facets(DmigChanges *self, const char *address, const DmigTable *table, const GPtrArray *old,
            const GPtrArray *new)
{
  reset_facets(self, address, table, old, new, TRUE);
  reset_facets(self, address, table, old, new, FALSE);
  for (guint i = 0; new != NULL && i < new->len; i++) {
    const DmigFacet *after = new->pdata[i];
    const DmigFacet *before = dmig_facets_find(old, after->name);
    if (before != NULL && dmig_sql_equal(before->value, after->value))
      continue;
    DmigChange *change = add_facet(self, DMIG_CHANGE_SET_FACET, address, table);
    change->old_facet = after->replaces ? NULL : before;
    change->new_facet = after;
  }
}

static void
diff_part_facets(DmigChanges *self, DmigObjectKind kind, const DmigTable *table, const char *detail,
                 const GPtrArray *old, const GPtrArray *new)
{
  if ((old == NULL && new == NULL) || detail == NULL)
    return;
  g_autofree char *address = dmig_address_new(kind, table->name, detail);
  diff_facets(self, address, table, old, new);
}

static void
diff_enums(DmigChanges *self, const DmigTransition *transition)
{
  for (guint i = 0; i < self->renamed->enums->len; i++) {
    const DmigEnum *old = self->renamed->enums->pdata[i];
    if (dmig_schema_enum(self->to, old->name) == NULL)
      add(self, DMIG_CHANGE_DROP_ENUM, NULL, NULL)->old_enum = old;
  }
  for (guint i = 0; i < self->to->enums->len; i++) {
    const DmigEnum *new = self->to->enums->pdata[i];
    const DmigEnum *old = dmig_schema_enum(self->renamed, new->name);
    if (old == NULL) {
      add(self, DMIG_CHANGE_CREATE_ENUM, NULL, NULL)->new_enum = new;
    } else if (!dmig_strv_equal(old->labels, new->labels)) {
      DmigChange *change = add(self, DMIG_CHANGE_ALTER_ENUM, NULL, NULL);
      change->old_enum = old;
      change->new_enum = new;
      change->labels = g_ptr_array_new();
      for (guint j = 0; transition != NULL && j < transition->labels->len; j++) {
        DmigLabelMap *map = transition->labels->pdata[j];
        if (g_strcmp0(map->enum_name, new->name) == 0)
          g_ptr_array_add(change->labels, map);
      }
    }
    if (old != NULL && comment_differs(old->comment, new->comment)) {
      DmigChange *change = add(self, DMIG_CHANGE_COMMENT_ENUM, NULL, NULL);
      change->old_enum = old;
      change->new_enum = new;
    }
    if (old != NULL && (old->facets != NULL || new->facets != NULL)) {
      g_autofree char *address = dmig_address_new(DMIG_OBJECT_ENUM, new->name, NULL);
      diff_facets(self, address, NULL, old->facets, new->facets);
    }
  }
}

static void
diff_columns(DmigChanges *self, const DmigTable *old, const DmigTable *new)
{
  for (guint i = 0; i < old->columns->len; i++) {
    const DmigColumn *column = old->columns->pdata[i];
    if (dmig_table_column(new, column->name) == NULL)
      add(self, DMIG_CHANGE_DROP_COLUMN, old, new)->old_column = column;
  }
  for (guint i = 0; i < new->columns->len; i++) {
    const DmigColumn *column = new->columns->pdata[i];
    const DmigColumn *before = dmig_table_column(old, column->name);
    DmigColumnAspects aspects = before != NULL ? dmig_column_aspects(before, column, &self->to->dialect->has)
                                               : 0;
    if (new->without_rowid) /* its key is NOT NULL to the database, said or not */
      aspects &= ~(DmigColumnAspects) DMIG_ASPECT_SAID;
    if (dmig_inheritance_declares(old, new, column->name))
      aspects |= DMIG_ASPECT_DECLARED;
    if (before == NULL) {
      add(self, DMIG_CHANGE_ADD_COLUMN, old, new)->new_column = column;
    } else if (aspects != 0) {
      DmigChange *change = add(self, DMIG_CHANGE_ALTER_COLUMN, old, new);
      change->aspects = aspects;
      change->old_column = before;
      change->new_column = column;
    }
    if (comment_differs(before != NULL ? before->comment : NULL, column->comment)) {
      DmigChange *change = add(self, DMIG_CHANGE_COMMENT_COLUMN, old, new);
      change->old_column = before;
      change->new_column = column;
    }
    if (before != NULL)
      diff_part_facets(self, DMIG_OBJECT_COLUMN, new, column->name, before->facets, column->facets);
  }
}

/* Pairs up what is on both sides: first what is equal, then what has the same shape under another
 * name. `partner[i]` is the index in `new_items` for the i-th old item, or -1. */
typedef gboolean (*SameFunc)(gconstpointer a, gconstpointer b);

static void
pair_up(GPtrArray *old_items, GPtrArray *new_items, SameFunc same, int *partner, gboolean *taken)
{
  for (guint i = 0; i < old_items->len; i++) {
    if (partner[i] >= 0)
      continue;
    for (guint j = 0; j < new_items->len; j++) {
      if (taken[j] || !same(old_items->pdata[i], new_items->pdata[j]))
        continue;
      partner[i] = (int) j;
      taken[j] = TRUE;
      break;
    }
  }
}

/* Paths of constraints and indexes that the old side has, so that no rename runs into one. */
static GHashTable *
names_in_use(const DmigSchema *schema)
{
  GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = schema->tables->pdata[i];
    g_hash_table_add(names, g_strdup(table->name));
    for (guint j = 0; j < table->constraints->len; j++) {
      DmigConstraint *constraint = table->constraints->pdata[j];
      if (constraint->name != NULL)
        g_hash_table_add(names, dmig_path_sibling(table->name, constraint->name));
    }
    for (guint j = 0; j < table->indexes->len; j++)
      g_hash_table_add(names, dmig_path_sibling(table->name,
                                                ((DmigIndex *) table->indexes->pdata[j])->name));
  }
  return names;
}

static gboolean
is_in_use(GHashTable *in_use, const DmigTable *table, const char *name)
{
  g_autofree char *path = dmig_path_sibling(table->name, name);

  return g_hash_table_contains(in_use, path);
}

static void
drop_constraint(DmigChanges *self, const DmigTable *old, const DmigTable *new,
                const DmigConstraint *constraint)
{
  add(self, DMIG_CHANGE_DROP_CONSTRAINT, old, new)->old_constraint = constraint;
}

static void
add_constraint(DmigChanges *self, const DmigTable *old, const DmigTable *new,
               const DmigConstraint *constraint)
{
  add(self, DMIG_CHANGE_ADD_CONSTRAINT, old, new)->new_constraint = constraint;
}

static void
diff_constraints(DmigChanges *self, const DmigTable *old, const DmigTable *new, GHashTable *in_use)
{
  g_autofree int *partner = g_new(int, old->constraints->len + 1);
  g_autofree gboolean *taken = g_new0(gboolean, new->constraints->len + 1);

  for (guint i = 0; i < old->constraints->len; i++)
    partner[i] = -1;
  pair_up(old->constraints, new->constraints, (SameFunc) dmig_constraint_equal, partner, taken);
  pair_up(old->constraints, new->constraints, (SameFunc) dmig_constraint_same_shape, partner,
          taken);

  for (guint i = 0; i < old->constraints->len; i++) {
    const DmigConstraint *before = old->constraints->pdata[i];
    const DmigConstraint *after = partner[i] >= 0 ? new->constraints->pdata[partner[i]] : NULL;
    if (after == NULL) {
      drop_constraint(self, old, new, before);
    } else if (dmig_constraint_equal(before, after)) {
      diff_part_facets(self, DMIG_OBJECT_CONSTRAINT, new, after->name, before->facets,
                       after->facets);
      if (dmig_inheritance_declares_check(old, new, before, after))
        add_constraint(self, old, new, after);
    } else {
      if (before->name == NULL || after->name == NULL ||
          is_in_use(in_use, new, after->name)) {
        drop_constraint(self, old, new, before);
        add_constraint(self, old, new, after);
      } else {
        DmigChange *change = add(self, DMIG_CHANGE_RENAME_CONSTRAINT, old, new);
        change->old_constraint = before;
        change->new_constraint = after;
        diff_part_facets(self, DMIG_OBJECT_CONSTRAINT, new, after->name, before->facets,
                         after->facets);
      }
    }
  }
  for (guint i = 0; i < new->constraints->len; i++)
    if (!taken[i])
      add_constraint(self, old, new, new->constraints->pdata[i]);
}

/* Whether an index is to stand alone that is a part of another table's, which stays: nothing but making
 * both again parts them. */
static gboolean
leaves_whole(const DmigChanges *self, const DmigIndex *before, const DmigIndex *after)
{
  for (guint i = 0; before->facets != NULL && i < before->facets->len; i++) {
    const DmigFacet *facet = before->facets->pdata[i];
    if (!facet->attaches || facet->needs == NULL ||
        dmig_facets_find(after->facets, facet->name) != NULL)
      continue;
    for (guint j = 0; facet->needs[j] != NULL; j++) {
      g_autofree char *path = dmig_address_path(facet->needs[j]);
      const DmigTable *whole = dmig_schema_table(self->to, path);
      const char *name = dmig_address_detail(facet->needs[j]);
      if (dmig_address_kind(facet->needs[j]) == DMIG_OBJECT_INDEX && whole != NULL &&
          dmig_table_index(whole, name) != NULL && strcmp(name, before->name) != 0)
        return TRUE;
    }
  }
  return FALSE;
}

/* Whether the name is free by the time that indexes are renamed: those that don't go on are dropped
 * before. */
static gboolean
is_free(const char *name, const DmigTable *old, GHashTable *partners, GHashTable *in_use)
{
  for (guint i = 0; i < old->indexes->len; i++) {
    const DmigIndex *index = old->indexes->pdata[i];
    if (strcmp(index->name, name) == 0 && !g_hash_table_contains(partners, index))
      return TRUE;
  }
  return !is_in_use(in_use, old, name);
}

/* The facets of `index` that say nothing of its whole. Owned. */
static GPtrArray *
facets_of_its_own(const DmigIndex *index)
{
  GPtrArray *own = g_ptr_array_new();

  for (guint i = 0; i < index->facets->len; i++)
    if (index->facets->pdata[i] != dmig_index_attachment(index))
      g_ptr_array_add(own, index->facets->pdata[i]);
  return own;
}

/* A part stays one of its whole whatever that is called. */
static void
diff_index_facets(DmigChanges *self, const DmigTable *new, const DmigIndex *before,
                  const DmigIndex *after, GHashTable *partners)
{
  if (!dmig_index_stays_part(self->renamed, self->to, before, after, partners)) {
    diff_part_facets(self, DMIG_OBJECT_INDEX, new, after->name, before->facets, after->facets);
    return;
  }
  g_autoptr(GPtrArray) old_facets = facets_of_its_own(before);
  g_autoptr(GPtrArray) new_facets = facets_of_its_own(after);
  diff_part_facets(self, DMIG_OBJECT_INDEX, new, after->name, old_facets, new_facets);
}

static void
diff_index(DmigChanges *self, const DmigTable *old, const DmigTable *new, const DmigIndex *before,
           GHashTable *partners, GHashTable *in_use)
{
  const DmigIndex *after = g_hash_table_lookup(partners, before);
  gboolean stays = after != NULL && g_str_equal(before->name, after->name);
  gboolean renamed = after != NULL && !stays && is_free(after->name, old, partners, in_use);

  if (stays || renamed)
    diff_index_facets(self, new, before, after, partners);
  if (renamed) {
    DmigChange *change = add(self, DMIG_CHANGE_RENAME_INDEX, old, new);
    change->old_index = before;
    change->new_index = after;
  } else if (!stays || leaves_whole(self, before, after)) {
    add(self, DMIG_CHANGE_DROP_INDEX, old, new)->old_index = before;
    if (after != NULL)
      add(self, DMIG_CHANGE_CREATE_INDEX, old, new)->new_index = after;
  }
}

static gboolean
has_partner(GHashTable *partners, const DmigTable *old, const DmigIndex *after)
{
  for (guint i = 0; i < old->indexes->len; i++)
    if (g_hash_table_lookup(partners, old->indexes->pdata[i]) == after)
      return TRUE;
  return FALSE;
}

static void
diff_indexes(DmigChanges *self, const DmigTable *old, const DmigTable *new, GHashTable *partners,
             GHashTable *in_use)
{
  for (guint i = 0; i < old->indexes->len; i++)
    diff_index(self, old, new, old->indexes->pdata[i], partners, in_use);
  for (guint i = 0; i < new->indexes->len; i++) {
    const DmigIndex *after = new->indexes->pdata[i];
    if (!after->invalid && !has_partner(partners, old, after))
      add(self, DMIG_CHANGE_CREATE_INDEX, old, new)->new_index = after;
  }
}

static void
diff_tables(DmigChanges *self)
{
  g_autoptr(GHashTable) in_use = names_in_use(self->renamed);
  g_autoptr(GHashTable) partners = dmig_index_partners(self->renamed, self->to);

  for (guint i = 0; i < self->renamed->tables->len; i++) {
    const DmigTable *old = self->renamed->tables->pdata[i];
    if (dmig_schema_table(self->to, old->name) == NULL)
      add(self, DMIG_CHANGE_DROP_TABLE, old, NULL);
  }
  for (guint i = 0; i < self->to->tables->len; i++) {
    const DmigTable *new = self->to->tables->pdata[i];
    const DmigTable *old = dmig_schema_table(self->renamed, new->name);
    if (old == NULL) {
      add(self, DMIG_CHANGE_CREATE_TABLE, NULL, new);
      continue;
    }
    if (!dmig_table_same_kind(old, new) || dmig_inheritance_sheds(old, new))
      add(self, DMIG_CHANGE_REBUILD_TABLE, old, new);
    /* First: to revoke a privilege on the whole touches the same on columns. */
    if (old->facets != NULL || new->facets != NULL) {
      g_autofree char *address = dmig_address_new(DMIG_OBJECT_TABLE, new->name, NULL);
      diff_facets(self, address, new, old->facets, new->facets);
    }
    diff_columns(self, old, new);
    diff_constraints(self, old, new, in_use);
    diff_indexes(self, old, new, partners, in_use);
    if (comment_differs(old->comment, new->comment))
      add(self, DMIG_CHANGE_COMMENT_TABLE, old, new);
  }
}

/* Whether some facet goes that only making the object again takes away. */
static gboolean
must_remake(const DmigObject *old, const DmigObject *new)
{
  for (guint i = 0; old->facets != NULL && i < old->facets->len; i++) {
    const DmigFacet *facet = old->facets->pdata[i];
    const DmigFacet *after = dmig_facets_find(new->facets, facet->name);
    if (facet->reset == NULL &&
        (after == NULL || (after->replaces && !dmig_sql_equal(facet->value, after->value))))
      return TRUE;
  }
  return FALSE;
}

static gboolean
stays(const DmigObject *old, const DmigObject *new)
{
  return old != NULL && new != NULL && !must_remake(old, new) &&
         (dmig_object_same_core(old, new) || dmig_object_can_replace(old, new));
}

/* What nobody makes or takes (the schema public): a side that does not mention it sets nothing about it. */
static gboolean
is_always_there(const DmigObject *object)
{
  return g_strcmp0(object->create, "") == 0 && g_strcmp0(object->drop, "") == 0;
}

static void
diff_objects(DmigChanges *self)
{
  for (guint i = 0; i < self->renamed->objects->len; i++) {
    const DmigObject *old = self->renamed->objects->pdata[i];
    g_autofree char *address = dmig_object_address(old);
    if (is_always_there(old) && dmig_schema_object_at(self->to, address) == NULL)
      diff_facets(self, address, NULL, old->facets, NULL);
    else if (!stays(old, dmig_schema_object_at(self->to, address)))
      add(self, DMIG_CHANGE_DROP_OBJECT, NULL, NULL)->old_object = old;
  }
  for (guint i = 0; i < self->to->objects->len; i++) {
    const DmigObject *new = self->to->objects->pdata[i];
    g_autofree char *address = dmig_object_address(new);
    const DmigObject *old = dmig_schema_object_at(self->renamed, address);
    if (old == NULL && is_always_there(new)) {
      diff_facets(self, address, NULL, NULL, new->facets);
      continue;
    }
    if (!stays(old, new)) {
      add(self, DMIG_CHANGE_CREATE_OBJECT, NULL, NULL)->new_object = new;
      continue;
    }
    if (!dmig_object_same_core(old, new)) {
      DmigChange *change = add(self, DMIG_CHANGE_REPLACE_OBJECT, NULL, NULL);
      change->old_object = old;
      change->new_object = new;
    }
    diff_facets(self, address, NULL, old->facets, new->facets);
  }
}

DmigChanges *
dmig_diff(DmigSchema *from, DmigSchema *to, const DmigTransition *transition)
{
  DmigChanges *self = g_new0(DmigChanges, 1);

  self->from = dmig_schema_ref(from);
  self->to = dmig_schema_ref(to);
  self->items = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_change_free);
  self->owned = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_table_free);
  self->owned_items = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_change_free);
  self->owned_objects = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_object_free);
  self->owned_enums = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_enum_free);
  if (to->dialect->has.folded_names) {
    g_autoptr(DmigTransition) renames = dmig_renames_respell(from, to, transition);
    dmig_renames_apply(self, renames);
  } else {
    dmig_renames_apply(self, transition);
  }
  diff_enums(self, transition);
  diff_tables(self);
  diff_objects(self);
  return self;
}

void
dmig_changes_free(DmigChanges *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->items);
  g_ptr_array_unref(self->owned);
  g_ptr_array_unref(self->owned_enums);
  g_ptr_array_unref(self->owned_objects);
  g_ptr_array_unref(self->owned_items);
  dmig_schema_unref(self->from);
  dmig_schema_unref(self->renamed);
  dmig_schema_unref(self->to);
  g_free(self);
}
