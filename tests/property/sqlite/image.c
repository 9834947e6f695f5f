#include "lite.h"

#include <string.h>

/* --- tokens -------------------------------------------------------------------------------- */

static const char *
skip_space(const char *p)
{
  for (;;) {
    if (g_ascii_isspace(*p)) {
      p++;
    } else if (p[0] == '-' && p[1] == '-') {
      p += strcspn(p, "\n");
    } else if (p[0] == '/' && p[1] == '*') {
      const char *end = strstr(p + 2, "*/");
      p = end != NULL ? end + 2 : p + strlen(p);
    } else {
      return p;
    }
  }
}

static gboolean
is_word(char c)
{
  return g_ascii_isalnum(c) || c == '_' || c == '$' || (c & 0x80) != 0;
}

/* From an opening quote to behind the closing one. */
static const char *
skip_quoted(const char *p)
{
  char close = *p == '[' ? ']' : *p;
  for (p++; *p != '\0'; p++)
    if (*p == close) {
      if (close != ']' && p[1] == close)
        p++;
      else
        return p + 1;
    }
  return p;
}

/* The name in it, as it would stand without quotes where it could. */
static char *
name_of(const char *start, const char *end)
{
  g_autoptr(GString) name = g_string_new(NULL);
  gboolean plain = TRUE;
  for (const char *p = start + 1; p < end - 1; p++) {
    if (*p == *start && p[1] == *start && *start != '[')
      p++;
    plain = plain && is_word(*p);
    g_string_append_c(name, g_ascii_tolower(*p));
  }
  return plain ? g_strdup(name->str) : g_strdup_printf("\"%s\"", name->str);
}

/* The words of a statement: without space and comments, names without their quotes. */
static GPtrArray *
tokens_of(const char *sql)
{
  GPtrArray *tokens = g_ptr_array_new_with_free_func(g_free);
  for (const char *p = skip_space(sql); *p != '\0'; p = skip_space(p)) {
    const char *start = p;
    if (*p == '\'') {
      p = skip_quoted(p);
      g_ptr_array_add(tokens, g_strndup(start, (gsize) (p - start)));
    } else if (strchr("\"`[", *p) != NULL) {
      p = skip_quoted(p);
      g_ptr_array_add(tokens, name_of(start, p));
    } else {
      if (is_word(*p))
        while (is_word(*p))
          p++;
      else
        p++;
      g_ptr_array_add(tokens, g_ascii_strdown(start, p - start));
    }
  }
  return tokens;
}

/* ASC says nothing, and no more does FOR EACH ROW. */
static char *
joined(const GPtrArray *tokens, guint from, guint to)
{
  GString *text = g_string_new(NULL);
  for (guint i = from; i < to; i++)
    if (i + 2 < to && g_str_equal(tokens->pdata[i], "for") && g_str_equal(tokens->pdata[i + 1], "each"))
      i += 2;
    else if (!g_str_equal(tokens->pdata[i], "asc"))
      g_string_append_printf(text, "%s%s", i > from ? " " : "", (char *) tokens->pdata[i]);
  return g_string_free(text, FALSE);
}

/* --- what no pragma tells of a table ------------------------------------------------------- */

static const char *
token(const GPtrArray *tokens, guint i)
{
  return i < tokens->len ? tokens->pdata[i] : "";
}

static char *
in_parentheses(const GPtrArray *tokens, guint from)
{
  int depth = 0;
  for (guint i = from; i < tokens->len; i++) {
    depth += g_str_equal(token(tokens, i), "(") - g_str_equal(token(tokens, i), ")");
    if (depth == 0)
      return joined(tokens, from, i + 1);
  }
  return joined(tokens, from, tokens->len);
}

static char *
essential(const GPtrArray *tokens, guint i, const char *column, int depth)
{
  static const char *const with_next[] = { "constraint", "conflict", NULL };
  /* DEFERRABLE means nothing without INITIALLY DEFERRED. */
  static const char *const alone[] = { "autoincrement", "deferred", "stored", NULL };
  static const char *const constraints[] = { "constraint", "primary", "unique", NULL };
  const char *word = token(tokens, i), *next = token(tokens, i + 1);
  gboolean generated = g_str_equal(word, "as");
  if ((generated || g_str_equal(word, "check")) && g_str_equal(next, "(")) {
    g_autofree char *inside = in_parentheses(tokens, i + 1);
    return g_strdup_printf("%s %s %s", word, generated ? column : "", inside);
  }
  /* Those of a key's columns are their index's. */
  if (g_str_equal(word, "collate") && !g_strv_contains(constraints, column))
    return g_strdup_printf("collate %s %s", column, next);
  if (g_strv_contains(with_next, word))
    return g_strdup_printf("%s %s", word, next);
  if (g_strv_contains(alone, word)
      || (depth == 0 && i > 3 && (g_str_equal(word, "rowid") || g_str_equal(word, "strict"))))
    return g_strdup(word);
  return NULL;
}

/* Its checks, collations, generated columns and so on, wherever in its text they stand. */
static void
add_essence(GPtrArray *lines, const char *name, const char *sql)
{
  g_autoptr(GPtrArray) tokens = tokens_of(sql);
  const char *column = "";
  gboolean start = FALSE;
  int depth = 0;
  for (guint i = 0; i < tokens->len; i++) {
    const char *word = token(tokens, i);
    if (start && depth == 1)
      column = word;
    depth += g_str_equal(word, "(") - g_str_equal(word, ")");
    start = depth == 1 && (g_str_equal(word, ",") || g_str_equal(word, "("));
    g_autofree char *found = essential(tokens, i, column, depth);
    if (found != NULL)
      g_ptr_array_add(lines, g_strdup_printf("%s: %s", name, found));
  }
}

/* --- the image ----------------------------------------------------------------------------- */

#define OURS "m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"

/* Types that differ in letters only are the same, and DEFAULT NULL is no default; a rowid
 * is never null. */
static const char facts[] =
  "SELECT m.name || ': column ' || x.name || ' ' || lower(x.type) || ' '"
  "  || iif(x.pk > 0 AND NOT EXISTS (SELECT 1 FROM pragma_index_list(m.name) WHERE origin = 'pk'), 1, x.\"notnull\") || ' '"
  "  || iif(upper(x.dflt_value) = 'NULL', '-', coalesce(x.dflt_value, '-')) || ' ' || x.pk || ' ' || x.hidden\n"
  "FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS x WHERE m.type IN ('table', 'view') AND " OURS "\n"
  "UNION ALL SELECT m.name || ': index ' || iif(i.origin = 'c', i.name, '') || ' ' || i.\"unique\" || ' '"
  "  || i.origin || ' ' || i.partial || (SELECT group_concat(' ' || coalesce(p.name, '-') || ' '"
  "  || min(p.cid, 0) || ' ' || p.desc || ' ' || lower(p.coll) || ' ' || p.key) FROM pragma_index_xinfo(i.name) AS p WHERE p.key)\n"
  "FROM sqlite_master AS m, pragma_index_list(m.name) AS i WHERE m.type = 'table' AND " OURS "\n"
  "UNION ALL SELECT m.name || ': reference ' || lower(f.\"table\") || ' ' || f.\"from\" || ' '"
  "  || lower(coalesce(f.\"to\", (SELECT k.name FROM pragma_table_xinfo(f.\"table\") AS k"
  "    WHERE k.pk = f.seq + 1), '-')) || ' ' || f.on_update || ' ' || f.on_delete || ' ' || f.match\n"
  "FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND " OURS "\n"
  "UNION ALL SELECT 'user_version ' || user_version FROM pragma_user_version\n"
  "UNION ALL SELECT 'application_id ' || application_id FROM pragma_application_id";

static int
compare_lines(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *) a, *(char *const *) b);
}

static void
add_text(GPtrArray *lines, const char *type, const char *name, const char *table, const char *sql)
{
  if (g_str_equal(type, "table") && g_ascii_strncasecmp(sql, "CREATE VIRTUAL", 14) != 0) {
    g_ptr_array_add(lines, g_strdup_printf("table %s", name));
    add_essence(lines, name, sql);
    return;
  }
  g_autoptr(GPtrArray) tokens = tokens_of(sql);
  g_autofree char *text = joined(tokens, 0, tokens->len);
  g_ptr_array_add(lines, g_strdup_printf("%s %s on %s: %s", type, name, table, text));
}

/* What a table says twice, it says. */
static void
drop_repeated(GPtrArray *lines)
{
  for (guint i = lines->len; i > 1; i--)
    if (g_str_equal(lines->pdata[i - 1], lines->pdata[i - 2]))
      g_ptr_array_remove_index(lines, i - 1);
}

char *
lite_image(DmigDatabase *db, GError **error)
{
  g_autoptr(DmigRows) texts = NULL, told = NULL;
  if (!dmig_database_query(db, &texts, error,
                           "SELECT type, name, lower(tbl_name), sql FROM sqlite_master AS m WHERE sql IS NOT NULL"
                           " AND " OURS, NULL)
      || !dmig_database_query(db, &told, error, facts, NULL))
    return NULL;
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < texts->rows->len; i++)
    add_text(lines, dmig_rows_get(texts, i, 0), dmig_rows_get(texts, i, 1), dmig_rows_get(texts, i, 2),
             dmig_rows_get(texts, i, 3));
  for (guint i = 0; i < told->rows->len; i++)
    g_ptr_array_add(lines, g_strdup(dmig_rows_get(told, i, 0)));
  g_ptr_array_sort(lines, compare_lines);
  drop_repeated(lines);
  g_ptr_array_add(lines, NULL);
  return g_strjoinv("\n", (char **) lines->pdata);
}

/* --- rows ---------------------------------------------------------------------------------- */

/* But for full text of other tables: a table's name, its type, whether it is a tree, whether it has a rowid that no key tells; then a
 * column and its type. */
static const char columns_sql[] =
  "SELECT l.name, l.type, m.sql LIKE '%USING rtree%', l.type = 'table' AND l.wr = 0 AND NOT EXISTS"
  "  (SELECT 1 FROM pragma_table_xinfo(l.name) WHERE pk > 0), x.name, lower(x.type)\n"
  "FROM pragma_table_list AS l, sqlite_master AS m, pragma_table_xinfo(l.name) AS x\n"
  "WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') AND m.type = 'table' AND m.name = l.name\n"
  "  AND x.hidden = 0 AND m.sql NOT LIKE '%, content=%' AND " OURS " ORDER BY 1";

typedef struct {
  GString *columns; /* quoted, joined */
  gboolean virtual, tree, bare;
  guint n, common;
} Shared;

static void
shared_free(Shared *self)
{
  g_string_free(self->columns, TRUE);
  g_free(self);
}

static gboolean
has_row(const DmigRows *rows, const char *table, const char *column, const char *type, gboolean *out_bare)
{
  for (guint i = 0; i < rows->rows->len; i++)
    if (g_str_equal(dmig_rows_get(rows, i, 0), table)) {
      *out_bare = g_str_equal(dmig_rows_get(rows, i, 3), "1");
      if (column == NULL || (g_ascii_strcasecmp(dmig_rows_get(rows, i, 4), column) == 0
                             && g_str_equal(dmig_rows_get(rows, i, 5), type)))
        return TRUE;
    }
  return FALSE;
}

/* Table -> Shared*. */
static GHashTable *
shared_tables(const DmigRows *from, const DmigRows *to)
{
  GHashTable *tables = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) shared_free);
  for (guint i = 0; i < from->rows->len; i++) {
    const char *name = dmig_rows_get(from, i, 0), *column = dmig_rows_get(from, i, 4);
    gboolean bare = FALSE;
    if (!has_row(to, name, NULL, NULL, &bare))
      continue;
    Shared *shared = g_hash_table_lookup(tables, name);
    if (shared == NULL) {
      shared = g_new0(Shared, 1);
      shared->columns = g_string_new(NULL);
      shared->virtual = g_str_equal(dmig_rows_get(from, i, 1), "virtual");
      shared->tree = g_str_equal(dmig_rows_get(from, i, 2), "1");
      shared->bare = bare && g_str_equal(dmig_rows_get(from, i, 3), "1");
      g_hash_table_insert(tables, (gpointer) name, shared);
    }
    shared->n++;
    if (!has_row(to, name, column, dmig_rows_get(from, i, 5), &bare))
      continue;
    shared->common++;
    g_string_append(shared->columns, " || ' ' || quote(");
    lite_put_name(shared->columns, column, 2);
    g_string_append(shared->columns, ")");
  }
  return tables;
}

/* A virtual table passes on what it has in common with the next; a tree only to one of its kind. */
static gboolean
keeps_rows(const Shared *shared, guint n_wanted)
{
  if (shared->tree)
    return shared->common == shared->n && shared->common == n_wanted;
  return !shared->virtual || shared->common > 0;
}

static guint
count_columns(const DmigRows *rows, const char *table)
{
  guint n = 0;
  for (guint i = 0; i < rows->rows->len; i++)
    n += g_str_equal(dmig_rows_get(rows, i, 0), table);
  return n;
}

static void
add_rows(DmigDatabase *db, GString *text, const char *name, const Shared *shared)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigRows) rows = NULL;
  g_autoptr(GString) sql = g_string_new("SELECT ");
  g_string_append_printf(sql, "'row'%s%s FROM ", shared->bare ? " || ' ' || rowid" : "", shared->columns->str);
  lite_put_name(sql, name, 2);
  g_string_append(sql, " ORDER BY 1");
  if (!dmig_database_query(db, &rows, &error, sql->str, NULL)) {
    g_string_append_printf(text, "%s: %s\n", name, error->message);
    return;
  }
  for (guint i = 0; i < rows->rows->len; i++)
    g_string_append_printf(text, "%s: %s\n", name, dmig_rows_get(rows, i, 0));
}

char *
lite_survivors(DmigDatabase *db, DmigDatabase *from, DmigDatabase *to, GError **error)
{
  g_autoptr(DmigRows) old_columns = NULL, new_columns = NULL;
  if (!dmig_database_query(from, &old_columns, error, columns_sql, NULL)
      || !dmig_database_query(to, &new_columns, error, columns_sql, NULL))
    return NULL;
  g_autoptr(GHashTable) tables = shared_tables(old_columns, new_columns);
  g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(tables), (GCompareFunc) strcmp);
  GString *text = g_string_new(NULL);
  for (const GList *name = names; name != NULL; name = name->next) {
    const Shared *shared = g_hash_table_lookup(tables, name->data);
    if (keeps_rows(shared, count_columns(new_columns, name->data)))
      add_rows(db, text, name->data, shared);
  }
  return g_string_free(text, FALSE);
}
