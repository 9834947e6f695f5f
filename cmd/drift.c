#include <stdio.h>

#include "cmd/database.h"
#include "cmd/deviation.h"
#include "cmd/patch.h"
#include "cmd/revision.h"
#include "cmd/table.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "core/domain/lift.h"
#include "core/domain/write.h"

#define EXIT_DRIFT 5

typedef struct {
  char *target; /* -t; NULL: none given */
  gboolean repair, adopt, json, owners;
} Options;

static void
options_clear(Options *self)
{
  g_free(self->target);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* The revision that the database says it is at. */
static DmigSide *
recorded_revision(DmigContext *context, const DmigSide *target, GError **error)
{
  g_autoptr(DmigRevision) revision = NULL;
  if (dmig_context_store(context, error) == NULL
      || !dmig_target_position(context, target->database, NULL, &revision, error))
    return NULL;
  if (revision != NULL)
    return dmig_side_revision(context, revision->id, error);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "%s has no revision on record to compare with; 'dmig baseline' records one for a "
              "database that is there already, 'dmig apply' brings it to one",
              target->label);
  return NULL;
}

/* As `dmig inspect` would write it. */
static char *
written(DmigSchema *schema, const DmigSide *revision)
{
  g_autoptr(DmigDiagnostics) diagnostics = dmig_diagnostics_new();
  g_autoptr(DmigDomain) domain = dmig_lift(revision->snapshot->domain->name, schema, diagnostics);
  return dmig_domain_write(domain);
}

/* The columns of `table` in the order in which `like` has them; its own come last. */
static void
order_columns(DmigTable *table, const DmigTable *like)
{
  g_autoptr(GPtrArray) ordered = g_ptr_array_new();
  for (guint i = 0; i < like->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(like->columns, i);
    DmigColumn *same = dmig_table_column(table, column->name);
    if (same != NULL)
      g_ptr_array_add(ordered, same);
  }
  for (guint i = 0; i < table->columns->len; i++) {
    DmigColumn *column = g_ptr_array_index(table->columns, i);
    if (dmig_table_column(like, column->name) == NULL)
      g_ptr_array_add(ordered, column);
  }
  for (guint i = 0; i < ordered->len; i++)
    g_ptr_array_index(table->columns, i) = g_ptr_array_index(ordered, i);
}

/* The order of columns is no difference, and must not look like one. */
static DmigSchema *
ordered_like(const DmigSchema *schema, const DmigSchema *like)
{
  DmigSchema *copy = dmig_schema_copy(schema);
  for (guint i = 0; i < copy->tables->len; i++) {
    DmigTable *table = g_ptr_array_index(copy->tables, i);
    const DmigTable *other = dmig_schema_table(like, table->name);
    if (other != NULL)
      order_columns(table, other);
  }
  return copy;
}

static char *
adoption_patch(const DmigDeviation *deviation, const DmigSide *revision, const DmigSide *target)
{
  g_autoptr(DmigSchema) ordered = ordered_like(deviation->is, deviation->wanted);
  g_autofree char *was = written(deviation->wanted, revision);
  g_autofree char *is = written(ordered, revision);
  return dmig_patch_new(revision->label, target->label, was, is);
}

static void
warn_of_losses(const DmigComparison *comparison)
{
  g_autoptr(GPtrArray) losses = dmig_plan_losses(comparison->plan, NULL);
  for (guint i = 0; i < losses->len; i++)
    dmig_message_warning("this SQL loses %s", (const char *) g_ptr_array_index(losses, i));
}

static gboolean
print_repair(const DmigDeviation *deviation, GError **error)
{
  if (!dmig_comparison_check(deviation->repair, error))
    return FALSE;
  g_autofree char *sql = dmig_comparison_script(deviation->repair, deviation->default_schema);
  fputs(sql, stdout);
  warn_of_losses(deviation->repair);
  return TRUE;
}

static gboolean
print_adoption(const DmigDeviation *deviation, const DmigSide *revision, const DmigSide *target,
               GError **error)
{
  g_autofree char *patch = adoption_patch(deviation, revision, target);
  printf("-- The domain, as 'dmig inspect' writes it, would change so:\n%s", patch);
  if (!dmig_comparison_check(deviation->adopt, error))
    return FALSE;
  g_autofree char *sql = dmig_comparison_script(deviation->adopt, deviation->default_schema);
  printf("\n-- And other databases of that revision so:\n%s", sql);
  return TRUE;
}

static void
set_script(json_t *object, const char *key, const DmigComparison *comparison, const char *schema)
{
  g_autofree char *sql
      = comparison->plan != NULL ? dmig_comparison_script(comparison, schema) : NULL;
  dmig_json_set(object, key, sql);
}

static void
print_json(const DmigDeviation *deviation, const DmigSide *revision, const DmigSide *target)
{
  g_autoptr(json_t) document = dmig_json_document();
  g_autoptr(GPtrArray) losses = dmig_plan_losses(deviation->repair->plan, NULL);
  g_autofree char *patch = dmig_deviation_is_none(deviation)
                               ? g_strdup("")
                               : adoption_patch(deviation, revision, target);
  dmig_json_set(document, "target", target->label);
  dmig_json_set(document, "revision", revision->revision->id);
  json_object_set_new(document, "drift", json_boolean(!dmig_deviation_is_none(deviation)));
  json_object_set_new(document, "objects", dmig_deviation_to_json(deviation, revision));
  dmig_json_set(document, "patch", patch);
  set_script(document, "repair", deviation->repair, deviation->default_schema);
  set_script(document, "adopt", deviation->adopt, deviation->default_schema);
  json_object_set_new(document, "losses", dmig_json_strings(losses));
  dmig_json_print(document);
}

static void
print_differences(DmigContext *context, const DmigDeviation *deviation, const DmigSide *revision,
                  const DmigSide *target)
{
  g_autofree char *title = dmig_revision_title(context, revision->revision);
  if (dmig_deviation_is_none(deviation)) {
    printf("%s is as %s says.\n", target->label, title);
    return;
  }
  printf("%s is not as %s says:\n\n", target->label, title);
  dmig_deviation_print(deviation, revision);
  printf("\n+ is in the database alone, - is missing there.\n");
  dmig_message_aside("\"dmig drift --repair\" prints SQL that takes the database back");
  dmig_message_aside("\"dmig drift --adopt\" prints what makes the domain like the database");
}

static gboolean
drift(DmigContext *context, const char *name, const Options *options, GError **error)
{
  g_autoptr(DmigSide) target = dmig_side_target(context, name, DMIG_OPEN_READ_ONLY, error);
  g_autoptr(DmigSide) revision = target != NULL ? recorded_revision(context, target, error) : NULL;
  g_autoptr(DmigDeviation) deviation
      = revision != NULL
            ? dmig_deviation_new(context, revision, target, options->owners, error)
            : NULL;
  if (deviation == NULL)
    return FALSE;
  gboolean none = dmig_deviation_is_none(deviation);
  if (!none)
    context->exit_status = EXIT_DRIFT;
  if (options->json)
    print_json(deviation, revision, target);
  else if (none && (options->repair || options->adopt))
    return TRUE;
  else if (options->repair)
    return print_repair(deviation, error);
  else if (options->adopt)
    return print_adoption(deviation, revision, target, error);
  else
    print_differences(context, deviation, revision, target);
  return TRUE;
}

static gboolean
run_drift(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "target", 't', 0, G_OPTION_ARG_STRING, &options.target, "The database to look at",
      "TARGET|URL" },
    { "repair", 0, 0, G_OPTION_ARG_NONE, &options.repair,
      "Print the SQL that takes the database back to its revision", NULL },
    { "adopt", 0, 0, G_OPTION_ARG_NONE, &options.adopt,
      "Print what makes the domain like the database", NULL },
    { "owners", 0, 0, G_OPTION_ARG_NONE, &options.owners, "Who owns an object counts", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print all of it as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  if (!dmig_command_at_most(context, argc, argv, 1, error))
    return FALSE;
  if ((options.repair && options.adopt) || (options.target != NULL && argc > 1)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "%s",
                argc > 1 && options.target != NULL ? "name the database once"
                                                   : "it is either --repair or --adopt");
    return FALSE;
  }
  return drift(context, argc > 1 ? argv[1] : options.target, &options, error);
}

const DmigCommand dmig_command_drift = {
  .name = "drift",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Tell what somebody changed in a database by hand",
  .usage = "[--repair | --adopt | --json] [--owners] [TARGET|URL]",
  .examples = "dmig drift                    # the default target against its revision\n"
              "dmig drift prod --repair      # SQL that takes it back to the revision\n"
              "dmig drift prod --adopt       # what makes the domain like the database",
  .description
  = "Compares a database with the revision that it is recorded at, in all that the\n"
    "database knows of itself. Ends with status 5 where they differ. Objects that\n"
    ".dmigignore lists, a pattern a line as in .gitignore, are none of its business:\n"
    "\n"
    "    audit.*          # all in the schema audit\n"
    "    table:tmp_*      # only tables\n"
    "    !table:tmp_keep  # but not this one\n"
    "\n"
    "Nothing is changed: what --repair prints is run by whom has read it.",
  .run = run_drift,
};
