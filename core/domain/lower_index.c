/* Indexes of tables and of materialized views. */
#include "core/domain/lower_parts.h"

#include <string.h>

#include "core/sql/text.h"

/* -1 first, 1 last, 0 where that is what the dialect does anyway: with `index_nulls`, null
 * counts as larger than every value (PostgreSQL manual, CREATE INDEX). */
static int
lower_nulls(const DmigLowering *self, const DmigIndexPart *part)
{
  int usual = part->descending ? -1 : 1;
  return self->dialect->has.index_nulls && part->nulls != usual ? part->nulls : 0;
}

static DmigIndexElement *
lower_part(DmigLowering *self, const DmigEntity *entity, const DmigIndexPart *part)
{
  const DmigField *field = part->field != NULL && entity != NULL
                               ? dmig_entity_field(entity, part->field)
                               : NULL;
  g_autofree char *expression = dmig_lowering_sql(self, part->expression);
  const char *column = field != NULL ? field->column : entity == NULL ? part->field : NULL;
  DmigIndexElement *element = column != NULL ? dmig_index_element_new(column, NULL)
                                             : dmig_index_element_new(NULL, expression);
  element->descending = part->descending;
  element->ascending = part->ascending && !part->descending;
  element->nulls = lower_nulls(self, part);
  element->collation = dmig_lowering_collation(self, part->collation);
  if (self->dialect->has.index_methods)
    element->operator_class = g_strdup(part->operator_class);
  return element;
}

/* PostgreSQL's own way: the columns, and `expr` for an expression. */
static char *
derive_name(DmigLowering *self, const char *relation, const DmigIndex *index)
{
  g_autoptr(GString) stem = g_string_new(dmig_path_name(relation));
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = g_ptr_array_index(index->elements, i);
    g_string_append_printf(stem, "_%s", element->column != NULL ? element->column : "expr");
  }
  return dmig_lowering_derive_name(self, self->relations, NULL, relation, stem->str, "idx");
}

static void
append_element(DmigLowering *self, GString *sql, const DmigIndexElement *element)
{
  if (element->column != NULL)
    dmig_sql_append_identifier(sql, self->dialect, element->column);
  else
    g_string_append_printf(sql, "(%s)", element->expression);
  if (element->collation != NULL)
    dmig_sql_appendf(sql, self->dialect, " COLLATE %I", element->collation);
  if (element->operator_class != NULL)
    g_string_append_printf(sql, " %s", element->operator_class);
  g_string_append(sql, element->descending ? " DESC" : "");
  g_string_append(sql, element->nulls < 0 ? " NULLS FIRST" : element->nulls > 0 ? " NULLS LAST" : "");
}

char *
dmig_lower_index_body(DmigLowering *self, const DmigIndex *index, const DmigDomainIndex *from,
                      gboolean with_options)
{
  GString *sql = g_string_new(NULL);
  if (index->method != NULL)
    dmig_sql_appendf(sql, self->dialect, "USING %I ", index->method);
  g_string_append_c(sql, '(');
  for (guint i = 0; i < index->elements->len; i++) {
    g_string_append(sql, i > 0 ? ", " : "");
    append_element(self, sql, index->elements->pdata[i]);
  }
  g_string_append_c(sql, ')');
  if (index->include[0] != NULL) {
    g_string_append(sql, " INCLUDE (");
    dmig_sql_append_identifiers(sql, self->dialect, index->include);
    g_string_append_c(sql, ')');
  }
  if (from->nulls_not_distinct)
    g_string_append(sql, " NULLS NOT DISTINCT");
  if (with_options) {
    g_autofree char *options = dmig_lower_options_sql(self, from->attributes);
    g_string_append(sql, options);
  }
  return g_string_free(sql, FALSE);
}

/* ALTER INDEX … ALTER COLUMN 1 SET STATISTICS 500 */
static void
lower_statistics(DmigLowering *self, DmigIndex *index, const char *what,
                 const DmigDomainIndex *from)
{
  for (guint i = 0; i < from->attributes->len; i++) {
    const DmigAttribute *attribute = from->attributes->pdata[i];
    const char *value = dmig_sql_text_get(attribute->value, self->dialect);
    if (!g_str_has_prefix(attribute->name, "statistics ") || value == NULL)
      continue;
    const char *number = attribute->name + strlen("statistics ");
    g_autofree char *name = g_strconcat("statistics of column ", number, NULL);
    g_autofree char *set = g_strdup_printf("ALTER COLUMN %s SET STATISTICS %s", number, value);
    g_autofree char *reset = g_strdup_printf("ALTER COLUMN %s SET STATISTICS -1", number);
    dmig_lower_facet(self, &index->facets, what, name, value, set, reset);
  }
}

static void
lower_storage(DmigLowering *self, DmigIndex *index, const char *relation, const char *what,
              const DmigDomainIndex *from, gboolean alterable)
{
  const char *tablespace = dmig_attributes_get(from->attributes, "tablespace", self->dialect);
  if (!self->dialect->has.storage)
    return;
  if (alterable)
    dmig_lower_options(self, &index->facets, what, from->attributes, TRUE);
  lower_statistics(self, index, what, from);
  if (tablespace != NULL) {
    g_autofree char *set = dmig_sql_printf(self->dialect, "SET TABLESPACE %I", tablespace);
    dmig_lower_facet(self, &index->facets, what, "tablespace", tablespace, set,
                     "SET TABLESPACE pg_default");
  }
  if (!from->cluster)
    return;
  g_autofree char *table = dmig_sql_printf(self->dialect, "TABLE %I", relation);
  g_autofree char *on = dmig_sql_printf(self->dialect, "CLUSTER ON %I", index->name);
  DmigFacet *facet = dmig_lower_facet(self, &index->facets, table, "cluster", "true", on,
                                      "SET WITHOUT CLUSTER");
  facet->late = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_INDEX, relation, index->name));
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, relation, NULL));
}

DmigIndex *
dmig_lower_index(DmigLowering *self, const DmigEntity *entity, const char *relation,
                 const DmigDomainIndex *from)
{
  DmigIndex *index = dmig_index_new(NULL);
  for (guint i = 0; i < from->parts->len; i++)
    g_ptr_array_add(index->elements, lower_part(self, entity, from->parts->pdata[i]));
  index->name = from->name != NULL ? g_strdup(from->name) : derive_name(self, relation, index);
  index->unique = from->unique;
  index->where_sql = dmig_lowering_sql(self, from->where);
  gboolean usual_method = from->method == NULL || g_ascii_strcasecmp(from->method, "btree") == 0;
  if (self->dialect->has.index_methods && !usual_method)
    index->method = g_ascii_strdown(from->method, -1);
  if (self->dialect->has.index_include) {
    g_strfreev(index->include);
    index->include = entity != NULL ? dmig_entity_columns(entity, from->include)
                                    : g_strdupv(from->include);
  }
  g_autofree char *path = dmig_path_sibling(relation, index->name);
  g_autofree char *what = dmig_sql_printf(self->dialect, "INDEX %I", path);
  dmig_lower_comment(self, &index->facets, what, from->description);
  /* No ALTER changes the storage of a partitioned index. */
  gboolean partitioned = entity != NULL && dmig_lower_is_partitioned(self, entity);
  g_autofree char *options = partitioned ? dmig_lower_options_sql(self, from->attributes) : NULL;
  gboolean distinct
      = !from->nulls_not_distinct
        || !dmig_lowering_require(self, self->dialect->has.unique_constraints, from->at,
                                  "indexes in which nulls are the same");
  if (!distinct || (options != NULL && *options != '\0'))
    index->definition = dmig_lower_index_body(self, index, from, partitioned);
  lower_storage(self, index, relation, what, from, !partitioned);
  if (entity != NULL)
    dmig_lowering_keep_part(self, index, from->part_of, from->only);
  return index;
}
