#include <glib/gstdio.h>
#include <string.h>

#include "cmd/chain.h"
#include "cmd/pair.h"
#include "cmd/ui/editor.h"
#include "core/plan/migration_file.h"

/* A file in the editor, and the text that it is for. */
typedef struct {
  DmigPair *pair;
  char **text;
  char *path;
} Edited;

static void
edited_clear(gpointer data)
{
  Edited *self = data;
  g_free(self->path);
}

static char *
edited_path(const char *folder, const DmigPair *pair, const char *direction)
{
  g_autofree char *name = g_strdup_printf("EDIT-%s-%s.sql", pair->dialect->name, direction);
  return g_build_filename(folder, name, NULL);
}

void
dmig_pairs_forget_edits(GPtrArray *pairs, const char *folder)
{
  for (guint i = 0; i < pairs->len; i++) {
    g_autofree char *upgrade = edited_path(folder, g_ptr_array_index(pairs, i), "upgrade");
    g_autofree char *downgrade = edited_path(folder, g_ptr_array_index(pairs, i), "downgrade");
    g_unlink(upgrade);
    g_unlink(downgrade);
  }
}

static gboolean
open_file(GArray *files, const char *folder, DmigPair *pair, const char *direction, char **text,
          GError **error)
{
  Edited file = { pair, text, edited_path(folder, pair, direction) };
  g_autoptr(GError) problem = NULL;
  gboolean written = g_file_set_contents(file.path, *text, -1, &problem);
  g_array_append_val(files, file);
  if (!written)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s", problem->message);
  return written;
}

/* The mark stands below the first line, which is dmig's own. */
static char *
mark(const char *text)
{
  if (strstr(text, DMIG_EDITED_LINE) != NULL)
    return g_strdup(text);
  const char *first_end = strchr(text, '\n');
  if (!g_str_has_prefix(text, "-- dmig migration ") || first_end == NULL)
    return g_strconcat(DMIG_EDITED_LINE "\n", text, NULL);
  return g_strdup_printf("%.*s\n" DMIG_EDITED_LINE "\n%s", (int) (first_end - text), text,
                         first_end + 1);
}

static gboolean
take_back(Edited *file, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) problem = NULL;
  gsize length = 0;
  if (!g_file_get_contents(file->path, &text, &length, &problem)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s", problem->message);
    return FALSE;
  }
  g_autofree char *name = g_path_get_basename(file->path);
  if (strlen(text) != length || !g_utf8_validate(text, length, NULL)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_INVALID, "%s: the edited file is no UTF-8 text",
                name);
    return FALSE;
  }
  g_autoptr(DmigPlan) plan = dmig_migration_file_read(name, text, file->pair->dialect, error);
  if (plan == NULL)
    return FALSE;
  if (dmig_migration_file_same(*file->text, text))
    return TRUE;
  file->pair->edited = TRUE;
  /* What the author made of the one form is not in the other. */
  g_clear_pointer(file->text == &file->pair->upgrade ? &file->pair->upgrade_online
                                                     : &file->pair->downgrade_online,
                  g_free);
  if (file->text == &file->pair->upgrade) {
    dmig_plan_free(file->pair->plan);
    file->pair->plan = g_steal_pointer(&plan);
  } else {
    file->pair->way_back = plan->loss;
  }
  g_free(*file->text);
  *file->text = mark(text);
  return TRUE;
}

gboolean
dmig_pairs_edit(GPtrArray *pairs, const char *folder, const char *editor, GError **error)
{
  g_autoptr(GArray) files = g_array_new(FALSE, FALSE, sizeof(Edited));
  g_array_set_clear_func(files, edited_clear);
  for (guint i = 0; i < pairs->len; i++) {
    DmigPair *pair = g_ptr_array_index(pairs, i);
    if (!open_file(files, folder, pair, "upgrade", &pair->upgrade, error)
        || !open_file(files, folder, pair, "downgrade", &pair->downgrade, error))
      return FALSE;
  }
  g_autoptr(GPtrArray) paths = g_ptr_array_new();
  for (guint i = 0; i < files->len; i++)
    g_ptr_array_add(paths, g_array_index(files, Edited, i).path);
  g_ptr_array_add(paths, NULL);
  if (!dmig_editor_run(editor, (char *const *)paths->pdata, error))
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    if (!take_back(&g_array_index(files, Edited, i), error))
      return FALSE;
  return TRUE;
}
