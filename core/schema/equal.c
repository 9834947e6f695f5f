#include "core/schema/schema.h"

#include "core/base/text.h"
#include "core/schema/facet_sql.h"
#include "core/sql/lexer.h"

static gboolean
is_null(const char *sql)
{
  return sql == NULL || dmig_sql_equal(sql, "NULL");
}

gboolean
dmig_column_same_default(const DmigColumn *a, const DmigColumn *b)
{
  return dmig_sql_equal(a->default_sql, b->default_sql) ||
         (is_null(a->default_sql) && is_null(b->default_sql));
}

gboolean
dmig_column_equal(const DmigColumn *a, const DmigColumn *b)
{
  return g_str_equal(a->name, b->name) && dmig_sql_equal(a->type, b->type) &&
         a->not_null == b->not_null && g_strcmp0(a->on_null, b->on_null) == 0 &&
         dmig_column_same_default(a, b) && a->identity == b->identity &&
         g_strcmp0(a->identity_options, b->identity_options) == 0 && a->generated == b->generated &&
         dmig_sql_equal(a->generated_sql, b->generated_sql) &&
         g_strcmp0(a->collation, b->collation) == 0 && dmig_facets_equal(a->facets, b->facets);
}

gboolean
dmig_constraint_same_shape(const DmigConstraint *a, const DmigConstraint *b)
{
  if (a->kind != b->kind || !dmig_sql_equal(a->definition, b->definition))
    return FALSE;
  switch (a->kind) {
  case DMIG_CONSTRAINT_PRIMARY_KEY:
  case DMIG_CONSTRAINT_UNIQUE:
    return dmig_strv_equal(a->columns, b->columns) && a->deferrable == b->deferrable;
  case DMIG_CONSTRAINT_CHECK:
    return dmig_sql_equal(a->check_sql, b->check_sql);
  case DMIG_CONSTRAINT_FOREIGN_KEY:
    return dmig_strv_equal(a->columns, b->columns) && g_strcmp0(a->ref_table, b->ref_table) == 0 &&
           dmig_strv_equal(a->ref_columns, b->ref_columns) && a->on_delete == b->on_delete &&
           a->on_update == b->on_update && a->deferrable == b->deferrable;
  case DMIG_CONSTRAINT_EXCLUSION:
    return TRUE;
  }
  return FALSE;
}

gboolean
dmig_constraint_equal(const DmigConstraint *a, const DmigConstraint *b)
{
  gboolean names_count = (a->name != NULL && b->name != NULL) || (a->from_text && b->from_text);
  return (!names_count || g_strcmp0(a->name, b->name) == 0) && dmig_constraint_same_shape(a, b);
}

gboolean
dmig_constraint_is_valid(const DmigConstraint *self)
{
  return dmig_facets_find(self->facets, DMIG_FACET_NOT_VALID) == NULL;
}

static gboolean
index_element_equal(const DmigIndexElement *a, const DmigIndexElement *b)
{
  return g_strcmp0(a->column, b->column) == 0 && dmig_sql_equal(a->expression, b->expression) &&
         a->descending == b->descending && a->nulls == b->nulls &&
         g_strcmp0(a->collation, b->collation) == 0 &&
         g_strcmp0(a->operator_class, b->operator_class) == 0;
}

gboolean
dmig_index_same_shape(const DmigIndex *a, const DmigIndex *b)
{
  if (a->unique != b->unique || a->invalid != b->invalid || g_strcmp0(a->method, b->method) != 0 ||
      a->elements->len != b->elements->len || !dmig_strv_equal(a->include, b->include) ||
      !dmig_sql_equal(a->where_sql, b->where_sql) ||
      !dmig_sql_equal(a->definition, b->definition))
    return FALSE;
  for (guint i = 0; i < a->elements->len; i++)
    if (!index_element_equal(g_ptr_array_index(a->elements, i), g_ptr_array_index(b->elements, i)))
      return FALSE;
  return TRUE;
}

gboolean
dmig_index_equal(const DmigIndex *a, const DmigIndex *b)
{
  return g_str_equal(a->name, b->name) && dmig_index_same_shape(a, b);
}

gboolean
dmig_enum_equal(const DmigEnum *a, const DmigEnum *b)
{
  return g_str_equal(a->name, b->name) && dmig_strv_equal(a->labels, b->labels);
}

/* Whether the columns that tell which partition a row goes to are the same: no ALTER TABLE changes the
 * type of one. */
static gboolean
same_partition_key(const DmigTable *a, const DmigTable *b)
{
  for (guint i = 0; a->partition_by != NULL && i < a->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(a->columns, i);
    const DmigColumn *other = dmig_table_column(b, column->name);
    if (other != NULL && dmig_sql_mentions(a->partition_by, column->name) &&
        (!dmig_sql_equal(column->type, other->type) ||
         g_strcmp0(column->collation, other->collation) != 0))
      return FALSE;
  }
  return TRUE;
}

gboolean
dmig_table_same_kind(const DmigTable *a, const DmigTable *b)
{
  return a->without_rowid == b->without_rowid && a->strict == b->strict &&
         dmig_sql_equal(a->partition_by, b->partition_by) && dmig_sql_equal(a->tail, b->tail) &&
         same_partition_key(a, b);
}
