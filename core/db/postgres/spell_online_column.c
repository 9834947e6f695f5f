/* Columns that come, or become required, while others write. */
#include "core/db/ddl.h"
#include "core/db/postgres/alter.h"
#include "core/db/postgres/expression.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/spell.h"
#include "core/db/postgres/spell_online.h"

#define DIALECT (&dmig_postgres_dialect)

DmigStep *
dmig_pg_online_fill(const DmigOnline *online, GPtrArray *steps, const DmigTable *table,
                    const char *column, const char *value, const char *title)
{
  DmigStep *step = dmig_pg_online_alone(online, steps, "fill-column", DMIG_LOCK_ROW_EXCLUSIVE,
                                        g_strdup_printf("%s %s.%s", title, table->name, column));
  step->phase = DMIG_PHASE_MIGRATE;
  step->scans = TRUE;
  step->rewrites = TRUE;
  step->batch = g_strdup(table->name);
  /* Rows for which there is no value are left alone, lest they are tried for ever. */
  dmig_sql_appendf(step->sql, DIALECT,
                   "UPDATE %I SET %I = %s WHERE (%I IS NULL AND (%s) IS NOT NULL);\n", table->name,
                   column, value, column, value);
  return step;
}

DmigStep *
dmig_pg_online_require(const DmigOnline *online, GPtrArray *steps, const DmigTable *table,
                       const char *column, const char *fill)
{
  g_autofree char *whole = g_strdup_printf("%s_%s", dmig_path_name(table->name), column);
  g_autofree char *check = dmig_online_name(online, whole, "required");
  DmigStep *add = dmig_pg_online_together(
      online, steps, "add-constraint", DMIG_LOCK_ACCESS_EXCLUSIVE,
      g_strdup_printf("refuse new rows without %s.%s", table->name, column));
  add->phase = DMIG_PHASE_CONTRACT;
  dmig_sql_appendf(add->sql, DIALECT,
                   "ALTER TABLE %I ADD CONSTRAINT %I CHECK (%I IS NOT NULL) NOT VALID;\n",
                   table->name, check, column);
  if (fill != NULL)
    dmig_pg_online_fill(online, steps, table, column, fill, "fill what came meanwhile of");
  dmig_pg_online_validate(online, steps, table->name, check);
  DmigStep *last = dmig_pg_online_together(
      online, steps, "require-column", DMIG_LOCK_ACCESS_EXCLUSIVE,
      g_strdup_printf("make %s.%s required, as its check says", table->name, column));
  last->phase = DMIG_PHASE_CONTRACT;
  /* The server takes the validated check's word and reads no row. */
  dmig_sql_appendf(last->sql, DIALECT, "ALTER TABLE %I ALTER COLUMN %I SET NOT NULL;\n",
                   table->name, column);
  dmig_sql_appendf(last->sql, DIALECT, "ALTER TABLE %I DROP CONSTRAINT %I;\n", table->name, check);
  return last;
}

/* --- ADD COLUMN ---------------------------------------------------------------------------- */

gboolean
dmig_pg_online_add_column(const DmigOnline *online, GPtrArray *steps)
{
  const DmigTable *table = online->change->new_table;
  const DmigColumn *wanted = online->change->new_column;
  const char *value
      = online->change->fill_sql != NULL ? online->change->fill_sql : wanted->default_sql;
  if (!online->plain->rewrites || wanted->generated != DMIG_GENERATED_NONE
      || wanted->identity != DMIG_IDENTITY_NONE || value == NULL)
    return FALSE;

  DmigStep *add = dmig_pg_online_together(online, steps, "add-column", DMIG_LOCK_ACCESS_EXCLUSIVE,
                                          g_strdup_printf("%s, empty", online->plain->title));
  dmig_online_inherit(online, add);
  add->phase = DMIG_PHASE_EXPAND;
  DmigColumn *empty = dmig_column_copy(wanted);
  g_clear_pointer(&empty->default_sql, g_free);
  empty->not_null = FALSE;
  dmig_sql_appendf(add->sql, DIALECT, "ALTER TABLE %I ADD COLUMN ", table->name);
  dmig_ddl_column(add->sql, DIALECT, empty);
  g_string_append(add->sql, ";\n");
  dmig_column_free(empty);
  /* A default that comes behind its column is for new rows only. */
  if (wanted->default_sql != NULL)
    dmig_sql_appendf(add->sql, DIALECT, "ALTER TABLE %I ALTER COLUMN %I SET DEFAULT %s;\n",
                     table->name, wanted->name, wanted->default_sql);
  dmig_facets_append_set(add->sql, wanted->facets);

  dmig_pg_online_fill(online, steps, table, wanted->name, value, "fill");
  if (wanted->not_null)
    dmig_pg_online_require(online, steps, table, wanted->name, value);
  return TRUE;
}

/* --- ALTER COLUMN -------------------------------------------------------------------------- */

/* The part of the change that `aspects` say, in its plain form. */
static void
alter_plainly(const DmigOnline *online, GPtrArray *steps, DmigColumnAspects aspects)
{
  DmigChange part = *online->change;
  DmigStep *step = dmig_pg_online_together(online, steps, "alter-column",
                                           DMIG_LOCK_ACCESS_EXCLUSIVE, g_strdup(online->plain->title));
  part.aspects = aspects;
  dmig_pg_spell(&part, step);
}

gboolean
dmig_pg_online_alter_column(const DmigOnline *online, GPtrArray *steps)
{
  const DmigChange *change = online->change;
  const DmigColumnAspects easy = DMIG_ASPECT_NOT_NULL | DMIG_ASPECT_DEFAULT;
  const DmigColumnAspects type = DMIG_ASPECT_TYPE | DMIG_ASPECT_COLLATION;
  guint first = steps->len;
  if (change->aspects & type)
    return dmig_pg_online_alter_type(online, steps);
  if ((change->aspects & ~easy) != 0 || !(change->aspects & DMIG_ASPECT_NOT_NULL)
      || !change->new_column->not_null)
    return FALSE;
  /* Rows that come from here on are to have the default. */
  if (change->aspects & DMIG_ASPECT_DEFAULT)
    alter_plainly(online, steps, DMIG_ASPECT_DEFAULT);
  if (change->fill_sql != NULL)
    dmig_pg_online_fill(online, steps, change->new_table, change->new_column->name,
                        change->fill_sql, "fill");
  dmig_pg_online_require(online, steps, change->new_table, change->new_column->name,
                         change->fill_sql);
  dmig_online_inherit(online, steps->pdata[first]);
  return TRUE;
}
