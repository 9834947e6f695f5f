/* Primary keys and unique constraints, and unique indexes where these are one. */
#include "core/domain/lifting.h"

#include <string.h>

#include "core/sql/lexer.h"
#include "core/sql/text.h"

static gboolean
says_more(const DmigLiftedMembers *self, const DmigConstraint *key)
{
  return (key->facets != NULL && key->facets->len > 0) || key->definition != NULL
         || key->deferrable != DMIG_NOT_DEFERRABLE
         || dmig_lift_is_only(self->lifting, self->table, key->name);
}

/* A field of the table's own. */
static DmigField *
own_field(const DmigLiftedMembers *self, const char *name)
{
  DmigField *field = dmig_entity_field(self->entity, name);
  return field != NULL && g_ptr_array_find(self->entity->fields, field, NULL) ? field : NULL;
}

/* A key's order and collations, where it has any: then its parts have the names of fields. */
static void
lift_key_parts(const DmigLiftedMembers *self, const DmigConstraint *key, DmigDomainUnique *unique)
{
  g_autoptr(GPtrArray) parts = dmig_lift_key_parts(key->definition);
  gboolean more = FALSE;
  if (parts->len != g_strv_length(key->columns))
    return;
  for (guint i = 0; i < parts->len; i++) {
    DmigIndexPart *part = parts->pdata[i];
    const DmigField *field = dmig_lift_field(self->lifting, self->table->name, key->columns[i]);
    g_autofree char *collation
        = part->collation != NULL ? dmig_lift_bare_name(part->collation) : NULL;
    g_free(part->field);
    part->field = g_strdup(field != NULL ? field->name : key->columns[i]);
    g_free(part->collation);
    part->collation = g_steal_pointer(&collation);
    more = more || part->descending || part->collation != NULL;
  }
  if (more)
    unique->parts = g_steal_pointer(&parts);
}

static void
append_key_columns(const DmigLiftedMembers *self, GString *sql, const DmigConstraint *key,
                   const DmigDomainUnique *unique)
{
  const DmigDialect *dialect = self->lifting->dialect;
  for (guint i = 0; key->columns[i] != NULL; i++) {
    const DmigIndexPart *part = unique->parts != NULL ? unique->parts->pdata[i] : NULL;
    dmig_sql_appendf(sql, dialect, "%s%I", i == 0 ? " (" : ", ", key->columns[i]);
    if (part != NULL && part->collation != NULL)
      dmig_sql_appendf(sql, dialect, " COLLATE %I", part->collation);
    g_string_append(sql, part != NULL && part->descending ? " DESC" : "");
  }
  g_string_append_c(sql, ')');
}

/* Whether nothing is left of a definition that the form has no key for. `options`: its storage
 * parameters, or NULL. */
static void
check_definition(const DmigLiftedMembers *self, const DmigConstraint *key,
                 const DmigDomainUnique *unique, const char *options, const char *keyword)
{
  const DmigDialect *dialect = self->lifting->dialect;
  g_autoptr(GString) sql = g_string_new(keyword);
  g_auto(GStrv) include
      = dmig_lift_listed_names(dmig_lift_behind(key->definition, "INCLUDE", NULL));
  if (key->definition == NULL)
    return;
  g_string_append(sql, unique->nulls_not_distinct ? " NULLS NOT DISTINCT" : "");
  if (unique->in_column)
    g_string_append(sql, " DESC");
  else
    append_key_columns(self, sql, key, unique);
  if (include != NULL) {
    g_string_append(sql, " INCLUDE (");
    dmig_sql_append_identifiers(sql, dialect, include);
    g_string_append_c(sql, ')');
  }
  if (options != NULL)
    g_string_append_printf(sql, " WITH %s", options);
  if (key->deferrable != DMIG_NOT_DEFERRABLE)
    g_string_append(sql, key->deferrable == DMIG_DEFERRABLE ? " DEFERRABLE"
                                                            : " DEFERRABLE INITIALLY DEFERRED");
  if (unique->on_conflict != NULL)
    g_string_append_printf(sql, " ON CONFLICT %s", unique->on_conflict);
  if (!dmig_sql_equal(sql->str, key->definition))
    dmig_lift_warn_member(self, key, key->definition);
}

static void
lift_key_facets(const DmigLiftedMembers *self, const DmigConstraint *key, DmigDomainUnique *unique,
                const char *keyword)
{
  const char *conflict = dmig_lift_behind(key->definition, "ON", "CONFLICT");
  unique->deferrable = key->deferrable;
  unique->description = g_strdup(dmig_facets_value(key->facets, "comment"));
  unique->index_description = g_strdup(dmig_facets_value(key->facets, "index comment"));
  unique->include = dmig_lift_fields_behind(self, key->definition, "INCLUDE", NULL);
  unique->nulls_not_distinct = dmig_lift_behind(key->definition, "NULLS", "NOT") != NULL;
  unique->cluster = dmig_facets_find(key->facets, "cluster") != NULL;
  unique->only = dmig_lift_is_only(self->lifting, self->table, key->name);
  unique->part_of = dmig_lift_part_of(key->facets);
  if (conflict != NULL) {
    g_autofree char *word = g_ascii_strdown(conflict + strspn(conflict, " "), -1);
    if (strcmp(word, "abort") != 0)
      unique->on_conflict = g_steal_pointer(&word);
  }
  dmig_lift_options(key->facets, unique->attributes);
  g_autofree char *options = dmig_lift_definition_options(key->definition, unique->attributes);
  if (key->definition != NULL) {
    unique->in_column = dmig_lift_behind(key->definition, "KEY", "DESC") != NULL;
    lift_key_parts(self, key, unique);
  }
  check_definition(self, key, unique, options, keyword);
}

/* Whether NOT NULL stands at a column that can't be null anyway, as its table's rowid. */
static gboolean
states_rowid(const DmigLiftedMembers *self, const DmigConstraint *key, const DmigField *field)
{
  const DmigColumn *column = dmig_table_column(self->table, field->column);
  return self->lifting->dialect->has.rowid_tables && column != NULL
         && g_strv_length(key->columns) == 1 && !self->table->without_rowid && !column->unsaid
         && g_ascii_strcasecmp(column->type, "INTEGER") == 0;
}

void
dmig_lift_primary(const DmigLiftedMembers *self, const DmigConstraint *key)
{
  static char *const none[] = { NULL };
  char **fields = dmig_lift_field_names(self->lifting, self->table->name, key->columns);
  if (fields == NULL)
    return;
  g_strfreev(self->entity->primary);
  self->entity->primary = fields;
  for (char **name = fields; *name != NULL; name++) {
    DmigField *field = own_field(self, *name);
    if (field == NULL)
      continue;
    field->nullable = !field->required;
    field->states_required = states_rowid(self, key, field);
    field->primary = field->required = TRUE;
  }
  g_autofree char *name
      = dmig_lift_stated_name(self, key->name, dmig_lift_joined(self, none, "pkey"), TRUE);
  if (name == NULL && !says_more(self, key))
    return;
  self->entity->key = dmig_domain_unique_new();
  self->entity->key->name = g_steal_pointer(&name);
  lift_key_facets(self, key, self->entity->key, "PRIMARY KEY");
}

void
dmig_lift_unique(const DmigLiftedMembers *self, const DmigConstraint *key, gboolean in_table)
{
  char **fields = dmig_lift_field_names(self->lifting, self->table->name, key->columns);
  if (fields == NULL)
    return;
  g_autofree char *name
      = dmig_lift_stated_name(self, key->name, dmig_lift_joined(self, key->columns, "key"), TRUE);
  DmigField *field = fields[1] == NULL ? own_field(self, fields[0]) : NULL;
  gboolean plain = name == NULL && !in_table && !says_more(self, key);
  if (plain && field != NULL && !field->unique) {
    field->unique = TRUE;
    g_strfreev(fields);
    return;
  }
  DmigDomainUnique *unique = dmig_domain_unique_new();
  g_strfreev(unique->fields);
  unique->fields = fields;
  unique->name = g_steal_pointer(&name);
  unique->in_table = in_table;
  lift_key_facets(self, key, unique, "UNIQUE");
  g_ptr_array_add(self->entity->uniques, unique);
}

/* Whether all rows of the table are known to meet a check that those of its parents need not. */
static gboolean
is_proved_here(const DmigLiftedMembers *self, const DmigConstraint *constraint)
{
  for (char **parent = self->table->parents;
       parent != NULL && *parent != NULL && constraint->kind == DMIG_CONSTRAINT_CHECK; parent++) {
    const DmigTable *of = dmig_schema_table(self->lifting->schema, *parent);
    const DmigConstraint *theirs = of != NULL ? dmig_table_constraint(of, constraint->name) : NULL;
    if (theirs != NULL && !dmig_constraint_is_valid(theirs))
      return dmig_constraint_is_valid(constraint);
  }
  return FALSE;
}

gboolean
dmig_lift_comes_with_whole(const DmigLiftedMembers *self, const DmigConstraint *constraint)
{
  static char *const none[] = { NULL };
  gboolean primary = constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY;
  if (dmig_facets_find(constraint->facets, "partition of index") == NULL)
    return constraint->inherited && !constraint->declared && !is_proved_here(self, constraint);
  g_autofree char *derived
      = dmig_lift_joined(self, primary ? none : constraint->columns, primary ? "pkey" : "key");
  return dmig_lift_key_comes_along(self->lifting, self->table, constraint, derived);
}

gboolean
dmig_lift_unique_index(DmigLifting *lifting, const DmigTable *table, DmigEntity *entity,
                       const DmigIndex *index)
{
  DmigLiftedMembers self = { lifting, table, entity };
  if (lifting->dialect->has.unique_constraints || !index->unique
      || index->where_sql != NULL || index->definition != NULL)
    return FALSE;
  g_autoptr(GPtrArray) columns = g_ptr_array_new();
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = index->elements->pdata[i];
    if (element->column == NULL || element->descending || element->ascending
        || element->collation != NULL || element->collation_text != NULL)
      return FALSE;
    g_ptr_array_add(columns, element->column);
  }
  g_ptr_array_add(columns, NULL);
  g_autofree char *derived = dmig_lift_joined(&self, (char **) columns->pdata, "key");
  if (strcmp(derived, index->name) != 0)
    return FALSE;
  DmigConstraint key = { .kind = DMIG_CONSTRAINT_UNIQUE, .columns = (char **) columns->pdata };
  dmig_lift_unique(&self, &key, FALSE);
  return TRUE;
}
