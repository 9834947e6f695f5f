#include <string.h>

#include "core/db/sqlite/internal.h"
#include "core/domain/type.h"
#include "core/sql/text.h"

/* A declared type is a name that gives a column its affinity, by what the name contains: INT first,
 * then CHAR, CLOB or TEXT, then BLOB, then REAL, FLOA or DOUB, and NUMERIC for the rest. Source:
 * SQLite "Datatypes In SQLite", 3.1. So INTERVAL would turn text into numbers where it can, and
 * so would JSON and UUID; the spellings below do not. */

char *
dmig_sqlite_lower_type(const DmigType *type, const char *enum_name)
{
  switch (type->kind) {
  case DMIG_TYPE_BOOLEAN:
    return g_strdup("BOOLEAN");
  case DMIG_TYPE_SMALLINT:
  case DMIG_TYPE_INTEGER:
  case DMIG_TYPE_BIGINT:
    /* All of SQLite's integers have 64 bits, and only this word makes a rowid of a primary key. */
    return g_strdup("INTEGER");
  case DMIG_TYPE_DECIMAL:
    return type->precision == 0
               ? g_strdup("DECIMAL")
               : g_strdup_printf("DECIMAL(%u,%u)", type->precision, type->scale);
  case DMIG_TYPE_REAL:
    return g_strdup("REAL");
  case DMIG_TYPE_DOUBLE:
    return g_strdup("DOUBLE");
  case DMIG_TYPE_STRING:
    return type->length == 0 ? g_strdup("TEXT") : g_strdup_printf("VARCHAR(%u)", type->length);
  case DMIG_TYPE_BINARY:
    return g_strdup("BLOB");
  case DMIG_TYPE_DATE:
    return g_strdup("DATE");
  case DMIG_TYPE_TIME:
    return g_strdup("TIME");
  case DMIG_TYPE_TIMESTAMP:
    return g_strdup("TIMESTAMP");
  case DMIG_TYPE_TIMESTAMPTZ:
    return g_strdup("TIMESTAMPTZ");
  case DMIG_TYPE_UUID:
    return g_strdup("CHAR(36)");
  case DMIG_TYPE_JSON:
  case DMIG_TYPE_ARRAY:
    return g_strdup("JSON_TEXT");
  case DMIG_TYPE_TEXT:
  case DMIG_TYPE_INTERVAL:
  case DMIG_TYPE_ENUM:
    return g_strdup("TEXT");
  }
  g_return_val_if_reached(NULL);
}

/* Names that mean the same to SQLite, and to people. */
static const struct {
  const char *name, *canonical;
} synonyms[] = {
  { "", "BLOB" }, /* no type at all: values stay as they are, as in a BLOB column */
  { "BIGINT", "INTEGER" },
  { "BOOL", "BOOLEAN" },
  { "CHARACTER", "CHAR" },
  { "CHARACTER VARYING", "VARCHAR" },
  { "CLOB", "TEXT" },
  { "DATETIME", "TIMESTAMP" },
  { "DEC", "DECIMAL" },
  { "DOUBLE PRECISION", "DOUBLE" },
  { "FLOAT", "DOUBLE" },
  { "INT", "INTEGER" },
  { "INT2", "INTEGER" },
  { "INT4", "INTEGER" },
  { "INT8", "INTEGER" },
  { "MEDIUMINT", "INTEGER" },
  { "NUMERIC", "DECIMAL" },
  { "NVARCHAR", "VARCHAR" },
  { "SMALLINT", "INTEGER" },
  { "TINYINT", "INTEGER" },
  { "VARYING CHARACTER", "VARCHAR" },
};

/* `varchar ( 20 )` -> `VARCHAR` and `20`; NULL where there is no parenthesis. */
static char *
split_type(const char *native, char **out_size)
{
  const char *open = strchr(native, '(');
  g_autofree char *words = open != NULL ? g_strndup(native, open - native) : g_strdup(native);
  g_auto(GStrv) parts = g_strsplit_set(words, " \t\r\n", -1);
  GString *name = g_string_new(NULL);
  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      g_string_append_printf(name, "%s%s", name->len > 0 ? " " : "", *part);
  *out_size = NULL;
  if (open != NULL) {
    GString *size = g_string_new(NULL);
    for (const char *p = open + 1; *p != '\0' && *p != ')'; p++)
      if (!g_ascii_isspace(*p))
        g_string_append_c(size, *p);
    *out_size = g_string_free(size, FALSE);
  }
  char *upper = g_ascii_strup(name->str, -1);
  g_string_free(name, TRUE);
  return upper;
}

/* The database reports a declared type as it was written, but for its own names, which it has in
 * capitals. Source: sqlite3StdType. */
char *
dmig_sqlite_canonical_type(const char *native)
{
  static const char *const standard[] = { "ANY", "BLOB", "INT", "INTEGER", "REAL", "TEXT" };
  char *type = g_malloc(strlen(native) + 1), *end = type;
  for (const char *p = native; *p != '\0'; p++) {
    if (*p != ' ' && *p != '\t' && *p != '\r' && *p != '\n')
      *end++ = *p;
    else if (end > type && end[-1] != ' ')
      *end++ = ' ';
  }
  if (end > type && end[-1] == ' ')
    end--;
  *end = '\0';
  /* Each is as long as what it stands for. */
  for (guint i = 0; end - type <= (gssize) strlen("INTEGER") && i < G_N_ELEMENTS(standard); i++)
    if (g_ascii_strcasecmp(type, standard[i]) == 0)
      strcpy(type, standard[i]);
  return type;
}

/* What a declared type is called by all who mean the same. */
static char *
known_type(const char *native)
{
  g_autofree char *size = NULL;
  g_autofree char *name = split_type(native, &size);
  const char *canonical = name;
  for (guint i = 0; i < G_N_ELEMENTS(synonyms); i++)
    if (strcmp(synonyms[i].name, name) == 0)
      canonical = synonyms[i].canonical;
  /* A display width, or the bits of a float, mean nothing. */
  if (size == NULL || strcmp(canonical, "INTEGER") == 0 || strcmp(canonical, "DOUBLE") == 0)
    return g_strdup(canonical);
  gboolean scaleless = strcmp(canonical, "DECIMAL") == 0 && strchr(size, ',') == NULL;
  return g_strdup_printf("%s(%s%s)", canonical, size, scaleless ? ",0" : "");
}

DmigSqliteClass
dmig_sqlite_class(const char *type)
{
  static const struct {
    const char *word;
    gboolean whole;
    DmigSqliteClass class;
  } classes[] = {
    { "BOOLEAN", TRUE, DMIG_SQLITE_BOOLEAN },
    { "DATE", TRUE, DMIG_SQLITE_DATE },
    { "TIME", TRUE, DMIG_SQLITE_TIME },
    { "TIMESTAMP", TRUE, DMIG_SQLITE_TIMESTAMP },
    { "TIMESTAMPTZ", TRUE, DMIG_SQLITE_TIMESTAMP },
    { "JSON_TEXT", TRUE, DMIG_SQLITE_JSON },
    { "CHAR(36)", TRUE, DMIG_SQLITE_UUID },
    { "INT", FALSE, DMIG_SQLITE_INTEGER },
    { "CHAR", FALSE, DMIG_SQLITE_TEXT },
    { "CLOB", FALSE, DMIG_SQLITE_TEXT },
    { "TEXT", FALSE, DMIG_SQLITE_TEXT },
    { "BLOB", FALSE, DMIG_SQLITE_BLOB },
    { "REAL", FALSE, DMIG_SQLITE_FLOAT },
    { "FLOA", FALSE, DMIG_SQLITE_FLOAT },
    { "DOUB", FALSE, DMIG_SQLITE_FLOAT },
  };
  g_autofree char *canonical = known_type(type);
  for (guint i = 0; i < G_N_ELEMENTS(classes); i++) {
    gboolean matches = classes[i].whole ? strcmp(canonical, classes[i].word) == 0
                                        : strstr(canonical, classes[i].word) != NULL;
    if (matches)
      return classes[i].class;
  }
  return DMIG_SQLITE_NUMERIC;
}

/* Version 4, variant 10: the two fixed places of 122 random bits. Source: RFC 9562, 5.4. */
#define RANDOM_UUID                                                                                \
  "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || "                             \
  "substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (abs(random() % 4)), 1) || "         \
  "substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))"

const char *
dmig_sqlite_function(DmigFunction function, const DmigType *type)
{
  switch (function) {
  case DMIG_FUNCTION_NOW:
  case DMIG_FUNCTION_CURRENT_TIMESTAMP:
    if (type != NULL && type->kind == DMIG_TYPE_DATE)
      return "CURRENT_DATE";
    if (type != NULL && type->kind == DMIG_TYPE_TIME)
      return "CURRENT_TIME";
    return "CURRENT_TIMESTAMP";
  case DMIG_FUNCTION_TODAY:
    return "CURRENT_DATE";
  case DMIG_FUNCTION_UUID:
    return RANDOM_UUID;
  }
  g_return_val_if_reached(NULL);
}

char *
dmig_sqlite_literal(const DmigType *type, const char *text)
{
  if (text == NULL)
    return g_strdup("NULL");
  switch (type->kind) {
  case DMIG_TYPE_BOOLEAN:
    return g_strdup(g_ascii_strcasecmp(text, "true") == 0 ? "1" : "0");
  case DMIG_TYPE_SMALLINT:
  case DMIG_TYPE_INTEGER:
  case DMIG_TYPE_BIGINT:
  case DMIG_TYPE_DECIMAL:
  case DMIG_TYPE_REAL:
  case DMIG_TYPE_DOUBLE:
    return g_strdup(text);
  case DMIG_TYPE_BINARY: {
    g_autofree char *digits = g_ascii_strdown(text, -1);
    return g_strdup_printf("x'%s'", digits);
  }
  case DMIG_TYPE_STRING:
  case DMIG_TYPE_TEXT:
  case DMIG_TYPE_DATE:
  case DMIG_TYPE_TIME:
  case DMIG_TYPE_TIMESTAMP:
  case DMIG_TYPE_TIMESTAMPTZ:
  case DMIG_TYPE_INTERVAL:
  case DMIG_TYPE_UUID:
  case DMIG_TYPE_JSON:
  case DMIG_TYPE_ENUM:
  case DMIG_TYPE_ARRAY:
    return dmig_sql_string(text);
  }
  g_return_val_if_reached(NULL);
}

char *
dmig_sqlite_neutral_value(const char *type)
{
  switch (dmig_sqlite_class(type)) {
  case DMIG_SQLITE_INTEGER:
  case DMIG_SQLITE_BOOLEAN:
  case DMIG_SQLITE_NUMERIC:
  case DMIG_SQLITE_FLOAT:
    return g_strdup("0");
  case DMIG_SQLITE_TEXT:
    return g_strdup("''");
  case DMIG_SQLITE_JSON:
    return g_strdup("'null'");
  case DMIG_SQLITE_UUID:
    return g_strdup("'00000000-0000-0000-0000-000000000000'");
  case DMIG_SQLITE_BLOB:
    return g_strdup("x''");
  case DMIG_SQLITE_DATE:
    return g_strdup("'1970-01-01'");
  case DMIG_SQLITE_TIME:
    return g_strdup("'00:00:00'");
  case DMIG_SQLITE_TIMESTAMP:
    return g_strdup("'1970-01-01 00:00:00'");
  }
  g_return_val_if_reached(NULL);
}
