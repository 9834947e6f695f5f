#include "core/schema/facet_sql.h"

#include <string.h>

#include "core/sql/text.h"

#define GRANT_OPTION " WITH GRANT OPTION"

/* In front of the object's name; NULL: no statement has a form for it. */
static const char *const kind_words[] = {
  [DMIG_OBJECT_SCHEMA] = "SCHEMA",
  [DMIG_OBJECT_EXTENSION] = "EXTENSION",
  [DMIG_OBJECT_LANGUAGE] = "LANGUAGE",
  [DMIG_OBJECT_ACCESS_METHOD] = "ACCESS METHOD",
  [DMIG_OBJECT_COLLATION] = "COLLATION",
  [DMIG_OBJECT_ENUM] = "TYPE",
  [DMIG_OBJECT_DOMAIN] = "DOMAIN",
  [DMIG_OBJECT_COMPOSITE_TYPE] = "TYPE",
  [DMIG_OBJECT_RANGE_TYPE] = "TYPE",
  [DMIG_OBJECT_BASE_TYPE] = "TYPE",
  [DMIG_OBJECT_SEQUENCE] = "SEQUENCE",
  [DMIG_OBJECT_ROUTINE] = "FUNCTION",
  [DMIG_OBJECT_OPERATOR] = "OPERATOR",
  [DMIG_OBJECT_OPERATOR_FAMILY] = "OPERATOR FAMILY",
  [DMIG_OBJECT_OPERATOR_CLASS] = "OPERATOR CLASS",
  [DMIG_OBJECT_CONVERSION] = "CONVERSION",
  [DMIG_OBJECT_TS_PARSER] = "TEXT SEARCH PARSER",
  [DMIG_OBJECT_TS_TEMPLATE] = "TEXT SEARCH TEMPLATE",
  [DMIG_OBJECT_TS_DICTIONARY] = "TEXT SEARCH DICTIONARY",
  [DMIG_OBJECT_TS_CONFIGURATION] = "TEXT SEARCH CONFIGURATION",
  [DMIG_OBJECT_FOREIGN_DATA_WRAPPER] = "FOREIGN DATA WRAPPER",
  [DMIG_OBJECT_FOREIGN_SERVER] = "SERVER",
  [DMIG_OBJECT_TABLE] = "TABLE",
  [DMIG_OBJECT_COLUMN] = "COLUMN",
  [DMIG_OBJECT_CONSTRAINT] = "CONSTRAINT",
  [DMIG_OBJECT_INDEX] = "INDEX",
  [DMIG_OBJECT_FOREIGN_TABLE] = "FOREIGN TABLE",
  [DMIG_OBJECT_VIRTUAL_TABLE] = "TABLE",
  [DMIG_OBJECT_VIEW] = "VIEW",
  [DMIG_OBJECT_MATERIALIZED_VIEW] = "MATERIALIZED VIEW",
  [DMIG_OBJECT_STATISTICS] = "STATISTICS",
  [DMIG_OBJECT_RULE] = "RULE",
  [DMIG_OBJECT_TRIGGER] = "TRIGGER",
  [DMIG_OBJECT_POLICY] = "POLICY",
  [DMIG_OBJECT_EVENT_TRIGGER] = "EVENT TRIGGER",
  [DMIG_OBJECT_PUBLICATION] = "PUBLICATION",
  [DMIG_OBJECT_SUBSCRIPTION] = "SUBSCRIPTION",
  [DMIG_OBJECT_KINDS] = NULL,
};

char *
dmig_object_sql(const DmigDialect *dialect, DmigObjectKind kind, const char *path,
                const char *detail, const char *word)
{
  const char *is = word != NULL ? word : kind_words[kind];

  if (is == NULL)
    return NULL;
  if (kind == DMIG_OBJECT_ROUTINE)
    return dmig_sql_printf(dialect, "%s %I(%s)", is, path, detail != NULL ? detail : "");
  if (kind == DMIG_OBJECT_OPERATOR) {
    g_autofree char *schema = dmig_path_schema(path);
    g_autofree char *before = schema != NULL ? dmig_sql_printf(dialect, "%I.", schema) : NULL;
    return g_strdup_printf("%s %s%s %s", is, before != NULL ? before : "", dmig_path_name(path),
                           detail);
  }
  if (kind == DMIG_OBJECT_OPERATOR_FAMILY || kind == DMIG_OBJECT_OPERATOR_CLASS)
    return dmig_sql_printf(dialect, "%s %I USING %I", is, path, detail);
  if (kind == DMIG_OBJECT_COLUMN)
    return dmig_sql_printf(dialect, "%s %I.%I", is, path, detail);
  if (kind == DMIG_OBJECT_INDEX && detail != NULL) {
    g_autofree char *beside = dmig_path_sibling(path, detail);
    return dmig_sql_printf(dialect, "%s %I", is, beside);
  }
  if (dmig_object_kind_is_part(kind))
    return dmig_sql_printf(dialect, "%s %I ON %I", is, detail, path);
  return dmig_sql_printf(dialect, "%s %I", is, path);
}

DmigFacet *
dmig_facet_new_owner(const DmigDialect *dialect, const char *what, const char *role)
{
  g_autofree char *set = dmig_sql_printf(dialect, "ALTER %s OWNER TO %I;\n", what, role);
  g_autofree char *reset = dmig_sql_printf(dialect, "ALTER %s OWNER TO CURRENT_USER;\n", what);

  return dmig_facet_new("owner", role, set, reset);
}

/* What PUBLIC may do with a new object of this kind (PostgreSQL manual 5.8 "Privileges"). */
static const char *
default_privileges(const char *what)
{
  static const char *const executed[] = { "FUNCTION ", "PROCEDURE ", "ROUTINE " };
  for (guint i = 0; i < G_N_ELEMENTS(executed); i++)
    if (g_str_has_prefix(what, executed[i]))
      return "EXECUTE";
  return "USAGE";
}

char *
dmig_object_granted_sql(const char *what)
{
  static const struct {
    const char *word, *granted;
  } words[] = {
    { "VIEW ", "TABLE " },           { "MATERIALIZED VIEW ", "TABLE " },
    { "FOREIGN TABLE ", "TABLE " },  { "DOMAIN ", "TYPE " },
    { "AGGREGATE ", "FUNCTION " },   { "SERVER ", "FOREIGN SERVER " },
  };
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (g_str_has_prefix(what, words[i].word))
      return g_strconcat(words[i].granted, what + strlen(words[i].word), NULL);
  return g_strdup(what);
}

/* `SELECT (a), INSERT (a)` of those privileges that may, or may not, be handed on. */
static char *
select_privileges(const DmigDialect *dialect, char *const *all, gboolean handed_on,
                  const char *column)
{
  g_autoptr(GString) list = g_string_new(NULL);
  for (char *const *one = all; *one != NULL; one++) {
    gsize length = strlen(*one);
    if (g_str_has_suffix(*one, GRANT_OPTION) != handed_on)
      continue;
    if (handed_on)
      length -= strlen(GRANT_OPTION);
    g_string_append_printf(list, "%s%.*s", list->len > 0 ? ", " : "", (int) length, *one);
    if (column != NULL)
      dmig_sql_appendf(list, dialect, " (%I)", column);
  }
  return list->len > 0 ? g_strdup(list->str) : NULL;
}

static void
append_grant(GString *sql, const char *privileges, const char *on, const char *role,
             const char *option)
{
  if (privileges != NULL)
    g_string_append_printf(sql, "GRANT %s ON %s TO %s%s;\n", privileges, on, role, option);
}

DmigFacet *
dmig_facet_new_grant(const DmigDialect *dialect, const char *what, const char *column,
                     const char *role, const char *privileges)
{
  gboolean everybody = strcmp(role, "PUBLIC") == 0;
  g_autofree char *to = everybody ? g_strdup(role) : dmig_sql_identifier(dialect, role);
  g_autofree char *name = g_strconcat("grant to ", role, NULL);
  g_autofree char *on = dmig_object_granted_sql(what);
  g_autoptr(GString) set = g_string_new(NULL), reset = g_string_new(NULL);

  if (strcmp(privileges, "NOTHING") == 0) {
    g_string_append_printf(set, "REVOKE ALL ON %s FROM %s;\n", on, to);
    append_grant(reset, default_privileges(on), on, to, "");
  } else {
    g_auto(GStrv) all = g_strsplit(privileges, ", ", -1);
    g_autofree char *plain = select_privileges(dialect, all, FALSE, column);
    g_autofree char *handed_on = select_privileges(dialect, all, TRUE, column);
    append_grant(set, plain, on, to, "");
    append_grant(set, handed_on, on, to, GRANT_OPTION);
    g_string_append(reset, "REVOKE ALL");
    if (column != NULL)
      dmig_sql_appendf(reset, dialect, " (%I)", column);
    g_string_append_printf(reset, " ON %s FROM %s;\n", on, to);
  }
  DmigFacet *facet = dmig_facet_new(name, privileges, set->str, reset->str);
  facet->replaces = TRUE;
  facet->lockless = TRUE;
  return facet;
}

DmigFacet *
dmig_facet_new_option(const char *what, const char *name, const char *value)
{
  g_autofree char *facet_name = g_strconcat("with ", name, NULL);
  g_autofree char *set = g_strdup_printf("ALTER %s SET (%s = %s);\n", what, name, value);
  g_autofree char *reset = g_strdup_printf("ALTER %s RESET (%s);\n", what, name);

  return dmig_facet_new(facet_name, value, set, reset);
}

DmigFacet *
dmig_facet_new_not_valid(const DmigDialect *dialect, const char *table, const char *constraint,
                         const char *definition)
{
  g_autofree char *set =
      definition != NULL
          ? dmig_sql_printf(dialect,
                            "ALTER TABLE %I DROP CONSTRAINT %I;\n"
                            "ALTER TABLE %I ADD CONSTRAINT %I %s NOT VALID;\n",
                            table, constraint, table, constraint, definition)
          : g_strdup("");
  g_autofree char *reset = dmig_sql_printf(
      dialect, "ALTER TABLE %I VALIDATE CONSTRAINT %I;\n", table, constraint);
  DmigFacet *facet = dmig_facet_new(DMIG_FACET_NOT_VALID, "true", set, reset);

  facet->created = TRUE;
  return facet;
}
