/* Constraints: keys, references, checks, exclusions. */
#include "core/domain/lower_parts.h"

#include <string.h>

#include "core/schema/facet_sql.h"
#include "core/sql/text.h"

/* --- names ------------------------------------------------------------------------------------ */

static char *
joined_columns(const DmigEntity *entity, char *const *fields)
{
  g_auto(GStrv) columns = dmig_entity_columns(entity, fields);
  return g_strjoinv("_", columns);
}

/* `<table>_<middle>_<suffix>`, `middle` may be NULL. Keys and indexes are relations; a name given
 * to one of these is taken among `relations`, too. */
static char *
derive_name(DmigTableLowering *self, GHashTable *relations, const char *middle, const char *suffix)
{
  const char *table = self->entity->table;
  g_autofree char *stem
      = middle != NULL ? g_strconcat(table, "_", middle, NULL) : g_strdup(table);
  return dmig_lowering_derive_name(self->lowering, self->constraints, relations, self->table->name,
                                   stem, suffix);
}

/* The author's name, or a derived one where constraints have names. */
static char *
constraint_name(DmigTableLowering *self, const char *given, GHashTable *relations,
                const char *middle, const char *suffix)
{
  if (given != NULL)
    return g_strdup(given);
  return self->lowering->dialect->has.named_constraints
             ? derive_name(self, relations, middle, suffix)
                                               : NULL;
}

static void
claim(DmigTableLowering *self, DmigLocation at, const char *name)
{
  if (name == NULL)
    return;
  g_autofree char *path = dmig_path_sibling(self->table->name, name);
  dmig_lowering_claim_name(self->lowering, self->constraints, at, path);
}

static void
claim_checks(DmigTableLowering *self, const GPtrArray *checks)
{
  for (guint i = 0; i < checks->len; i++) {
    const DmigDomainCheck *check = g_ptr_array_index(checks, i);
    if (dmig_sql_text_get(check->sql, self->dialect) != NULL)
      claim(self, check->at, check->name);
  }
}

/* The constraints' names that the author chose; what is derived makes room for them. */
static void
claim_names(DmigTableLowering *self)
{
  const DmigEntity *entity = self->entity;
  if (entity->key != NULL)
    claim(self, entity->key->at, entity->key->name);
  for (guint i = 0; i < entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(entity->fields, i);
    claim(self, field->at, field->constraint);
  }
  for (guint i = 0; i < entity->uniques->len; i++) {
    const DmigDomainUnique *unique = g_ptr_array_index(entity->uniques, i);
    claim(self, unique->at, unique->name);
  }
  for (guint i = 0; i < entity->foreigns->len; i++) {
    const DmigForeign *foreign = g_ptr_array_index(entity->foreigns, i);
    claim(self, foreign->at, foreign->name);
  }
  claim_checks(self, entity->checks);
  claim_checks(self, entity->exclusions);
}

/* --- what all of them have -------------------------------------------------------------------- */

static DmigConstraint *
add_constraint(DmigTableLowering *self, DmigConstraintKind kind, char *name_owned)
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

static void
add_comment(DmigTableLowering *self, DmigConstraint *constraint, const char *description)
{
  if (constraint->name == NULL)
    return;
  g_autofree char *what
      = dmig_sql_printf(self->dialect, "CONSTRAINT %I ON %I", constraint->name, self->table->name);
  dmig_lower_comment(self->lowering, &constraint->facets, what, description);
}

/* The constraint has an index of its name. */
static void
add_index_comment(DmigTableLowering *self, DmigConstraint *constraint, const char *description)
{
  if (constraint->name == NULL)
    return;
  g_autofree char *path = dmig_path_sibling(self->table->name, constraint->name);
  g_autofree char *what = dmig_sql_printf(self->dialect, "INDEX %I", path);
  dmig_lower_named_comment(self->lowering, &constraint->facets, "index comment", what, description);
}

static void
add_not_valid(DmigTableLowering *self, DmigConstraint *constraint, const char *definition)
{
  if (constraint->name != NULL && self->lowering->dialect->has.later_foreign_keys)
    dmig_facets_add(&constraint->facets, dmig_facet_new_not_valid(self->dialect, self->table->name,
                                                                  constraint->name, definition));
}

static void
append_list(const DmigTableLowering *self, GString *sql, const char *before, char *const *columns)
{
  g_string_append_printf(sql, "%s (", before);
  dmig_sql_append_identifiers(sql, self->dialect, columns);
  g_string_append_c(sql, ')');
}

static const char *
deferrable_sql(DmigDeferrable deferrable)
{
  static const char *const words[] = {
    [DMIG_NOT_DEFERRABLE] = "",
    [DMIG_DEFERRABLE] = " DEFERRABLE",
    [DMIG_INITIALLY_DEFERRED] = " DEFERRABLE INITIALLY DEFERRED",
  };
  return words[deferrable];
}

/* --- keys ------------------------------------------------------------------------------------- */

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
    append_list(self, sql, "", key->columns);
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
                      && self->lowering->dialect->has.index_include;
  gboolean clauses = self->lowering->dialect->has.conflict_clauses;
  gboolean conflicts = from->on_conflict != NULL && clauses;
  gboolean orders = clauses && (from->parts != NULL || from->in_column);
  if (!includes && !from->nulls_not_distinct && !conflicts && !orders)
    return NULL;
  GString *sql = g_string_new(keyword);
  g_string_append(sql, from->nulls_not_distinct ? " NULLS NOT DISTINCT" : "");
  if (from->in_column && orders)
    g_string_append(sql, " DESC");
  else if (orders)
    append_parts(self, sql, key, from);
  else
    append_list(self, sql, "", key->columns);
  if (includes) {
    g_auto(GStrv) include = dmig_entity_columns(self->entity, from->include);
    append_list(self, sql, " INCLUDE", include);
  }
  g_string_append(sql, deferrable_sql(key->deferrable));
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
  if (key->name != NULL && from->cluster && self->lowering->dialect->has.storage)
    lower_cluster(self, key);
  if (key->name != NULL) {
    g_autofree char *path = dmig_path_sibling(self->table->name, key->name);
    g_autofree char *what = dmig_sql_printf(self->dialect, "INDEX %I", path);
    dmig_lower_options(self->lowering, &key->facets, what, from->attributes, FALSE);
  }
  add_comment(self, key, from->description);
  add_index_comment(self, key, from->index_description);
  dmig_lowering_keep_part(self->lowering, key, from->part_of, from->only);
}

static void
lower_primary_key(DmigTableLowering *self)
{
  const DmigDomainUnique *more = self->entity->key;
  if (self->entity->primary[0] == NULL)
    return;
  char *name = constraint_name(self, more != NULL ? more->name : NULL, self->lowering->relations,
                               NULL, "pkey");
  DmigConstraint *key = add_constraint(self, DMIG_CONSTRAINT_PRIMARY_KEY, name);
  set_columns(&key->columns, dmig_entity_columns(self->entity, self->entity->primary));
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
  g_autofree char *middle = joined_columns(self->entity, unique->fields);
  if (unique->nulls_not_distinct
      && !dmig_lowering_require(self->lowering, self->lowering->dialect->has.unique_constraints,
                                unique->at, "constraints in which nulls are the same"))
    return;
  gboolean in_table = unique->in_table || unique->on_conflict != NULL || unique->parts != NULL;
  if (!self->lowering->dialect->has.unique_constraints && !in_table) {
    add_unique_index(self,
                     unique->name != NULL ? g_strdup(unique->name)
                                          : derive_name(self, relations, middle, "key"),
                     unique->fields);
    return;
  }
  char *name = constraint_name(self, unique->name, relations, middle, "key");
  DmigConstraint *key = add_constraint(self, DMIG_CONSTRAINT_UNIQUE, name);
  set_columns(&key->columns, dmig_entity_columns(self->entity, unique->fields));
  key->deferrable = unique->deferrable;
  if (unique->attributes != NULL)
    lower_key_options(self, key, unique, "UNIQUE");
}

static void
lower_uniques(DmigTableLowering *self)
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

/* --- foreign keys ----------------------------------------------------------------------------- */

static void
append_action(GString *sql, const char *event, DmigAction action)
{
  if (action != DMIG_ACTION_NO_ACTION)
    g_string_append_printf(sql, " ON %s %s", event, dmig_action_sql(action));
}

/* Where a reference stands in the table, as that is spelled. */
static char *
reference_in_table_sql(DmigTableLowering *self, const DmigConstraint *key)
{
  GString *sql = g_string_new(NULL);
  append_list(self, sql, "FOREIGN KEY", key->columns);
  dmig_sql_appendf(sql, self->dialect, " REFERENCES %I", key->ref_table);
  if (key->ref_columns[0] != NULL)
    append_list(self, sql, "", key->ref_columns);
  append_action(sql, "DELETE", key->on_delete);
  append_action(sql, "UPDATE", key->on_update);
  g_string_append_printf(sql, " MATCH FULL%s", deferrable_sql(key->deferrable));
  return g_string_free(sql, FALSE);
}

/* As the database prints it, MATCH FULL and lists of columns included. */
static char *
reference_sql(DmigTableLowering *self, const DmigConstraint *key, const DmigForeign *foreign)
{
  GString *sql = g_string_new(NULL);
  append_list(self, sql, "FOREIGN KEY", key->columns);
  dmig_sql_appendf(sql, self->dialect, " REFERENCES %I(", key->ref_table);
  dmig_sql_append_identifiers(sql, self->dialect, key->ref_columns);
  g_string_append(sql, foreign->match_full ? ") MATCH FULL" : ")");
  append_action(sql, "UPDATE", key->on_update);
  append_action(sql, "DELETE", key->on_delete);
  if (foreign->on_delete_fields != NULL) {
    g_auto(GStrv) columns = dmig_entity_columns(self->entity, foreign->on_delete_fields);
    append_list(self, sql, "", columns);
  }
  g_string_append(sql, deferrable_sql(key->deferrable));
  return g_string_free(sql, FALSE);
}

static void
lower_reference_options(DmigTableLowering *self, DmigConstraint *key, const DmigForeign *foreign)
{
  g_autofree char *sql = reference_sql(self, key, foreign);
  if (foreign->not_valid)
    add_not_valid(self, key, sql);
  if ((foreign->match_full || foreign->on_delete_fields != NULL)
      && self->lowering->dialect->has.later_foreign_keys)
    key->definition = g_steal_pointer(&sql);
  else if (foreign->match_full && self->lowering->dialect->has.rowid_tables)
    key->definition = reference_in_table_sql(self, key);
  add_comment(self, key, foreign->description);
}

static const DmigEntity *
target_of(DmigTableLowering *self, const DmigForeign *foreign)
{
  const DmigEntity *target = dmig_lowering_entity(self->lowering, foreign->references);
  if (target == NULL)
    dmig_lowering_report(self->lowering, foreign->at, "unknown-entity", NULL,
                         "%s refers to an unknown entity '%s'", self->entity->name,
                         foreign->references);
  else if (!dmig_lowering_is_for(self->lowering, target->dialects)) {
    dmig_lowering_report(self->lowering, foreign->at, "not-in-dialect",
                         "let both have the same 'dialects: […]'",
                         "%s refers to %s, which is not for %s", self->entity->name, target->name,
                         self->dialect->title);
    return NULL;
  }
  return target;
}

/* Of a table outside of the domain: as many as there are, or none. */
static char **
target_columns(const DmigEntity *target, const DmigForeign *foreign)
{
  if (target == NULL)
    return g_strdupv(foreign->to);
  return dmig_entity_columns(target, foreign->to != NULL ? foreign->to : dmig_entity_key(target));
}

static void
lower_foreign(DmigTableLowering *self, const DmigForeign *foreign)
{
  const DmigEntity *target = foreign->outside ? NULL : target_of(self, foreign);
  if (target == NULL && !foreign->outside)
    return;
  g_auto(GStrv) columns = dmig_entity_columns(self->entity, foreign->fields);
  g_auto(GStrv) ref_columns = target_columns(target, foreign);
  /* Where nothing has to be there to refer to, a table without a key may be referred to as a whole. */
  gboolean whole = ref_columns[0] == NULL && self->lowering->dialect->has.rowid_tables;
  if (target != NULL && !whole && g_strv_length(columns) != g_strv_length(ref_columns)) {
    dmig_lowering_report(self->lowering, foreign->at, "reference-mismatch",
                         "refer to it with 'foreign:'",
                         "%s refers to %s by %u fields, and its key has %u", self->entity->name,
                         target->name, g_strv_length(columns), g_strv_length(ref_columns));
    return;
  }
  g_autofree char *middle = g_strjoinv("_", columns);
  char *name = constraint_name(self, foreign->name, NULL, middle, "fkey");
  DmigConstraint *key = add_constraint(self, DMIG_CONSTRAINT_FOREIGN_KEY, name);
  set_columns(&key->columns, g_steal_pointer(&columns));
  set_columns(&key->ref_columns, g_steal_pointer(&ref_columns));
  key->ref_table = g_strdup(target != NULL ? target->path : foreign->references);
  key->on_delete = foreign->on_delete;
  key->on_update = foreign->on_update;
  key->deferrable = foreign->deferrable;
  lower_reference_options(self, key, foreign);
}

static void
lower_foreigns(DmigTableLowering *self)
{
  for (guint i = 0; i < self->entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(self->entity->fields, i);
    char *fields[] = { field->name, NULL };
    if (field->references != NULL)
      lower_foreign(self, &(DmigForeign){ .at = field->at,
                                          .name = field->constraint,
                                          .fields = fields,
                                          .references = field->references,
                                          .on_delete = field->on_delete,
                                          .on_update = field->on_update,
                                          .deferrable = field->deferrable,
                                          .on_delete_fields = field->on_delete_fields });
  }
  for (guint i = 0; i < self->entity->foreigns->len; i++)
    lower_foreign(self, g_ptr_array_index(self->entity->foreigns, i));
}

/* --- checks ----------------------------------------------------------------------------------- */

static DmigConstraint *
add_check(DmigTableLowering *self, char *name_owned, char *sql_owned)
{
  DmigConstraint *check = add_constraint(self, DMIG_CONSTRAINT_CHECK, name_owned);
  check->check_sql = sql_owned;
  return check;
}

/* Stands for the enum type that the dialect does not have. */
static void
lower_enum_check(DmigTableLowering *self, const DmigField *field)
{
  const DmigType *type = dmig_lowering_enum(self->lowering, field);
  gboolean checked = type != NULL && type == field->type && field->references == NULL &&
                     type->labels != NULL && type->labels[0] != NULL &&
                     !self->lowering->dialect->has.enum_types;
  if (!checked)
    return;
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, self->dialect, "%I IN (", field->column);
  for (char **label = type->labels; *label != NULL; label++) {
    g_autofree char *literal = self->dialect->literal(type, *label);
    g_string_append_printf(sql, "%s%s", label == type->labels ? "" : ", ", literal);
  }
  g_string_append_c(sql, ')');
  add_check(self, constraint_name(self, NULL, NULL, field->column, "check"), g_strdup(sql->str));
}

static void
lower_check(DmigTableLowering *self, const DmigDomainCheck *from)
{
  char *sql = dmig_lowering_sql(self->lowering, from->sql);
  if (sql == NULL)
    return;
  gboolean unnamed = from->unnamed && !self->lowering->dialect->has.named_constraints;
  DmigConstraint *check = add_check(self, unnamed ? NULL : g_strdup(from->name), sql);
  g_autofree char *definition
      = g_strdup_printf("CHECK (%s)%s", sql, from->no_inherit ? " NO INHERIT" : "");
  if (from->not_valid)
    add_not_valid(self, check, definition);
  if (from->no_inherit && self->lowering->dialect->has.partitions)
    check->definition = g_steal_pointer(&definition);
  add_comment(self, check, from->description);
}

static void
lower_checks(DmigTableLowering *self)
{
  for (guint i = 0; i < self->entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(self->entity->fields, i);
    lower_enum_check(self, field);
    char *sql = dmig_lowering_sql(self->lowering, field->check);
    if (sql != NULL)
      add_check(self, constraint_name(self, NULL, NULL, field->column, "check"), sql);
  }
  for (guint i = 0; i < self->entity->checks->len; i++)
    lower_check(self, g_ptr_array_index(self->entity->checks, i));
}

static void
lower_exclusions(DmigTableLowering *self)
{
  for (guint i = 0; i < self->entity->exclusions->len; i++) {
    const DmigDomainCheck *from = g_ptr_array_index(self->entity->exclusions, i);
    g_autofree char *sql = dmig_lowering_sql(self->lowering, from->sql);
    if (sql == NULL
        || !dmig_lowering_require(self->lowering, self->lowering->dialect->has.exclusions, from->at,
                                  "exclusion constraints"))
      continue;
    DmigConstraint *exclusion
        = add_constraint(self, DMIG_CONSTRAINT_EXCLUSION, g_strdup(from->name));
    exclusion->definition = g_strconcat("EXCLUDE ", sql, NULL);
    add_comment(self, exclusion, from->description);
    add_index_comment(self, exclusion, from->index_description);
  }
}

void
dmig_lower_constraints(DmigTableLowering *self)
{
  claim_names(self);
  lower_primary_key(self);
  lower_uniques(self);
  lower_foreigns(self);
  lower_checks(self);
  lower_exclusions(self);
}
