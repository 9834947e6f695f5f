/* Views, enums, and all that stands under its own name or is a part of an entity. */
#include "core/domain/write_parts.h"

#include <string.h>

#include "core/base/text.h"

/* SQL. */

static gint
compare_keys(gconstpointer a, gconstpointer b)
{
  return strcmp(a, b);
}

DmigWriteNode *
dmig_write_sql(const DmigSqlText *sql)
{
  if (sql == NULL || (sql->shared == NULL && sql->by_dialect == NULL))
    return NULL;
  if (sql->by_dialect == NULL)
    return dmig_write_node_text(sql->shared);
  DmigWriteNode *map = dmig_write_node_map();
  g_autoptr(GList) dialects
      = g_list_sort(g_hash_table_get_keys(sql->by_dialect), compare_keys);
  for (GList *l = dialects; l != NULL; l = l->next)
    dmig_write_node_set_text(map, l->data, g_hash_table_lookup(sql->by_dialect, l->data));
  dmig_write_node_set_text(map, "else", sql->shared);
  return map;
}

void
dmig_write_set_sql(DmigWriteNode *map, const char *key, const DmigSqlText *sql)
{
  dmig_write_node_set(map, key, dmig_write_sql(sql));
}

DmigWriteNode *
dmig_write_dialects(GHashTable *dialects)
{
  if (dialects == NULL)
    return NULL;
  DmigWriteNode *list = dmig_write_node_list();
  g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(dialects), compare_keys);
  for (GList *l = names; l != NULL; l = l->next)
    dmig_write_node_append(list, dmig_write_node_text(l->data));
  return list;
}

/* Attributes. */

#define LONG_LIST 60

/* Splits at the commas outside of quotes and parentheses, if joining gives the same text. Else
 * NULL. */
static DmigWriteNode *
split_list(const char *text)
{
  g_autoptr(DmigWriteNode) list = dmig_write_node_list();
  g_autoptr(GString) item = g_string_new(NULL);
  guint depth = 0;
  char quote = '\0';
  for (const char *p = text; *p != '\0'; p++) {
    if (quote != '\0')
      quote = *p == quote ? '\0' : quote;
    else if (*p == '\'' || *p == '"')
      quote = *p;
    else if (*p == '(' || *p == '[')
      depth++;
    else if ((*p == ')' || *p == ']') && depth > 0)
      depth--;
    gboolean ends = quote == '\0' && depth == 0 && p[0] == ',' && p[1] == ' ';
    if (!ends) {
      g_string_append_c(item, *p);
      continue;
    }
    dmig_write_node_append(list, dmig_write_node_text(item->str));
    g_string_truncate(item, 0);
    p++;
  }
  if (quote != '\0' || depth > 0)
    return NULL;
  dmig_write_node_append(list, dmig_write_node_text(item->str));
  dmig_write_node_spread(list, FALSE);
  return g_steal_pointer(&list);
}

static DmigWriteNode *
attribute_value(const DmigAttribute *attribute)
{
  const DmigSqlText *value = attribute->value;
  if (value->by_dialect != NULL || strchr(value->shared, '\n') != NULL)
    return dmig_write_sql(value);
  if (strcmp(attribute->name, "arguments") == 0 && strlen(value->shared) > LONG_LIST) {
    DmigWriteNode *list = split_list(value->shared);
    if (list != NULL)
      return list;
  }
  return dmig_write_node_value(value->shared);
}

/* A condition alone, or with what more is said of it. */
static DmigWriteNode *
write_check(const GPtrArray *attributes, const DmigAttribute *check)
{
  g_autofree char *name
      = g_strconcat("check_description", strchr(check->name, ' '), NULL);
  const char *description = dmig_attributes_get(attributes, name, NULL);
  if (description == NULL)
    return attribute_value(check);
  DmigWriteNode *map = dmig_write_node_map();
  dmig_write_node_set(map, "sql", attribute_value(check));
  dmig_write_node_set_text(map, "description", description);
  return map;
}

void
dmig_write_set_attributes(DmigWriteNode *map, const GPtrArray *attributes, const char *const *keys)
{
  g_autoptr(GHashTable) nested = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < attributes->len; i++) {
    const DmigAttribute *attribute = attributes->pdata[i];
    const char *blank = strchr(attribute->name, ' ');
    g_autofree char *key = blank != NULL
                               ? g_strndup(attribute->name, (gsize) (blank - attribute->name))
                               : g_strdup(attribute->name);
    if ((keys != NULL && !g_strv_contains(keys, key)) || strcmp(key, "check_description") == 0)
      continue;
    if (blank == NULL) {
      dmig_write_node_set(map, key, attribute_value(attribute));
      continue;
    }
    DmigWriteNode *entries = g_hash_table_lookup(nested, key);
    if (entries == NULL) {
      entries = dmig_write_node_set(map, key, dmig_write_node_map());
      g_hash_table_insert(nested, g_strdup(key), entries);
    }
    dmig_write_node_set(entries, blank + 1,
                        strcmp(key, "checks") == 0 ? write_check(attributes, attribute)
                                                   : attribute_value(attribute));
  }
}

/* Privileges. */

static DmigWriteNode *
write_privileges(const DmigGrant *grant, gboolean grantable)
{
  DmigWriteNode *list = dmig_write_node_list();
  for (guint i = 0; i < grant->privileges->len; i++) {
    const DmigPrivilege *privilege = grant->privileges->pdata[i];
    if (privilege->grantable != grantable)
      continue;
    if (privilege->fields == NULL) {
      dmig_write_node_append(list, dmig_write_node_text(privilege->name));
      continue;
    }
    DmigWriteNode *on_fields = dmig_write_node_append(list, dmig_write_node_map());
    dmig_write_node_set(on_fields, privilege->name, dmig_write_node_names(privilege->fields));
  }
  return list;
}

static DmigWriteNode *
write_grant(const DmigGrant *grant)
{
  g_autoptr(DmigWriteNode) plain = write_privileges(grant, FALSE);
  g_autoptr(DmigWriteNode) grantable = write_privileges(grant, TRUE);
  if (dmig_write_node_length(grantable) == 0)
    return g_steal_pointer(&plain);
  DmigWriteNode *map = dmig_write_node_map();
  if (dmig_write_node_length(plain) > 0)
    dmig_write_node_set(map, "privileges", g_steal_pointer(&plain));
  dmig_write_node_set(map, "grantable", g_steal_pointer(&grantable));
  return map;
}

DmigWriteNode *
dmig_write_grants(const GPtrArray *grants)
{
  if (grants->len == 0)
    return NULL;
  DmigWriteNode *map = dmig_write_node_map();
  for (guint i = 0; i < grants->len; i++) {
    const DmigGrant *grant = grants->pdata[i];
    dmig_write_node_set(map, grant->role, write_grant(grant));
  }
  dmig_write_node_spread(map, FALSE);
  return map;
}

/* Objects. */

/* One attribute that says all stands without its key. */
static gboolean
is_only(const DmigWriteNode *map, const GPtrArray *attributes, const char *name)
{
  if (dmig_write_node_length(map) != 1 || attributes->len != 1)
    return FALSE;
  const DmigAttribute *attribute = attributes->pdata[0];
  return strcmp(attribute->name, name) == 0 && attribute->value->by_dialect == NULL;
}

DmigWriteNode *
dmig_write_object(const DmigDomainObject *object)
{
  DmigWriteNode *map = dmig_write_node_map();
  dmig_write_node_set_text(map, "description", object->description);
  dmig_write_node_set(map, "dialects", dmig_write_dialects(object->dialects));
  if (object->kind == DMIG_OBJECT_COMPOSITE_TYPE && object->attributes->len == 0)
    dmig_write_node_set(map, "fields", dmig_write_node_map());
  dmig_write_set_attributes(map, object->attributes, NULL);
  dmig_write_node_set(map, "grants", dmig_write_grants(object->grants));
  dmig_write_node_set_text(map, "owner", object->owner);
  const char *only = object->kind == DMIG_OBJECT_SETTING ? "value" : "create";
  if (!is_only(map, object->attributes, only))
    return map;
  dmig_write_node_free(map);
  const DmigAttribute *attribute = object->attributes->pdata[0];
  return object->kind == DMIG_OBJECT_SETTING ? dmig_write_node_value(attribute->value->shared)
                                             : dmig_write_sql(attribute->value);
}

DmigWriteNode *
dmig_write_parts(const GPtrArray *parts, DmigObjectKind kind)
{
  DmigWriteNode *map = dmig_write_node_map();
  for (guint i = 0; i < parts->len; i++) {
    const DmigDomainObject *part = parts->pdata[i];
    if (part->kind == kind)
      dmig_write_node_set(map, part->name, dmig_write_object(part));
  }
  dmig_write_node_spread(map, FALSE);
  return map;
}

/* Enums and views. */

DmigWriteNode *
dmig_write_enum(const DmigDomainEnum *item)
{
  g_autofree char *usual = dmig_text_snake_case(item->name);
  gboolean renamed = strcmp(item->type_name, usual) != 0;
  DmigWriteNode *labels = dmig_write_node_names(item->labels);
  if (!renamed && item->schema == NULL && item->description == NULL && item->owner == NULL
      && item->grants->len == 0)
    return labels;
  DmigWriteNode *map = dmig_write_node_map();
  dmig_write_node_set_text(map, "schema", item->schema);
  if (renamed)
    dmig_write_node_set_text(map, "type", item->type_name);
  dmig_write_node_set_text(map, "description", item->description);
  dmig_write_node_set(map, "labels", labels);
  dmig_write_node_set(map, "grants", dmig_write_grants(item->grants));
  dmig_write_node_set_text(map, "owner", item->owner);
  return map;
}

static void
set_some(DmigWriteNode *map, const char *key, DmigWriteNode *children)
{
  if (dmig_write_node_length(children) > 0)
    dmig_write_node_set(map, key, children);
  else
    dmig_write_node_free(children);
}

/* A description says all of a column of which there is nothing else to say. */
static DmigWriteNode *
write_view_fields(const GPtrArray *parts)
{
  DmigWriteNode *map = dmig_write_node_map();
  for (guint i = 0; i < parts->len; i++) {
    const DmigDomainObject *part = parts->pdata[i];
    if (part->kind == DMIG_OBJECT_COLUMN)
      dmig_write_node_set(map, part->name,
                          part->attributes->len == 0 ? dmig_write_node_text(part->description)
                                                     : dmig_write_object(part));
  }
  dmig_write_node_spread(map, FALSE);
  return map;
}

DmigWriteNode *
dmig_write_view(const DmigDomainView *view)
{
  g_autofree char *usual = dmig_text_snake_case(view->name);
  DmigWriteNode *map = dmig_write_node_map();
  dmig_write_node_set_text(map, "schema", view->schema);
  if (strcmp(view->view, usual) != 0)
    dmig_write_node_set_text(map, "view", view->view);
  dmig_write_node_set_text(map, "description", view->description);
  dmig_write_node_set_true(map, "materialized", view->materialized);
  dmig_write_node_set(map, "columns", dmig_write_node_names(view->columns));
  set_some(map, "fields", write_view_fields(view->parts));
  dmig_write_set_attributes(map, view->attributes, NULL);
  if (dmig_write_node_length(map) == 0 && view->indexes->len == 0 && view->parts->len == 0
      && view->grants->len == 0 && view->owner == NULL && view->sql->by_dialect == NULL) {
    dmig_write_node_free(map);
    return dmig_write_sql(view->sql);
  }
  dmig_write_set_sql(map, "sql", view->sql);
  set_some(map, "indexes", dmig_write_indexes(view->indexes));
  set_some(map, "triggers", dmig_write_parts(view->parts, DMIG_OBJECT_TRIGGER));
  set_some(map, "rules", dmig_write_parts(view->parts, DMIG_OBJECT_RULE));
  dmig_write_node_set(map, "grants", dmig_write_grants(view->grants));
  dmig_write_node_set_text(map, "owner", view->owner);
  dmig_write_node_spread(map, FALSE);
  return map;
}
