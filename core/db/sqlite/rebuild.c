#include <string.h>

#include "core/db/sqlite/internal.h"
#include "core/plan/plan.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* The old table steps aside under another name, the new one is made by its author's own text, filled
 * and left. With legacy_alter_table and without foreign keys, what names the old table (references,
 * views, triggers of other tables) goes on naming the new one, as it stands in the first table of
 * SQLite's "ALTER TABLE RENAME"; and the old table takes no row of its children along. The other way
 * round, the new table would be the one that is renamed, and its text would not be what it was: SQLite
 * puts the name into quotes, and checks that name their own table would name one that is not there. */

/* Whether values of `table` live under the rowid's own name: its INTEGER PRIMARY KEY. NULL: no
 * column does. */
static const DmigColumn *
rowid_column(const DmigTable *table)
{
  const DmigConstraint *key = dmig_table_primary_key(table);
  if (table->without_rowid || key == NULL || g_strv_length(key->columns) != 1)
    return NULL;
  const DmigColumn *column = dmig_table_column(table, key->columns[0]);
  return column != NULL && g_ascii_strcasecmp(column->type, "INTEGER") == 0 ? column : NULL;
}

/* A name for the rowid that no column has taken; NULL: there is none, or no rowid. */
static const char *
rowid_name(const DmigTable *table)
{
  static const char *const names[] = { "rowid", "_rowid_", "oid" };
  if (table->without_rowid)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    gboolean taken = FALSE;
    for (guint k = 0; k < table->columns->len; k++) {
      const DmigColumn *column = g_ptr_array_index(table->columns, k);
      taken = taken || g_ascii_strcasecmp(column->name, names[i]) == 0;
    }
    if (!taken)
      return names[i];
  }
  return NULL;
}

static void
append_pair(GString *targets, GString *values, const char *target, const char *value)
{
  g_string_append_printf(targets, "%s%s", targets->len > 0 ? ", " : "", target);
  g_string_append_printf(values, "%s%s", values->len > 0 ? ", " : "", value);
}

/* Rows keep their rowids, whether a column shows them or not: other tables may hold them. */
static void
append_rowid(GString *targets, GString *values, const DmigTable *old_table,
             const DmigTable *new_table, GHashTable *sources)
{
  const DmigColumn *shown = rowid_column(new_table);
  if (shown != NULL && g_hash_table_contains(sources, shown->name))
    return;
  const char *from = rowid_name(old_table), *to = rowid_name(new_table);
  if (from == NULL || (to == NULL && shown == NULL))
    return;
  g_autofree char *column =
      shown != NULL ? dmig_sql_identifier(&dmig_sqlite_dialect, shown->name) : g_strdup(to);
  append_pair(targets, values, column, from);
}

/* All rows of a table, with their rowids where it has a name for them. */
static void
append_whole(GString *sql, const char *rowid, const char *table)
{
  g_string_append(sql, "SELECT ");
  if (rowid != NULL)
    g_string_append_printf(sql, "%s AS %s, ", rowid, rowid);
  dmig_sql_appendf(sql, &dmig_sqlite_dialect, "* FROM %I", table);
}

static gboolean
any_mentions(GHashTable *sources, const char *name)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init(&iter, sources);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    if (value != NULL && dmig_sql_mentions(value, name))
      return TRUE;
  return FALSE;
}

/* Whether the table's own ON CONFLICT clauses would leave out or change rows that don't meet it, where
 * nobody asked: they have to stop the copy instead. */
static gboolean
swallows_rows(const DmigTable *table)
{
  for (guint i = 0; i < table->columns->len; i++)
    if (((const DmigColumn *) table->columns->pdata[i])->on_null != NULL)
      return TRUE;
  for (guint i = 0; i < table->constraints->len; i++) {
    const char *definition = ((const DmigConstraint *) table->constraints->pdata[i])->definition;
    if (definition != NULL && strstr(definition, " ON CONFLICT ") != NULL)
      return TRUE;
  }
  return FALSE;
}

static void
append_copy(GString *sql, const DmigTable *old_table, const char *old_name,
            const DmigTable *new_table, GHashTable *sources)
{
  const DmigDialect *dialect = &dmig_sqlite_dialect;
  const char *rowid = rowid_name(old_table);
  g_autoptr(GString) targets = g_string_new(NULL);
  g_autoptr(GString) values = g_string_new(NULL);
  append_rowid(targets, values, old_table, new_table, sources);
  for (guint i = 0; i < new_table->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(new_table->columns, i);
    const char *source = g_hash_table_lookup(sources, column->name);
    if (source == NULL || column->generated != DMIG_GENERATED_NONE)
      continue;
    g_autofree char *target = dmig_sql_identifier(dialect, column->name);
    append_pair(targets, values, target, source);
  }
  /* Rows without anything in common are still rows. */
  if (targets->len == 0 && rowid_name(new_table) != NULL)
    append_pair(targets, values, rowid_name(new_table), "NULL");
  if (targets->len == 0)
    return;
  /* Values that look into the table itself are to see the old one, under the name that it had. */
  gboolean mentioned = any_mentions(sources, old_table->name);
  dmig_sql_appendf(sql, dialect, "INSERT %sINTO %I (%s)\n",
                   swallows_rows(new_table) ? "OR ABORT " : "", new_table->name, targets->str);
  if (mentioned) {
    dmig_sql_appendf(sql, dialect, "  WITH %I AS (", old_table->name);
    append_whole(sql, rowid, old_name);
    g_string_append(sql, ")\n");
  }
  dmig_sql_appendf(sql, dialect, "  SELECT %s\n  FROM %I", values->str,
                   mentioned ? old_table->name : old_name);
  if (rowid != NULL)
    g_string_append_printf(sql, "\n  ORDER BY %s", rowid);
  g_string_append(sql, ";\n");
}

static gboolean
has_identity(const DmigTable *table)
{
  const DmigColumn *column = rowid_column(table);
  return column != NULL && column->identity != DMIG_IDENTITY_NONE;
}

/* AUTOINCREMENT promises never to give a number twice, also that of a row which is gone. The old
 * table's entry goes with it, unless it is there in a plain copy only. */
static void
append_sequence(GString *sql, const char *old_name, const char *new_name)
{
  dmig_sql_appendf(sql, &dmig_sqlite_dialect, "DELETE FROM sqlite_sequence WHERE name = %S;\n",
                   new_name);
  dmig_sql_appendf(sql, &dmig_sqlite_dialect,
                   "INSERT INTO sqlite_sequence (name, seq)\n"
                   "  SELECT %S, seq FROM sqlite_sequence WHERE name = %S;\n",
                   new_name, old_name);
}

/* A table that can't be renamed leaves its rows in a plain one. */
static void
step_aside(GString *sql, const DmigTable *table, const char *aside)
{
  const DmigDialect *dialect = &dmig_sqlite_dialect;
  if (!dmig_sqlite_names_itself(table)) {
    g_string_append(sql, "PRAGMA legacy_alter_table = ON;\n");
    dmig_sql_appendf(sql, dialect, "ALTER TABLE %I RENAME TO %I;\n", table->name, aside);
    g_string_append(sql, "PRAGMA legacy_alter_table = OFF;\n");
    return;
  }
  dmig_sql_appendf(sql, dialect, "CREATE TABLE %I AS ", aside);
  append_whole(sql, rowid_name(table), table->name);
  g_string_append(sql, ";\n");
  if (has_identity(table))
    dmig_sql_appendf(sql, dialect, "UPDATE sqlite_sequence SET name = %S WHERE name = %S;\n", aside,
                     table->name);
  dmig_sql_appendf(sql, dialect, "DROP TABLE %I;\n", table->name);
}

void
dmig_sqlite_spell_rebuild(const DmigTable *old_table, const DmigTable *new_table,
                          GHashTable *sources, DmigStep *step)
{
  const DmigDialect *dialect = &dmig_sqlite_dialect;
  GString *sql = step->sql;
  g_autofree char *aside = g_strconcat(DMIG_SQLITE_REBUILD_PREFIX, old_table->name, NULL);

  step_aside(sql, old_table, aside);
  dmig_sqlite_spell_create_table(sql, new_table);
  append_copy(sql, old_table, aside, new_table, sources);
  if (has_identity(old_table) && has_identity(new_table))
    append_sequence(sql, aside, new_table->name);
  if (has_identity(old_table) && dmig_sqlite_names_itself(old_table))
    dmig_sql_appendf(sql, dialect, "DELETE FROM sqlite_sequence WHERE name = %S;\n", aside);
  dmig_sql_appendf(sql, dialect, "DROP TABLE %I;\n", aside);
  for (guint i = 0; i < new_table->indexes->len; i++)
    dmig_sqlite_spell_create_index(sql, new_table, g_ptr_array_index(new_table->indexes, i));

  step->lock = DMIG_LOCK_NONE;
  step->transactional = TRUE;
  step->rewrites = TRUE;
  step->scans = TRUE;
  g_strfreev(step->keeps);
  step->keeps = g_new0(char *, 2);
  step->keeps[0] = g_strdup(new_table->name);
}
