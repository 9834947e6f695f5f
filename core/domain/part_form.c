/* The forms of triggers, policies and rules. */
#include "core/domain/object_form.h"

#define ATTRIBUTES offsetof(DmigDomainObject, attributes)

DMIG_ATTRIBUTE_WORDS(timing, "before, after or instead of", { "before", 0 }, { "after", 0 }, { "instead of", 0 });
DMIG_ATTRIBUTE_WORDS(for_each, "row or statement", { "row", 0 }, { "statement", 0 });
DMIG_ATTRIBUTE_WORDS(deferrable, "immediate or deferred", { "immediate", 0 }, { "deferred", 0 });
DMIG_ATTRIBUTE_WORDS(enabled, "disabled, replica or always", { "disabled", 0 }, { "replica", 0 },
      { "always", 0 });
DMIG_ATTRIBUTE_WORDS(command, "all, select, insert, update or delete", { "all", 0 }, { "select", 0 },
      { "insert", 0 }, { "update", 0 }, { "delete", 0 });

static const DmigWord state_words[]
    = { { "origin", 0 }, { "disabled", 0 }, { "replica", 0 }, { "always", 0 }, { NULL, 0 } };
static void
read_state(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  int known;
  dmig_form_read_word(reading, form, node, &known);
  dmig_form_text.scalar(reading, &dmig_form_text, node, place);
}
static const DmigForm state_form = {
  .expects = "origin, disabled, replica or always",
  .scalar = read_state,
  .words = state_words,
};
static const DmigForm states_form = {
  .expects = "a mapping of partitions to what it is there",
  .nullable = TRUE,
  .mapping = dmig_form_read_attribute_entries,
  .entry = &state_form,
};

static const DmigKey trigger_keys[] = {
  { "timing", &timing_form, ATTRIBUTES, FALSE,
    "When it fires: `before`, `after` or `instead of` the event." },
  { "events", &dmig_form_attribute_list, ATTRIBUTES, FALSE,
    "What it fires for: `insert`, `update`, `update of price, title`, `delete`, `truncate`." },
  { "for_each", &for_each_form, ATTRIBUTES, FALSE,
    "Once for each `row`, the default, or for each `statement`." },
  { "when", &dmig_form_attribute_sql, ATTRIBUTES, FALSE, "Only where this condition holds." },
  { "function", &dmig_form_attribute, ATTRIBUTES, FALSE,
    "The function that it calls, where the dialect has functions: `log_change('users')`." },
  { "body", &dmig_form_attribute_sql, ATTRIBUTES, FALSE,
    "The statements that it runs, where the dialect's triggers hold them." },
  { "constraint", &dmig_form_attribute_truth, ATTRIBUTES, FALSE, "It is a constraint trigger." },
  { "deferrable", &deferrable_form, ATTRIBUTES, FALSE,
    "Whether a constraint trigger may be (`immediate`) or is (`deferred`) put off to the "
    "transaction's end." },
  { "from", &dmig_form_attribute, ATTRIBUTES, FALSE,
    "The other table that a constraint trigger is about." },
  { "old_table", &dmig_form_attribute, ATTRIBUTES, FALSE,
    "The name under which it sees the rows as they were." },
  { "new_table", &dmig_form_attribute, ATTRIBUTES, FALSE,
    "The name under which it sees the rows as they become." },
  { "enabled", &enabled_form, ATTRIBUTES, FALSE,
    "`disabled`, or fires only on a `replica`, or `always`; by default on the origin." },
  { "partitions", &states_form, ATTRIBUTES, FALSE,
    "Entities that are partitions of this one where it is enabled otherwise: `{old: disabled}`." },
  { "create", &dmig_form_attribute_sql, ATTRIBUTES, FALSE,
    "The whole statement, in place of all these." },
  DMIG_DESCRIPTION_KEY("trigger"),
  DMIG_DIALECTS_KEY,
  { 0 },
};

static const DmigForm trigger_form = {
  .definition = "trigger",
  .expects = "a CREATE TRIGGER statement, or a mapping",
  .scalar = dmig_form_read_create,
  .mapping = dmig_form_read_keys,
  .keys = trigger_keys,
};

static const DmigKey policy_keys[] = {
  { "for", &command_form, ATTRIBUTES, FALSE,
    "What it is about: `select`, `insert`, `update`, `delete`, or `all`, the default." },
  { "to", &dmig_form_attribute_list, ATTRIBUTES, FALSE,
    "The roles that it is for; by default everybody." },
  { "using", &dmig_form_attribute_sql, ATTRIBUTES, FALSE, "Which rows can be seen." },
  { "check", &dmig_form_attribute_sql, ATTRIBUTES, FALSE, "Which rows can be written." },
  { "restrictive", &dmig_form_attribute_truth, ATTRIBUTES, FALSE,
    "It must hold beside the others, not instead of them." },
  DMIG_DESCRIPTION_KEY("policy"),
  DMIG_DIALECTS_KEY,
  { 0 },
};

static const DmigForm policy_form = {
  .definition = "policy",
  .expects = "a mapping",
  .nullable = TRUE,
  .mapping = dmig_form_read_keys,
  .keys = policy_keys,
};

static const DmigKey rule_keys[] = {
  { "create", &dmig_form_attribute_sql, ATTRIBUTES, TRUE, "The CREATE RULE statement." },
  { "enabled", &enabled_form, ATTRIBUTES, FALSE,
    "`disabled`, or used only on a `replica`, or `always`; by default on the origin." },
  DMIG_DESCRIPTION_KEY("rule"),
  DMIG_DIALECTS_KEY,
  { 0 },
};

static const DmigForm rule_form = {
  .definition = "rule",
  .expects = "a CREATE RULE statement, or {create: …}",
  .scalar = dmig_form_read_create,
  .mapping = dmig_form_read_keys,
  .keys = rule_keys,
};

static void
read_parts(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, GPtrArray *parts,
           DmigObjectKind kind)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigYamlNode *name = dmig_yaml_key(node, i);
    DmigDomainObject *object = dmig_domain_object_new(kind, name->text);
    object->at = name->at;
    g_ptr_array_add(parts, object);
    dmig_form_read(reading, form->entry, dmig_yaml_value(node, i), object);
  }
}

static void
read_triggers(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  read_parts(reading, form, node, *(GPtrArray **) place, DMIG_OBJECT_TRIGGER);
}

static void
read_policies(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  read_parts(reading, form, node, *(GPtrArray **) place, DMIG_OBJECT_POLICY);
}

static void
read_rules(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  read_parts(reading, form, node, *(GPtrArray **) place, DMIG_OBJECT_RULE);
}

const DmigForm dmig_form_triggers = {
  .expects = "a mapping of triggers",
  .nullable = TRUE,
  .mapping = read_triggers,
  .entry = &trigger_form,
};
const DmigForm dmig_form_policies = {
  .expects = "a mapping of policies",
  .nullable = TRUE,
  .mapping = read_policies,
  .entry = &policy_form,
};
const DmigForm dmig_form_rules = {
  .expects = "a mapping of rules",
  .nullable = TRUE,
  .mapping = read_rules,
  .entry = &rule_form,
};
