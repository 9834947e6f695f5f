/* Constraints: at their field where that can say all of them, else by themselves. */
#include "core/domain/lifting.h"

#include <string.h>

#include "core/sql/lexer.h"

/* --- what all of them ask ------------------------------------------------------------------ */

char **
dmig_lift_fields_behind(const DmigLiftedMembers *self, const char *definition, const char *first,
                        const char *second)
{
  g_auto(GStrv) columns = dmig_lift_listed_names(dmig_lift_behind(definition, first, second));
  return columns != NULL ? dmig_lift_field_names(self->lifting, self->table->name, columns) : NULL;
}

void
dmig_lift_warn_member(const DmigLiftedMembers *self, const DmigConstraint *constraint,
                      const char *what)
{
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_CONSTRAINT, self->table->name,
                                              constraint->name != NULL ? constraint->name : "");
  dmig_lift_warn(self->lifting, address, what);
}

char *
dmig_lift_joined(const DmigLiftedMembers *self, char *const *columns, const char *suffix)
{
  g_autofree char *middle = g_strjoinv("_", (char **) columns);
  const char *table = dmig_path_name(self->table->name);
  g_autofree char *stem = *middle != '\0' ? g_strconcat(table, "_", middle, NULL) : g_strdup(table);
  return dmig_lift_derive(self->lifting, stem, suffix);
}

char *
dmig_lift_stated_name(const DmigLiftedMembers *self, const char *name, char *derived_owned,
                      gboolean relation)
{
  g_autofree char *derived = derived_owned;
  g_autofree char *path = dmig_path_sibling(self->table->name, derived);
  gboolean found = name == NULL
                   || (strcmp(name, derived) == 0 && dmig_lift_names_constraints(self->lifting)
                       && (!relation || dmig_lift_is_unique(self->lifting, path)));
  return found ? NULL : g_strdup(name);
}

static char *
comment_of(const DmigConstraint *constraint)
{
  return g_strdup(dmig_facets_value(constraint->facets, "comment"));
}

static gboolean
is_not_valid(const DmigConstraint *constraint)
{
  return !dmig_constraint_is_valid(constraint);
}

static gboolean
has_facets(const DmigConstraint *constraint)
{
  return constraint->facets != NULL && constraint->facets->len > 0;
}

/* Foreign keys. */

static gboolean
is_relationship(const DmigLiftedMembers *self, const DmigConstraint *key)
{
  if (key->columns[0] == NULL || key->columns[1] != NULL)
    return FALSE;
  const DmigField *field = dmig_lift_field(self->lifting, self->table->name, key->columns[0]);
  const DmigEntity *target = g_hash_table_lookup(self->lifting->entities, key->ref_table);
  if (field == NULL || field->references == NULL || target == NULL
      || strcmp(field->references, target->name) != 0
      || !g_ptr_array_find(self->entity->fields, field, NULL))
    return FALSE;
  if (field->constraint != NULL)
    return g_strcmp0(field->constraint, key->name) == 0;
  g_autofree char *stated
      = dmig_lift_stated_name(self, key->name, dmig_lift_joined(self, key->columns, "fkey"), FALSE);
  return stated == NULL && key->definition == NULL && !has_facets(key);
}

static void
lift_foreign(const DmigLiftedMembers *self, const DmigConstraint *key)
{
  const DmigEntity *target = g_hash_table_lookup(self->lifting->entities, key->ref_table);
  g_auto(GStrv) fields = dmig_lift_field_names(self->lifting, self->table->name, key->columns);
  g_auto(GStrv) to
      = target != NULL ? dmig_lift_field_names(self->lifting, key->ref_table, key->ref_columns) : NULL;
  /* A key that no row can have, as SQLite lets one say it, is none of the domain's relationships. */
  gboolean uneven = key->ref_columns[0] != NULL
                    && g_strv_length(key->columns) != g_strv_length(key->ref_columns);
  gboolean outside = (to == NULL || uneven) && key->ref_table != NULL
                     && strchr(key->ref_table, DMIG_PATH_SEPARATOR) == NULL;
  if (outside) {
    g_strfreev(to);
    to = g_strdupv(key->ref_columns);
  }
  if ((target == NULL && !outside) || fields == NULL || to == NULL) {
    dmig_lift_warn_member(self, key, "a reference to what is not in this domain");
    return;
  }
  DmigForeign *foreign = dmig_foreign_new();
  g_strfreev(foreign->fields);
  foreign->fields = g_steal_pointer(&fields);
  foreign->to = g_steal_pointer(&to);
  foreign->outside = outside;
  foreign->references = g_strdup(outside ? key->ref_table : target->name);
  foreign->name
      = dmig_lift_stated_name(self, key->name, dmig_lift_joined(self, key->columns, "fkey"), FALSE);
  foreign->on_delete = key->on_delete;
  foreign->on_update = key->on_update;
  foreign->deferrable = key->deferrable;
  foreign->match_full = dmig_lift_behind(key->definition, "MATCH", "FULL") != NULL;
  foreign->on_delete_fields = dmig_lift_fields_behind(self, key->definition, "SET", "NULL");
  if (foreign->on_delete_fields == NULL)
    foreign->on_delete_fields = dmig_lift_fields_behind(self, key->definition, "SET", "DEFAULT");
  foreign->not_valid = is_not_valid(key);
  foreign->description = comment_of(key);
  g_ptr_array_add(self->entity->foreigns, foreign);
}

/* Checks. */

/* The field whose check would get this name; of one without a name, the first that it mentions. */
static DmigField *
field_of_check(const DmigLiftedMembers *self, const DmigConstraint *check)
{
  if (check->definition != NULL || has_facets(check))
    return NULL;
  for (guint i = 0; i < self->entity->fields->len; i++) {
    DmigField *field = self->entity->fields->pdata[i];
    char *columns[] = { field->column, NULL };
    if (field->check != NULL)
      continue;
    g_autofree char *derived = dmig_lift_joined(self, columns, "check");
    if (check->name != NULL ? strcmp(check->name, derived) == 0
                                  && dmig_lift_names_constraints(self->lifting)
                            : dmig_sql_mentions(check->check_sql, field->column))
      return field;
  }
  return NULL;
}

/* An unnamed check that no field can have is given a name. */
static char *
name_for_check(const DmigLiftedMembers *self, const DmigConstraint *check)
{
  if (check->name != NULL)
    return g_strdup(check->name);
  for (guint n = 1;; n++) {
    g_autofree char *name = g_strdup_printf("%s_check%u", dmig_path_name(self->table->name), n);
    gboolean taken = FALSE;
    for (guint i = 0; i < self->table->constraints->len; i++)
      taken = taken
              || g_strcmp0(((DmigConstraint *) self->table->constraints->pdata[i])->name, name) == 0;
    for (guint i = 0; i < self->entity->checks->len; i++)
      taken
          = taken || strcmp(((DmigDomainCheck *) self->entity->checks->pdata[i])->name, name) == 0;
    if (!taken)
      return g_steal_pointer(&name);
  }
}

static const char *
text_of(const DmigConstraint *check)
{
  return check->check_text != NULL ? check->check_text : check->check_sql;
}

static void
lift_check(const DmigLiftedMembers *self, const DmigConstraint *check)
{
  DmigField *field = field_of_check(self, check);
  if (field != NULL) {
    field->check = dmig_lift_sql(text_of(check));
    return;
  }
  g_autofree char *name = name_for_check(self, check);
  DmigDomainCheck *item = dmig_domain_check_new(name);
  item->sql = dmig_lift_sql(text_of(check));
  item->unnamed = check->name == NULL;
  item->no_inherit = dmig_lift_behind(check->definition, "NO", "INHERIT") != NULL;
  item->not_valid = is_not_valid(check);
  item->description = comment_of(check);
  g_ptr_array_add(self->entity->checks, item);
}

static void
lift_exclusion(const DmigLiftedMembers *self, const DmigConstraint *exclusion)
{
  const char *definition = dmig_lift_behind(exclusion->definition, "EXCLUDE", NULL);
  if (definition == NULL || exclusion->name == NULL)
    return;
  DmigDomainCheck *item = dmig_domain_check_new(exclusion->name);
  item->sql = dmig_lift_sql(definition + strspn(definition, " "));
  item->description = comment_of(exclusion);
  item->index_description = g_strdup(dmig_facets_value(exclusion->facets, "index comment"));
  g_ptr_array_add(self->entity->exclusions, item);
}

/* What is set about it and has no key. */
static void
lift_other_facets(const DmigLiftedMembers *self, const DmigConstraint *constraint)
{
  static const char *const known[]
      = { "comment", "index comment", "cluster", "not valid", "partition of index", NULL };
  g_autofree char *address
      = dmig_address_new(DMIG_OBJECT_CONSTRAINT, self->table->name, constraint->name);
  for (guint i = 0; constraint->facets != NULL && i < constraint->facets->len; i++) {
    const DmigFacet *facet = constraint->facets->pdata[i];
    if (!g_strv_contains(known, facet->name) && !g_str_has_prefix(facet->name, "with "))
      dmig_lift_facet(self->lifting, address, facet);
  }
}

static void
lift_constraint(const DmigLiftedMembers *self, const DmigConstraint *constraint)
{
  lift_other_facets(self, constraint);
  switch (constraint->kind) {
  case DMIG_CONSTRAINT_PRIMARY_KEY:
    dmig_lift_primary(self, constraint);
    break;
  case DMIG_CONSTRAINT_UNIQUE:
    dmig_lift_unique(self, constraint,
                     !self->lifting->dialect->has.unique_constraints);
    break;
  case DMIG_CONSTRAINT_FOREIGN_KEY:
    if (!is_relationship(self, constraint))
      lift_foreign(self, constraint);
    break;
  case DMIG_CONSTRAINT_CHECK:
    lift_check(self, constraint);
    break;
  case DMIG_CONSTRAINT_EXCLUSION:
    lift_exclusion(self, constraint);
    break;
  }
}

void
dmig_lift_constraints(DmigLifting *lifting, const DmigTable *table, DmigEntity *entity)
{
  DmigLiftedMembers self = { lifting, table, entity };
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (!dmig_lift_comes_with_whole(&self, constraint))
      lift_constraint(&self, constraint);
  }
}
