#include "core/db/ddl.h"
#include "core/db/sqlite/internal.h"
#include "core/db/sqlite/objects.h"
#include "core/diff/diff.h"
#include "core/plan/plan.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* What ALTER TABLE can do is in SQLite's "ALTER TABLE"; what it can't, a rebuild does. When in
 * doubt can_alter() says no: the rebuild is always right. */

/* SQLite's keywords that can't stand for a name everywhere, and some that can but read badly. The
 * tests hold the list against sqlite3_keyword_name(). */
static const char *const reserved_words[] = {
  "add", "all", "alter", "analyze", "and", "as", "asc", "attach", "autoincrement", "begin",
  "between", "by", "case", "cast", "check", "collate", "column", "commit", "constraint", "create",
  "cross", "current_date", "current_time", "current_timestamp", "default", "deferrable", "delete",
  "desc", "detach", "distinct", "do", "drop", "else", "end", "escape", "except", "exists",
  "explain", "false", "filter", "for", "foreign", "from", "full", "generated", "glob", "group",
  "having", "if", "in", "index", "indexed", "inner", "insert", "intersect", "into", "is", "isnull",
  "join", "left", "like", "limit", "match", "natural", "not", "nothing", "notnull", "null",
  "offset", "on", "or", "order", "outer", "over", "pragma", "primary", "raise", "recursive",
  "references", "regexp", "reindex", "release", "replace", "returning", "right", "rollback",
  "savepoint", "select", "set", "table", "temp", "temporary", "then", "to", "transaction",
  "trigger", "true", "union", "unique", "update", "using", "vacuum", "values", "when", "where",
  "window", "with", "without", NULL,
};

static gboolean
names_column(char *const *names, const char *column)
{
  return g_strv_contains((const char *const *) names, column);
}

static gboolean
index_uses(const DmigIndex *index, const char *column)
{
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = g_ptr_array_index(index->elements, i);
    if (g_strcmp0(element->column, column) == 0 ||
        (element->expression != NULL && dmig_sql_mentions(element->expression, column)))
      return TRUE;
  }
  return index->where_sql != NULL && dmig_sql_mentions(index->where_sql, column);
}

/* A column goes by ALTER TABLE if nothing in its table speaks of it. Indexes that do are gone by
 * then: the new table can't have them. */
static gboolean
can_drop_column(const DmigTable *old_table, const DmigTable *new_table, const DmigColumn *dropped)
{
  if (old_table->comments_commas)
    return FALSE;
  for (guint i = 0; i < old_table->constraints->len; i++) {
    const DmigConstraint *constraint = g_ptr_array_index(old_table->constraints, i);
    if (names_column(constraint->columns, dropped->name) ||
        (constraint->check_sql != NULL && dmig_sql_mentions(constraint->check_sql, dropped->name)))
      return FALSE;
  }
  for (guint i = 0; i < old_table->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(old_table->columns, i);
    if (column->generated_sql != NULL && dmig_sql_mentions(column->generated_sql, dropped->name))
      return FALSE;
  }
  for (guint i = 0; new_table != NULL && i < new_table->indexes->len; i++)
    if (index_uses(g_ptr_array_index(new_table->indexes, i), dropped->name))
      return FALSE;
  return TRUE;
}

/* One literal other than NULL, perhaps with a sign: what ALTER TABLE takes as a default, and what
 * is the same for every row. */
static gboolean
is_constant(const char *sql)
{
  g_autofree char *canonical = dmig_sql_canonical(sql);
  DmigLexer lexer;
  dmig_lexer_init(&lexer, canonical);
  DmigToken token = dmig_lexer_next(&lexer);
  if (dmig_token_is(token, "-") || dmig_token_is(token, "+"))
    do
      token = dmig_lexer_next(&lexer);
    while (token.kind == DMIG_TOKEN_SPACE);
  return (token.kind == DMIG_TOKEN_NUMBER || token.kind == DMIG_TOKEN_STRING) &&
         dmig_lexer_next(&lexer).kind == DMIG_TOKEN_END;
}

static gboolean
is_null(const char *sql)
{
  return sql == NULL || dmig_sql_equal(sql, "NULL");
}

/* Rows that exist take the default. Another value for them would need an UPDATE, which fires the
 * table's triggers; a rebuild does not. */
static gboolean
can_add_column(const DmigColumn *column, const char *fill_sql)
{
  if (column->identity != DMIG_IDENTITY_NONE || column->generated == DMIG_GENERATED_STORED)
    return FALSE;
  if (column->generated == DMIG_GENERATED_VIRTUAL)
    return !column->not_null;
  if (fill_sql != NULL && !dmig_sql_equal(fill_sql, column->default_sql) &&
      !(is_null(fill_sql) && is_null(column->default_sql)))
    return FALSE;
  return is_null(column->default_sql) ? !column->not_null : is_constant(column->default_sql);
}

static gboolean
can_alter(const DmigChange *change)
{
  switch (change->kind) {
  case DMIG_CHANGE_ADD_COLUMN:
    return can_add_column(change->new_column, change->fill_sql);
  case DMIG_CHANGE_DROP_COLUMN:
    return can_drop_column(change->old_table, change->new_table, change->old_column);
  case DMIG_CHANGE_ALTER_COLUMN:
  case DMIG_CHANGE_ADD_CONSTRAINT:
  case DMIG_CHANGE_DROP_CONSTRAINT:
  case DMIG_CHANGE_RENAME_CONSTRAINT:
  case DMIG_CHANGE_REBUILD_TABLE:
    return FALSE;
  case DMIG_CHANGE_CREATE_ENUM:
  case DMIG_CHANGE_DROP_ENUM:
  case DMIG_CHANGE_RENAME_ENUM:
  case DMIG_CHANGE_ALTER_ENUM:
  case DMIG_CHANGE_COMMENT_ENUM:
  case DMIG_CHANGE_CREATE_TABLE:
  case DMIG_CHANGE_DROP_TABLE:
  case DMIG_CHANGE_RENAME_TABLE:
  case DMIG_CHANGE_COMMENT_TABLE:
  case DMIG_CHANGE_RENAME_COLUMN:
  case DMIG_CHANGE_COMMENT_COLUMN:
  case DMIG_CHANGE_CREATE_INDEX:
  case DMIG_CHANGE_DROP_INDEX:
  case DMIG_CHANGE_RENAME_INDEX:
  case DMIG_CHANGE_CREATE_OBJECT:
  case DMIG_CHANGE_DROP_OBJECT:
  case DMIG_CHANGE_RENAME_OBJECT:
  case DMIG_CHANGE_REPLACE_OBJECT:
  case DMIG_CHANGE_SET_FACET:
  case DMIG_CHANGE_RESET_FACET:
  case DMIG_CHANGE_COPY_ROWS:
    return TRUE;
  }
  g_return_val_if_reached(FALSE);
}

static void
spell_create_table(GString *sql, const DmigTable *table)
{
  dmig_sqlite_spell_create_table(sql, table);
  for (guint i = 0; i < table->indexes->len; i++)
    dmig_sqlite_spell_create_index(sql, table, g_ptr_array_index(table->indexes, i));
}

static void
spell_rename_table(GString *sql, const char *from, const char *to)
{
  /* To SQLite, names that differ in letter case only are one name, and taken. */
  if (g_ascii_strcasecmp(from, to) == 0) {
    g_autofree char *between = g_strconcat("_dmig_rename_", to, NULL);
    dmig_sql_appendf(sql, &dmig_sqlite_dialect, "ALTER TABLE %I RENAME TO %I;\n", from, between);
    dmig_sql_appendf(sql, &dmig_sqlite_dialect, "ALTER TABLE %I RENAME TO %I;\n", between, to);
    return;
  }
  dmig_sql_appendf(sql, &dmig_sqlite_dialect, "ALTER TABLE %I RENAME TO %I;\n", from, to);
}

static void
spell_add_column(GString *sql, const DmigTable *table, const DmigColumn *column)
{
  dmig_sql_appendf(sql, &dmig_sqlite_dialect, "ALTER TABLE %I ADD COLUMN ", table->name);
  dmig_ddl_column(sql, &dmig_sqlite_dialect, column);
  g_string_append(sql, ";\n");
}

static void
spell_drop_column(DmigStep *step, const DmigTable *table, const DmigColumn *column)
{
  dmig_sql_appendf(step->sql, &dmig_sqlite_dialect, "ALTER TABLE %I DROP COLUMN %I;\n",
                   table->name, column->name);
  step->rewrites = column->generated != DMIG_GENERATED_VIRTUAL;
  step->scans = step->rewrites;
}

static void
spell(const DmigChange *change, DmigStep *step)
{
  const DmigDialect *dialect = &dmig_sqlite_dialect;
  GString *sql = step->sql;
  const DmigTable *table = change->new_table != NULL ? change->new_table : change->old_table;
  step->lock = DMIG_LOCK_NONE; /* the one writer locks the whole database */
  step->transactional = TRUE;
  switch (change->kind) {
  case DMIG_CHANGE_CREATE_TABLE:
    spell_create_table(sql, change->new_table);
    break;
  case DMIG_CHANGE_DROP_TABLE:
    dmig_sql_appendf(sql, dialect, "DROP TABLE %I;\n", change->old_table->name);
    break;
  case DMIG_CHANGE_RENAME_TABLE:
    spell_rename_table(sql, change->old_table->name, change->new_table->name);
    break;
  case DMIG_CHANGE_ADD_COLUMN:
    spell_add_column(sql, table, change->new_column);
    break;
  case DMIG_CHANGE_DROP_COLUMN:
    spell_drop_column(step, table, change->old_column);
    break;
  case DMIG_CHANGE_RENAME_COLUMN:
    dmig_sql_appendf(sql, dialect, "ALTER TABLE %I RENAME COLUMN %I TO %I;\n", table->name,
                     change->old_column->name, change->new_column->name);
    break;
  case DMIG_CHANGE_CREATE_INDEX:
    dmig_sqlite_spell_create_index(sql, table, change->new_index);
    step->scans = TRUE;
    break;
  case DMIG_CHANGE_DROP_INDEX:
    dmig_sql_appendf(sql, dialect, "DROP INDEX %I;\n", change->old_index->name);
    break;
  case DMIG_CHANGE_RENAME_INDEX:
    dmig_sql_appendf(sql, dialect, "DROP INDEX %I;\n", change->old_index->name);
    dmig_sqlite_spell_create_index(sql, table, change->new_index);
    step->scans = TRUE;
    break;
  case DMIG_CHANGE_CREATE_ENUM:
  case DMIG_CHANGE_DROP_ENUM:
  case DMIG_CHANGE_RENAME_ENUM:
  case DMIG_CHANGE_ALTER_ENUM:
  case DMIG_CHANGE_COMMENT_ENUM:
  case DMIG_CHANGE_COMMENT_TABLE:
  case DMIG_CHANGE_COMMENT_COLUMN:
    break; /* neither enums nor comments exist here */
  case DMIG_CHANGE_ALTER_COLUMN:
  case DMIG_CHANGE_ADD_CONSTRAINT:
  case DMIG_CHANGE_DROP_CONSTRAINT:
  case DMIG_CHANGE_RENAME_CONSTRAINT:
  case DMIG_CHANGE_REBUILD_TABLE:
    g_return_if_reached(); /* can_alter() says no */
  case DMIG_CHANGE_CREATE_OBJECT:
  case DMIG_CHANGE_DROP_OBJECT:
  case DMIG_CHANGE_RENAME_OBJECT:
  case DMIG_CHANGE_REPLACE_OBJECT:
  case DMIG_CHANGE_SET_FACET:
  case DMIG_CHANGE_RESET_FACET:
  case DMIG_CHANGE_COPY_ROWS:
    g_return_if_reached(); /* the planner's */
  }
}

static char *
tracking_table(const char *name)
{
  return g_strconcat("dmig_", name, NULL);
}

/* A table that is rebuilt is dropped on the way, and must not take the rows along that refer to it.
 * The setting ends with the shell. */
static char *
script_prologue(const char *schema)
{
  return g_strdup("PRAGMA foreign_keys = OFF;\n");
}

const DmigDialect dmig_sqlite_dialect = {
  .name = "sqlite",
  .title = "SQLite",
  .has = {
    .table_rebuilds = TRUE, .virtual_columns = TRUE, .pragmas = TRUE, .rowid_tables = TRUE,
    .loose_references = TRUE, .null_defaults = TRUE, .conflict_clauses = TRUE, .folded_names = TRUE,
  },
  .max_identifier = 0,
  .reserved_words = reserved_words,
  .lower_type = dmig_sqlite_lower_type,
  .canonical_type = dmig_sqlite_canonical_type,
  .function = dmig_sqlite_function,
  .literal = dmig_sqlite_literal,
  .conversion = dmig_sqlite_conversion,
  .neutral_value = dmig_sqlite_neutral_value,
  .can_alter = can_alter,
  .spell = spell,
  .spell_rebuild = dmig_sqlite_spell_rebuild,
  .tracking_table = tracking_table,
  .tracking_prologue = "",
  .default_schema = "main",
  .script_prologue = script_prologue,
  .complete_object = dmig_sqlite_complete_object,
  .complete_table = dmig_sqlite_complete_table,
  .table_sizes = "SELECT NULL, name, NULL, (SELECT page_count FROM pragma_page_count) * "
                 "(SELECT page_size FROM pragma_page_size) FROM sqlite_master "
                 "WHERE type = 'table'",
  .tracking_exists = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'dmig_meta'",
};
