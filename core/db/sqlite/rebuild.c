#include "core/base/text.h"
#include "core/db/sqlite/internal.h"
#include "core/plan/plan.h"
#include "core/sql/text.h"

/* The procedure of SQLite's "Making Other Kinds Of Table Schema Changes": build the table anew
 * beside the old one, copy, drop the old one, rename. The new table is the one that is renamed, so
 * that what names the old one (foreign keys, views, triggers of other tables) goes on naming it;
 * legacy_alter_table keeps SQLite from looking into views that name a table which is not there
 * for the moment. Foreign keys are off meanwhile, so that the old table takes no row of its
 * children along. */

const DmigColumn *
dmig_sqlite_rowid_column(const DmigTable *table)
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
  const DmigColumn *shown = dmig_sqlite_rowid_column(new_table);
  if (shown != NULL && g_hash_table_contains(sources, shown->name))
    return;
  const char *from = rowid_name(old_table), *to = rowid_name(new_table);
  if (from == NULL || (to == NULL && shown == NULL))
    return;
  g_autofree char *column =
      shown != NULL ? dmig_sql_identifier(&dmig_sqlite_dialect, shown->name) : g_strdup(to);
  append_pair(targets, values, column, from);
}

static void
append_copy(GString *sql, const DmigTable *old_table, const DmigTable *new_table,
            const char *new_name, GHashTable *sources)
{
  g_autoptr(GString) targets = g_string_new(NULL);
  g_autoptr(GString) values = g_string_new(NULL);
  append_rowid(targets, values, old_table, new_table, sources);
  for (guint i = 0; i < new_table->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(new_table->columns, i);
    const char *source = g_hash_table_lookup(sources, column->name);
    if (source == NULL || column->generated != DMIG_GENERATED_NONE)
      continue;
    g_autofree char *target = dmig_sql_identifier(&dmig_sqlite_dialect, column->name);
    append_pair(targets, values, target, source);
  }
  if (targets->len == 0)
    return;
  dmig_sql_appendf(sql, &dmig_sqlite_dialect, "INSERT INTO %I (%s)\n  SELECT %s\n  FROM %I",
                   new_name, targets->str, values->str, old_table->name);
  const char *order = rowid_name(old_table);
  if (order != NULL)
    g_string_append_printf(sql, "\n  ORDER BY %s", order);
  g_string_append(sql, ";\n");
}

static gboolean
has_identity(const DmigTable *table)
{
  const DmigColumn *column = dmig_sqlite_rowid_column(table);
  return column != NULL && column->identity != DMIG_IDENTITY_NONE;
}

/* AUTOINCREMENT promises never to give a number twice, also that of a row which is gone. */
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

void
dmig_sqlite_spell_rebuild(const DmigTable *old_table, const DmigTable *new_table,
                          GHashTable *sources, DmigStep *step)
{
  const DmigDialect *dialect = &dmig_sqlite_dialect;
  GString *sql = step->sql;
  g_autofree char *long_name = g_strconcat(DMIG_SQLITE_REBUILD_PREFIX, new_table->name, NULL);
  g_autofree char *name = dmig_text_fit_identifier(long_name, dialect->max_identifier);

  dmig_sqlite_spell_create_table(sql, new_table, name);
  append_copy(sql, old_table, new_table, name, sources);
  if (has_identity(old_table) && has_identity(new_table))
    append_sequence(sql, old_table->name, name);
  dmig_sql_appendf(sql, dialect, "DROP TABLE %I;\n", old_table->name);
  g_string_append(sql, "PRAGMA legacy_alter_table = ON;\n");
  dmig_sql_appendf(sql, dialect, "ALTER TABLE %I RENAME TO %I;\n", name, new_table->name);
  g_string_append(sql, "PRAGMA legacy_alter_table = OFF;\n");
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
