#include <stdio.h>

#include "cmd/conformity.h"
#include "cmd/database.h"
#include "cmd/findings.h"
#include "cmd/revision.h"
#include "cmd/table.h"
#include "cmd/ui/colour.h"
#include "cmd/ui/json.h"
#include "core/apply/checks/verify.h"

#define EXIT_DRIFT 5

typedef struct {
  char *target; /* NULL: not given */
  gboolean json, fast;
} Options;

static void
options_clear(Options *self)
{
  g_free(self->target);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void
note_counts(DmigDatabase *db, GPtrArray *findings)
{
  g_autoptr(GPtrArray) counts = NULL;
  g_autoptr(GError) error = NULL;
  if (!db->driver->census(db, &counts, &error)) {
    dmig_finding_add(findings, DMIG_FINDING_WARNING, "row-count", "rows can't be counted: %s",
                     error->message);
    return;
  }
  g_autofree char *text = dmig_counts_text(counts);
  dmig_finding_add(findings, DMIG_FINDING_GOOD, "row-count", "it holds %s", text);
}

static void
print_findings(DmigContext *context, const char *target, const DmigRevision *at,
               GPtrArray *findings)
{
  g_autofree char *title = dmig_revision_title(context, at);
  g_autofree char *count = dmig_findings_count(findings);
  gboolean problems = dmig_findings_worst(findings) == DMIG_FINDING_PROBLEM;
  printf("%s%s%s at %s\n\n", dmig_colour(DMIG_COLOUR_BOLD), target, dmig_colour(DMIG_COLOUR_RESET),
         title);
  dmig_findings_print(context, findings);
  if (count == NULL)
    printf("\n%sAll is as it should be.%s\n", dmig_colour(DMIG_COLOUR_GREEN),
           dmig_colour(DMIG_COLOUR_RESET));
  else
    printf("\n%s%s%s: %s.\n", dmig_colour(problems ? DMIG_COLOUR_RED : DMIG_COLOUR_YELLOW),
           problems ? "Not all is as it should be" : "It holds", dmig_colour(DMIG_COLOUR_RESET),
           count);
}

static void
print_json(const char *target, const DmigRevision *at, GPtrArray *findings)
{
  static const char *const outcomes[] = { "good", "good", "warnings", "problems" };
  g_autoptr(json_t) document = dmig_json_document();
  dmig_json_set(document, "target", target);
  dmig_json_set(document, "revision", at != NULL ? at->id : NULL);
  dmig_json_set(document, "verdict", outcomes[dmig_findings_worst(findings)]);
  json_object_set_new(document, "findings", dmig_findings_to_json(findings, FALSE));
  dmig_json_print(document);
}

/* Drift alone has a status of its own, as for `dmig drift`. */
static int
status_of(GPtrArray *findings)
{
  guint drift = 0, others = 0;
  for (guint i = 0; i < findings->len; i++) {
    const DmigFinding *finding = findings->pdata[i];
    gboolean bad = finding->level == DMIG_FINDING_PROBLEM;
    drift += bad && g_str_equal(finding->rule, "drift");
    others += bad && !g_str_equal(finding->rule, "drift");
  }
  return drift > 0 && others == 0 ? EXIT_DRIFT : dmig_findings_status(findings);
}

static gboolean
verify(DmigContext *context, const char *name, const Options *options, GError **error)
{
  g_autoptr(DmigDatabase) db = NULL;
  g_autoptr(DmigRevision) at = NULL;
  g_autoptr(GPtrArray) findings
      = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_finding_free);
  if (dmig_context_store(context, error) == NULL
      || !dmig_target_open(context, name, DMIG_OPEN_READ_ONLY, &db, error)
      || !dmig_target_position(context, db, NULL, &at, error))
    return FALSE;
  const char *revision = at != NULL ? at->id : NULL;
  dmig_conformity_schema(context, db, revision, NULL, findings);
  if (!options->fast) {
    db->driver->integrity(db, findings);
    note_counts(db, findings);
  }
  dmig_conformity_checks(context, db, revision, findings);
  g_autofree char *target = dmig_target_label(context, name);
  context->exit_status = status_of(findings);
  if (options->json)
    print_json(target, at, findings);
  else
    print_findings(context, target, at, findings);
  return TRUE;
}

static gboolean
run_verify(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "target", 't', 0, G_OPTION_ARG_STRING, &options.target, "The database to look at",
      "TARGET|URL" },
    { "fast", 0, 0, G_OPTION_ARG_NONE, &options.fast, "Only what the catalogues tell", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print all of it as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  if (!dmig_command_at_most(context, argc, argv, 1, error))
    return FALSE;
  if (argc > 1 && options.target != NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "name the database once");
    return FALSE;
  }
  return verify(context, argc > 1 ? argv[1] : options.target, &options, error);
}

const DmigCommand dmig_command_verify = {
  .name = "verify",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Tell whether a database is what its revision says, and sound",
  .usage = "[--fast] [--json] [TARGET|URL]",
  .examples = "dmig verify              # the default target\n"
              "dmig verify prod --json  # another one, for a program",
  .description
  = "Compares the database with the revision that it is recorded at, and sees that\n"
    "references, indexes and constraints hold, the file is sound (SQLite: all of it up\n"
    "to 64 MB, without its indexes up to 1 GB), and the checks of change.yaml too.\n"
    "'dmig apply' ends with the same. Nothing is changed.\n"
    "\n"
    "Ends with status 0 where all is well, 2 with warnings, 5 where only the schema\n"
    "differs, 1 for any other problem.",
  .run = run_verify,
};
