/* ADD COLUMN and ALTER COLUMN: where rows meet the change. */
#include "core/db/ddl.h"
#include "core/db/postgres/alter.h"
#include "core/db/postgres/conversion.h"
#include "core/db/postgres/expression.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/spell.h"

#define DIALECT (&dmig_postgres_dialect)

/* A deferred trigger that waits for an updated row would keep ALTER TABLE from running in the same
 * transaction ("pending trigger events"). */
static gboolean
has_deferrable(const DmigTable *table)
{
  for (guint i = 0; i < table->constraints->len; i++)
    if (((DmigConstraint *) g_ptr_array_index(table->constraints, i))->deferrable
        != DMIG_NOT_DEFERRABLE)
      return TRUE;
  return FALSE;
}

static void
fill_rows(DmigStep *step, const DmigTable *table, const char *column, const char *value,
          gboolean only_null)
{
  dmig_sql_appendf(step->sql, DIALECT, "UPDATE %I SET %I = %s", table->name, column, value);
  if (only_null)
    dmig_sql_appendf(step->sql, DIALECT, " WHERE %I IS NULL", column);
  g_string_append(step->sql, ";\n");
  if (has_deferrable(table))
    g_string_append(step->sql, "SET CONSTRAINTS ALL IMMEDIATE;\n");
}

/* --- ADD COLUMN ---------------------------------------------------------------------------- */

static void
add_clause(DmigPgAlter *alter, const DmigColumn *column)
{
  GString *clause = g_string_new("ADD COLUMN ");
  dmig_ddl_column(clause, DIALECT, column);
  dmig_pg_alter_add(alter, g_string_free(clause, FALSE));
}

static void
set_default(DmigPgAlter *alter, const DmigColumn *column)
{
  if (column->default_sql == NULL)
    dmig_pg_alter_add(alter,
                      dmig_sql_printf(DIALECT, "ALTER COLUMN %I DROP DEFAULT", column->name));
  else
    dmig_pg_alter_add(alter, dmig_sql_printf(DIALECT, "ALTER COLUMN %I SET DEFAULT %s",
                                             column->name, column->default_sql));
}

/* A constant goes in as a default for a moment: no row is touched. */
static void
add_with_constant(const DmigChange *change, DmigStep *step)
{
  DmigColumn *column = dmig_column_copy(change->new_column);
  g_free(column->default_sql);
  column->default_sql = g_strdup(change->fill_sql);
  g_auto(DmigPgAlter) alter = { step->sql, change->new_table->name, NULL };
  add_clause(&alter, column);
  dmig_pg_alter_flush(&alter);
  dmig_column_free(column);
  if (g_strcmp0(change->fill_sql, change->new_column->default_sql) != 0)
    set_default(&alter, change->new_column);
}

/* An expression over the row: the column comes empty, is filled, and then becomes what it is. */
static void
add_and_update(const DmigChange *change, DmigStep *step)
{
  const DmigColumn *wanted = change->new_column;
  DmigColumn *column = dmig_column_copy(wanted);
  g_clear_pointer(&column->default_sql, g_free);
  column->not_null = FALSE;
  g_auto(DmigPgAlter) alter = { step->sql, change->new_table->name, NULL };
  add_clause(&alter, column);
  dmig_pg_alter_flush(&alter);
  dmig_column_free(column);
  fill_rows(step, change->new_table, wanted->name, change->fill_sql, FALSE);
  if (wanted->default_sql != NULL)
    set_default(&alter, wanted);
  if (wanted->not_null)
    dmig_pg_alter_add(&alter,
                      dmig_sql_printf(DIALECT, "ALTER COLUMN %I SET NOT NULL", wanted->name));
  step->rewrites = TRUE;
  step->scans = TRUE;
}

void
dmig_pg_spell_add_column(const DmigChange *change, DmigStep *step)
{
  const DmigColumn *column = change->new_column;
  gboolean computed
      = column->generated != DMIG_GENERATED_NONE || column->identity != DMIG_IDENTITY_NONE;
  step->lock = DMIG_LOCK_ACCESS_EXCLUSIVE;
  if (change->fill_sql != NULL && !computed) {
    gboolean constant = dmig_pg_is_constant(change->fill_sql, change->old_table)
                        && dmig_pg_is_constant(change->fill_sql, change->new_table);
    if (constant)
      add_with_constant(change, step);
    else
      add_and_update(change, step);
    return;
  }
  g_auto(DmigPgAlter) alter = { step->sql, change->new_table->name, NULL };
  add_clause(&alter, column);
  step->rewrites = column->generated == DMIG_GENERATED_STORED
                   || column->identity != DMIG_IDENTITY_NONE
                   || (column->default_sql != NULL && dmig_pg_is_volatile(column->default_sql));
  step->scans = step->rewrites;
}

/* --- ALTER COLUMN -------------------------------------------------------------------------- */

/* What a change has to do, whatever the aspects say: a default must step aside while its column
 * changes type, and an identity column can have none. */
typedef struct {
  const DmigChange *change;
  const DmigColumn *old, *new;
  gboolean type, drops_identity, adds_identity, drops_default, sets_default;
} Alteration;

static Alteration
alteration_of(const DmigChange *change)
{
  const DmigColumn *old = change->old_column, *new = change->new_column;
  gboolean type = (change->aspects & (DMIG_ASPECT_TYPE | DMIG_ASPECT_COLLATION)) != 0;
  gboolean moved = type || (change->aspects & DMIG_ASPECT_DEFAULT) != 0;
  gboolean identity = (change->aspects & DMIG_ASPECT_IDENTITY) != 0;
  Alteration self = { .change = change, .old = old, .new = new, .type = type };
  self.drops_identity = identity && new->identity == DMIG_IDENTITY_NONE;
  self.adds_identity = identity && old->identity == DMIG_IDENTITY_NONE;
  self.drops_default = moved && old->default_sql != NULL && old->generated == DMIG_GENERATED_NONE
                       && (type || new->default_sql == NULL);
  self.sets_default = moved && new->default_sql != NULL;
  return self;
}

static void
change_type(const Alteration *self, DmigPgAlter *alter, DmigStep *step)
{
  const DmigColumn *new = self->new;
  GString *clause = g_string_new(NULL);
  dmig_sql_appendf(clause, DIALECT, "ALTER COLUMN %I TYPE %s", new->name, new->type);
  if (new->collation != NULL)
    dmig_sql_appendf(clause, DIALECT, " COLLATE %I", new->collation);
  if (self->change->using_sql != NULL)
    g_string_append_printf(clause, " USING %s", self->change->using_sql);
  dmig_pg_alter_add(alter, g_string_free(clause, FALSE));

  gboolean keeps = self->change->using_sql == NULL
                   && dmig_pg_conversion_keeps_rows(self->old->type, new->type);
  step->rewrites |= !keeps;
  step->scans |= !keeps;
}

/* An identity starts behind the numbers that are there. */
static void
start_identity(const Alteration *self, DmigStep *step)
{
  const char *table = self->change->new_table->name;
  g_autofree char *quoted = dmig_sql_identifier(DIALECT, table);
  dmig_sql_appendf(step->sql, DIALECT,
                   "SELECT setval(pg_get_serial_sequence(%S, %S), greatest(max(%I), 1), "
                   "coalesce(max(%I) >= 1, false)) FROM %I;\n",
                   quoted, self->new->name, self->new->name, self->new->name, table);
  step->scans = TRUE;
}

static void
alter_identity(const Alteration *self, DmigPgAlter *alter)
{
  const char *kind = self->new->identity == DMIG_IDENTITY_ALWAYS ? "ALWAYS" : "BY DEFAULT";
  if (self->adds_identity)
    dmig_pg_alter_add(alter,
                      dmig_sql_printf(DIALECT, "ALTER COLUMN %I ADD GENERATED %s AS IDENTITY",
                                      self->new->name, kind));
  else
    dmig_pg_alter_add(
        alter, dmig_sql_printf(DIALECT, "ALTER COLUMN %I SET GENERATED %s", self->new->name, kind));
}

/* A column becomes a computed one only by being made anew; a computed one just forgets how. */
static gboolean
alter_generated(const Alteration *self, DmigPgAlter *alter, DmigStep *step)
{
  if (self->new->generated == DMIG_GENERATED_NONE) {
    dmig_pg_alter_add(alter,
                      dmig_sql_printf(DIALECT, "ALTER COLUMN %I DROP EXPRESSION", self->new->name));
    dmig_pg_alter_flush(alter);
    return FALSE;
  }
  dmig_pg_alter_add(alter, dmig_sql_printf(DIALECT, "DROP COLUMN %I", self->old->name));
  add_clause(alter, self->new);
  step->rewrites = TRUE;
  step->scans = TRUE;
  return TRUE;
}

/* What stands in the way of the new type goes first, in statements of its own: clauses of one
 * ALTER TABLE do not run in the order in which they are written. */
static void
clear_the_way(const Alteration *self, DmigPgAlter *alter)
{
  if (self->drops_identity) {
    /* IF EXISTS: a serial column is read as an identity, and has a default instead. */
    dmig_pg_alter_add(alter, dmig_sql_printf(DIALECT, "ALTER COLUMN %I DROP IDENTITY IF EXISTS",
                                             self->old->name));
    dmig_pg_alter_flush(alter);
    if (!self->drops_default)
      dmig_pg_alter_add(alter,
                        dmig_sql_printf(DIALECT, "ALTER COLUMN %I DROP DEFAULT", self->old->name));
  }
  if (self->drops_default)
    dmig_pg_alter_add(alter,
                      dmig_sql_printf(DIALECT, "ALTER COLUMN %I DROP DEFAULT", self->old->name));
}

void
dmig_pg_spell_alter_column(const DmigChange *change, DmigStep *step)
{
  Alteration self = alteration_of(change);
  gboolean null_changes = (change->aspects & DMIG_ASPECT_NOT_NULL) != 0;
  step->lock = DMIG_LOCK_ACCESS_EXCLUSIVE;

  g_auto(DmigPgAlter) alter = { step->sql, change->new_table->name, NULL };
  if ((change->aspects & DMIG_ASPECT_GENERATED) && alter_generated(&self, &alter, step))
    return;
  clear_the_way(&self, &alter);
  if (null_changes && !self.new->not_null)
    dmig_pg_alter_add(&alter,
                      dmig_sql_printf(DIALECT, "ALTER COLUMN %I DROP NOT NULL", self.new->name));
  if (self.type)
    change_type(&self, &alter, step);
  if (null_changes && self.new->not_null) {
    if (change->fill_sql != NULL) {
      dmig_pg_alter_flush(&alter);
      fill_rows(step, change->new_table, self.new->name, change->fill_sql, TRUE);
    }
    dmig_pg_alter_add(&alter,
                      dmig_sql_printf(DIALECT, "ALTER COLUMN %I SET NOT NULL", self.new->name));
    step->scans = TRUE;
  }
  if (self.sets_default)
    set_default(&alter, self.new);
  if ((change->aspects & DMIG_ASPECT_IDENTITY) && !self.drops_identity) {
    dmig_pg_alter_flush(&alter);
    alter_identity(&self, &alter);
  }
  dmig_pg_alter_flush(&alter);
  if (self.adds_identity)
    start_identity(&self, step);
}
