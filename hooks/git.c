#include "hooks/git.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A file in memory: as standard input and output of git it can't fill up like a pipe. -1 and the
 * error. */
static int
memory_file(GBytes *content, GError **error)
{
  int fd = memfd_create("dmig-git", MFD_CLOEXEC);
  gsize size = 0;
  const char *data = content != NULL ? g_bytes_get_data(content, &size) : NULL;
  for (gsize done = 0; fd >= 0 && done < size;) {
    ssize_t written = write(fd, data + done, size - done);
    if (written < 0 && errno != EINTR) {
      close(fd);
      fd = -1;
    } else if (written > 0) {
      done += written;
    }
  }
  if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot run git: %s", g_strerror(errno));
  return fd;
}

static GBytes *
read_back(int fd, GError **error)
{
  struct stat status;
  if (fstat(fd, &status) != 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot read what git says: %s",
                g_strerror(errno));
    return NULL;
  }
  g_autofree char *data = g_malloc(status.st_size + 1);
  gsize done = 0;
  while (done < (gsize) status.st_size) {
    ssize_t count = pread(fd, data + done, status.st_size - done, done);
    if (count <= 0 && errno != EINTR)
      break;
    done += MAX(count, 0);
  }
  data[done] = '\0';
  return g_bytes_new_take(g_steal_pointer(&data), done);
}

/* The files of one run of git; closed whatever becomes of it. */
typedef struct {
  int input, output, errors;
} Files;

static void
files_clear(Files *self)
{
  if (self->input >= 0)
    close(self->input);
  if (self->output >= 0)
    close(self->output);
  if (self->errors >= 0)
    close(self->errors);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Files, files_clear)

static gboolean
wait_for(GPid child, gboolean *out_success)
{
  int status;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return FALSE;
  *out_success = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return TRUE;
}

static gboolean
spawn(const char *where, const char *const *arguments, char **environment, const Files *files,
      gboolean *out_success, GError **error)
{
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_ptr_array_add(argv, (gpointer) "git");
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add(argv, (gpointer)*arguments);
  g_ptr_array_add(argv, NULL);

  GPid child;
  g_autoptr(GError) reason = NULL;
  if (!g_spawn_async_with_fds(where, (char **) argv->pdata, environment,
                              G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &child,
                              files->input, files->output, files->errors, &reason)) {
    if (g_error_matches(reason, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
                  "git is not on the PATH; install it to use hooks");
    else
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot run git: %s", reason->message);
    return FALSE;
  }
  if (wait_for(child, out_success))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot wait for git: %s", g_strerror(errno));
  return FALSE;
}

static void
set_failure(int errors, GError **error)
{
  g_autoptr(GBytes) bytes = read_back(errors, NULL);
  g_autofree char *text = g_strdup(bytes != NULL ? g_bytes_get_data(bytes, NULL) : "");
  g_strstrip(g_strdelimit(text, "\r\n", ' '));
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "git failed: %s",
              g_str_has_prefix(text, "fatal: ") ? text + strlen("fatal: ") : text);
}

static gboolean
run(const char *where, const char *const *arguments, char **environment, GBytes *input,
    GBytes **out_output, GError **error)
{
  g_auto(Files) files = { -1, -1, -1 };
  gboolean success;
  if ((files.input = memory_file(input, error)) < 0 || (files.output = memory_file(NULL, error)) < 0
      || (files.errors = memory_file(NULL, error)) < 0
      || !spawn(where, arguments, environment, &files, &success, error))
    return FALSE;
  if (!success) {
    set_failure(files.errors, error);
    return FALSE;
  }
  *out_output = read_back(files.output, error);
  return *out_output != NULL;
}

gboolean
dmig_git_run(const DmigGit *self, const char *where, const char *const *arguments, GBytes *input,
             GBytes **out_output, GError **error)
{
  return run(where, arguments, self->environment, input, out_output, error);
}

/* The working tree's top as it is found from `folder`, whatever repository the environment means.
 */
static char *
discover(const char *folder, GError **error)
{
  static const char *const variables[]
      = { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR" };
  static const char *const arguments[] = { "rev-parse", "--show-toplevel", NULL };
  g_auto(GStrv) environment = g_get_environ();
  for (guint i = 0; i < G_N_ELEMENTS(variables); i++)
    environment = g_environ_unsetenv(environment, variables[i]);

  g_autoptr(GBytes) output = NULL;
  if (!run(folder, arguments, environment, NULL, &output, error))
    return NULL;
  /* Not all white space at its end: a folder's name may have some, too. */
  char *top = g_strdup(g_bytes_get_data(output, NULL));
  if (g_str_has_suffix(top, "\n"))
    top[strlen(top) - 1] = '\0';
  return top;
}

static char **
with_absolute(char **environment, const char *variable, const char *top)
{
  const char *value = g_environ_getenv(environment, variable);
  if (value == NULL || *value == '\0' || g_path_is_absolute(value))
    return environment;
  g_autofree char *path = g_canonicalize_filename(value, top);
  return g_environ_setenv(environment, variable, path, TRUE);
}

/* Git gives a hook paths that are relative to the top of the working tree, and in a linked one a
 * GIT_DIR that makes any current folder the top. */
static char **
environment_for(const char *top)
{
  char **environment = g_get_environ();
  environment = with_absolute(environment, "GIT_DIR", top);
  environment = with_absolute(environment, "GIT_INDEX_FILE", top);
  environment = with_absolute(environment, "GIT_WORK_TREE", top);
  if (g_environ_getenv(environment, "GIT_DIR") != NULL
      && g_environ_getenv(environment, "GIT_WORK_TREE") == NULL)
    environment = g_environ_setenv(environment, "GIT_WORK_TREE", top, TRUE);
  return environment;
}

gboolean
dmig_git_find(DmigGit *self, const char *folder, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename(folder, NULL);
  g_autoptr(GError) reason = NULL;
  g_autofree char *top = discover(absolute, &reason);
  if (top == NULL && strstr(reason->message, "not a git repository") != NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
                "there is no Git repository around '%s'; 'git init' makes one", absolute);
    return FALSE;
  }
  if (top == NULL) {
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
  }
  self->folder = g_steal_pointer(&absolute);
  self->environment = environment_for(top);
  self->top = g_steal_pointer(&top);
  return TRUE;
}

void
dmig_git_clear(DmigGit *self)
{
  g_clear_pointer(&self->folder, g_free);
  g_clear_pointer(&self->top, g_free);
  g_clear_pointer(&self->environment, g_strfreev);
}
