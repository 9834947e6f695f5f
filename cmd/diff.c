#include <stdio.h>

#include "cmd/outline.h"
#include "cmd/renames.h"
#include "cmd/subject.h"
#include "cmd/table.h"
#include "cmd/ui/json.h"

typedef struct {
  char *sql;     /* NULL: not asked for; "": in the domain's first dialect */
  char *dialect; /* NULL: not stated */
  gboolean json, stat, reverse, exit_code, online, owners, no_owners;
} Options;

static const char *
stated_dialect(const Options *options)
{
  return options->sql != NULL && *options->sql != '\0' ? options->sql : options->dialect;
}

/* The first dialect stands for all, unless it is one of the others that differs. */
static const DmigComparison *
to_show(GPtrArray *comparisons)
{
  for (guint i = 0; i < comparisons->len; i++) {
    const DmigComparison *comparison = g_ptr_array_index(comparisons, i);
    if (comparison->changes->items->len > 0)
      return comparison;
  }
  return g_ptr_array_index(comparisons, 0);
}

static gboolean
print_sql(const DmigSubject *subject, const DmigComparison *comparison, GError **error)
{
  if (!dmig_comparison_check(comparison, error))
    return FALSE;
  g_autofree char *schema
      = dmig_sides_default_schema(subject->a, subject->b, comparison->dialect);
  g_autofree char *script = dmig_comparison_script(comparison, schema);
  fputs(script, stdout);
  return TRUE;
}

static void
print_json(const DmigSubject *subject, GPtrArray *comparisons, GPtrArray *renames, gboolean reverse)
{
  g_autoptr(json_t) document = dmig_json_document();
  json_t *dialects = json_array();
  for (guint i = 0; i < comparisons->len; i++)
    json_array_append_new(dialects, dmig_comparison_to_json(g_ptr_array_index(comparisons, i)));
  dmig_json_set(document, "from", reverse ? subject->b->label : subject->a->label);
  dmig_json_set(document, "to", reverse ? subject->a->label : subject->b->label);
  json_object_set_new(document, "dialects", dialects);
  json_object_set_new(document, "renames", dmig_renames_to_json(renames));
  dmig_json_print(document);
}

static gboolean
show(DmigContext *context, DmigSubject *subject, const Options *options, gboolean reverse,
     GError **error)
{
  g_autoptr(GPtrArray) comparisons
      = dmig_subject_compare_all(context, subject, stated_dialect(options), reverse, error);
  if (comparisons == NULL)
    return FALSE;
  dmig_leave_until_exit(g_ptr_array_ref(comparisons));
  if (subject->passage != NULL)
    dmig_passage_warn(subject->passage);
  for (guint i = 0; options->online && i < comparisons->len; i++)
    dmig_comparison_go_online(g_ptr_array_index(comparisons, i));
  const DmigComparison *shown = to_show(comparisons);
  g_autoptr(GPtrArray) renames
      = subject->passage != NULL ? dmig_renames_of(subject->passage) : g_ptr_array_new();
  g_autoptr(DmigOutline) outline = dmig_outline_make(subject->passage, reverse, comparisons);
  dmig_outline_name_entities(outline, subject->b->snapshot);
  dmig_outline_name_entities(outline, subject->a->snapshot);

  if (options->exit_code && outline->items->len > 0)
    context->exit_status = 1;
  if (options->json) {
    print_json(subject, comparisons, renames, reverse);
    return TRUE;
  }
  if (options->sql != NULL) {
    if (!print_sql(subject, *options->sql != '\0' ? shown : g_ptr_array_index(comparisons, 0), error))
      return FALSE;
    dmig_renames_warn(renames);
    return TRUE;
  }
  if (outline->items->len == 0)
    return TRUE;
  dmig_context_page(context);
  if (options->stat)
    dmig_outline_print_stat(outline, comparisons, 0);
  else
    dmig_outline_print(outline, comparisons);
  dmig_renames_print(renames);
  return TRUE;
}

static void
options_clear(Options *self)
{
  g_free(self->sql);
  g_free(self->dialect);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
run_diff(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "sql", 0, 0, G_OPTION_ARG_STRING, &options.sql, "Print the SQL that leads from A to B",
      "[=DIALECT]" },
    { "online", 0, 0, G_OPTION_ARG_NONE, &options.online,
      "The steps in the forms that let others write meanwhile", NULL },
    { "dialect", 0, 0, G_OPTION_ARG_STRING, &options.dialect,
      "What SQL files are written for, where they don't show it", "DIALECT" },
    { "owners", 0, 0, G_OPTION_ARG_NONE, &options.owners, "Who owns an object counts", NULL },
    { "no-owners", 0, 0, G_OPTION_ARG_NONE, &options.no_owners, "It does not count", NULL },
    { "stat", 0, 0, G_OPTION_ARG_NONE, &options.stat, "Only how much changes where", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json,
      "Print changes, steps and likely renames as JSON", NULL },
    { "reverse", 'R', 0, G_OPTION_ARG_NONE, &options.reverse, "Swap the two sides", NULL },
    { "exit-code", 0, 0, G_OPTION_ARG_NONE, &options.exit_code,
      "End with 1 where there are differences", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  const char *dialect = stated_dialect(&options);
  if (done)
    return TRUE;
  if (!dmig_command_at_most(context, argc, argv, 2, error))
    return FALSE;
  if (dialect != NULL && dmig_dialect_find(dialect) == NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "unknown dialect '%s'", dialect);
    return FALSE;
  }
  g_auto(DmigSubject) subject
      = { .owners = options.no_owners ? DMIG_OWNERS_LEFT_OUT
                    : options.owners  ? DMIG_OWNERS_COUNT
                                      : DMIG_OWNERS_DEFAULT };
  return dmig_subject_find(context, argc, argv, dialect, &subject, error)
         && show(context, &subject, &options, options.reverse != subject.turned, error);
}

const DmigCommand dmig_command_diff = {
  .name = "diff",
  .group = DMIG_GROUP_WORK,
  .summary = "Show what differs between two states",
  .usage = "[--sql[=DIALECT] [--online] | --stat | --json] [--dialect=DIALECT] [--[no-]owners] [--reverse] [--exit-code] [A [B]]",
  .examples = "dmig diff                     # HEAD against the working files\n"
              "dmig diff --sql=postgresql    # the same, as SQL that can be run\n"
              "dmig diff HEAD~2 HEAD         # two revisions; also HEAD~2..HEAD\n"
              "dmig diff prod                # a target's database against the working files\n"
              "dmig diff old.yaml new.yaml   # two files\n"
              "dmig diff --sql prod schema.sql  # makes the database what the dump says",
  .description
  = "Each side is a revision, a file or folder of YAML or of SQL, a target's name, or a\n"
    "database URL. SQL is run on a scratch database and read back from there; so is YAML\n"
    "where the other side is a database or SQL. What .dmigignore lists is left out where\n"
    "a side is a database. Owners are compared between two databases, and between two SQL\n"
    "files that name owners; else only with --owners.\n"
    "+ comes, - goes, ~ becomes something else, > is renamed, ! loses data.",
  .run = run_diff,
};
