/* Changes of a database, by object. */
#include "cmd/outline_change.h"

#include <string.h>

/* How each kind is marked: + comes, - goes, ~ becomes, > is renamed. */
static const char signs[] = {
  [DMIG_CHANGE_CREATE_ENUM] = '+',       [DMIG_CHANGE_DROP_ENUM] = '-',
  [DMIG_CHANGE_RENAME_ENUM] = '>',       [DMIG_CHANGE_ALTER_ENUM] = '~',
  [DMIG_CHANGE_COMMENT_ENUM] = '~',      [DMIG_CHANGE_CREATE_TABLE] = '+',
  [DMIG_CHANGE_DROP_TABLE] = '-',        [DMIG_CHANGE_RENAME_TABLE] = '>',
  [DMIG_CHANGE_COMMENT_TABLE] = '~',     [DMIG_CHANGE_ADD_COLUMN] = '+',
  [DMIG_CHANGE_DROP_COLUMN] = '-',       [DMIG_CHANGE_RENAME_COLUMN] = '>',
  [DMIG_CHANGE_ALTER_COLUMN] = '~',      [DMIG_CHANGE_COMMENT_COLUMN] = '~',
  [DMIG_CHANGE_ADD_CONSTRAINT] = '+',    [DMIG_CHANGE_DROP_CONSTRAINT] = '-',
  [DMIG_CHANGE_RENAME_CONSTRAINT] = '>', [DMIG_CHANGE_CREATE_INDEX] = '+',
  [DMIG_CHANGE_DROP_INDEX] = '-',        [DMIG_CHANGE_RENAME_INDEX] = '>',
  [DMIG_CHANGE_REBUILD_TABLE] = '~',     [DMIG_CHANGE_CREATE_OBJECT] = '+',
  [DMIG_CHANGE_DROP_OBJECT] = '-',       [DMIG_CHANGE_REPLACE_OBJECT] = '~',
  [DMIG_CHANGE_SET_FACET] = '~',         [DMIG_CHANGE_RESET_FACET] = '-',
  [DMIG_CHANGE_COPY_ROWS] = '~',         [DMIG_CHANGE_RENAME_OBJECT] = '>',
};

typedef struct {
  DmigOutline *outline;
  const DmigChanges *changes;
  GHashTable *items;   /* address -> DmigOutlineItem*, borrowed */
  GHashTable *dropped; /* address -> const DmigObject* that a DROP_OBJECT takes */
  GHashTable *created; /* … and that a CREATE_OBJECT makes */
} Builder;

/* --- whose change it is -------------------------------------------------------------------------
 */

static gboolean
has_object(const DmigSchema *schema, DmigObjectKind kind, const char *path)
{
  return dmig_schema_object(schema, kind, path, NULL) != NULL;
}

/* The relation that a part belongs to, as an address: not only tables have parts. Owned. */
static char *
whole_of(const Builder *self, const char *path)
{
  static const DmigObjectKind kinds[]
      = { DMIG_OBJECT_VIEW, DMIG_OBJECT_MATERIALIZED_VIEW, DMIG_OBJECT_FOREIGN_TABLE,
          DMIG_OBJECT_VIRTUAL_TABLE };
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (has_object(self->changes->to, kinds[i], path)
        || has_object(self->changes->renamed, kinds[i], path))
      return dmig_address_new(kinds[i], path, NULL);
  return dmig_address_new(DMIG_OBJECT_TABLE, path, NULL);
}

static char *
whole_of_object(const Builder *self, const DmigObject *object)
{
  return dmig_object_kind_is_part(object->kind) ? whole_of(self, object->path)
                                                : dmig_object_address(object);
}

/* The object that an item is made for. Owned. */
static char *
address_of(const Builder *self, const DmigChange *change)
{
  const DmigObject *object = change->new_object != NULL ? change->new_object : change->old_object;
  if (object != NULL)
    return whole_of_object(self, object);
  if (change->address != NULL && dmig_object_kind_is_part(dmig_address_kind(change->address))) {
    g_autofree char *path = dmig_address_path(change->address);
    return whole_of(self, path);
  }
  if (change->address != NULL)
    return g_strdup(change->address);
  gboolean is_enum = change->old_enum != NULL || change->new_enum != NULL;
  return dmig_address_new(is_enum ? DMIG_OBJECT_ENUM : DMIG_OBJECT_TABLE,
                          dmig_change_object(change), NULL);
}

static const char *
noun_at(const Builder *self, const char *address)
{
  const DmigObject *object = dmig_schema_object_at(self->changes->to, address);
  if (object == NULL)
    object = dmig_schema_object_at(self->changes->renamed, address);
  return object != NULL ? dmig_outline_object_noun(object)
                        : dmig_object_kind_name(dmig_address_kind(address));
}

static DmigOutlineItem *
item_for(Builder *self, const DmigChange *change)
{
  char *address = address_of(self, change);
  DmigOutlineItem *item = g_hash_table_lookup(self->items, address);
  if (item != NULL) {
    g_free(address);
    return item;
  }
  g_autofree char *path = dmig_address_path(address);
  g_autofree char *name = dmig_outline_object_name(dmig_address_kind(address), path,
                                                   dmig_address_detail(address));
  item = dmig_outline_add(self->outline, noun_at(self, address), name, path);
  g_hash_table_insert(self->items, address, item);
  return item;
}

/* --- objects with SQL of their own ---------------------------------------------------------------
 */

static void
collect_objects(Builder *self)
{
  for (guint i = 0; i < self->changes->items->len; i++) {
    const DmigChange *change = g_ptr_array_index(self->changes->items, i);
    if (change->kind == DMIG_CHANGE_DROP_OBJECT)
      g_hash_table_insert(self->dropped, dmig_object_address(change->old_object),
                          (gpointer)change->old_object);
    else if (change->kind == DMIG_CHANGE_CREATE_OBJECT)
      g_hash_table_insert(self->created, dmig_object_address(change->new_object),
                          (gpointer)change->new_object);
  }
}

/* "trigger log", "policy own rows: using". */
static void
add_part(DmigOutlineItem *item, char sign, const DmigObject *object, GPtrArray *differences)
{
  g_autofree char *name = dmig_outline_object_name(object->kind, object->path, object->detail);
  g_autofree char *texts = NULL;
  if (differences != NULL) {
    g_ptr_array_add(differences, NULL);
    texts = g_strjoinv(", ", (char **) differences->pdata);
  }
  dmig_outline_line(item, sign, "%s %s%s%s", dmig_outline_object_noun(object), name,
                    texts != NULL ? ": " : "", texts != NULL ? texts : "");
}

static void
add_becoming(DmigOutlineItem *item, const DmigObject *is, const DmigObject *becomes)
{
  g_autoptr(GPtrArray) differences = dmig_outline_object_differences(is, becomes);
  if (dmig_object_kind_is_part(becomes->kind)) {
    add_part(item, '~', becomes, differences);
    return;
  }
  item->sign = '~';
  for (guint i = 0; i < differences->len; i++)
    dmig_outline_line(item, '~', "%s", (const char *) g_ptr_array_index(differences, i));
}

/* What is dropped and made again has changed; that is told once. */
static void
add_object(Builder *self, DmigOutlineItem *item, const DmigChange *change)
{
  gboolean creates = change->kind == DMIG_CHANGE_CREATE_OBJECT;
  if (change->kind == DMIG_CHANGE_REPLACE_OBJECT) {
    add_becoming(item, change->old_object, change->new_object);
    return;
  }
  const DmigObject *object = creates ? change->new_object : change->old_object;
  g_autofree char *address = dmig_object_address(object);
  const DmigObject *other = g_hash_table_lookup(creates ? self->dropped : self->created, address);
  if (other != NULL && creates)
    add_becoming(item, other, object);
  else if (other == NULL && dmig_object_kind_is_part(object->kind))
    add_part(item, signs[change->kind], object, NULL);
  else if (other == NULL)
    item->sign = signs[change->kind];
}

/* --- all of them --------------------------------------------------------------------------------
 */

/* The whole table or enum comes, goes, or is renamed. */
static void
add_whole(DmigOutlineItem *item, const DmigChange *change)
{
  const char *was = change->old_table != NULL  ? change->old_table->name
                    : change->old_enum != NULL ? change->old_enum->name
                                               : NULL;
  item->sign = item->sign != 0 ? '~' : signs[change->kind];
  if (item->sign == '>' && was != NULL) {
    g_autofree char *name = dmig_path_text(was);
    dmig_outline_item_was(item, name);
  }
  if (change->kind == DMIG_CHANGE_CREATE_TABLE)
    dmig_outline_new_table(item, change->new_table);
  if (change->kind == DMIG_CHANGE_DROP_TABLE)
    item->size = change->old_table->columns->len;
}

static char
sign_of(const DmigChange *change)
{
  if (change->kind == DMIG_CHANGE_SET_FACET && change->old_facet == NULL)
    return '+';
  return signs[change->kind];
}

static void
add_change(Builder *self, const DmigChange *change)
{
  if (change->kind == DMIG_CHANGE_COPY_ROWS)
    return;
  DmigOutlineItem *item = item_for(self, change);
  if (change->new_object != NULL || change->old_object != NULL) {
    add_object(self, item, change);
    return;
  }
  g_autofree char *text = dmig_outline_change_text(change);
  if (text == NULL)
    add_whole(item, change);
  else
    dmig_outline_line(item, sign_of(change), "%s", text);
}

DmigOutline *
dmig_outline_of_schemas(const DmigChanges *changes)
{
  Builder self = { .outline = dmig_outline_new(), .changes = changes };
  self.items = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self.dropped = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self.created = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  collect_objects(&self);
  for (guint i = 0; i < changes->items->len; i++)
    add_change(&self, g_ptr_array_index(changes->items, i));
  g_hash_table_unref(self.items);
  g_hash_table_unref(self.dropped);
  g_hash_table_unref(self.created);
  dmig_outline_finish(self.outline);
  return self.outline;
}

void
dmig_outline_name_entities(DmigOutline *self, const DmigSnapshot *snapshot)
{
  for (guint i = 0; i < self->items->len; i++) {
    DmigOutlineItem *item = g_ptr_array_index(self->items, i);
    const char *entity
        = strcmp(item->noun, "table") == 0 ? dmig_snapshot_entity(snapshot, item->object) : NULL;
    if (entity == NULL)
      continue;
    item->noun = "";
    g_autofree char *table = g_steal_pointer(&item->name);
    item->name = g_strdup_printf("%s (table %s)", entity, table);
  }
}
