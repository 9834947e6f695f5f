#include "core/domain/lower.h"

#include <string.h>

#include "core/base/text.h"
#include "core/domain/lowering.h"
#include "core/sql/text.h"

/* One entity on its way to a table. */
typedef struct {
  DmigLowering *lowering;
  const DmigDialect *dialect;
  const DmigEntity *entity;
  DmigTable *table;
  GHashTable *constraints; /* names of this table's constraints */
} TableLowering;

static gboolean
can(const TableLowering *self, DmigCapabilities capability)
{
  return (self->dialect->capabilities & capability) != 0;
}

static void G_GNUC_PRINTF(5, 6)
problem(const TableLowering *self, DmigLocation at, const char *rule, const char *hint,
        const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  dmig_diagnostics_add(self->lowering->diagnostics, at, DMIG_SEVERITY_ERROR, rule, hint, "%s",
                       message);
}

static char *
comment_of(const DmigDialect *dialect, const char *description)
{
  gboolean kept = (dialect->capabilities & DMIG_CAP_COMMENTS) != 0 && description != NULL &&
                  *description != '\0';
  return kept ? g_strdup(description) : NULL;
}

/* Columns. */

static void
lower_identity(TableLowering *self, const DmigField *field, DmigColumn *column)
{
  column->identity = field->identity;
  if (field->identity == DMIG_IDENTITY_NONE || can(self, DMIG_CAP_IDENTITY_ANYWHERE))
    return;
  column->identity = DMIG_IDENTITY_BY_DEFAULT;
  char **key = self->entity->primary;
  if (g_strv_length(key) != 1 || !g_str_equal(key[0], field->name))
    problem(self, field->at, "identity-not-key", "make it the primary key, alone",
            "%s can number rows only in the single primary key, and %s.%s is not it",
            self->dialect->title, self->entity->name, field->name);
}

static void
lower_generated(TableLowering *self, const DmigField *field, DmigColumn *column)
{
  if (field->generated == DMIG_GENERATED_NONE)
    return;
  column->generated =
      can(self, DMIG_CAP_VIRTUAL_COLUMNS) ? field->generated : DMIG_GENERATED_STORED;
  column->generated_sql = dmig_lowering_sql(self->lowering, field->generated_sql);
  if (column->generated_sql != NULL)
    return;
  g_autofree char *hint = g_strdup_printf("state one for %s", self->dialect->name);
  problem(self, field->at, "missing-expression", hint,
          "the generated field %s.%s has no expression for %s", self->entity->name, field->name,
          self->dialect->title);
  column->generated = DMIG_GENERATED_NONE;
}

static void
lower_column(TableLowering *self, const DmigField *field)
{
  g_autofree char *type = dmig_lowering_type(self->lowering, self->entity, field);
  DmigColumn *column = dmig_column_new(field->column, type);
  column->not_null =
      field->required || field->primary || dmig_strv_contains(self->entity->primary, field->name);
  column->collation = g_strdup(field->collation);
  column->comment = comment_of(self->dialect, field->description);
  lower_identity(self, field, column);
  lower_generated(self, field, column);
  if (field->default_value != NULL)
    column->default_sql = dmig_lowering_value(self->lowering, field, field->default_value);
  g_ptr_array_add(self->table->columns, column);
}

/* Names of constraints and indexes. */

static char *
joined_columns(const DmigEntity *entity, char *const *fields)
{
  g_auto(GStrv) columns = dmig_entity_columns(entity, fields);
  return g_strjoinv("_", columns);
}

/* `<table>_<middle>_<suffix>`, `middle` may be NULL. Keys and indexes are relations; a name given
 * to one of these is taken among `relations`, too. */
static char *
derive_name(TableLowering *self, GHashTable *relations, const char *middle, const char *suffix)
{
  g_autofree char *stem = middle != NULL ? g_strconcat(self->table->name, "_", middle, NULL)
                                         : g_strdup(self->table->name);
  return dmig_lowering_derive_name(self->lowering, self->constraints, relations, stem, suffix);
}

static char *
constraint_name(TableLowering *self, GHashTable *relations, const char *middle, const char *suffix)
{
  if (!can(self, DMIG_CAP_NAMED_CONSTRAINTS))
    return NULL;
  return derive_name(self, relations, middle, suffix);
}

static DmigConstraint *
add_constraint(TableLowering *self, DmigConstraintKind kind, char *name_owned)
{
  DmigConstraint *constraint = dmig_constraint_new(kind, NULL);
  constraint->name = name_owned;
  g_ptr_array_add(self->table->constraints, constraint);
  return constraint;
}

static void
set_columns(char ***slot, char **columns_owned)
{
  g_strfreev(*slot);
  *slot = columns_owned;
}

/* Keys. */

static void
lower_primary_key(TableLowering *self)
{
  if (self->entity->primary[0] == NULL)
    return;
  char *name = constraint_name(self, self->lowering->relations, NULL, "pkey");
  DmigConstraint *key = add_constraint(self, DMIG_CONSTRAINT_PRIMARY_KEY, name);
  set_columns(&key->columns, dmig_entity_columns(self->entity, self->entity->primary));
}

static void
add_unique_index(TableLowering *self, char *name_owned, char *const *fields)
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
lower_unique(TableLowering *self, const DmigDomainUnique *unique)
{
  GHashTable *relations = self->lowering->relations;
  g_autofree char *middle = joined_columns(self->entity, unique->fields);
  if (!can(self, DMIG_CAP_UNIQUE_CONSTRAINTS)) {
    add_unique_index(self,
                     unique->name != NULL ? g_strdup(unique->name)
                                          : derive_name(self, relations, middle, "key"),
                     unique->fields);
    return;
  }
  char *name = unique->name != NULL ? g_strdup(unique->name)
                                    : constraint_name(self, relations, middle, "key");
  DmigConstraint *key = add_constraint(self, DMIG_CONSTRAINT_UNIQUE, name);
  set_columns(&key->columns, dmig_entity_columns(self->entity, unique->fields));
  key->deferrable = unique->deferrable;
}

static void
lower_uniques(TableLowering *self)
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

/* Foreign keys. */

static void
lower_foreign(TableLowering *self, const DmigForeign *foreign)
{
  const DmigEntity *target = dmig_lowering_entity(self->lowering, foreign->references);
  if (target == NULL) {
    problem(self, foreign->at, "unknown-entity", NULL, "%s refers to an unknown entity '%s'",
            self->entity->name, foreign->references);
    return;
  }
  char *const *to = foreign->to != NULL ? foreign->to : target->primary;
  g_auto(GStrv) columns = dmig_entity_columns(self->entity, foreign->fields);
  g_auto(GStrv) ref_columns = dmig_entity_columns(target, to);
  if (g_strv_length(columns) != g_strv_length(ref_columns)) {
    problem(self, foreign->at, "reference-mismatch", "refer to it with 'foreign:'",
            "%s refers to %s by %u fields, and its key has %u", self->entity->name, target->name,
            g_strv_length(columns), g_strv_length(ref_columns));
    return;
  }
  g_autofree char *middle = g_strjoinv("_", columns);
  char *name =
      foreign->name != NULL ? g_strdup(foreign->name) : constraint_name(self, NULL, middle, "fkey");
  DmigConstraint *key = add_constraint(self, DMIG_CONSTRAINT_FOREIGN_KEY, name);
  set_columns(&key->columns, g_steal_pointer(&columns));
  set_columns(&key->ref_columns, g_steal_pointer(&ref_columns));
  key->ref_table = g_strdup(target->table);
  key->on_delete = foreign->on_delete;
  key->on_update = foreign->on_update;
  key->deferrable = foreign->deferrable;
}

static void
lower_foreigns(TableLowering *self)
{
  for (guint i = 0; i < self->entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(self->entity->fields, i);
    char *fields[] = { field->name, NULL };
    if (field->references != NULL)
      lower_foreign(self, &(DmigForeign){ .at = field->at,
                                          .fields = fields,
                                          .references = field->references,
                                          .on_delete = field->on_delete,
                                          .on_update = field->on_update,
                                          .deferrable = field->deferrable });
  }
  for (guint i = 0; i < self->entity->foreigns->len; i++)
    lower_foreign(self, g_ptr_array_index(self->entity->foreigns, i));
}

/* Checks. */

static void
add_check(TableLowering *self, char *name_owned, char *sql_owned)
{
  add_constraint(self, DMIG_CONSTRAINT_CHECK, name_owned)->check_sql = sql_owned;
}

/* Stands for the enum type that the dialect does not have. */
static void
lower_enum_check(TableLowering *self, const DmigField *field)
{
  const DmigType *type = dmig_lowering_enum(self->lowering, field);
  gboolean checked = type != NULL && type == field->type && field->references == NULL &&
                     type->labels != NULL && type->labels[0] != NULL &&
                     !can(self, DMIG_CAP_ENUM_TYPES);
  if (!checked)
    return;
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, self->dialect, "%I IN (", field->column);
  for (char **label = type->labels; *label != NULL; label++) {
    g_autofree char *literal = self->dialect->literal(type, *label);
    g_string_append_printf(sql, "%s%s", label == type->labels ? "" : ", ", literal);
  }
  g_string_append_c(sql, ')');
  add_check(self, constraint_name(self, NULL, field->column, "check"), g_strdup(sql->str));
}

static void
lower_checks(TableLowering *self)
{
  for (guint i = 0; i < self->entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(self->entity->fields, i);
    lower_enum_check(self, field);
    char *sql = dmig_lowering_sql(self->lowering, field->check);
    if (sql != NULL)
      add_check(self, constraint_name(self, NULL, field->column, "check"), sql);
  }
  for (guint i = 0; i < self->entity->checks->len; i++) {
    const DmigDomainCheck *check = g_ptr_array_index(self->entity->checks, i);
    char *sql = dmig_lowering_sql(self->lowering, check->sql);
    if (sql != NULL)
      add_check(self, g_strdup(check->name), sql);
  }
}

/* Indexes. */

/* -1 first, 1 last, 0 where that is what the dialect does anyway: with DMIG_CAP_INDEX_NULLS, null
 * counts as larger than every value (PostgreSQL manual, CREATE INDEX). */
static int
lower_nulls(const TableLowering *self, const DmigIndexPart *part)
{
  int usual = part->descending ? -1 : 1;
  return can(self, DMIG_CAP_INDEX_NULLS) && part->nulls != usual ? part->nulls : 0;
}

static DmigIndexElement *
lower_index_part(TableLowering *self, const DmigIndexPart *part)
{
  const DmigField *field =
      part->field != NULL ? dmig_entity_field(self->entity, part->field) : NULL;
  g_autofree char *expression = dmig_lowering_sql(self->lowering, part->expression);
  DmigIndexElement *element = field != NULL ? dmig_index_element_new(field->column, NULL)
                                            : dmig_index_element_new(NULL, expression);
  element->descending = part->descending;
  element->nulls = lower_nulls(self, part);
  if (can(self, DMIG_CAP_INDEX_METHODS))
    element->operator_class = g_strdup(part->operator_class);
  return element;
}

/* PostgreSQL's own way: the columns, and `expr` for an expression. */
static char *
derive_index_name(TableLowering *self, const DmigIndex *index)
{
  g_autoptr(GString) stem = g_string_new(self->table->name);
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = g_ptr_array_index(index->elements, i);
    g_string_append_printf(stem, "_%s", element->column != NULL ? element->column : "expr");
  }
  return dmig_lowering_derive_name(self->lowering, self->lowering->relations, NULL, stem->str,
                                   "idx");
}

static void
lower_index(TableLowering *self, const DmigDomainIndex *from)
{
  if (!dmig_lowering_has_index(self->lowering, from))
    return;
  DmigIndex *index = dmig_index_new(NULL);
  for (guint i = 0; i < from->parts->len; i++)
    g_ptr_array_add(index->elements, lower_index_part(self, g_ptr_array_index(from->parts, i)));
  index->name = from->name != NULL ? g_strdup(from->name) : derive_index_name(self, index);
  index->unique = from->unique;
  index->where_sql = dmig_lowering_sql(self->lowering, from->where);
  gboolean usual_method = from->method == NULL || g_ascii_strcasecmp(from->method, "btree") == 0;
  if (can(self, DMIG_CAP_INDEX_METHODS) && !usual_method)
    index->method = g_ascii_strdown(from->method, -1);
  if (can(self, DMIG_CAP_INDEX_INCLUDE))
    set_columns(&index->include, dmig_entity_columns(self->entity, from->include));
  g_ptr_array_add(self->table->indexes, index);
}

/* Objects. */

/* The constraints' names that the author chose; what is derived makes room for them. */
static void
claim_constraint_names(TableLowering *self)
{
  for (guint i = 0; i < self->entity->uniques->len; i++) {
    const DmigDomainUnique *unique = g_ptr_array_index(self->entity->uniques, i);
    if (unique->name != NULL)
      dmig_lowering_claim_name(self->lowering, self->constraints, unique->at, unique->name);
  }
  for (guint i = 0; i < self->entity->foreigns->len; i++) {
    const DmigForeign *foreign = g_ptr_array_index(self->entity->foreigns, i);
    if (foreign->name != NULL)
      dmig_lowering_claim_name(self->lowering, self->constraints, foreign->at, foreign->name);
  }
  for (guint i = 0; i < self->entity->checks->len; i++) {
    const DmigDomainCheck *check = g_ptr_array_index(self->entity->checks, i);
    if (dmig_sql_text_get(check->sql, self->dialect) != NULL)
      dmig_lowering_claim_name(self->lowering, self->constraints, check->at, check->name);
  }
}

static DmigTable *
lower_entity(DmigLowering *lowering, const DmigEntity *entity)
{
  g_autoptr(GHashTable) constraints = dmig_lowering_names_new();
  DmigTable *table = dmig_table_new(entity->table);
  TableLowering self = { lowering, lowering->dialect, entity, table, constraints };
  table->comment = comment_of(lowering->dialect, entity->description);
  claim_constraint_names(&self);
  for (guint i = 0; i < entity->fields->len; i++)
    lower_column(&self, g_ptr_array_index(entity->fields, i));
  lower_primary_key(&self);
  lower_uniques(&self);
  lower_foreigns(&self);
  lower_checks(&self);
  for (guint i = 0; i < entity->indexes->len; i++)
    lower_index(&self, g_ptr_array_index(entity->indexes, i));
  return table;
}

static void
add_enum(DmigSchema *schema, const char *name, char **labels, const char *description)
{
  DmigEnum *item = dmig_enum_new(name, (const char *const *) labels);
  item->comment = comment_of(schema->dialect, description);
  g_ptr_array_add(schema->enums, item);
}

static void
lower_enums(DmigLowering *lowering, DmigSchema *schema)
{
  if ((lowering->dialect->capabilities & DMIG_CAP_ENUM_TYPES) == 0)
    return;
  for (guint i = 0; i < lowering->domain->enums->len; i++) {
    const DmigDomainEnum *item = g_ptr_array_index(lowering->domain->enums, i);
    add_enum(schema, item->type_name, item->labels, item->description);
  }
  for (guint i = 0; i < lowering->domain->entities->len; i++) {
    const DmigEntity *entity = g_ptr_array_index(lowering->domain->entities, i);
    for (guint j = 0; j < entity->fields->len; j++) {
      const DmigField *field = g_ptr_array_index(entity->fields, j);
      const char *name = g_hash_table_lookup(lowering->enum_names, field);
      if (name != NULL)
        add_enum(schema, name, dmig_lowering_enum(lowering, field)->labels, NULL);
    }
  }
}

static void
lower_view(DmigLowering *lowering, const DmigDomainView *from, DmigSchema *schema)
{
  g_autofree char *sql = dmig_lowering_sql(lowering, from->sql);
  if (sql == NULL)
    return;
  gsize length = strlen(sql);
  while (length > 0 && (sql[length - 1] == ';' || g_ascii_isspace(sql[length - 1])))
    sql[--length] = '\0';
  DmigObject *view = dmig_object_new_view(lowering->dialect, from->view, sql);
  g_autofree char *comment = comment_of(lowering->dialect, from->description);
  if (comment != NULL) {
    g_autofree char *what = dmig_sql_printf(lowering->dialect, "VIEW %I", from->view);
    dmig_facets_add(&view->facets, dmig_facet_new_comment(what, comment));
  }
  g_ptr_array_add(schema->objects, view);
}

DmigSchema *
dmig_domain_lower(const DmigDomain *self, const DmigDialect *dialect, DmigDiagnostics *diagnostics)
{
  g_autoptr(DmigLowering) lowering = dmig_lowering_new(self, dialect, diagnostics);
  DmigSchema *schema = dmig_schema_new(dialect);
  lower_enums(lowering, schema);
  for (guint i = 0; i < self->entities->len; i++)
    g_ptr_array_add(schema->tables, lower_entity(lowering, g_ptr_array_index(self->entities, i)));
  for (guint i = 0; i < self->views->len; i++)
    lower_view(lowering, g_ptr_array_index(self->views, i), schema);
  return schema;
}
