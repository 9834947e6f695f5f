#include "core/db/postgres/bounds.h"

#include <string.h>

#include "core/db/postgres/postgres.h"
#include "core/sql/text.h"

/* Behind the quoted text that begins at `at`. */
static const char *
skip_quoted(const char *at)
{
  char quote = *at++;

  while (*at != '\0' && (*at != quote || at[1] == quote))
    at += *at == quote ? 2 : 1;
  return *at != '\0' ? at + 1 : at;
}

/* The items of the list in parentheses that begins at `*at`, which is moved behind it. NULL: there is
 * none. Owned. */
static GPtrArray *
read_list(const char **at)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
  const char *start = NULL, *p = *at;
  int depth = 0;

  while (*p == ' ')
    p++;
  if (*p != '(')
    return NULL;
  for (start = ++p; *p != '\0'; p++) {
    if (*p == '\'' || *p == '"') {
      p = skip_quoted(p) - 1;
    } else if (*p == '(' || *p == '[') {
      depth++;
    } else if (depth == 0 && (*p == ',' || *p == ')')) {
      g_ptr_array_add(items, g_strstrip(g_strndup(start, (gsize) (p - start))));
      start = p + 1;
      if (*p == ')') {
        *at = p + 1;
        return g_steal_pointer(&items);
      }
    } else if (*p == ')' || *p == ']') {
      depth--;
    }
  }
  return NULL;
}

static gboolean
skip_word(const char **at, const char *word)
{
  const char *p = *at;
  gsize length = strlen(word);

  while (*p == ' ')
    p++;
  if (g_ascii_strncasecmp(p, word, length) != 0 || g_ascii_isalnum(p[length]))
    return FALSE;
  *at = p + length;
  return TRUE;
}

/* The operators of an operator class of its own are not known by their names. */
static gboolean
has_usual_operators(const char *key)
{
  gboolean collation = FALSE;
  int depth = 0;

  for (const char *p = key; *p != '\0'; p++) {
    if (*p == '\'' || *p == '"') {
      p = skip_quoted(p) - 1;
      continue;
    }
    depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
    if (*p != ' ' || depth > 0)
      continue;
    if (collation || g_ascii_strncasecmp(p, " COLLATE ", 9) != 0)
      return FALSE;
    collation = TRUE;
    p += strlen(" COLLATE ") - 1;
  }
  return *key != '\0';
}

static char *
join(const GPtrArray *items, guint length)
{
  GString *text = g_string_new(length > 1 ? "(" : "");

  for (guint i = 0; i < length; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", (const char *) items->pdata[i]);
  g_string_append(text, length > 1 ? ")" : "");
  return g_string_free(text, FALSE);
}

static char *
fits_list(const GPtrArray *keys, const char *at)
{
  g_autoptr(GPtrArray) values = skip_word(&at, "IN") ? read_list(&at) : NULL;
  const char *key = keys->pdata[0];
  gboolean null = FALSE;

  if (values == NULL || keys->len != 1)
    return NULL;
  for (guint i = values->len; i > 0; i--)
    if (g_ascii_strcasecmp(values->pdata[i - 1], "NULL") == 0) {
      null = TRUE;
      g_ptr_array_remove_index(values, i - 1);
    }
  if (values->len == 0)
    return g_strdup_printf("%s IS NULL", key);
  g_ptr_array_add(values, NULL);
  g_autofree char *list = g_strjoinv(", ", (char **) values->pdata);
  return null ? g_strdup_printf("(%s IS NULL OR %s IN (%s))", key, key, list)
              : g_strdup_printf("%s IN (%s)", key, list);
}

/* One end of a range: what stands behind MINVALUE or MAXVALUE does not count. */
static void
append_end(GString *fits, const GPtrArray *keys, const GPtrArray *values, gboolean lower)
{
  const char *operator= lower ? ">=" : "<";
  guint length = 0;

  for (; length < values->len; length++) {
    gboolean least = g_ascii_strcasecmp(values->pdata[length], "MINVALUE") == 0;
    if (!least && g_ascii_strcasecmp(values->pdata[length], "MAXVALUE") != 0)
      continue;
    operator= lower ? (least ? ">=" : ">") : (least ? "<" : "<=");
    break;
  }
  if (length == 0)
    return;
  g_autofree char *key = join(keys, length);
  g_autofree char *value = join(values, length);
  g_string_append_printf(fits, " AND %s %s %s", key, operator, value);
}

static char *
fits_range(const GPtrArray *keys, const char *at)
{
  g_autoptr(GPtrArray) from = skip_word(&at, "FROM") ? read_list(&at) : NULL;
  g_autoptr(GPtrArray) to = skip_word(&at, "TO") ? read_list(&at) : NULL;
  GString *fits = NULL;

  if (from == NULL || to == NULL || from->len != keys->len || to->len != keys->len)
    return NULL;
  fits = g_string_new(NULL);
  for (guint i = 0; i < keys->len; i++)
    g_string_append_printf(fits, "%s%s IS NOT NULL", i > 0 ? " AND " : "",
                           (const char *) keys->pdata[i]);
  append_end(fits, keys, from, TRUE);
  append_end(fits, keys, to, FALSE);
  return g_string_free(fits, FALSE);
}

static char *
fits_hash(const DmigTable *parent, const GPtrArray *keys, const char *at)
{
  g_autoptr(GPtrArray) with = skip_word(&at, "WITH") ? read_list(&at) : NULL;
  const char *modulus = with != NULL && with->len == 2 ? with->pdata[0] : "";
  const char *remainder = with != NULL && with->len == 2 ? with->pdata[1] : "";
  g_autofree char *name = dmig_sql_identifier(&dmig_postgres_dialect, parent->name);
  GString *fits = NULL;

  if (!skip_word(&modulus, "modulus") || !skip_word(&remainder, "remainder"))
    return NULL;
  fits = g_string_new(NULL);
  dmig_sql_appendf(fits, &dmig_postgres_dialect,
                   "pg_catalog.satisfies_hash_partition(%S::pg_catalog.regclass,%s,%s", name,
                   modulus, remainder);
  for (guint i = 0; i < keys->len; i++)
    g_string_append_printf(fits, ", %s", (const char *) keys->pdata[i]);
  g_string_append_c(fits, ')');
  return g_string_free(fits, FALSE);
}

gboolean
dmig_pg_partition_asks_table(const DmigTable *parent)
{
  const char *way = parent->partition_by;

  return way != NULL && skip_word(&way, "HASH");
}

char *
dmig_pg_partition_fits(const DmigTable *parent, const char *bounds)
{
  const char *way = parent->partition_by, *keys_at = NULL;
  gboolean list = FALSE, range = FALSE;
  g_autoptr(GPtrArray) keys = NULL;

  if (way == NULL || !skip_word(&bounds, "FOR") || !skip_word(&bounds, "VALUES"))
    return NULL;
  keys_at = way;
  list = skip_word(&keys_at, "LIST");
  range = !list && skip_word(&keys_at, "RANGE");
  if (!list && !range && !skip_word(&keys_at, "HASH"))
    return NULL;
  keys = read_list(&keys_at);
  for (guint i = 0; keys != NULL && i < keys->len; i++)
    if (!has_usual_operators(keys->pdata[i]))
      return NULL;
  if (keys == NULL)
    return NULL;
  return list ? fits_list(keys, bounds)
              : range ? fits_range(keys, bounds) : fits_hash(parent, keys, bounds);
}
