#include "core/diff/rename.h"

#include <string.h>

#include "core/base/text.h"
#include "core/diff/rename_order.h"
#include "core/diff/rename_owned.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

char *
dmig_rename_aside(const char *path, const DmigDialect *dialect)
{
  g_autofree char *wide = g_strconcat(DMIG_RENAME_ASIDE, dmig_path_name(path), NULL);
  g_autofree char *fitting = dmig_text_fit_identifier(wide, dialect->max_identifier);

  return dmig_path_sibling(path, fitting);
}

const char *
dmig_rename_original(const char *name)
{
  const char *plain = dmig_path_name(name);

  return g_str_has_prefix(plain, DMIG_RENAME_ASIDE) ? plain + strlen(DMIG_RENAME_ASIDE) : name;
}

static void
set_string(char **slot, char *value)
{
  g_free(*slot);
  *slot = value;
}

static void
rename_in(char **names, const char *from, const char *to)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal(names[i], from))
      set_string(&names[i], g_strdup(to));
}

static void
rename_in_expression(char **sql, const char *from, const char *to)
{
  if (*sql != NULL && dmig_sql_mentions(*sql, from))
    set_string(sql, dmig_sql_replace_identifier(*sql, from, to));
}

/* --- who else has the name in it ------------------------------------------------------------- */

static void
rename_in_facets(GPtrArray *facets, const char *from, const char *to)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    DmigFacet *facet = facets->pdata[i];
    rename_in_expression(&facet->value, from, to);
    rename_in_expression(&facet->set, from, to);
    rename_in_expression(&facet->change, from, to);
    rename_in_expression(&facet->reset, from, to);
  }
}

/* A query goes on under the old names: its columns are still called so, and it calls a renamed table
 * by an alias. It is to be replaced by one that is written with the new ones. */
static gboolean
keeps_names(DmigObjectKind kind)
{
  return kind == DMIG_OBJECT_VIEW || kind == DMIG_OBJECT_MATERIALIZED_VIEW ||
         kind == DMIG_OBJECT_RULE || kind == DMIG_OBJECT_ROUTINE;
}

/* The texts of an object that has the name `from` in it. Where more is replaced than should be, the
 * object is just made again. `reused`: something else will have that name, which the same text would
 * mean then. */
static void
rename_in_object(DmigObject *object, const char *from, const char *to, gboolean reused)
{
  rename_in_expression(&object->drop, from, to);
  if (keeps_names(object->kind)) {
    if (reused && object->core == NULL)
      object->core = g_strdup(object->create);
    if (reused)
      rename_in_expression(&object->core, from, to);
    return;
  }
  rename_in_expression(&object->create, from, to);
  rename_in_expression(&object->core, from, to);
  rename_in_expression(&object->replace, from, to);
  rename_in_facets(object->facets, from, to);
  for (guint i = 0; object->properties != NULL && i < object->properties->len; i++)
    rename_in_expression(&((DmigProperty *) object->properties->pdata[i])->value, from, to);
}

/* `address` with the path `from` made `to`; NULL where it has another. */
static char *
address_under(const char *address, const char *from, const char *to)
{
  g_autofree char *path = dmig_address_path(address);

  return strcmp(path, from) == 0
             ? dmig_address_new(dmig_address_kind(address), to, dmig_address_detail(address))
             : NULL;
}

static void
rename_address(char **address, const char *from, const char *to)
{
  char *renamed = address_under(*address, from, to);

  if (renamed != NULL)
    set_string(address, renamed);
}

static void
rename_relation_in_objects(DmigSchema *schema, const char *from, const char *to, gboolean reused)
{
  for (guint i = 0; i < schema->objects->len; i++) {
    DmigObject *object = schema->objects->pdata[i];
    gboolean part = dmig_object_kind_is_part(object->kind) && strcmp(object->path, from) == 0;
    g_autofree char *drop
        = part ? dmig_rename_usual_drop(schema->dialect, object, to) : NULL;
    rename_in_object(object, from, to, reused);
    if (part)
      set_string(&object->path, g_strdup(to));
    if (drop != NULL)
      set_string(&object->drop, g_steal_pointer(&drop));
    dmig_rename_owner(object, from, to);
  }
  for (guint i = 0; schema->dependencies != NULL && i < schema->dependencies->len; i++) {
    DmigDependency *dependency = schema->dependencies->pdata[i];
    rename_address(&dependency->object, from, to);
    rename_address(&dependency->on, from, to);
  }
  for (guint i = 0; i < schema->tables->len; i++) {
    DmigTable *table = schema->tables->pdata[i];
    for (guint j = 0; table->parents != NULL && table->parents[j] != NULL; j++)
      if (strcmp(table->parents[j], from) == 0)
        set_string(&table->parents[j], g_strdup(to));
    rename_in_facets(table->facets, from, to);
  }
  dmig_schema_forget(schema);
}

static void
rename_column_in_objects(DmigSchema *schema, const char *table, const char *from, const char *to)
{
  g_autofree char *old = dmig_address_new(DMIG_OBJECT_COLUMN, table, from);
  g_autofree char *new = dmig_address_new(DMIG_OBJECT_COLUMN, table, to);

  for (guint i = 0; i < schema->objects->len; i++) {
    DmigObject *object = schema->objects->pdata[i];
    if (object->create != NULL && dmig_sql_mentions(object->create, table))
      rename_in_object(object, from, to, FALSE);
  }
  for (guint i = 0; schema->dependencies != NULL && i < schema->dependencies->len; i++) {
    DmigDependency *dependency = schema->dependencies->pdata[i];
    if (strcmp(dependency->object, old) == 0)
      set_string(&dependency->object, g_strdup(new));
    if (strcmp(dependency->on, old) == 0)
      set_string(&dependency->on, g_strdup(new));
  }
  dmig_rename_owner_column(schema, old, new);
  dmig_schema_forget(schema);
}

/* Whether a relation has this name when all is done. */
static gboolean
is_reused(const DmigChanges *changes, const char *path)
{
  return dmig_schema_table(changes->to, path) != NULL || dmig_schema_view(changes->to, path) != NULL ||
         dmig_schema_object(changes->to, DMIG_OBJECT_MATERIALIZED_VIEW, path, NULL) != NULL ||
         dmig_schema_object(changes->to, DMIG_OBJECT_FOREIGN_TABLE, path, NULL) != NULL;
}

static void
rename_table(DmigChanges *changes, const char *from, const char *to)
{
  DmigTable *table = dmig_schema_table(changes->renamed, from);
  DmigChange *change = dmig_change_new(DMIG_CHANGE_RENAME_TABLE);
  DmigTable *before = dmig_table_copy(table);

  set_string(&table->name, g_strdup(to));
  for (guint i = 0; i < changes->renamed->tables->len; i++) {
    DmigTable *other = changes->renamed->tables->pdata[i];
    for (guint j = 0; j < other->constraints->len; j++) {
      DmigConstraint *constraint = other->constraints->pdata[j];
      if (g_strcmp0(constraint->ref_table, from) == 0)
        set_string(&constraint->ref_table, g_strdup(to));
    }
  }
  rename_relation_in_objects(changes->renamed, from, to, is_reused(changes, from));
  dmig_rename_move_owned(changes->renamed, from, to);
  change->old_table = before;
  change->new_table = dmig_table_copy(table);
  g_ptr_array_add(changes->owned, before);
  g_ptr_array_add(changes->owned, (gpointer) change->new_table);
  g_ptr_array_add(changes->items, change);
}

static void
rename_column_uses(DmigTable *table, const char *from, const char *to)
{
  for (guint i = 0; i < table->columns->len; i++)
    rename_in_expression(&((DmigColumn *) table->columns->pdata[i])->generated_sql, from, to);
  for (guint i = 0; i < table->constraints->len; i++) {
    DmigConstraint *constraint = table->constraints->pdata[i];
    rename_in(constraint->columns, from, to);
    rename_in_expression(&constraint->check_sql, from, to);
    rename_in_expression(&constraint->definition, from, to);
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    DmigIndex *index = table->indexes->pdata[i];
    rename_in(index->include, from, to);
    rename_in_expression(&index->where_sql, from, to);
    rename_in_expression(&index->definition, from, to);
    for (guint j = 0; j < index->elements->len; j++) {
      DmigIndexElement *element = index->elements->pdata[j];
      if (g_strcmp0(element->column, from) == 0)
        set_string(&element->column, g_strdup(to));
      rename_in_expression(&element->expression, from, to);
    }
  }
}

/* Tables below `table` get the new name with it, without a statement of their own. */
static void
rename_inherited(DmigChanges *changes, const DmigTable *table, const char *from, const char *to)
{
  for (guint i = 0; i < changes->renamed->tables->len; i++) {
    DmigTable *child = changes->renamed->tables->pdata[i];
    DmigColumn *column = child->parents != NULL ? dmig_table_column(child, from) : NULL;
    if (column == NULL || !column->inherited || !dmig_strv_contains(child->parents, table->name))
      continue;
    set_string(&column->name, g_strdup(to));
    rename_column_uses(child, from, to);
    rename_column_in_objects(changes->renamed, child->name, from, to);
    rename_inherited(changes, child, from, to);
  }
}

static void
rename_column(DmigChanges *changes, DmigTable *table, const char *from, const char *to)
{
  DmigChange *change = dmig_change_new(DMIG_CHANGE_RENAME_COLUMN);
  DmigColumn *column = dmig_table_column(table, from);
  DmigTable *holder = dmig_table_new(table->name);

  g_ptr_array_add(holder->columns, dmig_column_copy(column));
  set_string(&column->name, g_strdup(to));
  g_ptr_array_add(holder->columns, dmig_column_copy(column));
  g_ptr_array_add(changes->owned, holder);
  change->old_table = table;
  change->new_table = table;
  change->old_column = holder->columns->pdata[0];
  change->new_column = holder->columns->pdata[1];
  g_ptr_array_add(changes->items, change);

  rename_column_uses(table, from, to);
  rename_column_in_objects(changes->renamed, table->name, from, to);
  for (guint i = 0; i < changes->renamed->tables->len; i++) {
    DmigTable *other = changes->renamed->tables->pdata[i];
    for (guint j = 0; j < other->constraints->len; j++) {
      DmigConstraint *constraint = other->constraints->pdata[j];
      if (g_strcmp0(constraint->ref_table, table->name) == 0)
        rename_in(constraint->ref_columns, from, to);
    }
  }
  rename_inherited(changes, table, from, to);
}

static char *
renamed_type(const DmigDialect *dialect, const char *type, const char *from, const char *to)
{
  g_autofree char *old = dmig_sql_identifier(dialect, from);
  g_autofree char *new = dmig_sql_identifier(dialect, to);
  gsize length = strlen(old);

  if (strncmp(type, old, length) != 0 || (type[length] != '\0' && type[length] != '['))
    return NULL;
  return g_strconcat(new, type + length, NULL);
}

static void
rename_enum(DmigChanges *changes, const char *from, const char *to)
{
  DmigEnum *found = dmig_schema_enum(changes->renamed, from);
  DmigChange *change = dmig_change_new(DMIG_CHANGE_RENAME_ENUM);

  change->old_enum = dmig_enum_new(from, (const char *const *) found->labels);
  change->new_enum = dmig_enum_new(to, (const char *const *) found->labels);
  g_ptr_array_add(changes->owned_enums, (gpointer) change->old_enum);
  g_ptr_array_add(changes->owned_enums, (gpointer) change->new_enum);
  g_ptr_array_add(changes->items, change);
  set_string(&found->name, g_strdup(to));
  rename_relation_in_objects(changes->renamed, from, to, FALSE);
  for (guint i = 0; i < changes->renamed->tables->len; i++) {
    DmigTable *table = changes->renamed->tables->pdata[i];
    for (guint j = 0; j < table->columns->len; j++) {
      DmigColumn *column = table->columns->pdata[j];
      char *type = renamed_type(changes->renamed->dialect, column->type, from, to);
      if (type == NULL)
        continue;
      set_string(&column->type, type);
      rename_in_expression(&column->default_sql, from, to);
    }
  }
}

/* Names that are taken while tables are renamed: not those of what goes, which does so before. */
static GPtrArray *
table_names(const DmigSchema *schema, const DmigSchema *to)
{
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < schema->tables->len; i++)
    g_ptr_array_add(names, g_strdup(((DmigTable *) schema->tables->pdata[i])->name));
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    if ((object->kind == DMIG_OBJECT_VIEW || object->kind == DMIG_OBJECT_MATERIALIZED_VIEW ||
         object->kind == DMIG_OBJECT_SEQUENCE || object->kind == DMIG_OBJECT_FOREIGN_TABLE) &&
        dmig_schema_object(to, object->kind, object->path, object->detail) != NULL)
      g_ptr_array_add(names, g_strdup(object->path));
  }
  return names;
}

static GPtrArray *
enum_names(const DmigSchema *schema)
{
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < schema->enums->len; i++)
    g_ptr_array_add(names, g_strdup(((DmigEnum *) schema->enums->pdata[i])->name));
  return names;
}

static GPtrArray *
column_names(const DmigTable *table)
{
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < table->columns->len; i++)
    g_ptr_array_add(names, g_strdup(((DmigColumn *) table->columns->pdata[i])->name));
  return names;
}

static void
apply_table_renames(DmigChanges *changes, const DmigTransition *transition)
{
  g_autoptr(GPtrArray) names = table_names(changes->renamed, changes->to);
  g_autoptr(GPtrArray) ordered =
      dmig_renames_order(changes->renamed->dialect, names, transition->table_renames);

  for (guint i = 0; i < ordered->len; i++) {
    const DmigNamePair *pair = ordered->pdata[i];
    if (dmig_schema_table(changes->renamed, pair->from) != NULL)
      rename_table(changes, pair->from, pair->to);
  }
}

static void
apply_enum_renames(DmigChanges *changes, const DmigTransition *transition)
{
  g_autoptr(GPtrArray) names = enum_names(changes->renamed);
  g_autoptr(GPtrArray) ordered =
      dmig_renames_order(changes->renamed->dialect, names, transition->enum_renames);

  for (guint i = 0; i < ordered->len; i++) {
    const DmigNamePair *pair = ordered->pdata[i];
    rename_enum(changes, pair->from, pair->to);
  }
}

static void
apply_column_renames(DmigChanges *changes, DmigTable *table, const DmigTransition *transition)
{
  g_autoptr(GPtrArray) stated = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_name_pair_free);

  for (guint i = 0; i < transition->column_renames->len; i++) {
    const DmigColumnRename *rename = transition->column_renames->pdata[i];
    const DmigColumn *column = dmig_table_column(table, rename->from);
    if (g_str_equal(rename->table, table->name) && (column == NULL || !column->inherited))
      g_ptr_array_add(stated, dmig_name_pair_new(rename->from, rename->to));
  }
  if (stated->len == 0)
    return;

  g_autoptr(GPtrArray) names = column_names(table);
  g_autoptr(GPtrArray) ordered =
      dmig_renames_order(changes->renamed->dialect, names, stated);

  for (guint i = 0; i < ordered->len; i++) {
    const DmigNamePair *pair = ordered->pdata[i];
    rename_column(changes, table, pair->from, pair->to);
  }
}

void
dmig_renames_apply(DmigChanges *changes, const DmigTransition *transition)
{
  changes->renamed = dmig_schema_copy(changes->from);
  if (transition != NULL) {
    apply_enum_renames(changes, transition);
    apply_table_renames(changes, transition);
    for (guint i = 0; i < changes->renamed->tables->len; i++)
      apply_column_renames(changes, changes->renamed->tables->pdata[i], transition);
  }
  dmig_rename_owned(changes);
}
