#include <stdarg.h>
#include <string.h>

#include "cmd/outline.h"
#include "core/base/text.h"

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
  [DMIG_CHANGE_CREATE_OBJECT] = '+',     [DMIG_CHANGE_DROP_OBJECT] = '-',
  [DMIG_CHANGE_REPLACE_OBJECT] = '~',    [DMIG_CHANGE_SET_FACET] = '~',
  [DMIG_CHANGE_RESET_FACET] = '~',       [DMIG_CHANGE_REBUILD_TABLE] = '~',
  [DMIG_CHANGE_COPY_ROWS] = '~',
};

/* --- one change in a line -----------------------------------------------------------------------
 */

static void
append_column(GString *out, const DmigColumn *column)
{
  g_string_append_printf(out, "%s %s", column->name, column->type);
  if (column->identity != DMIG_IDENTITY_NONE)
    g_string_append(out, " identity");
  else if (column->not_null)
    g_string_append(out, " not null");
  if (column->default_sql != NULL)
    g_string_append_printf(out, " default %s", column->default_sql);
  if (column->generated != DMIG_GENERATED_NONE)
    g_string_append_printf(out, " generated as (%s)", column->generated_sql);
}

static void
append_constraint(GString *out, const DmigConstraint *constraint)
{
  static const char *const nouns[] = {
    [DMIG_CONSTRAINT_PRIMARY_KEY] = "primary key",
    [DMIG_CONSTRAINT_UNIQUE] = "unique",
    [DMIG_CONSTRAINT_CHECK] = "check",
    [DMIG_CONSTRAINT_FOREIGN_KEY] = "foreign key",
  };
  g_autofree char *columns
      = constraint->columns != NULL ? g_strjoinv(", ", constraint->columns) : g_strdup("");
  const char *inside = constraint->kind == DMIG_CONSTRAINT_CHECK ? constraint->check_sql : columns;
  g_string_append_printf(out, "%s (%s)", nouns[constraint->kind], inside);
  if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY) {
    g_string_append_printf(out, " to %s", constraint->ref_table);
    if (constraint->on_delete != DMIG_ACTION_NO_ACTION)
      g_string_append_printf(out, ", on delete %s", dmig_action_sql(constraint->on_delete));
    if (constraint->on_update != DMIG_ACTION_NO_ACTION)
      g_string_append_printf(out, ", on update %s", dmig_action_sql(constraint->on_update));
  }
}

static void
append_index(GString *out, const DmigIndex *index)
{
  g_string_append_printf(out, "%sindex %s (", index->unique ? "unique " : "", index->name);
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = g_ptr_array_index(index->elements, i);
    g_string_append_printf(out, "%s%s%s", i > 0 ? ", " : "",
                           element->column != NULL ? element->column : element->expression,
                           element->descending ? " desc" : "");
  }
  g_string_append_c(out, ')');
  if (index->where_sql != NULL)
    g_string_append_printf(out, " where %s", index->where_sql);
}

static void append_aspect(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
append_aspect(GString *out, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_string_append(out, out->len > 0 && out->str[out->len - 1] != ' ' ? ", " : "");
  g_string_append_vprintf(out, format, arguments);
  va_end(arguments);
}

static void
append_alteration(GString *out, const DmigChange *change)
{
  const DmigColumn *is = change->old_column, *becomes = change->new_column;
  g_string_append_printf(out, "%s: ", becomes->name);
  if (change->aspects & DMIG_ASPECT_TYPE)
    append_aspect(out, "%s becomes %s", is->type, becomes->type);
  if (change->aspects & DMIG_ASPECT_NOT_NULL)
    append_aspect(out, becomes->not_null ? "not null" : "may be null");
  if ((change->aspects & DMIG_ASPECT_DEFAULT) && becomes->default_sql != NULL)
    append_aspect(out, "default %s", becomes->default_sql);
  else if (change->aspects & DMIG_ASPECT_DEFAULT)
    append_aspect(out, "no default");
  if (change->aspects & DMIG_ASPECT_IDENTITY)
    append_aspect(out, becomes->identity != DMIG_IDENTITY_NONE ? "identity" : "no identity");
  if ((change->aspects & DMIG_ASPECT_GENERATED) && becomes->generated_sql != NULL)
    append_aspect(out, "generated as (%s)", becomes->generated_sql);
  else if (change->aspects & DMIG_ASPECT_GENERATED)
    append_aspect(out, "no longer generated");
  if (change->aspects & DMIG_ASPECT_COLLATION)
    append_aspect(out, "collation %s", becomes->collation != NULL ? becomes->collation : "default");
}

static void
append_labels(GString *out, const DmigEnum *is, const DmigEnum *becomes)
{
  g_string_append(out, "labels: ");
  for (guint i = 0; becomes->labels[i] != NULL; i++)
    if (!dmig_strv_contains(is->labels, becomes->labels[i]))
      append_aspect(out, "+ %s", becomes->labels[i]);
  for (guint i = 0; is->labels[i] != NULL; i++)
    if (!dmig_strv_contains(becomes->labels, is->labels[i]))
      append_aspect(out, "- %s", is->labels[i]);
  if (out->str[out->len - 1] == ' ')
    g_string_append(out, "in another order");
}

/* What changes within a table, view or enum; NULL where the change is the whole object. Owned. */
static char *
describe(const DmigChange *change)
{
  g_autoptr(GString) out = g_string_new(NULL);
  const DmigColumn *column = change->new_column != NULL ? change->new_column : change->old_column;
  const DmigConstraint *constraint
      = change->new_constraint != NULL ? change->new_constraint : change->old_constraint;
  const DmigIndex *index = change->new_index != NULL ? change->new_index : change->old_index;

  if (change->kind == DMIG_CHANGE_RENAME_COLUMN)
    g_string_append_printf(out, "%s becomes %s", change->old_column->name,
                           change->new_column->name);
  else if (change->kind == DMIG_CHANGE_RENAME_INDEX)
    g_string_append_printf(out, "index %s becomes %s", change->old_index->name, index->name);
  else if (change->kind == DMIG_CHANGE_RENAME_CONSTRAINT)
    g_string_append_printf(out, "constraint %s becomes %s", change->old_constraint->name,
                           constraint->name);
  else if (change->kind == DMIG_CHANGE_ALTER_COLUMN)
    append_alteration(out, change);
  else if (change->kind == DMIG_CHANGE_ALTER_ENUM)
    append_labels(out, change->old_enum, change->new_enum);
  else if (change->kind == DMIG_CHANGE_COMMENT_COLUMN)
    g_string_append_printf(out, "%s: description", column->name);
  else if (change->kind == DMIG_CHANGE_COMMENT_TABLE || change->kind == DMIG_CHANGE_COMMENT_ENUM)
    g_string_append(out, "description");
  else if (column != NULL)
    append_column(out, column);
  else if (constraint != NULL)
    append_constraint(out, constraint);
  else if (index != NULL)
    append_index(out, index);
  else
    return NULL;
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* --- by object -----------------------------------------------------------------------------------
 */

static void
add_new_table(DmigOutlineItem *item, const DmigTable *table)
{
  for (guint i = 0; i < table->columns->len; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    append_column(text, g_ptr_array_index(table->columns, i));
    dmig_outline_line(item, '+', "%s", text->str);
  }
  for (guint i = 0; i < table->constraints->len; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    append_constraint(text, g_ptr_array_index(table->constraints, i));
    dmig_outline_line(item, '+', "%s", text->str);
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    append_index(text, g_ptr_array_index(table->indexes, i));
    dmig_outline_line(item, '+', "%s", text->str);
  }
}

static const char *
noun_of(const DmigChange *change)
{
  if (change->old_enum != NULL || change->new_enum != NULL)
    return "enum";
  const DmigObject *object = change->new_object != NULL ? change->new_object : change->old_object;
  if (object != NULL)
    return dmig_object_kind_name(object->kind);
  return change->address != NULL ? dmig_object_kind_name(dmig_address_kind(change->address))
                                 : "table";
}

static DmigOutlineItem *
item_for(DmigOutline *outline, const char *noun, const char *object)
{
  for (guint i = 0; i < outline->items->len; i++) {
    DmigOutlineItem *item = g_ptr_array_index(outline->items, i);
    if (item->noun == noun && strcmp(item->name, object) == 0)
      return item;
  }
  return dmig_outline_add(outline, noun, object, object);
}

/* The whole object comes, goes, or is renamed. */
static void
add_whole(DmigOutlineItem *item, const DmigChange *change)
{
  const char *was = change->old_table != NULL  ? change->old_table->name
                    : change->old_enum != NULL ? change->old_enum->name
                                               : NULL;
  /* A view is dropped and made again when it changes. */
  item->sign = item->sign != 0 ? '~' : signs[change->kind];
  if (item->sign == '>' && was != NULL)
    dmig_outline_item_was(item, was);
  if (change->kind == DMIG_CHANGE_CREATE_TABLE)
    add_new_table(item, change->new_table);
  if (change->kind == DMIG_CHANGE_DROP_TABLE)
    item->size = change->old_table->columns->len;
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
    g_free(item->name);
    item->name = g_strdup_printf("%s (table %s)", entity, item->object);
  }
}

DmigOutline *
dmig_outline_of_schemas(const DmigChanges *changes)
{
  DmigOutline *self = dmig_outline_new();
  for (guint i = 0; i < changes->items->len; i++) {
    const DmigChange *change = g_ptr_array_index(changes->items, i);
    DmigOutlineItem *item = item_for(self, noun_of(change), dmig_change_object(change));
    g_autofree char *text = describe(change);
    if (text == NULL)
      add_whole(item, change);
    else
      dmig_outline_line(item, signs[change->kind], "%s", text);
  }
  dmig_outline_finish(self);
  return self;
}
