#include "core/apply/proof/row.h"

#include <string.h>

void
dmig_row_free(char **row, guint n)
{
  for (guint i = 0; row != NULL && i < n; i++)
    g_free(row[i]);
  g_free(row);
}

/* Keeps the first `n`. */
void
dmig_table_rows_truncate(DmigTableRows *self, guint n)
{
  for (guint i = n; i < self->rows->len; i++)
    dmig_row_free(self->rows->pdata[i], self->table->columns->len);
  g_ptr_array_set_size(self->rows, (gint)n);
}

void
dmig_table_rows_free(DmigTableRows *self)
{
  dmig_table_rows_truncate(self, 0);
  g_ptr_array_unref(self->rows);
  g_ptr_array_unref(self->later);
  g_ptr_array_unref(self->sources);
  g_free(self->referenced);
  g_free(self);
}

int
dmig_row_place(const DmigTable *table, const char *name)
{
  for (guint i = 0; i < table->columns->len; i++)
    if (g_strcmp0(((DmigColumn *) table->columns->pdata[i])->name, name) == 0)
      return (int) i;
  return -1;
}

const DmigConstraint *
dmig_row_reference(const DmigTable *table, guint i)
{
  const DmigConstraint *constraint = table->constraints->pdata[i];
  return constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY ? constraint : NULL;
}

static gboolean
may_be_null(const DmigTable *table, const char *column)
{
  int at = dmig_row_place(table, column);
  return at >= 0 && !((DmigColumn *) table->columns->pdata[at])->not_null;
}

gboolean
dmig_row_may_point_nowhere(const DmigTable *table, const DmigConstraint *key)
{
  for (char **column = key->columns; *column; column++)
    if (may_be_null(table, *column))
      return TRUE;
  return FALSE;
}

DmigTableRows *
dmig_table_rows_new(const DmigSchema *schema, const DmigTable *table)
{
  DmigTableRows *self = g_new0(DmigTableRows, 1);
  self->table = table;
  self->rows = g_ptr_array_new();
  self->later = g_ptr_array_new();
  self->referenced = g_new0(gboolean, table->columns->len + 1);
  self->sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_value_source_free);
  for (guint i = 0; i < table->columns->len; i++)
    g_ptr_array_add(self->sources, dmig_value_source_new(schema, table, table->columns->pdata[i]));
  return self;
}

gboolean
dmig_row_is_null(const char *literal)
{
  return literal != NULL && strcmp(literal, "NULL") == 0;
}

typedef struct {
  DmigTableRows *rows;
  GHashTable *tables;
  const DmigRowDraw *draw;
  char **values;
  gboolean *own; /* one a column: takes a value of the same row, once that is known */
} Row;

/* Whether `target` has values in the key's columns that agree with what the row has already. */
static gboolean
row_fits(const Row *row, const DmigConstraint *key, const DmigTableRows *to, char **target)
{
  for (guint i = 0; key->columns[i]; i++) {
    int at = dmig_row_place(row->rows->table, key->columns[i]);
    int there = dmig_row_place(to->table, key->ref_columns[i]);
    if (at < 0 || there < 0 || target[there] == NULL || dmig_row_is_null(target[there]))
      return FALSE;
    if (row->values[at] != NULL && strcmp(row->values[at], target[there]) != 0)
      return FALSE;
  }
  return TRUE;
}

static char **
pick_target(const Row *row, const DmigConstraint *key, const DmigTableRows *to)
{
  guint n = to->rows->len;
  if (n == 0)
    return NULL;
  /* Taken in turn, so that a reference that must be unique mostly is. */
  guint first = row->draw->attempt == 0 ? row->draw->serial : g_rand_int(row->draw->random);
  for (guint i = 0; i < n; i++) {
    char **target = to->rows->pdata[(first + i) % n];
    if (row_fits(row, key, to, target))
      return target;
  }
  return NULL;
}

static gboolean
set_reference_null(Row *row, const DmigConstraint *key)
{
  for (char **column = key->columns; *column; column++) {
    int at = dmig_row_place(row->rows->table, *column);
    if (at < 0 || row->values[at] != NULL || !may_be_null(row->rows->table, *column))
      continue;
    row->values[at] = g_strdup("NULL");
    return TRUE;
  }
  return FALSE;
}

static gboolean
reference_is_null(const Row *row, const DmigConstraint *key)
{
  for (char **column = key->columns; *column; column++) {
    int at = dmig_row_place(row->rows->table, *column);
    if (at >= 0 && dmig_row_is_null(row->values[at]))
      return TRUE;
  }
  return FALSE;
}

static void
set_reference(Row *row, const DmigConstraint *key, const DmigTableRows *to, char **target)
{
  for (guint i = 0; key->columns[i]; i++) {
    int at = dmig_row_place(row->rows->table, key->columns[i]);
    if (row->values[at] == NULL)
      row->values[at] = g_strdup(target[dmig_row_place(to->table, key->ref_columns[i])]);
  }
}

/* A row that points at itself takes over its own values once they are there. */
static gboolean
set_reference_own(Row *row, const DmigConstraint *key)
{
  for (guint i = 0; key->columns[i]; i++) {
    int at = dmig_row_place(row->rows->table, key->columns[i]);
    if (at < 0 || (row->values[at] != NULL && strcmp(key->columns[i], key->ref_columns[i]) != 0))
      return FALSE;
  }
  for (guint i = 0; key->columns[i]; i++)
    if (strcmp(key->columns[i], key->ref_columns[i]) != 0)
      row->own[dmig_row_place(row->rows->table, key->columns[i])] = TRUE;
  return TRUE;
}

static gboolean
choose_reference(Row *row, const DmigConstraint *key)
{
  DmigTableRows *to = g_hash_table_lookup(row->tables, key->ref_table);
  gboolean itself = to == row->rows;
  if (reference_is_null(row, key))
    return TRUE;
  if (dmig_row_may_point_nowhere(row->rows->table, key) && g_rand_int_range(row->draw->random, 0, 4) == 0
      && set_reference_null(row, key))
    return TRUE;
  if (itself && (to->rows->len == 0 || g_rand_int_range(row->draw->random, 0, 4) == 0)
      && set_reference_own(row, key))
    return TRUE;
  char **target = to && (to->placed || itself) ? pick_target(row, key, to) : NULL;
  if (target != NULL) {
    set_reference(row, key, to, target);
    return TRUE;
  }
  if (to != NULL && !to->placed && !itself && !g_ptr_array_find(row->rows->later, key, NULL))
    g_ptr_array_add(row->rows->later, (gpointer)key);
  return set_reference_null(row, key);
}

static gboolean
takes_default(const Row *row, guint i)
{
  const DmigColumn *column = row->rows->table->columns->pdata[i];
  const DmigValueSource *source = row->rows->sources->pdata[i];
  return column->default_sql != NULL && !row->rows->referenced[i] && !source->unique
         && g_rand_int_range(row->draw->random, 0, 4) == 0;
}

static void
fill_own_references(Row *row)
{
  const DmigTable *table = row->rows->table;
  for (guint k = 0; k < table->constraints->len; k++) {
    const DmigConstraint *key = dmig_row_reference(table, k);
    for (guint i = 0; key && key->columns[i]; i++) {
      int at = dmig_row_place(table, key->columns[i]);
      int there = dmig_row_place(table, key->ref_columns[i]);
      if (at >= 0 && there >= 0 && row->own[at] && row->values[at] == NULL)
        row->values[at] = g_strdup(row->values[there]);
    }
  }
}

char **
dmig_row_make(DmigTableRows *rows, GHashTable *tables, const DmigRowDraw *draw)
{
  const DmigTable *table = rows->table;
  guint n = table->columns->len;
  g_autofree gboolean *own = g_new0(gboolean, n + 1);
  Row row = {
    .rows = rows, .tables = tables, .draw = draw, .values = g_new0(char *, n + 1), .own = own
  };
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *key = dmig_row_reference(table, i);
    if (key == NULL || choose_reference(&row, key))
      continue;
    dmig_row_free(row.values, n);
    return NULL;
  }
  for (guint i = 0; i < n; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    if (row.values[i] == NULL && !own[i] && column->generated == DMIG_GENERATED_NONE
        && !takes_default(&row, i))
      row.values[i] = dmig_value_source_next(rows->sources->pdata[i], draw->random, draw->serial,
                                             draw->attempt, draw->style);
  }
  fill_own_references(&row);
  return row.values;
}
