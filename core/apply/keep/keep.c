/* Taking: what a step is about to remove is copied, before the step, into a table of dmig's own. */
#include "core/apply/keep/keep.h"

#include <string.h>

#include "core/apply/keep/parts.h"
#include "core/apply/tracking/tracking.h"
#include "core/sql/text.h"

/* --- what taking and bringing share ------------------------------------------------------------ */

char *
dmig_keep_place(guint64 number)
{
  return g_strdup_printf("kept_%" G_GUINT64_FORMAT, number);
}

const char *
dmig_keep_direction(gboolean down)
{
  return down ? "downgrade" : "upgrade";
}

const DmigKeepColumn *
dmig_keep_column(const DmigKeepTable *table, const char *name, GError **error)
{
  const DmigKeepColumn *column = dmig_keep_table_column(table, name);
  if (column == NULL)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "%s has no column %s any more",
                table->reference, name);
  return column;
}

void
dmig_keep_append_value(GString *sql, const DmigDialect *dialect, const char *alias,
                       const char *name, const char *is, const char *wanted)
{
  if (*wanted == '\0' || g_str_equal(is, wanted))
    dmig_sql_appendf(sql, dialect, "%s.%I", alias, name);
  else
    dmig_sql_appendf(sql, dialect, "CAST(%s.%I AS %s)", alias, name, wanted);
}

gboolean
dmig_keep_append_match(GString *sql, const DmigKeep *self, const DmigKeepTable *live,
                       const DmigKeepTable *store, char *const *names, char *const *kept,
                       GError **error)
{
  const DmigDialect *dialect = self->db->dialect;
  for (guint i = 0; names[i] != NULL; i++) {
    const DmigKeepColumn *is = dmig_keep_column(live, names[i], error);
    const DmigKeepColumn *was = is ? dmig_keep_column(store, kept[i], error) : NULL;
    if (was == NULL)
      return FALSE;
    const char *collation = is->collates ? " COLLATE \"C\"" : "";
    dmig_sql_appendf(sql, dialect, "%st.%I%s = ", i > 0 ? " AND " : "", names[i], collation);
    dmig_keep_append_value(sql, dialect, "k", kept[i], was->type, is->type);
    g_string_append(sql, collation);
  }
  return TRUE;
}

gboolean
dmig_keep_append_images(GString *sql, const DmigKeep *self, const DmigKeepTable *live,
                        const DmigKeepTable *store, char *const *names, GError **error)
{
  if (names[0] == NULL)
    g_string_append(sql, "''");
  for (guint i = 0; names[i] != NULL; i++) {
    const DmigKeepColumn *is = dmig_keep_column(live, names[i], error);
    const DmigKeepColumn *was = is && store ? dmig_keep_column(store, names[i], error) : is;
    if (was == NULL)
      return FALSE;
    g_autoptr(GString) value = g_string_new(NULL);
    dmig_keep_append_value(value, self->db->dialect, store != NULL ? "k" : "t", names[i],
                           was->type, is->type);
    g_autofree char *image = self->keeping->image(value->str);
    g_string_append_printf(sql, "%s%s", i > 0 ? " || ',' || " : "", image);
  }
  return TRUE;
}

gboolean
dmig_keep_quietly(DmigKeep *self, const char *path, gboolean writes, DmigKeepWork work,
                  gpointer data, GError **error)
{
  g_autofree char *undo = NULL;
  g_autoptr(DmigKeepTable) live = NULL;
  if (self->keeping->hush(self->db, path, writes, &undo, error)
      && self->keeping->look(self->db, path, FALSE, &live, error)
      && work(self, live, data, error))
    return self->keeping->unhush(self->db, undo, error);
  self->keeping->unhush(self->db, NULL, NULL);
  return FALSE;
}

/* --- the table that keeps ---------------------------------------------------------------------- */

typedef struct {
  const DmigKeepsake *keepsake;
  guint64 number;
} Taking;

/* A table of dmig's own and what goes into it, column by column. */
typedef struct {
  DmigKeep *keep;
  char *table; /* spelled */
  char *place;
  GString *definitions, *names, *values;
} Filling;

static void
filling_clear(Filling *self)
{
  g_free(self->table);
  g_free(self->place);
  g_string_free(self->definitions, TRUE);
  g_string_free(self->names, TRUE);
  g_string_free(self->values, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Filling, filling_clear)

static Filling
filling_new(DmigKeep *keep, char *place_owned)
{
  return (Filling){ keep, keep->db->dialect->tracking_table(place_owned), place_owned,
                    g_string_new(NULL), g_string_new(NULL), g_string_new(NULL) };
}

static void
add(Filling *self, const char *name, const char *type, const char *value)
{
  const char *comma = self->names->len > 0 ? ", " : "";
  const DmigDialect *dialect = self->keep->db->dialect;
  dmig_sql_appendf(self->definitions, dialect, "%s%I%s%s", comma, name, *type != '\0' ? " " : "",
                   type);
  dmig_sql_appendf(self->names, dialect, "%s%I", comma, name);
  g_string_append_printf(self->values, "%s%s", comma, value);
}

static void
add_live(Filling *self, const DmigKeepColumn *column, const char *as)
{
  g_autoptr(GString) value = g_string_new(NULL);
  dmig_keep_append_value(value, self->keep->db->dialect, "t", column->name, column->type,
                         column->kept);
  add(self, as, column->kept, value->str);
}

static gboolean
add_key(Filling *self, const DmigKeepTable *live, const DmigKeepsake *keepsake, GError **error)
{
  for (guint i = 0; keepsake->key[i] != NULL; i++) {
    const DmigKeepColumn *column = dmig_keep_column(live, keepsake->key[i], error);
    if (column == NULL)
      return FALSE;
    add_live(self, column, keepsake->home[i]);
  }
  return TRUE;
}

/* Makes the table and fills it with what `from` gives. */
static gboolean
fill(Filling *self, const char *from, gint64 *out_rows, GError **error)
{
  DmigDatabase *db = self->keep->db;
  g_autofree char *create =
      g_strdup_printf("CREATE TABLE %s (%s);\n", self->table, self->definitions->str);
  g_autofree char *insert = g_strdup_printf("INSERT INTO %s (%s) SELECT %s FROM %s;\n", self->table,
                                            self->names->str, self->values->str, from);
  if (!db->driver->exec(db, create, error)
      || (self->keep->keeping->seclude != NULL
          && !self->keep->keeping->seclude(db, self->place, error))
      || !db->driver->exec(db, insert, error))
    return FALSE;
  *out_rows = db->affected;
  return TRUE;
}

static gboolean
drop(DmigKeep *self, const char *place, GError **error)
{
  g_autofree char *table = self->db->dialect->tracking_table(place);
  g_autofree char *sql = g_strdup_printf("DROP TABLE %s;\n", table);
  return self->db->driver->exec(self->db, sql, error);
}

/* `rows` -1: not known yet. */
static gboolean
record(DmigKeep *self, const Taking *taking, gint64 rows, GError **error)
{
  g_autofree char *kept = self->db->dialect->tracking_table("kept");
  g_autofree char *now = dmig_tracking_now();
  g_autofree char *place = dmig_keep_place(taking->number);
  g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, rows);
  g_autoptr(GString) sql = g_string_new(NULL);
  dmig_sql_appendf(sql, self->db->dialect,
                   "INSERT INTO %s (number, run, revision, direction, kind, name, place, since, rows) "
                   "VALUES (%u, %S, %S, %S, %S, %S, %S, %S, %s);\n",
                   kept, (guint) taking->number, self->keeper->run, self->keeper->revision,
                   dmig_keep_direction(self->keeper->down),
                   dmig_keepsake_kind_name(taking->keepsake->kind), taking->keepsake->name, place,
                   now, rows < 0 ? "NULL" : number);
  return self->db->driver->exec(self->db, sql->str, error);
}

/* What is empty needs no keeping. */
static gboolean
settle(DmigKeep *self, const Taking *taking, const Filling *filling, gint64 rows, GError **error)
{
  self->rows += rows;
  return rows > 0 ? record(self, taking, rows, error) : drop(self, filling->place, error);
}

static gboolean
take_rows(DmigKeep *self, const DmigKeepTable *live, const Taking *taking, GError **error)
{
  g_auto(Filling) filling = filling_new(self, dmig_keep_place(taking->number));
  g_autofree char *from = g_strconcat(live->reference, " AS t", NULL);
  gint64 rows = 0;
  if (live->hidden != NULL) {
    g_autofree char *hidden = g_strconcat("t.", live->hidden, NULL);
    add(&filling, DMIG_KEEP_ROWID, "bigint", hidden);
  }
  for (guint i = 0; i < live->columns->len; i++) {
    const DmigKeepColumn *column = g_ptr_array_index(live->columns, i);
    if (!column->computed)
      add_live(&filling, column, column->name);
  }
  /* Rows without values count all the same. */
  if (filling.names->len == 0)
    add(&filling, DMIG_KEEP_NTH, "bigint", "row_number() OVER ()");
  return fill(&filling, from, &rows, error) && settle(self, taking, &filling, rows, error);
}

static gboolean
take_column(DmigKeep *self, const DmigKeepTable *live, const Taking *taking, GError **error)
{
  const DmigKeepsake *keepsake = taking->keepsake;
  g_auto(Filling) filling = filling_new(self, dmig_keep_place(taking->number));
  g_autofree char *from = g_strconcat(live->reference, " AS t", NULL);
  const DmigKeepColumn *column = dmig_keep_column(live, keepsake->column, error);
  gint64 rows = 0;
  if (keepsake->loose)
    add(&filling, DMIG_KEEP_NTH, "bigint", "row_number() OVER ()");
  if (column == NULL || !add_key(&filling, live, keepsake, error))
    return FALSE;
  add_live(&filling, column, column->name);
  return fill(&filling, from, &rows, error) && settle(self, taking, &filling, rows, error);
}

/* VALUES wait beside their table until the step has shown what it makes of them. */
static char *
waiting_place(guint64 number)
{
  g_autofree char *place = dmig_keep_place(number);
  return g_strconcat(place, "_before", NULL);
}

static gboolean
take_before(DmigKeep *self, const DmigKeepTable *live, const Taking *taking, GError **error)
{
  g_auto(Filling) filling = filling_new(self, waiting_place(taking->number));
  g_autofree char *from = g_strconcat(live->reference, " AS t", NULL);
  const DmigKeepColumn *column = dmig_keep_column(live, taking->keepsake->column, error);
  gint64 rows = 0;
  if (column == NULL || !add_key(&filling, live, taking->keepsake, error))
    return FALSE;
  add_live(&filling, column, DMIG_KEEP_BEFORE);
  return fill(&filling, from, &rows, error) && record(self, taking, -1, error);
}

static gboolean
take_one(DmigKeep *self, const DmigKeepTable *live, gpointer data, GError **error)
{
  const Taking *taking = data;
  switch (taking->keepsake->kind) {
  case DMIG_KEEPSAKE_ROWS:
    return take_rows(self, live, taking, error);
  case DMIG_KEEPSAKE_COLUMN:
    return take_column(self, live, taking, error);
  case DMIG_KEEPSAKE_VALUES:
    return take_before(self, live, taking, error);
  }
  g_return_val_if_reached(FALSE);
}

static gboolean
take(DmigKeep *self, const DmigKeepsake *keepsake, GError **error)
{
  g_autofree char *kept = self->db->dialect->tracking_table("kept");
  g_autofree char *sql = g_strdup_printf("SELECT coalesce(max(number), 0) + 1 FROM %s", kept);
  gint64 number = 0;
  if (!dmig_database_count(self->db, sql, &number, error))
    return FALSE;
  Taking taking = { keepsake, (guint64) number };
  if (dmig_keep_quietly(self, keepsake->table, FALSE, take_one, &taking, error))
    return TRUE;
  g_prefix_error(error, "can't keep %s beside the data ('--no-keep' goes without): ",
                 keepsake->name);
  return FALSE;
}

/* --- what the step made of it ------------------------------------------------------------------ */

/* 0: nothing waits. */
static gboolean
find_waiting(DmigKeep *self, const DmigKeepsake *keepsake, guint64 *out_number, GError **error)
{
  g_autofree char *kept = self->db->dialect->tracking_table("kept");
  g_autofree char *sql = dmig_sql_printf(
      self->db->dialect,
      "SELECT coalesce(max(number), 0) FROM %s WHERE run = %S AND revision = %S AND direction = %S "
      "AND kind = 'values' AND name = %S AND rows IS NULL",
      kept, self->keeper->run, self->keeper->revision, dmig_keep_direction(self->keeper->down),
      keepsake->name);
  gint64 number = 0;
  if (!dmig_database_count(self->db, sql, &number, error))
    return FALSE;
  *out_number = (guint64) number;
  return TRUE;
}

static gboolean
add_difference(Filling *self, const DmigKeepTable *live, const DmigKeepTable *waiting,
               const DmigKeepsake *keepsake, GString *from, GError **error)
{
  const DmigKeepColumn *column = dmig_keep_column(live, keepsake->column, error);
  const DmigDialect *dialect = self->keep->db->dialect;
  if (column == NULL)
    return FALSE;
  for (guint i = 0; i < waiting->columns->len; i++) {
    const DmigKeepColumn *was = g_ptr_array_index(waiting->columns, i);
    g_autofree char *value = dmig_sql_printf(dialect, "k.%I", was->name);
    add(self, was->name, was->type, value);
  }
  g_autofree char *live_value = dmig_sql_printf(dialect, "t.%I", column->name);
  g_autofree char *after = self->keep->keeping->image(live_value);
  g_autofree char *before = self->keep->keeping->image("k." DMIG_KEEP_BEFORE);
  add(self, DMIG_KEEP_AFTER, "text", after);
  add(self, DMIG_KEEP_SAME, "integer", "0");
  g_string_append_printf(from, "%s AS k JOIN %s AS t ON ", waiting->reference, live->reference);
  if (!dmig_keep_append_match(from, self->keep, live, waiting, keepsake->key, keepsake->home, error))
    return FALSE;
  g_string_append_printf(from, " WHERE %s <> %s", before, after);
  return TRUE;
}

static gboolean
compare_values(DmigKeep *self, const DmigKeepTable *live, gpointer data, GError **error)
{
  const Taking *taking = data;
  g_auto(Filling) filling = filling_new(self, dmig_keep_place(taking->number));
  g_autofree char *place = waiting_place(taking->number);
  g_autofree char *kept = self->db->dialect->tracking_table("kept");
  g_autofree char *forget = g_strdup_printf(
      "DELETE FROM %s WHERE number = %" G_GUINT64_FORMAT ";\n", kept, taking->number);
  g_autoptr(DmigKeepTable) waiting = NULL;
  g_autoptr(GString) from = g_string_new(NULL);
  gint64 rows = 0;
  return self->keeping->look(self->db, place, TRUE, &waiting, error)
         && add_difference(&filling, live, waiting, taking->keepsake, from, error)
         && fill(&filling, from->str, &rows, error) && drop(self, place, error)
         && self->db->driver->exec(self->db, forget, error)
         && settle(self, taking, &filling, rows, error);
}

static gboolean
note_values(DmigKeep *self, const DmigKeepsake *keepsake, GError **error)
{
  Taking taking = { keepsake, 0 };
  if (!find_waiting(self, keepsake, &taking.number, error))
    return FALSE;
  if (taking.number == 0
      || dmig_keep_quietly(self, keepsake->table, FALSE, compare_values, &taking, error))
    return TRUE;
  g_prefix_error(error, "can't keep %s beside the data ('--no-keep' goes without): ",
                 keepsake->name);
  return FALSE;
}

/* --- the whole --------------------------------------------------------------------------------- */

gboolean
dmig_keep_before(const DmigKeeper *keeper, DmigDatabase *db, const DmigStep *step,
                 gint64 *out_rows, GError **error)
{
  DmigKeep self = { keeper, db, db->driver->keeping, 0 };
  for (guint i = 0; !keeper->no_keep && i < step->takes->len; i++)
    if (!take(&self, g_ptr_array_index(step->takes, i), error))
      return FALSE;
  for (guint i = 0; i < step->brings->len; i++) {
    const DmigKeepsake *keepsake = g_ptr_array_index(step->brings, i);
    if (keepsake->kind == DMIG_KEEPSAKE_VALUES && !dmig_keep_mark(&self, keepsake, error))
      return FALSE;
  }
  if (out_rows != NULL)
    *out_rows = self.rows;
  return TRUE;
}

gboolean
dmig_keep_after(const DmigKeeper *keeper, DmigDatabase *db, const DmigStep *step,
                gint64 *out_rows, GError **error)
{
  DmigKeep self = { keeper, db, db->driver->keeping, 0 };
  for (guint i = 0; !keeper->no_keep && i < step->takes->len; i++) {
    const DmigKeepsake *keepsake = g_ptr_array_index(step->takes, i);
    if (keepsake->kind == DMIG_KEEPSAKE_VALUES && !note_values(&self, keepsake, error))
      return FALSE;
  }
  self.rows = 0;
  for (guint i = 0; i < step->brings->len; i++)
    if (!dmig_keep_bring(&self, g_ptr_array_index(step->brings, i), error))
      return FALSE;
  if (out_rows != NULL)
    *out_rows = self.rows;
  return TRUE;
}
