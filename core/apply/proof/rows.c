#include "core/apply/proof/rows.h"

#include <string.h>

#include "core/apply/proof/proof.h"
#include "core/sql/text.h"

/* Tries at one row before the table stays one row short. */
#define ATTEMPTS 12
/* Rows of a table that new ones may point at. */
#define MOST_READ 50

typedef struct {
  const DmigTable *table;
  GPtrArray *sources;   /* DmigValueSource*, one a column */
  gboolean *referenced; /* one a column: other rows point at it, so its value must be known */
  GPtrArray *rows;      /* char** of literals, one a column; NULL: the column's default */
  guint existing;    /* how many of them were there before */
  GPtrArray *later;     /* DmigConstraint* whose target gets its rows after this table */
  gboolean placed;
} TableRows;

typedef struct {
  DmigDatabase *db;
  const DmigSchema *schema;
  GPtrArray *tables;   /* TableRows* */
  GHashTable *by_name; /* the same */
  const DmigRowsOptions *options;
  guint first;
} Filler;

static void
row_free(char **row, guint n)
{
  for (guint i = 0; row != NULL && i < n; i++)
    g_free(row[i]);
  g_free(row);
}

/* Keeps the first `n`. */
static void
table_rows_truncate(TableRows *self, guint n)
{
  for (guint i = n; i < self->rows->len; i++)
    row_free(self->rows->pdata[i], self->table->columns->len);
  g_ptr_array_set_size(self->rows, (gint)n);
}

static void
table_rows_free(TableRows *self)
{
  table_rows_truncate(self, 0);
  g_ptr_array_unref(self->rows);
  g_ptr_array_unref(self->later);
  g_ptr_array_unref(self->sources);
  g_free(self->referenced);
  g_free(self);
}

static int
column_index(const DmigTable *table, const char *name)
{
  for (guint i = 0; i < table->columns->len; i++)
    if (g_strcmp0(((DmigColumn *) table->columns->pdata[i])->name, name) == 0)
      return (int) i;
  return -1;
}

static TableRows *
find_table(const Filler *self, const char *name)
{
  return g_hash_table_lookup(self->by_name, name);
}

static const DmigConstraint *
foreign_key(const DmigTable *table, guint i)
{
  const DmigConstraint *constraint = table->constraints->pdata[i];
  return constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY ? constraint : NULL;
}

static gboolean
may_be_null(const DmigTable *table, const char *column)
{
  int at = column_index(table, column);
  return at >= 0 && !((DmigColumn *) table->columns->pdata[at])->not_null;
}

static gboolean
key_may_be_null(const DmigTable *table, const DmigConstraint *key)
{
  for (char **column = key->columns; *column; column++)
    if (may_be_null(table, *column))
      return TRUE;
  return FALSE;
}

static TableRows *
table_rows_new(const DmigSchema *schema, const DmigTable *table)
{
  TableRows *self = g_new0(TableRows, 1);
  self->table = table;
  self->rows = g_ptr_array_new();
  self->later = g_ptr_array_new();
  self->referenced = g_new0(gboolean, table->columns->len + 1);
  self->sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_value_source_free);
  for (guint i = 0; i < table->columns->len; i++)
    g_ptr_array_add(self->sources, dmig_value_source_new(schema, table, table->columns->pdata[i]));
  return self;
}

static void
mark_referenced(Filler *self)
{
  for (guint i = 0; i < self->tables->len; i++) {
    const TableRows *from = self->tables->pdata[i];
    for (guint k = 0; k < from->table->constraints->len; k++) {
      const DmigConstraint *key = foreign_key(from->table, k);
      TableRows *to = key ? find_table(self, key->ref_table) : NULL;
      for (char **column = to ? key->ref_columns : NULL; column && *column; column++) {
        int at = column_index(to->table, *column);
        if (at >= 0)
          to->referenced[at] = TRUE;
      }
    }
  }
}

/* Whether the tables that `self` points at have their rows: all of them, or only those that it
 * can't do without. */
static gboolean
is_ready(const Filler *self, const TableRows *rows, gboolean nullable_too)
{
  for (guint i = 0; i < rows->table->constraints->len; i++) {
    const DmigConstraint *key = foreign_key(rows->table, i);
    if (key == NULL || g_strcmp0(key->ref_table, rows->table->name) == 0)
      continue;
    const TableRows *target = find_table(self, key->ref_table);
    if ((target == NULL || !target->placed) && (nullable_too || !key_may_be_null(rows->table, key)))
      return FALSE;
  }
  return TRUE;
}

static TableRows *
next_table(const Filler *self)
{
  TableRows *any = NULL, *possible = NULL;
  for (guint i = 0; i < self->tables->len; i++) {
    TableRows *candidate = self->tables->pdata[i];
    if (candidate->placed)
      continue;
    if (is_ready(self, candidate, TRUE))
      return candidate;
    any = any ? any : candidate;
    if (possible == NULL && is_ready(self, candidate, FALSE))
      possible = candidate;
  }
  return possible ? possible : any;
}

/* --- one row ---------------------------------------------------------------------------------- */

typedef struct {
  TableRows *rows;
  GRand *random;
  char **values;
  gboolean *own; /* one a column: takes a value of the same row, once that is known */
  guint serial;
  guint attempt;
} Row;

static gboolean
is_null_literal(const char *literal)
{
  return literal != NULL && strcmp(literal, "NULL") == 0;
}

/* Whether `target` has values in the key's columns that agree with what the row has already. */
static gboolean
row_fits(const Row *row, const DmigConstraint *key, const TableRows *to, char **target)
{
  for (guint i = 0; key->columns[i]; i++) {
    int at = column_index(row->rows->table, key->columns[i]);
    int there = column_index(to->table, key->ref_columns[i]);
    if (at < 0 || there < 0 || target[there] == NULL || is_null_literal(target[there]))
      return FALSE;
    if (row->values[at] != NULL && strcmp(row->values[at], target[there]) != 0)
      return FALSE;
  }
  return TRUE;
}

static char **
pick_target(const Row *row, const DmigConstraint *key, const TableRows *to)
{
  guint n = to->rows->len;
  if (n == 0)
    return NULL;
  /* Taken in turn, so that a reference that must be unique mostly is. */
  guint first = row->attempt == 0 ? row->serial : g_rand_int(row->random);
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
    int at = column_index(row->rows->table, *column);
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
    int at = column_index(row->rows->table, *column);
    if (at >= 0 && is_null_literal(row->values[at]))
      return TRUE;
  }
  return FALSE;
}

static void
set_reference(Row *row, const DmigConstraint *key, const TableRows *to, char **target)
{
  for (guint i = 0; key->columns[i]; i++) {
    int at = column_index(row->rows->table, key->columns[i]);
    if (row->values[at] == NULL)
      row->values[at] = g_strdup(target[column_index(to->table, key->ref_columns[i])]);
  }
}

/* A row that points at itself takes over its own values once they are there. */
static gboolean
set_reference_own(Row *row, const DmigConstraint *key)
{
  for (guint i = 0; key->columns[i]; i++) {
    int at = column_index(row->rows->table, key->columns[i]);
    if (at < 0 || (row->values[at] != NULL && strcmp(key->columns[i], key->ref_columns[i]) != 0))
      return FALSE;
  }
  for (guint i = 0; key->columns[i]; i++)
    if (strcmp(key->columns[i], key->ref_columns[i]) != 0)
      row->own[column_index(row->rows->table, key->columns[i])] = TRUE;
  return TRUE;
}

static gboolean
choose_reference(const Filler *self, Row *row, const DmigConstraint *key)
{
  TableRows *to = find_table(self, key->ref_table);
  gboolean itself = to == row->rows;
  if (reference_is_null(row, key))
    return TRUE;
  if (key_may_be_null(row->rows->table, key) && g_rand_int_range(row->random, 0, 4) == 0
      && set_reference_null(row, key))
    return TRUE;
  if (itself && (to->rows->len == 0 || g_rand_int_range(row->random, 0, 4) == 0)
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
         && g_rand_int_range(row->random, 0, 4) == 0;
}

static void
fill_own_references(Row *row)
{
  const DmigTable *table = row->rows->table;
  for (guint k = 0; k < table->constraints->len; k++) {
    const DmigConstraint *key = foreign_key(table, k);
    for (guint i = 0; key && key->columns[i]; i++) {
      int at = column_index(table, key->columns[i]);
      int there = column_index(table, key->ref_columns[i]);
      if (at >= 0 && there >= 0 && row->own[at] && row->values[at] == NULL)
        row->values[at] = g_strdup(row->values[there]);
    }
  }
}

/* The row's values, or NULL where something that it must point at is not there. Owned. */
static char **
make_row(const Filler *self, TableRows *rows, GRand *random, guint serial, guint attempt)
{
  const DmigTable *table = rows->table;
  guint n = table->columns->len;
  g_autofree gboolean *own = g_new0(gboolean, n + 1);
  Row row = { .rows = rows,
              .random = random,
              .values = g_new0(char *, n + 1),
              .own = own,
              .serial = serial,
              .attempt = attempt };
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *key = foreign_key(table, i);
    if (key == NULL || choose_reference(self, &row, key))
      continue;
    row_free(row.values, n);
    return NULL;
  }
  for (guint i = 0; i < n; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    if (row.values[i] == NULL && !own[i] && column->generated == DMIG_GENERATED_NONE
        && !takes_default(&row, i))
      row.values[i]
          = dmig_value_source_next(rows->sources->pdata[i], random, serial, attempt, self->options->style);
  }
  fill_own_references(&row);
  return row.values;
}

static void
append_insert(GString *sql, const DmigDialect *dialect, const DmigTable *table, char **values)
{
  g_autoptr(GString) columns = g_string_new(NULL);
  g_autoptr(GString) literals = g_string_new(NULL);
  gboolean overriding = FALSE;
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    if (values[i] == NULL)
      continue;
    overriding = overriding || column->identity == DMIG_IDENTITY_ALWAYS;
    dmig_sql_appendf(columns, dialect, "%s%I", columns->len > 0 ? ", " : "", column->name);
    g_string_append_printf(literals, "%s%s", literals->len > 0 ? ", " : "", values[i]);
  }
  if (columns->len == 0) {
    dmig_sql_appendf(sql, dialect, "INSERT INTO %I DEFAULT VALUES;\n", table->name);
    return;
  }
  dmig_sql_appendf(sql, dialect, "INSERT INTO %I (%s)%s VALUES (%s);\n", table->name, columns->str,
                   overriding ? " OVERRIDING SYSTEM VALUE" : "", literals->str);
}

/* --- into the database ------------------------------------------------------------------------ */

/* TRUE with `out_refused` where the database did not take it, for a reason that lies in the rows.
 */
static gboolean
try_script(DmigDatabase *db, const char *statements, gboolean *out_refused, GError **error)
{
  g_autofree char *script
      = g_strconcat("SAVEPOINT dmig_rows;\n", statements, "RELEASE SAVEPOINT dmig_rows;\n", NULL);
  g_autoptr(GError) refusal = NULL;
  *out_refused = FALSE;
  if (dmig_database_exec(db, script, &refusal))
    return TRUE;
  if (!g_error_matches(refusal, DMIG_ERROR, DMIG_ERROR_FAILED)) {
    g_propagate_error(error, g_steal_pointer(&refusal));
    return FALSE;
  }
  *out_refused = TRUE;
  return dmig_database_exec(db, "ROLLBACK TO SAVEPOINT dmig_rows;\nRELEASE SAVEPOINT dmig_rows;\n",
                            error);
}

/* All rows of a table at once: what mostly works, and works fast. */
static gboolean
insert_together(const Filler *self, TableRows *rows, GRand *random, gboolean *out_refused,
                GError **error)
{
  g_autoptr(GString) sql = g_string_new(NULL);
  for (guint i = 0; i < self->options->per_table; i++) {
    guint serial = self->first + i;
    char **values = make_row(self, rows, random, serial, 0);
    if (values == NULL)
      continue;
    g_ptr_array_add(rows->rows, values);
    append_insert(sql, self->schema->dialect, rows->table, values);
  }
  *out_refused = FALSE;
  if (sql->len == 0)
    return TRUE;
  if (!try_script(self->db, sql->str, out_refused, error))
    return FALSE;
  if (*out_refused)
    table_rows_truncate(rows, rows->existing);
  return TRUE;
}

static gboolean
insert_one(const Filler *self, TableRows *rows, GRand *random, guint serial, GError **error)
{
  for (guint attempt = 0; attempt < ATTEMPTS; attempt++) {
    char **values = make_row(self, rows, random, serial, attempt);
    if (values == NULL)
      continue;
    g_autoptr(GString) sql = g_string_new(NULL);
    append_insert(sql, self->schema->dialect, rows->table, values);
    gboolean refused = FALSE;
    gboolean tried = try_script(self->db, sql->str, &refused, error);
    if (tried && !refused) {
      g_ptr_array_add(rows->rows, values);
      return TRUE;
    }
    row_free(values, rows->table->columns->len);
    if (!tried)
      return FALSE;
  }
  return TRUE;
}

static gboolean
insert_table(const Filler *self, TableRows *rows, GError **error)
{
  g_autoptr(GRand) random = g_rand_new_with_seed(self->options->seed ^ g_str_hash(rows->table->name));
  gboolean refused = FALSE;
  if (self->options->skip != NULL && g_hash_table_contains(self->options->skip, rows->table->name)) {
    rows->placed = TRUE;
    return TRUE;
  }
  if (!insert_together(self, rows, random, &refused, error))
    return FALSE;
  for (guint i = 0; refused && i < self->options->per_table; i++)
    if (!insert_one(self, rows, random, self->first + i, error))
      return FALSE;
  rows->placed = TRUE;
  return TRUE;
}

/* --- cycles: references that were left NULL until their target had rows ------------------------
 */

static gboolean
shares_columns(const DmigTable *table, const DmigConstraint *key)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *other = table->constraints->pdata[i];
    if (other == key
        || (other->kind != DMIG_CONSTRAINT_FOREIGN_KEY
            && other->kind != DMIG_CONSTRAINT_PRIMARY_KEY))
      continue;
    for (char **column = key->columns; *column; column++)
      if (g_strv_contains((const char *const *)other->columns, *column))
        return TRUE;
  }
  return FALSE;
}

static gboolean
append_update(GString *sql, const DmigDialect *dialect, const TableRows *rows, char **values,
              const DmigConstraint *key, const TableRows *to, char **target)
{
  const DmigConstraint *primary = dmig_table_primary_key(rows->table);
  if (primary == NULL)
    return FALSE;
  dmig_sql_appendf(sql, dialect, "UPDATE %I SET ", rows->table->name);
  for (guint i = 0; key->columns[i]; i++) {
    const char *literal = target[column_index(to->table, key->ref_columns[i])];
    if (literal == NULL || is_null_literal(literal))
      return FALSE;
    dmig_sql_appendf(sql, dialect, "%s%I = %s", i > 0 ? ", " : "", key->columns[i], literal);
  }
  for (guint i = 0; primary->columns[i]; i++) {
    const char *literal = values[column_index(rows->table, primary->columns[i])];
    if (literal == NULL || is_null_literal(literal))
      return FALSE;
    dmig_sql_appendf(sql, dialect, "%s%I = %s", i > 0 ? " AND " : " WHERE ", primary->columns[i],
                     literal);
  }
  g_string_append(sql, ";\n");
  return TRUE;
}

static gboolean
close_cycle(const Filler *self, const TableRows *rows, const DmigConstraint *key, GError **error)
{
  const TableRows *to = find_table(self, key->ref_table);
  if (to->rows->len == 0 || shares_columns(rows->table, key))
    return TRUE;
  for (guint i = 0; i < rows->rows->len; i++) {
    if (i % 3 == 2)
      continue;
    g_autoptr(GString) sql = g_string_new(NULL);
    gboolean refused = FALSE;
    if (append_update(sql, self->schema->dialect, rows, rows->rows->pdata[i], key, to,
                      to->rows->pdata[i % to->rows->len])
        && !try_script(self->db, sql->str, &refused, error))
      return FALSE;
  }
  return TRUE;
}

/* --- the whole --------------------------------------------------------------------------------- */

/* What the table holds already, as literals, so that new rows may point at it. */
static gboolean
read_existing(const Filler *self, TableRows *rows, GError **error)
{
  guint n = rows->table->columns->len;
  g_autoptr(GString) sql = g_string_new("SELECT ");
  for (guint i = 0; i < n; i++)
    dmig_sql_appendf(sql, self->schema->dialect, "%s%I", i > 0 ? ", " : "",
                     ((DmigColumn *) rows->table->columns->pdata[i])->name);
  dmig_sql_appendf(sql, self->schema->dialect, " FROM %I LIMIT %u", rows->table->name, MOST_READ);
  g_autoptr(DmigRows) read = NULL;
  if (n == 0)
    return TRUE;
  if (!self->db->driver->query(self->db, sql->str, NULL, 0, &read, error))
    return FALSE;
  for (guint i = 0; i < read->rows->len; i++) {
    char **values = g_new0(char *, n + 1);
    for (guint k = 0; k < n; k++) {
      const char *text = dmig_rows_get(read, i, k);
      values[k] = text ? dmig_sql_string(text) : g_strdup("NULL");
    }
    g_ptr_array_add(rows->rows, values);
  }
  rows->existing = rows->rows->len;
  return TRUE;
}

static gboolean
fill(Filler *self, GError **error)
{
  for (guint i = 0; i < self->tables->len; i++)
    if (!read_existing(self, self->tables->pdata[i], error))
      return FALSE;
  for (TableRows *rows = next_table(self); rows != NULL; rows = next_table(self))
    if (!insert_table(self, rows, error))
      return FALSE;
  for (guint i = 0; i < self->tables->len; i++) {
    const TableRows *rows = self->tables->pdata[i];
    for (guint k = 0; k < rows->later->len; k++)
      if (!close_cycle(self, rows, rows->later->pdata[k], error))
        return FALSE;
  }
  return TRUE;
}

gboolean
dmig_rows_fill(DmigDatabase *db, const DmigSchema *schema, const DmigRowsOptions *options,
               DmigRowsCount *out_count, GError **error)
{
  g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func((GDestroyNotify) table_rows_free);
  g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < schema->tables->len; i++) {
    TableRows *rows = table_rows_new(schema, schema->tables->pdata[i]);
    g_ptr_array_add(tables, rows);
    g_hash_table_insert(by_name, rows->table->name, rows);
  }
  Filler filler = { .db = db,
                    .schema = schema,
                    .tables = tables,
                    .by_name = by_name,
                    .options = options,
                    .first = MAX(options->first, 1) };
  mark_referenced(&filler);
  if (!db->driver->begin(db, error))
    return FALSE;
  if (!fill(&filler, error)) {
    db->driver->rollback(db);
    return FALSE;
  }
  if (!db->driver->commit(db, error))
    return FALSE;
  *out_count = (DmigRowsCount){ 0 };
  for (guint i = 0; i < tables->len; i++) {
    const TableRows *rows = tables->pdata[i];
    guint added = rows->rows->len - rows->existing;
    out_count->rows += added;
    out_count->tables += added > 0;
  }
  return TRUE;
}

gboolean
dmig_rows_insert(DmigDatabase *db, const DmigSchema *schema, guint per_table, guint32 seed,
                 guint *out_rows, GError **error)
{
  const DmigRowsOptions options = { .per_table = per_table, .seed = seed };
  DmigRowsCount count = { 0 };
  if (!dmig_rows_fill(db, schema, &options, &count, error))
    return FALSE;
  if (out_rows != NULL)
    *out_rows = count.rows;
  return TRUE;
}
