#include <stdio.h>
#include <string.h>

#include "cmd/commit_message.h"
#include "cmd/consume.h"
#include "cmd/outline.h"
#include "cmd/pair.h"
#include "cmd/project.h"
#include "cmd/renames.h"
#include "cmd/table.h"
#include "cmd/ui/colour.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "cmd/ui/prompt.h"
#include "core/base/text.h"

#define WAIT_FOR_OTHER_COMMIT 10
#define MOST_IN_SUMMARY 10

typedef struct {
  DmigMessageOptions message;
  gboolean edit, no_proof, allow_empty, dry_run, quiet, json;
} Options;

typedef struct {
  DmigContext *context;
  const Options *options;
  DmigRevision *head; /* NULL: this is the first */
  DmigPassage *passage;
  GPtrArray *pairs; /* DmigPair* */
  char *message;
  char *id; /* of the new revision */
} Commit;

static void
commit_clear(Commit *self)
{
  dmig_revision_free(self->head);
  dmig_passage_free(self->passage);
  g_clear_pointer(&self->pairs, g_ptr_array_unref);
  g_free(self->message);
  g_free(self->id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Commit, commit_clear)

static gboolean
check_dialects(Commit *self, GError **error)
{
  dmig_snapshot_lower_all(self->passage->to);
  return dmig_snapshot_check(self->passage->to, error);
}

/* Nothing new in the domain's bytes, and nothing said about a transition. */
static gboolean
nothing_changed(Commit *self, gboolean *out, GError **error)
{
  *out = FALSE;
  if (self->head == NULL || self->passage->source != NULL)
    return TRUE;
  DmigStore *store = self->context->store;
  g_autoptr(GPtrArray) files = dmig_snapshot_files(self->passage->to);
  g_autofree char *is = dmig_store_tree_id(store, files, error);
  g_autofree char *was
      = is != NULL ? dmig_store_domain_tree_id(store, self->head->id, error) : NULL;
  *out = was != NULL && strcmp(is, was) == 0;
  return was != NULL;
}

static gboolean
find_passage(Commit *self, GError **error)
{
  g_clear_pointer(&self->passage, dmig_passage_free);
  self->passage = dmig_passage_of_working(self->context, self->head, error);
  if (self->passage != NULL)
    dmig_passage_ask(self->passage);
  return self->passage != NULL;
}

/* A pair that was dropped and added is a rename or a loss of data; only the author knows. */
static gboolean
settle_renames(Commit *self, GError **error)
{
  g_autoptr(GPtrArray) renames = dmig_renames_of(self->passage);
  if (renames->len == 0)
    return TRUE;
  g_autofree char *path = dmig_project_path(self->context, "change.yaml");
  if (!dmig_prompt_possible() || self->options->json || self->options->dry_run)
    return dmig_renames_refuse(renames, path, error);
  if (!dmig_renames_ask(renames, path, error))
    return FALSE;
  /* A rename that was settled may bring up others, of an entity's fields for one. */
  return find_passage(self, error) && settle_renames(self, error);
}

static gboolean
edit_pairs(Commit *self, GError **error)
{
  if (!self->options->edit)
    return TRUE;
  g_autofree char *editor = dmig_context_config(self->context, "core.editor");
  return dmig_pairs_edit(self->pairs, dmig_store_path(self->context->store), editor, error);
}

static gboolean
prove(Commit *self, GError **error)
{
  if (self->options->no_proof)
    dmig_pairs_skip_proof(self->pairs);
  else if (!dmig_pairs_prove(self->context, self->pairs, self->head, error))
    return FALSE;
  return dmig_pairs_judge(self->context, self->pairs, error);
}

static char *
note_of(Commit *self)
{
  g_autoptr(json_t) record = dmig_pairs_to_record(self->pairs);
  g_autofree char *text = dmig_json_to_text(record);
  return g_strconcat(text, "\n", NULL);
}

static gboolean
write_revision(Commit *self, GError **error)
{
  DmigStore *store = self->context->store;
  const char *parent = self->head != NULL ? self->head->id : NULL;
  GBytes *change = self->passage->source != NULL ? self->passage->source->bytes : NULL;
  g_autoptr(GPtrArray) files = dmig_snapshot_files(self->passage->to);
  if (change != NULL)
    g_ptr_array_add(files, dmig_store_file_new("change.yaml", change));
  dmig_pairs_add_files(self->pairs, files);

  if (change != NULL && !dmig_consume_begin(self->context, parent, change, error))
    return FALSE;
  g_autofree char *note = note_of(self);
  self->id = dmig_store_commit(store, parent, NULL, files, self->message, note, error);
  if (self->id == NULL) {
    dmig_consume_cancel(self->context);
    return FALSE;
  }
  return dmig_consume_finish(self->context, error);
}

static gboolean
print_summary(Commit *self, GError **error)
{
  g_autofree char *branch = dmig_store_branch(self->context->store);
  g_autofree char *short_id
      = self->id != NULL ? dmig_store_short_id(self->context->store, self->id) : NULL;
  g_autoptr(GPtrArray) comparisons = dmig_passage_compare_all(self->passage, FALSE, error);
  if (comparisons == NULL)
    return FALSE;
  g_autofree char *subject = g_strndup(self->message, strcspn(self->message, "\n"));
  printf("[%s%s %s%s%s] %s\n", branch != NULL ? branch : "detached HEAD",
         self->head == NULL ? " (first revision)" : "", dmig_colour(DMIG_COLOUR_YELLOW),
         short_id != NULL ? short_id : "not written", dmig_colour(DMIG_COLOUR_RESET), subject);
  g_autoptr(DmigOutline) outline = dmig_outline_make(self->passage, FALSE, comparisons);
  if (outline->items->len > 0)
    dmig_outline_print_stat(outline, comparisons, MOST_IN_SUMMARY);
  for (guint i = 0; i < self->pairs->len; i++)
    dmig_pair_print(g_ptr_array_index(self->pairs, i));
  return TRUE;
}

static gboolean
print_json(Commit *self, GError **error)
{
  g_autoptr(json_t) document = dmig_json_document();
  g_autofree char *branch = dmig_store_branch(self->context->store);
  g_autoptr(json_t) record = dmig_pairs_to_record(self->pairs);
  g_autoptr(GPtrArray) comparisons = dmig_passage_compare_all(self->passage, FALSE, error);
  if (comparisons == NULL)
    return FALSE;
  json_t *dialects = json_array();
  for (guint i = 0; i < comparisons->len; i++)
    json_array_append_new(dialects, dmig_comparison_to_json(g_ptr_array_index(comparisons, i)));
  dmig_json_set(document, "branch", branch);
  dmig_json_set(document, "revision", self->id);
  dmig_json_set(document, "parent", self->head != NULL ? self->head->id : NULL);
  json_object_set_new(document, "dry_run", json_boolean(self->options->dry_run));
  json_object_set(document, "proofs", json_object_get(record, "proofs"));
  json_object_set_new(document, "dialects", dialects);
  dmig_json_print(document);
  return TRUE;
}

static gboolean
say_nothing_changed(Commit *self)
{
  g_autofree char *branch = dmig_store_branch(self->context->store);
  printf("On branch %s\nnothing to commit, the working files match HEAD\n",
         branch != NULL ? branch : "(detached)");
  self->context->exit_status = 1;
  return TRUE;
}

static gboolean
keep(Commit *self, GError **error)
{
  if (!edit_pairs(self, error))
    return FALSE;
  self->message = dmig_commit_message(self->context, &self->options->message, error);
  return self->message != NULL && prove(self, error)
         && (self->options->dry_run || write_revision(self, error));
}

static gboolean
commit(Commit *self, GError **error)
{
  gboolean unchanged;
  if (!dmig_store_head(self->context->store, &self->head, error) || !find_passage(self, error)
      || !check_dialects(self, error) || !nothing_changed(self, &unchanged, error))
    return FALSE;
  if (unchanged && !self->options->allow_empty)
    return say_nothing_changed(self);

  if (!settle_renames(self, error))
    return FALSE;
  self->pairs = dmig_pairs_new(self->passage, error);
  if (self->pairs == NULL)
    return FALSE;
  const char *folder = dmig_store_path(self->context->store);
  if (!keep(self, error)) {
    if (self->options->edit)
      dmig_message_hint("the SQL as you edited it is in %s/EDIT-*.sql", folder);
    return FALSE;
  }
  dmig_pairs_forget_edits(self->pairs, folder);
  if (self->options->json)
    return print_json(self, error);
  return self->options->quiet || print_summary(self, error);
}

static gboolean
run_commit(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(GStrv) paragraphs = NULL;
  g_autofree char *file = NULL;
  Options options = { .edit = FALSE };
  const GOptionEntry entries[] = {
    { "message", 'm', 0, G_OPTION_ARG_STRING_ARRAY, &paragraphs,
      "What the revision is for; again for a paragraph", "MESSAGE" },
    { "file", 'F', 0, G_OPTION_ARG_FILENAME, &file, "Take the message from a file, or '-'",
      "FILE" },
    { "edit", 'e', 0, G_OPTION_ARG_NONE, &options.edit, "Edit the SQL before it is proved", NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &options.dry_run, "Prove, but write nothing", NULL },
    { "no-proof", 0, 0, G_OPTION_ARG_NONE, &options.no_proof, "Commit unproved; ends with status 2",
      NULL },
    { "allow-empty", 0, 0, G_OPTION_ARG_NONE, &options.allow_empty,
      "Also where nothing has changed", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, "Say nothing where all went well", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print what was done as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  options.message = (DmigMessageOptions){ paragraphs, file };
  DmigStore *store = NULL;
  if (!dmig_command_at_most(context, argc, argv, 0, error)
      || (store = dmig_context_store(context, error)) == NULL
      || !dmig_store_lock(store, WAIT_FOR_OTHER_COMMIT, error))
    return FALSE;
  g_auto(Commit) self = { .context = context, .options = &options };
  gboolean committed = dmig_consume_recover(context, error) && commit(&self, error);
  dmig_store_unlock(store);
  return committed;
}

const DmigCommand dmig_command_commit = {
  .name = "commit",
  .group = DMIG_GROUP_WORK,
  .summary = "Keep the working files as a revision, with proved migrations",
  .usage = "[-m MESSAGE | -F FILE] [--edit] [--no-proof] [--dry-run] [--json]",
  .examples = "dmig commit -m \"Add phones\"\n"
              "dmig commit -m \"Split names\" --edit   # edit the SQL first\n"
              "dmig commit --dry-run -m \"Try it\"     # prove, but write nothing",
  .description
  = "Upgrade and downgrade are made for each dialect and proved on a scratch database\n"
    "with rows in it. A pair that fails its proof is not committed. What looks like a\n"
    "rename must be settled in change.yaml first (status 3); change.yaml goes into the\n"
    "revision and is removed. Where there is no scratch database, the revision is\n"
    "marked unproved, and the status is 2; 'scratch.postgresql' in the configuration\n"
    "names a server to make them on.",
  .run = run_commit,
};
