/* Fills, conversions and labels of a change file, against the two states. */
#include "core/domain/change_reader.h"

#include <string.h>

#include "core/base/text.h"

static const char *
show(DmigChangeReader *self, const char *text)
{
  return dmig_reading_show(&self->reading, text);
}

/* The entity and field that `path` names; FALSE after a diagnostic. `old` becomes what the field
 * was before under whatever name, or what is dropped. */
static gboolean
find_field(DmigChangeReader *self, DmigLocation at, DmigRule rule, const char *path,
           DmigMember *member)
{
  if (!dmig_change_pairs_member(self->pairs, path, member)) {
    dmig_reading_report(&self->reading, at, rule, "write Entity.field", "'%s' names no field",
                        show(self, path));
    return FALSE;
  }
  if (member->new != NULL)
    member->old = dmig_change_pairs_old_field(self->pairs, member->new_entity, member->name);
  if (member->new != NULL || member->old != NULL)
    return TRUE;
  const DmigEntity *entity = member->new_entity != NULL ? member->new_entity : member->old_entity;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < entity->fields->len; i++)
    g_ptr_array_add(names, ((DmigField *) g_ptr_array_index(entity->fields, i))->name);
  g_ptr_array_add(names, NULL);
  g_autofree char *hint
      = dmig_reading_suggest(&self->reading, member->name, (const char *const *) names->pdata);
  dmig_reading_report(&self->reading, at, rule, hint, "'%s' has no field '%s'",
                      show(self, entity->name), show(self, member->name));
  return FALSE;
}

static void
check_fill(DmigChangeReader *self, const DmigFill *fill)
{
  DmigMember member;
  if (!find_field(self, fill->at, DMIG_RULE_BAD_FILL, fill->field, &member))
    return;
  const DmigField *field = member.new != NULL ? member.new : member.old;
  const DmigField *other = member.new != NULL ? member.old : NULL;
  dmig_value_check(&self->reading, fill->value, field->type);
  dmig_sql_text_check(&self->reading, self->to, "the value", fill->value->sql, DMIG_SQL_EXPRESSION);
  if (field->generated != DMIG_GENERATED_NONE)
    dmig_reading_report(&self->reading, fill->at, DMIG_RULE_BAD_FILL, NULL,
                        "'%s' is generated and takes no value", show(self, fill->field));
  else if (member.old_entity == NULL || member.new_entity == NULL)
    dmig_reading_report(
        &self->reading, fill->at, DMIG_RULE_NO_EFFECT, NULL, "there are no rows of '%s' to fill",
        show(self, (member.new_entity != NULL ? member.new_entity : member.old_entity)->name));
  else if (other != NULL && (other->required || !field->required))
    dmig_reading_report(&self->reading, fill->at, DMIG_RULE_NO_EFFECT, NULL,
                        "'%s' lacks a value in no row", show(self, fill->field));
}

static void
check_convert(DmigChangeReader *self, const DmigConvert *convert)
{
  DmigMember member;
  dmig_sql_text_check(&self->reading, self->to, "the conversion", convert->upgrade, DMIG_SQL_EXPRESSION);
  dmig_sql_text_check(&self->reading, self->to, "the conversion back", convert->downgrade, DMIG_SQL_EXPRESSION);
  if (!find_field(self, convert->at, DMIG_RULE_BAD_CONVERT, convert->field, &member))
    return;
  if (convert->upgrade == NULL && convert->downgrade == NULL)
    dmig_reading_report(&self->reading, convert->at, DMIG_RULE_MISSING_VALUE, NULL,
                        "expected an expression for 'upgrade' or 'downgrade'");
  else if (member.new == NULL)
    dmig_reading_report(&self->reading, convert->at, DMIG_RULE_BAD_CONVERT, NULL,
                        "'%s' is not there any more", show(self, convert->field));
  else if (member.old == NULL)
    dmig_reading_report(&self->reading, convert->at, DMIG_RULE_BAD_CONVERT,
                        "'fill:' gives a new field its value", "'%s' was not there before",
                        show(self, convert->field));
  else if (member.new->native == NULL
           && member.old->native == NULL &&dmig_type_equal(member.old->type, member.new->type))
    dmig_reading_report(&self->reading, convert->at, DMIG_RULE_NO_EFFECT,
                        "change values with 'sql:'", "the type of '%s' stays the same",
                        show(self, convert->field));
}

static char **
enum_labels(const DmigField *field)
{
  const DmigType *type = field != NULL ? field->type : NULL;
  while (type != NULL && type->kind == DMIG_TYPE_ARRAY)
    type = type->element;
  return type != NULL && type->kind == DMIG_TYPE_ENUM && type->enum_name == NULL ? type->labels
                                                                                 : NULL;
}

/* The labels before and after of what `map` names; FALSE after a diagnostic. */
static gboolean
find_labels(DmigChangeReader *self, const DmigValueMap *map, char ***before, char ***after)
{
  DmigDomainEnum *now = dmig_domain_enum(self->to, map->field);
  if (now != NULL) {
    const DmigRename *rename = g_hash_table_lookup(self->pairs->renamed_to, map->field);
    DmigDomainEnum *old = dmig_domain_enum(self->from, rename != NULL ? rename->from : map->field);
    *before = old != NULL ? old->labels : NULL;
    *after = now->labels;
  } else {
    DmigMember member;
    if (!find_field(self, map->at, DMIG_RULE_BAD_MAPPING, map->field, &member))
      return FALSE;
    *before = enum_labels(member.old);
    *after = enum_labels(member.new);
  }
  if (*before != NULL && *after != NULL)
    return TRUE;
  dmig_reading_report(&self->reading, map->at, DMIG_RULE_BAD_MAPPING,
                      "name an enum of 'enums:', or a field whose type is enum(…)",
                      "'%s' is no enum on both sides", show(self, map->field));
  return FALSE;
}

static gboolean
is_new_label_of_another(const DmigChangeReader *self, const DmigValueMap *map)
{
  for (guint i = 0; i < self->change->values->len; i++) {
    const DmigValueMap *other = g_ptr_array_index(self->change->values, i);
    if (strcmp(other->field, map->field) == 0 && strcmp(other->to, map->from) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
check_mapping(DmigChangeReader *self, const DmigValueMap *map)
{
  char **before = NULL, **after = NULL;
  if (!find_labels(self, map, &before, &after))
    return;
  if (!dmig_strv_contains(before, map->from)) {
    g_autofree char *hint
        = dmig_reading_suggest_or_list(&self->reading, map->from, (const char *const *) before);
    dmig_reading_report(&self->reading, map->at, DMIG_RULE_BAD_MAPPING, hint,
                        "'%s' had no label '%s'", show(self, map->field), show(self, map->from));
  } else if (!dmig_strv_contains(after, map->to)) {
    g_autofree char *hint
        = dmig_reading_suggest_or_list(&self->reading, map->to, (const char *const *) after);
    dmig_reading_report(&self->reading, map->at, DMIG_RULE_BAD_MAPPING, hint,
                        "'%s' has no label '%s'", show(self, map->field), show(self, map->to));
  } else if (strcmp(map->from, map->to) == 0)
    dmig_reading_report(&self->reading, map->at, DMIG_RULE_NO_EFFECT, NULL,
                        "the label '%s' keeps its name", show(self, map->from));
  else if (dmig_strv_contains(after, map->from) && !is_new_label_of_another(self, map))
    dmig_reading_report(&self->reading, map->at, DMIG_RULE_BAD_MAPPING, "change values with 'sql:'",
                        "'%s' has the label '%s' still", show(self, map->field),
                        show(self, map->from));
}

void
dmig_change_check_values(DmigChangeReader *self)
{
  for (guint i = 0; i < self->change->fills->len; i++)
    check_fill(self, g_ptr_array_index(self->change->fills, i));
  for (guint i = 0; i < self->change->converts->len; i++)
    check_convert(self, g_ptr_array_index(self->change->converts, i));
  for (guint i = 0; i < self->change->values->len; i++)
    check_mapping(self, g_ptr_array_index(self->change->values, i));
}
