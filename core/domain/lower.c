#include "core/domain/lower.h"

#include <string.h>

#include "core/base/text.h"
#include "core/domain/lower_parts.h"
#include "core/sql/text.h"

static char *
comment_of(const DmigDialect *dialect, const char *description)
{
  gboolean kept = dialect->has.comments && description != NULL &&
                  *description != '\0';
  return kept ? g_strdup(description) : NULL;
}

/* Columns. */

/* The sequence behind an identity, where the author named it. */
static void
lower_sequence_name(DmigTableLowering *self, const DmigField *field, DmigColumn *column)
{
  const char *name = dmig_attributes_get(field->attributes, "sequence", NULL);
  if (name == NULL)
    return;
  g_autofree char *usual = g_strdup_printf("%s_%s_seq", self->entity->table, field->column);
  g_autofree char *old = dmig_path_sibling(self->table->name, usual);
  g_autofree char *new = dmig_path_sibling(self->table->name, name);
  g_autofree char *set
      = dmig_sql_printf(self->dialect, "ALTER SEQUENCE %I RENAME TO %I;\n", old, name);
  g_autofree char *reset
      = dmig_sql_printf(self->dialect, "ALTER SEQUENCE %I RENAME TO %I;\n", new, usual);
  DmigFacet *facet
      = dmig_facets_add(&column->facets, dmig_facet_new("sequence", name, set, reset));
  facet->created = facet->replaces = TRUE;
}

static void
lower_identity(DmigTableLowering *self, const DmigField *field, DmigColumn *column)
{
  column->identity = field->identity;
  if (field->serial && self->dialect->has.sequences) {
    dmig_lower_serial(self->lowering, self->schema, self->entity, field, column);
    return;
  }
  if (field->serial) /* the nearest that there is */
    column->identity = DMIG_IDENTITY_BY_DEFAULT;
  if (column->identity == DMIG_IDENTITY_NONE)
    return;
  if (self->dialect->has.identity_anywhere) {
    column->identity_options = dmig_lower_counter(field->attributes);
    lower_sequence_name(self, field, column);
    return;
  }
  column->identity = DMIG_IDENTITY_BY_DEFAULT;
  char **key = self->entity->primary;
  if (g_strv_length(key) != 1 || !g_str_equal(key[0], field->name))
    dmig_lowering_report(self->lowering, field->at, "identity-not-key", "make it the primary key, alone",
            "%s can number rows only in the single primary key, and %s.%s is not it",
            self->dialect->title, self->entity->name, field->name);
}

static void
lower_generated(DmigTableLowering *self, const DmigField *field, DmigColumn *column)
{
  if (field->generated == DMIG_GENERATED_NONE)
    return;
  column->generated =
      self->dialect->has.virtual_columns ? field->generated : DMIG_GENERATED_STORED;
  column->generated_sql = dmig_lowering_sql(self->lowering, field->generated_sql);
  if (column->generated_sql != NULL)
    return;
  g_autofree char *hint = g_strdup_printf("state one for %s", self->dialect->name);
  dmig_lowering_report(self->lowering, field->at, "missing-expression", hint,
          "the generated field %s.%s has no expression for %s", self->entity->name, field->name,
          self->dialect->title);
  column->generated = DMIG_GENERATED_NONE;
}

/* A strict table has five types and ANY; each other is what its name means ("Determination Of Column
 * Affinity", https://www.sqlite.org/datatype3.html). */
static char *
strict_type(const char *type)
{
  static const char *const kept[] = { "INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY", NULL };
  static const struct {
    const char *part, *is;
  } parts[] = { { "INT", "INTEGER" }, { "CHAR", "TEXT" }, { "CLOB", "TEXT" }, { "TEXT", "TEXT" },
                { "BLOB", "BLOB" },   { "REAL", "REAL" }, { "FLOA", "REAL" }, { "DOUB", "REAL" } };
  g_autofree char *upper = g_ascii_strup(type, -1);
  if (g_strv_contains(kept, upper))
    return g_strdup(type);
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    if (strstr(upper, parts[i].part) != NULL)
      return g_strdup(parts[i].is);
  return g_strdup("ANY");
}

static char *
column_type(DmigTableLowering *self, const DmigField *field)
{
  char *type = dmig_lowering_type(self->lowering, self->entity, field);
  if (!self->dialect->has.rowid_tables
      || dmig_attributes_get(self->entity->attributes, "strict", self->dialect) == NULL)
    return type;
  char *strict = strict_type(type);
  g_free(type);
  return strict;
}

static void
lower_column(DmigTableLowering *self, const DmigField *field)
{
  g_autofree char *type = column_type(self, field);
  DmigColumn *column = dmig_column_new(field->column, type);
  gboolean key = field->primary || dmig_strv_contains(self->entity->primary, field->name);
  column->not_null = field->required || key;
  column->designed = TRUE;
  if (field->nullable && key && self->dialect->has.rowid_tables)
    column->not_null = FALSE;
  if (field->on_null != NULL && self->dialect->has.conflict_clauses)
    column->on_null = g_ascii_strup(field->on_null, -1);
  column->collation = dmig_lowering_collation(self->lowering, field->collation);
  column->comment = comment_of(self->dialect, field->description);
  lower_identity(self, field, column);
  lower_generated(self, field, column);
  if (field->default_value != NULL)
    column->default_sql = dmig_lowering_value(self->lowering, field, field->default_value);
  dmig_lower_column_facets(self->lowering, field, self->table, column);
  g_ptr_array_add(self->table->columns, column);
}

/* Objects. */

/* What the dialect can't have at all. */
static gboolean
can_have(DmigLowering *lowering, const DmigEntity *entity)
{
  return (entity->schema == NULL
          || dmig_lowering_require(lowering, lowering->dialect->has.schemas, entity->at, "schemas"))
         && (dmig_attributes_find(entity->attributes, "partition_by") == NULL
             || dmig_lowering_require(lowering, lowering->dialect->has.partitions, entity->at,
                                      "partitioned tables"));
}

/* `range (made_at)` becomes `RANGE (made_at)`. */
static char *
partition_key(const char *text)
{
  gsize word = strcspn(text, " (");
  g_autofree char *upper = g_ascii_strup(text, (gssize) word);
  return g_strconcat(upper, text[word] == '(' ? " " : "", text + word, NULL);
}

static void
lower_columns(DmigTableLowering *self)
{
  const char *key = dmig_attributes_get(self->entity->attributes, "partition_by", self->dialect);
  if (key != NULL)
    self->table->partition_by = partition_key(key);
  for (guint i = 0; i < self->entity->fields->len; i++)
    lower_column(self, g_ptr_array_index(self->entity->fields, i));
}

/* A rowid is never null, so that NOT NULL at its column is up to the author. */
static void
lower_rowid(DmigTableLowering *self)
{
  const DmigConstraint *key = dmig_table_primary_key(self->table);
  gboolean in_column = self->entity->key != NULL && self->entity->key->in_column;
  if (!self->dialect->has.rowid_tables || self->table->without_rowid || key == NULL
      || g_strv_length(key->columns) != 1 || in_column)
    return;
  for (guint i = 0; i < self->entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(self->entity->fields, i);
    DmigColumn *column = field->column != NULL && g_str_equal(field->column, key->columns[0])
                             ? dmig_table_column(self->table, field->column)
                             : NULL;
    if (column != NULL && g_ascii_strcasecmp(column->type, "INTEGER") == 0) {
      column->unsaid = !field->states_required;
      column->not_null = TRUE;
    }
  }
}

static void
lower_entity(DmigLowering *lowering, const DmigEntity *entity, DmigSchema *schema)
{
  if (!dmig_lowering_is_for(lowering, entity->dialects) || !can_have(lowering, entity))
    return;
  g_autoptr(GHashTable) constraints = dmig_lowering_names_new();
  DmigTable *table = dmig_table_new(entity->path);
  DmigTableLowering self = { lowering, lowering->dialect, schema, entity, table, constraints };
  table->comment = comment_of(lowering->dialect, entity->description);
  lower_columns(&self);
  dmig_lower_constraints(&self);
  for (guint i = 0; i < entity->indexes->len; i++) {
    const DmigDomainIndex *index = g_ptr_array_index(entity->indexes, i);
    if (dmig_lowering_has_index(lowering, index))
      g_ptr_array_add(table->indexes, dmig_lower_index(lowering, entity, entity->path, index));
  }
  dmig_lower_table_facets(lowering, entity, table);
  lower_rowid(&self);
  if (lowering->dialect->complete_table != NULL)
    lowering->dialect->complete_table(table);
  g_ptr_array_add(schema->tables, table);
}

/* What needs the columns of parents, too. */
static void
lower_entity_parts(DmigLowering *lowering, const DmigEntity *entity, DmigSchema *schema)
{
  DmigTable *table = dmig_lowering_is_for(lowering, entity->dialects)
                         ? dmig_schema_table(schema, entity->path)
                         : NULL;
  if (table == NULL)
    return;
  g_autofree char *what = dmig_sql_printf(lowering->dialect, "TABLE %I", table->name);
  dmig_lower_column_grants(lowering, &table->facets, table, entity, what, entity->grants);
  dmig_lower_relation_parts(lowering, schema, table->name, entity->parts);
}

static DmigEnum *
add_enum(DmigSchema *schema, const char *path, char **labels, const char *description)
{
  DmigEnum *item = dmig_enum_new(path, (const char *const *) labels);
  item->comment = comment_of(schema->dialect, description);
  g_ptr_array_add(schema->enums, item);
  return item;
}

static void
lower_named_enum(DmigLowering *lowering, DmigSchema *schema, const DmigDomainEnum *from)
{
  if (from->schema != NULL
      && !dmig_lowering_require(lowering, lowering->dialect->has.schemas, from->at, "schemas"))
    return;
  DmigEnum *item = add_enum(schema, from->path, from->labels, from->description);
  g_autofree char *what = dmig_sql_printf(lowering->dialect, "TYPE %I", from->path);
  dmig_lower_roles(lowering, &item->facets, DMIG_OBJECT_ENUM, what, from->owner, from->grants);
}

static void
lower_enums(DmigLowering *lowering, DmigSchema *schema)
{
  if (!lowering->dialect->has.enum_types)
    return;
  for (guint i = 0; i < lowering->domain->enums->len; i++)
    lower_named_enum(lowering, schema, g_ptr_array_index(lowering->domain->enums, i));
  for (guint i = 0; i < lowering->domain->entities->len; i++) {
    const DmigEntity *entity = g_ptr_array_index(lowering->domain->entities, i);
    for (guint j = 0; j < entity->fields->len; j++) {
      const DmigField *field = g_ptr_array_index(entity->fields, j);
      const char *path = g_hash_table_lookup(lowering->enum_names, field);
      if (path != NULL)
        add_enum(schema, path, dmig_lowering_enum(lowering, field)->labels, NULL);
    }
  }
}

DmigSchema *
dmig_domain_lower(const DmigDomain *self, const DmigDialect *dialect, DmigDiagnostics *diagnostics)
{
  g_autoptr(DmigLowering) lowering = dmig_lowering_new(self, dialect, diagnostics);
  DmigSchema *schema = dmig_schema_new(dialect);
  lower_enums(lowering, schema);
  dmig_lower_objects(lowering, schema);
  for (guint i = 0; i < self->entities->len; i++)
    lower_entity(lowering, g_ptr_array_index(self->entities, i), schema);
  dmig_lower_families(lowering, schema);
  for (guint i = 0; i < self->entities->len; i++)
    lower_entity_parts(lowering, g_ptr_array_index(self->entities, i), schema);
  for (guint i = 0; i < self->views->len; i++)
    dmig_lower_view(lowering, g_ptr_array_index(self->views, i), schema);
  dmig_lower_settings_last(schema);
  dmig_schema_forget(schema);
  return schema;
}
