/* A table in the place of one that no ALTER TABLE makes into it: a partitioned one for a plain one. */
#include "core/db/postgres/remake.h"

#include "core/db/postgres/postgres.h"
#include "core/db/postgres/spell.h"
#include "core/sql/text.h"

#define append(step, ...) dmig_sql_appendf((step)->sql, &dmig_postgres_dialect, __VA_ARGS__)

static gboolean
has_index(const DmigConstraint *constraint)
{
  return constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY ||
         constraint->kind == DMIG_CONSTRAINT_UNIQUE ||
         constraint->kind == DMIG_CONSTRAINT_EXCLUSION;
}

/* Indexes and the sequences of identities share one space of names with tables, so that those of the old
 * table must go first. */
static void
free_names(const DmigTable *table, const char *aside, DmigStep *step)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = g_ptr_array_index(table->constraints, i);
    if (has_index(constraint))
      append(step, "ALTER TABLE %I DROP CONSTRAINT %I;\n", aside, constraint->name);
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = g_ptr_array_index(table->indexes, i);
    g_autofree char *path = dmig_path_sibling(aside, index->name);
    append(step, "DROP INDEX %I;\n", path);
  }
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(table->columns, i);
    if (column->identity != DMIG_IDENTITY_NONE)
      append(step, "ALTER TABLE %I ALTER COLUMN %I DROP IDENTITY;\n", aside, column->name);
  }
}

void
dmig_pg_spell_remake(const DmigTable *old_table, const char *aside, const DmigTable *new_table,
                     DmigStep *step)
{
  DmigChange create = { .kind = DMIG_CHANGE_CREATE_TABLE, .new_table = new_table };

  append(step, "ALTER TABLE %I RENAME TO %I;\n", old_table->name, dmig_path_name(aside));
  free_names(old_table, aside, step);
  dmig_pg_spell(&create, step);
}

/* The sequence of an identity column goes on after the largest number there is. */
static void
advance_identity(const DmigTable *table, const DmigColumn *column, DmigStep *step)
{
  g_autofree char *name = dmig_sql_identifier(&dmig_postgres_dialect, table->name);

  append(step,
         "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence(%S, %S), max(%I)) FROM %I "
         "HAVING max(%I) IS NOT NULL;\n",
         name, column->name, column->name, table->name, column->name);
}

void
dmig_pg_spell_copy(const char *aside, const DmigTable *new_table, GHashTable *sources,
                   gboolean drop, DmigStep *step)
{
  g_autoptr(GString) columns = g_string_new(NULL);
  g_autoptr(GString) values = g_string_new(NULL);

  for (guint i = 0; i < new_table->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(new_table->columns, i);
    const char *source = g_hash_table_lookup(sources, column->name);
    if (source == NULL || column->generated != DMIG_GENERATED_NONE)
      continue;
    dmig_sql_appendf(columns, &dmig_postgres_dialect, "%s%I", columns->len > 0 ? ", " : "",
                     column->name);
    g_string_append_printf(values, "%s%s", values->len > 0 ? ", " : "", source);
  }
  if (columns->len > 0)
    append(step, "INSERT INTO %I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %I;\n",
           new_table->name, columns->str, values->str, aside);
  for (guint i = 0; drop && i < new_table->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(new_table->columns, i);
    if (column->identity != DMIG_IDENTITY_NONE)
      advance_identity(new_table, column, step);
  }
  if (drop)
    append(step, "DROP TABLE %I;\n", aside);
}

/* One statement takes the rows: others may write at the same time. */
void
dmig_pg_spell_set_aside(const DmigTable *table, const char *condition, const char *aside,
                        DmigStep *step)
{
  append(step, "CREATE TABLE %I AS SELECT * FROM %I WITH NO DATA;\n", aside, table->name);
  append(step, "WITH moved AS (DELETE FROM %I WHERE %s RETURNING *)\n", table->name, condition);
  append(step, "  INSERT INTO %I SELECT * FROM moved;\n", aside);
  step->lock = DMIG_LOCK_ROW_EXCLUSIVE;
}

/* What is checked when the transaction ends would be in the way of its next statements. */
static gboolean
waits_for_end(const DmigTable *table)
{
  for (guint i = 0; i < table->constraints->len; i++)
    if (((DmigConstraint *) table->constraints->pdata[i])->deferrable == DMIG_INITIALLY_DEFERRED)
      return TRUE;
  return FALSE;
}

void
dmig_pg_spell_bring_back(const char *aside, const DmigTable *from, const DmigTable *whole,
                         DmigStep *step)
{
  g_autoptr(GString) columns = g_string_new(NULL);

  for (guint i = 0; i < whole->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(whole->columns, i);
    if (column->generated == DMIG_GENERATED_NONE && dmig_table_column(from, column->name) != NULL)
      dmig_sql_appendf(columns, &dmig_postgres_dialect, "%s%I", columns->len > 0 ? ", " : "",
                       column->name);
  }
  append(step, "INSERT INTO %I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %I;\n", whole->name,
         columns->str, columns->str, aside);
  if (waits_for_end(whole))
    append(step, "SET CONSTRAINTS ALL IMMEDIATE;\n");
  append(step, "DROP TABLE %I;\n", aside);
  step->lock = DMIG_LOCK_ROW_EXCLUSIVE;
}
