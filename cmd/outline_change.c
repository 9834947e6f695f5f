/* One change of a database in a line. */
#include <stdarg.h>
#include <string.h>

#include "cmd/outline_change.h"
#include "core/base/text.h"

/* Longer values are only said to have changed. */
#define LONGEST_VALUE 72

static void
append_column(GString *out, const DmigColumn *column)
{
  g_string_append_printf(out, "%s%s%s", column->name, *column->type != '\0' ? " " : "", column->type);
  if (column->collation != NULL)
    g_string_append_printf(out, " collate %s", column->collation);
  if (column->identity != DMIG_IDENTITY_NONE)
    g_string_append(out, column->identity == DMIG_IDENTITY_ALWAYS ? " identity always"
                                                                  : " identity");
  else if (column->not_null)
    g_string_append(out, " not null");
  if (column->identity_options != NULL)
    g_string_append_printf(out, " (%s)", column->identity_options);
  if (column->default_sql != NULL)
    g_string_append_printf(out, " default %s", column->default_sql);
  if (column->generated != DMIG_GENERATED_NONE)
    g_string_append_printf(out, " generated as (%s)", column->generated_sql);
}

static void
append_constraint(GString *out, const DmigConstraint *constraint)
{
  static const char *const nouns[] = {
    [DMIG_CONSTRAINT_PRIMARY_KEY] = "primary key", [DMIG_CONSTRAINT_UNIQUE] = "unique",
    [DMIG_CONSTRAINT_CHECK] = "check",             [DMIG_CONSTRAINT_FOREIGN_KEY] = "foreign key",
    [DMIG_CONSTRAINT_EXCLUSION] = "exclude",
  };
  if (constraint->definition != NULL) {
    g_string_append_printf(out, "constraint %s %s",
                           constraint->name != NULL ? constraint->name : "",
                           constraint->definition);
    return;
  }
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
  if (constraint->deferrable != DMIG_NOT_DEFERRABLE)
    g_string_append(out, constraint->deferrable == DMIG_DEFERRABLE ? ", deferrable" : ", deferred");
}

static void
append_index(GString *out, const DmigIndex *index)
{
  g_string_append_printf(out, "%sindex %s ", index->unique ? "unique " : "", index->name);
  if (index->definition != NULL) {
    g_string_append(out, index->definition);
    return;
  }
  if (index->method != NULL)
    g_string_append_printf(out, "using %s ", index->method);
  g_string_append_c(out, '(');
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = g_ptr_array_index(index->elements, i);
    g_string_append_printf(out, "%s%s%s%s%s", i > 0 ? ", " : "",
                           element->column != NULL ? element->column : element->expression,
                           element->operator_class != NULL ? " " : "",
                           element->operator_class != NULL ? element->operator_class : "",
                           element->descending ? " desc" : "");
  }
  g_string_append_c(out, ')');
  if (index->include != NULL && index->include[0] != NULL) {
    g_autofree char *include = g_strjoinv(", ", index->include);
    g_string_append_printf(out, " include (%s)", include);
  }
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
  if (change->aspects & DMIG_ASPECT_SAID)
    append_aspect(out, becomes->unsaid ? "no longer says not null" : "says not null");
  if ((change->aspects & DMIG_ASPECT_DEFAULT) && becomes->default_sql != NULL)
    append_aspect(out, "default %s", becomes->default_sql);
  else if (change->aspects & DMIG_ASPECT_DEFAULT)
    append_aspect(out, "no default");
  if (change->aspects & DMIG_ASPECT_IDENTITY)
    append_aspect(out, "%s%s%s%s",
                  becomes->identity == DMIG_IDENTITY_NONE     ? "no identity"
                  : becomes->identity == DMIG_IDENTITY_ALWAYS ? "identity always"
                                                              : "identity",
                  becomes->identity_options != NULL ? " (" : "",
                  becomes->identity_options != NULL ? becomes->identity_options : "",
                  becomes->identity_options != NULL ? ")" : "");
  if ((change->aspects & DMIG_ASPECT_GENERATED) && becomes->generated_sql != NULL)
    append_aspect(out, "generated as (%s)", becomes->generated_sql);
  else if (change->aspects & DMIG_ASPECT_GENERATED)
    append_aspect(out, "no longer generated");
  if (change->aspects & DMIG_ASPECT_COLLATION)
    append_aspect(out, "collation %s", becomes->collation != NULL ? becomes->collation : "default");
  if (change->aspects & DMIG_ASPECT_DECLARED)
    append_aspect(out, "not only inherited");
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

static gboolean
is_short(const char *value)
{
  return strchr(value, '\n') == NULL && g_utf8_strlen(value, -1) <= LONGEST_VALUE;
}

/* "owner: anna becomes bert", "grant to reader: SELECT", "name: statistics: 100". */
static void
append_facet(GString *out, const DmigChange *change)
{
  const DmigFacet *is = change->old_facet, *becomes = change->new_facet;
  const char *detail = dmig_address_detail(change->address);
  gboolean column = dmig_address_kind(change->address) == DMIG_OBJECT_COLUMN;
  gboolean part = dmig_object_kind_is_part(dmig_address_kind(change->address));
  const DmigFacet *facet = becomes != NULL ? becomes : is;
  gboolean turns = is != NULL && becomes != NULL;
  if (part && detail != NULL)
    g_string_append_printf(out, "%s%s%s: ",
                           column ? "" : dmig_object_kind_name(dmig_address_kind(change->address)),
                           column ? "" : " ", detail);
  if (strcmp(facet->name, "comment") == 0)
    g_string_append(out, "description");
  else if (!is_short(facet->value) || (turns && !is_short(is->value)))
    g_string_append(out, facet->name);
  else if (turns)
    g_string_append_printf(out, "%s: %s becomes %s", facet->name, is->value, becomes->value);
  else
    g_string_append_printf(out, "%s: %s", facet->name, facet->value);
}

static void
append_kept(GString *out, const char *word, const char *is, const char *becomes)
{
  if (g_strcmp0(is, becomes) == 0)
    return;
  if (becomes == NULL)
    append_aspect(out, "no %s", word);
  else
    append_aspect(out, "%s %s", word, becomes);
}

/* Columns that the table says itself, and is to have of its parents alone. */
static void
append_shed(GString *out, const DmigTable *is, const DmigTable *becomes)
{
  for (guint i = 0; i < becomes->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(becomes->columns, i);
    const DmigColumn *before = dmig_table_column(is, column->name);
    if (before != NULL && column->inherited && !column->declared
        && (!before->inherited || before->declared))
      append_aspect(out, "%s only inherited", column->name);
  }
}

/* What no ALTER TABLE changes. */
static void
append_rebuild(GString *out, const DmigTable *is, const DmigTable *becomes)
{
  g_autofree char *parents_is = is->parents != NULL ? g_strjoinv(", ", is->parents) : NULL;
  g_autofree char *parents = becomes->parents != NULL ? g_strjoinv(", ", becomes->parents) : NULL;
  append_kept(out, "partition by", is->partition_by, becomes->partition_by);
  append_kept(out, "parent", parents_is, parents);
  append_kept(out, "made with", is->tail, becomes->tail);
  if (is->without_rowid != becomes->without_rowid)
    append_aspect(out, becomes->without_rowid ? "without rowid" : "with rowid");
  if (is->strict != becomes->strict)
    append_aspect(out, becomes->strict ? "strict" : "not strict");
  if (is->columns != NULL)
    append_shed(out, is, becomes);
  if (out->len == 0)
    g_string_append(out, "made anew");
}

static void
append_change(GString *out, const DmigChange *change)
{
  const DmigColumn *column = change->new_column != NULL ? change->new_column : change->old_column;
  const DmigConstraint *constraint
      = change->new_constraint != NULL ? change->new_constraint : change->old_constraint;
  const DmigIndex *index = change->new_index != NULL ? change->new_index : change->old_index;
  switch (change->kind) {
  case DMIG_CHANGE_RENAME_COLUMN:
    g_string_append_printf(out, "%s becomes %s", change->old_column->name, column->name);
    break;
  case DMIG_CHANGE_RENAME_INDEX:
    g_string_append_printf(out, "index %s becomes %s", change->old_index->name, index->name);
    break;
  case DMIG_CHANGE_RENAME_CONSTRAINT:
    g_string_append_printf(out, "constraint %s becomes %s", change->old_constraint->name,
                           constraint->name);
    break;
  case DMIG_CHANGE_RENAME_OBJECT:
    g_string_append_printf(out, "was %s", change->old_object->path);
    break;
  case DMIG_CHANGE_ALTER_COLUMN:
    append_alteration(out, change);
    break;
  case DMIG_CHANGE_ALTER_ENUM:
    append_labels(out, change->old_enum, change->new_enum);
    break;
  case DMIG_CHANGE_COMMENT_COLUMN:
    g_string_append_printf(out, "%s: description", column->name);
    break;
  case DMIG_CHANGE_COMMENT_TABLE:
  case DMIG_CHANGE_COMMENT_ENUM:
    g_string_append(out, "description");
    break;
  case DMIG_CHANGE_ADD_COLUMN:
  case DMIG_CHANGE_DROP_COLUMN:
    append_column(out, column);
    break;
  case DMIG_CHANGE_ADD_CONSTRAINT:
  case DMIG_CHANGE_DROP_CONSTRAINT:
    append_constraint(out, constraint);
    break;
  case DMIG_CHANGE_CREATE_INDEX:
  case DMIG_CHANGE_DROP_INDEX:
    append_index(out, index);
    break;
  case DMIG_CHANGE_SET_FACET:
  case DMIG_CHANGE_RESET_FACET:
    append_facet(out, change);
    break;
  case DMIG_CHANGE_REBUILD_TABLE:
    append_rebuild(out, change->old_table, change->new_table);
    break;
  case DMIG_CHANGE_CREATE_ENUM:
  case DMIG_CHANGE_DROP_ENUM:
  case DMIG_CHANGE_RENAME_ENUM:
  case DMIG_CHANGE_CREATE_TABLE:
  case DMIG_CHANGE_DROP_TABLE:
  case DMIG_CHANGE_RENAME_TABLE:
  case DMIG_CHANGE_CREATE_OBJECT:
  case DMIG_CHANGE_DROP_OBJECT:
  case DMIG_CHANGE_REPLACE_OBJECT:
  case DMIG_CHANGE_COPY_ROWS:
    break;
  }
}

static char *
readable(GString *text)
{
  if (text->len == 0)
    return NULL;
  return dmig_path_text(text->str);
}

char *
dmig_outline_change_text(const DmigChange *change)
{
  g_autoptr(GString) out = g_string_new(NULL);
  append_change(out, change);
  return readable(out);
}

/* --- whole objects ----------------------------------------------------------------------------- */

static void
add_line(DmigOutlineItem *item, char sign, GString *text)
{
  g_autofree char *line = readable(text);
  if (line != NULL)
    dmig_outline_line(item, sign, "%s", line);
}

static void
add_facets(DmigOutlineItem *item, const GPtrArray *facets)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const DmigFacet *facet = g_ptr_array_index(facets, i);
    g_autoptr(GString) text = g_string_new(facet->name);
    if (is_short(facet->value))
      g_string_append_printf(text, ": %s", facet->value);
    if (strcmp(facet->name, "comment") != 0)
      add_line(item, '+', text);
  }
}

void
dmig_outline_new_table(DmigOutlineItem *item, const DmigTable *table)
{
  static const DmigTable plain;
  for (guint i = 0; i < table->columns->len; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    append_column(text, g_ptr_array_index(table->columns, i));
    add_line(item, '+', text);
  }
  for (guint i = 0; i < table->constraints->len; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    append_constraint(text, g_ptr_array_index(table->constraints, i));
    add_line(item, '+', text);
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    append_index(text, g_ptr_array_index(table->indexes, i));
    add_line(item, '+', text);
  }
  if (!dmig_table_same_kind(&plain, table) || table->parents != NULL) {
    g_autoptr(GString) text = g_string_new(NULL);
    append_rebuild(text, &plain, table);
    add_line(item, '+', text);
  }
  add_facets(item, table->facets);
}

char *
dmig_outline_object_name(DmigObjectKind kind, const char *path, const char *detail)
{
  g_autofree char *name = dmig_path_text(path);
  if (detail == NULL)
    return g_steal_pointer(&name);
  g_autofree char *shown = dmig_path_text(detail);
  if (kind == DMIG_OBJECT_ROUTINE)
    return g_strdup_printf("%s(%s)", name, shown);
  if (kind == DMIG_OBJECT_OPERATOR)
    return g_strdup_printf("%s %s", name, shown);
  if (dmig_object_kind_is_part(kind))
    return g_steal_pointer(&shown);
  return g_strdup_printf("%s for %s", name, shown);
}

const char *
dmig_outline_object_noun(const DmigObject *object)
{
  const char *kind
      = object->kind == DMIG_OBJECT_ROUTINE ? dmig_object_property(object, "kind") : NULL;
  return g_intern_string(kind != NULL ? kind : dmig_object_kind_name(object->kind));
}

static void
compare_property(GPtrArray *out, const char *name, const char *is, const char *becomes)
{
  if (g_strcmp0(is, becomes) == 0)
    return;
  GString *text = g_string_new(NULL);
  if (becomes == NULL)
    g_string_append_printf(text, "no %s", name);
  else if (!is_short(becomes) || (is != NULL && !is_short(is)))
    g_string_append(text, name);
  else if (is == NULL)
    g_string_append_printf(text, "%s: %s", name, becomes);
  else
    g_string_append_printf(text, "%s: %s becomes %s", name, is, becomes);
  g_autoptr(GString) owned = text;
  g_ptr_array_add(out, readable(owned));
}

GPtrArray *
dmig_outline_object_differences(const DmigObject *is, const DmigObject *becomes)
{
  GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; becomes->properties != NULL && i < becomes->properties->len; i++) {
    const DmigProperty *property = g_ptr_array_index(becomes->properties, i);
    compare_property(out, property->name, dmig_object_property(is, property->name),
                     property->value);
  }
  for (guint i = 0; is->properties != NULL && i < is->properties->len; i++) {
    const DmigProperty *property = g_ptr_array_index(is->properties, i);
    if (dmig_object_property(becomes, property->name) == NULL)
      compare_property(out, property->name, property->value, NULL);
  }
  if (out->len == 0)
    g_ptr_array_add(out, g_strdup("definition"));
  return out;
}
