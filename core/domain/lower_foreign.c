/* References to other tables. */
#include "core/domain/lower_constraint.h"

#include <string.h>

#include "core/sql/text.h"

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
  dmig_lower_append_columns(self, sql, "FOREIGN KEY", key->columns);
  dmig_sql_appendf(sql, self->dialect, " REFERENCES %I", key->ref_table);
  if (key->ref_columns[0] != NULL)
    dmig_lower_append_columns(self, sql, "", key->ref_columns);
  append_action(sql, "DELETE", key->on_delete);
  append_action(sql, "UPDATE", key->on_update);
  g_string_append_printf(sql, " MATCH FULL%s", dmig_deferrable_sql(key->deferrable));
  return g_string_free(sql, FALSE);
}

/* As the database prints it, MATCH FULL and lists of columns included. */
static char *
reference_sql(DmigTableLowering *self, const DmigConstraint *key, const DmigForeign *foreign)
{
  GString *sql = g_string_new(NULL);
  dmig_lower_append_columns(self, sql, "FOREIGN KEY", key->columns);
  dmig_sql_appendf(sql, self->dialect, " REFERENCES %I(", key->ref_table);
  dmig_sql_append_identifiers(sql, self->dialect, key->ref_columns);
  g_string_append(sql, foreign->match_full ? ") MATCH FULL" : ")");
  append_action(sql, "UPDATE", key->on_update);
  append_action(sql, "DELETE", key->on_delete);
  if (foreign->on_delete_fields != NULL) {
    g_auto(GStrv) columns = dmig_entity_columns(self->entity, foreign->on_delete_fields);
    dmig_lower_append_columns(self, sql, "", columns);
  }
  g_string_append(sql, dmig_deferrable_sql(key->deferrable));
  return g_string_free(sql, FALSE);
}

static void
lower_reference_options(DmigTableLowering *self, DmigConstraint *key, const DmigForeign *foreign)
{
  g_autofree char *sql = reference_sql(self, key, foreign);
  if (foreign->not_valid)
    dmig_lower_not_valid(self, key, sql);
  if ((foreign->match_full || foreign->on_delete_fields != NULL)
      && self->dialect->has.later_foreign_keys)
    key->definition = g_steal_pointer(&sql);
  else if (foreign->match_full && self->dialect->has.loose_references)
    key->definition = reference_in_table_sql(self, key);
  dmig_lower_constraint_comment(self, key, foreign->description);
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
  gboolean whole = ref_columns[0] == NULL && self->dialect->has.loose_references;
  if (target != NULL && !whole && g_strv_length(columns) != g_strv_length(ref_columns)) {
    dmig_lowering_report(self->lowering, foreign->at, "reference-mismatch",
                         "refer to it with 'foreign:'",
                         "%s refers to %s by %u fields, and its key has %u", self->entity->name,
                         target->name, g_strv_length(columns), g_strv_length(ref_columns));
    return;
  }
  g_autofree char *middle = g_strjoinv("_", columns);
  char *name = dmig_lower_constraint_name(self, foreign->name, NULL, middle, "fkey");
  DmigConstraint *key = dmig_lower_add_constraint(self, DMIG_CONSTRAINT_FOREIGN_KEY, name);
  dmig_lower_set_columns(&key->columns, g_steal_pointer(&columns));
  dmig_lower_set_columns(&key->ref_columns, g_steal_pointer(&ref_columns));
  key->ref_table = g_strdup(target != NULL ? target->path : foreign->references);
  key->on_delete = foreign->on_delete;
  key->on_update = foreign->on_update;
  key->deferrable = foreign->deferrable;
  lower_reference_options(self, key, foreign);
}

void
dmig_lower_foreigns(DmigTableLowering *self)
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
