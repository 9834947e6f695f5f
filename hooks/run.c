#include "hooks/run.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"

#define OUTPUT_KEPT (64 * 1024)
#define FIRST_PAUSE 2000 /* microseconds */
#define LONGEST_PAUSE 50000
/* Between a polite end and a rude one. */
#define GRACE (2 * G_USEC_PER_SEC)

const char *const dmig_script_names[]
    = { "pre-apply", "post-apply", "pre-revert", "post-revert", "on-failure", NULL };

/* --- trust ----------------------------------------------------------------------------------- */

static char *
trust_file(void)
{
  return g_build_filename(g_get_user_config_dir(), "dmig", "trusted-hooks", NULL);
}

/* `3f2a… /home/anna/shop/.dmig/hooks/pre-apply`, with odd characters of the path escaped. NULL: it
 * can't be read. */
static char *
trust_line(const char *path)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  char *real = realpath(path, NULL);
  if (real == NULL || !g_file_get_contents(real, &text, &length, NULL)) {
    free(real);
    return NULL;
  }
  g_autofree char *hash = dmig_text_sha256(text, (gssize) length);
  g_autofree char *escaped = g_strescape(path, NULL);
  free(real);
  return g_strdup_printf("%s %s", hash, escaped);
}

static gboolean
is_trusted(const char *path)
{
  g_autofree char *file = trust_file();
  g_autofree char *line = trust_line(path);
  g_autofree char *text = NULL;
  if (line == NULL || !g_file_get_contents(file, &text, NULL, NULL))
    return FALSE;
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  return g_strv_contains((const char *const *) lines, line);
}

static char *
path_of(const char *folder, const char *name)
{
  g_autofree char *absolute = g_canonicalize_filename(folder, NULL);
  return g_build_filename(absolute, name, NULL);
}

/* Whoever else may write to it could change it between being looked at and being run. */
static gboolean
is_safe(const char *path)
{
  struct stat info;
  return stat(path, &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & S_IWOTH) == 0
         && (info.st_uid == getuid() || info.st_uid == 0);
}

DmigScriptState
dmig_script_state(const char *folder, const char *name, char **out_path)
{
  g_autofree char *path = path_of(folder, name);
  struct stat info;
  DmigScriptState state = DMIG_SCRIPT_TRUSTED;
  if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
    state = DMIG_SCRIPT_MISSING;
  else if (access(path, X_OK) != 0)
    state = DMIG_SCRIPT_NOT_EXECUTABLE;
  else if (!is_safe(path) || !is_trusted(path))
    state = DMIG_SCRIPT_UNTRUSTED;
  if (out_path != NULL)
    *out_path = state != DMIG_SCRIPT_MISSING ? g_steal_pointer(&path) : NULL;
  return state;
}

/* All but what is said of `path`. */
static GString *
other_lines(const char *text, const char *path)
{
  g_autofree char *escaped = g_strescape(path, NULL);
  g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
  GString *others = g_string_new(NULL);
  for (char **line = lines; *line != NULL; line++) {
    const char *space = strchr(*line, ' ');
    if (space != NULL && strcmp(space + 1, escaped) != 0)
      g_string_append_printf(others, "%s\n", *line);
  }
  return others;
}

gboolean
dmig_script_trust(const char *folder, const char *name, gboolean trust, GError **error)
{
  g_autofree char *path = path_of(folder, name), *file = trust_file(), *text = NULL;
  g_autofree char *line = trust_line(path);
  g_autofree char *around = g_path_get_dirname(file);
  g_autoptr(GError) problem = NULL;
  if (trust && line == NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND, "there is no hook %s", path);
    return FALSE;
  }
  if (trust && !is_safe(path)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "%s can be written by others, or is another user's: nobody could rely on it", path);
    return FALSE;
  }
  g_file_get_contents(file, &text, NULL, NULL);
  g_autoptr(GString) lines = other_lines(text, path);
  if (trust)
    g_string_append_printf(lines, "%s\n", line);
  g_mkdir_with_parents(around, 0700);
  if (g_file_set_contents_full(file, lines->str, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &problem))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "can't record what is trusted: %s",
              problem->message);
  return FALSE;
}

/* --- running --------------------------------------------------------------------------------- */

/* Input and output are files without a name: no pipe that could fill up, or break. */
static int
nameless_file(const char *text, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr(GError) problem = NULL;
  int fd = g_file_open_tmp("dmig-hook-XXXXXX", &path, &problem);
  gsize length = text != NULL ? strlen(text) : 0, done = 0;
  if (fd >= 0)
    g_unlink(path);
  while (fd >= 0 && done < length) {
    gssize n = write(fd, text + done, length - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      break;
    done += (gsize) n;
  }
  if (fd >= 0 && done == length && lseek(fd, 0, SEEK_SET) == 0)
    return fd;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "no room for what a hook reads and writes: %s",
              problem != NULL ? problem->message : g_strerror(errno));
  if (fd >= 0)
    close(fd);
  return -1;
}

static char *
read_end(int fd)
{
  off_t size = lseek(fd, 0, SEEK_END);
  off_t start = size > OUTPUT_KEPT ? size - OUTPUT_KEPT : 0;
  g_autofree char *buffer = g_malloc0(OUTPUT_KEPT + 1);
  gssize n = size > 0 ? pread(fd, buffer, OUTPUT_KEPT, start) : 0;
  buffer[MAX(n, 0)] = '\0';
  return g_utf8_make_valid(buffer, -1);
}

/* A process group of its own, so that all that it starts ends with it. Signals are as at login. */
static void
prepare_child(gpointer data)
{
  setpgid(0, 0);
  signal(SIGPIPE, SIG_DFL);
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
}

static gboolean
spawn(const char *path, const DmigScriptCall *call, int input, int output, GPid *out_pid,
      GError **error)
{
  char *argv[] = { (char *) path, NULL };
  g_autoptr(GError) problem = NULL;
  g_auto(GStrv) environment = g_get_environ();
  environment = g_environ_setenv(environment, "DMIG_HOOK", call->name, TRUE);
  environment = g_environ_setenv(environment, "DMIG_RUN", call->run != NULL ? call->run : "", TRUE);
  if (g_spawn_async_with_fds(call->where, argv, environment, G_SPAWN_DO_NOT_REAP_CHILD,
                             prepare_child, NULL, out_pid, input, output, output, &problem))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "the hook %s can't be run: %s", call->name,
              problem->message);
  return FALSE;
}

/* Waits until it has ended by itself or must be ended; FALSE: the latter. */
static gboolean
wait_for(GPid pid, const DmigScriptCall *call, int *out_status)
{
  gint64 deadline = g_get_monotonic_time() + (gint64) call->seconds * G_USEC_PER_SEC;
  gulong pause = FIRST_PAUSE;
  for (;;) {
    pid_t ended = waitpid(pid, out_status, WNOHANG);
    if (ended == pid)
      return TRUE;
    if (ended < 0 && errno != EINTR)
      return TRUE;
    if ((call->seconds > 0 && g_get_monotonic_time() >= deadline)
        || (call->stopped != NULL && call->stopped(call->data)))
      return FALSE;
    g_usleep(pause);
    pause = MIN(pause * 2, LONGEST_PAUSE);
  }
}

static void
end(GPid pid)
{
  int status;
  gint64 deadline = g_get_monotonic_time() + GRACE;
  kill(-pid, SIGTERM);
  while (waitpid(pid, &status, WNOHANG) == 0 && g_get_monotonic_time() < deadline)
    g_usleep(LONGEST_PAUSE);
  kill(-pid, SIGKILL);
  waitpid(pid, &status, 0);
}

static gboolean
judge(const DmigScriptCall *call, gboolean ended, int status, GError **error)
{
  if (ended && WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return TRUE;
  if (!ended && call->stopped != NULL && call->stopped(call->data))
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "the hook %s was interrupted", call->name);
  else if (!ended)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "the hook %s did not end within %u s (hook.timeout)", call->name, call->seconds);
  else if (WIFSIGNALED(status))
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "the hook %s was killed by signal %d",
                call->name, WTERMSIG(status));
  else
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "the hook %s ended with status %d",
                call->name, WEXITSTATUS(status));
  return FALSE;
}

gboolean
dmig_script_run(const char *path, const DmigScriptCall *call, char **out_output, GError **error)
{
  GPid pid = 0;
  int status = 0;
  int input = nameless_file(call->input, error);
  int output = input >= 0 ? nameless_file(NULL, error) : -1;
  gboolean done = output >= 0 && spawn(path, call, input, output, &pid, error);
  if (done) {
    gboolean ended = wait_for(pid, call, &status);
    if (!ended)
      end(pid);
    done = judge(call, ended, status, error);
  }
  *out_output = output >= 0 ? read_end(output) : g_strdup("");
  if (input >= 0)
    close(input);
  if (output >= 0)
    close(output);
  return done;
}
