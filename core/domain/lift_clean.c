/* Texts that YAML can't hold. Drivers leave them out; whoever else builds a schema may not know. */
#include "core/domain/lifting.h"

static gboolean
is_clean(const char *text)
{
  return text == NULL || g_utf8_validate(text, -1, NULL);
}

static gboolean
is_clean_path(const char *path)
{
  g_autofree char *schema = path != NULL ? dmig_path_schema(path) : NULL;
  return path == NULL || (is_clean(schema) && is_clean(dmig_path_name(path)));
}

static gboolean
are_clean(char *const *texts)
{
  for (; texts != NULL && *texts != NULL; texts++)
    if (!is_clean(*texts))
      return FALSE;
  return TRUE;
}

static gboolean
are_clean_facets(const GPtrArray *facets)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const DmigFacet *facet = facets->pdata[i];
    if (!is_clean(facet->name) || !is_clean(facet->value) || !is_clean(facet->set))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_clean_column(const DmigColumn *column)
{
  return is_clean(column->name) && is_clean(column->type) && is_clean(column->default_sql)
         && is_clean(column->generated_sql) && is_clean_path(column->collation)
         && is_clean(column->comment) && is_clean(column->identity_options)
         && are_clean_facets(column->facets);
}

static gboolean
is_clean_constraint(const DmigConstraint *constraint)
{
  return is_clean(constraint->name) && are_clean(constraint->columns)
         && is_clean(constraint->check_sql) && is_clean_path(constraint->ref_table)
         && are_clean(constraint->ref_columns) && is_clean(constraint->definition)
         && are_clean_facets(constraint->facets);
}

static gboolean
is_clean_index(const DmigIndex *index)
{
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = index->elements->pdata[i];
    if (!is_clean(element->column) || !is_clean(element->expression)
        || !is_clean_path(element->collation) || !is_clean(element->operator_class))
      return FALSE;
  }
  return is_clean(index->name) && is_clean(index->method) && are_clean(index->include)
         && is_clean(index->where_sql) && is_clean(index->definition) && are_clean_facets(index->facets);
}

static gboolean
is_clean_table(gconstpointer data)
{
  const DmigTable *table = data;
  gboolean clean = is_clean_path(table->name) && is_clean(table->comment)
                   && is_clean(table->partition_by) && are_clean_facets(table->facets);
  for (guint i = 0; clean && i < table->columns->len; i++)
    clean = is_clean_column(table->columns->pdata[i]);
  for (guint i = 0; clean && i < table->constraints->len; i++)
    clean = is_clean_constraint(table->constraints->pdata[i]);
  for (guint i = 0; clean && i < table->indexes->len; i++)
    clean = is_clean_index(table->indexes->pdata[i]);
  return clean;
}

static gboolean
is_clean_enum(gconstpointer data)
{
  const DmigEnum *item = data;
  return is_clean_path(item->name) && are_clean(item->labels) && is_clean(item->comment)
         && are_clean_facets(item->facets);
}

/* Properties may hold paths and addresses; what they say stands in `create` as well. */
static gboolean
is_clean_object(gconstpointer data)
{
  const DmigObject *object = data;
  return is_clean_path(object->path) && is_clean(object->detail) && is_clean(object->create)
         && is_clean(object->drop) && are_clean_facets(object->facets);
}

static void
warn(DmigDiagnostics *diagnostics, DmigObjectKind kind, const char *path)
{
  g_autofree char *address = dmig_address_new(kind, path, NULL);
  DmigLifting self = { .diagnostics = diagnostics };
  dmig_lift_warn(&self, address, "a text that is no UTF-8");
}

/* Takes what is not fine out of `items`. */
static void
leave_out(DmigDiagnostics *diagnostics, GPtrArray *items, DmigObjectKind kind,
          gboolean (*is_fine)(gconstpointer))
{
  for (guint i = items->len; i > 0; i--) {
    gconstpointer item = items->pdata[i - 1];
    if (is_fine(item))
      continue;
    const DmigObject *object = kind == DMIG_OBJECT_KINDS ? item : NULL;
    warn(diagnostics, object != NULL ? object->kind : kind,
         object != NULL                  ? object->path
         : kind == DMIG_OBJECT_TABLE ? ((const DmigTable *) item)->name
                                         : ((const DmigEnum *) item)->name);
    g_ptr_array_remove_index(items, i - 1);
  }
}

static gboolean
all_are(const GPtrArray *items, gboolean (*is_fine)(gconstpointer))
{
  for (guint i = 0; i < items->len; i++)
    if (!is_fine(items->pdata[i]))
      return FALSE;
  return TRUE;
}

DmigSchema *
dmig_lift_clean(DmigSchema *schema, DmigDiagnostics *diagnostics)
{
  if (all_are(schema->tables, is_clean_table) && all_are(schema->enums, is_clean_enum)
      && all_are(schema->objects, is_clean_object))
    return dmig_schema_ref(schema);
  DmigSchema *clean = dmig_schema_copy(schema);
  leave_out(diagnostics, clean->tables, DMIG_OBJECT_TABLE, is_clean_table);
  leave_out(diagnostics, clean->enums, DMIG_OBJECT_ENUM, is_clean_enum);
  leave_out(diagnostics, clean->objects, DMIG_OBJECT_KINDS, is_clean_object);
  dmig_schema_forget(clean);
  return clean;
}
