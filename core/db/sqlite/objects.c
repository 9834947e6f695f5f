#include "core/db/sqlite/objects.h"

#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/tokens.h"
#include "core/sql/text.h"

static DmigObject *
object_new(DmigObjectKind kind, const char *path, const char *detail, const char *sql,
           const char *drop)
{
  DmigObject *self = dmig_object_new(kind, path, detail);
  self->create = dmig_sqlite_statement(sql);
  self->drop = dmig_sql_printf(&dmig_sqlite_dialect, "DROP %s %I;\n", drop,
                               detail != NULL ? detail : path);
  return self;
}

/* --- views ----------------------------------------------------------------------------------- */

static void
set_view_columns(DmigObject *view, DmigTokens *tokens, GString *core)
{
  if (!dmig_tokens_accept(tokens, "("))
    return;
  do {
    g_autofree char *column = dmig_tokens_name(tokens);
    if (column == NULL)
      break;
    dmig_sql_appendf(core, &dmig_sqlite_dialect, "%s%I", core->len > 0 ? ", " : "(", column);
    g_autofree char *property = g_strconcat("column ", column, NULL);
    dmig_object_set_property(view, property, "");
  } while (dmig_tokens_accept(tokens, ","));
  dmig_tokens_accept(tokens, ")");
  g_string_append(core, ") ");
}

/* What counts is behind the name, which is the same in any quotes. */
DmigObject *
dmig_sqlite_parse_view(const char *name, const char *sql, GError **error)
{
  g_auto(DmigTokens) tokens = { 0 };
  dmig_tokens_init(&tokens, sql);
  DmigObject *view = object_new(DMIG_OBJECT_VIEW, name, NULL, sql, "VIEW");
  if (dmig_tokens_skip_head(&tokens, "VIEW")) {
    g_autoptr(GString) core = g_string_new(NULL);
    set_view_columns(view, &tokens, core);
    if (dmig_tokens_accept(&tokens, "AS")) {
      g_autofree char *query = dmig_tokens_rest(&tokens);
      dmig_object_set_property(view, "query", query);
      view->core = g_strconcat(core->str, "AS ", query, NULL);
      return view;
    }
  }
  dmig_object_free(view);
  dmig_tokens_fail(&tokens, name, error);
  return NULL;
}

/* --- triggers -------------------------------------------------------------------------------- */

static const char *
read_timing(DmigTokens *tokens)
{
  if (dmig_tokens_accept(tokens, "AFTER"))
    return "after";
  if (dmig_tokens_accept2(tokens, "INSTEAD", "OF"))
    return "instead of";
  dmig_tokens_accept(tokens, "BEFORE");
  return "before";
}

/* `insert`, `update of a, "b c"`. NULL: something else comes next. */
static char *
read_event(DmigTokens *tokens)
{
  if (dmig_tokens_accept(tokens, "DELETE"))
    return g_strdup("delete");
  if (dmig_tokens_accept(tokens, "INSERT"))
    return g_strdup("insert");
  if (!dmig_tokens_accept(tokens, "UPDATE"))
    return NULL;
  GString *event = g_string_new("update");
  if (dmig_tokens_accept(tokens, "OF")) {
    const char *before = " of ";
    do {
      g_autofree char *column = dmig_tokens_name(tokens);
      if (column == NULL)
        break;
      dmig_sql_appendf(event, &dmig_sqlite_dialect, "%s%I", before, column);
      before = ", ";
    } while (dmig_tokens_accept(tokens, ","));
  }
  return g_string_free(event, FALSE);
}

/* The text up to BEGIN; `*out_bare`: without parentheses around all of it. */
static char *
read_condition(DmigTokens *tokens, char **out_bare)
{
  guint first = tokens->at, groups = 0;
  while (!dmig_tokens_at(tokens, "BEGIN") && dmig_tokens_peek(tokens, 0).kind != DMIG_TOKEN_END) {
    groups++;
    dmig_tokens_skip(tokens);
  }
  guint end = tokens->at;
  gboolean wrapped
      = groups == 1 && dmig_token_is(g_array_index(tokens->tokens, DmigToken, first), "(");
  *out_bare = dmig_tokens_text(tokens, first + wrapped, end - wrapped);
  return dmig_tokens_text(tokens, first, end);
}

/* Behind BEGIN, up to the END that is the last word. NULL: there is none. */
static char *
read_body(DmigTokens *tokens)
{
  guint first = tokens->at, end = tokens->tokens->len - 1;
  while (end > first && dmig_token_is(g_array_index(tokens->tokens, DmigToken, end - 1), ";"))
    end--;
  if (end <= first || !dmig_token_is(g_array_index(tokens->tokens, DmigToken, end - 1), "END"))
    return NULL;
  return dmig_tokens_text(tokens, first, end - 1);
}

static gboolean
read_trigger(DmigTokens *tokens, DmigObject *trigger)
{
  if (!dmig_tokens_skip_head(tokens, "TRIGGER"))
    return FALSE;
  guint first = tokens->at;
  const char *timing = read_timing(tokens);
  gboolean timed = tokens->at > first, qualified = FALSE;
  g_autofree char *event = read_event(tokens);
  if (event == NULL || !dmig_tokens_accept(tokens, "ON"))
    return FALSE;
  g_free(dmig_tokens_name(tokens));
  while (dmig_tokens_accept(tokens, ".")) {
    g_free(dmig_tokens_name(tokens));
    qualified = TRUE;
  }
  gboolean for_each = dmig_tokens_accept2(tokens, "FOR", "EACH");
  if (for_each)
    dmig_tokens_skip(tokens);
  g_autofree char *bare = NULL;
  g_autofree char *when
      = dmig_tokens_accept(tokens, "WHEN") ? read_condition(tokens, &bare) : NULL;
  g_autofree char *body = dmig_tokens_accept(tokens, "BEGIN") ? read_body(tokens) : NULL;
  if (body == NULL)
    return FALSE;
  if (timed && !qualified)
    dmig_object_set_property(trigger, "timing", timing);
  dmig_object_set_property(trigger, "events", event);
  if (for_each)
    dmig_object_set_property(trigger, "for_each", "row");
  if (when != NULL)
    dmig_object_set_property(trigger, "when", when);
  dmig_object_set_property(trigger, "body", body);
  /* There are many ways to write the same: FOR EACH ROW and BEFORE may be left out. What the pieces
   * would spell otherwise has no timing among them, so that it is written as it stands. */
  trigger->core = dmig_sql_printf(&dmig_sqlite_dialect, "%s %s ON %I%s%s%s BEGIN %s END", timing,
                                  event, trigger->path, when != NULL ? " WHEN (" : "",
                                  when != NULL ? bare : "", when != NULL ? ")" : "", body);
  return TRUE;
}

DmigObject *
dmig_sqlite_parse_trigger(const char *name, const char *relation, const char *sql, GError **error)
{
  g_auto(DmigTokens) tokens = { 0 };
  dmig_tokens_init(&tokens, sql);
  DmigObject *trigger = object_new(DMIG_OBJECT_TRIGGER, relation, name, sql, "TRIGGER");
  if (read_trigger(&tokens, trigger))
    return trigger;
  dmig_object_free(trigger);
  dmig_tokens_fail(&tokens, name, error);
  return NULL;
}

/* --- virtual tables -------------------------------------------------------------------------- */

/* What the arguments of a virtual table say. */
typedef struct {
  GPtrArray *columns; /* char*: quoted */
  gboolean content;   /* its texts are another table's */
  gboolean contentless;
  gboolean other; /* it has columns that no list of them shows */
} Arguments;

static void
arguments_clear(Arguments *self)
{
  g_ptr_array_unref(self->columns);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static void
read_argument(DmigTokens *tokens, Arguments *out)
{
  gboolean option = dmig_token_is(dmig_tokens_peek(tokens, 1), "=");
  guint first = tokens->at;
  dmig_tokens_accept(tokens, "+"); /* what a tree holds beside */
  g_autofree char *name = dmig_tokens_name(tokens);
  while (!dmig_tokens_at_end_of_item(tokens) && dmig_tokens_peek(tokens, 0).kind != DMIG_TOKEN_END)
    dmig_tokens_skip(tokens);
  if (!option) {
    /* `tokenize porter` is FTS3's way to write an option. */
    gboolean tokenizer = name != NULL && g_ascii_strcasecmp(name, "tokenize") == 0;
    if (name != NULL && !tokenizer)
      g_ptr_array_add(out->columns, dmig_sql_identifier(&dmig_sqlite_dialect, name));
    return;
  }
  g_autofree char *value = dmig_tokens_text(tokens, first + 2, tokens->at);
  if (g_ascii_strcasecmp(name, "languageid") == 0)
    out->other = TRUE;
  if (g_ascii_strcasecmp(name, "content") != 0)
    return;
  out->content = TRUE;
  out->contentless = *value == '\0' || g_str_equal(value, "''") || g_str_equal(value, "\"\"");
}

/* A row of the old table, by its place in the copy: where the copy lacks one of the columns, its name
 * is found in the query around it, which gives NULL. */
static void
append_row(GString *sql, const Arguments *arguments, const char *aside)
{
  const DmigDialect *dialect = &dmig_sqlite_dialect;
  for (guint i = 0; i < arguments->columns->len; i++)
    dmig_sql_appendf(sql, dialect, "%s(SELECT %s FROM %I AS kept WHERE kept.rowid = old._dmig_at)",
                     i > 0 ? ", " : "", arguments->columns->pdata[i], aside);
  dmig_sql_appendf(sql, dialect, "\n  FROM (SELECT rowid AS _dmig_at, _dmig_rowid");
  for (guint i = 0; i < arguments->columns->len; i++)
    dmig_sql_appendf(sql, dialect, ", NULL AS %s", arguments->columns->pdata[i]);
  dmig_sql_appendf(sql, dialect, " FROM %I) AS old", aside);
}

/* A table that holds what is in it itself passes it on to another one of its family: texts to columns
 * of the same names, whatever comes or goes beside them; a tree's to one whose columns begin with its
 * own, because they go in pairs. */
static void
pass_rows_on(DmigObject *table, const Arguments *arguments, const char *family, gboolean shows_rowid)
{
  const DmigDialect *dialect = &dmig_sqlite_dialect;
  const char *name = table->path;
  g_autofree char *aside = g_strconcat(DMIG_SQLITE_REBUILD_PREFIX, name, NULL);
  g_ptr_array_add(arguments->columns, NULL);
  g_autofree char *columns = g_strjoinv(", ", (char **) arguments->columns->pdata);
  g_ptr_array_set_size(arguments->columns, (int) arguments->columns->len - 1);
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, dialect, "CREATE TABLE %I AS SELECT rowid AS _dmig_rowid, * FROM %I;\n", aside,
                   name);
  dmig_sql_appendf(sql, dialect, "%s%sINSERT INTO %I (%s%s)\n  SELECT %s", table->drop, table->create,
                   name, shows_rowid ? "" : "rowid, ", columns, shows_rowid ? "" : "_dmig_rowid, ");
  append_row(sql, arguments, aside);
  dmig_sql_appendf(sql, dialect, ";\nDROP TABLE %I;\n", aside);
  table->replace = g_strdup(sql->str);
  table->mould = shows_rowid ? g_strdup_printf("%s (%s,", family, columns) : g_strdup(family);
  for (guint i = 0; i < arguments->columns->len; i++) {
    g_autofree char *property = g_strconcat("column ", arguments->columns->pdata[i], NULL);
    dmig_object_set_property(table, property, "");
  }
}

/* A full-text table whose texts stand in another table is filled from there. */
static void
fill_from_elsewhere(DmigObject *table)
{
  g_autofree char *made = g_steal_pointer(&table->create);
  table->create = dmig_sql_printf(&dmig_sqlite_dialect, "%sINSERT INTO %I (%I) VALUES ('rebuild');\n",
                                  made, table->path, table->path);
  table->replace = g_strconcat(table->drop, table->create, NULL);
  table->mould = g_strdup("content");
}

static void
make_replaceable(DmigObject *table, DmigTokens *tokens, const char *family)
{
  g_auto(Arguments) arguments = { .columns = g_ptr_array_new_with_free_func(g_free) };
  gboolean text = g_str_equal(family, "text");
  if (dmig_tokens_accept(tokens, "("))
    do
      read_argument(tokens, &arguments);
    while (dmig_tokens_accept(tokens, ","));
  /* FTS3 and FTS4 have one column of this name where none is said. */
  if (text && arguments.columns->len == 0)
    g_ptr_array_add(arguments.columns, g_strdup("content"));
  if (text && arguments.content && !arguments.contentless)
    fill_from_elsewhere(table);
  else if (!arguments.contentless && !arguments.other && arguments.columns->len > 0)
    pass_rows_on(table, &arguments, family, !text);
}

/* Modules whose tables can pass their rows on to one another. NULL: none is known. */
static const char *
family_of(const char *module)
{
  static const struct {
    const char *module, *family;
  } all[] = {
    { "fts3", "text" }, { "fts4", "text" }, { "fts5", "text" }, { "rtree", "tree" }, { "rtree_i32", "tree" },
  };
  for (guint i = 0; i < G_N_ELEMENTS(all); i++)
    if (g_ascii_strcasecmp(module, all[i].module) == 0)
      return all[i].family;
  return NULL;
}

DmigObject *
dmig_sqlite_parse_virtual_table(const char *name, const char *sql, GError **error)
{
  g_auto(DmigTokens) tokens = { 0 };
  dmig_tokens_init(&tokens, sql);
  gboolean known = dmig_tokens_skip_head(&tokens, "TABLE") && dmig_tokens_accept(&tokens, "USING");
  g_autofree char *module = known ? dmig_tokens_name(&tokens) : NULL;
  if (module == NULL) {
    dmig_tokens_fail(&tokens, name, error);
    return NULL;
  }
  DmigObject *table = object_new(DMIG_OBJECT_VIRTUAL_TABLE, name, NULL, sql, "TABLE");
  table->core = g_strdup(table->create);
  const char *family = family_of(module);
  if (family != NULL)
    make_replaceable(table, &tokens, family);
  return table;
}

void
dmig_sqlite_complete_object(DmigObject *object)
{
  DmigObject *known = NULL;
  if (object->kind == DMIG_OBJECT_VIEW)
    known = dmig_sqlite_parse_view(object->path, object->create, NULL);
  else if (object->kind == DMIG_OBJECT_VIRTUAL_TABLE)
    known = dmig_sqlite_parse_virtual_table(object->path, object->create, NULL);
  if (known == NULL)
    return;
  g_free(object->create);
  g_free(object->core);
  g_free(object->replace);
  g_free(object->mould);
  object->create = g_steal_pointer(&known->create);
  object->core = g_steal_pointer(&known->core);
  object->replace = g_steal_pointer(&known->replace);
  object->mould = g_steal_pointer(&known->mould);
  for (guint i = 0; known->properties != NULL && i < known->properties->len; i++) {
    const DmigProperty *property = known->properties->pdata[i];
    dmig_object_set_property(object, property->name, property->value);
  }
  dmig_object_free(known);
}

/* --- settings -------------------------------------------------------------------------------- */

DmigObject *
dmig_sqlite_setting_new(const char *name, const char *value)
{
  DmigObject *self = dmig_object_new(DMIG_OBJECT_SETTING, name, NULL);
  self->create = g_strdup_printf("PRAGMA %s = %s;\n", name, value);
  self->drop = g_strdup_printf("PRAGMA %s = 0;\n", name);
  self->replace = g_strdup(self->create);
  self->mould = g_strdup(name);
  dmig_object_set_property(self, "value", value);
  return self;
}
