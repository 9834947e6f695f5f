#include "core/sql/text.h"

#include <string.h>

#include "core/sql/path.h"

static gboolean
is_plain(const char *name)
{
  if (!g_ascii_islower(*name) && *name != '_')
    return FALSE;
  for (const char *p = name + 1; *p != '\0'; p++)
    if (!g_ascii_islower(*p) && !g_ascii_isdigit(*p) && *p != '_')
      return FALSE;
  return TRUE;
}

gboolean
dmig_sql_is_reserved(const DmigDialect *dialect, const char *word)
{
  if (dialect == NULL || dialect->reserved_words == NULL)
    return FALSE;
  for (const char *const *w = dialect->reserved_words; *w != NULL; w++) {
    if (**w < *word)
      continue;
    int order = strcmp(*w, word);
    if (order >= 0)
      return order == 0;
  }
  return FALSE;
}

static void
append_quoted(GString *sql, const char *text, char quote)
{
  g_string_append_c(sql, quote);
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == quote)
      g_string_append_c(sql, quote);
    g_string_append_c(sql, *p);
  }
  g_string_append_c(sql, quote);
}

static void
append_name(GString *sql, const DmigDialect *dialect, const char *name)
{
  if (is_plain(name) && !dmig_sql_is_reserved(dialect, name))
    g_string_append(sql, name);
  else
    append_quoted(sql, name, '"');
}

void
dmig_sql_append_identifier(GString *sql, const DmigDialect *dialect, const char *name)
{
  g_autofree char *schema = dmig_path_schema(name);

  if (schema != NULL) {
    append_name(sql, dialect, schema);
    g_string_append_c(sql, '.');
  }
  append_name(sql, dialect, dmig_path_name(name));
}

char *
dmig_sql_identifier(const DmigDialect *dialect, const char *name)
{
  GString *sql = g_string_new(NULL);
  dmig_sql_append_identifier(sql, dialect, name);
  return g_string_free(sql, FALSE);
}

void
dmig_sql_append_identifiers(GString *sql, const DmigDialect *dialect, char *const *names)
{
  for (char *const *name = names; *name != NULL; name++) {
    if (name != names)
      g_string_append(sql, ", ");
    dmig_sql_append_identifier(sql, dialect, *name);
  }
}

void
dmig_sql_append_string(GString *sql, const char *value)
{
  append_quoted(sql, value, '\'');
}

char *
dmig_sql_string(const char *value)
{
  GString *sql = g_string_new(NULL);
  dmig_sql_append_string(sql, value);
  return g_string_free(sql, FALSE);
}

static void
append_vprintf(GString *sql, const DmigDialect *dialect, const char *format, va_list arguments)
{
  for (const char *p = format; *p != '\0'; p++) {
    if (*p != '%') {
      g_string_append_c(sql, *p);
      continue;
    }
    switch (*++p) {
    case 'I':
      dmig_sql_append_identifier(sql, dialect, va_arg(arguments, const char *));
      break;
    case 'S': {
      const char *value = va_arg(arguments, const char *);
      if (value == NULL)
        g_string_append(sql, "NULL");
      else
        dmig_sql_append_string(sql, value);
      break;
    }
    case 's':
      g_string_append(sql, va_arg(arguments, const char *));
      break;
    case 'u':
      g_string_append_printf(sql, "%u", va_arg(arguments, guint));
      break;
    case '%':
      g_string_append_c(sql, '%');
      break;
    default:
      g_error("dmig_sql_appendf: unknown conversion in \"%s\"", format);
    }
  }
}

void
dmig_sql_appendf(GString *sql, const DmigDialect *dialect, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  append_vprintf(sql, dialect, format, arguments);
  va_end(arguments);
}

char *
dmig_sql_printf(const DmigDialect *dialect, const char *format, ...)
{
  GString *sql = g_string_new(NULL);
  va_list arguments;
  va_start(arguments, format);
  append_vprintf(sql, dialect, format, arguments);
  va_end(arguments);
  return g_string_free(sql, FALSE);
}
