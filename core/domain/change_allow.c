/* `allow:` of a change file: hazards that somebody has thought about. */
#include "core/domain/change_reader.h"

#include <string.h>

#include "core/plan/hazard.h"

void
dmig_allow_free(gpointer data)
{
  DmigAllow *self = data;
  g_free(self->rule);
  g_free(self->object);
  g_free(self->reason);
  g_free(self);
}

/* The key of the mapping around is the rule. */
typedef struct {
  const DmigYamlNode *rule;
  GPtrArray *allows;
} AllowsOf;

static void
add_allow(DmigReading *reading, const AllowsOf *of, const DmigYamlNode *object,
          const DmigYamlNode *reason)
{
  char *text = NULL;
  dmig_form_read(reading, &dmig_form_text, reason, &text);
  if (text == NULL || *g_strstrip(text) == '\0') {
    dmig_reading_report(reading, reason->at, DMIG_RULE_MISSING_VALUE, NULL,
                        "say why '%s' is allowed", dmig_reading_show(reading, of->rule->text));
    g_free(text);
    return;
  }
  DmigAllow *allow = g_new0(DmigAllow, 1);
  allow->at = object != NULL ? object->at : of->rule->at;
  allow->rule = g_strdup(of->rule->text);
  allow->object = object != NULL ? g_strdup(object->text) : NULL;
  allow->reason = text;
  g_ptr_array_add(of->allows, allow);
}

static void
read_reason(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  add_allow(reading, place, NULL, node);
}

static void
read_reasons(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++)
    add_allow(reading, place, dmig_yaml_key(node, i), dmig_yaml_value(node, i));
}

static const DmigForm reason_form = {
  .expects = "the reason, or a mapping of entities and fields to reasons",
  .scalar = read_reason,
  .mapping = read_reasons,
  .entry = &dmig_form_text,
};

static void
read_allows(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    AllowsOf of = { dmig_yaml_key(node, i), *(GPtrArray **) place };
    dmig_form_read(reading, form->entry, dmig_yaml_value(node, i), &of);
  }
}

const DmigForm dmig_form_allows = {
  .expects = "a mapping of rules to reasons",
  .nullable = TRUE,
  .mapping = read_allows,
  .entry = &reason_form,
};

/* --- against the two states ------------------------------------------------------------------ */

static void
check_rule(DmigChangeReader *self, const DmigAllow *allow)
{
  guint n = 0;
  const DmigHazardRule *rules = dmig_hazard_rules(&n);
  if (dmig_hazard_rule(allow->rule) != NULL)
    return;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < n; i++)
    g_ptr_array_add(names, (gpointer) rules[i].name);
  g_ptr_array_add(names, NULL);
  g_autofree char *hint = dmig_reading_suggest(&self->reading, allow->rule,
                                               (const char *const *) names->pdata);
  dmig_reading_report(&self->reading, allow->at, DMIG_RULE_UNKNOWN_WORD, hint,
                      "there is no rule '%s'", dmig_reading_show(&self->reading, allow->rule));
}

static gboolean
is_whole(const DmigChangeReader *self, const char *name)
{
  return dmig_domain_entity(self->from, name) != NULL || dmig_domain_entity(self->to, name) != NULL;
}

static void
check_object(DmigChangeReader *self, const DmigAllow *allow)
{
  DmigMember member;
  const char *object = allow->object;
  if (object == NULL || is_whole(self, object))
    return;
  if (!dmig_change_pairs_member(self->pairs, object, &member)) {
    dmig_reading_report(&self->reading, allow->at, DMIG_RULE_UNKNOWN_ENTITY, NULL,
                        "'%s' names no entity of either state",
                        dmig_reading_show(&self->reading, object));
    return;
  }
  if (member.old == NULL && member.new == NULL)
    dmig_reading_report(&self->reading, allow->at, DMIG_RULE_UNKNOWN_FIELD, NULL,
                        "'%s' names no field of either state",
                        dmig_reading_show(&self->reading, object));
}

void
dmig_change_check_allows(DmigChangeReader *self)
{
  for (guint i = 0; i < self->change->allows->len; i++) {
    const DmigAllow *allow = g_ptr_array_index(self->change->allows, i);
    check_rule(self, allow);
    check_object(self, allow);
  }
}
