/* Primary keys and unique constraints. */
#include "core/domain/lower_constraint.h"

#include "core/sql/text.h"

/* `cluster`, as of an index. */
static void
lower_cluster(DmigTableLowering *self, DmigConstraint *key)
{
  g_autofree char *what = dmig_sql_printf(self->dialect, "TABLE %I", self->table->name);
  g_autofree char *on = dmig_sql_printf(self->dialect, "CLUSTER ON %I", key->name);
  DmigFacet *facet = dmig_lower_facet(self->lowering, &key->facets, what, "cluster", "true", on,
                                      "SET WITHOUT CLUSTER");
  facet->late = TRUE;
  dmig_facet_add_need(facet,
                      dmig_address_new(DMIG_OBJECT_CONSTRAINT, self->table->name, key->name));
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, self->table->name, NULL));
}

/* `(b COLLATE nocase, c DESC)` */
static void
append_parts(DmigTableLowering *self, GString *sql, const DmigConstraint *key,
             const DmigDomainUnique *from)
{
  if (from->parts == NULL || g_strv_length(key->columns) != from->parts->len) {
    dmig_lower_append_columns(self, sql, "", key->columns);
    return;
  }
  for (guint i = 0; i < from->parts->len; i++) {
    const DmigIndexPart *part = from->parts->pdata[i];
    g_string_append(sql, i == 0 ? " (" : ", ");
    dmig_sql_append_identifier(sql, self->dialect, key->columns[i]);
    if (part->collation != NULL)
      dmig_sql_appendf(sql, self->dialect, " COLLATE %I", part->collation);
    g_string_append(sql, part->descending ? " DESC" : "");
  }
  g_string_append_c(sql, ')');
}

/* What its fields can't say of a key, as SQL. Owned; NULL: nothing. */
static char *
key_definition(DmigTableLowering *self, const DmigConstraint *key, const DmigDomainUnique *from,
               const char *keyword)
{
  gboolean includes = from->include != NULL && from->include[0] != NULL
                      && self->dialect->has.index_include;
  gboolean clauses = self->dialect->has.conflict_clauses;
  gboolean conflicts = from->on_conflict != NULL && clauses;
  gboolean orders = clauses && (from->parts != NULL || from->in_column);
  g_autofree char *options = dmig_lower_is_partitioned(self->lowering, self->entity)
                                 ? dmig_lower_options_sql(self->lowering, from->attributes)
                                 : g_strdup("");
  if (!includes && !from->nulls_not_distinct && !conflicts && !orders && *options == '\0')
    return NULL;
  GString *sql = g_string_new(keyword);
  g_string_append(sql, from->nulls_not_distinct ? " NULLS NOT DISTINCT" : "");
  if (from->in_column && orders)
    g_string_append(sql, " DESC");
  else if (orders)
    append_parts(self, sql, key, from);
  else
    dmig_lower_append_columns(self, sql, "", key->columns);
  if (includes) {
    g_auto(GStrv) include = dmig_entity_columns(self->entity, from->include);
    dmig_lower_append_columns(self, sql, " INCLUDE", include);
  }
  g_string_append_printf(sql, "%s%s", options, dmig_deferrable_sql(key->deferrable));
  if (conflicts) {
    g_autofree char *word = g_ascii_strup(from->on_conflict, -1);
    g_string_append_printf(sql, " ON CONFLICT %s", word);
  }
  return g_string_free(sql, FALSE);
}

/* What more is said of a key than its columns. */
static void
lower_key_options(DmigTableLowering *self, DmigConstraint *key, const DmigDomainUnique *from,
                  const char *keyword)
{
  key->deferrable = from->deferrable;
  key->definition = key_definition(self, key, from, keyword);
  if (key->name != NULL && from->cluster && self->dialect->has.storage)
    lower_cluster(self, key);
  if (key->name != NULL && !dmig_lower_is_partitioned(self->lowering, self->entity)) {
    g_autofree char *path = dmig_path_sibling(self->table->name, key->name);
    g_autofree char *what = dmig_sql_printf(self->dialect, "INDEX %I", path);
    dmig_lower_options(self->lowering, &key->facets, what, from->attributes, FALSE);
  }
  dmig_lower_constraint_comment(self, key, from->description);
  dmig_lower_index_comment(self, key, from->index_description);
  dmig_lowering_keep_part(self->lowering, key, from->part_of, from->only);
}

void
dmig_lower_primary_key(DmigTableLowering *self)
{
  const DmigDomainUnique *more = self->entity->key;
  if (self->entity->primary[0] == NULL)
    return;
  char *name = dmig_lower_constraint_name(self, more != NULL ? more->name : NULL,
                                          self->lowering->relations, NULL, "pkey");
  DmigConstraint *key = dmig_lower_add_constraint(self, DMIG_CONSTRAINT_PRIMARY_KEY, name);
  dmig_lower_set_columns(&key->columns, dmig_entity_columns(self->entity, self->entity->primary));
  if (more != NULL)
    lower_key_options(self, key, more, "PRIMARY KEY");
}

static void
add_unique_index(DmigTableLowering *self, char *name_owned, char *const *fields)
{
  g_auto(GStrv) columns = dmig_entity_columns(self->entity, fields);
  DmigIndex *index = dmig_index_new(NULL);
  index->name = name_owned;
  index->unique = TRUE;
  for (char **column = columns; *column != NULL; column++)
    g_ptr_array_add(index->elements, dmig_index_element_new(*column, NULL));
  g_ptr_array_add(self->table->indexes, index);
}

static void
lower_unique(DmigTableLowering *self, const DmigDomainUnique *unique)
{
  GHashTable *relations = self->lowering->relations;
  g_autofree char *middle = dmig_lower_joined_columns(self->entity, unique->fields);
  if (unique->nulls_not_distinct
      && !dmig_lowering_require(self->lowering, self->dialect->has.unique_constraints,
                                unique->at, "constraints in which nulls are the same"))
    return;
  if (!self->dialect->has.unique_constraints && !dmig_domain_unique_stands_in_table(unique)) {
    add_unique_index(self,
                     unique->name != NULL ? g_strdup(unique->name)
                                          : dmig_lower_derived_name(self, relations, middle, "key"),
                     unique->fields);
    return;
  }
  char *name = dmig_lower_constraint_name(self, unique->name, relations, middle, "key");
  DmigConstraint *key = dmig_lower_add_constraint(self, DMIG_CONSTRAINT_UNIQUE, name);
  dmig_lower_set_columns(&key->columns, dmig_entity_columns(self->entity, unique->fields));
  key->deferrable = unique->deferrable;
  if (unique->attributes != NULL)
    lower_key_options(self, key, unique, "UNIQUE");
}

void
dmig_lower_uniques(DmigTableLowering *self)
{
  for (guint i = 0; i < self->entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(self->entity->fields, i);
    char *fields[] = { field->name, NULL };
    if (field->unique)
      lower_unique(self, &(DmigDomainUnique){ .at = field->at, .fields = fields });
  }
  for (guint i = 0; i < self->entity->uniques->len; i++)
    lower_unique(self, g_ptr_array_index(self->entity->uniques, i));
}
