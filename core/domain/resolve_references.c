/* Relationships take their type, and by default their column's name, from the key they refer to;
 * that may be a relationship in its turn. */
#include "core/domain/domain_reader.h"

#include <string.h>

#include "core/base/text.h"

void
dmig_domain_reader_report_unknown_entity(DmigDomainReader *self, DmigLocation at, const char *name)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  guint n = self->domain->entities->len;
  for (guint i = 0; i < n && dmig_reading_may_suggest(&self->reading, n); i++)
    g_ptr_array_add(names, ((DmigEntity *) g_ptr_array_index(self->domain->entities, i))->name);
  g_ptr_array_add(names, NULL);
  g_autofree char *hint
      = dmig_reading_suggest(&self->reading, name, (const char *const *) names->pdata);
  dmig_reading_report(&self->reading, at, DMIG_RULE_UNKNOWN_ENTITY, hint, "there is no entity '%s'",
                      dmig_reading_show(&self->reading, name));
}

/* The one field of the key that `field` refers to; NULL after a diagnostic. */
static DmigField *
referenced_key(DmigDomainReader *self, const DmigField *field)
{
  DmigReading *reading = &self->reading;
  DmigLocation at = dmig_reading_place(reading, &field->references, field->at);
  const DmigEntity *entity = dmig_domain_reader_entity(self, field->references);
  if (entity == NULL) {
    dmig_domain_reader_report_unknown_entity(self, at, field->references);
    return NULL;
  }
  char *const *key = dmig_entity_key(entity);
  if (key[0] == NULL) {
    dmig_reading_report(reading, at, DMIG_RULE_NO_KEY, NULL, "'%s' has no primary key to refer to",
                        dmig_reading_show(reading, entity->name));
    return NULL;
  }
  if (key[1] != NULL) {
    g_autofree char *hint = g_strdup_printf("list as many fields under 'foreign:' of this entity, "
                                            "{fields: […], references: %s}",
                                            dmig_reading_show(reading, entity->name));
    dmig_reading_report(reading, at, DMIG_RULE_COMPOSITE_KEY, hint,
                        "the key of '%s' has several fields, and one can't refer to it",
                        dmig_reading_show(reading, entity->name));
    return NULL;
  }
  return dmig_domain_reader_field(self, entity, key[0]);
}

static void
copy_native(gpointer key, gpointer value, gpointer data)
{
  g_hash_table_insert(data, g_strdup(key), g_strdup(value));
}

/* `company` and the key `id` make `company_id`, and so does `company_id`. */
char *
dmig_relationship_column(const char *field, const char *key_column)
{
  g_autofree char *suffix = g_strconcat("_", key_column, NULL);
  if (g_str_has_suffix(field, suffix) || strcmp(field, key_column) == 0)
    return g_strdup(field);
  return g_strconcat(field, suffix, NULL);
}

static void
take_from_key(DmigField *field, const DmigField *key)
{
  if (field->type == NULL && field->native == NULL) {
    field->type = dmig_type_copy(key->type);
    if (key->native != NULL) {
      field->native = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
      g_hash_table_foreach(key->native, copy_native, field->native);
    }
  }
  if (field->column == NULL)
    field->column = dmig_relationship_column(field->name, key->column != NULL ? key->column : key->name);
}

static void
report_cycle(DmigDomainReader *self, const DmigField *field)
{
  DmigReading *reading = &self->reading;
  dmig_reading_report(reading, dmig_reading_place(reading, &field->references, field->at),
                      DMIG_RULE_REFERENCE_CYCLE, "give one of the keys a type of its own",
                      "the type of '%s' comes from a key that takes it from here again",
                      dmig_reading_show(reading, field->name));
}

static gboolean
is_on(const GPtrArray *way, const DmigField *field)
{
  return g_ptr_array_find((GPtrArray *) way, field, NULL);
}

/* Follows keys that are relationships to one that is none, then hands its type back along the
 * way. `roots`: field -> the key that its type comes from; itself where there is none, or where it
 * is still being looked for. */
static void
resolve_reference(DmigDomainReader *self, DmigField *field, GHashTable *roots)
{
  g_autoptr(GPtrArray) way = g_ptr_array_new();
  DmigField *next = field;
  DmigField *root = NULL;
  while (next != NULL) {
    root = next->references == NULL ? next : g_hash_table_lookup(roots, next);
    if (root != NULL)
      break;
    g_hash_table_insert(roots, next, next);
    g_ptr_array_add(way, next);
    next = referenced_key(self, next);
  }
  if (root != NULL && root == next && next->references != NULL) {
    if (is_on(way, next))
      report_cycle(self, next);
    root = NULL;
  }
  for (guint i = way->len; i > 0; i--) {
    DmigField *taker = g_ptr_array_index(way, i - 1);
    if (root != NULL) {
      take_from_key(taker, root);
      g_hash_table_insert(roots, taker, root);
    } else if (taker->column == NULL)
      taker->column = dmig_relationship_column(taker->name, "id");
  }
}

static gboolean
same_set(char *const *a, char *const *b)
{
  if (g_strv_length((char **) a) != g_strv_length((char **) b))
    return FALSE;
  for (guint i = 0; a[i] != NULL; i++) {
    if (!dmig_strv_contains(b, a[i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
index_is_key(const DmigDomainIndex *index, char *const *fields)
{
  if (!index->unique || index->where != NULL
      || index->parts->len != g_strv_length((char **) fields))
    return FALSE;
  for (guint i = 0; i < index->parts->len; i++) {
    const DmigIndexPart *part = g_ptr_array_index(index->parts, i);
    if (part->field == NULL || !dmig_strv_contains(fields, part->field))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_own_key(DmigDomainReader *self, const DmigEntity *entity, char *const *fields)
{
  if (same_set(entity->primary, fields))
    return TRUE;
  const DmigField *only = dmig_domain_reader_field(self, entity, fields[0]);
  if (fields[1] == NULL && only != NULL && only->unique)
    return TRUE;
  for (guint i = 0; i < entity->uniques->len; i++) {
    const DmigDomainUnique *unique = g_ptr_array_index(entity->uniques, i);
    if (same_set(unique->fields, fields))
      return TRUE;
  }
  for (guint i = 0; i < entity->indexes->len; i++) {
    if (index_is_key(g_ptr_array_index(entity->indexes, i), fields))
      return TRUE;
  }
  return FALSE;
}

/* Whether a foreign key may refer to these fields: no two rows have the same values in them. A
 * partition has the keys of what it is a part of. */
static gboolean
is_key(DmigDomainReader *self, const DmigEntity *entity, char *const *fields)
{
  gboolean found = is_own_key(self, entity, fields);
  for (guint i = 0; !found && entity->partition_of != NULL && entity->ancestors != NULL
                    && i < entity->ancestors->len;
       i++)
    found = is_own_key(self, entity->ancestors->pdata[i], fields);
  return found;
}

static void
check_pairs(DmigDomainReader *self, const DmigEntity *entity, const DmigForeign *foreign,
            const DmigEntity *target)
{
  DmigReading *reading = &self->reading;
  for (guint i = 0; foreign->fields[i] != NULL; i++) {
    const DmigField *from = dmig_domain_reader_field(self, entity, foreign->fields[i]);
    const DmigField *to = dmig_domain_reader_field(self, target, foreign->to[i]);
    if (from == NULL || to == NULL || from->type == NULL || to->type == NULL
        || dmig_type_comparable(from->type, to->type))
      continue;
    g_autofree char *theirs = dmig_type_to_text(to->type);
    g_autofree char *ours = dmig_type_to_text(from->type);
    dmig_reading_report(
        reading, foreign->at, DMIG_RULE_REFERENCE_MISMATCH, NULL,
        "'%s' is %s, but '%s' of '%s' is %s", dmig_reading_show(reading, from->name),
        dmig_reading_show(reading, ours), dmig_reading_show(reading, to->name),
        dmig_reading_show(reading, target->name), dmig_reading_show(reading, theirs));
  }
}

static void
resolve_foreign(DmigDomainReader *self, const DmigEntity *entity, DmigForeign *foreign)
{
  DmigReading *reading = &self->reading;
  if (foreign->outside && foreign->to == NULL)
    foreign->to = g_new0(char *, 1);
  if (foreign->references == NULL || foreign->outside)
    return;
  const DmigEntity *target = dmig_domain_reader_entity(self, foreign->references);
  if (target == NULL) {
    DmigLocation at = dmig_reading_place(reading, &foreign->references, foreign->at);
    dmig_domain_reader_report_unknown_entity(self, at, foreign->references);
    return;
  }
  const char *shown = dmig_reading_show(reading, target->name);
  if (foreign->to == NULL && dmig_entity_key(target)[0] == NULL && dmig_domain_reader_is_lax(self)) {
    foreign->to = g_new0(char *, 1);
    return;
  }
  if (foreign->to == NULL && dmig_entity_key(target)[0] == NULL) {
    dmig_reading_report(reading, foreign->at, DMIG_RULE_NO_KEY, "name the fields with 'to:'",
                        "'%s' has no primary key to refer to", shown);
    return;
  }
  if (foreign->to == NULL)
    foreign->to = g_strdupv((char **) dmig_entity_key(target));
  guint from = g_strv_length(foreign->fields);
  guint to = g_strv_length(foreign->to);
  if (from == 0)
    return;
  if (from != to) {
    g_autofree char *ours = dmig_text_count(from, "field", "fields");
    dmig_reading_report(reading, foreign->at, DMIG_RULE_REFERENCE_MISMATCH, NULL,
                        "%s can't refer to %u of '%s'", ours, to, shown);
  } else if (!dmig_domain_reader_is_lax(self) && !is_key(self, target, foreign->to))
    dmig_reading_report(reading, foreign->at, DMIG_RULE_REFERENCE_MISMATCH,
                        "list them under its 'unique:'",
                        "the fields of '%s' that this refers to are not unique together", shown);
  else if (!dmig_domain_reader_is_lax(self))
    check_pairs(self, entity, foreign, target);
}

void
dmig_domain_resolve_references(DmigDomainReader *self)
{
  g_autoptr(GHashTable) roots = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < self->domain->entities->len; i++) {
    DmigEntity *entity = g_ptr_array_index(self->domain->entities, i);
    for (guint j = 0; j < entity->fields->len; j++) {
      DmigField *field = g_ptr_array_index(entity->fields, j);
      if (field->references != NULL)
        resolve_reference(self, field, roots);
    }
  }
  for (guint i = 0; i < self->domain->entities->len; i++) {
    DmigEntity *entity = g_ptr_array_index(self->domain->entities, i);
    for (guint j = 0; j < entity->foreigns->len; j++)
      resolve_foreign(self, entity, g_ptr_array_index(entity->foreigns, j));
  }
}
