#include "cmd/ui/diagnostics.h"

#include <string.h>

#include "cmd/ui/colour.h"
#include "cmd/ui/json.h"
#include "core/base/text.h"
#include "core/domain/reader.h"

#define WIDEST_EXCERPT 160

static const DmigSource *
find_source(GPtrArray *sources, const char *file)
{
  for (guint i = 0; sources != NULL && file != NULL && i < sources->len; i++) {
    const DmigSource *source = g_ptr_array_index(sources, i);
    if (strcmp(source->path, file) == 0)
      return source;
  }
  return NULL;
}

/* Owned; NULL where the line is not there or is no text that a terminal shows as it is. */
static char *
source_line(const DmigSource *source, guint line)
{
  gsize length;
  const char *text = g_bytes_get_data(source->bytes, &length);
  const char *end = text + length;
  for (; text != NULL && line > 1; line--) {
    text = memchr(text, '\n', end - text);
    text = text != NULL ? text + 1 : NULL;
  }
  if (text == NULL || text >= end)
    return NULL;
  const char *stop = memchr(text, '\n', end - text);
  g_autofree char *found = g_strndup(text, (stop != NULL ? stop : end) - text);
  g_strchomp(found);
  g_strdelimit(found, "\t", ' ');
  g_autofree char *printable = dmig_text_printable(found);
  if (strcmp(found, printable) != 0 || g_utf8_strlen(found, -1) > WIDEST_EXCERPT)
    return NULL;
  return g_steal_pointer(&found);
}

static void
print_excerpt(FILE *stream, const DmigDiagnostic *diagnostic, GPtrArray *sources)
{
  const DmigSource *source = find_source(sources, diagnostic->at.file);
  g_autofree char *line
      = source != NULL && diagnostic->at.line > 0 ? source_line(source, diagnostic->at.line) : NULL;
  if (line == NULL)
    return;
  fprintf(stream, "%s%6u |%s %s\n", dmig_colour_for(stream, DMIG_COLOUR_DIM), diagnostic->at.line,
          dmig_colour_for(stream, DMIG_COLOUR_RESET), line);
  fprintf(stream, "       | ");
  const char *p = line;
  for (guint i = 1; i < diagnostic->at.column && *p != '\0'; i++, p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (!g_unichar_iszerowidth(c))
      fputs(g_unichar_iswide(c) ? "  " : " ", stream);
  }
  fprintf(stream, "%s^%s\n", dmig_colour_for(stream, DMIG_COLOUR_GREEN),
          dmig_colour_for(stream, DMIG_COLOUR_RESET));
}

void
dmig_diagnostics_print(FILE *stream, DmigDiagnostics *diagnostics, GPtrArray *sources)
{
  if (stream == stderr)
    fflush(stdout);
  for (guint i = 0; i < dmig_diagnostics_length(diagnostics); i++) {
    const DmigDiagnostic *diagnostic = dmig_diagnostics_get(diagnostics, i);
    gboolean warning = diagnostic->severity == DMIG_SEVERITY_WARNING;
    g_autofree char *line = dmig_diagnostic_to_line(diagnostic);
    g_autofree char *printable = dmig_text_printable(line);
    fprintf(stream, "%s%s%s%s\n",
            dmig_colour_for(stream, warning ? DMIG_COLOUR_YELLOW : DMIG_COLOUR_RED),
            warning ? "warning: " : "", printable, dmig_colour_for(stream, DMIG_COLOUR_RESET));
    if (dmig_colour_enabled(stream))
      print_excerpt(stream, diagnostic, sources);
  }
}

json_t *
dmig_diagnostics_to_json(DmigDiagnostics *diagnostics)
{
  json_t *array = json_array();
  for (guint i = 0; i < dmig_diagnostics_length(diagnostics); i++) {
    const DmigDiagnostic *diagnostic = dmig_diagnostics_get(diagnostics, i);
    gboolean warning = diagnostic->severity == DMIG_SEVERITY_WARNING;
    json_t *object = json_object();
    dmig_json_set(object, "file", diagnostic->at.file);
    json_object_set_new(object, "line", json_integer(diagnostic->at.line));
    json_object_set_new(object, "column", json_integer(diagnostic->at.column));
    dmig_json_set(object, "severity", warning ? "warning" : "error");
    dmig_json_set(object, "rule", diagnostic->rule);
    dmig_json_set(object, "message", diagnostic->message);
    dmig_json_set(object, "hint", diagnostic->hint);
    json_array_append_new(array, object);
  }
  return array;
}

gboolean
dmig_diagnostics_refuse(DmigDiagnostics *diagnostics, const char *what, GError **error)
{
  guint errors = dmig_diagnostics_count(diagnostics, DMIG_SEVERITY_ERROR);
  g_autofree char *count = dmig_text_count(errors, "mistake", "mistakes");
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_INVALID, "%s in %s; nothing was done", count, what);
  return FALSE;
}
