#include <stdio.h>
#include <string.h>

#include "cmd/database.h"
#include "cmd/outline.h"
#include "cmd/project.h"
#include "cmd/renames.h"
#include "cmd/revision.h"
#include "cmd/standing.h"
#include "cmd/table.h"
#include "cmd/ui/colour.h"
#include "cmd/ui/date.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "core/base/text.h"

typedef enum {
  WORKING_SAME,
  WORKING_CHANGED,
  WORKING_INVALID, /* has mistakes */
  WORKING_MISSING, /* no domain there */
} WorkingState;

typedef struct {
  DmigContext *context;
  char *branch; /* NULL: detached */
  DmigRevision *head;
  WorkingState working;
  char *problem; /* WORKING_INVALID, WORKING_MISSING */
  gboolean change_file;
  DmigPassage *passage;   /* WORKING_CHANGED */
  GPtrArray *comparisons; /* likewise */
  GPtrArray *renames;     /* likewise */
  DmigStanding *standing;
} Status;

static void
status_clear(Status *self)
{
  g_free(self->branch);
  g_free(self->problem);
  dmig_revision_free(self->head);
  g_clear_pointer(&self->comparisons, g_ptr_array_unref);
  g_clear_pointer(&self->renames, g_ptr_array_unref);
  dmig_passage_free(self->passage);
  dmig_standing_free(self->standing);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Status, status_clear)

/* By the ids of their trees, so that nothing is read where nothing has changed. */
static gboolean
same_as_head(Status *self, const DmigSnapshot *files, gboolean *out, GError **error)
{
  *out = FALSE;
  if (self->head == NULL)
    return TRUE;
  DmigStore *store = self->context->store;
  g_autoptr(GPtrArray) working = dmig_snapshot_files(files);
  g_autofree char *is = dmig_store_tree_id(store, working, error);
  g_autofree char *was
      = is != NULL ? dmig_store_domain_tree_id(store, self->head->id, error) : NULL;
  *out = is != NULL && was != NULL && strcmp(is, was) == 0;
  return was != NULL;
}

/* Takes `working` and `change`. Mistakes in them are part of the answer, not a failure. */
static gboolean
compare_with_head(Status *self, DmigSnapshot *working, DmigSource *change, GError **error)
{
  g_autoptr(DmigSnapshot) to = working;
  g_autoptr(DmigSnapshot) from = self->head != NULL
                                     ? dmig_snapshot_revision(self->context, self->head->id, error)
                                     : dmig_snapshot_empty();
  if (from == NULL) {
    dmig_source_free(change);
    return FALSE;
  }
  dmig_snapshot_read(to);
  if (dmig_diagnostics_have_errors(to->diagnostics)) {
    guint errors = dmig_diagnostics_count(to->diagnostics, DMIG_SEVERITY_ERROR);
    g_autofree char *count = dmig_text_count(errors, "mistake", "mistakes");
    self->working = WORKING_INVALID;
    self->problem = g_strdup_printf("%s in the working files", count);
    dmig_source_free(change);
    return TRUE;
  }
  self->working = WORKING_CHANGED;
  g_autoptr(GError) problem = NULL;
  self->passage = dmig_passage_new(g_steal_pointer(&from), g_steal_pointer(&to), change, &problem);
  if (self->passage != NULL)
    self->comparisons = dmig_passage_compare_all(self->passage, FALSE, &problem);
  if (self->comparisons == NULL) {
    self->working = WORKING_INVALID;
    self->problem = g_strdup(problem->message);
    return TRUE;
  }
  self->renames = dmig_renames_of(self->passage);
  return TRUE;
}

static gboolean
look_at_working(Status *self, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(DmigSnapshot) files = dmig_snapshot_working_files(self->context, &problem);
  if (files == NULL) {
    self->working = WORKING_MISSING;
    self->problem = g_strdup(problem->message);
    return TRUE;
  }
  gboolean same;
  DmigSource *change = NULL;
  if (!same_as_head(self, files, &same, error)
      || !dmig_project_change(self->context, &change, error))
    return FALSE;
  self->change_file = change != NULL;
  if (same && change == NULL)
    return TRUE;
  return compare_with_head(self, g_steal_pointer(&files), change, error);
}

static void
print_head(const Status *self)
{
  g_autofree char *title = dmig_revision_title(self->context, self->head);
  if (self->branch != NULL)
    printf("On branch %s%s%s", dmig_colour(DMIG_COLOUR_BOLD), self->branch,
           dmig_colour(DMIG_COLOUR_RESET));
  else
    printf("%sHEAD detached%s", dmig_colour(DMIG_COLOUR_RED), dmig_colour(DMIG_COLOUR_RESET));
  if (self->head == NULL) {
    printf(", no revision yet\n");
    return;
  }
  g_autofree char *date
      = dmig_date_relative(self->head->author_time, g_get_real_time() / G_USEC_PER_SEC);
  printf(" at %s, %s\n", title, date);
}

static void
print_changes(const Status *self)
{
  g_autoptr(DmigOutline) outline = dmig_outline_make(self->passage, FALSE, self->comparisons);
  if (outline->items->len > 0) {
    printf("\nChanges for the next revision:\n");
    dmig_message_aside("\"dmig diff\" shows them, \"dmig commit -m MESSAGE\" keeps them");
    dmig_outline_print_brief(outline);
  } else {
    printf("\nThe working files differ from HEAD, but not in the schema that they make.\n");
    dmig_message_aside("\"dmig commit -m MESSAGE\" keeps them");
  }
  dmig_renames_print(self->renames);
}

static void
print_working(const Status *self)
{
  switch (self->working) {
  case WORKING_SAME:
    printf("\nThe working files match HEAD.\n");
    break;
  case WORKING_CHANGED:
    print_changes(self);
    break;
  case WORKING_INVALID:
    printf("\n%s%s.%s\n", dmig_colour(DMIG_COLOUR_RED), self->problem,
           dmig_colour(DMIG_COLOUR_RESET));
    dmig_message_aside("\"dmig validate\" shows them all");
    break;
  case WORKING_MISSING:
    printf("\n%s%s.%s\n", dmig_colour(DMIG_COLOUR_RED), self->problem,
           dmig_colour(DMIG_COLOUR_RESET));
    break;
  }
  if (self->change_file)
    printf("\nchange.yaml is there, for the next revision.\n");
}

static void
print_short(const Status *self)
{
  static const char *const words[] = {
    [WORKING_SAME] = "unchanged",
    [WORKING_CHANGED] = "changed",
    [WORKING_INVALID] = "invalid",
    [WORKING_MISSING] = "missing",
  };
  g_autofree char *short_id
      = self->head != NULL ? dmig_store_short_id(self->context->store, self->head->id) : NULL;
  printf("## %s %s, %s%s\n", self->branch != NULL ? self->branch : "HEAD",
         short_id != NULL ? short_id : "(no revision)", words[self->working],
         self->change_file ? ", change.yaml" : "");
  if (self->comparisons != NULL) {
    g_autoptr(DmigOutline) outline = dmig_outline_make(self->passage, FALSE, self->comparisons);
    dmig_outline_print_brief(outline);
  }
  const DmigStanding *standing = self->standing;
  if (standing->kind != DMIG_STANDING_NO_TARGET)
    printf("@@ %s %s +%u -%u\n", standing->name, dmig_standing_word(standing->kind),
           standing->behind, standing->ahead);
}

static void
print_json(const Status *self)
{
  static const char *const words[] = {
    [WORKING_SAME] = "same",
    [WORKING_CHANGED] = "changed",
    [WORKING_INVALID] = "invalid",
    [WORKING_MISSING] = "missing",
  };
  g_autoptr(json_t) document = dmig_json_document();
  json_t *working = json_object();
  json_t *dialects = json_array();
  for (guint i = 0; self->comparisons != NULL && i < self->comparisons->len; i++)
    json_array_append_new(dialects,
                          dmig_comparison_to_json(g_ptr_array_index(self->comparisons, i)));
  dmig_json_set(working, "state", words[self->working]);
  dmig_json_set(working, "problem", self->problem);
  json_object_set_new(working, "change_file", json_boolean(self->change_file));
  json_object_set_new(working, "dialects", dialects);
  json_object_set_new(working, "renames",
                      self->renames != NULL ? dmig_renames_to_json(self->renames) : json_array());
  dmig_json_set(document, "branch", self->branch);
  json_object_set_new(document, "head",
                      self->head != NULL ? dmig_revision_to_json(self->context, self->head)
                                         : json_null());
  json_object_set_new(document, "working", working);
  json_object_set_new(document, "target", dmig_standing_to_json(self->standing));
  dmig_json_print(document);
}

/* What was asked for by name must be there; a default target that is not is only told. */
static void
set_exit_status(const Status *self, gboolean named)
{
  DmigStandingKind kind = self->standing->kind;
  if (kind == DMIG_STANDING_UNKNOWN)
    self->context->exit_status = 5;
  else if (kind == DMIG_STANDING_UNREACHABLE)
    self->context->exit_status = named ? 128 : DMIG_EXIT_WARNINGS;
}

static gboolean
run_status(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done, json = FALSE, brief = FALSE, detailed = FALSE;
  g_autofree char *target = NULL;
  const GOptionEntry entries[] = {
    { "target", 't', 0, G_OPTION_ARG_STRING, &target, "The database to look at", "TARGET|URL" },
    { "detailed", 'd', 0, G_OPTION_ARG_NONE, &detailed,
      "Also the run that is going on, or the last one, and those before", NULL },
    { "short", 's', 0, G_OPTION_ARG_NONE, &brief, "A line each", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print it as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  DmigStore *store = NULL;
  g_auto(Status) status = { .context = context };
  if (!dmig_command_at_most(context, argc, argv, 0, error)
      || (store = dmig_context_store(context, error)) == NULL
      || (target != NULL && !dmig_target_check(context, target, error))
      || !dmig_store_head(store, &status.head, error) || !look_at_working(&status, error))
    return FALSE;
  status.branch = dmig_store_branch(store);
  status.standing = dmig_standing_new(context, target, status.head, detailed);
  set_exit_status(&status, target != NULL);
  if (json) {
    print_json(&status);
  } else if (brief) {
    print_short(&status);
  } else {
    print_head(&status);
    print_working(&status);
    dmig_standing_print(context, status.standing);
    if (detailed && status.standing->log != NULL)
      dmig_run_log_print(status.standing->log);
  }
  return TRUE;
}

const DmigCommand dmig_command_status = {
  .name = "status",
  .group = DMIG_GROUP_WORK,
  .summary = "Show where the working files, HEAD and the target stand",
  .usage = "[-t TARGET|URL] [--detailed] [--short | --json]",
  .examples = "dmig status\n"
              "dmig status -t prod     # against another target\n"
              "dmig status --detailed  # and how far the run is that is going on there\n"
              "dmig status --short",
  .description
  = "The exit status is 5 where the database is at a revision that is not known here,\n"
    "and 2 where the default target can't be read.",
  .run = run_status,
};
