#include "core/db/postgres/server.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/db/postgres/cluster.h"
#include "core/db/postgres/keeper.h"

/* A socket's path has at most 107 bytes on Linux and 103 elsewhere; its name takes 14 of them. */
#define LONGEST_FOLDER 88

struct _DmigPgServer {
  pid_t keeper;
  int lifeline; /* the keeper's world ends when this end of the pipe is closed */
  char *folder;
  char *url;
};

/* --- the binaries -------------------------------------------------------------------------- */

static gboolean
has_binaries(const char *folder)
{
  g_autofree char *server = g_build_filename(folder, "postgres", NULL);
  g_autofree char *initdb = g_build_filename(folder, "initdb", NULL);
  return g_file_test(server, G_FILE_TEST_IS_EXECUTABLE)
         && g_file_test(initdb, G_FILE_TEST_IS_EXECUTABLE);
}

/* `PREFIX<version>SUFFIX` with the highest version: Debian's and the PostgreSQL project's places.
 */
static char *
newest_folder(const char *parent, const char *prefix, const char *suffix)
{
  g_autoptr(GDir) dir = g_dir_open(parent, 0, NULL);
  char *newest = NULL;
  double highest = 0;
  for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
       name = g_dir_read_name(dir)) {
    if (!g_str_has_prefix(name, prefix))
      continue;
    double number = g_ascii_strtod(name + strlen(prefix), NULL);
    g_autofree char *folder = g_build_filename(parent, name, suffix, NULL);
    if (number <= highest || !has_binaries(folder))
      continue;
    g_free(newest);
    newest = g_steal_pointer(&folder);
    highest = number;
  }
  return newest;
}

static char *
folder_in_path(void)
{
  g_autofree char *program = g_find_program_in_path("postgres");
  g_autofree char *folder = program != NULL ? g_path_get_dirname(program) : NULL;
  return folder != NULL && has_binaries(folder) ? g_steal_pointer(&folder) : NULL;
}

static char *
folder_of_pg_config(void)
{
  char *argv[] = { "pg_config", "--bindir", NULL };
  g_autofree char *output = NULL;
  if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                    &output, NULL, NULL, NULL)
      || output == NULL)
    return NULL;
  g_strchomp(output);
  return has_binaries(output) ? g_steal_pointer(&output) : NULL;
}

static char *
find_binaries(void)
{
  char *folder = newest_folder("/usr/lib/postgresql", "", "bin");
  if (folder == NULL)
    folder = newest_folder("/usr", "pgsql-", "bin");
  if (folder == NULL)
    folder = folder_in_path();
  return folder != NULL ? folder : folder_of_pg_config();
}

/* --- the folder ---------------------------------------------------------------------------- */

/* Whether another user gets into `path`: a root's own TMPDIR may be closed to the server's user. */
static gboolean
is_open_to_all(const char *path)
{
  g_autofree char *rest = g_strdup(path);
  while (!g_str_equal(rest, "/") && !g_str_equal(rest, ".")) {
    struct stat info;
    if (stat(rest, &info) != 0 || !(info.st_mode & S_IXOTH))
      return FALSE;
    char *parent = g_path_get_dirname(rest);
    g_free(rest);
    rest = parent;
  }
  return TRUE;
}

/* Where PostgreSQL can read the name as one socket folder, and a socket's path is not too long. */
static gboolean
is_fit(const char *parent, gboolean foreign_user)
{
  return strlen(parent) < LONGEST_FOLDER - strlen("/dmig-pg-XXXXXX")
         && strpbrk(parent, ",'\" \\") == NULL && g_path_is_absolute(parent)
         && (!foreign_user || is_open_to_all(parent));
}

static char *
make_folder(const struct passwd *user, GError **error)
{
  const char *parent = g_get_tmp_dir();
  if (!is_fit(parent, user != NULL))
    parent = "/tmp";
  g_autofree char *folder = g_build_filename(parent, "dmig-pg-XXXXXX", NULL);
  if (g_mkdtemp(folder) == NULL
      || (user != NULL && chown(folder, user->pw_uid, user->pw_gid) != 0)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
                "can't make a folder for a scratch PostgreSQL server in %s: %s; set TMPDIR to "
                "where there is room",
                parent, g_strerror(errno));
    return NULL;
  }
  return g_steal_pointer(&folder);
}

/* Whom the server runs as: NULL for the user that runs dmig. */
static gboolean
find_user(const struct passwd **out, GError **error)
{
  *out = NULL;
  if (geteuid() != 0)
    return TRUE;
  *out = getpwnam("postgres");
  if (*out == NULL)
    *out = getpwnam("nobody");
  if (*out != NULL)
    return TRUE;
  g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                      "PostgreSQL's server refuses to run as root, and there is neither a user "
                      "`postgres` nor `nobody`; run dmig as another user, or name a server with "
                      "`dmig config scratch.postgresql URL`");
  return FALSE;
}

/* --- start and stop ------------------------------------------------------------------------ */

static const char *
locale_name(void)
{
  locale_t utf8 = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
  if (utf8 == (locale_t)0)
    return "C";
  freelocale(utf8);
  return "C.UTF-8";
}

/* Waits for the keeper's word: nothing once the server takes connections, else what went wrong. */
static gboolean
wait_until_ready(int report, GError **error)
{
  g_autoptr(GString) text = g_string_new(NULL);
  char buffer[512];
  ssize_t n;
  while ((n = read(report, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR))
    if (n > 0)
      g_string_append_len(text, buffer, n);
  if (g_str_equal(text->str, DMIG_PG_KEEPER_READY))
    return TRUE;
  g_strdelimit(text->str, "\r\n\t", ' ');
  g_strstrip(text->str);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
              "can't start a scratch PostgreSQL server: %s; name another one with `dmig config "
              "scratch.postgresql URL`",
              *text->str != '\0' ? text->str : "it went away");
  return FALSE;
}

static pid_t
fork_keeper(const DmigPgKeeper *keeper)
{
  pid_t pid = fork();
  if (pid == 0)
    dmig_pg_keeper_main(keeper);
  return pid;
}

static gboolean
launch(DmigPgServer *self, const char *binaries, const struct passwd *user, GError **error)
{
  int lifeline[2], report[2];
  if (pipe2(lifeline, O_CLOEXEC) != 0)
    return wait_until_ready(-1, error);
  if (pipe2(report, O_CLOEXEC) != 0) {
    close(lifeline[0]);
    close(lifeline[1]);
    return wait_until_ready(-1, error);
  }
  const char *locale = locale_name();
  g_autofree char *template = dmig_pg_template_path(binaries, locale, user);
  DmigPgKeeper keeper = { .binaries = binaries,
                          .folder = self->folder,
                          .locale = locale,
                          .template = template,
                          .user = user,
                          .lifeline = lifeline[0],
                          .report = report[1] };
  self->keeper = fork_keeper(&keeper);
  self->lifeline = lifeline[1];
  close(lifeline[0]);
  close(report[1]);
  gboolean ready = wait_until_ready(report[0], error);
  close(report[0]);
  return ready;
}

gboolean
dmig_pg_server_start(DmigPgServer **out, GError **error)
{
  g_autofree char *binaries = find_binaries();
  if (binaries == NULL) {
    g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                        "there is no PostgreSQL server to prove this on; install one (Debian: "
                        "`apt install postgresql`), or name one with `dmig config "
                        "scratch.postgresql URL`");
    return FALSE;
  }
  const struct passwd *user;
  if (!find_user(&user, error))
    return FALSE;
  DmigPgServer *self = g_new0(DmigPgServer, 1);
  self->keeper = -1;
  self->lifeline = -1;
  self->folder = make_folder(user, error);
  if (self->folder == NULL || !launch(self, binaries, user, error)) {
    dmig_pg_server_free(self);
    return FALSE;
  }
  g_autofree char *host = g_uri_escape_string(self->folder, NULL, FALSE);
  self->url = g_strdup_printf("postgresql:///postgres?host=%s&port=%s&user=postgres", host,
                              DMIG_PG_KEEPER_PORT);
  *out = self;
  return TRUE;
}

void
dmig_pg_server_free(DmigPgServer *self)
{
  if (self == NULL)
    return;
  if (self->lifeline >= 0)
    close(self->lifeline);
  if (self->keeper > 0)
    while (waitpid(self->keeper, NULL, 0) < 0 && errno == EINTR)
      ;
  else if (self->folder != NULL)
    rmdir(self->folder);
  g_free(self->folder);
  g_free(self->url);
  g_free(self);
}

const char *
dmig_pg_server_url(const DmigPgServer *self)
{
  return self->url;
}
