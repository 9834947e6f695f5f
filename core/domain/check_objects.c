/* What is neither an entity's field nor a view: that it is whole, there once, and leads somewhere. */
#include "core/domain/domain_reader.h"

#include <string.h>

#include "core/schema/statement.h"

#define PARTITION_PREFIX "partitions "

static void G_GNUC_PRINTF(4, 5) report(DmigDomainReader *self, DmigLocation at, DmigRule rule,
                                       const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  dmig_reading_report(&self->reading, at, rule, NULL, "%s", message);
}

static gboolean
has(const DmigDomainObject *object, const char *name)
{
  return dmig_attributes_find(object->attributes, name) != NULL;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static gboolean
is_number(const char *text, gboolean whole)
{
  const char *p = *text == '-' ? text + 1 : text;
  gsize digits = strspn(p, "0123456789");
  p += digits;
  if (!whole && *p == '.')
    p += 1 + strspn(p + 1, "0123456789");
  if (!whole && (*p == 'e' || *p == 'E')) {
    p += p[1] == '-' || p[1] == '+' ? 2 : 1;
    if (!g_ascii_isdigit(*p))
      return FALSE;
    p += strspn(p, "0123456789");
  }
  return digits > 0 && digits < 20 && *p == '\0';
}

static void
check_numbers(DmigDomainReader *self, const GPtrArray *attributes)
{
  static const char *const whole[]
      = { "start", "increment", "min", "max", "cache", "statistics", NULL };
  static const char *const any[] = { "cost", "rows", NULL };
  for (guint i = 0; i < attributes->len; i++) {
    const DmigAttribute *attribute = attributes->pdata[i];
    const char *text = attribute->value->shared;
    gboolean is_whole = g_strv_contains(whole, attribute->name);
    if (text != NULL && (is_whole || g_strv_contains(any, attribute->name))
        && !is_number(text, is_whole))
      report(self, attribute->at, DMIG_RULE_UNKNOWN_WORD, "'%s' is a number, not '%s'",
             attribute->name, dmig_reading_show(&self->reading, text));
  }
}

/* --- routines, triggers, statements ----------------------------------------------------------- */

static void
check_create_alone(DmigDomainReader *self, const DmigDomainObject *object)
{
  for (guint i = 0; i < object->attributes->len; i++) {
    const DmigAttribute *attribute = object->attributes->pdata[i];
    static const char *const beside[] = { "create", "arguments", "kind", "enabled", NULL };
    if (!g_strv_contains(beside, attribute->name)
        && !g_str_has_prefix(attribute->name, PARTITION_PREFIX)) {
      report(self, attribute->at, DMIG_RULE_CONTRADICTION,
             "'create' is the whole statement, and says '%s' itself", attribute->name);
      return;
    }
  }
}

static gboolean
puts_out(const char *arguments)
{
  g_autofree char *lower = arguments != NULL ? g_ascii_strdown(arguments, -1) : NULL;
  return lower != NULL && strstr(lower, "out ") != NULL;
}

static void
check_routine(DmigDomainReader *self, const DmigDomainObject *object)
{
  const char *kind = dmig_attributes_get(object->attributes, "kind", NULL);
  gboolean procedure = g_strcmp0(kind, "procedure") == 0;
  if (has(object, "create")) {
    check_create_alone(self, object);
    return;
  }
  if (!has(object, "body"))
    report(self, object->at, DMIG_RULE_MISSING_KEY, "'%s' has neither 'body' nor 'create'",
           dmig_reading_show(&self->reading, object->name));
  if (procedure && has(object, "returns"))
    report(self, object->at, DMIG_RULE_CONTRADICTION, "a procedure returns nothing");
  if (!procedure && !has(object, "returns")
      && !puts_out(dmig_attributes_get(object->attributes, "arguments", NULL)))
    report(self, object->at, DMIG_RULE_MISSING_KEY, "'returns' is missing, or 'kind: procedure'");
}

static void
check_trigger(DmigDomainReader *self, const DmigDomainObject *object)
{
  for (guint i = 0; i < object->attributes->len; i++) {
    const DmigAttribute *attribute = object->attributes->pdata[i];
    const char *name = attribute->name + strlen(PARTITION_PREFIX);
    if (g_str_has_prefix(attribute->name, PARTITION_PREFIX)
        && dmig_domain_reader_entity(self, name) == NULL)
      dmig_domain_reader_report_unknown_entity(self, attribute->at, name);
  }
  if (has(object, "create")) {
    check_create_alone(self, object);
    return;
  }
  if (!has(object, "events"))
    report(self, object->at, DMIG_RULE_MISSING_KEY, "'events' is missing: `insert`, `update` …");
  if (!has(object, "timing") && !has(object, "constraint") && !has(object, "deferrable"))
    report(self, object->at, DMIG_RULE_MISSING_KEY,
           "'timing' is missing: `before`, `after` or `instead of`");
  if (!has(object, "function") && !has(object, "body"))
    report(self, object->at, DMIG_RULE_MISSING_KEY,
           "'function', which it calls, or 'body', which it runs, is missing");
}

static void
check_rule(DmigDomainReader *self, const DmigDomainObject *object)
{
  const char *sql = dmig_attributes_get(object->attributes, "create", NULL);
  g_auto(DmigStatement) statement = { 0 };
  if (sql != NULL
      && (!dmig_statement_parse(sql, NULL, &statement) || statement.kind != DMIG_OBJECT_RULE))
    report(self, object->at, DMIG_RULE_BAD_SQL, "expected a CREATE RULE statement");
}

/* A statement in one dialect, or in all. */
static void
check_create(DmigDomainReader *self, const DmigDomainObject *object, const char *sql)
{
  g_auto(DmigStatement) statement = { 0 };
  if (sql == NULL)
    return;
  if (!dmig_statement_parse(sql, NULL, &statement)) {
    if (!has(object, "drop"))
      dmig_reading_report(&self->reading, object->at, DMIG_RULE_BAD_SQL,
                          "say how it is dropped, with 'drop'",
                          "'%s' does not begin with a CREATE statement that dmig knows",
                          dmig_reading_show(&self->reading, object->name));
  } else if (statement.drop == NULL && !has(object, "drop"))
    report(self, object->at, DMIG_RULE_MISSING_KEY, "'drop' is missing: how to drop '%s'",
           dmig_reading_show(&self->reading, object->name));
}

static void
check_statement(DmigDomainReader *self, const DmigDomainObject *object)
{
  const DmigAttribute *create = dmig_attributes_find(object->attributes, "create");
  if (create == NULL)
    return;
  check_create(self, object, create->value->shared);
  for (guint i = 0; create->value->by_dialect != NULL && self->domain->dialects[i] != NULL; i++)
    check_create(self, object,
                 g_hash_table_lookup(create->value->by_dialect, self->domain->dialects[i]));
}

/* --- sequences -------------------------------------------------------------------------------- */

/* `Order.number`: any dot may be the one between the two. */
static void
check_owned_by(DmigDomainReader *self, const DmigDomainObject *object)
{
  const DmigAttribute *attribute = dmig_attributes_find(object->attributes, "owned_by");
  if (attribute == NULL)
    return;
  const char *text = attribute->value->shared;
  const char *dot = strrchr(text, '.');
  for (const char *at = dot; at != NULL; at = g_strrstr_len(text, at - text, ".")) {
    g_autofree char *before = g_strndup(text, (gsize) (at - text));
    const DmigEntity *found = dmig_domain_reader_entity(self, before);
    if (found != NULL && dmig_domain_reader_field(self, found, at + 1) != NULL)
      return;
  }
  g_autofree char *name = g_strndup(text, dot != NULL ? (gsize) (dot - text) : strlen(text));
  const DmigEntity *entity = dmig_domain_reader_entity(self, name);
  if (entity == NULL)
    dmig_domain_reader_report_unknown_entity(self, attribute->at, name);
  else if (dot == NULL)
    report(self, attribute->at, DMIG_RULE_MISSING_VALUE, "expected an entity and a field: '%s.id'",
           dmig_reading_show(&self->reading, name));
  else if (dmig_domain_reader_field(self, entity, dot + 1) == NULL)
    dmig_domain_reader_report_unknown_field(self, entity, attribute->at, dot + 1);
}

/* --- all of them ------------------------------------------------------------------------------ */

static void
check_grants(DmigDomainReader *self, const GPtrArray *grants, const DmigEntity *entity)
{
  for (guint i = 0; i < grants->len; i++) {
    const DmigGrant *grant = grants->pdata[i];
    for (guint j = 0; j < grant->privileges->len; j++) {
      const DmigPrivilege *privilege = grant->privileges->pdata[j];
      for (guint k = 0; privilege->fields != NULL && privilege->fields[k] != NULL; k++) {
        if (entity != NULL && dmig_domain_reader_field(self, entity, privilege->fields[k]) == NULL)
          dmig_domain_reader_report_unknown_field(self, entity, grant->at, privilege->fields[k]);
      }
    }
  }
}

static void
check_object(DmigDomainReader *self, const DmigDomainObject *object)
{
  check_numbers(self, object->attributes);
  if (object->kind == DMIG_OBJECT_ROUTINE)
    check_routine(self, object);
  else if (object->kind == DMIG_OBJECT_TRIGGER)
    check_trigger(self, object);
  else if (object->kind == DMIG_OBJECT_RULE)
    check_rule(self, object);
  else if (object->kind == DMIG_OBJECT_SEQUENCE)
    check_owned_by(self, object);
  else if (object->kind == DMIG_OBJECT_KINDS)
    check_statement(self, object);
}

/* What overloads and default privileges are told apart by, beside their names. */
static char *
identity(const DmigDomainObject *object)
{
  const char *arguments = dmig_attributes_get(object->attributes, "arguments", NULL);
  const char *create = dmig_attributes_get(object->attributes, "create", NULL);
  g_auto(DmigStatement) statement = { 0 };
  g_autofree char *detail = NULL;
  if (object->kind == DMIG_OBJECT_ROUTINE && create != NULL
      && dmig_statement_parse(create, NULL, &statement))
    detail = g_strdup(statement.detail);
  else if (object->kind == DMIG_OBJECT_ROUTINE)
    detail = dmig_routine_signature(arguments != NULL ? arguments : "", NULL);
  else if (object->kind == DMIG_OBJECT_DEFAULT_PRIVILEGES)
    detail = g_strdup(dmig_attributes_get(object->attributes, "on", NULL));
  return dmig_address_new(object->kind < DMIG_OBJECT_KINDS ? object->kind : DMIG_OBJECT_TABLE,
                          object->name, detail);
}

static void
check_once(DmigDomainReader *self, GHashTable *seen, const DmigDomainObject *object)
{
  char *key = identity(object);
  const DmigDomainObject *first = g_hash_table_lookup(seen, key);
  if (first == NULL) {
    g_hash_table_insert(seen, key, (gpointer) object);
    return;
  }
  g_free(key);
  g_autofree char *name = dmig_path_text(object->name);
  report(self, object->at, DMIG_RULE_DUPLICATE_DEFINITION, "'%s' is defined twice, first in %s:%u",
         dmig_reading_show(&self->reading, name), first->at.file, first->at.line);
}

static void
check_parts(DmigDomainReader *self, const GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    check_object(self, parts->pdata[i]);
}

static void
check_entity(DmigDomainReader *self, const DmigEntity *entity)
{
  check_parts(self, entity->parts);
  check_grants(self, entity->grants, entity);
  for (guint i = 0; i < entity->fields->len; i++)
    check_numbers(self, ((const DmigField *) entity->fields->pdata[i])->attributes);
}

static void
check_view(DmigDomainReader *self, const DmigDomainView *view)
{
  check_parts(self, view->parts);
  if (!view->materialized
      && (view->indexes->len > 0 || dmig_attributes_find(view->attributes, "no_data") != NULL))
    report(self, view->at, DMIG_RULE_CONTRADICTION,
           "only a materialized view has indexes, or no data");
  if (view->materialized && dmig_attributes_find(view->attributes, "check_option") != NULL)
    report(self, view->at, DMIG_RULE_CONTRADICTION,
           "nothing is written through a materialized view, so that it has no check option");
}

void
dmig_domain_check_objects(DmigDomainReader *self)
{
  const DmigDomain *domain = self->domain;
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < domain->objects->len; i++) {
    check_object(self, domain->objects->pdata[i]);
    check_once(self, seen, domain->objects->pdata[i]);
  }
  for (guint i = 0; i < domain->entities->len; i++)
    check_entity(self, domain->entities->pdata[i]);
  for (guint i = 0; i < domain->views->len; i++)
    check_view(self, domain->views->pdata[i]);
}
