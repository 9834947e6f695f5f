/* Keys, indexes, references and checks of a column that another takes the place of. */
#include "core/db/postgres/spell_online_parts.h"

#include "core/base/text.h"
#include "core/db/ddl.h"
#include "core/db/postgres/postgres.h"
#include "core/sql/lexer.h"

#define DIALECT (&dmig_postgres_dialect)

static gboolean
is_dropped(const DmigOnline *online, gconstpointer object)
{
  for (guint i = 0; i < online->changes->len; i++) {
    const DmigChange *change = g_ptr_array_index(online->changes, i);
    if ((change->kind == DMIG_CHANGE_DROP_CONSTRAINT && change->old_constraint == object)
        || (change->kind == DMIG_CHANGE_DROP_INDEX && change->old_index == object))
      return TRUE;
  }
  return FALSE;
}

/* A key, index, reference or check of `holder`; one of the two is NULL. */
typedef struct {
  const DmigTable *holder;
  const DmigConstraint *constraint;
  const DmigIndex *index;
} Part;

/* Whether `change` swaps a column that the part hangs on. */
static gboolean
is_swapped_under(const DmigChange *change, const Part *part)
{
  if (change->kind != DMIG_CHANGE_ALTER_COLUMN || !change->alone)
    return FALSE;
  const char *table = change->old_table->name, *column = change->old_column->name;
  const DmigConstraint *constraint = part->constraint;
  if (constraint != NULL && constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY
      && g_str_equal(constraint->ref_table, table)
      && dmig_strv_contains(constraint->ref_columns, column))
    return TRUE;
  if (!g_str_equal(part->holder->name, table))
    return FALSE;
  return constraint != NULL ? dmig_constraint_mentions(constraint, column)
                            : dmig_index_mentions(part->index, column);
}

/* A part may hang on several columns that are swapped: it goes with the first, and is there again with
 * the last. */
static gboolean
is_first_swap(const DmigOnline *online, const Part *part)
{
  for (guint i = 0; i < online->changes->len; i++) {
    const DmigChange *change = g_ptr_array_index(online->changes, i);
    if (change == online->change)
      return TRUE;
    if (is_swapped_under(change, part))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_last_swap(const DmigOnline *online, const Part *part)
{
  for (guint i = online->changes->len; i > 0; i--) {
    const DmigChange *change = g_ptr_array_index(online->changes, i - 1);
    if (change == online->change)
      return TRUE;
    if (is_swapped_under(change, part))
      return FALSE;
  }
  return TRUE;
}

/* What an index or constraint is called when its column is swapped, which may be after its own rename. */
static const char *
name_then(const DmigOnline *online, gconstpointer object, const char *name)
{
  for (guint i = 0; i < online->changes->len; i++) {
    const DmigChange *change = g_ptr_array_index(online->changes, i);
    if (change == online->change)
      return name;
    if (change->kind == DMIG_CHANGE_RENAME_INDEX && change->old_index == object)
      name = change->new_index->name;
    if (change->kind == DMIG_CHANGE_RENAME_CONSTRAINT && change->old_constraint == object)
      name = change->new_constraint->name;
  }
  return name;
}

static void
swap_name(char **name, const char *from, const char *to)
{
  if (g_strcmp0(*name, from) != 0)
    return;
  g_free(*name);
  *name = g_strdup(to);
}

static void
swap_in_sql(char **sql, const char *from, const char *to)
{
  if (*sql == NULL)
    return;
  char *swapped = dmig_sql_replace_identifier(*sql, from, to);
  g_free(*sql);
  *sql = swapped;
}

static void
swap_in_key(const DmigOnline *online, DmigConstraint *twin, const Part *part)
{
  for (guint i = 0; i < online->changes->len; i++) {
    const DmigChange *change = g_ptr_array_index(online->changes, i);
    if (!is_swapped_under(change, part))
      continue;
    const char *column = change->old_column->name;
    g_autofree char *coming = dmig_online_name(online, column, "new");
    for (guint k = 0; twin->columns[k] != NULL; k++)
      swap_name(&twin->columns[k], column, coming);
    swap_in_sql(&twin->definition, column, coming);
  }
}

static void
copy_key(DmigPgSwap *self, const DmigConstraint *old, GPtrArray *early)
{
  const Part part = { self->table, old, NULL };
  DmigConstraint named = *old;
  const DmigConstraint *constraint = &named;
  named.name = (char *) name_then(self->online, old, old->name);
  if (is_first_swap(self->online, &part))
    dmig_sql_appendf(self->before_swap, DIALECT, "ALTER TABLE %I DROP CONSTRAINT %I;\n",
                     self->table->name, constraint->name);
  if (!is_last_swap(self->online, &part))
    return;
  g_autofree char *name = dmig_online_name(self->online, constraint->name, "new");
  DmigConstraint *twin = dmig_constraint_copy(constraint);
  swap_in_key(self->online, twin, &part);
  dmig_pg_online_build_key(self->online, early, self->table, twin, name);
  dmig_constraint_free(twin);
  dmig_pg_online_use_index(self->after_swap, self->table, constraint, name);
  dmig_facets_append_set(self->after_swap, constraint->facets);
}

static void
swap_in_index(const DmigOnline *online, DmigIndex *twin, const Part *part)
{
  for (guint i = 0; i < online->changes->len; i++) {
    const DmigChange *change = g_ptr_array_index(online->changes, i);
    if (!is_swapped_under(change, part))
      continue;
    const char *column = change->old_column->name;
    g_autofree char *coming = dmig_online_name(online, column, "new");
    for (guint k = 0; k < twin->elements->len; k++) {
      DmigIndexElement *element = g_ptr_array_index(twin->elements, k);
      swap_name(&element->column, column, coming);
      swap_in_sql(&element->expression, column, coming);
    }
    for (guint k = 0; twin->include[k] != NULL; k++)
      swap_name(&twin->include[k], column, coming);
    swap_in_sql(&twin->where_sql, column, coming);
    swap_in_sql(&twin->definition, column, coming);
  }
}

/* The old one goes with the column. */
static void
copy_index(DmigPgSwap *self, const DmigIndex *old, GPtrArray *early)
{
  const Part part = { self->table, NULL, old };
  DmigIndex called = *old;
  const DmigIndex *index = &called;
  called.name = (char *) name_then(self->online, old, old->name);
  if (!is_last_swap(self->online, &part))
    return;
  g_autofree char *name = dmig_online_name(self->online, index->name, "new");
  g_autofree char *path = dmig_path_sibling(self->table->name, name);
  DmigIndex *twin = dmig_index_copy(index);
  swap_in_index(self->online, twin, &part);
  dmig_pg_online_build_index(self->online, early, self->table, twin, name);
  dmig_index_free(twin);
  dmig_sql_appendf(self->after_swap, DIALECT, "ALTER INDEX %I RENAME TO %I;\n", path, index->name);
  dmig_facets_append_set(self->after_swap, index->facets);
}

/* What it is called in the end. */
static const char *
last_name(const DmigOnline *online, const DmigConstraint *constraint)
{
  for (guint i = 0; i < online->changes->len; i++) {
    const DmigChange *change = g_ptr_array_index(online->changes, i);
    if (change->kind == DMIG_CHANGE_RENAME_CONSTRAINT && change->old_constraint == constraint)
      return change->new_constraint->name;
  }
  return constraint->name;
}

/* What goes with the old column, or must let go of its key, and comes back to be validated later. One of
 * a table that is about to go does not come back. */
static void
say_again(DmigPgSwap *self, const DmigTable *holder, const DmigConstraint *old)
{
  const Part part = { holder, old, NULL };
  DmigConstraint named = *old;
  const DmigConstraint *constraint = &named;
  named.name = (char *) name_then(self->online, old, old->name);
  if (is_first_swap(self->online, &part))
    dmig_sql_appendf(self->before_swap, DIALECT, "ALTER TABLE %I DROP CONSTRAINT %I;\n",
                     holder->name, constraint->name);
  if (!is_last_swap(self->online, &part)
      || dmig_schema_table(self->online->after, holder->name) == NULL)
    return;
  dmig_sql_appendf(self->last, DIALECT, "ALTER TABLE %I ADD ", holder->name);
  dmig_ddl_constraint(self->last, DIALECT, constraint);
  g_string_append(self->last, " NOT VALID;\n");
  dmig_facets_append_set(self->last, constraint->facets);
  if (!dmig_constraint_is_valid(constraint))
    return;
  g_ptr_array_add(self->validations, (gpointer) last_name(self->online, old));
  g_ptr_array_add(self->holders, (gpointer) holder);
}

/* References from the column and to it: before the keys go that they point at. */
static void
say_references_again(DmigPgSwap *self)
{
  const GPtrArray *tables = self->online->before->tables;
  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *holder = g_ptr_array_index(tables, i);
    for (guint k = 0; k < holder->constraints->len; k++) {
      const DmigConstraint *constraint = g_ptr_array_index(holder->constraints, k);
      const Part part = { holder, constraint, NULL };
      if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY
          && is_swapped_under(self->online->change, &part)
          && !is_dropped(self->online, constraint))
        say_again(self, holder, constraint);
    }
  }
}

void
dmig_pg_swap_parts(DmigPgSwap *self, GPtrArray *early)
{
  const char *column = self->online->change->old_column->name;

  say_references_again(self);
  for (guint i = 0; i < self->table->constraints->len; i++) {
    const DmigConstraint *constraint = g_ptr_array_index(self->table->constraints, i);
    if (is_dropped(self->online, constraint) || !dmig_constraint_mentions(constraint, column))
      continue;
    if (constraint->kind <= DMIG_CONSTRAINT_UNIQUE)
      copy_key(self, constraint, early);
    else if (constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY)
      say_again(self, self->table, constraint);
  }
  for (guint i = 0; i < self->table->indexes->len; i++) {
    const DmigIndex *index = g_ptr_array_index(self->table->indexes, i);
    if (!is_dropped(self->online, index) && dmig_index_mentions(index, column))
      copy_index(self, index, early);
  }
}
