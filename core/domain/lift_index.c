/* Indexes of tables, and what those of materialized views have in common with them. */
#include "core/domain/lifting.h"

#include <string.h>

#define STATISTICS "statistics of column "

static DmigIndexPart *
lift_part(DmigLifting *self, const char *relation, const DmigIndexElement *element)
{
  DmigIndexPart *part = dmig_index_part_new();
  const DmigField *field
      = element->column != NULL ? dmig_lift_field(self, relation, element->column) : NULL;
  if (element->column != NULL)
    part->field = g_strdup(field != NULL ? field->name : element->column);
  else
    part->expression = dmig_lift_sql(element->expression);
  part->descending = element->descending;
  part->ascending = element->ascending;
  part->nulls = element->nulls;
  part->operator_class = g_strdup(element->operator_class);
  const char *collation
      = element->collation_text != NULL ? element->collation_text : element->collation;
  part->collation = collation != NULL ? dmig_path_text(collation) : NULL;
  return part;
}

/* As lowering derives it. */
static char *
derived_name(const DmigLifting *self, const char *relation, const GPtrArray *parts,
             GPtrArray *elements)
{
  g_autoptr(GString) stem = g_string_new(dmig_path_name(relation));
  for (guint i = 0; parts != NULL && i < parts->len; i++) {
    const DmigIndexPart *part = parts->pdata[i];
    g_string_append_printf(stem, "_%s", part->field != NULL ? part->field : "expr");
  }
  for (guint i = 0; elements != NULL && i < elements->len; i++) {
    const DmigIndexElement *element = elements->pdata[i];
    g_string_append_printf(stem, "_%s", element->column != NULL ? element->column : "expr");
  }
  return dmig_lift_derive(self, stem->str, "idx");
}

static void
lift_name(const DmigLifting *self, const char *relation, const char *name, char *derived_owned,
          DmigDomainIndex *lifted)
{
  g_autofree char *derived = derived_owned;
  g_autofree char *path = dmig_path_sibling(relation, name);
  if (strcmp(derived, name) != 0 || !dmig_lift_is_unique(self, path))
    lifted->name = g_strdup(name);
}

static void
lift_facets(DmigLifting *self, const char *relation, const char *name, const GPtrArray *facets,
            DmigDomainIndex *lifted)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const DmigFacet *facet = facets->pdata[i];
    if (strcmp(facet->name, "cluster") == 0)
      lifted->cluster = TRUE;
    else if (strcmp(facet->name, "comment") == 0)
      lifted->description = g_strdup(facet->value);
    else if (strcmp(facet->name, "tablespace") == 0)
      dmig_attributes_add(lifted->attributes, "tablespace", NULL, facet->value);
    else if (g_str_has_prefix(facet->name, STATISTICS))
      dmig_attributes_add(lifted->attributes, "statistics", facet->name + strlen(STATISTICS),
                          facet->value);
    else if (!g_str_has_prefix(facet->name, "with ")
             && strcmp(facet->name, "partition of index") != 0) {
      g_autofree char *address = dmig_address_new(DMIG_OBJECT_INDEX, relation, name);
      dmig_lift_facet(self, address, facet);
    }
  }
  dmig_lift_options(facets, lifted->attributes);
}

static DmigDomainIndex *
lift_index(DmigLifting *self, const char *relation, const DmigIndex *index)
{
  DmigDomainIndex *lifted = dmig_domain_index_new();
  for (guint i = 0; i < index->elements->len; i++)
    g_ptr_array_add(lifted->parts, lift_part(self, relation, index->elements->pdata[i]));
  lift_name(self, relation, index->name, derived_name(self, relation, NULL, index->elements),
            lifted);
  lifted->unique = index->unique;
  lifted->method = g_strdup(index->method);
  char **include = dmig_lift_field_names(self, relation, index->include);
  if (include != NULL) {
    g_strfreev(lifted->include);
    lifted->include = include;
  }
  lifted->where = dmig_lift_sql(index->where_sql);
  lifted->nulls_not_distinct = dmig_lift_behind(index->definition, "NULLS", "NOT") != NULL;
  g_free(dmig_lift_definition_options(index->definition, lifted->attributes));
  lift_facets(self, relation, index->name, index->facets, lifted);
  return lifted;
}

void
dmig_lift_index_facets(DmigLifting *self, const DmigObject *object, DmigDomainIndex *index)
{
  lift_name(self, object->path, object->detail,
            derived_name(self, object->path, index->parts, NULL), index);
  lift_facets(self, object->path, object->detail, object->facets, index);
}

static gint
compare_indexes(gconstpointer a, gconstpointer b)
{
  return g_strcmp0((*(DmigIndex *const *) a)->name, (*(DmigIndex *const *) b)->name);
}

/* A partition has its whole's indexes, under names that the database derives. */
static gboolean
comes_along(const DmigLifting *self, const DmigTable *table, const DmigIndex *index)
{
  g_autofree char *derived = derived_name(self, table->name, NULL, index->elements);
  return dmig_lift_index_comes_along(self, table, index, derived);
}

void
dmig_lift_indexes(DmigLifting *self, const DmigTable *table, DmigEntity *entity)
{
  g_autoptr(GPtrArray) indexes = g_ptr_array_new();
  for (guint i = 0; i < table->indexes->len; i++)
    if (!((DmigIndex *) table->indexes->pdata[i])->invalid)
      g_ptr_array_add(indexes, table->indexes->pdata[i]);
  g_ptr_array_sort(indexes, compare_indexes);
  for (guint i = 0; i < indexes->len; i++) {
    const DmigIndex *index = indexes->pdata[i];
    if (comes_along(self, table, index) || dmig_lift_unique_index(self, table, entity, index))
      continue;
    DmigDomainIndex *lifted = lift_index(self, table->name, index);
    lifted->only = dmig_lift_is_only(self, table, index->name);
    lifted->part_of = dmig_lift_part_of(index->facets);
    g_ptr_array_add(entity->indexes, lifted);
  }
}
