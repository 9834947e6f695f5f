/* Measures programs against each other: wall time and peak memory, in turns, so that what else the
 * machine does meanwhile falls on all of them alike.
 *
 *     measure RUNS [NAME PREPARE COMMAND]...
 *
 * PREPARE is a shell's line that runs before each measured run, untimed; may be empty. COMMAND is
 * split into words as a shell would, but run without one. A line for each on standard output:
 * name, median and least milliseconds, peak KiB, separated by tabs. */
#include <fcntl.h>
#include <glib.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

typedef struct {
  const char *name;
  const char *prepare;
  char **argv;
  double *milliseconds;
  long peak;
} Contestant;

static void
run_once(Contestant *self, guint round)
{
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);

  if (*self->prepare && system(self->prepare) != 0)
    g_error("%s: cannot prepare: %s", self->name, self->prepare);

  pid_t pid;
  int status;
  struct rusage usage;
  gint64 start = g_get_monotonic_time();
  if (posix_spawnp(&pid, self->argv[0], &quiet, NULL, self->argv, environ) != 0)
    g_error("%s: cannot run %s", self->name, self->argv[0]);
  if (wait4(pid, &status, 0, &usage) != pid)
    g_error("%s: lost it", self->name);
  self->milliseconds[round] = (double) (g_get_monotonic_time() - start) / 1000;
  self->peak = MAX(self->peak, usage.ru_maxrss);

  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    g_error("%s: %s ended with status %d", self->name, self->argv[0], status);
  posix_spawn_file_actions_destroy(&quiet);
}

static int
compare(const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
  guint runs = argc > 1 ? (guint) atoi(argv[1]) : 0;
  if (runs == 0 || (argc - 2) % 3 != 0) {
    fprintf(stderr, "usage: measure RUNS [NAME PREPARE COMMAND]...\n");
    return 129;
  }

  guint n = (guint) (argc - 2) / 3;
  g_autofree Contestant *all = g_new0(Contestant, n);
  for (guint i = 0; i < n; i++) {
    char **given = argv + 2 + 3 * i;
    all[i].name = given[0];
    all[i].prepare = given[1];
    all[i].milliseconds = g_new0(double, runs);
    if (!g_shell_parse_argv(given[2], NULL, &all[i].argv, NULL))
      g_error("%s: not a command: %s", given[0], given[2]);
  }

  for (guint round = 0; round < runs; round++) {
    for (guint i = 0; i < n; i++)
      run_once(&all[i], round);
  }

  for (guint i = 0; i < n; i++) {
    qsort(all[i].milliseconds, runs, sizeof(double), compare);
    printf("%s\t%.3f\t%.3f\t%ld\n", all[i].name, all[i].milliseconds[runs / 2],
           all[i].milliseconds[0], all[i].peak);
    g_free(all[i].milliseconds);
    g_strfreev(all[i].argv);
  }
  return 0;
}
