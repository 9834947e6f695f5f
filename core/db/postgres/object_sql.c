#include "core/db/postgres/object_sql.h"

#include <string.h>

#include "core/sql/lexer.h"
#include "core/sql/text.h"

char *
dmig_pg_cell_path(const DmigPgReader *self, const PGresult *rows, int row, int column)
{
  const char *name = dmig_pg_cell(rows, row, column + 1);
  return name != NULL ? dmig_pg_reader_path(self, dmig_pg_cell(rows, row, column), name) : NULL;
}

char *
dmig_pg_cell_text(const DmigPgReader *self, const PGresult *rows, int row, int column)
{
  return dmig_pg_reader_text(self, dmig_pg_cell(rows, row, column));
}

DmigFacet *
dmig_pg_add_facet(GPtrArray **facets, const char *name, char *value, char *set, char *reset)
{
  DmigFacet *facet = dmig_facet_new(name, value, set, reset);
  facet->created = TRUE;
  g_free(value);
  g_free(set);
  g_free(reset);
  return dmig_facets_add(facets, facet);
}

void
dmig_pg_set_property(DmigObject *object, const char *name, const char *value)
{
  if (value != NULL)
    dmig_object_set_property(object, name, value);
}

/* Whether the parenthesis that it begins with is closed by its last character. */
static gboolean
is_in_parentheses(const char *expression)
{
  DmigLexer lexer;
  guint depth = 0;
  dmig_lexer_init(&lexer, expression);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (dmig_token_is(token, "("))
      depth++;
    else if (dmig_token_is(token, ")") && depth > 0)
      depth--;
    if (depth == 0)
      return *expression == '(' && *lexer.next == '\0';
  }
  return FALSE;
}

char *
dmig_pg_in_parentheses(const char *expression)
{
  return is_in_parentheses(expression) ? g_strdup(expression)
                                       : g_strdup_printf("(%s)", expression);
}

/* `'x'`, unless it is a plain word or number. */
static char *
option_value(const char *value)
{
  gboolean plain = *value != '\0';
  for (const char *p = value; *p != '\0'; p++)
    plain = plain && (g_ascii_isalnum(*p) || *p == '_' || (*p == '.' && p != value));
  return plain ? g_strdup(value) : dmig_sql_string(value);
}

char *
dmig_pg_add_options(GPtrArray **facets, const char *what, const char *options)
{
  g_autoptr(GString) with = g_string_new(NULL);
  g_auto(GStrv) all = g_strsplit(options != NULL ? options : "", "\x01", -1);
  for (char **one = all; *one != NULL; one++) {
    char *equals = strchr(*one, '=');
    if (equals == NULL)
      continue;
    *equals = '\0';
    g_autofree char *value = option_value(equals + 1);
    DmigFacet *facet = dmig_facet_new_option(what, *one, value);
    facet->created = TRUE;
    dmig_facets_add(facets, facet);
    g_string_append_printf(with, "%s%s=%s", with->len > 0 ? ", " : " WITH (", *one, value);
  }
  if (with->len > 0)
    g_string_append_c(with, ')');
  return g_strdup(with->str);
}
