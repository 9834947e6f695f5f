/* Constraints: their names, what all of them have, checks and exclusions. */
#include "core/domain/lower_constraint.h"

#include "core/schema/facet_sql.h"
#include "core/sql/text.h"

/* --- names ------------------------------------------------------------------------------------ */

char *
dmig_lower_joined_columns(const DmigEntity *entity, char *const *fields)
{
  g_auto(GStrv) columns = dmig_entity_columns(entity, fields);
  return g_strjoinv("_", columns);
}

char *
dmig_lower_derived_name(DmigTableLowering *self, GHashTable *relations, const char *middle,
                        const char *suffix)
{
  const char *table = self->entity->table;
  g_autofree char *stem
      = middle != NULL ? g_strconcat(table, "_", middle, NULL) : g_strdup(table);
  return dmig_lowering_derive_name(self->lowering, self->constraints, relations, self->table->name,
                                   stem, suffix);
}

char *
dmig_lower_constraint_name(DmigTableLowering *self, const char *given, GHashTable *relations,
                           const char *middle, const char *suffix)
{
  if (given != NULL)
    return g_strdup(given);
  return self->dialect->has.named_constraints
             ? dmig_lower_derived_name(self, relations, middle, suffix)
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

DmigConstraint *
dmig_lower_add_constraint(DmigTableLowering *self, DmigConstraintKind kind, char *name_owned)
{
  DmigConstraint *constraint = dmig_constraint_new(kind, NULL);
  constraint->name = name_owned;
  g_ptr_array_add(self->table->constraints, constraint);
  return constraint;
}

void
dmig_lower_set_columns(char ***slot, char **columns_owned)
{
  g_strfreev(*slot);
  *slot = columns_owned;
}

void
dmig_lower_constraint_comment(DmigTableLowering *self, DmigConstraint *constraint,
                              const char *description)
{
  if (constraint->name == NULL)
    return;
  g_autofree char *what
      = dmig_sql_printf(self->dialect, "CONSTRAINT %I ON %I", constraint->name, self->table->name);
  dmig_lower_comment(self->lowering, &constraint->facets, what, description);
}

/* The constraint has an index of its name. */
void
dmig_lower_index_comment(DmigTableLowering *self, DmigConstraint *constraint,
                         const char *description)
{
  if (constraint->name == NULL)
    return;
  g_autofree char *path = dmig_path_sibling(self->table->name, constraint->name);
  g_autofree char *what = dmig_sql_printf(self->dialect, "INDEX %I", path);
  dmig_lower_named_comment(self->lowering, &constraint->facets, "index comment", what, description);
}

void
dmig_lower_not_valid(DmigTableLowering *self, DmigConstraint *constraint,
                     const char *definition)
{
  if (constraint->name != NULL && self->dialect->has.later_foreign_keys)
    dmig_facets_add(&constraint->facets, dmig_facet_new_not_valid(self->dialect, self->table->name,
                                                                  constraint->name, definition));
}

void
dmig_lower_append_columns(const DmigTableLowering *self, GString *sql, const char *before,
                          char *const *columns)
{
  g_string_append_printf(sql, "%s (", before);
  dmig_sql_append_identifiers(sql, self->dialect, columns);
  g_string_append_c(sql, ')');
}

/* --- checks ----------------------------------------------------------------------------------- */

static DmigConstraint *
add_check(DmigTableLowering *self, char *name_owned, char *sql_owned)
{
  DmigConstraint *check = dmig_lower_add_constraint(self, DMIG_CONSTRAINT_CHECK, name_owned);
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
                     !self->dialect->has.enum_types;
  if (!checked)
    return;
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, self->dialect, "%I IN (", field->column);
  for (char **label = type->labels; *label != NULL; label++) {
    g_autofree char *literal = self->dialect->literal(type, *label);
    g_string_append_printf(sql, "%s%s", label == type->labels ? "" : ", ", literal);
  }
  g_string_append_c(sql, ')');
  add_check(self, dmig_lower_constraint_name(self, NULL, NULL, field->column, "check"),
            g_strdup(sql->str));
}

static void
lower_check(DmigTableLowering *self, const DmigDomainCheck *from)
{
  char *sql = dmig_lowering_sql(self->lowering, from->sql);
  if (sql == NULL)
    return;
  gboolean unnamed = from->unnamed && !self->dialect->has.named_constraints;
  DmigConstraint *check = add_check(self, unnamed ? NULL : g_strdup(from->name), sql);
  g_autofree char *definition
      = g_strdup_printf("CHECK (%s)%s", sql, from->no_inherit ? " NO INHERIT" : "");
  if (from->not_valid)
    dmig_lower_not_valid(self, check, definition);
  if (from->no_inherit && self->dialect->has.partitions)
    check->definition = g_steal_pointer(&definition);
  dmig_lower_constraint_comment(self, check, from->description);
}

static void
lower_checks(DmigTableLowering *self)
{
  for (guint i = 0; i < self->entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(self->entity->fields, i);
    lower_enum_check(self, field);
    char *sql = dmig_lowering_sql(self->lowering, field->check);
    if (sql != NULL)
      add_check(self, dmig_lower_constraint_name(self, NULL, NULL, field->column, "check"), sql);
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
        || !dmig_lowering_require(self->lowering, self->dialect->has.exclusions, from->at,
                                  "exclusion constraints"))
      continue;
    DmigConstraint *exclusion
        = dmig_lower_add_constraint(self, DMIG_CONSTRAINT_EXCLUSION, g_strdup(from->name));
    exclusion->definition = g_strconcat("EXCLUDE ", sql, NULL);
    dmig_lower_constraint_comment(self, exclusion, from->description);
    dmig_lower_index_comment(self, exclusion, from->index_description);
  }
}

void
dmig_lower_constraints(DmigTableLowering *self)
{
  claim_names(self);
  dmig_lower_primary_key(self);
  dmig_lower_uniques(self);
  dmig_lower_foreigns(self);
  lower_checks(self);
  lower_exclusions(self);
}
