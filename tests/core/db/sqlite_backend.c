#include <string.h>

#include <glib/gstdio.h>

#include "core/db/sqlite/sqlite.h"
#include "tests/core/db/backend.h"

static char *folder;

static gboolean
start(void)
{
  folder = g_dir_make_tmp("dmig-test-XXXXXX", NULL);
  return folder != NULL;
}

static void
stop(void)
{
  g_rmdir(folder);
  g_clear_pointer(&folder, g_free);
}

static char *
create(void)
{
  static guint n;
  g_autofree char *path = g_strdup_printf("%s/test %u.db", folder, ++n);
  g_autoptr(GError) error = NULL;
  if (!g_file_set_contents(path, "", 0, &error))
    g_error("%s", error->message);
  return g_strconcat("sqlite:", path, NULL);
}

static void
drop(const char *url)
{
  static const char *const endings[] = { "", "-journal", "-wal", "-shm" };
  for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
    g_autofree char *path = g_strconcat(url + strlen("sqlite:"), endings[i], NULL);
    g_unlink(path);
  }
}

const Backend sqlite_backend = {
  .driver = &dmig_sqlite_driver,
  .start = start,
  .stop = stop,
  .create = create,
  .drop = drop,
};
