#include <stdio.h>
#include <string.h>

#include "cmd/chain.h"
#include "cmd/database.h"
#include "cmd/deviation.h"
#include "cmd/findings.h"
#include "cmd/output.h"
#include "cmd/report_document.h"
#include "cmd/revision.h"
#include "cmd/table.h"
#include "cmd/ui/colour.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "core/apply/checks/readiness.h"
#include "core/apply/checks/repair.h"
#include "core/base/text.h"

#define KEYS_SHOWN 5

typedef struct {
  char *target, *fix_script, *report; /* NULL: not given */
  gboolean json, fast, values;
} Options;

static void
options_clear(Options *self)
{
  g_free(self->target);
  g_free(self->fix_script);
  g_free(self->report);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* What a check is about. */
typedef struct {
  DmigDatabase *db; /* NULL: there is none yet */
  DmigRevision *at, *to;
  GPtrArray *chain;
  DmigReadiness *readiness;
} Subject;

static void
subject_clear(Subject *self)
{
  dmig_readiness_free(self->readiness);
  g_clear_pointer(&self->chain, g_ptr_array_unref);
  dmig_revision_free(self->at);
  dmig_revision_free(self->to);
  dmig_database_free(self->db);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, subject_clear)

static void
note_drift(DmigContext *context, const Subject *subject, const DmigDeviation *deviation)
{
  GPtrArray *findings = subject->readiness->findings;
  g_autofree char *title = dmig_revision_title(context, subject->at);
  guint n = deviation->adopt->changes->items->len;
  if (n == 0) {
    dmig_finding_add(findings, DMIG_FINDING_GOOD, "drift", "it is as %s says", title);
    return;
  }
  g_autofree char *differences = dmig_text_count(n, "difference", "differences");
  DmigFinding *finding
      = dmig_finding_add(findings, DMIG_FINDING_WARNING, "drift", "it is not as %s says: %s", title,
                         differences);
  dmig_finding_advise(finding, "'dmig drift' shows them, and how to take them back or to adopt them");
}

/* A target that can't be compared may be ready for all that. */
static void
look_for_drift(DmigContext *context, const char *target, const Subject *subject)
{
  GPtrArray *findings = subject->readiness->findings;
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigSide) side = dmig_side_target(context, target, DMIG_OPEN_READ_ONLY, &error);
  g_autoptr(DmigSide) revision
      = side != NULL ? dmig_side_revision(context, subject->at->id, &error) : NULL;
  g_autoptr(DmigDeviation) deviation
      = revision != NULL ? dmig_deviation_new(context, revision, side, FALSE, &error) : NULL;
  if (deviation != NULL)
    note_drift(context, subject, deviation);
  else
    dmig_finding_add(findings, DMIG_FINDING_WARNING, "drift", "it can't be compared: %s",
                     error->message);
}

/* Tables that dmig has not made stand in the way of those that it is going to make. */
static void
look_for_strangers(const Subject *subject)
{
  g_autoptr(DmigSchema) schema = NULL;
  g_autoptr(GError) error = NULL;
  GPtrArray *findings = subject->readiness->findings;
  if (!dmig_database_inspect(subject->db, &schema, &error)) {
    dmig_finding_add(findings, DMIG_FINDING_WARNING, "drift", "it can't be read: %s",
                     error->message);
    return;
  }
  if (schema->tables->len == 0) {
    dmig_finding_add(findings, DMIG_FINDING_GOOD, "drift", "it is empty, as it should be");
    return;
  }
  g_autofree char *tables = dmig_text_count(schema->tables->len, "table", "tables");
  DmigFinding *finding
      = dmig_finding_add(findings, DMIG_FINDING_WARNING, "drift",
                         "it holds %s, but no revision is on record", tables);
  dmig_finding_advise(finding, "'dmig baseline' records the revision that a database is at already");
}

static gboolean
look_for_losses(const Subject *subject, GError **error)
{
  g_autoptr(GPtrArray) losses = NULL;
  if (!dmig_apply_losses(subject->db->dialect, subject->chain, &losses, error))
    return FALSE;
  for (guint i = 0; i < losses->len; i++) {
    DmigFinding *finding
        = dmig_finding_add(subject->readiness->findings, DMIG_FINDING_WARNING, "data-loss",
                           "it loses data: %s", (char *) losses->pdata[i]);
    if (i + 1 == losses->len)
      dmig_finding_advise(finding, "--allow-data-loss lets it");
  }
  return TRUE;
}

static gboolean
find_subject(DmigContext *context, const char *spec, const Options *options, Subject *out,
             GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  const DmigDialect *dialect = NULL;
  if (store == NULL)
    return FALSE;
  out->to = dmig_store_revision(store, spec, error);
  if (out->to == NULL || !dmig_target_look(context, options->target, &out->db, &dialect, error)
      || !dmig_target_position(context, out->db, NULL, &out->at, error))
    return FALSE;
  out->chain = dmig_chain_new(context, dialect, out->at != NULL ? out->at->id : NULL, out->to->id,
                              error);
  return out->chain != NULL;
}

/* Where there is no database yet there is nothing to stand in the way. */
static gboolean
check(DmigContext *context, const Options *options, Subject *subject, GError **error)
{
  const DmigReadinessOptions wanted = { .keys = KEYS_SHOWN };
  if (subject->db == NULL) {
    subject->readiness = dmig_readiness_new();
    dmig_finding_add(subject->readiness->findings, DMIG_FINDING_GOOD, "connection",
                     "there is no such database yet; 'dmig apply' makes it");
    return TRUE;
  }
  if (!dmig_readiness_check(subject->db, subject->chain, &wanted, &subject->readiness, error))
    return FALSE;
  if (!options->fast && subject->at != NULL)
    look_for_drift(context, options->target, subject);
  else if (!options->fast)
    look_for_strangers(subject);
  return look_for_losses(subject, error);
}

static void
print_head(DmigContext *context, const Options *options, const Subject *subject)
{
  g_autofree char *target = dmig_target_label(context, options->target);
  g_autofree char *at = dmig_revision_title(context, subject->at);
  g_autofree char *to = dmig_revision_title(context, subject->to);
  g_autofree char *revisions = dmig_text_count(subject->chain->len, "revision", "revisions");
  const char *server = subject->db != NULL ? subject->db->driver->version(subject->db) : NULL;
  printf("%s%s%s%s%s%s: ", dmig_colour(DMIG_COLOUR_BOLD), target, dmig_colour(DMIG_COLOUR_RESET),
         server != NULL ? " (" : "", server != NULL ? server : "", server != NULL ? ")" : "");
  if (subject->chain->len == 0)
    printf("at %s already\n\n", to);
  else
    printf("from %s to %s, %s\n\n", at, to, revisions);
}

static void
print_verdict(const Options *options, const Subject *subject)
{
  GPtrArray *findings = subject->readiness->findings;
  g_autofree char *count = dmig_findings_count(findings);
  gboolean problems = dmig_findings_worst(findings) == DMIG_FINDING_PROBLEM;
  gboolean mendable = FALSE;
  for (guint i = 0; i < findings->len; i++) {
    const DmigFinding *finding = findings->pdata[i];
    mendable |= finding->check != NULL && finding->check->kind != DMIG_CHECK_OTHER;
  }
  if (count == NULL)
    printf("\n%sReady.%s\n", dmig_colour(DMIG_COLOUR_GREEN), dmig_colour(DMIG_COLOUR_RESET));
  else if (problems)
    printf("\n%sNot ready%s: %s.\n", dmig_colour(DMIG_COLOUR_RED), dmig_colour(DMIG_COLOUR_RESET),
           count);
  else
    printf("\n%sReady%s, with %s.\n", dmig_colour(DMIG_COLOUR_YELLOW),
           dmig_colour(DMIG_COLOUR_RESET), count);
  if (mendable && options->fix_script == NULL)
    dmig_message_aside("\"dmig check --fix-script fix.sql\" writes SQL to choose from that mends rows");
}

static void
print_json(DmigContext *context, const Options *options, const Subject *subject)
{
  g_autoptr(json_t) document = dmig_json_document();
  g_autofree char *target = dmig_target_label(context, options->target);
  GPtrArray *findings = subject->readiness->findings;
  dmig_json_set(document, "target", target);
  dmig_json_set(document, "server",
                subject->db != NULL ? subject->db->driver->version(subject->db) : NULL);
  dmig_json_set(document, "from", subject->at != NULL ? subject->at->id : NULL);
  dmig_json_set(document, "to", subject->to->id);
  json_object_set_new(document, "revisions", json_integer(subject->chain->len));
  dmig_json_set(document, "verdict", dmig_findings_verdict(findings));
  json_object_set_new(document, "findings", dmig_findings_to_json(findings, TRUE));
  dmig_json_print(document);
}

static gboolean
write_script(DmigContext *context, const Options *options, const Subject *subject, GError **error)
{
  if (options->fix_script == NULL)
    return TRUE;
  g_autofree char *target = dmig_target_label(context, options->target);
  g_autofree char *raw = g_strdup_printf("What would make %s ready for %.7s", target,
                                         subject->to->id);
  g_autofree char *title = dmig_text_printable(raw);
  g_autofree char *script
      = subject->db != NULL
            ? dmig_repair_script(subject->db->dialect, subject->readiness, title)
            : NULL;
  if (script == NULL) {
    dmig_message("There is nothing that SQL could mend; no script was written");
    return TRUE;
  }
  if (strcmp(options->fix_script, "-") == 0) {
    fputs(script, stdout);
    return TRUE;
  }
  gboolean written = FALSE;
  if (!dmig_output_write(options->fix_script, script, FALSE, &written, error))
    return FALSE;
  dmig_message("Wrote %s: read it, choose, and run it yourself", options->fix_script);
  return TRUE;
}

static gboolean
write_report(DmigContext *context, const Options *options, const Subject *subject, GError **error)
{
  if (options->report == NULL)
    return TRUE;
  g_autofree char *target = dmig_target_label(context, options->target);
  g_autoptr(json_t) report = dmig_report_of_check(
      subject->db, target, subject->at != NULL ? subject->at->id : NULL, subject->to->id,
      subject->readiness->findings, options->values);
  return dmig_report_write(report, options->report, error);
}

static gboolean
check_target(DmigContext *context, const char *spec, const Options *options, GError **error)
{
  g_auto(Subject) subject = { 0 };
  if (!find_subject(context, spec, options, &subject, error)
      || !check(context, options, &subject, error))
    return FALSE;
  gboolean piped = g_strcmp0(options->fix_script, "-") == 0;
  context->exit_status = dmig_findings_status(subject.readiness->findings);
  if (options->json && !piped) {
    print_json(context, options, &subject);
  } else if (!piped) {
    print_head(context, options, &subject);
    dmig_findings_print(context, subject.readiness->findings);
    print_verdict(options, &subject);
  }
  return write_script(context, options, &subject, error)
         && write_report(context, options, &subject, error);
}

static gboolean
run_check(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "target", 't', 0, G_OPTION_ARG_STRING, &options.target, "The database to look at",
      "TARGET|URL" },
    { "fix-script", 0, 0, G_OPTION_ARG_STRING, &options.fix_script,
      "Write SQL that would mend the rows in the way, for a person to choose from", "FILE|-" },
    { "report", 0, 0, G_OPTION_ARG_STRING, &options.report, "Write a report there, too",
      "FILE.json|.md|.html" },
    { "values", 0, 0, G_OPTION_ARG_NONE, &options.values,
      "Let the report name rows in the way by their keys", NULL },
    { "fast", 0, 0, G_OPTION_ARG_NONE, &options.fast, "Don't compare with the revision", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print all of it as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  return dmig_command_at_most(context, argc, argv, 1, error)
         && check_target(context, argc > 1 ? argv[1] : "HEAD", &options, error);
}

const DmigCommand dmig_command_check = {
  .name = "check",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Tell whether a database is ready for a revision",
  .usage = "[-t TARGET|URL] [--fix-script FILE|-] [--report FILE] [--fast] [--json] [REV]",
  .examples = "dmig check                       # the default target, for HEAD\n"
              "dmig check -t prod v1.4          # another target, another revision\n"
              "dmig check --fix-script fix.sql  # SQL to choose from that mends rows",
  .description
  = "Looks at the server's version, privileges, room on the disk, other runs, sessions\n"
    "that hold locks, drift, and for every step at the rows that it would stumble\n"
    "over, of which it shows a few. Nothing is changed and nothing is waited for.\n"
    "\n"
    "Ends with status 0 where the database is ready, 2 with warnings, 1 where it is not.",
  .run = run_check,
};
