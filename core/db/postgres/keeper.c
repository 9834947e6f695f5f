#include "core/db/postgres/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/db/postgres/cluster.h"

#ifdef __linux__
#include <sys/prctl.h>
#endif

#define READY_ATTEMPTS 6000 /* of 5 ms: half a minute */
#define STOP_ATTEMPTS 2000  /* of 5 ms: ten seconds */
#define PAUSE 5000

/* --- the end ------------------------------------------------------------------------------- */

static void G_GNUC_NORETURN
leave(const DmigPgKeeper *self)
{
  if (chdir("/") == 0)
    dmig_pg_tree_remove(self->folder);
  _exit(0);
}

/* The last thing that the server or initdb wrote, which says why it failed. */
static void G_GNUC_NORETURN
fail(const DmigPgKeeper *self, const char *what)
{
  char tail[400];
  ssize_t length = 0;
  int log = open("log", O_RDONLY);
  if (log >= 0) {
    if (lseek(log, -(off_t)sizeof tail, SEEK_END) < 0)
      lseek(log, 0, SEEK_SET);
    length = read(log, tail, sizeof tail);
    close(log);
  }
  dprintf(self->report, "%s: %.*s", what, (int) MAX(length, 0), tail);
  leave(self);
}

/* --- processes ----------------------------------------------------------------------------- */

static void
close_all_but(int a, int b)
{
  int limit = (int) MIN(sysconf(_SC_OPEN_MAX), 65536);
  for (int fd = 3; fd < limit; fd++)
    if (fd != a && fd != b)
      close(fd);
}

/* Away from the terminal and from whatever waits for dmig's output; what is written goes to a log
 * in the folder. */
static void
detach(const DmigPgKeeper *self)
{
  setsid();
  close_all_but(self->lifeline, self->report);
  int null = open("/dev/null", O_RDONLY);
  dup2(null, 0);
  int log = open("log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  dup2(log >= 0 ? log : null, 1);
  dup2(log >= 0 ? log : null, 2);
  close(null);
  close(log);
  static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 };
  for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
    signal(signals[i], SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
}

static gboolean
become(const struct passwd *user)
{
  return user == NULL
         || (setgroups(0, NULL) == 0 && setgid(user->pw_gid) == 0 && setuid(user->pw_uid) == 0
             && setuid(0) != 0);
}

/* Signals that dmig ignores or blocks must not be so for the server. */
static void
reset_signals(void)
{
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int number = 1; number < NSIG; number++)
    signal(number, SIG_DFL);
}

static pid_t
start(const char *program, char *const *argv)
{
  pid_t pid = fork();
  if (pid != 0)
    return pid;
  reset_signals();
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
#endif
  execv(program, argv);
  _exit(127);
}

static gboolean
run_initdb(const DmigPgKeeper *self)
{
  g_autofree char *program = g_build_filename(self->binaries, "initdb", NULL);
  g_autofree char *locale = g_strconcat("--locale=", self->locale, NULL);
  char *argv[] = { program, "-D", "data", "-U",        "postgres", "-A",
                   "trust", "-E", "UTF8", "--no-sync", locale,     NULL };
  int status;
  pid_t pid = start(program, argv);
  while (pid > 0 && waitpid(pid, &status, 0) < 0)
    if (errno != EINTR)
      return FALSE;
  return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static gboolean
make_cluster(const DmigPgKeeper *self)
{
  if (dmig_pg_template_use(self->template, "data"))
    return TRUE;
  if (!run_initdb(self))
    return FALSE;
  dmig_pg_template_keep(self->template, "data");
  return TRUE;
}

/* Nothing of it has to outlive a crash, and nobody else comes in. */
static pid_t
start_server(const DmigPgKeeper *self)
{
  static const char *const settings[] = {
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
    "jit=off",
    "shared_buffers=32MB",
    "max_connections=40",
    "max_locks_per_transaction=1024",
    "checkpoint_timeout=1h",
    "dynamic_shared_memory_type=mmap",
    "logging_collector=off",
    "lc_messages=C",
    "ssl=off",
  };
  g_autofree char *program = g_build_filename(self->binaries, "postgres", NULL);
  g_autofree char *socket = g_strconcat("unix_socket_directories=", self->folder, NULL);
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  const char *const first[] = { program, "-D", "data", "-p", DMIG_PG_KEEPER_PORT, "-c", socket };
  for (guint i = 0; i < G_N_ELEMENTS(first); i++)
    g_ptr_array_add(argv, (gpointer)first[i]);
  for (guint i = 0; i < G_N_ELEMENTS(settings); i++) {
    g_ptr_array_add(argv, (gpointer) "-c");
    g_ptr_array_add(argv, (gpointer)settings[i]);
  }
  g_ptr_array_add(argv, NULL);
  return start(program, (char *const *)argv->pdata);
}

/* The server writes its state into the last line of postmaster.pid (miscadmin.h,
 * PM_STATUS_READY). */
static gboolean
is_ready(void)
{
  g_autofree char *text = NULL;
  return g_file_get_contents("data/postmaster.pid", &text, NULL, NULL)
         && strstr(text, "\nready") != NULL;
}

static gboolean
wait_for_server(pid_t server)
{
  for (int i = 0; i < READY_ATTEMPTS; i++) {
    if (is_ready())
      return TRUE;
    if (waitpid(server, NULL, WNOHANG) != 0)
      return FALSE;
    usleep(PAUSE);
  }
  return FALSE;
}

static void
stop_server(pid_t server)
{
  kill(server, SIGQUIT); /* at once: nothing is to be kept */
  for (int i = 0; i < STOP_ATTEMPTS && waitpid(server, NULL, WNOHANG) == 0; i++)
    usleep(PAUSE);
  kill(server, SIGKILL);
}

static void
wait_for_end(int lifeline)
{
  char byte;
  while (read(lifeline, &byte, 1) < 0 && errno == EINTR)
    ;
}

void
dmig_pg_keeper_main(const DmigPgKeeper *self)
{
  if (!become(self->user) || chdir(self->folder) != 0) {
    dprintf(self->report, "can't become the server's user in %s", self->folder);
    _exit(1);
  }
  detach(self);
  g_setenv("LC_ALL", "C", TRUE);
  if (!make_cluster(self))
    fail(self, "initdb failed");
  pid_t server = start_server(self);
  if (server < 0 || !wait_for_server(server))
    fail(self, "the server did not come up");
  dprintf(self->report, DMIG_PG_KEEPER_READY);
  close(self->report);
  wait_for_end(self->lifeline);
  stop_server(server);
  leave(self);
}
