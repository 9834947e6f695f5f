#include <stdio.h>
#include <string.h>

#include "cmd/follow.h"
#include "cmd/outline.h"
#include "cmd/project.h"
#include "cmd/renames.h"
#include "cmd/side.h"
#include "cmd/table.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"

typedef struct {
  char *sql; /* NULL: not asked for; "": in the domain's first dialect */
  gboolean json, stat, reverse, exit_code;
} Options;

/* What is compared: two sides, and the way between them where both are domains. */
typedef struct {
  DmigSide *a, *b;
  DmigPassage *passage; /* NULL where a database is one of them; shares the sides' snapshots */
} Subject;

static void
subject_clear(Subject *self)
{
  /* The passage owns the snapshots once there is one. */
  if (self->passage != NULL)
    self->a->snapshot = self->b->snapshot = NULL;
  dmig_passage_free(self->passage);
  dmig_side_free(self->a);
  dmig_side_free(self->b);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, subject_clear)

static gboolean
find_sides(DmigContext *context, int argc, char **argv, Subject *out, GError **error)
{
  g_auto(GStrv) range = argc == 2 ? g_strsplit(argv[1], "..", 2) : NULL;
  gboolean is_range = range != NULL && g_strv_length(range) == 2
                      && !g_file_test(argv[1], G_FILE_TEST_EXISTS) && strchr(argv[1], '/') == NULL;
  const char *a = is_range ? range[0] : argc > 1 ? argv[1] : NULL;
  const char *b = is_range ? range[1] : argc > 2 ? argv[2] : NULL;

  out->a = a != NULL && *a != '\0' ? dmig_side_find(context, a, error)
                                   : dmig_side_head(context, error);
  if (out->a == NULL)
    return FALSE;
  if (b != NULL)
    out->b = *b != '\0' ? dmig_side_find(context, b, error) : dmig_side_head(context, error);
  else
    out->b = dmig_side_working(context, error);
  return out->b != NULL;
}

static const char *
revision_id(const DmigSide *side)
{
  return side->revision != NULL ? side->revision->id : NULL;
}

/* Whether the way from `a` to `b` is one revision up: then b's own change file says all of it. */
static gboolean
follows(const DmigSide *a, const DmigSide *b)
{
  return b->revision != NULL && g_strcmp0(b->revision->parents[0], revision_id(a)) == 0;
}

/* The renames of all revisions from `a` up to `to`, and then of the working folder's change file
 * where `b` is the working files. */
static gboolean
collect_renames(DmigContext *context, const DmigSide *a, const DmigSide *b, const char *to,
                DmigChangeFile **out, GError **error)
{
  g_autoptr(DmigChangeFile) change = NULL;
  if (!dmig_change_along(context, revision_id(a), to, &change, error))
    return FALSE;
  if (change != NULL && b->kind == DMIG_SIDE_WORKING) {
    g_autoptr(DmigRevision) head = NULL;
    g_autoptr(DmigPassage) last = NULL;
    if (!dmig_store_head(context->store, &head, error)
        || (last = dmig_passage_of_working(context, head, error)) == NULL)
      return FALSE;
    dmig_change_follow(change, last->change);
  }
  if (change != NULL)
    dmig_change_prune(change, a->snapshot->domain, b->snapshot->domain);
  *out = change != NULL ? g_steal_pointer(&change) : dmig_change_file_new();
  return TRUE;
}

/* Either the whole change file of one revision or of the working folder, or renames alone. */
static gboolean
find_change(DmigContext *context, const DmigSide *a, const DmigSide *b, DmigSource **out_source,
            DmigChangeFile **out_change, GError **error)
{
  g_autoptr(DmigRevision) head = NULL;
  if (a->kind != DMIG_SIDE_REVISION || b->kind == DMIG_SIDE_PATH)
    return TRUE;
  if (b->kind == DMIG_SIDE_REVISION)
    return follows(a, b) ? dmig_revision_change(context, b->revision->id, out_source, error)
                         : collect_renames(context, a, b, revision_id(b), out_change, error);
  if (!dmig_store_head(context->store, &head, error))
    return FALSE;
  const char *head_id = head != NULL ? head->id : NULL;
  return g_strcmp0(head_id, revision_id(a)) == 0
             ? dmig_project_change(context, out_source, error)
             : collect_renames(context, a, b, head_id, out_change, error);
}

/* Whether `b` is an ancestor of `a`: then the change files on the way are to be read backwards. */
static gboolean
leads_down(DmigContext *context, const DmigSide *a, const DmigSide *b, gboolean *out,
           GError **error)
{
  *out = FALSE;
  if (a->kind != DMIG_SIDE_REVISION || b->kind != DMIG_SIDE_REVISION)
    return TRUE;
  g_autoptr(GPtrArray) way = dmig_store_way(context->store, revision_id(a), revision_id(b), error);
  if (way == NULL)
    return FALSE;
  *out = way->len > 0 && ((const DmigEdge *)g_ptr_array_index(way, way->len - 1))->down;
  return TRUE;
}

static gboolean
find_passage(DmigContext *context, Subject *subject, gboolean *out_turned, GError **error)
{
  DmigSide *a = subject->a, *b = subject->b;
  *out_turned = FALSE;
  if ((a->snapshot != NULL && !dmig_snapshot_check(a->snapshot, error))
      || (b->snapshot != NULL && !dmig_snapshot_check(b->snapshot, error)))
    return FALSE;
  if (a->snapshot == NULL || b->snapshot == NULL)
    return TRUE;
  if (!leads_down(context, a, b, out_turned, error))
    return FALSE;
  if (*out_turned) {
    subject->a = b;
    subject->b = a;
  }
  DmigSource *source = NULL;
  DmigChangeFile *change = NULL;
  if (!find_change(context, subject->a, subject->b, &source, &change, error))
    return FALSE;
  DmigSnapshot *from = g_steal_pointer(&subject->a->snapshot);
  DmigSnapshot *to = g_steal_pointer(&subject->b->snapshot);
  subject->passage = change != NULL ? dmig_passage_new_with(from, to, change, error)
                                    : dmig_passage_new(from, to, source, error);
  if (subject->passage == NULL)
    return FALSE;
  subject->a->snapshot = from;
  subject->b->snapshot = to;
  return TRUE;
}

static DmigComparison *
compare(DmigContext *context, Subject *subject, const DmigDialect *dialect, gboolean reverse,
        GError **error)
{
  if (subject->passage != NULL)
    return dmig_passage_compare(subject->passage, dialect, reverse, error);
  g_autoptr(DmigSchema) a = NULL;
  g_autoptr(DmigSchema) b = NULL;
  if (!dmig_sides_schemas(context, subject->a, subject->b, dialect, &a, &b, error))
    return NULL;
  return dmig_comparison_new(reverse ? b : a, reverse ? a : b, NULL);
}

static GPtrArray *
compare_all(DmigContext *context, Subject *subject, const char *only, gboolean reverse,
            GError **error)
{
  g_autoptr(GPtrArray) dialects = dmig_sides_dialects(subject->a, subject->b);
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)dmig_comparison_free);
  for (guint i = 0; i < dialects->len; i++) {
    const DmigDialect *dialect = g_ptr_array_index(dialects, i);
    if (only != NULL && *only != '\0' && strcmp(only, dialect->name) != 0)
      continue;
    DmigComparison *comparison = compare(context, subject, dialect, reverse, error);
    if (comparison == NULL)
      return NULL;
    g_ptr_array_add(all, comparison);
  }
  if (all->len > 0)
    return g_steal_pointer(&all);
  if (only != NULL && *only != '\0')
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "%s and %s are not both for %s",
                subject->a->label, subject->b->label, only);
  else
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "%s and %s have no dialect in common",
                subject->a->label, subject->b->label);
  return NULL;
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
print_sql(const DmigComparison *comparison, GError **error)
{
  if (!dmig_comparison_check(comparison, error))
    return FALSE;
  g_autofree char *sql = dmig_plan_sql(comparison->plan);
  fputs(sql, stdout);
  return TRUE;
}

static void
print_json(const Subject *subject, GPtrArray *comparisons, GPtrArray *renames, gboolean reverse)
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
show(DmigContext *context, Subject *subject, const Options *options, gboolean reverse,
     GError **error)
{
  g_autoptr(GPtrArray) comparisons = compare_all(context, subject, options->sql, reverse, error);
  if (comparisons == NULL)
    return FALSE;
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
    if (!print_sql(*options->sql != '\0' ? shown : g_ptr_array_index(comparisons, 0), error))
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
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
run_diff(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done, turned = FALSE;
  g_auto(Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "sql", 0, 0, G_OPTION_ARG_STRING, &options.sql, "Print the SQL that leads from A to B",
      "[=DIALECT]" },
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
  const char *sql = options.sql;
  if (done)
    return TRUE;
  if (!dmig_command_at_most(context, argc, argv, 2, error))
    return FALSE;
  if (sql != NULL && *sql != '\0' && dmig_dialect_find(sql) == NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "unknown dialect '%s'", sql);
    return FALSE;
  }
  g_auto(Subject) subject = { 0 };
  return find_sides(context, argc, argv, &subject, error)
         && find_passage(context, &subject, &turned, error)
         && show(context, &subject, &options, options.reverse != turned, error);
}

const DmigCommand dmig_command_diff = {
  .name = "diff",
  .group = DMIG_GROUP_WORK,
  .summary = "Show what differs between two states",
  .usage = "[--sql[=DIALECT] | --stat | --json] [--reverse] [--exit-code] [A [B]]",
  .examples = "dmig diff                     # HEAD against the working files\n"
              "dmig diff --sql=postgresql    # the same, as SQL that can be run\n"
              "dmig diff HEAD~2 HEAD         # two revisions; also HEAD~2..HEAD\n"
              "dmig diff prod                # a target's database against the working files\n"
              "dmig diff old.yaml new.yaml   # two files",
  .description
  = "Each side is a revision, a file or folder of YAML, a target's name, or a database\n"
    "URL. + comes, - goes, ~ becomes something else, > is renamed, ! loses data.",
  .run = run_diff,
};
