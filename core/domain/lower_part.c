/* Triggers, policies and rules. */
#include "core/domain/lower_parts.h"

#include <string.h>

#include "core/schema/facet_sql.h"
#include "core/schema/statement.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

typedef struct {
  DmigLowering *lowering;
  const char *relation; /* path */
  const DmigDomainObject *from;
  DmigObject *object;
} Part;

static const char *
text(const Part *self, const char *name)
{
  return dmig_attributes_get(self->from->attributes, name, self->lowering->dialect);
}

static char *
trimmed_text(const Part *self, const char *name)
{
  const char *sql = text(self, name);
  char *trimmed = sql != NULL ? g_strstrip(g_strdup(sql)) : NULL;
  gsize length = trimmed != NULL ? strlen(trimmed) : 0;
  while (length > 0 && (trimmed[length - 1] == ';' || g_ascii_isspace(trimmed[length - 1])))
    trimmed[--length] = '\0';
  return trimmed;
}

/* Keeps what the author said, for telling differences and for writing. */
static void
keep_properties(Part *self)
{
  for (guint i = 0; i < self->from->attributes->len; i++) {
    const DmigAttribute *attribute = self->from->attributes->pdata[i];
    const char *value = dmig_sql_text_get(attribute->value, self->lowering->dialect);
    if (value != NULL)
      dmig_object_set_property(self->object, attribute->name, value);
  }
}

/* ALTER TABLE … DISABLE TRIGGER. `what`: TRIGGER or RULE. */
static char *
enabled_sql(const Part *self, const char *relation, const char *what, const char *value)
{
  const char *word = strcmp(value, "disabled") == 0  ? "DISABLE"
                     : strcmp(value, "replica") == 0 ? "ENABLE REPLICA"
                     : strcmp(value, "always") == 0  ? "ENABLE ALWAYS"
                                                     : "ENABLE";
  return dmig_sql_printf(self->lowering->dialect, "ALTER TABLE %I %s %s %I;\n", relation, word, what,
                         self->from->name);
}

static void
lower_enabled(Part *self, const char *what)
{
  const char *value = text(self, "enabled");
  if (value == NULL)
    return;
  g_autofree char *set = enabled_sql(self, self->relation, what, value);
  g_autofree char *reset = enabled_sql(self, self->relation, what, "origin");
  dmig_facets_add(&self->object->facets, dmig_facet_new("enabled", value, set, reset));
}

/* A partition's copy of the trigger, where that is enabled otherwise. */
static void
lower_copy(Part *self, const DmigEntity *partition, const char *value)
{
  g_autofree char *readable = dmig_path_text(partition->path);
  g_autofree char *name = g_strconcat("enabled on ", readable, NULL);
  g_autofree char *set = enabled_sql(self, partition->path, "TRIGGER", value);
  g_autofree char *reset = enabled_sql(self, partition->path, "TRIGGER", "origin");
  DmigFacet *facet
      = dmig_facets_add(&self->object->facets, dmig_facet_new(name, value, set, reset));
  facet->late = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, partition->path, NULL));
}

static void
lower_copies(Part *self)
{
  for (guint i = 0; i < self->from->attributes->len; i++) {
    const DmigAttribute *attribute = self->from->attributes->pdata[i];
    const char *value = dmig_sql_text_get(attribute->value, self->lowering->dialect);
    if (!g_str_has_prefix(attribute->name, "partitions ") || value == NULL)
      continue;
    const char *name = attribute->name + strlen("partitions ");
    const DmigEntity *partition = dmig_lowering_entity(self->lowering, name);
    if (partition != NULL && self->lowering->dialect->has.partitions)
      lower_copy(self, partition, value);
  }
}

/* --- triggers --------------------------------------------------------------------------------- */

/* `INSERT OR UPDATE OF a, b`, from `insert, update of a, b`: columns stand behind OF, up to the next
 * event's word. */
static char *
events_sql(const char *events)
{
  static const char *const words[] = { "insert", "update", "delete", "truncate" };
  GString *sql = g_string_new(NULL);
  g_auto(GStrv) items = g_strsplit(events, ",", -1);
  for (char **item = items; *item != NULL; item++) {
    g_strstrip(*item);
    gsize length = strcspn(*item, " ");
    gboolean event = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
      event = event
              || (strlen(words[i]) == length && g_ascii_strncasecmp(*item, words[i], length) == 0);
    if (!event) {
      g_string_append_printf(sql, ", %s", *item);
      continue;
    }
    g_autofree char *word = g_ascii_strup(*item, (gssize) length);
    const char *rest = *item + length;
    gboolean of = g_ascii_strncasecmp(rest, " of ", 4) == 0;
    g_string_append_printf(sql, "%s%s%s%s", sql->len > 0 ? " OR " : "", word, of ? " OF " : "",
                           of ? rest + 4 : rest);
  }
  return g_string_free(sql, FALSE);
}

static gboolean
is_for_each_row(const Part *self, const char *events)
{
  const char *for_each = text(self, "for_each");
  if (for_each != NULL)
    return strcmp(for_each, "row") == 0;
  /* Where there is nothing else, it goes without saying. */
  return self->lowering->dialect->has.routines && strstr(events, "TRUNCATE") == NULL;
}

static void
append_constraint(const Part *self, GString *sql)
{
  const char *deferrable = text(self, "deferrable"), *from = text(self, "from");
  if (from != NULL)
    g_string_append_printf(sql, " FROM %s", from);
  if (g_strcmp0(deferrable, "immediate") == 0)
    g_string_append(sql, " DEFERRABLE INITIALLY IMMEDIATE");
  else if (g_strcmp0(deferrable, "deferred") == 0)
    g_string_append(sql, " DEFERRABLE INITIALLY DEFERRED");
}

static void
append_transition_tables(const Part *self, GString *sql)
{
  const char *old_table = text(self, "old_table"), *new_table = text(self, "new_table");
  if (old_table == NULL && new_table == NULL)
    return;
  g_string_append(sql, " REFERENCING");
  if (old_table != NULL)
    dmig_sql_appendf(sql, self->lowering->dialect, " OLD TABLE AS %I", old_table);
  if (new_table != NULL)
    dmig_sql_appendf(sql, self->lowering->dialect, " NEW TABLE AS %I", new_table);
}

/* What it does: a call, or its statements where the dialect has no functions. */
static gboolean
append_action(Part *self, GString *sql)
{
  gboolean calls = self->lowering->dialect->has.routines;
  g_autofree char *does = trimmed_text(self, calls ? "function" : "body");
  if (does == NULL) {
    dmig_lowering_report(self->lowering, self->from->at, "missing-expression",
                         "name the dialects that have it with 'dialects: […]'",
                         "the trigger %s has no '%s' for %s", self->from->name,
                         calls ? "function" : "body", self->lowering->dialect->title);
    return FALSE;
  }
  if (calls)
    g_string_append_printf(sql, " EXECUTE FUNCTION %s%s", does,
                           strchr(does, '(') != NULL ? "" : "()");
  else
    g_string_append_printf(sql, " BEGIN\n%s;\nEND", does);
  return TRUE;
}

/* A trigger that holds its statements itself is one event's, for each row, and no constraint. Reports
 * what it is beyond that. */
static gboolean
is_simple(const Part *self, const char *events, gboolean constraint)
{
  const char *beyond
      = strstr(events, " OR ") != NULL       ? "triggers for several events at once"
        : strstr(events, "TRUNCATE") != NULL ? "triggers for truncate"
        : constraint || text(self, "from") != NULL ? "constraint triggers"
        : g_strcmp0(text(self, "for_each"), "statement") == 0 ? "triggers for each statement"
        : text(self, "old_table") != NULL || text(self, "new_table") != NULL
            ? "tables of a trigger's rows"
            : NULL;
  return beyond == NULL
         || dmig_lowering_require(self->lowering, FALSE, self->from->at, beyond);
}

static gboolean
lower_trigger(Part *self)
{
  const DmigDialect *dialect = self->lowering->dialect;
  gboolean constraint = text(self, "constraint") != NULL || text(self, "deferrable") != NULL;
  g_autofree char *when = trimmed_text(self, "when");
  g_autofree char *events = events_sql(text(self, "events"));
  if (!dialect->has.routines && !is_simple(self, events, constraint))
    return FALSE;
  const char *timing = text(self, "timing");
  g_autofree char *word = g_ascii_strup(timing != NULL ? timing : "after", -1);
  g_autoptr(GString) sql = g_string_new("CREATE");
  dmig_sql_appendf(sql, dialect, "%s TRIGGER %I %s %s ON %I", constraint ? " CONSTRAINT" : "",
                   self->from->name, word, events, self->relation);
  append_constraint(self, sql);
  append_transition_tables(self, sql);
  if (is_for_each_row(self, events))
    g_string_append(sql, " FOR EACH ROW");
  else if (self->lowering->dialect->has.routines)
    g_string_append(sql, " FOR EACH STATEMENT");
  if (when != NULL)
    g_string_append_printf(
        sql, self->lowering->dialect->has.routines ? " WHEN (%s)" : " WHEN %s", when);
  if (!append_action(self, sql))
    return FALSE;
  g_string_append(sql, ";\n");
  self->object->create = g_strdup(sql->str);
  return TRUE;
}

/* --- policies --------------------------------------------------------------------------------- */

static char *
roles_sql(const DmigLowering *lowering, const char *list)
{
  static const char *const words[]
      = { "public", "current_user", "session_user", "current_role", NULL };
  GString *sql = g_string_new(NULL);
  g_auto(GStrv) roles = g_strsplit(list, ",", -1);
  for (char **role = roles; *role != NULL; role++) {
    g_strstrip(*role);
    g_autofree char *lower = g_ascii_strdown(*role, -1);
    g_string_append(sql, sql->len > 0 ? ", " : "");
    if (g_strv_contains(words, lower) || **role == '"')
      g_string_append(sql, *role);
    else
      dmig_sql_append_identifier(sql, lowering->dialect, *role);
  }
  return g_string_free(sql, FALSE);
}

static void
set_policy_condition(Part *self, GString *sql, const char *key, const char *clause)
{
  g_autofree char *condition = trimmed_text(self, key);
  if (condition != NULL)
    g_string_append_printf(sql, " %s (%s)", clause, condition);
}

static gboolean
lower_policy(Part *self)
{
  const char *command = text(self, "for"), *to = text(self, "to");
  g_autofree char *word = command != NULL ? g_ascii_strup(command, -1) : NULL;
  g_autofree char *roles = to != NULL ? roles_sql(self->lowering, to) : NULL;
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, self->lowering->dialect, "CREATE POLICY %I ON %I", self->from->name,
                   self->relation);
  if (text(self, "restrictive") != NULL)
    g_string_append(sql, " AS RESTRICTIVE");
  if (word != NULL && strcmp(word, "ALL") != 0)
    g_string_append_printf(sql, " FOR %s", word);
  if (roles != NULL)
    g_string_append_printf(sql, " TO %s", roles);
  set_policy_condition(self, sql, "using", "USING");
  set_policy_condition(self, sql, "check", "WITH CHECK");
  g_string_append(sql, ";\n");
  self->object->create = g_strdup(sql->str);
  return TRUE;
}

/* --- all of them ------------------------------------------------------------------------------ */

static gboolean
take_whole_statement(Part *self)
{
  g_autofree char *sql = trimmed_text(self, "create");
  if (sql == NULL)
    return FALSE;
  self->object->create = g_strconcat(sql, ";\n", NULL);
  return TRUE;
}

static gboolean
lower_create(Part *self)
{
  if (take_whole_statement(self))
    return TRUE;
  if (dmig_attributes_find(self->from->attributes, "create") != NULL)
    return FALSE; /* for other dialects only */
  switch ((int) self->from->kind) {
  case DMIG_OBJECT_TRIGGER:
    return lower_trigger(self);
  case DMIG_OBJECT_POLICY:
    return lower_policy(self);
  default:
    return FALSE;
  }
}

static void
lower_part(Part *self, DmigSchema *schema)
{
  DmigLowering *lowering = self->lowering;
  const DmigObjectKind kind = self->from->kind;
  self->object = dmig_object_new(kind, self->relation, self->from->name);
  if (!lower_create(self)) {
    dmig_object_free(self->object);
    return;
  }
  g_autofree char *what
      = dmig_object_sql(lowering->dialect, kind, self->relation, self->from->name, NULL);
  /* Where triggers hold their statements, their names are the schema's. */
  self->object->drop
      = kind == DMIG_OBJECT_TRIGGER && !lowering->dialect->has.routines
            ? dmig_sql_printf(lowering->dialect, "DROP TRIGGER %I;\n", self->from->name)
            : g_strdup_printf("DROP %s;\n", what);
  keep_properties(self);
  if (kind != DMIG_OBJECT_POLICY)
    lower_enabled(self, kind == DMIG_OBJECT_RULE ? "RULE" : "TRIGGER");
  if (kind == DMIG_OBJECT_TRIGGER)
    lower_copies(self);
  dmig_lower_comment(lowering, &self->object->facets, what, self->from->description);
  g_ptr_array_add(schema->objects, self->object);
}

void
dmig_lower_relation_parts(DmigLowering *self, DmigSchema *schema, const char *relation,
                          const GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++) {
    const DmigDomainObject *from = parts->pdata[i];
    if (from->kind == DMIG_OBJECT_COLUMN || !dmig_lowering_is_for(self, from->dialects)
        || (from->kind == DMIG_OBJECT_POLICY
            && !dmig_lowering_require(self, self->dialect->has.policies, from->at, "policies"))
        || (from->kind == DMIG_OBJECT_RULE
            && !dmig_lowering_require(self, self->dialect->has.rules, from->at, "rules")))
      continue;
    Part part = { self, relation, from, NULL };
    lower_part(&part, schema);
  }
}
