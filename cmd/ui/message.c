#include "cmd/ui/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "cmd/ui/colour.h"
#include "cmd/ui/log.h"
#include "core/base/text.h"

static void
print(const char *prefix, DmigColour colour, const char *text)
{
  if (dmig_log_is_json()) {
    dmig_log_message(colour == DMIG_COLOUR_RED      ? "error"
                     : colour == DMIG_COLOUR_YELLOW ? "warning"
                                                    : "info",
                     text);
    return;
  }
  g_autofree char *line = dmig_text_printable(text);
  /* What was written to standard output came first, also where both are the same terminal. */
  fflush(stdout);
  if (*prefix != '\0')
    fprintf(stderr, "%s%s%s", dmig_colour_for(stderr, colour), prefix,
            dmig_colour_for(stderr, DMIG_COLOUR_RESET));
  fprintf(stderr, "%s\n", line);
}

void
dmig_message_error(const GError *error)
{
  gboolean fatal = dmig_error_exit_status(error) == 128;
  print(fatal ? "fatal: " : "error: ", DMIG_COLOUR_RED, error->message);
}

void
dmig_message_warning(const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  print("warning: ", DMIG_COLOUR_YELLOW, text);
}

void
dmig_message_hint(const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  print("hint: ", DMIG_COLOUR_CYAN, text);
}

void
dmig_message(const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  print("", DMIG_COLOUR_RESET, text);
}

gboolean
dmig_message_close_stdout(void)
{
  gboolean failed = ferror(stdout) != 0;
  errno = 0;
  failed |= fclose(stdout) != 0;
  if (failed)
    fprintf(stderr, "fatal: standard output could not be written: %s\n",
            errno != 0 ? g_strerror(errno) : "write error");
  return !failed;
}

void
dmig_message_aside(const char *text)
{
  printf("  %s(%s)%s\n", dmig_colour(DMIG_COLOUR_DIM), text, dmig_colour(DMIG_COLOUR_RESET));
}
