/* The forms of what objects of the database's own have in common: keys whose values are kept as
 * they are, and privileges. */
#include "core/domain/form.h"

#include <string.h>

static DmigAttribute *
add(DmigReading *reading, gpointer place, const char *entry, const DmigYamlNode *node,
    const char *text)
{
  GPtrArray *attributes = *(GPtrArray **) place;
  dmig_attributes_add(attributes, reading->key, entry, text);
  DmigAttribute *attribute = attributes->pdata[attributes->len - 1];
  attribute->at = attribute->value->at = node->at;
  return attribute;
}

static void
read_text(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  add(reading, place, NULL, node, node->text);
}

const DmigForm dmig_form_attribute = { .expects = "a text", .scalar = read_text };

static void
read_sql(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigAttribute *attribute = add(reading, place, NULL, node, NULL);
  dmig_form_read(reading, &dmig_form_sql, node, &attribute->value);
}

const DmigForm dmig_form_attribute_sql = {
  .definition = "sql",
  .expects = "SQL, or a mapping of dialects to SQL",
  .scalar = read_sql,
  .mapping = read_sql,
  .keys = dmig_dialect_keys,
};

static void
read_truth(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  const char *key = reading->key;
  gboolean truth = FALSE;
  dmig_form_read_word(reading, form, node, &truth);
  reading->key = key;
  if (truth)
    add(reading, place, NULL, node, "true");
}

static const DmigWord truths[] = { { "true", TRUE }, { "false", FALSE }, { NULL, 0 } };
const DmigForm dmig_form_attribute_truth = {
  .expects = "true or false",
  .scalar = read_truth,
  .words = truths,
};

static void
read_list(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  const char *key = reading->key;
  g_auto(GStrv) items = NULL;
  dmig_form_read(reading, &dmig_form_names, node, &items);
  reading->key = key;
  g_autofree char *joined = g_strjoinv(", ", items);
  add(reading, place, NULL, node, joined);
}

const DmigForm dmig_form_attribute_list = {
  .expects = "a text, or a list of texts",
  .scalar = read_text,
  .sequence = read_list,
  .item = &dmig_form_text,
};

void
dmig_form_read_attribute_entries(DmigReading *reading, const DmigForm *form,
                                 const DmigYamlNode *node, gpointer place)
{
  const char *key = reading->key;
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigYamlNode *name = dmig_yaml_key(node, i);
    reading->key = key;
    if (*name->text == '\0') {
      dmig_reading_report(reading, name->at, DMIG_RULE_EMPTY_NAME, NULL, "an entry of '%s' has no name",
                          key);
      continue;
    }
    DmigAttribute *attribute = add(reading, place, name->text, name, NULL);
    dmig_form_read(reading, form->entry, dmig_yaml_value(node, i), &attribute->value->shared);
  }
}

const DmigForm dmig_form_attribute_options = {
  .expects = "a mapping of names to values",
  .nullable = TRUE,
  .mapping = dmig_form_read_attribute_entries,
  .entry = &dmig_form_text,
};

void
dmig_form_read_attribute_word(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                              gpointer place)
{
  const char *key = reading->key;
  int value = -1;
  dmig_form_read_word(reading, form, node, &value);
  reading->key = key;
  add(reading, place, NULL, node, node->text); /* also a wrong one: it isn't missing */
}

/* Privileges. */

/* PostgreSQL manual 5.8 "Privileges" */
static const DmigWord privilege_words[] = {
  { "all", 0 },     { "select", 0 },     { "insert", 0 },  { "update", 0 },  { "delete", 0 },
  { "truncate", 0 }, { "references", 0 }, { "trigger", 0 }, { "maintain", 0 }, { "usage", 0 },
  { "create", 0 },  { "connect", 0 },    { "temporary", 0 }, { "execute", 0 }, { NULL, 0 },
};

static DmigPrivilege *
add_privilege(DmigReading *reading, const DmigForm *form, const DmigYamlNode *word, gpointer place)
{
  DmigGrant *grant = place;
  int known = -1;
  dmig_form_read_word(reading, form, word, &known);
  if (known < 0)
    return NULL;
  DmigPrivilege *privilege = dmig_privilege_new(word->text);
  g_ptr_array_add(grant->privileges, privilege);
  return privilege;
}

static void
read_privilege(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  add_privilege(reading, form, node, place);
}

static void
read_column_privileges(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                       gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    DmigPrivilege *privilege = add_privilege(reading, form, dmig_yaml_key(node, i), place);
    g_auto(GStrv) fields = NULL;
    dmig_form_read(reading, &dmig_form_names, dmig_yaml_value(node, i), &fields);
    if (privilege != NULL)
      privilege->fields = g_steal_pointer(&fields);
  }
}

static const DmigForm privilege_form = {
  .definition = "privilege",
  .expects = "a privilege",
  .scalar = read_privilege,
  .words = privilege_words,
  .mapping = read_column_privileges,
  .entry = &dmig_form_names,
};

static void
read_privileges(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                gpointer place)
{
  if (node->kind == DMIG_YAML_SCALAR)
    dmig_form_read(reading, &privilege_form, node, place);
  for (guint i = 0; node->kind == DMIG_YAML_SEQUENCE && i < dmig_yaml_length(node); i++)
    dmig_form_read(reading, &privilege_form, dmig_yaml_item(node, i), place);
}

static void
read_grantable(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigGrant *grant = place;
  guint before = grant->privileges->len;
  read_privileges(reading, form, node, place);
  for (guint i = before; i < grant->privileges->len; i++)
    ((DmigPrivilege *) grant->privileges->pdata[i])->grantable = TRUE;
}

static const DmigForm privileges_form = {
  .expects = "a list of privileges",
  .scalar = read_privileges,
  .words = privilege_words,
  .sequence = read_privileges,
  .item = &privilege_form,
};
static const DmigForm grantable_form = {
  .expects = "a list of privileges",
  .scalar = read_grantable,
  .words = privilege_words,
  .sequence = read_grantable,
  .item = &privilege_form,
};

static const DmigKey grant_keys[] = {
  { "privileges", &privileges_form, 0, FALSE, "What the role may do." },
  { "grantable", &grantable_form, 0, FALSE, "What it may do and let others do." },
  { 0 },
};

static const DmigForm grant_form = {
  .definition = "grant",
  .expects = "a list of privileges, or {privileges: …, grantable: …}",
  .scalar = read_privileges,
  .words = privilege_words,
  .sequence = read_privileges,
  .item = &privilege_form,
  .mapping = dmig_form_read_keys,
  .keys = grant_keys,
};

static void
read_grants(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigYamlNode *role = dmig_yaml_key(node, i);
    DmigGrant *grant = dmig_grant_new(role->text);
    grant->at = role->at;
    g_ptr_array_add(*(GPtrArray **) place, grant);
    if (*role->text == '\0')
      dmig_reading_report(reading, role->at, DMIG_RULE_EMPTY_NAME, NULL, "a role has an empty name");
    dmig_form_read(reading, &grant_form, dmig_yaml_value(node, i), grant);
  }
}

const DmigForm dmig_form_grants = {
  .expects = "a mapping of roles to privileges",
  .nullable = TRUE,
  .mapping = read_grants,
  .entry = &grant_form,
};
