#include "core/apply/proof/rows.h"

#include <string.h>

#include "core/apply/proof/row.h"
#include "core/sql/text.h"

/* Tries at one row before the table stays one row short. */
#define ATTEMPTS 12
/* Rows of a table that new ones may point at. */
#define MOST_READ 50

typedef struct {
  DmigDatabase *db;
  const DmigSchema *schema;
  GPtrArray *tables;   /* DmigTableRows* */
  GHashTable *by_name; /* the same */
  const DmigRowsOptions *options;
  guint first;
} Filler;

static DmigTableRows *
find_table(const Filler *self, const char *name)
{
  return g_hash_table_lookup(self->by_name, name);
}

static void
mark_referenced(Filler *self)
{
  for (guint i = 0; i < self->tables->len; i++) {
    const DmigTableRows *from = self->tables->pdata[i];
    for (guint k = 0; k < from->table->constraints->len; k++) {
      const DmigConstraint *key = dmig_row_reference(from->table, k);
      DmigTableRows *to = key ? find_table(self, key->ref_table) : NULL;
      for (char **column = to ? key->ref_columns : NULL; column && *column; column++) {
        int at = dmig_row_place(to->table, *column);
        if (at >= 0)
          to->referenced[at] = TRUE;
      }
    }
  }
}

/* Whether the tables that `self` points at have their rows: all of them, or only those that it
 * can't do without. */
static gboolean
is_ready(const Filler *self, const DmigTableRows *rows, gboolean nullable_too)
{
  for (guint i = 0; i < rows->table->constraints->len; i++) {
    const DmigConstraint *key = dmig_row_reference(rows->table, i);
    if (key == NULL || g_strcmp0(key->ref_table, rows->table->name) == 0)
      continue;
    const DmigTableRows *target = find_table(self, key->ref_table);
    if ((target == NULL || !target->placed) && (nullable_too || !dmig_row_may_point_nowhere(rows->table, key)))
      return FALSE;
  }
  return TRUE;
}

static DmigTableRows *
next_table(const Filler *self)
{
  DmigTableRows *any = NULL, *possible = NULL;
  for (guint i = 0; i < self->tables->len; i++) {
    DmigTableRows *candidate = self->tables->pdata[i];
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
insert_together(const Filler *self, DmigTableRows *rows, GRand *random, gboolean *out_refused,
                GError **error)
{
  g_autoptr(GString) sql = g_string_new(NULL);
  for (guint i = 0; i < self->options->per_table; i++) {
    const DmigRowDraw draw = { random, self->first + i, 0, self->options->style };
    char **values = dmig_row_make(rows, self->by_name, &draw);
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
    dmig_table_rows_truncate(rows, rows->existing);
  return TRUE;
}

static gboolean
insert_one(const Filler *self, DmigTableRows *rows, GRand *random, guint serial, GError **error)
{
  for (guint attempt = 0; attempt < ATTEMPTS; attempt++) {
    const DmigRowDraw draw = { random, serial, attempt, self->options->style };
    char **values = dmig_row_make(rows, self->by_name, &draw);
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
    dmig_row_free(values, rows->table->columns->len);
    if (!tried)
      return FALSE;
  }
  return TRUE;
}

static gboolean
insert_table(const Filler *self, DmigTableRows *rows, GError **error)
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
append_update(GString *sql, const DmigDialect *dialect, const DmigTableRows *rows, char **values,
              const DmigConstraint *key, const DmigTableRows *to, char **target)
{
  const DmigConstraint *primary = dmig_table_primary_key(rows->table);
  if (primary == NULL)
    return FALSE;
  dmig_sql_appendf(sql, dialect, "UPDATE %I SET ", rows->table->name);
  for (guint i = 0; key->columns[i]; i++) {
    const char *literal = target[dmig_row_place(to->table, key->ref_columns[i])];
    if (literal == NULL || dmig_row_is_null(literal))
      return FALSE;
    dmig_sql_appendf(sql, dialect, "%s%I = %s", i > 0 ? ", " : "", key->columns[i], literal);
  }
  for (guint i = 0; primary->columns[i]; i++) {
    const char *literal = values[dmig_row_place(rows->table, primary->columns[i])];
    if (literal == NULL || dmig_row_is_null(literal))
      return FALSE;
    dmig_sql_appendf(sql, dialect, "%s%I = %s", i > 0 ? " AND " : " WHERE ", primary->columns[i],
                     literal);
  }
  g_string_append(sql, ";\n");
  return TRUE;
}

static gboolean
close_cycle(const Filler *self, const DmigTableRows *rows, const DmigConstraint *key, GError **error)
{
  const DmigTableRows *to = find_table(self, key->ref_table);
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
read_existing(const Filler *self, DmigTableRows *rows, GError **error)
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
  for (DmigTableRows *rows = next_table(self); rows != NULL; rows = next_table(self))
    if (!insert_table(self, rows, error))
      return FALSE;
  for (guint i = 0; i < self->tables->len; i++) {
    const DmigTableRows *rows = self->tables->pdata[i];
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
  g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_table_rows_free);
  g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < schema->tables->len; i++) {
    DmigTableRows *rows = dmig_table_rows_new(schema, schema->tables->pdata[i]);
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
    const DmigTableRows *rows = tables->pdata[i];
    guint added = rows->rows->len - rows->existing;
    out_count->rows += added;
    out_count->tables += added > 0;
  }
  return TRUE;
}
