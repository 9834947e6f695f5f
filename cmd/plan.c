#include <stdio.h>
#include <string.h>

#include "cmd/comparison.h"
#include "cmd/plan_report.h"
#include "cmd/plan_table.h"
#include "cmd/revision.h"
#include "cmd/table.h"
#include "cmd/ui/json.h"
#include "cmd/ui/table.h"
#include "cmd/way.h"
#include "core/base/text.h"

typedef enum {
  FORMAT_TEXT,
  FORMAT_JSON,
  FORMAT_SARIF,
  FORMAT_GITHUB,
  FORMAT_SQL,
} Format;
static const char *const formats[] = { "text", "json", "sarif", "github", "sql", NULL };

typedef struct {
  char *target, *format_name, *level;
  gboolean sql, json, online, working, exit_code;
  Format format;
  DmigHazardSeverity least;
} Options;

static void
options_clear(Options *self)
{
  g_free(self->target);
  g_free(self->format_name);
  g_free(self->level);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* What apply does unless it is told otherwise. */
static gboolean
keeps(DmigContext *context)
{
  g_autofree char *said = dmig_context_config(context, "apply.keep");
  return g_strcmp0(said, "false") != 0;
}

/* --- text ---------------------------------------------------------------------------------- */

static void
print_hazard(DmigContext *context, const DmigHazard *hazard, const char *last_rule)
{
  DmigHazardSeverity severity = dmig_hazard_severity(context, hazard->rule);
  DmigColour colour = severity == DMIG_HAZARD_ERROR ? DMIG_COLOUR_RED : DMIG_COLOUR_YELLOW;
  if (hazard->allowed != NULL) {
    printf("  step %u: %s is allowed: %s\n", hazard->step + 1, hazard->rule->name, hazard->allowed);
    return;
  }
  printf("%s! step %u: %s: %s: %s%s\n", dmig_colour(colour), hazard->step + 1,
         dmig_hazard_severity_name(severity), hazard->rule->name, hazard->message,
         dmig_colour(DMIG_COLOUR_RESET));
  if (g_strcmp0(last_rule, hazard->rule->name) != 0)
    printf("    %s\n", hazard->rule->advice);
}

static void
print_hazards(DmigContext *context, const DmigLeg *leg, DmigHazardSeverity least)
{
  const char *last_rule = NULL;
  for (guint i = 0; i < leg->hazards->len; i++) {
    const DmigHazard *hazard = g_ptr_array_index(leg->hazards, i);
    if (dmig_hazard_severity(context, hazard->rule) < least)
      continue;
    print_hazard(context, hazard, last_rule);
    last_rule = hazard->rule->name;
  }
}

/* "apply 3f2a91c Add phones", with the dialect where there may be several. */
static void
print_title(DmigContext *context, const DmigWay *way, const DmigLeg *leg)
{
  const DmigMigration *migration = leg->migration;
  const char *id = dmig_chain_revision(migration);
  g_autofree char *short_id = id != NULL ? dmig_store_short_id(context->store, id) : NULL;
  printf("\n%s%s%s%s%s %s", dmig_colour(DMIG_COLOUR_YELLOW), migration->down ? "revert" : "apply",
         short_id != NULL ? " " : "", short_id != NULL ? short_id : "",
         dmig_colour(DMIG_COLOUR_RESET), migration->title);
  if (way->dialect == NULL)
    printf(" on %s", leg->dialect->title);
  printf("%s\n", leg->online ? ", online" : "");
}

static void
print_way(DmigContext *context, const DmigWay *way, const Options *options)
{
  g_autofree char *at = dmig_revision_title(context, way->at);
  g_autofree char *to
      = way->working ? g_strdup("the working files") : dmig_revision_title(context, way->to);
  if (way->legs->len == 0) {
    if (way->target != NULL)
      printf("Already at %s.\n", to);
    else
      printf("Nothing to do from %s to %s.\n", at, to);
    return;
  }
  g_autoptr(DmigSizes) sizes = dmig_sizes_read(way->db);
  const DmigPlanLook look = { dmig_grid_width(), sizes, keeps(context) };
  g_autofree char *count = dmig_text_count(way->legs->len, "revision", "revisions");
  dmig_context_page(context);
  printf("From %s to %s", at, to);
  printf(way->target != NULL ? ": %s\n" : "\n", count);
  for (guint i = 0; i < way->legs->len; i++) {
    const DmigLeg *leg = g_ptr_array_index(way->legs, i);
    print_title(context, way, leg);
    dmig_plan_print(leg->plan, &look);
    print_hazards(context, leg, options->least);
  }
  for (guint i = 0; i < way->refusals->len; i++)
    printf("%s%s! refuses now: %s%s\n", i == 0 ? "\n" : "", dmig_colour(DMIG_COLOUR_RED),
           (const char *) g_ptr_array_index(way->refusals, i), dmig_colour(DMIG_COLOUR_RESET));
}

static void
print_sql(const DmigWay *way)
{
  for (guint i = 0; i < way->legs->len; i++) {
    const DmigLeg *leg = g_ptr_array_index(way->legs, i);
    printf("%s-- %s\n%s", i > 0 ? "\n" : "", leg->migration->file, leg->migration->sql);
  }
}

/* --- JSON ---------------------------------------------------------------------------------- */

static json_t *
hazards_to_json(DmigContext *context, const DmigWay *way, const DmigLeg *leg, guint number)
{
  json_t *array = json_array();
  for (guint i = 0; i < leg->hazards->len; i++) {
    const DmigHazard *hazard = g_ptr_array_index(leg->hazards, i);
    if (hazard->step != number)
      continue;
    g_auto(DmigPlace) place
        = dmig_place_of_step(context, way, leg, g_ptr_array_index(leg->plan->steps, number));
    json_t *item = json_object();
    dmig_json_set(item, "rule", hazard->rule->name);
    dmig_json_set(item, "severity",
                  dmig_hazard_severity_name(dmig_hazard_severity(context, hazard->rule)));
    dmig_json_set(item, "message", hazard->message);
    dmig_json_set(item, "advice", hazard->rule->advice);
    dmig_json_set(item, "allowed", hazard->allowed);
    json_object_set_new(item, "line", json_integer(hazard->line));
    dmig_json_set(item, "file", place.file);
    json_object_set_new(item, "file_line", json_integer(place.line));
    json_array_append_new(array, item);
  }
  return array;
}

static json_t *
estimate_to_json(const DmigSizes *sizes, const DmigStep *step)
{
  DmigEstimate estimate;
  if (!dmig_sizes_estimate(sizes, step, &estimate))
    return json_null();
  json_t *item = json_pack("{s:I,s:I,s:I}", "bytes", (json_int_t) estimate.bytes,
                           "least_milliseconds", (json_int_t) (estimate.fastest * 1000),
                           "most_milliseconds", (json_int_t) (estimate.slowest * 1000));
  json_object_set_new(item, "rows",
                      estimate.rows >= 0 ? json_integer(estimate.rows) : json_null());
  return item;
}

static json_t *
leg_to_json(DmigContext *context, const DmigWay *way, const DmigLeg *leg, const DmigSizes *sizes)
{
  const DmigMigration *migration = leg->migration;
  g_autoptr(GPtrArray) losses = dmig_plan_losses(leg->plan, NULL);
  json_t *item = json_object();
  json_t *steps = json_array();
  for (guint j = 0; j < leg->plan->steps->len; j++) {
    const DmigStep *step = g_ptr_array_index(leg->plan->steps, j);
    json_t *object = dmig_step_to_json(step);
    dmig_json_set(object, "fate", dmig_step_fate(step, keeps(context)));
    json_object_set_new(object, "hazards", hazards_to_json(context, way, leg, j));
    json_object_set_new(object, "estimate", estimate_to_json(sizes, step));
    json_array_append_new(steps, object);
  }
  dmig_json_set(item, "revision", dmig_chain_revision(migration));
  dmig_json_set(item, "direction", migration->down ? "downgrade" : "upgrade");
  dmig_json_set(item, "title", migration->title);
  dmig_json_set(item, "dialect", leg->dialect->name);
  json_object_set_new(item, "online", json_boolean(leg->online));
  dmig_json_set(item, "loss", dmig_loss_name(leg->plan->loss));
  json_object_set_new(item, "losses", dmig_json_strings(losses));
  json_object_set_new(item, "steps", steps);
  return item;
}

static void
print_json(DmigContext *context, const DmigWay *way)
{
  g_autoptr(json_t) document = dmig_json_document();
  g_autoptr(DmigSizes) sizes = dmig_sizes_read(way->db);
  json_t *migrations = json_array();
  for (guint i = 0; i < way->legs->len; i++)
    json_array_append_new(migrations,
                          leg_to_json(context, way, g_ptr_array_index(way->legs, i), sizes));
  dmig_json_set(document, "dialect", way->dialect != NULL ? way->dialect->name : NULL);
  dmig_json_set(document, "target", way->target);
  dmig_json_set(document, "from", way->at != NULL ? way->at->id : NULL);
  dmig_json_set(document, "to", way->to != NULL ? way->to->id : NULL);
  json_object_set_new(document, "migrations", migrations);
  json_object_set_new(document, "refusals", dmig_json_strings(way->refusals));
  dmig_json_print(document);
}

/* --- the command --------------------------------------------------------------------------- */

static void
show(DmigContext *context, const DmigWay *way, const Options *options)
{
  switch (options->format) {
  case FORMAT_TEXT:
    print_way(context, way, options);
    return;
  case FORMAT_JSON:
    print_json(context, way);
    return;
  case FORMAT_SARIF:
    dmig_plan_print_sarif(context, way, options->least);
    return;
  case FORMAT_GITHUB:
    dmig_plan_print_github(context, way, options->least);
    return;
  case FORMAT_SQL:
    print_sql(way);
    return;
  }
}

/* The worst hazard that nobody allowed; FALSE where there is none. */
static gboolean
worst_of(DmigContext *context, const DmigWay *way, DmigHazardSeverity *out)
{
  gboolean found = FALSE;
  *out = DMIG_HAZARD_NOTE;
  for (guint i = 0; i < way->legs->len; i++) {
    const DmigLeg *leg = g_ptr_array_index(way->legs, i);
    for (guint k = 0; k < leg->hazards->len; k++) {
      const DmigHazard *hazard = g_ptr_array_index(leg->hazards, k);
      if (hazard->allowed != NULL)
        continue;
      *out = MAX(*out, dmig_hazard_severity(context, hazard->rule));
      found = TRUE;
    }
  }
  return found;
}

static gboolean
judge(DmigContext *context, const DmigWay *way, const Options *options, GError **error)
{
  g_autofree char *said = dmig_context_config(context, "plan.fail-on");
  DmigHazardSeverity limit = DMIG_HAZARD_WARNING, worst;
  if ((said == NULL && !options->exit_code) || g_strcmp0(said, "never") == 0)
    return TRUE;
  if (said != NULL && !dmig_hazard_severity_parse(said, &limit)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "plan.fail-on is '%s'; it is one of note, warning, error and never", said);
    return FALSE;
  }
  if (worst_of(context, way, &worst) && worst >= limit)
    context->exit_status = DMIG_EXIT_WARNINGS;
  return TRUE;
}

static gboolean
settle_options(Options *options, GError **error)
{
  guint format = options->json ? FORMAT_JSON : options->sql ? FORMAT_SQL : FORMAT_TEXT;
  if (options->format_name != NULL)
    for (format = 0; formats[format] != NULL && !g_str_equal(formats[format], options->format_name);)
      format++;
  if (formats[format] == NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "unknown format '%s'; it is one of text, json, sarif, github and sql",
                options->format_name);
    return FALSE;
  }
  options->format = (Format) format;
  gboolean for_people = format == FORMAT_TEXT || format == FORMAT_GITHUB;
  options->least = for_people ? DMIG_HAZARD_WARNING : DMIG_HAZARD_NOTE;
  if (options->level == NULL || dmig_hazard_severity_parse(options->level, &options->least))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
              "unknown level '%s'; it is one of note, warning and error", options->level);
  return FALSE;
}

static gboolean
find_way(DmigContext *context, const char *spec, const Options *options, DmigWay *out,
         GError **error)
{
  g_auto(GStrv) range = spec != NULL ? g_strsplit(spec, "..", 2) : NULL;
  gboolean is_range = range != NULL && g_strv_length(range) == 2;
  if ((is_range || options->working) && options->target != NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "no database is asked for %s; leave out -t",
                options->working ? "the working files" : "a range of revisions");
    return FALSE;
  }
  if (options->working && spec != NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "--working is from HEAD to the working files; leave out '%s'", spec);
    return FALSE;
  }
  if (options->working)
    return dmig_way_of_working(context, options->online, out, error);
  if (is_range)
    return dmig_way_of_range(context, range[0], range[1], options->online, out, error);
  return dmig_way_of_target(context, options->target, spec != NULL ? spec : "HEAD",
                            options->online, out, error);
}

static gboolean
run_plan(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "target", 't', 0, G_OPTION_ARG_STRING, &options.target, "The database it is for",
      "TARGET|URL" },
    { "working", 'w', 0, G_OPTION_ARG_NONE, &options.working,
      "From HEAD to the working files; no database is asked", NULL },
    { "online", 0, 0, G_OPTION_ARG_NONE, &options.online,
      "The steps in the forms that let others write meanwhile", NULL },
    { "format", 0, 0, G_OPTION_ARG_STRING, &options.format_name,
      "text, json, sarif, github or sql", "FORMAT" },
    { "level", 0, 0, G_OPTION_ARG_STRING, &options.level,
      "Hazards of at least this weight: note, warning, error", "LEVEL" },
    { "exit-code", 0, 0, G_OPTION_ARG_NONE, &options.exit_code,
      "End with status 2 where a hazard is as grave as plan.fail-on", NULL },
    { "sql", 0, 0, G_OPTION_ARG_NONE, &options.sql, "Print the SQL that would run", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print it as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  g_auto(DmigWay) way = { 0 };
  if (!settle_options(&options, error) || !dmig_command_at_most(context, argc, argv, 1, error)
      || !find_way(context, argc > 1 ? argv[1] : NULL, &options, &way, error)
      || !judge(context, &way, &options, error))
    return FALSE;
  show(context, &way, &options);
  return TRUE;
}

const DmigCommand dmig_command_plan = {
  .name = "plan",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Show step by step what 'apply' would do, and what may go wrong",
  .usage = "[-t TARGET|URL] [--online] [--format=FORMAT] [--exit-code] [REV | A..B | --working]",
  .examples = "dmig plan                        # from where the target is to HEAD\n"
              "dmig plan -t prod v1.4           # another target, another revision\n"
              "dmig plan --working              # what the next commit would do\n"
              "dmig plan --format=sarif A..B    # the hazards between two revisions\n"
              "dmig plan --sql                  # the SQL that would run",
  .description = "For each step: its phase (expand, migrate, contract), the lock that it takes,\n"
                 "whether it rewrites or scans a table, how long that may take by the table's\n"
                 "size (an estimate), and whether data is lost or kept beside. What the rows that\n"
                 "are there now would refuse is asked now. Hazards have names and reasons: see\n"
                 "docs/hazards.md, also for how to allow one. With --exit-code, or where\n"
                 "plan.fail-on is set, the status is 2 where there is one of at least that weight.",
  .run = run_plan,
};
