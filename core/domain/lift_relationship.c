/* References of one field to a primary key become relationships. */
#include "core/domain/lifting.h"

#include <string.h>

#include "core/base/text.h"
#include "core/sql/lexer.h"

/* The one column of the table's primary key; NULL: it has none, or several. */
static const char *
key_column(const DmigLifting *self, const char *table)
{
  const DmigTable *of = dmig_schema_table(self->schema, table);
  const DmigConstraint *key = of != NULL ? dmig_table_primary_key(of) : NULL;
  return key != NULL && key->columns[0] != NULL && key->columns[1] == NULL ? key->columns[0] : NULL;
}

/* The key at the end of a chain of keys that are relationships; NULL where `field` is on it. */
static DmigField *
root_key(const DmigLifting *self, const char *table, const DmigField *field, const char **out_table)
{
  for (guint depth = 0; depth < 32; depth++) {
    const char *column = key_column(self, table);
    DmigField *key = column != NULL ? dmig_lift_field(self, table, column) : NULL;
    if (key == NULL || key == field)
      return NULL;
    *out_table = table;
    if (key->references == NULL)
      return key;
    const DmigEntity *target = g_hash_table_lookup(self->named, key->references);
    if (target == NULL)
      return NULL;
    table = target->path;
  }
  return NULL;
}

static gboolean
same_type(const DmigLifting *self, const DmigTable *table, const char *column,
          const char *other_table, const char *other_column)
{
  const DmigTable *other = dmig_schema_table(self->schema, other_table);
  const DmigColumn *a = dmig_table_column(table, column);
  const DmigColumn *b = other != NULL ? dmig_table_column(other, other_column) : NULL;
  return a != NULL && b != NULL && dmig_sql_equal(a->type, b->type);
}

static gboolean
name_is_free(const DmigEntity *entity, const char *name)
{
  for (guint i = 0; i < entity->fields->len; i++) {
    const DmigField *field = entity->fields->pdata[i];
    if (strcmp(field->name, name) == 0 || g_strcmp0(field->column, name) == 0)
      return FALSE;
  }
  return TRUE;
}

/* `company_id` is the column of `company` where the key is `id`. */
static void
name_relationship(const DmigEntity *entity, DmigField *field, const char *key)
{
  g_autofree char *suffix = g_strconcat("_", key, NULL);
  if (!g_str_has_suffix(field->column, suffix))
    return;
  g_autofree char *stem = g_strndup(field->column, strlen(field->column) - strlen(suffix));
  g_autofree char *derived = dmig_relationship_column(stem, key);
  if (!dmig_lift_is_tame(stem) || strcmp(derived, field->column) != 0
      || !name_is_free(entity, stem))
    return;
  g_free(field->name);
  field->name = g_steal_pointer(&stem);
}

/* Whether a field can say all of this foreign key. */
static gboolean
is_simple(const DmigConstraint *key)
{
  return key->kind == DMIG_CONSTRAINT_FOREIGN_KEY && !key->inherited && key->definition == NULL
         && (key->facets == NULL || key->facets->len == 0) && key->columns[0] != NULL
         && key->columns[1] == NULL && key->ref_columns[0] != NULL && key->ref_columns[1] == NULL;
}

static void
make_relationship(DmigLifting *self, const DmigTable *table, DmigEntity *entity,
                  const DmigConstraint *key)
{
  const DmigEntity *target = g_hash_table_lookup(self->entities, key->ref_table);
  const char *referred = key_column(self, key->ref_table);
  DmigField *field = dmig_lift_field(self, table->name, key->columns[0]);
  const char *root_table = NULL;
  if (target == NULL || field == NULL || g_strcmp0(referred, key->ref_columns[0]) != 0
      || !g_ptr_array_find(entity->fields, field, NULL))
    return;
  if (field->references != NULL || field->identity != DMIG_IDENTITY_NONE || field->serial
      || field->collation != NULL)
    return;
  const DmigField *root = root_key(self, key->ref_table, field, &root_table);
  if (root == NULL || !same_type(self, table, key->columns[0], root_table, root->column))
    return;
  field->references = g_strdup(target->name);
  field->on_delete = key->on_delete;
  field->on_update = key->on_update;
  field->deferrable = key->deferrable;
  g_autofree char *stem = g_strconcat(dmig_path_name(table->name), "_", field->column, NULL);
  g_autofree char *usual = dmig_lift_derive(self, stem, "fkey");
  if (key->name != NULL
      && (strcmp(key->name, usual) != 0 || !dmig_lift_names_constraints(self)))
    field->constraint = g_strdup(key->name);
  g_clear_pointer(&field->type, dmig_type_free);
  g_clear_pointer(&field->native, g_hash_table_unref);
  g_clear_pointer(&field->type_name, g_free);
  field->type_dimensions = 0;
  name_relationship(entity, field, root->column);
}

void
dmig_lift_relationships(DmigLifting *self)
{
  for (guint i = 0; i < self->schema->tables->len; i++) {
    const DmigTable *table = self->schema->tables->pdata[i];
    DmigEntity *entity = g_hash_table_lookup(self->entities, table->name);
    for (guint j = 0; j < table->constraints->len; j++) {
      const DmigConstraint *key = table->constraints->pdata[j];
      if (is_simple(key))
        make_relationship(self, table, entity, key);
    }
  }
}
