/* What is kept: looking, and letting go. */
#include "core/apply/keep/parts.h"
#include "core/apply/tracking/layout.h"
#include "core/sql/text.h"

/* Since when there is the table `kept`. */
#define LAYOUT 2

void
dmig_kept_free(DmigKept *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->revision);
  g_free(self->run);
  g_free(self->since);
  g_free(self);
}

static DmigKeepsakeKind
kind_of(const char *name)
{
  for (int kind = DMIG_KEEPSAKE_ROWS; kind < DMIG_KEEPSAKE_VALUES; kind++)
    if (g_str_equal(name, dmig_keepsake_kind_name((DmigKeepsakeKind) kind)))
      return (DmigKeepsakeKind) kind;
  return DMIG_KEEPSAKE_VALUES;
}

static DmigKept *
kept_of_row(DmigDatabase *db, const DmigRows *rows, guint i)
{
  DmigKept *self = g_new0(DmigKept, 1);
  const char *count = dmig_rows_get(rows, i, 6);
  g_autofree char *place = NULL;
  self->number = g_ascii_strtoull(dmig_rows_get(rows, i, 0), NULL, 10);
  self->kind = kind_of(dmig_rows_get(rows, i, 1));
  self->name = g_strdup(dmig_rows_get(rows, i, 2));
  self->revision = g_strdup(dmig_rows_get(rows, i, 3));
  self->run = g_strdup(dmig_rows_get(rows, i, 4));
  self->since = g_strdup(dmig_rows_get(rows, i, 5));
  self->rows = count != NULL ? g_ascii_strtoll(count, NULL, 10) : 0;
  self->restored = dmig_rows_get(rows, i, 7) != NULL;
  self->down = g_str_equal(dmig_rows_get(rows, i, 8), dmig_keep_direction(TRUE));
  place = dmig_keep_place(self->number);
  self->bytes = db->driver->keeping->size(db, place);
  return self;
}

gboolean
dmig_kept_list(DmigDatabase *db, GPtrArray **out, GError **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_kept_free);
  g_autofree char *kept = db->dialect->tracking_table("kept");
  g_autofree char *sql = g_strdup_printf("SELECT number, kind, name, revision, run, since, rows, "
                                         "restored, direction FROM %s ORDER BY number",
                                         kept);
  g_autoptr(DmigRows) rows = NULL;
  guint version = 0;
  if (!dmig_tracking_layout_version(db, &version, error))
    return FALSE;
  if (version >= LAYOUT && !db->driver->query(db, sql, NULL, 0, &rows, error))
    return FALSE;
  for (guint i = 0; rows != NULL && i < rows->rows->len; i++)
    g_ptr_array_add(list, kept_of_row(db, rows, i));
  *out = g_steal_pointer(&list);
  return TRUE;
}

GPtrArray *
dmig_kept_select(GPtrArray *kept, const char *before, const char *run)
{
  GPtrArray *chosen = g_ptr_array_new();
  for (guint i = 0; i < kept->len; i++) {
    const DmigKept *item = g_ptr_array_index(kept, i);
    if ((before == NULL || g_strcmp0(item->since, before) < 0)
        && (run == NULL || g_str_has_prefix(item->run, run)))
      g_ptr_array_add(chosen, (gpointer) item);
  }
  return chosen;
}

gboolean
dmig_kept_purge(DmigDatabase *db, const char *before, const char *run, GPtrArray **out_purged,
                GError **error)
{
  g_autoptr(GPtrArray) all = NULL;
  if (!dmig_kept_list(db, &all, error))
    return FALSE;
  g_autoptr(GPtrArray) chosen = dmig_kept_select(all, before, run);
  g_autoptr(GPtrArray) purged = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_kept_free);
  g_autoptr(GString) sql = g_string_new(NULL);
  g_autofree char *kept = db->dialect->tracking_table("kept");
  for (guint i = 0; i < chosen->len; i++) {
    const DmigKept *item = g_ptr_array_index(chosen, i);
    g_autofree char *place = dmig_keep_place(item->number);
    g_autofree char *table = db->dialect->tracking_table(place);
    g_string_append_printf(sql,
                           "DROP TABLE IF EXISTS %s;\n"
                           "DELETE FROM %s WHERE number = %" G_GUINT64_FORMAT ";\n",
                           table, kept, item->number);
  }
  const char *const scripts[] = { sql->str };
  guint failed = 0;
  if (chosen->len > 0 && !db->driver->run(db, scripts, 1, &failed, error))
    return FALSE;
  for (guint i = 0; i < chosen->len; i++)
    for (guint k = 0; k < all->len; k++)
      if (all->pdata[k] == chosen->pdata[i])
        g_ptr_array_add(purged, g_ptr_array_steal_index(all, k));
  *out_purged = g_steal_pointer(&purged);
  return TRUE;
}
