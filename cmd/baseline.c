#include <stdio.h>

#include "cmd/database.h"
#include "cmd/deviation.h"
#include "cmd/revision.h"
#include "cmd/table.h"
#include "cmd/ui/json.h"
#include "core/apply/tracking/baseline.h"

typedef struct {
  char *target; /* -t; NULL: the default one */
  gboolean json, owners;
  int wait_seconds;
} Options;

static void
options_clear(Options *self)
{
  g_free(self->target);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

typedef struct {
  DmigContext *context;
  DmigSide *revision, *target;
  gboolean owners;
  DmigDeviation *deviation; /* NULL: not compared yet */
} Baseline;

static void
baseline_clear(Baseline *self)
{
  dmig_deviation_free(self->deviation);
  dmig_side_free(self->revision);
  dmig_side_free(self->target);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Baseline, baseline_clear)

static gboolean
check(DmigDatabase *db, gpointer data, GError **error)
{
  Baseline *self = data;
  self->deviation = dmig_deviation_new(self->context, self->revision, self->target,
                                       self->owners, error);
  if (self->deviation == NULL)
    return FALSE;
  if (dmig_deviation_is_none(self->deviation))
    return TRUE;
  g_autofree char *title = dmig_revision_title(self->context, self->revision->revision);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_DRIFT,
              "%s is not as %s says, and was not recorded; change the domain or the database, or "
              "list in .dmigignore what is none of dmig's business",
              self->target->label, title);
  return FALSE;
}

static void
print_json(const Baseline *self, gboolean recorded)
{
  g_autoptr(json_t) document = dmig_json_document();
  dmig_json_set(document, "target", self->target->label);
  dmig_json_set(document, "revision", self->revision->revision->id);
  json_object_set_new(document, "recorded", json_boolean(recorded));
  json_object_set_new(document, "objects",
                      self->deviation != NULL
                          ? dmig_deviation_to_json(self->deviation, self->revision)
                          : json_array());
  dmig_json_print(document);
}

static void
print_result(const Baseline *self, gboolean recorded)
{
  g_autofree char *title = dmig_revision_title(self->context, self->revision->revision);
  if (recorded) {
    printf("%s is at %s now; nothing in it was changed.\n", self->target->label, title);
  } else if (self->deviation != NULL && !dmig_deviation_is_none(self->deviation)) {
    dmig_deviation_print(self->deviation, self->revision);
    printf("\n+ is in the database alone, - is missing there.\n");
  }
}

static gboolean
baseline(DmigContext *context, const char *spec, const Options *options, GError **error)
{
  g_auto(Baseline) self = { .context = context, .owners = options->owners };
  self.revision = dmig_side_revision(context, spec, error);
  if (self.revision == NULL)
    return FALSE;
  self.target = dmig_side_target(context, options->target, 0, error);
  if (self.target == NULL)
    return FALSE;
  const DmigBaseline record = {
    .revision = self.revision->revision->id,
    .domain = self.revision->snapshot->domain->name,
    .wait_seconds = (guint) MAX(options->wait_seconds, 0),
    .check = check,
    .data = &self,
  };
  gboolean recorded = dmig_baseline_record(self.target->database, &record, error);
  if (options->json)
    print_json(&self, recorded);
  else
    print_result(&self, recorded);
  return recorded;
}

static gboolean
run_baseline(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "target", 't', 0, G_OPTION_ARG_STRING, &options.target, "The database to record",
      "TARGET|URL" },
    { "wait", 0, 0, G_OPTION_ARG_INT, &options.wait_seconds, "Wait so long for another run to end",
      "SECONDS" },
    { "owners", 0, 0, G_OPTION_ARG_NONE, &options.owners, "Who owns an object counts", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print what was found as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  return dmig_command_at_most(context, argc, argv, 1, error)
         && baseline(context, argc > 1 ? argv[1] : "HEAD", &options, error);
}

const DmigCommand dmig_command_baseline = {
  .name = "baseline",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Record a database as being at a revision",
  .usage = "[-t TARGET|URL] [--wait SECONDS] [--owners] [--json] [REV]",
  .examples = "dmig baseline -t prod        # it is as HEAD says: from now on it is at HEAD\n"
              "dmig baseline -t old v1.0    # at another revision",
  .description
  = "For a database that was there before dmig. It is compared with the revision first,\n"
    "and recorded only where nothing differs; else the differences are listed, and the\n"
    "command ends with status 5. Nothing but dmig's own tables is written.",
  .run = run_baseline,
};
