#include "cmd/ui/colour.h"

#include <string.h>
#include <unistd.h>

static const char *const sequences[] = {
  [DMIG_COLOUR_RESET] = "\033[m",   [DMIG_COLOUR_BOLD] = "\033[1m",
  [DMIG_COLOUR_DIM] = "\033[2m",    [DMIG_COLOUR_RED] = "\033[31m",
  [DMIG_COLOUR_GREEN] = "\033[32m", [DMIG_COLOUR_YELLOW] = "\033[33m",
  [DMIG_COLOUR_BLUE] = "\033[34m",  [DMIG_COLOUR_CYAN] = "\033[36m",
};

static gboolean on_stdout, on_stderr;

gboolean
dmig_colour_mode_parse(const char *text, DmigColourMode *out_mode)
{
  static const char *const names[] = { "auto", "always", "never" };
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    if (strcmp(text, names[i]) != 0)
      continue;
    *out_mode = (DmigColourMode)i;
    return TRUE;
  }
  return FALSE;
}

static gboolean
terminal_takes_colour(int fd)
{
  const char *no_color = g_getenv("NO_COLOR");
  const char *term = g_getenv("TERM");
  if (no_color != NULL && *no_color != '\0')
    return FALSE;
  return isatty(fd) && term != NULL && *term != '\0' && strcmp(term, "dumb") != 0;
}

void
dmig_colour_setup(DmigColourMode mode)
{
  on_stdout = mode == DMIG_COLOUR_ALWAYS
              || (mode == DMIG_COLOUR_AUTO && terminal_takes_colour(STDOUT_FILENO));
  on_stderr = mode == DMIG_COLOUR_ALWAYS
              || (mode == DMIG_COLOUR_AUTO && terminal_takes_colour(STDERR_FILENO));
}

gboolean
dmig_colour_enabled(FILE *stream)
{
  return stream == stderr ? on_stderr : on_stdout;
}

const char *
dmig_colour_for(FILE *stream, DmigColour colour)
{
  return dmig_colour_enabled(stream) ? sequences[colour] : "";
}

const char *
dmig_colour(DmigColour colour)
{
  return dmig_colour_for(stdout, colour);
}
