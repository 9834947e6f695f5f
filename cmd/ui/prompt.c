#include "cmd/ui/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/ui/colour.h"

gboolean
dmig_prompt_possible(void)
{
  return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

char *
dmig_prompt_line(const char *question)
{
  fflush(stdout);
  fprintf(stderr, "%s%s%s ", dmig_colour_for(stderr, DMIG_COLOUR_BOLD), question,
          dmig_colour_for(stderr, DMIG_COLOUR_RESET));
  fflush(stderr);

  char *line = NULL;
  size_t size = 0;
  if (getline(&line, &size, stdin) < 0) {
    free(line);
    fputc('\n', stderr);
    return NULL;
  }
  char *answer = g_strdup(g_strstrip(line));
  free(line);
  return answer;
}

gboolean
dmig_prompt_yes(const char *question, gboolean by_default)
{
  g_autofree char *text = g_strdup_printf("%s %s", question, by_default ? "[Y/n]" : "[y/N]");
  for (;;) {
    g_autofree char *answer = dmig_prompt_line(text);
    if (answer == NULL)
      return FALSE;
    if (*answer == '\0')
      return by_default;
    if (g_ascii_strcasecmp(answer, "y") == 0 || g_ascii_strcasecmp(answer, "yes") == 0)
      return TRUE;
    if (g_ascii_strcasecmp(answer, "n") == 0 || g_ascii_strcasecmp(answer, "no") == 0)
      return FALSE;
  }
}
