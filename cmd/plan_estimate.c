#include "cmd/plan_estimate.h"

#include <math.h>
#include <string.h>

#include "core/sql/path.h"

#define MEGABYTE (1024.0 * 1024.0)

struct _DmigSizes {
  GHashTable *tables; /* name for people -> Size* */
};

typedef struct {
  gint64 rows, bytes;
} Size;

void
dmig_sizes_free(DmigSizes *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref(self->tables);
  g_free(self);
}

DmigSizes *
dmig_sizes_read(DmigDatabase *db)
{
  g_autoptr(DmigRows) rows = NULL;
  if (db == NULL || db->dialect->table_sizes == NULL
      || !db->driver->query(db, db->dialect->table_sizes, NULL, 0, &rows, NULL)
      || rows->n_columns < 4)
    return NULL;
  DmigSizes *self = g_new0(DmigSizes, 1);
  g_autofree char *usual = dmig_database_default_schema(db);
  self->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < rows->rows->len; i++) {
    const char *schema = dmig_rows_get(rows, i, 0), *name = dmig_rows_get(rows, i, 1);
    const char *count = dmig_rows_get(rows, i, 2), *bytes = dmig_rows_get(rows, i, 3);
    if (name == NULL || bytes == NULL)
      continue;
    g_autofree char *path = dmig_path_new(g_strcmp0(schema, usual) == 0 ? NULL : schema, name);
    Size *size = g_new0(Size, 1);
    size->rows = count != NULL ? g_ascii_strtoll(count, NULL, 10) : -1;
    size->bytes = g_ascii_strtoll(bytes, NULL, 10);
    g_hash_table_insert(self->tables, dmig_path_text(path), size);
  }
  return self;
}

/* The table of the step: its object, or what stands before a dot of it. */
static const Size *
size_of(const DmigSizes *self, const char *object)
{
  const Size *size = g_hash_table_lookup(self->tables, object);
  g_autofree char *table = g_strdup(object);
  for (char *dot = strrchr(table, '.'); size == NULL && dot != NULL; dot = strrchr(table, '.')) {
    *dot = '\0';
    size = g_hash_table_lookup(self->tables, table);
  }
  return size;
}

/* Megabytes of a table in a second, at best and at worst. docs/online.md states them. */
typedef struct {
  double fast, slow;
} Pace;

static gboolean
pace_of(const DmigStep *step, Pace *out)
{
  if (step->batch != NULL)
    *out = (Pace){ 50, 3 };
  else if (step->rewrites)
    *out = (Pace){ 200, 15 };
  else if (g_str_equal(step->kind, "create-index"))
    *out = (Pace){ 150, 10 };
  else if (step->scans)
    *out = (Pace){ 1000, 50 };
  else
    return FALSE;
  return TRUE;
}

gboolean
dmig_sizes_estimate(const DmigSizes *self, const DmigStep *step, DmigEstimate *out)
{
  Pace pace;
  if (self == NULL || !pace_of(step, &pace))
    return FALSE;
  const Size *size = size_of(self, step->object);
  if (size == NULL)
    return FALSE;
  *out = (DmigEstimate){ size->rows, size->bytes, (double) size->bytes / MEGABYTE / pace.fast,
                         (double) size->bytes / MEGABYTE / pace.slow };
  return TRUE;
}

char *
dmig_estimate_text(const DmigEstimate *self)
{
  double unit = self->slowest >= 7200 ? 3600 : self->slowest >= 120 ? 60 : 1;
  const char *name = unit > 60 ? "h" : unit > 1 ? "min" : "s";
  int low = (int) floor(self->fastest / unit), high = (int) ceil(self->slowest / unit);
  if (self->slowest < 1)
    return g_strdup("under 1 s");
  if (low == 0)
    return g_strdup_printf("up to %d %s", high, name);
  return g_strdup_printf("%d-%d %s", low, high, name);
}
