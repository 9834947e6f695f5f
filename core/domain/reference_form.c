/* The forms that fields, keys and references have in common. */
#include "core/domain/entity_form.h"

#include <string.h>

#include "core/domain/short_form.h"

static void
read_reference(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  dmig_form_text.scalar(reading, form, node, place);
  dmig_reading_note_place(reading, place, node->at);
}

const DmigForm dmig_form_reference = { .expects = "an entity's name", .scalar = read_reference };
const DmigForm dmig_form_action = {
  .expects = "no_action, restrict, cascade, set_null or set_default",
  .scalar = dmig_form_read_word,
  .words = dmig_action_words,
};
const DmigForm dmig_form_deferrable = {
  .expects = "immediate or deferred",
  .scalar = dmig_form_read_word,
  .words = dmig_deferrable_words,
};

void
dmig_form_read_on_delete(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
               DmigAction *action, char ***fields)
{
  if (node->kind == DMIG_YAML_SCALAR) {
    dmig_form_read_word(reading, form, node, action);
    return;
  }
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigKey *key = dmig_form_find_key(reading, form, dmig_yaml_key(node, i));
    if (key == NULL)
      continue;
    *action = g_str_equal(key->name, "set_null") ? DMIG_ACTION_SET_NULL : DMIG_ACTION_SET_DEFAULT;
    dmig_form_read(reading, key->form, dmig_yaml_value(node, i), fields);
  }
  if (dmig_yaml_length(node) != 1)
    dmig_reading_report(reading, node->at, DMIG_RULE_CONTRADICTION, NULL, "expected %s",
                        form->expects);
}

const DmigKey dmig_on_delete_keys[] = {
  { "set_null", &dmig_form_fields, 0, FALSE, "These of the fields become null." },
  { "set_default", &dmig_form_fields, 0, FALSE, "These of the fields take their defaults." },
  { 0 },
};
static void
read_conflict(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  int value = -1;
  dmig_form_read_word(reading, form, node, &value);
  if (value >= 0)
    dmig_form_text.scalar(reading, form, node, place);
}

static const DmigWord conflict_words[]
    = { { "ignore", 0 }, { "replace", 0 }, { "fail", 0 }, { "rollback", 0 }, { NULL, 0 } };
const DmigForm dmig_form_conflict = {
  .expects = "ignore, replace, fail or rollback",
  .scalar = read_conflict,
  .words = conflict_words,
};
