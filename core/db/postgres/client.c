#include "core/db/postgres/client.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PQconninfoOption, PQconninfoFree)

void
dmig_pg_client_free(DmigPgClient *self)
{
  if (self == NULL)
    return;
  g_free(self->folder);
  g_free(self);
}

/* --- where they are ----------------------------------------------------------------------------
 */

static guint
version_in(const char *folder)
{
  static const char *const others[] = { "pg_restore", "psql" };
  g_autofree char *program = g_build_filename(folder, "pg_dump", NULL);
  for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
    g_autofree char *other = g_build_filename(folder, others[i], NULL);
    if (!g_file_test(other, G_FILE_TEST_IS_EXECUTABLE))
      return 0;
  }
  g_autofree char *output = NULL;
  char *argv[] = { program, "--version", NULL };
  if (!g_file_test(program, G_FILE_TEST_IS_EXECUTABLE) ||
      !g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output, NULL, NULL,
                    NULL) ||
      output == NULL)
    return 0;
  const char *number = strpbrk(output, "0123456789");
  return number != NULL ? (guint) strtoul(number, NULL, 10) : 0;
}

typedef struct {
  guint wanted; /* 0: any */
  guint newest; /* that was seen, for the message */
  DmigPgClient *best;
} Search;

static gboolean
is_better(const Search *self, guint major)
{
  if (major == 0 || major < self->wanted)
    return FALSE;
  if (self->best == NULL)
    return TRUE;
  return self->wanted == 0 ? major > self->best->major : major < self->best->major;
}

static void
consider(Search *self, const char *folder)
{
  guint major = version_in(folder);
  self->newest = MAX(self->newest, major);
  if (!is_better(self, major))
    return;
  dmig_pg_client_free(self->best);
  self->best = g_new0(DmigPgClient, 1);
  self->best->folder = g_strdup(folder);
  self->best->major = major;
}

/* Debian's and the PostgreSQL project's places: /usr/lib/postgresql/15/bin, /usr/pgsql-15/bin. */
static void
consider_all(Search *self, const char *parent, const char *prefix)
{
  g_autoptr(GDir) dir = g_dir_open(parent, 0, NULL);
  for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
       name = g_dir_read_name(dir)) {
    if (!g_str_has_prefix(name, prefix) || !g_ascii_isdigit(name[strlen(prefix)]))
      continue;
    g_autofree char *folder = g_build_filename(parent, name, "bin", NULL);
    consider(self, folder);
  }
}

static gboolean
is_exact(const Search *self)
{
  return self->best != NULL && self->best->major == self->wanted;
}

static void
consider_everywhere(Search *self)
{
  g_autofree char *program = g_find_program_in_path("pg_dump");
  g_autofree char *folder = program != NULL ? g_path_get_dirname(program) : NULL;
  if (folder != NULL)
    consider(self, folder);
  if (!is_exact(self))
    consider_all(self, "/usr/lib/postgresql", "");
  if (!is_exact(self))
    consider_all(self, "/usr", "pgsql-");
}

gboolean
dmig_pg_client_find(guint major, const char *folder, DmigPgClient **out, GError **error)
{
  Search search = { .wanted = major };
  if (folder != NULL)
    consider(&search, folder);
  else
    consider_everywhere(&search);
  if (search.best != NULL) {
    *out = search.best;
    return TRUE;
  }
  guint needed = MAX(major, 13);
  g_autofree char *where = folder != NULL ? g_strdup_printf(" in %s", folder) : g_strdup("");
  if (search.newest > 0)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "the server is PostgreSQL %u, and pg_dump%s is only version %u; install its "
                "programs (Debian: `apt install postgresql-client-%u`), or name their folder with "
                "`dmig config backup.bindir FOLDER`",
                major, where, search.newest, needed);
  else
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "backups of PostgreSQL take pg_dump, pg_restore and psql, and there are none%s; "
                "install them (Debian: `apt install postgresql-client-%u`), or name their folder "
                "with `dmig config backup.bindir FOLDER`",
                where, needed);
  return FALSE;
}

/* --- how they reach the server ------------------------------------------------------------------
 */

/* What was only for the choice among several hosts, what the service file has told already, and
 * what a dump decides by itself. */
static gboolean
stays_out(const char *variable)
{
  static const char *const variables[] = { "PGTARGETSESSIONATTRS", "PGLOADBALANCEHOSTS",
                                           "PGCLIENTENCODING", "PGSERVICE", NULL };
  return g_strv_contains(variables, variable);
}

static char **
without_settings(char **environment)
{
  g_autofree char **names = NULL;
  g_auto(GStrv) listed = g_listenv();
  for (char **name = listed; *name != NULL; name++)
    if (g_str_has_prefix(*name, "PG"))
      environment = g_environ_unsetenv(environment, *name);
  return environment;
}

char **
dmig_pg_client_environment(DmigPg *self)
{
  char **environment = without_settings(g_get_environ());
  g_autoptr(PQconninfoOption) options = PQconninfo(self->conn);
  gboolean by_address = FALSE;
  for (PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++) {
    if (option->val == NULL || *option->val == '\0' || option->envvar == NULL ||
        stays_out(option->envvar))
      continue;
    by_address |= g_str_equal(option->keyword, "hostaddr");
    environment = g_environ_setenv(environment, option->envvar, option->val, TRUE);
  }
  environment = g_environ_setenv(environment, "PGHOST", PQhost(self->conn), TRUE);
  environment = g_environ_setenv(environment, "PGPORT", PQport(self->conn), TRUE);
  if (by_address)
    environment = g_environ_setenv(environment, "PGHOSTADDR", PQhostaddr(self->conn), TRUE);
  environment = g_environ_setenv(environment, "PGAPPNAME", "dmig", TRUE);
  return g_environ_setenv(environment, "LC_ALL", "C", TRUE);
}

/* --- running ------------------------------------------------------------------------------------
 */

static void
prepare_child(gpointer data)
{
  umask(077);
  signal(SIGPIPE, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
}

gboolean
dmig_pg_child_start(const DmigPgClient *client, const char *program, char *const *arguments,
                    char **environment, int in, int out, DmigPgChild *child, GError **error)
{
  g_autofree char *path = g_build_filename(client->folder, program, NULL);
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_autoptr(GError) problem = NULL;
  g_ptr_array_add(argv, path);
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add(argv, *arguments);
  g_ptr_array_add(argv, NULL);
  GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD;
  if (out < 0)
    flags |= G_SPAWN_STDOUT_TO_DEV_NULL;
  *child = (DmigPgChild){ .name = g_strdup(program),
                          .secret = g_strdup(g_environ_getenv(environment, "PGPASSWORD")),
                          .errors = memfd_create("dmig", MFD_CLOEXEC) };
  if (g_spawn_async_with_fds(NULL, (char **) argv->pdata, environment, flags, prepare_child, NULL,
                             &child->pid, in, out, child->errors, &problem))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "can't run %s: %s", path, problem->message);
  close(child->errors);
  g_free(child->name);
  g_free(child->secret);
  return FALSE;
}

static char *
read_errors(int fd)
{
  GString *text = g_string_new(NULL);
  char buffer[4096];
  ssize_t n;
  lseek(fd, 0, SEEK_SET);
  while ((n = read(fd, buffer, sizeof buffer)) > 0 && text->len < 65536)
    g_string_append_len(text, buffer, n);
  return g_string_free(text, FALSE);
}

static const char *
behind_marker(const char *line)
{
  static const char *const markers[] = { "error: ", "ERROR:  ", "FATAL:  ", "fatal: " };
  const char *rest = NULL;
  for (guint i = 0; i < G_N_ELEMENTS(markers); i++) {
    const char *at = strstr(line, markers[i]);
    if (at != NULL && (rest == NULL || at + strlen(markers[i]) > rest))
      rest = at + strlen(markers[i]);
  }
  return rest;
}

/* The first line that says error, without the program's name, else the last one that says anything.
 */
static char *
main_line(const char *text)
{
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  const char *last = NULL;
  for (char **line = lines; *line != NULL; line++) {
    const char *rest = behind_marker(*line);
    if (rest != NULL)
      return dmig_text_printable(rest);
    if (**line != '\0')
      last = *line;
  }
  return last != NULL ? dmig_text_printable(last) : NULL;
}

static char *
reason(const DmigPgChild *child, int status)
{
  g_autofree char *text = read_errors(child->errors);
  char *line = main_line(text);
  if (line == NULL && WIFSIGNALED(status))
    line = g_strdup_printf("it was ended by signal %d", WTERMSIG(status));
  if (line == NULL)
    line = g_strdup("it gave no reason");
  if (child->secret == NULL || *child->secret == '\0')
    return line;
  g_auto(GStrv) parts = g_strsplit(line, child->secret, -1);
  g_free(line);
  return g_strjoinv("***", parts);
}

static DmigErrorCode
code_of(const char *line)
{
  static const char *const locked[] = { "lock timeout", "could not obtain lock", "deadlock" };
  static const char *const fatal[] = { "No space left",     "No such file", "permission denied",
                                       "Permission denied", "connection",   "Read-only",
                                       "must be owner",     "recovery" };
  for (guint i = 0; i < G_N_ELEMENTS(locked); i++)
    if (strstr(line, locked[i]) != NULL)
      return DMIG_ERROR_LOCKED;
  for (guint i = 0; i < G_N_ELEMENTS(fatal); i++)
    if (strstr(line, fatal[i]) != NULL)
      return DMIG_ERROR_FATAL;
  return DMIG_ERROR_FAILED;
}

gboolean
dmig_pg_child_wait(DmigPgChild *child, const char *doing, GError **error)
{
  int status = -1;
  while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
    ;
  g_spawn_close_pid(child->pid);
  gboolean done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!done) {
    g_autofree char *line = reason(child, status);
    g_set_error(error, DMIG_ERROR, code_of(line), "%s: %s says: %s", doing, child->name, line);
  }
  close(child->errors);
  g_clear_pointer(&child->name, g_free);
  g_clear_pointer(&child->secret, g_free);
  return done;
}
