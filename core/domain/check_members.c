/* What is built of an entity's fields: its key, unique constraints, foreign keys, indexes; and the
 * labels of enums. */
#include "core/domain/domain_reader.h"

#include <string.h>

#include "core/base/text.h"

void
dmig_domain_reader_report_unknown_field(DmigDomainReader *self, const DmigEntity *entity,
                                        DmigLocation at, const char *name)
{
  DmigReading *reading = &self->reading;
  g_autofree char **names = dmig_domain_reader_field_names(entity);
  g_autofree char *hint = dmig_reading_suggest(reading, name, (const char *const *) names);
  dmig_reading_report(reading, at, DMIG_RULE_UNKNOWN_FIELD, hint, "'%s' has no field '%s'",
                      dmig_reading_show(reading, entity->name), dmig_reading_show(reading, name));
}

/* Each of `names` is a field of `entity`, and there once. */
static void
check_list(DmigDomainReader *self, const DmigEntity *entity, DmigLocation at, char *const *names)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; names[i] != NULL; i++) {
    if (dmig_domain_reader_field(self, entity, names[i]) == NULL)
      dmig_domain_reader_report_unknown_field(self, entity, at, names[i]);
    else if (!g_hash_table_add(seen, names[i]))
      dmig_reading_report(&self->reading, at, DMIG_RULE_DUPLICATE_FIELD, NULL,
                          "the field '%s' stands here twice",
                          dmig_reading_show(&self->reading, names[i]));
  }
}

static void
check_filled_list(DmigDomainReader *self, const DmigEntity *entity, DmigLocation at,
                  char *const *names)
{
  if (names[0] == NULL)
    dmig_reading_report(&self->reading, at, DMIG_RULE_MISSING_VALUE, NULL,
                        "expected at least one field");
  check_list(self, entity, at, names);
}

/* A field may stand in an index twice for two ways to compare it. Owned. */
static char *
part_key(const DmigIndexPart *part)
{
  return g_strjoin("\x01", part->field, part->collation != NULL ? part->collation : "",
                   part->operator_class != NULL ? part->operator_class : "", NULL);
}

static void
check_index(DmigDomainReader *self, const DmigEntity *entity, const DmigDomainIndex *index)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  if (index->parts->len == 0)
    dmig_reading_report(&self->reading, index->at, DMIG_RULE_MISSING_VALUE, NULL,
                        "an index of no fields");
  for (guint i = 0; i < index->parts->len; i++) {
    const DmigIndexPart *part = g_ptr_array_index(index->parts, i);
    if (part->field == NULL)
      continue;
    if (dmig_domain_reader_field(self, entity, part->field) == NULL)
      dmig_domain_reader_report_unknown_field(self, entity, index->at, part->field);
    else if (!g_hash_table_add(seen, part_key(part)))
      dmig_reading_report(&self->reading, index->at, DMIG_RULE_DUPLICATE_FIELD, NULL,
                          "the field '%s' stands here twice",
                          dmig_reading_show(&self->reading, part->field));
  }
  check_list(self, entity, index->at, index->include);
}

/* `{set_null: […]}` lists some of the fields that refer. */
static void
check_set_fields(DmigDomainReader *self, const DmigForeign *foreign)
{
  for (guint i = 0; foreign->on_delete_fields != NULL && foreign->on_delete_fields[i] != NULL; i++) {
    if (!dmig_strv_contains(foreign->fields, foreign->on_delete_fields[i]))
      dmig_reading_report(&self->reading, foreign->at, DMIG_RULE_UNKNOWN_FIELD, NULL,
                          "'%s' is none of the fields that refer",
                          dmig_reading_show(&self->reading, foreign->on_delete_fields[i]));
  }
}

static void
check_foreign(DmigDomainReader *self, const DmigEntity *entity, const DmigForeign *foreign)
{
  DmigReading *reading = &self->reading;
  check_list(self, entity, foreign->at, foreign->fields);
  check_set_fields(self, foreign);
  const DmigEntity *target
      = foreign->references != NULL ? dmig_domain_reader_entity(self, foreign->references) : NULL;
  if (target != NULL && foreign->to != NULL)
    check_list(self, target, foreign->at, foreign->to);
  gboolean nulls
      = foreign->on_delete == DMIG_ACTION_SET_NULL || foreign->on_update == DMIG_ACTION_SET_NULL;
  char **set = foreign->on_delete_fields != NULL ? foreign->on_delete_fields : foreign->fields;
  for (guint i = 0; nulls && set[i] != NULL; i++) {
    const DmigField *field = dmig_domain_reader_field(self, entity, set[i]);
    if (field != NULL && field->required)
      dmig_reading_report(reading, foreign->at, DMIG_RULE_SET_NULL_REQUIRED, NULL,
                          "'%s' is required, so that 'set null' can't work",
                          dmig_reading_show(reading, field->name));
  }
}

static void
check_entity(DmigDomainReader *self, const DmigEntity *entity)
{
  if (entity->fields->len == 0 && g_hash_table_contains(self->reading.places, entity->fields)
      && entity->inherits == NULL && !dmig_domain_reader_takes_empty(self))
    dmig_reading_report(&self->reading,
                        dmig_reading_place(&self->reading, entity->fields, entity->at),
                        DMIG_RULE_NO_FIELDS, NULL, "an entity without fields");
  check_list(self, entity, entity->at, entity->primary);
  for (guint i = 0; i < entity->uniques->len; i++) {
    const DmigDomainUnique *unique = g_ptr_array_index(entity->uniques, i);
    check_filled_list(self, entity, unique->at, unique->fields);
    if (unique->include != NULL)
      check_list(self, entity, unique->at, unique->include);
  }
  if (entity->key != NULL && entity->primary[0] == NULL)
    dmig_reading_report(&self->reading, entity->key->at, DMIG_RULE_MISSING_KEY, NULL,
                        "'fields' is missing, and no field is 'primary'");
  if (entity->key != NULL && entity->key->include != NULL)
    check_list(self, entity, entity->key->at, entity->key->include);
  for (guint i = 0; i < entity->foreigns->len; i++)
    check_foreign(self, entity, g_ptr_array_index(entity->foreigns, i));
  for (guint i = 0; i < entity->indexes->len; i++)
    check_index(self, entity, g_ptr_array_index(entity->indexes, i));
}

/* PostgreSQL: NAMEDATALEN - 1; other dialects store labels as text. */
#define MAX_LABEL 63

static void
check_labels(DmigDomainReader *self, const DmigDomainEnum *item)
{
  DmigReading *reading = &self->reading;
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  gboolean takes_empty = dmig_domain_reader_takes_empty(self);
  if (item->labels[0] == NULL && !takes_empty)
    dmig_reading_report(reading, item->at, DMIG_RULE_BAD_LABEL, NULL, "the enum '%s' has no labels",
                        dmig_reading_show(reading, item->name));
  for (guint i = 0; item->labels[i] != NULL; i++) {
    const char *label = item->labels[i];
    if (*label == '\0' && !takes_empty)
      dmig_reading_report(reading, item->at, DMIG_RULE_BAD_LABEL, NULL, "a label is empty");
    else if (strlen(label) > MAX_LABEL)
      dmig_reading_report(reading, item->at, DMIG_RULE_BAD_LABEL, NULL,
                          "the label '%s' is longer than %d bytes",
                          dmig_reading_show(reading, label), MAX_LABEL);
    else if (!g_hash_table_add(seen, (gpointer) label))
      dmig_reading_report(reading, item->at, DMIG_RULE_BAD_LABEL, NULL,
                          "the label '%s' stands here twice", dmig_reading_show(reading, label));
  }
}

void
dmig_domain_check_members(DmigDomainReader *self)
{
  for (guint i = 0; i < self->domain->entities->len; i++)
    check_entity(self, g_ptr_array_index(self->domain->entities, i));
  for (guint i = 0; i < self->domain->enums->len; i++)
    check_labels(self, g_ptr_array_index(self->domain->enums, i));
}
