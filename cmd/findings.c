#include "cmd/findings.h"

#include <stdio.h>
#include <string.h>

#include "cmd/ui/colour.h"
#include "cmd/ui/json.h"
#include "cmd/ui/sign.h"
#include "core/base/text.h"

static const DmigColour colours[] = {
  [DMIG_FINDING_GOOD] = DMIG_COLOUR_GREEN,
  [DMIG_FINDING_NOTE] = DMIG_COLOUR_DIM,
  [DMIG_FINDING_WARNING] = DMIG_COLOUR_YELLOW,
  [DMIG_FINDING_PROBLEM] = DMIG_COLOUR_RED,
};
static const DmigSign signs[] = {
  [DMIG_FINDING_GOOD] = DMIG_SIGN_GOOD,
  [DMIG_FINDING_NOTE] = DMIG_SIGN_NOTE,
  [DMIG_FINDING_WARNING] = DMIG_SIGN_WARNING,
  [DMIG_FINDING_PROBLEM] = DMIG_SIGN_BAD,
};

static void
print_line(const char *before, const char *text, const char *after)
{
  g_autofree char *printable = dmig_text_printable(text);
  printf("    %s%s%s\n", before, printable, after);
}

static void
print_place(DmigContext *context, const DmigFinding *finding)
{
  if (finding->revision == NULL)
    return;
  g_autofree char *id = dmig_store_short_id(context->store, finding->revision);
  g_autofree char *step = finding->step != NULL ? dmig_step_short_title(finding->step) : NULL;
  g_autofree char *place = step != NULL ? g_strdup_printf("%s, %s", id, step) : g_strdup(id);
  print_line("before ", place, "");
}

static void
print_one(DmigContext *context, const DmigFinding *finding, int width)
{
  g_autofree char *text = dmig_text_printable(finding->text);
  printf("%s%s%s %-*s  %s\n", dmig_colour(colours[finding->level]), dmig_sign(signs[finding->level]),
         dmig_colour(DMIG_COLOUR_RESET), width, finding->rule, text);
  if (finding->level >= DMIG_FINDING_WARNING)
    print_place(context, finding);
  for (guint i = 0; i < finding->keys->len; i++)
    print_line("  ", finding->keys->pdata[i], "");
  if (finding->keys->len > 0 && finding->check->kind != DMIG_CHECK_DUPLICATE
      && finding->rows > (gint64) finding->keys->len)
    printf("      and %" G_GINT64_FORMAT " more\n", finding->rows - (gint64) finding->keys->len);
  g_autofree char *arrow = g_strconcat(dmig_sign_arrow(), " ", NULL);
  if (finding->advice != NULL)
    print_line(arrow, finding->advice, "");
}

void
dmig_findings_print(DmigContext *context, GPtrArray *findings)
{
  gsize width = 0;
  for (guint i = 0; i < findings->len; i++)
    width = MAX(width, strlen(((DmigFinding *) findings->pdata[i])->rule));
  for (guint i = 0; i < findings->len; i++)
    print_one(context, findings->pdata[i], (int) width);
}

json_t *
dmig_findings_to_json(GPtrArray *findings, gboolean values)
{
  json_t *array = json_array();
  for (guint i = 0; i < findings->len; i++) {
    const DmigFinding *finding = findings->pdata[i];
    json_t *object = json_object();
    dmig_json_set(object, "level", dmig_finding_level_name(finding->level));
    dmig_json_set(object, "rule", finding->rule);
    dmig_json_set(object, "revision", finding->revision);
    dmig_json_set(object, "step", finding->step);
    dmig_json_set(object, "text", finding->text);
    dmig_json_set(object, "advice", finding->advice);
    json_object_set_new(object, "rows",
                        finding->rows >= 0 ? json_integer(finding->rows) : json_null());
    if (values && finding->keys->len > 0)
      json_object_set_new(object, "keys", dmig_json_strings(finding->keys));
    json_array_append_new(array, object);
  }
  return array;
}

static guint
count_of(GPtrArray *findings, DmigFindingLevel level)
{
  guint n = 0;
  for (guint i = 0; i < findings->len; i++)
    n += ((DmigFinding *) findings->pdata[i])->level == level;
  return n;
}

char *
dmig_findings_count(GPtrArray *findings)
{
  guint bad = count_of(findings, DMIG_FINDING_PROBLEM);
  guint doubtful = count_of(findings, DMIG_FINDING_WARNING);
  g_autofree char *problems = bad > 0 ? dmig_text_count(bad, "problem", "problems") : NULL;
  g_autofree char *warnings = doubtful > 0 ? dmig_text_count(doubtful, "warning", "warnings") : NULL;
  if (problems != NULL && warnings != NULL)
    return g_strdup_printf("%s, %s", problems, warnings);
  return problems != NULL ? g_steal_pointer(&problems) : g_steal_pointer(&warnings);
}

const char *
dmig_findings_verdict(GPtrArray *findings)
{
  DmigFindingLevel worst = dmig_findings_worst(findings);
  return worst == DMIG_FINDING_PROBLEM   ? "not ready"
         : worst == DMIG_FINDING_WARNING ? "warnings"
                                         : "ready";
}

int
dmig_findings_status(GPtrArray *findings)
{
  DmigFindingLevel worst = dmig_findings_worst(findings);
  return worst == DMIG_FINDING_PROBLEM ? 1 : worst == DMIG_FINDING_WARNING ? DMIG_EXIT_WARNINGS : 0;
}
