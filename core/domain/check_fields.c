/* Fields: keys that contradict each other, defaults that do not fit. */
#include "core/domain/domain_reader.h"

#include <string.h>

#include "core/domain/dialect_facts.h"

static void G_GNUC_PRINTF(4, 5) contradict(DmigDomainReader *self, const DmigField *field,
                                           DmigRule rule, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  dmig_reading_report(&self->reading, field->at, rule, NULL, "'%s': %s",
                      dmig_reading_show(&self->reading, field->name), message);
}

static gboolean
is_whole_number(const DmigType *type)
{
  return type->kind == DMIG_TYPE_SMALLINT || type->kind == DMIG_TYPE_INTEGER
         || type->kind == DMIG_TYPE_BIGINT;
}

static gboolean
is_text(const DmigType *type)
{
  return type->kind == DMIG_TYPE_STRING || type->kind == DMIG_TYPE_TEXT;
}

static void
check_contradictions(DmigDomainReader *self, const DmigField *field)
{
  gboolean identity = field->identity != DMIG_IDENTITY_NONE;
  gboolean generated = field->generated != DMIG_GENERATED_NONE;
  if (generated && field->default_value != NULL)
    contradict(self, field, DMIG_RULE_CONTRADICTION, "a generated column has no default");
  if (generated && identity)
    contradict(self, field, DMIG_RULE_CONTRADICTION, "a generated column is no identity");
  if (identity && field->default_value != NULL)
    contradict(self, field, DMIG_RULE_CONTRADICTION, "an identity has no default");
  if (identity && field->references != NULL)
    contradict(self, field, DMIG_RULE_CONTRADICTION,
               "a relationship takes its value from another row, and is no identity");
  else if (identity && field->type != NULL && !is_whole_number(field->type))
    contradict(self, field, DMIG_RULE_IDENTITY_TYPE,
               "only smallint, integer and bigint can be an identity");
  if (field->serial && (identity || generated || field->default_value != NULL
                        || field->references != NULL))
    contradict(self, field, DMIG_RULE_CONTRADICTION,
               "a serial takes its value from its sequence, and from nowhere else");
  else if (field->serial && field->type != NULL && !is_whole_number(field->type))
    contradict(self, field, DMIG_RULE_IDENTITY_TYPE,
               "only smallint, integer and bigint can be serial");
  if (field->collation != NULL && field->type != NULL && !is_text(field->type))
    contradict(self, field, DMIG_RULE_CONTRADICTION, "only texts have a collation");
}

static void
check_relationship(DmigDomainReader *self, const DmigField *field)
{
  gboolean nulls
      = field->on_delete == DMIG_ACTION_SET_NULL || field->on_update == DMIG_ACTION_SET_NULL;
  gboolean defaults
      = field->on_delete == DMIG_ACTION_SET_DEFAULT || field->on_update == DMIG_ACTION_SET_DEFAULT;
  gboolean says = field->constraint != NULL || field->on_delete != DMIG_ACTION_NO_ACTION
                  || field->on_update != DMIG_ACTION_NO_ACTION
                  || field->deferrable != DMIG_NOT_DEFERRABLE;
  if (field->references == NULL && says)
    contradict(self, field, DMIG_RULE_CONTRADICTION, "%s",
               field->constraint != NULL
                   ? "the constraint's name belongs to 'references'"
                   : "on_delete, on_update and deferrable belong to 'references'");
  for (guint i = 0; field->on_delete_fields != NULL && field->on_delete_fields[i] != NULL; i++) {
    if (strcmp(field->on_delete_fields[i], field->name) != 0)
      contradict(self, field, DMIG_RULE_UNKNOWN_FIELD, "only this field itself can be set here");
  }
  if (nulls && field->required)
    contradict(self, field, DMIG_RULE_SET_NULL_REQUIRED,
               "it is required, so that 'set null' can't work");
  gboolean none = field->default_value == NULL || field->default_value->kind == DMIG_VALUE_NULL;
  if (defaults && field->required && none)
    contradict(self, field, DMIG_RULE_SET_NULL_REQUIRED,
               "it is required and has no default, so that 'set default' can't work");
}

/* A type of each dialect that the entity is for, where there is no portable one. */
static void
check_native(DmigDomainReader *self, const DmigEntity *entity, const DmigField *field)
{
  for (guint i = 0; self->domain->dialects[i] != NULL; i++) {
    const char *dialect = self->domain->dialects[i];
    const char *native = g_hash_table_lookup(field->native, dialect);
    if (entity->dialects != NULL && !g_hash_table_contains(entity->dialects, dialect))
      continue;
    if (native == NULL && field->type == NULL && dmig_dialect_facts(dialect) != NULL)
      contradict(self, field, DMIG_RULE_MISSING_TYPE, "it has no type for %s; add it, or 'else'",
                 dialect);
    else if (native != NULL && *native == '\0' && dmig_dialect_facts(dialect) != NULL
             && !dmig_dialect_facts(dialect)->untyped_columns)
      contradict(self, field, DMIG_RULE_MISSING_VALUE, "its type for %s is empty", dialect);
  }
}

static void
check_field(DmigDomainReader *self, const DmigEntity *entity, const DmigField *field)
{
  check_contradictions(self, field);
  check_relationship(self, field);
  if (field->native != NULL)
    check_native(self, entity, field);
  if (field->default_value != NULL)
    dmig_value_check(&self->reading, field->default_value, field->type);
}

void
dmig_domain_check_fields(DmigDomainReader *self)
{
  for (guint i = 0; i < self->domain->entities->len; i++) {
    const DmigEntity *entity = g_ptr_array_index(self->domain->entities, i);
    for (guint j = 0; j < entity->fields->len; j++)
      check_field(self, entity, g_ptr_array_index(entity->fields, j));
  }
}
