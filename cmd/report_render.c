#include "cmd/report_render.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

/* What a report is written with: texts are escaped by it, the rest is its own. */
typedef struct {
  GString *out;
  gboolean html;
} Writer;

/* --- writing --------------------------------------------------------------------------------- */

/* Whatever a name or a message holds, it is text: no tag, no entity, no mark of Markdown. */
static char *
escaped(const Writer *self, const char *text)
{
  g_autofree char *printable = dmig_text_printable(text);
  if (self->html)
    return g_markup_escape_text(printable, -1);
  GString *out = g_string_new(NULL);
  for (const char *at = printable; *at != '\0'; at++) {
    if (*at == '<')
      g_string_append(out, "&lt;");
    else if (*at == '&')
      g_string_append(out, "&amp;");
    else if (strchr("\\`*_[]|#", *at) != NULL)
      g_string_append_printf(out, "\\%c", *at);
    else
      g_string_append_c(out, *at);
  }
  return g_string_free(out, FALSE);
}

static void
heading(Writer *self, int level, const char *text)
{
  g_autofree char *safe = escaped(self, text);
  if (self->html)
    g_string_append_printf(self->out, "<h%d>%s</h%d>\n", level, safe, level);
  else
    g_string_append_printf(self->out, "%s%.*s %s\n\n", level > 1 ? "\n" : "", level, "####", safe);
}

static void
table_begin(Writer *self, const char *const *titles)
{
  g_string_append(self->out, self->html ? "<table>\n<tr>" : "|");
  for (const char *const *title = titles; *title != NULL; title++)
    g_string_append_printf(self->out, self->html ? "<th>%s</th>" : " %s |", *title);
  g_string_append(self->out, self->html ? "</tr>\n" : "\n|");
  for (const char *const *title = titles; !self->html && *title != NULL; title++)
    g_string_append(self->out, " --- |");
  if (!self->html)
    g_string_append_c(self->out, '\n');
}

static void
row_begin(Writer *self, const char *class_name)
{
  if (self->html)
    g_string_append_printf(self->out, "<tr class=\"%s\">", class_name);
  else
    g_string_append_c(self->out, '|');
}

static void
cell(Writer *self, const char *text)
{
  g_autofree char *safe = escaped(self, text != NULL ? text : "");
  g_string_append_printf(self->out, self->html ? "<td>%s</td>" : " %s |", safe);
}

static void
row_end(Writer *self)
{
  g_string_append(self->out, self->html ? "</tr>\n" : "\n");
}

static void
table_end(Writer *self)
{
  g_string_append(self->out, self->html ? "</table>\n" : "\n");
}

/* --- what is in a report --------------------------------------------------------------------- */

static const char *
text_of(const json_t *object, const char *key)
{
  return json_string_value(json_object_get(object, key));
}

static char *
number_of(const json_t *object, const char *key)
{
  const json_t *value = json_object_get(object, key);
  return json_is_integer(value)
             ? g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value))
             : NULL;
}

static char *
time_of(const json_t *object)
{
  json_int_t ms = json_integer_value(json_object_get(object, "milliseconds"));
  return ms < 1000 ? g_strdup_printf("%d ms", (int) ms) : g_strdup_printf("%.1f s", ms / 1000.0);
}

static void
fact(Writer *self, const char *name, const char *value)
{
  if (value == NULL)
    return;
  row_begin(self, "");
  cell(self, name);
  cell(self, value);
  row_end(self);
}

static void
write_facts(Writer *self, const json_t *report)
{
  static const char *const keys[][2]
      = { { "target", "Target" },     { "server", "Server" },   { "outcome", "Outcome" },
          { "from", "From" },         { "to", "To" },           { "now", "It is now at" },
          { "error", "Error" },       { "started", "Started" }, { "finished", "Finished" },
          { "who", "By" },            { "dmig", "dmig" },       { "run", "Run" },
          { "backup", "Backup" },     { "way_back", "The way back" } };
  static const char *const titles[] = { "", "", NULL };
  table_begin(self, titles);
  for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
    fact(self, keys[i][1], text_of(report, keys[i][0]));
  table_end(self);
}

static void
write_findings(Writer *self, const json_t *findings, const char *title)
{
  static const char *const titles[] = { "", "Rule", "Found", "What to do", NULL };
  size_t i;
  json_t *finding;
  if (json_array_size(findings) == 0)
    return;
  heading(self, 2, title);
  table_begin(self, titles);
  json_array_foreach(findings, i, finding)
  {
    size_t k;
    json_t *key;
    g_autoptr(GString) text = g_string_new(text_of(finding, "text"));
    json_array_foreach(json_object_get(finding, "keys"), k, key)
        g_string_append_printf(text, "%s%s", k > 0 ? "; " : ": ", json_string_value(key));
    row_begin(self, text_of(finding, "level"));
    cell(self, text_of(finding, "level"));
    cell(self, text_of(finding, "rule"));
    cell(self, text->str);
    cell(self, text_of(finding, "advice"));
    row_end(self);
  }
  table_end(self);
}

static void
write_steps(Writer *self, const json_t *revision)
{
  static const char *const titles[] = { "Step", "Time", "Attempts", "Kept", "Back", NULL };
  const json_t *steps = json_object_get(revision, "steps");
  size_t i;
  json_t *step;
  if (json_array_size(steps) == 0)
    return;
  table_begin(self, titles);
  json_array_foreach(steps, i, step)
  {
    g_autofree char *time = time_of(step), *attempts = number_of(step, "attempts");
    g_autofree char *kept = number_of(step, "rows_kept"), *back = number_of(step, "rows_back");
    row_begin(self, "");
    cell(self, text_of(step, "title"));
    cell(self, time);
    cell(self, attempts);
    cell(self, kept);
    cell(self, back);
    row_end(self);
  }
  table_end(self);
}

static void
write_revisions(Writer *self, const json_t *report)
{
  size_t i;
  json_t *revision;
  const json_t *revisions = json_object_get(report, "revisions");
  if (json_array_size(revisions) == 0)
    return;
  heading(self, 2, "Revisions");
  json_array_foreach(revisions, i, revision)
  {
    const char *id = text_of(revision, "revision"), *title = text_of(revision, "title");
    g_autofree char *time = time_of(revision);
    g_autofree char *line
        = g_strdup_printf("%.12s %s (%s, %s)", id != NULL ? id : "", title != NULL ? title : "",
                          text_of(revision, "direction"), time);
    heading(self, 3, line);
    write_steps(self, revision);
  }
}

static void
write_phases(Writer *self, const json_t *report)
{
  static const char *const titles[] = { "Phase", "Time", NULL };
  size_t i;
  json_t *phase;
  const json_t *phases = json_object_get(report, "phases");
  if (json_array_size(phases) == 0)
    return;
  heading(self, 2, "Phases");
  table_begin(self, titles);
  json_array_foreach(phases, i, phase)
  {
    g_autofree char *time = time_of(phase);
    row_begin(self, "");
    cell(self, text_of(phase, "phase"));
    cell(self, time);
    row_end(self);
  }
  table_end(self);
}

static void
write_rows(Writer *self, const json_t *report)
{
  static const char *const titles[] = { "Table", "Rows before", "Rows after", "", NULL };
  size_t i;
  json_t *count;
  const json_t *rows = json_object_get(report, "rows");
  if (json_array_size(rows) == 0)
    return;
  heading(self, 2, "Rows");
  table_begin(self, titles);
  json_array_foreach(rows, i, count)
  {
    g_autofree char *before = number_of(count, "before"), *after = number_of(count, "after");
    row_begin(self, "");
    cell(self, text_of(count, "table"));
    cell(self, before);
    cell(self, after);
    cell(self, json_is_true(json_object_get(count, "counted")) ? "" : "by the catalogue");
    row_end(self);
  }
  table_end(self);
}

static void
write_warnings(Writer *self, const json_t *report)
{
  size_t i;
  json_t *warning;
  const json_t *warnings = json_object_get(report, "warnings");
  if (json_array_size(warnings) == 0)
    return;
  heading(self, 2, "Warnings");
  if (self->html)
    g_string_append(self->out, "<ul>\n");
  json_array_foreach(warnings, i, warning)
  {
    g_autofree char *safe = escaped(self, json_string_value(warning));
    g_string_append_printf(self->out, self->html ? "<li>%s</li>\n" : "- %s\n", safe);
  }
  if (self->html)
    g_string_append(self->out, "</ul>\n");
}

static const char html_head[]
    = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>dmig report</title>\n<style>\n"
      "body { font: 15px/1.45 system-ui, sans-serif; max-width: 62em; margin: 2em auto; padding: 0 "
      "1em; color: #222; background: #fff }\n"
      "table { border-collapse: collapse; margin: .5em 0 1.5em; width: 100% }\n"
      "td, th { text-align: left; vertical-align: top; padding: .25em .8em .25em 0; border-bottom: "
      "1px solid #ddd; overflow-wrap: anywhere }\n"
      "th { font-weight: 600; color: #666 } h3 { margin-bottom: 0; font-size: 1em }\n"
      "tr.problem td:first-child { color: #b00020; font-weight: 600 }\n"
      "tr.warning td:first-child { color: #8a6100; font-weight: 600 }\n"
      "tr.good td:first-child { color: #1a7f37 }\n"
      "@media print { body { margin: 0; max-width: none; font-size: 11px } tr { break-inside: avoid } "
      "h2, h3 { break-after: avoid } }\n"
      "</style>\n</head>\n<body>\n";

static char *
title_of(const json_t *report)
{
  const char *command = text_of(report, "command"), *target = text_of(report, "target");
  return g_strdup_printf("dmig %s: %s, %s", command != NULL ? command : "check",
                         target != NULL ? target : "", text_of(report, "outcome"));
}

static void
write_all(Writer *self, const json_t *report)
{
  g_autofree char *title = title_of(report);
  heading(self, 1, title);
  write_facts(self, report);
  write_warnings(self, report);
  write_findings(self, json_object_get(report, "checks"), "Checked before");
  write_revisions(self, report);
  write_findings(self, json_object_get(report, "validation"), "Validated after");
  write_rows(self, report);
  write_phases(self, report);
}

gboolean
dmig_report_format_parse(const char *name, DmigReportFormat *out, GError **error)
{
  if (g_str_equal(name, "json"))
    *out = DMIG_REPORT_JSON;
  else if (g_str_equal(name, "markdown") || g_str_equal(name, "md"))
    *out = DMIG_REPORT_MARKDOWN;
  else if (g_str_equal(name, "html"))
    *out = DMIG_REPORT_HTML;
  else {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "a report is json, md or html, and not '%s'", name);
    return FALSE;
  }
  return TRUE;
}

char *
dmig_report_render(const json_t *report, DmigReportFormat format)
{
  if (format == DMIG_REPORT_JSON) {
    char *dumped = json_dumps(report, JSON_INDENT(2) | JSON_SORT_KEYS);
    char *text = g_strconcat(dumped, "\n", NULL);
    free(dumped);
    return text;
  }
  Writer writer = { g_string_new(NULL), format == DMIG_REPORT_HTML };
  if (writer.html)
    g_string_append(writer.out, html_head);
  write_all(&writer, report);
  if (writer.html)
    g_string_append(writer.out, "</body>\n</html>\n");
  return g_string_free(writer.out, FALSE);
}
