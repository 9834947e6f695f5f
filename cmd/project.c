#include "cmd/project.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/consume.h"

char *
dmig_project_folder(DmigContext *context)
{
  if (context->store != NULL)
    return g_strdup(dmig_store_folder(context->store));
  g_autofree char *store = dmig_store_find(context->git_dir, NULL);
  if (store == NULL)
    return g_get_current_dir();
  return dmig_store_folder_around(store);
}

/* `folder` as seen from the current folder: "" for the same, `../` for one above. */
static char *
folder_prefix(const char *folder)
{
  g_autofree char *here = g_get_current_dir();
  g_autofree char *real = g_canonicalize_filename(folder, NULL);
  gsize length = strlen(real);
  if (g_str_has_prefix(real, "/") && length > 1 && real[length - 1] == '/')
    length--;
  if (strncmp(here, real, length) != 0 || (here[length] != '/' && here[length] != '\0'))
    return g_strconcat(real, "/", NULL);

  GString *prefix = g_string_new(NULL);
  for (const char *p = here + length; *p != '\0'; p++)
    if (*p == '/' && p[1] != '\0')
      g_string_append(prefix, "../");
  return g_string_free(prefix, FALSE);
}

char *
dmig_project_path(DmigContext *context, const char *name)
{
  if (g_path_is_absolute(name))
    return g_strdup(name);
  g_autofree char *folder = dmig_project_folder(context);
  g_autofree char *prefix = folder_prefix(folder);
  return g_strconcat(prefix, name, NULL);
}

gboolean
dmig_project_check_file(const char *path, GError **error)
{
  GStatBuf status;
  if (g_stat(path, &status) != 0 || S_ISDIR(status.st_mode) || S_ISREG(status.st_mode))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
              "%s is no file but a pipe or a device; put a file in its place", path);
  return FALSE;
}

char *
dmig_project_domain(DmigContext *context, GError **error)
{
  char *configured = dmig_context_config(context, "dmig.domain");
  if (configured != NULL)
    return configured;
  g_autofree char *file = dmig_project_path(context, "domain.yaml");
  g_autofree char *folder = dmig_project_path(context, "domain");
  gboolean has_file = g_file_test(file, G_FILE_TEST_EXISTS);
  gboolean has_folder = g_file_test(folder, G_FILE_TEST_IS_DIR);
  if (has_file && has_folder) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "both %s and %s/ are there; say which with 'dmig config dmig.domain NAME'", file,
                folder);
    return NULL;
  }
  if (!has_file && !has_folder) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "there is no domain here: write %s, or *.yaml files in %s/", file, folder);
    return NULL;
  }
  if (has_file && !dmig_project_check_file(file, error))
    return NULL;
  return g_strdup(has_file ? "domain.yaml" : "domain");
}

gboolean
dmig_project_change(DmigContext *context, DmigSource **out, GError **error)
{
  g_autofree char *path = dmig_project_path(context, "change.yaml");
  g_autoptr(GError) problem = NULL;
  char *text = NULL;
  gsize length = 0;
  if (!dmig_project_check_file(path, error))
    return FALSE;
  if (!g_file_get_contents(path, &text, &length, &problem)) {
    if (g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
      *out = NULL;
      return TRUE;
    }
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s", problem->message);
    return FALSE;
  }
  g_autoptr(GBytes) bytes = g_bytes_new_take(text, length);
  *out = dmig_consume_is_leftover(context, bytes) ? NULL : dmig_source_new(path, bytes);
  return TRUE;
}
