/* Functions and procedures. */
#include "core/domain/making.h"

#include <string.h>

#include "core/schema/statement.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* A list of names and strings is SQL as it is, and anything else a string. */
static char *
setting_sql(const char *value)
{
  DmigLexer lexer;
  gboolean expects = TRUE, sql = TRUE;
  dmig_lexer_init(&lexer, value);
  for (DmigToken token; sql && (token = dmig_lexer_next(&lexer)).kind != DMIG_TOKEN_END;) {
    if (token.kind == DMIG_TOKEN_SPACE)
      continue;
    gboolean comma = dmig_token_is(token, ",");
    sql = comma ? !expects : expects && token.kind != DMIG_TOKEN_SYMBOL && !token.unterminated;
    expects = comma;
  }
  return sql && !expects ? g_strdup(value) : dmig_sql_string(value);
}

static void
append_setting(DmigMaking *self, const char *name, const char *value, gpointer data)
{
  g_autofree char *sql = setting_sql(value);
  g_string_append_printf(data, "\n SET %s TO %s", name, sql);
}

/* A tag that the body does not hold. */
static char *
dollar_tag(const char *body)
{
  if (strstr(body, "$$") == NULL && !g_str_has_suffix(body, "$"))
    return g_strdup("$$");
  for (guint n = 0;; n++) {
    g_autofree char *tag = n == 0 ? g_strdup("$_$") : g_strdup_printf("$_%u$", n);
    if (strstr(body, tag) == NULL)
      return g_steal_pointer(&tag);
  }
}

static gboolean
begins_with(const char *sql, const char *first, const char *second)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  DmigToken token = dmig_lexer_next(&lexer);
  while (token.kind == DMIG_TOKEN_SPACE)
    token = dmig_lexer_next(&lexer);
  if (!dmig_token_is(token, first))
    return FALSE;
  do
    token = dmig_lexer_next(&lexer);
  while (token.kind == DMIG_TOKEN_SPACE);
  return second == NULL || dmig_token_is(token, second);
}

static void
append_body(DmigMaking *self, GString *sql, const char *language)
{
  const char *body = dmig_making_text(self, "body"), *library = dmig_making_text(self, "library");
  if (library != NULL) {
    dmig_sql_appendf(sql, self->dialect, "\nAS %S, %S", library, body);
    return;
  }
  gboolean standard
      = g_ascii_strcasecmp(language, "sql") == 0
        && (begins_with(body, "return", NULL) || begins_with(body, "begin", "atomic"));
  if (standard) {
    g_autofree char *trimmed = dmig_making_statement(self, "body");
    g_string_append_printf(sql, "\n%s", trimmed);
    return;
  }
  g_autofree char *tag = dollar_tag(body);
  g_string_append_printf(sql, "\nAS %s%s%s", tag, body, tag);
}

static void
append_attributes(DmigMaking *self, GString *sql)
{
  static const struct {
    const char *key, *value, *sql;
  } words[] = {
    { "kind", "window", " WINDOW" },          { "volatility", "immutable", " IMMUTABLE" },
    { "volatility", "stable", " STABLE" },    { "leakproof", "true", " LEAKPROOF" },
    { "strict", "true", " STRICT" },          { "security_definer", "true", " SECURITY DEFINER" },
    { "parallel", "safe", " PARALLEL SAFE" }, { "parallel", "restricted", " PARALLEL RESTRICTED" },
  };
  static const struct {
    const char *key, *sql;
  } values[] = { { "cost", " COST " }, { "rows", " ROWS " }, { "support", " SUPPORT " } };
  for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
    if (g_strcmp0(dmig_making_text(self, words[i].key), words[i].value) == 0)
      g_string_append(sql, words[i].sql);
  }
  for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
    const char *value = dmig_making_text(self, values[i].key);
    if (value != NULL)
      g_string_append_printf(sql, "%s%s", values[i].sql, value);
  }
  dmig_making_for_each(self, "set ", append_setting, sql);
}

void
dmig_making_routine(DmigMaking *self)
{
  const char *create = dmig_making_text(self, "create"),
             *language = dmig_making_text(self, "language");
  const char *arguments = dmig_making_text(self, "arguments"),
             *returns = dmig_making_text(self, "returns");
  gboolean procedure = g_strcmp0(dmig_making_text(self, "kind"), "procedure") == 0;
  if (create != NULL) {
    dmig_making_whole_statement(self, create);
    return;
  }
  if (dmig_making_text(self, "body") == NULL)
    return; /* for other dialects only */
  arguments = arguments != NULL ? arguments : "";
  g_autofree char *lower_language = g_ascii_strdown(language != NULL ? language : "sql", -1);
  language = lower_language;
  g_autofree char *signature = dmig_routine_signature(arguments, self->dialect);
  const char *word = procedure ? "PROCEDURE" : "FUNCTION";
  dmig_making_make(self, DMIG_OBJECT_ROUTINE, self->from->name, signature, word);
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, self->dialect, "%s %I(%s)", word, self->from->name, arguments);
  g_autofree char *mould = g_strdup_printf("%s\n%s\n%s\n", word, arguments, returns);
  if (returns != NULL)
    g_string_append_printf(sql, "\n RETURNS %s", returns);
  dmig_sql_appendf(sql, self->dialect, "\n LANGUAGE %I", language);
  append_attributes(self, sql);
  append_body(self, sql, language);
  self->object->create = g_strdup_printf("CREATE %s;\n", sql->str);
  self->object->replace = g_strdup_printf("CREATE OR REPLACE %s;\n", sql->str);
  self->object->mould = g_steal_pointer(&mould);
}
