/* Bringing back: right after the step that makes room for it. */
#include <string.h>

#include "core/apply/keep/parts.h"
#include "core/apply/tracking/tracking.h"
#include "core/sql/path.h"
#include "core/sql/text.h"

typedef struct {
  const DmigKeepsake *keepsake;
  guint64 number; /* 0: nothing is kept */
  gint64 rows;
  char *since, *run;
} Bringing;

static void
bringing_clear(Bringing *self)
{
  g_free(self->since);
  g_free(self->run);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bringing, bringing_clear)

/* What the opposite direction of the same revision took last and nobody has brought back yet. */
static gboolean
find_kept(DmigKeep *self, Bringing *bringing, GError **error)
{
  const DmigKeepsake *keepsake = bringing->keepsake;
  g_autofree char *kept = self->db->dialect->tracking_table("kept");
  g_autofree char *sql = g_strdup_printf(
      "SELECT number, rows, since, run FROM %s WHERE revision = $1 AND direction = $2 AND kind = $3 "
      "AND name = $4 AND rows IS NOT NULL AND restored IS NULL ORDER BY number DESC LIMIT 1",
      kept);
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_database_query(self->db, &rows, error, sql, self->keeper->revision,
                           dmig_keep_direction(!self->keeper->down),
                           dmig_keepsake_kind_name(keepsake->kind), keepsake->name, NULL))
    return FALSE;
  if (rows->rows->len == 0)
    return TRUE;
  bringing->number = g_ascii_strtoull(dmig_rows_get(rows, 0, 0), NULL, 10);
  bringing->rows = g_ascii_strtoll(dmig_rows_get(rows, 0, 1), NULL, 10);
  bringing->since = g_strdup(dmig_rows_get(rows, 0, 2));
  bringing->run = g_strdup(dmig_rows_get(rows, 0, 3));
  return TRUE;
}

static gboolean
look_at_kept(DmigKeep *self, const Bringing *bringing, DmigKeepTable **out, GError **error)
{
  g_autofree char *place = dmig_keep_place(bringing->number);
  return self->keeping->look(self->db, place, TRUE, out, error);
}

/* The columns of a kept table between `first` and its last `but`: NULL-terminated, borrowed. */
static char **
names_of(const DmigKeepTable *store, guint first, guint but)
{
  GPtrArray *names = g_ptr_array_new();
  for (guint i = first; i + but < store->columns->len; i++)
    g_ptr_array_add(names, ((DmigKeepColumn *) g_ptr_array_index(store->columns, i))->name);
  g_ptr_array_add(names, NULL);
  return (char **) g_ptr_array_free(names, FALSE);
}

static gboolean
begins_with(const DmigKeepTable *store, const char *name)
{
  const DmigKeepColumn *first = g_ptr_array_index(store->columns, 0);
  return g_str_equal(first->name, name);
}

static gboolean
execute(DmigKeep *self, const char *sql, gint64 *out_rows, GError **error)
{
  if (!self->db->driver->exec(self->db, sql, error))
    return FALSE;
  *out_rows = self->db->affected;
  return TRUE;
}

/* --- rows -------------------------------------------------------------------------------------- */

static gboolean
bring_rows(DmigKeep *self, const DmigKeepTable *live, const DmigKeepTable *store,
           const Bringing *bringing, gint64 *out_rows, GError **error)
{
  const DmigDialect *dialect = self->db->dialect;
  gboolean numbered = begins_with(store, DMIG_KEEP_ROWID) && live->hidden != NULL;
  gboolean bare = begins_with(store, DMIG_KEEP_NTH);
  g_autofree char **names = names_of(store, bare || begins_with(store, DMIG_KEEP_ROWID) ? 1 : 0, 0);
  g_autoptr(GString) targets = g_string_new(numbered ? live->hidden : NULL);
  g_autoptr(GString) values = g_string_new(numbered ? "k." DMIG_KEEP_ROWID : NULL);
  for (guint i = 0; names[i] != NULL; i++) {
    const char *comma = targets->len > 0 ? ", " : "";
    const DmigKeepColumn *column = dmig_keep_column(live, names[i], error);
    if (column == NULL)
      return FALSE;
    if (column->computed)
      continue;
    dmig_sql_appendf(targets, dialect, "%s%I", comma, names[i]);
    g_string_append(values, comma);
    dmig_keep_append_value(values, dialect, "k", names[i],
                           dmig_keep_table_column(store, names[i])->type, column->type);
  }
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, dialect, "%s %I %s%s%s SELECT %s FROM %s AS k%s;\n", self->keeping->insert,
                   bringing->keepsake->table, bare ? "" : "(", targets->str, bare ? "" : ")",
                   values->str, store->reference,
                   numbered ? " ORDER BY k." DMIG_KEEP_ROWID : "");
  return execute(self, sql->str, out_rows, error);
}

/* --- columns ----------------------------------------------------------------------------------- */

static void
append_update(GString *sql, const DmigKeep *self, const DmigKeepTable *live,
              const DmigKeepColumn *column)
{
  dmig_sql_appendf(sql, self->db->dialect, "%s %s AS t SET %I = ", self->keeping->update,
                   live->reference, column->name);
}

static gboolean
bring_by_key(DmigKeep *self, const DmigKeepTable *live, const DmigKeepTable *store,
             const DmigKeepColumn *column, gint64 *out_rows, GError **error)
{
  g_autofree char **key = names_of(store, 0, 1);
  const DmigKeepColumn *value = g_ptr_array_index(store->columns, store->columns->len - 1);
  g_autoptr(GString) sql = g_string_new(NULL);
  append_update(sql, self, live, column);
  dmig_keep_append_value(sql, self->db->dialect, "k", value->name, value->type, column->type);
  g_string_append_printf(sql, " FROM %s AS k WHERE ", store->reference);
  if (!dmig_keep_append_match(sql, self, live, store, key, key, error))
    return FALSE;
  g_string_append(sql, ";\n");
  return execute(self, sql->str, out_rows, error);
}

/* What tells rows apart by now: columns that went along are there again, but some still wait for their
 * values. NULL-terminated, borrowed from `store`. */
static char **
known_by_now(DmigKeep *self, const DmigKeepTable *live, const DmigKeepTable *store,
             const DmigKeepsake *keepsake, GError **error)
{
  g_autofree char *kept = self->db->dialect->tracking_table("kept");
  g_autofree char *sql = g_strdup_printf(
      "SELECT name FROM %s WHERE revision = $1 AND direction = $2 AND kind = 'column' AND restored IS "
      "NULL",
      kept);
  g_autofree char *own = dmig_path_text(keepsake->column);
  g_autofree char *table = g_strndup(keepsake->name, strlen(keepsake->name) - strlen(own));
  g_autofree char **names = names_of(store, 1, 1);
  g_autoptr(GHashTable) waiting = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(DmigRows) rows = NULL;
  GPtrArray *known = NULL;
  if (!dmig_database_query(self->db, &rows, error, sql, self->keeper->revision,
                           dmig_keep_direction(!self->keeper->down), NULL))
    return NULL;
  for (guint i = 0; i < rows->rows->len; i++)
    g_hash_table_add(waiting, (gpointer) dmig_rows_get(rows, i, 0));
  known = g_ptr_array_new();
  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *column = dmig_path_text(names[i]);
    g_autofree char *name = g_strconcat(table, column, NULL);
    if (dmig_keep_table_column(live, names[i]) != NULL && !g_hash_table_contains(waiting, name))
      g_ptr_array_add(known, names[i]);
  }
  g_ptr_array_add(known, NULL);
  return (char **) g_ptr_array_free(known, FALSE);
}

/* The n-th of the rows that look alike gets what the n-th of them had: which one is all the same, as long
 * as nothing else is known of them. */
static gboolean
bring_by_rows(DmigKeep *self, const DmigKeepTable *live, const DmigKeepTable *store,
              const Bringing *bringing, const DmigKeepColumn *column, gint64 *out_rows,
              GError **error)
{
  const DmigDialect *dialect = self->db->dialect;
  g_autofree char **key = known_by_now(self, live, store, bringing->keepsake, error);
  const DmigKeepColumn *value = g_ptr_array_index(store->columns, store->columns->len - 1);
  g_autoptr(GString) is = g_string_new(NULL);
  g_autoptr(GString) was = g_string_new(NULL);
  g_autoptr(GString) sql = g_string_new(NULL);
  if (key == NULL || !dmig_keep_append_images(is, self, live, NULL, key, error)
      || !dmig_keep_append_images(was, self, live, store, key, error))
    return FALSE;
  append_update(sql, self, live, column);
  dmig_keep_append_value(sql, dialect, "m", "v", value->type, column->type);
  g_string_append(sql, " FROM (SELECT ");
  for (guint i = 0; live->row[i] != NULL; i++)
    g_string_append_printf(sql, "l.r%u, ", i);
  g_string_append(sql, "o.v FROM (SELECT ");
  for (guint i = 0; live->row[i] != NULL; i++)
    g_string_append_printf(sql, "t.%s AS r%u, ", live->row[i], i);
  g_string_append_printf(sql, "%s AS w, row_number() OVER (PARTITION BY %s) AS n FROM %s AS t) AS l ",
                         is->str, is->str, live->reference);
  dmig_sql_appendf(sql, dialect,
                   "JOIN (SELECT %s AS w, row_number() OVER (PARTITION BY %s ORDER BY k." DMIG_KEEP_NTH
                   ") AS n, k.%I AS v FROM %s AS k) AS o ON l.w = o.w AND l.n = o.n) AS m WHERE ",
                   was->str, was->str, value->name, store->reference);
  for (guint i = 0; live->row[i] != NULL; i++)
    g_string_append_printf(sql, "%st.%s = m.r%u", i > 0 ? " AND " : "", live->row[i], i);
  g_string_append(sql, ";\n");
  return execute(self, sql->str, out_rows, error);
}

/* --- values ------------------------------------------------------------------------------------ */

/* Behind the key stand before, after and same. */
#define BEHIND_KEY 3

static gboolean
bring_values(DmigKeep *self, const DmigKeepTable *live, const DmigKeepTable *store,
             const DmigKeepColumn *column, gint64 *out_rows, GError **error)
{
  g_autofree char **key = names_of(store, 0, BEHIND_KEY);
  const DmigKeepColumn *before = dmig_keep_column(store, DMIG_KEEP_BEFORE, error);
  g_autoptr(GString) sql = g_string_new(NULL);
  if (before == NULL)
    return FALSE;
  append_update(sql, self, live, column);
  dmig_keep_append_value(sql, self->db->dialect, "k", before->name, before->type, column->type);
  g_string_append_printf(sql, " FROM %s AS k WHERE k." DMIG_KEEP_SAME " <> 0 AND ",
                         store->reference);
  if (!dmig_keep_append_match(sql, self, live, store, key, key, error))
    return FALSE;
  g_string_append(sql, ";\n");
  return execute(self, sql->str, out_rows, error);
}

static gboolean
mark_values(DmigKeep *self, const DmigKeepTable *live, gpointer data, GError **error)
{
  const Bringing *bringing = data;
  g_autoptr(DmigKeepTable) store = NULL;
  const DmigKeepColumn *column = dmig_keep_column(live, bringing->keepsake->column, error);
  if (column == NULL || !look_at_kept(self, bringing, &store, error))
    return FALSE;
  g_autofree char **key = names_of(store, 0, BEHIND_KEY);
  g_autofree char *value = dmig_sql_printf(self->db->dialect, "t.%I", column->name);
  g_autofree char *image = self->keeping->image(value);
  g_autoptr(GString) sql = g_string_new(NULL);
  g_string_append_printf(sql,
                         "UPDATE %s AS k SET " DMIG_KEEP_SAME " = 1 FROM %s AS t "
                         "WHERE k." DMIG_KEEP_AFTER " = %s AND ",
                         store->reference, live->reference, image);
  if (!dmig_keep_append_match(sql, self, live, store, key, key, error))
    return FALSE;
  g_string_append(sql, ";\n");
  return self->db->driver->exec(self->db, sql->str, error);
}

static gboolean
failed(const DmigKeepsake *keepsake, const Bringing *bringing, GError **error)
{
  g_prefix_error(error, "can't put back %s, kept since %.10s ('dmig purge --run %.8s' gives it up): ",
                 keepsake->name, bringing->since, bringing->run);
  return FALSE;
}

gboolean
dmig_keep_mark(DmigKeep *self, const DmigKeepsake *keepsake, GError **error)
{
  g_auto(Bringing) bringing = { .keepsake = keepsake };
  if (!find_kept(self, &bringing, error))
    return FALSE;
  if (bringing.number == 0
      || dmig_keep_quietly(self, keepsake->table, FALSE, mark_values, &bringing, error))
    return TRUE;
  return failed(keepsake, &bringing, error);
}

/* --- the whole --------------------------------------------------------------------------------- */

/* What is wholly back needs no keeping; of the rest people may want to know. */
static gboolean
settle(DmigKeep *self, const Bringing *bringing, gint64 rows, GError **error)
{
  g_autofree char *kept = self->db->dialect->tracking_table("kept");
  g_autofree char *place = dmig_keep_place(bringing->number);
  g_autofree char *table = self->db->dialect->tracking_table(place);
  g_autofree char *now = dmig_tracking_now();
  g_autoptr(GString) sql = g_string_new(NULL);
  self->rows += rows;
  if (rows == bringing->rows)
    g_string_append_printf(
        sql, "DROP TABLE %s;\nDELETE FROM %s WHERE number = %" G_GUINT64_FORMAT ";\n", table, kept,
        bringing->number);
  else
    dmig_sql_appendf(sql, self->db->dialect, "UPDATE %s SET restored = %S WHERE place = %S;\n", kept,
                     now, place);
  return self->db->driver->exec(self->db, sql->str, error);
}

static gboolean
bring_one(DmigKeep *self, const DmigKeepTable *live, gpointer data, GError **error)
{
  const Bringing *bringing = data;
  const DmigKeepsake *keepsake = bringing->keepsake;
  g_autoptr(DmigKeepTable) store = NULL;
  gint64 rows = 0;
  gboolean done;
  if (!look_at_kept(self, bringing, &store, error))
    return FALSE;
  if (keepsake->kind == DMIG_KEEPSAKE_ROWS) {
    done = bring_rows(self, live, store, bringing, &rows, error);
  } else {
    const DmigKeepColumn *column = dmig_keep_column(live, keepsake->column, error);
    if (column == NULL)
      return FALSE;
    if (column->computed)
      return TRUE;
    done = keepsake->kind == DMIG_KEEPSAKE_VALUES
               ? bring_values(self, live, store, column, &rows, error)
           : begins_with(store, DMIG_KEEP_NTH)
               ? bring_by_rows(self, live, store, bringing, column, &rows, error)
               : bring_by_key(self, live, store, column, &rows, error);
  }
  return done && settle(self, bringing, rows, error);
}

gboolean
dmig_keep_bring(DmigKeep *self, const DmigKeepsake *keepsake, GError **error)
{
  g_auto(Bringing) bringing = { .keepsake = keepsake };
  if (!find_kept(self, &bringing, error))
    return FALSE;
  if (bringing.number == 0
      || dmig_keep_quietly(self, keepsake->table, TRUE, bring_one, &bringing, error))
    return TRUE;
  return failed(keepsake, &bringing, error);
}
