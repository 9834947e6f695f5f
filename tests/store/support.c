#include "tests/store/support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
clear_environment(const char *home)
{
  g_auto(GStrv) names = g_listenv();
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_has_prefix(names[i], "GIT_") || g_str_has_prefix(names[i], "DMIG_")
        || strcmp(names[i], "EMAIL") == 0 || strcmp(names[i], "SOURCE_DATE_EPOCH") == 0)
      g_unsetenv(names[i]);
  g_unsetenv("XDG_CONFIG_HOME");
  g_setenv("HOME", home, TRUE);
  g_setenv("GIT_CONFIG_NOSYSTEM", "1", TRUE);
  g_setenv("TZ", "UTC0", TRUE);
}

int
place_setup(void **state)
{
  Place *place = g_new0(Place, 1);
  place->root = g_dir_make_tmp("dmig-test-XXXXXX", NULL);
  place->home = g_build_filename(place->root, "home", NULL);
  place->folder = g_build_filename(place->root, "work", NULL);
  *state = place;
  if (g_mkdir(place->home, 0777) != 0 || g_mkdir(place->folder, 0777) != 0
      || g_chdir(place->folder) != 0)
    return -1;
  clear_environment(place->home);
  return 0;
}

int
place_setup_store(void **state)
{
  if (place_setup(state) != 0)
    return -1;
  Place *place = *state;
  g_setenv("GIT_AUTHOR_NAME", "Ada", TRUE);
  g_setenv("GIT_AUTHOR_EMAIL", "ada@example.com", TRUE);
  g_setenv("GIT_COMMITTER_NAME", "Charles", TRUE);
  g_setenv("GIT_COMMITTER_EMAIL", "charles@example.com", TRUE);
  place->store = dmig_store_init(place->folder, NULL);
  return place->store != NULL ? 0 : -1;
}

int
place_teardown(void **state)
{
  Place *place = *state;
  dmig_store_free(place->store);
  g_chdir("/");
  g_free(run("chmod", "-R", "u+rwx", place->root, NULL));
  g_free(run("rm", "-rf", place->root, NULL));
  g_free(place->root);
  g_free(place->home);
  g_free(place->folder);
  g_free(place);
  return 0;
}

static char *
run_list(int *out_status, const char *program, va_list arguments)
{
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_ptr_array_add(argv, (gpointer)program);
  for (const char *argument; (argument = va_arg(arguments, const char *)) != NULL;)
    g_ptr_array_add(argv, (gpointer)argument);
  g_ptr_array_add(argv, NULL);

  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr(GError) error = NULL;
  int status = 0;
  if (!g_spawn_sync(NULL, (char **) argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                    &errors, &status, &error)) {
    *out_status = -1;
    return g_strdup(error->message);
  }
  *out_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return g_strconcat(output, errors, NULL);
}

char *
run_status(int *out_status, const char *program, ...)
{
  va_list arguments;
  va_start(arguments, program);
  char *text = run_list(out_status, program, arguments);
  va_end(arguments);
  return text;
}

char *
run(const char *program, ...)
{
  int status;
  va_list arguments;
  va_start(arguments, program);
  char *text = run_list(&status, program, arguments);
  va_end(arguments);
  if (status != 0)
    fail_msg("%s ended with %d: %s", program, status, text);
  return text;
}

void
write_file(const char *path, const char *text)
{
  g_autofree char *folder = g_path_get_dirname(path);
  g_autoptr(GError) error = NULL;
  g_mkdir_with_parents(folder, 0777);
  if (!g_file_set_contents(path, text, -1, &error))
    fail_msg("%s", error->message);
}

char *
read_file(const char *path)
{
  char *text = NULL;
  g_autoptr(GError) error = NULL;
  if (!g_file_get_contents(path, &text, NULL, &error))
    fail_msg("%s", error->message);
  return text;
}

guint
file_mode(const char *path)
{
  struct stat status;
  if (stat(path, &status) != 0)
    fail_msg("there is no %s", path);
  return status.st_mode & 07777;
}

GPtrArray *
files_new(const char *path, ...)
{
  GPtrArray *files = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_store_file_free);
  va_list arguments;
  va_start(arguments, path);
  while (path != NULL) {
    const char *text = va_arg(arguments, const char *);
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_ptr_array_add(files, dmig_store_file_new(path, bytes));
    path = va_arg(arguments, const char *);
  }
  va_end(arguments);
  return files;
}

char *
commit_text(Place *place, const char *parent, const char *text)
{
  g_autoptr(GPtrArray) files = files_new("domain.yaml", text, NULL);
  g_autoptr(GError) error = NULL;
  char *id = dmig_store_commit(place->store, parent, NULL, files, text, NULL, &error);
  if (id == NULL)
    fail_msg("%s", error->message);
  return id;
}

void
assert_error(GError **error, DmigErrorCode code, const char *part)
{
  if (*error == NULL)
    fail_msg("there is no error; expected one with '%s'", part);
  if ((*error)->domain != DMIG_ERROR || (*error)->code != (int) code)
    fail_msg("another code than expected: %d: %s", (*error)->code, (*error)->message);
  assert_contains((*error)->message, part);
  assert_null(strchr((*error)->message, '\n'));
  g_clear_error(error);
}

void
assert_contains(const char *text, const char *part)
{
  if (strstr(text, part) == NULL)
    fail_msg("'%s' is not in '%s'", part, text);
}
