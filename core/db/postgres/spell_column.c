/* ADD COLUMN and ALTER COLUMN: where rows meet the change. */
#include "core/db/ddl.h"
#include "core/db/postgres/alter.h"
#include "core/db/postgres/conversion.h"
#include "core/db/postgres/expression.h"
#include "core/db/postgres/identity.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/spell.h"
#include "core/diff/rename.h"
#include "core/sql/text.h"

#define DIALECT (&dmig_postgres_dialect)
#define append(step, ...) dmig_sql_appendf((step)->sql, DIALECT, __VA_ARGS__)

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

/* `only`: a default is not handed down to the tables that inherit from this one, which have their
 * own; but it must be where their column changes its type too. */
static void
set_default(DmigPgAlter *alter, const DmigColumn *column, gboolean only)
{
  if (only) {
    dmig_pg_alter_flush(alter);
    alter->only = TRUE;
  }
  if (column->default_sql == NULL)
    dmig_pg_alter_add(alter,
                      dmig_sql_printf(DIALECT, "ALTER COLUMN %I DROP DEFAULT", column->name));
  else
    dmig_pg_alter_add(alter, dmig_sql_printf(DIALECT, "ALTER COLUMN %I SET DEFAULT %s",
                                             column->name, column->default_sql));
  if (only) {
    dmig_pg_alter_flush(alter);
    alter->only = FALSE;
  }
}

static void
drop_default(DmigPgAlter *alter, const DmigColumn *column, gboolean only)
{
  DmigColumn none = *column;
  none.default_sql = NULL;
  set_default(alter, &none, only);
}

/* A constant goes in as a default for a moment: no row is touched. */
static void
add_with_constant(const DmigChange *change, DmigStep *step)
{
  DmigColumn *column = dmig_column_copy(change->new_column);
  g_free(column->default_sql);
  column->default_sql = g_strdup(change->fill_sql);
  g_auto(DmigPgAlter) alter = { .sql = step->sql, .table = change->new_table->name };
  add_clause(&alter, column);
  dmig_pg_alter_flush(&alter);
  dmig_column_free(column);
  if (g_strcmp0(change->fill_sql, change->new_column->default_sql) != 0)
    set_default(&alter, change->new_column, FALSE);
}

/* An expression over the row: the column comes empty, is filled, and then becomes what it is. */
static void
add_and_update(const DmigChange *change, DmigStep *step)
{
  const DmigColumn *wanted = change->new_column;
  DmigColumn *column = dmig_column_copy(wanted);
  g_clear_pointer(&column->default_sql, g_free);
  column->not_null = FALSE;
  g_auto(DmigPgAlter) alter = { .sql = step->sql, .table = change->new_table->name };
  add_clause(&alter, column);
  dmig_pg_alter_flush(&alter);
  dmig_column_free(column);
  fill_rows(step, change->new_table, wanted->name, change->fill_sql, FALSE);
  if (wanted->default_sql != NULL)
    set_default(&alter, wanted, FALSE);
  if (wanted->not_null)
    dmig_pg_alter_add(&alter,
                      dmig_sql_printf(DIALECT, "ALTER COLUMN %I SET NOT NULL", wanted->name));
  step->rewrites = TRUE;
  step->scans = TRUE;
}

static void
spell_add_column(const DmigChange *change, DmigStep *step)
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
  g_auto(DmigPgAlter) alter = { .sql = step->sql, .table = change->new_table->name };
  add_clause(&alter, column);
  step->rewrites = column->generated == DMIG_GENERATED_STORED
                   || column->identity != DMIG_IDENTITY_NONE
                   || (column->default_sql != NULL && dmig_pg_is_volatile(column->default_sql));
  step->scans = step->rewrites;
}

void
dmig_pg_spell_add_column(const DmigChange *change, DmigStep *step)
{
  spell_add_column(change, step);
  dmig_facets_append_set(step->sql, change->new_column->facets);
}

/* --- ALTER COLUMN -------------------------------------------------------------------------- */

/* What a change has to do, whatever the aspects say: a default must step aside while its column
 * changes type, and an identity column can have none. */
typedef struct {
  const DmigChange *change;
  const DmigColumn *old, *new;
  gboolean type, drops_identity, adds_identity, restarts, drops_default, sets_default;
} Alteration;

/* Whether the number that comes next may be out of the new bounds, which is refused. */
static gboolean
is_bounded(const Alteration *self)
{
  static const char *const bounds[] = { "MINVALUE", "MAXVALUE" };
  for (guint i = 0; i < G_N_ELEMENTS(bounds); i++) {
    g_autofree char *old = dmig_pg_sequence_option(self->old->identity_options, bounds[i]);
    g_autofree char *new = dmig_pg_sequence_option(self->new->identity_options, bounds[i]);
    if (new != NULL && g_strcmp0(old, new) != 0)
      return TRUE;
  }
  return FALSE;
}

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
  self.restarts = identity && !self.drops_identity && !self.adds_identity && is_bounded(&self);
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

/* An identity goes on behind the numbers that are there. */
static void
start_identity(const Alteration *self, DmigStep *step)
{
  const char *table = self->change->new_table->name, *column = self->new->name;
  g_autofree char *quoted = dmig_sql_identifier(DIALECT, table);
  g_autofree char *start = dmig_pg_sequence_option(self->new->identity_options, "START");
  g_autofree char *end = dmig_pg_sequence_option(self->new->identity_options, "MAXVALUE");
  dmig_sql_appendf(step->sql, DIALECT,
                   "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence(%S, %S), max(%I)) "
                   "FROM %I HAVING max(%I) >= %s",
                   quoted, column, column, table, column, start != NULL ? start : "1");
  if (end != NULL)
    dmig_sql_appendf(step->sql, DIALECT, " AND max(%I) <= %s", column, end);
  g_string_append(step->sql, ";\n");
  step->scans = TRUE;
}

static void
alter_identity(const Alteration *self, DmigPgAlter *alter)
{
  const DmigColumn *old = self->old, *new = self->new;
  GString *clause = g_string_new(NULL);
  dmig_sql_appendf(clause, DIALECT, "ALTER COLUMN %I", new->name);
  if (self->adds_identity) {
    g_string_append(clause, " ADD ");
    dmig_ddl_identity(clause, DIALECT, new);
  } else {
    g_autofree char *changes
        = dmig_pg_sequence_changes(old->identity_options, new->identity_options);
    if (old->identity != new->identity)
      g_string_append_printf(clause, " SET GENERATED %s",
                             new->identity == DMIG_IDENTITY_ALWAYS ? "ALWAYS" : "BY DEFAULT");
    g_string_append_printf(clause, "%s%s", *changes != '\0' ? " " : "", changes);
    if (self->restarts)
      g_string_append(clause, " RESTART");
  }
  dmig_pg_alter_add(alter, g_string_free(clause, FALSE));
}

/* With its type a column loses how it is stored. */
static void
store_again(const Alteration *self, DmigStep *step)
{
  const GPtrArray *facets = self->new->facets;
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const DmigFacet *facet = g_ptr_array_index(facets, i);
    if (g_str_equal(facet->name, "storage") || g_str_equal(facet->name, "compression"))
      g_string_append(step->sql, facet->set);
  }
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
  dmig_pg_alter_flush(alter);
  if (self->new->comment != NULL)
    dmig_sql_appendf(step->sql, DIALECT, "COMMENT ON COLUMN %I.%I IS %S;\n",
                     self->change->new_table->name, self->new->name, self->new->comment);
  dmig_facets_append_set(step->sql, self->new->facets);
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
    dmig_pg_alter_add(alter,
                      dmig_sql_printf(DIALECT, "ALTER COLUMN %I DROP IDENTITY", self->old->name));
    dmig_pg_alter_flush(alter);
  }
  if (self->drops_default)
    drop_default(alter, self->old, !self->type && self->change->new_table->has_children);
}

/* Tables that inherit may need theirs, for a key; partitions may not. */
static void
drop_not_null(const Alteration *self, DmigPgAlter *alter)
{
  const DmigTable *table = self->change->new_table;
  gboolean only = table->has_children && table->partition_by == NULL;
  if (only) {
    dmig_pg_alter_flush(alter);
    alter->only = TRUE;
  }
  dmig_pg_alter_add(alter,
                    dmig_sql_printf(DIALECT, "ALTER COLUMN %I DROP NOT NULL", self->new->name));
  if (only) {
    dmig_pg_alter_flush(alter);
    alter->only = FALSE;
  }
}

/* A parent for a moment that lets go of the column alone makes it one of the table's own, whatever other
 * parents it has (ATExecDropColumn() in PostgreSQL's tablecmds.c: not so for ALTER TABLE NO INHERIT). */
static void
declare(const DmigChange *change, DmigStep *step)
{
  const DmigTable *table = change->new_table;
  const DmigColumn *column = change->new_column;
  g_autofree char *parent = dmig_rename_aside(table->name, DIALECT);
  if (column->generated != DMIG_GENERATED_NONE)
    append(step, "CREATE TABLE %I (LIKE %I INCLUDING GENERATED);\n", parent, table->name);
  else
    append(step, "CREATE TABLE %I AS SELECT %I FROM %I WITH NO DATA;\n", parent, column->name,
           table->name);
  append(step, "ALTER TABLE %I INHERIT %I;\n", table->name, parent);
  append(step, "ALTER TABLE ONLY %I DROP COLUMN %I;\n", parent, column->name);
  append(step, "ALTER TABLE %I NO INHERIT %I;\n", table->name, parent);
  append(step, "DROP TABLE %I;\n", parent);
}

void
dmig_pg_spell_alter_column(const DmigChange *change, DmigStep *step)
{
  Alteration self = alteration_of(change);
  gboolean null_changes = (change->aspects & DMIG_ASPECT_NOT_NULL) != 0;
  step->lock = DMIG_LOCK_ACCESS_EXCLUSIVE;

  g_auto(DmigPgAlter) alter = { .sql = step->sql, .table = change->new_table->name };
  if ((change->aspects & DMIG_ASPECT_GENERATED) && alter_generated(&self, &alter, step))
    return;
  clear_the_way(&self, &alter);
  if (null_changes && !self.new->not_null)
    drop_not_null(&self, &alter);
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
    set_default(&alter, self.new, !self.type && change->new_table->has_children);
  if ((change->aspects & DMIG_ASPECT_IDENTITY) && !self.drops_identity) {
    dmig_pg_alter_flush(&alter);
    alter_identity(&self, &alter);
  }
  dmig_pg_alter_flush(&alter);
  if (self.adds_identity || self.restarts)
    start_identity(&self, step);
  if (self.type)
    store_again(&self, step);
  if (change->aspects & DMIG_ASPECT_DECLARED)
    declare(change, step);
}
