/* What hangs on relations: triggers, rules and policies. */
#include <stdlib.h>
#include <string.h>

#include "core/db/postgres/inspect_objects.h"
#include "core/db/postgres/object_sql.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* --- whether it is enabled ----------------------------------------------------------------- */

static const char *
enabled_name(char code)
{
  return code == 'D' ? "disabled" : code == 'R' ? "replica" : code == 'A' ? "always" : "origin";
}

/* ALTER TABLE relation `verb` TRIGGER name. `only`: not its partitions, too. */
static char *
enabled_sql(const DmigDialect *dialect, char code, gboolean only, const char *relation,
            const char *word, const char *name)
{
  const char *verb = code == 'D'   ? "DISABLE"
                     : code == 'R' ? "ENABLE REPLICA"
                     : code == 'A' ? "ENABLE ALWAYS"
                                   : "ENABLE";
  return dmig_sql_printf(dialect, "ALTER TABLE %s%I %s %s %I;\n", only ? "ONLY " : "", relation,
                         verb, word, name);
}

static void
read_enabled(const DmigPgReader *self, DmigObject *object, const char *word, char code)
{
  const DmigDialect *dialect = self->schema->dialect;
  if (code == 'O')
    return;
  DmigFacet *facet = dmig_pg_add_facet(
      &object->facets, "enabled", g_strdup(enabled_name(code)),
      enabled_sql(dialect, code, FALSE, object->path, word, object->detail),
      enabled_sql(dialect, 'O', FALSE, object->path, word, object->detail));
  facet->created = FALSE;
}

/* --- triggers ------------------------------------------------------------------------------ */

typedef enum {
  FOR_EACH_ROW = 1 << 0,
  BEFORE = 1 << 1,
  ON_INSERT = 1 << 2,
  ON_DELETE = 1 << 3,
  ON_UPDATE = 1 << 4,
  ON_TRUNCATE = 1 << 5,
  INSTEAD_OF = 1 << 6,
} TriggerType; /* pg_trigger.h of the server */

static char *
trigger_events(guint type, const char *columns)
{
  static const struct {
    guint bit;
    const char *name;
  } events[] = {
    { ON_INSERT, "insert" },
    { ON_DELETE, "delete" },
    { ON_TRUNCATE, "truncate" },
    { ON_UPDATE, "update" },
  };
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(events); i++)
    if ((type & events[i].bit) != 0)
      g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", events[i].name);
  if (columns != NULL)
    g_string_append_printf(text, " of %s", columns);
  return g_strdup(text->str);
}

/* The condition behind WHEN, and what EXECUTE FUNCTION calls. */
static void
read_definition(DmigObject *object, const char *definition)
{
  DmigLexer lexer;
  DmigToken previous = { .kind = DMIG_TOKEN_END };
  const char *when = NULL, *function = NULL;
  guint depth = 0;
  dmig_lexer_init(&lexer, definition);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (token.kind == DMIG_TOKEN_SPACE)
      continue;
    depth += dmig_token_is(token, "(") ? 1 : 0;
    depth -= dmig_token_is(token, ")") && depth > 0 ? 1 : 0;
    if (depth == 0 && token.kind == DMIG_TOKEN_WORD && dmig_token_is(token, "when"))
      when = lexer.next;
    if (depth == 0 && dmig_token_is(previous, "execute")
        && (dmig_token_is(token, "function") || dmig_token_is(token, "procedure"))) {
      if (when != NULL) {
        g_autofree char *condition = g_strndup(when, (gsize) (previous.start - when));
        dmig_object_set_property(object, "when", g_strstrip(condition));
      }
      function = lexer.next;
      break;
    }
    previous = token;
  }
  if (function != NULL) {
    g_autofree char *call = g_strdup(function);
    dmig_object_set_property(object, "function", g_strstrip(call));
  }
}

static void
read_trigger_properties(const DmigPgReader *self, DmigObject *object, const char *definition,
                        const PGresult *rows, int row)
{
  guint type = (guint) strtoul(dmig_pg_cell(rows, row, 7), NULL, 10);
  g_autofree char *events = trigger_events(type, dmig_pg_cell(rows, row, 8));
  g_autofree char *from = dmig_pg_cell_path(self, rows, row, 12);
  dmig_object_set_property(object, "timing",
                           (type & INSTEAD_OF) != 0 ? "instead of"
                           : (type & BEFORE) != 0   ? "before"
                                                    : "after");
  dmig_object_set_property(object, "events", events);
  dmig_object_set_property(object, "for_each", (type & FOR_EACH_ROW) != 0 ? "row" : "statement");
  if (dmig_pg_cell_true(rows, row, 9))
    dmig_object_set_property(object, "constraint", "true");
  if (dmig_pg_cell_true(rows, row, 10))
    dmig_object_set_property(object, "deferrable",
                             dmig_pg_cell_true(rows, row, 11) ? "deferred" : "immediate");
  dmig_pg_set_property(object, "from", from);
  dmig_pg_set_property(object, "old_table", dmig_pg_cell(rows, row, 14));
  dmig_pg_set_property(object, "new_table", dmig_pg_cell(rows, row, 15));
  read_definition(object, definition);
}

/* A partition's copy that is enabled otherwise than the trigger that it comes from. */
static void
read_copy(DmigPgReader *self, const PGresult *rows, int row)
{
  const DmigDialect *dialect = self->schema->dialect;
  const DmigPgRegistered *parent
      = dmig_pg_reader_registered(self, DMIG_PG_CLASS_TRIGGER, dmig_pg_cell_oid(rows, row, 1), 0);
  if (parent == NULL || parent->facets == NULL)
    return;
  const char *name = dmig_pg_cell(rows, row, 4);
  char code = *dmig_pg_cell(rows, row, 6), root = *dmig_pg_cell(rows, row, 16);
  g_autofree char *partition = dmig_pg_cell_path(self, rows, row, 2);
  g_autofree char *readable = dmig_path_text(partition);
  g_autofree char *label = g_strconcat("enabled on ", readable, NULL);
  DmigFacet *facet = dmig_pg_add_facet(parent->facets, label, g_strdup(enabled_name(code)),
                                       enabled_sql(dialect, code, TRUE, partition, "TRIGGER", name),
                                       enabled_sql(dialect, root, TRUE, partition, "TRIGGER", name));
  facet->created = FALSE;
  facet->late = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, partition, NULL));
}

void
dmig_pg_read_triggers(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0; i < PQntuples(rows); i++) {
    if (dmig_pg_cell(rows, i, 1) != NULL) {
      read_copy(self, rows, i);
      continue;
    }
    const char *name = dmig_pg_cell(rows, i, 4);
    g_autofree char *path = dmig_pg_cell_path(self, rows, i, 2);
    g_autofree char *definition = dmig_pg_cell_text(self, rows, i, 5);
    g_autofree char *what = dmig_object_sql(dialect, DMIG_OBJECT_TRIGGER, path, name, NULL);
    if (definition == NULL)
      continue;
    DmigObject *object = dmig_object_new(DMIG_OBJECT_TRIGGER, path, name);
    object->create = g_strconcat(definition, ";\n", NULL);
    object->drop = g_strdup_printf("DROP %s;\n", what);
    read_trigger_properties(self, object, definition, rows, i);
    read_enabled(self, object, "TRIGGER", *dmig_pg_cell(rows, i, 6));
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_TRIGGER, dmig_pg_cell_oid(rows, i, 0), what);
  }
}

/* --- rules --------------------------------------------------------------------------------- */

void
dmig_pg_read_rules(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0; i < PQntuples(rows); i++) {
    const char *name = dmig_pg_cell(rows, i, 3);
    g_autofree char *path = dmig_pg_cell_path(self, rows, i, 1);
    g_autofree char *definition = dmig_pg_cell_text(self, rows, i, 4);
    g_autofree char *what = dmig_object_sql(dialect, DMIG_OBJECT_RULE, path, name, NULL);
    if (definition == NULL)
      continue;
    g_strchomp(definition);
    DmigObject *object = dmig_object_new(DMIG_OBJECT_RULE, path, name);
    object->create = g_strconcat(definition, g_str_has_suffix(definition, ";") ? "\n" : ";\n", NULL);
    object->drop = g_strdup_printf("DROP %s;\n", what);
    read_enabled(self, object, "RULE", *dmig_pg_cell(rows, i, 5));
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_REWRITE, dmig_pg_cell_oid(rows, i, 0), what);
  }
}

/* --- policies ------------------------------------------------------------------------------ */

static const char *
policy_command(char code)
{
  return code == 'r'   ? "select"
         : code == 'a' ? "insert"
         : code == 'w' ? "update"
         : code == 'd' ? "delete"
                       : "all";
}

/* A clause of CREATE POLICY, which ALTER POLICY knows too. `reset`: the clause that is as if there
 * was none; NULL: nothing is. */
static void
add_clause(const DmigPgReader *self, DmigObject *object, GString *create, const char *property,
           const char *clause, const char *value, const char *reset)
{
  const DmigDialect *dialect = self->schema->dialect;
  if (value == NULL)
    return;
  g_autofree char *alter
      = dmig_sql_printf(dialect, "ALTER POLICY %I ON %I ", object->detail, object->path);
  g_string_append_printf(create, " %s %s", clause, value);
  dmig_pg_add_facet(&object->facets, property, g_strdup(value),
                    g_strdup_printf("%s%s %s;\n", alter, clause, value),
                    reset != NULL ? g_strdup_printf("%s%s;\n", alter, reset) : NULL);
  dmig_object_set_property(object, property, value);
}

static void
add_condition(const DmigPgReader *self, DmigObject *object, GString *create, const char *property,
              const char *clause, const PGresult *rows, int row, int column)
{
  g_autofree char *text = dmig_pg_cell_text(self, rows, row, column);
  g_autofree char *value = text != NULL ? dmig_pg_in_parentheses(text) : NULL;
  add_clause(self, object, create, property, clause, value, NULL);
}

void
dmig_pg_read_policies(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0; i < PQntuples(rows); i++) {
    const char *name = dmig_pg_cell(rows, i, 3);
    const char *command = policy_command(*dmig_pg_cell(rows, i, 4));
    gboolean restrictive = !dmig_pg_cell_true(rows, i, 5);
    g_autofree char *path = dmig_pg_cell_path(self, rows, i, 1);
    g_autofree char *what = dmig_object_sql(dialect, DMIG_OBJECT_POLICY, path, name, NULL);
    DmigObject *object = dmig_object_new(DMIG_OBJECT_POLICY, path, name);
    g_autoptr(GString) create = g_string_new(NULL);
    g_string_append_printf(create, "CREATE %s%s", what, restrictive ? " AS RESTRICTIVE" : "");
    if (strcmp(command, "all") != 0) {
      g_autofree char *upper = g_ascii_strup(command, -1);
      g_string_append_printf(create, " FOR %s", upper);
    }
    object->core = g_strconcat(create->str, ";\n", NULL);
    dmig_object_set_property(object, "for", command);
    if (restrictive)
      dmig_object_set_property(object, "restrictive", "true");
    add_clause(self, object, create, "to", "TO", dmig_pg_cell(rows, i, 6), "TO PUBLIC");
    add_condition(self, object, create, "using", "USING", rows, i, 7);
    add_condition(self, object, create, "check", "WITH CHECK", rows, i, 8);
    object->create = g_strconcat(create->str, ";\n", NULL);
    object->drop = g_strdup_printf("DROP %s;\n", what);
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_POLICY, dmig_pg_cell_oid(rows, i, 0), what);
  }
}
