#include "cmd/ui/pager.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t pager = 0;

static const char *
pager_program(void)
{
  static const char *const variables[] = { "DMIG_PAGER", "GIT_PAGER", "PAGER" };
  for (guint i = 0; i < G_N_ELEMENTS(variables); i++) {
    const char *program = g_getenv(variables[i]);
    if (program != NULL)
      return program;
  }
  return "less";
}

static void
run_pager(const char *program, int input)
{
  dup2(input, STDIN_FILENO);
  close(input);
  setenv("LESS", "FRX", FALSE);
  setenv("LV", "-c", FALSE);
  execl("/bin/sh", "sh", "-c", program, (char *) NULL);
  _exit(127);
}

void
dmig_pager_start(void)
{
  const char *program = pager_program();
  if (pager != 0 || !isatty(STDOUT_FILENO) || *program == '\0' || strcmp(program, "cat") == 0)
    return;
  g_autofree char *found = strcmp(program, "less") == 0 ? g_find_program_in_path(program) : NULL;
  int ends[2];
  if ((strcmp(program, "less") == 0 && found == NULL) || pipe(ends) != 0)
    return;

  fflush(NULL);
  pager = fork();
  if (pager == 0) {
    close(ends[1]);
    run_pager(program, ends[0]);
  }
  close(ends[0]);
  if (pager > 0)
    dup2(ends[1], STDOUT_FILENO);
  else
    pager = 0;
  close(ends[1]);
}

gboolean
dmig_pager_finish(void)
{
  if (pager == 0)
    return FALSE;
  fclose(stdout);
  while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
    continue;
  pager = 0;
  return TRUE;
}
