/* Tables become entities, columns become fields, and some of these relationships. */
#include "core/domain/lifting.h"

#include <string.h>

#include "core/base/text.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

DmigField *
dmig_lift_field(const DmigLifting *self, const char *table, const char *column)
{
  GHashTable *fields = g_hash_table_lookup(self->fields, table);
  return fields != NULL ? g_hash_table_lookup(fields, column) : NULL;
}

char **
dmig_lift_field_names(const DmigLifting *self, const char *table, char *const *columns)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (char *const *column = columns; *column != NULL; column++) {
    const DmigField *field = dmig_lift_field(self, table, *column);
    if (field == NULL)
      return NULL;
    g_strv_builder_add(names, field->name);
  }
  return g_strv_builder_end(names);
}

/* Columns. */

/* `START WITH 10 INCREMENT BY 5 CYCLE` as attributes. */
static void
lift_identity_options(DmigField *field, const char *options)
{
  static const struct {
    const char *words, *name;
  } all[] = {
    { "START WITH ", "start" }, { "INCREMENT BY ", "increment" }, { "MINVALUE ", "min" },
    { "MAXVALUE ", "max" },     { "CACHE ", "cache" },
  };
  for (guint i = 0; options != NULL && i < G_N_ELEMENTS(all); i++) {
    const char *at = strstr(options, all[i].words);
    if (at == NULL)
      continue;
    at += strlen(all[i].words);
    g_autofree char *number = g_strndup(at, strcspn(at, " "));
    dmig_attributes_add(field->attributes, all[i].name, NULL, number);
  }
  if (options != NULL && g_str_has_suffix(options, "CYCLE"))
    dmig_attributes_add(field->attributes, "cycle", NULL, "true");
}

/* The names of the sequence's properties are those of the field's attributes. */
static void
lift_counter(DmigField *field, const DmigTable *table, const DmigObject *sequence,
             const DmigLifting *self)
{
  static const char *const names[]
      = { "start", "increment", "min", "max", "cache", "cycle", NULL };
  g_autofree char *stem = g_strconcat(dmig_path_name(table->name), "_", field->column, NULL);
  g_autofree char *usual = dmig_lift_derive(self, stem, "seq");
  field->serial = TRUE;
  g_hash_table_add(self->used, (gpointer) sequence);
  if (strcmp(usual, dmig_path_name(sequence->path)) != 0)
    dmig_attributes_add(field->attributes, "sequence", NULL, dmig_path_name(sequence->path));
  for (const char *const *name = names; *name != NULL; name++) {
    const char *value = dmig_object_property(sequence, *name);
    if (value != NULL)
      dmig_attributes_add(field->attributes, *name, NULL, value);
  }
}

static gboolean
is_quiet(const DmigObject *sequence)
{
  for (guint i = 0; sequence->facets != NULL && i < sequence->facets->len; i++) {
    const DmigFacet *facet = sequence->facets->pdata[i];
    if (strcmp(facet->name, "options") != 0 && strcmp(facet->name, "owned by") != 0)
      return FALSE;
  }
  return TRUE;
}

/* A serial column: required, numbered by its own sequence, of which there is nothing to say that
 * `serial` can't. */
static const DmigObject *
counter_of(const DmigLifting *self, const DmigTable *table, const DmigColumn *column)
{
  if (column->default_sql == NULL || !column->not_null)
    return NULL;
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column->name);
  const DmigObject *sequence = g_hash_table_lookup(self->counters, address);
  if (sequence == NULL || !is_quiet(sequence))
    return NULL;
  g_autofree char *beside = dmig_path_sibling(table->name, dmig_path_name(sequence->path));
  g_autofree char *name = dmig_sql_identifier(self->dialect, sequence->path);
  g_autofree char *literal = dmig_sql_string(name);
  g_autofree char *usual = g_strdup_printf("nextval(%s::regclass)", literal);
  const char *type = dmig_object_property(sequence, "type");
  gboolean fits = strcmp(type != NULL ? type : "bigint", column->type) == 0;
  return fits && strcmp(beside, sequence->path) == 0 && strcmp(usual, column->default_sql) == 0
             ? sequence
             : NULL;
}

static void
lift_column_facets(DmigLifting *self, const DmigTable *table, const DmigColumn *column,
                   DmigField *field)
{
  static const char *const attributes[]
      = { "sequence", "storage", "compression", "statistics", NULL };
  for (guint i = 0; column->facets != NULL && i < column->facets->len; i++) {
    const DmigFacet *facet = column->facets->pdata[i];
    if (g_strv_contains(attributes, facet->name))
      dmig_attributes_add(field->attributes, facet->name, NULL, facet->value);
    else if (!g_str_has_prefix(facet->name, "with ") && !g_str_has_prefix(facet->name, "grant to ")
             && strcmp(facet->name, "comment") != 0) {
      g_autofree char *address = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column->name);
      dmig_lift_facet(self, address, facet);
    }
  }
  dmig_lift_options(column->facets, field->attributes);
}

/* When all fields have their names. */
static void
lift_column_grants(DmigLifting *self, const DmigTable *table, DmigEntity *entity)
{
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    const DmigField *field = dmig_lift_field(self, table->name, column->name);
    for (guint j = 0; field != NULL && column->facets != NULL && j < column->facets->len; j++) {
      const DmigFacet *facet = column->facets->pdata[j];
      if (g_str_has_prefix(facet->name, "grant to "))
        dmig_lift_grant(entity->grants, facet, field->name);
    }
  }
}

/* Only texts have a collation where a type is portable. */
static void
lift_collation(DmigLifting *self, const DmigColumn *column, DmigField *field)
{
  if (column->collation == NULL)
    return;
  field->collation
      = dmig_path_text(column->collation_text != NULL ? column->collation_text : column->collation);
  gboolean text = field->type == NULL || field->type->kind == DMIG_TYPE_TEXT
                  || field->type->kind == DMIG_TYPE_STRING;
  if (text)
    return;
  g_clear_pointer(&field->type, dmig_type_free);
  field->native = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert(field->native, g_strdup(self->dialect->name), g_strdup(column->type));
}

static DmigField *
lift_column(DmigLifting *self, const DmigTable *table, const DmigColumn *column, const char *name)
{
  DmigField *field = dmig_field_new(name);
  const DmigObject *counter = counter_of(self, table, column);
  field->column = g_strdup(column->name);
  field->required = column->not_null;
  field->on_null = column->on_null != NULL ? g_ascii_strdown(column->on_null, -1) : NULL;
  field->identity = column->identity;
  field->description = g_strdup(column->comment);
  field->generated = column->generated;
  field->generated_sql = dmig_lift_sql(column->generated_sql);
  dmig_lift_type(self, field, column->type);
  lift_collation(self, column, field);
  lift_identity_options(field, column->identity_options);
  if (counter != NULL)
    lift_counter(field, table, counter, self);
  else if (column->default_sql != NULL)
    field->default_value = dmig_lift_default(
        self, field, column->default_text != NULL ? column->default_text : column->default_sql);
  else if (dmig_lift_parents_default(self, table, column) != NULL)
    field->default_value = dmig_lift_default(self, field, "NULL");
  return field;
}

/* Columns whose names differ only in what fields can't have get a number. */
static void
lift_columns(DmigLifting *self, const DmigTable *table, DmigEntity *entity)
{
  g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  GHashTable *fields = g_hash_table_new(g_str_hash, g_str_equal);
  g_hash_table_insert(self->fields, g_strdup(table->name), fields);
  for (guint i = 0; i < table->columns->len; i++)
    g_hash_table_add(taken, g_strdup(((DmigColumn *) table->columns->pdata[i])->name));
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    g_autofree char *tame = dmig_lift_tame(column->name);
    g_autofree char *name = g_strdup(tame);
    for (guint n = 2; strcmp(name, column->name) != 0 && !g_hash_table_add(taken, g_strdup(name));
         n++) {
      g_free(name);
      name = g_strdup_printf("%s_%u", tame, n);
    }
    if (dmig_lift_is_inherited(self, table, column)) {
      g_hash_table_insert(fields, column->name, NULL);
      continue;
    }
    DmigField *field = lift_column(self, table, column, name);
    g_ptr_array_add(entity->fields, field);
    g_hash_table_insert(fields, column->name, field);
    lift_column_facets(self, table, column, field);
  }
}

/* Tables. */

/* Whether it says what the table is a part of, or is said elsewhere. */
static gboolean
is_of_family(const DmigFacet *facet)
{
  return strcmp(facet->name, "partition of") == 0 || g_str_has_prefix(facet->name, "inherits ")
         || g_str_has_prefix(facet->name, "with ") || dmig_lift_is_common(facet);
}

static void
lift_table_facets(DmigLifting *self, const DmigTable *table, DmigEntity *entity)
{
  static const struct {
    const char *facet, *attribute, *value;
  } known[] = {
    { "logged", "unlogged", "true" },
    { "access method", "access_method", NULL },
    { "tablespace", "tablespace", NULL },
    { "replica identity", "replica_identity", NULL },
    { "row security", "row_security", NULL },
    { "of type", "of", NULL },
  };
  for (guint i = 0; table->facets != NULL && i < table->facets->len; i++) {
    const DmigFacet *facet = table->facets->pdata[i];
    gboolean found = is_of_family(facet);
    for (guint j = 0; !found && j < G_N_ELEMENTS(known); j++) {
      found = strcmp(facet->name, known[j].facet) == 0;
      const char *value = known[j].value != NULL ? known[j].value : facet->value;
      if (strcmp(value, "forced, not enabled") == 0)
        value = "forced_only";
      if (found)
        dmig_attributes_add(entity->attributes, known[j].attribute, NULL, value);
    }
    g_autofree char *address = dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL);
    if (!found)
      dmig_lift_facet(self, address, facet);
  }
  dmig_lift_options(table->facets, entity->attributes);
  dmig_lift_common(table->facets, entity->grants, &entity->owner,
                   entity->description == NULL ? &entity->description : NULL);
}

/* `RANGE (made_at)` as authors write it: `range (made_at)`. */
static void
lift_partitioning(const DmigTable *table, DmigEntity *entity)
{
  if (table->partition_by == NULL)
    return;
  gsize word = strcspn(table->partition_by, " (");
  g_autofree char *lower = g_ascii_strdown(table->partition_by, (gssize) word);
  g_autofree char *text = g_strconcat(lower, table->partition_by + word, NULL);
  dmig_attributes_add(entity->attributes, "partition_by", NULL, text);
}

static DmigEntity *
lift_table(DmigLifting *self, const DmigTable *table, char *name_owned)
{
  DmigEntity *entity = dmig_entity_new(name_owned);
  g_free(name_owned);
  entity->path = g_strdup(table->name);
  entity->schema = dmig_path_schema(table->name);
  entity->table = g_strdup(dmig_path_name(table->name));
  entity->description = g_strdup(table->comment);
  if (table->without_rowid)
    dmig_attributes_add(entity->attributes, "without_rowid", NULL, "true");
  if (table->strict)
    dmig_attributes_add(entity->attributes, "strict", NULL, "true");
  lift_partitioning(table, entity);
  g_hash_table_insert(self->entities, g_strdup(table->name), entity);
  g_hash_table_insert(self->named, entity->name, entity);
  lift_columns(self, table, entity);
  lift_table_facets(self, table, entity);
  return entity;
}

static gint
compare_tables(gconstpointer a, gconstpointer b)
{
  const char *first = (*(DmigTable *const *) a)->name, *second = (*(DmigTable *const *) b)->name;
  return strcmp(first, second);
}

/* The default schema's names come first: a path with a schema has a byte in it that sorts last. */
static GPtrArray *
sorted_tables(const DmigLifting *self)
{
  GPtrArray *tables = g_ptr_array_new();
  for (guint pass = 0; pass < 2; pass++) {
    guint from = tables->len;
    for (guint i = 0; i < self->schema->tables->len; i++) {
      DmigTable *table = self->schema->tables->pdata[i];
      gboolean elsewhere = strchr(table->name, DMIG_PATH_SEPARATOR) != NULL;
      if (elsewhere == (pass == 1))
        g_ptr_array_add(tables, table);
    }
    if (tables->len > from)
      qsort(tables->pdata + from, tables->len - from, sizeof(gpointer), compare_tables);
  }
  return tables;
}

/* A partition is called as its table where it can be, and has no other name to be found by. */
static char *
name_of(GHashTable *taken, const DmigTable *table)
{
  const char *name = dmig_path_name(table->name);
  if (dmig_lift_is_partition(table) && dmig_lift_is_tame(name) && g_hash_table_add(taken, g_strdup(name)))
    return g_strdup(name);
  return dmig_lift_name(taken, table->name, FALSE);
}

static gint
compare_entities(gconstpointer a, gconstpointer b)
{
  const DmigEntity *first = *(DmigEntity *const *) a, *second = *(DmigEntity *const *) b;
  return strcmp(first->name, second->name);
}

void
dmig_lift_entities(DmigLifting *self)
{
  g_autoptr(GPtrArray) tables = sorted_tables(self);
  g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char **names = g_new0(char *, tables->len + 1);
  for (guint pass = 0; pass < 2; pass++) {
    for (guint i = 0; i < tables->len; i++)
      if (dmig_lift_is_partition(tables->pdata[i]) == (pass == 1))
        names[i] = name_of(taken, tables->pdata[i]);
  }
  for (guint i = 0; i < tables->len; i++)
    g_ptr_array_add(self->domain->entities, lift_table(self, tables->pdata[i], names[i]));
  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *table = tables->pdata[i];
    DmigEntity *entity = g_hash_table_lookup(self->entities, table->name);
    dmig_lift_family(self, table, entity);
  }
  g_ptr_array_sort(self->domain->entities, compare_entities);
}

void
dmig_lift_members(DmigLifting *self)
{
  for (guint i = 0; i < self->schema->tables->len; i++) {
    const DmigTable *table = self->schema->tables->pdata[i];
    DmigEntity *entity = g_hash_table_lookup(self->entities, table->name);
    dmig_lift_constraints(self, table, entity);
    dmig_lift_indexes(self, table, entity);
    dmig_lift_parts(self, table->name, entity->parts);
    lift_column_grants(self, table, entity);
  }
}
