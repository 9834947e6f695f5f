#include "cmd/run.h"

#include <stdio.h>
#include <string.h>

#include "cmd/backing.h"
#include "cmd/oversight.h"
#include "cmd/revision.h"
#include "cmd/signals.h"
#include "cmd/snapshot.h"
#include "cmd/ui/colour.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "cmd/ui/progress.h"
#include "cmd/ui/prompt.h"
#include "cmd/undo.h"
#include "core/base/text.h"

GOptionEntry *
dmig_run_entries(DmigRunOptions *options)
{
  const GOptionEntry entries[] = {
    { "target", 't', 0, G_OPTION_ARG_STRING, &options->target, "The database to work on",
      "TARGET|URL" },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &options->dry_run,
      "Print the SQL that would run, and change nothing", NULL },
    { "allow-data-loss", 0, 0, G_OPTION_ARG_NONE, &options->allow_data_loss,
      "What is lost may be lost", NULL },
    { "wait", 0, 0, G_OPTION_ARG_INT, &options->wait_seconds, "Wait so long for another run to end",
      "SECONDS" },
    { "lock-timeout", 0, 0, G_OPTION_ARG_INT, &options->lock_timeout,
      "Let one statement wait so long for a lock, then try again (3000)", "MILLISECONDS" },
    { "batch-rows", 0, 0, G_OPTION_ARG_INT, &options->batch_rows,
      "Rows that an update in pieces changes at a time (10000)", "ROWS" },
    { "no-keep", 0, 0, G_OPTION_ARG_NONE, &options->no_keep,
      "Keep nothing of what is taken out: the way back will not have it", NULL },
    { "single-transaction", 0, 0, G_OPTION_ARG_NONE, &options->single_transaction,
      "All revisions or none", NULL },
    { "online", 0, 0, G_OPTION_ARG_NONE, &options->online,
      "Let others write meanwhile: indexes concurrently, constraints validated later", NULL },
    { "backup", 0, 0, G_OPTION_ARG_STRING, &options->backup,
      "Back up first: always, before what loses data, or never", "always|lossy|never" },
    { "no-restore", 0, 0, G_OPTION_ARG_NONE, &options->no_restore,
      "Leave a run that fails half way as it is, and do not restore its backup", NULL },
    { "fast", 0, 0, G_OPTION_ARG_NONE, &options->fast,
      "Leave out what takes time: counting rows, comparing afterwards", NULL },
    { "no-check", 0, 0, G_OPTION_ARG_NONE, &options->no_check,
      "Begin without looking whether the database is ready", NULL },
    { "no-hooks", 0, 0, G_OPTION_ARG_NONE, &options->no_hooks, "Run none of the hooks", NULL },
    { "report", 0, 0, G_OPTION_ARG_STRING, &options->report, "Write a report there, too",
      "FILE.json|.md|.html" },
    { "values", 0, 0, G_OPTION_ARG_NONE, &options->values,
      "Let the report name rows in the way by their keys", NULL },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &options->yes, "Never ask", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Print what was done as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  return g_memdup2(entries, sizeof(entries));
}

void
dmig_position_clear(DmigPosition *self)
{
  g_clear_pointer(&self->state, dmig_state_free);
  g_clear_pointer(&self->revision, dmig_revision_free);
}

gboolean
dmig_position_is_half_way(const DmigPosition *self)
{
  return self->state != NULL && self->state->interrupted != NULL;
}

gboolean
dmig_position_follow(DmigContext *context, DmigDatabase *db, DmigPosition *self,
                     const GError *problem)
{
  g_auto(DmigPosition) now = { 0 };
  if (!g_error_matches(problem, DMIG_ERROR, DMIG_ERROR_DRIFT)
      || !dmig_target_position(context, db, &now.state, &now.revision, NULL)
      || (g_strcmp0(self->state->revision, now.state->revision) == 0
          && dmig_position_is_half_way(self) == dmig_position_is_half_way(&now)))
    return FALSE;
  dmig_position_clear(self);
  self->state = g_steal_pointer(&now.state);
  self->revision = g_steal_pointer(&now.revision);
  return TRUE;
}

void
dmig_run_options_clear(DmigRunOptions *self)
{
  g_clear_pointer(&self->target, g_free);
  g_clear_pointer(&self->report, g_free);
  g_clear_pointer(&self->backup, g_free);
}

static void
print_dry_run(GPtrArray *chain)
{
  for (guint i = 0; i < chain->len; i++) {
    const DmigMigration *migration = g_ptr_array_index(chain, i);
    printf("%s-- %s %s\n%s", i > 0 ? "\n" : "", migration->down ? "revert" : "apply",
           migration->file, migration->sql);
  }
}

/* The name typed in is the user's word for it. */
static gboolean
agree_to_losses(DmigDatabase *db, GPtrArray *chain, const DmigRunOptions *options, GError **error)
{
  g_autoptr(GPtrArray) losses = NULL;
  if (!dmig_apply_losses(db->dialect, chain, &losses, error))
    return FALSE;
  if (losses->len == 0 || options->allow_data_loss)
    return TRUE;
  gboolean kept = !options->no_keep && dmig_apply_losses_are_kept(db->dialect, chain);
  dmig_message(kept ? "This would take out:" : "This would lose:");
  for (guint i = 0; i < losses->len; i++)
    dmig_message("  %s", (const char *) g_ptr_array_index(losses, i));
  if (kept)
    dmig_message("It is kept beside the data until 'dmig purge', and 'dmig revert' puts it back.");
  if (dmig_prompt_possible() && !options->yes && !options->json) {
    const char *name = db->driver->database_name(db);
    g_autofree char *question
        = g_strdup_printf("Type the database's name, %s, to go on all the same:", name);
    g_autofree char *answer = dmig_prompt_line(question);
    if (g_strcmp0(answer, name) == 0)
      return TRUE;
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_DATA_LOSS,
                "that is not '%s'; nothing was changed", name);
    return FALSE;
  }
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_DATA_LOSS,
              "it would %s, and nothing was changed; --allow-data-loss lets it",
              kept ? "take data out" : "lose data");
  return FALSE;
}

/* --- carrying out ------------------------------------------------------------------------------ */

typedef struct {
  DmigContext *context;
  DmigProgress *progress;
  const DmigBacking *backing;
  DmigOversight *oversight;
} Watch;

static void
show_progress(const DmigRunProgress *is, gpointer data)
{
  dmig_oversight_progress(((Watch *) data)->oversight, is);
  g_autoptr(GString) text = g_string_new(NULL);
  if (is->phase != DMIG_RUN_MIGRATING)
    g_string_append(text, dmig_run_phase_name(is->phase));
  if (is->step > 0 && is->steps > 1)
    g_string_append_printf(text, "step %u of %u: ", is->step, is->steps);
  if (is->title != NULL)
    g_string_append_printf(text, "%s%s", is->phase != DMIG_RUN_MIGRATING ? ": " : "", is->title);
  if (is->rows_total > 0)
    g_string_append_printf(text, ", %u%% of the rows",
                           (guint) MIN(100 * is->rows_done / is->rows_total, 100));
  else if (is->rows_done > 0)
    g_string_append_printf(text, ", %" G_GUINT64_FORMAT " rows", is->rows_done);
  dmig_progress_update(((Watch *) data)->progress, is->revision, is->revisions, text->str);
}

static gboolean
back_up(DmigDatabase *db, GPtrArray *migrations, DmigRunRecord *record, gpointer data,
        GError **error)
{
  return dmig_backing_stage(((Watch *) data)->backing, db, migrations, record, error);
}

static gboolean
check(DmigDatabase *db, GPtrArray *migrations, DmigRunRecord *record, gpointer data, GError **error)
{
  return dmig_oversight_check(((Watch *) data)->oversight, db, migrations, record, error);
}

static gboolean
validate(DmigDatabase *db, GPtrArray *migrations, DmigRunRecord *record, gpointer data,
         GError **error)
{
  return dmig_oversight_validate(((Watch *) data)->oversight, db, migrations, record, error);
}

static gboolean
undo(DmigDatabase *db, const DmigMigration *migration, const char *run, gboolean no_keep,
     gpointer data, GError **error)
{
  return dmig_undo(((Watch *) data)->context, db, migration, run, no_keep, error);
}

static gboolean
domain_name(DmigContext *context, const char *revision, char **out, GError **error)
{
  g_autoptr(DmigSnapshot) snapshot = dmig_snapshot_revision(context, revision, error);
  if (snapshot == NULL)
    return FALSE;
  *out = g_strdup(snapshot->domain->name);
  return TRUE;
}

typedef gboolean (*Work)(DmigDatabase *db, gpointer what, const DmigApplyOptions *options,
                         DmigRunRecord **out_record, GError **error);

/* What apply and the way back from between two revisions share: who takes part, and signals. */
static gboolean
carry_out(DmigContext *context, DmigDatabase *db, Work work, gpointer what, const char *domain,
          const DmigRunOptions *options, DmigRunRecord **out_record, GError **error)
{
  g_autoptr(DmigProgress) progress = dmig_progress_new();
  g_auto(DmigBacking) backing = { 0 };
  if (!dmig_backing_read(context, options->backup, NULL, &backing, error))
    return FALSE;
  backing.keeps = !options->no_keep;
  g_autofree char *target = dmig_target_label(context, options->target);
  g_auto(DmigOversight) oversight = { .context = context,
                                      .check = !options->no_check,
                                      .fast = options->fast,
                                      .target = target,
                                      .values = options->values,
                                      .no_hooks = options->no_hooks,
                                      .report_file = options->report,
                                      .backup = backing.policy == DMIG_BACKUP_ALWAYS,
                                      .backup_folder = backing.folder };
  Watch watch = { .context = context, .progress = progress, .backing = &backing, .oversight = &oversight };
  const DmigRunStages stages
      = { .check = check, .backup = back_up, .validate = validate, .undo = undo, .progress = show_progress, .data = &watch };
  const DmigApplyOptions apply = {
    .single_transaction = options->single_transaction,
    /* The user has given the word by now, or there is nothing to lose. */
    .allow_data_loss = TRUE,
    .keep = !options->no_keep,
    .wait_seconds = (guint) MAX(options->wait_seconds, 0),
    .lock_timeout = (guint) MAX(options->lock_timeout, 0),
    .batch_rows = (guint) MAX(options->batch_rows, 0),
    .command = context->command->name,
    .domain = domain,
    .stages = &stages,
  };
  dmig_signals_watch(db);
  GError *failure = NULL;
  gboolean done = work(db, what, &apply, out_record, &failure);
  dmig_backing_finish(&backing, db, *out_record, !options->no_restore, &failure);
  dmig_oversight_finish(&oversight, db, *out_record, failure);
  if (failure != NULL)
    g_propagate_error(error, failure);
  int signal = dmig_signals_unwatch();
  if (!done)
    context->signal = signal;
  return done;
}

static gboolean
work_chain(DmigDatabase *db, gpointer chain, const DmigApplyOptions *options,
           DmigRunRecord **out_record, GError **error)
{
  return dmig_apply(db, chain, options, out_record, error);
}

static gboolean
work_back(DmigDatabase *db, gpointer migration, const DmigApplyOptions *options,
          DmigRunRecord **out_record, GError **error)
{
  return dmig_apply_take_back(db, migration, options, out_record, error);
}

static void
print_done(DmigContext *context, GPtrArray *chain, guint done)
{
  for (guint i = 0; i < done; i++) {
    const DmigMigration *migration = g_ptr_array_index(chain, i);
    g_autofree char *short_id = dmig_store_short_id(context->store, dmig_chain_revision(migration));
    printf("%s %s%s%s %s\n", migration->down ? "Reverted" : "Applied ",
           dmig_colour(DMIG_COLOUR_YELLOW), short_id, dmig_colour(DMIG_COLOUR_RESET),
           migration->title);
  }
}

static void
print_json(DmigContext *context, const DmigRunOptions *options, const DmigRevision *at,
           const DmigRevision *to, GPtrArray *chain, guint done)
{
  g_autoptr(json_t) document = dmig_json_document();
  g_autofree char *target = dmig_target_label(context, options->target);
  gboolean dry_run = options->dry_run;
  json_t *migrations = json_array();
  for (guint i = 0; i < (dry_run ? chain->len : done); i++) {
    const DmigMigration *migration = g_ptr_array_index(chain, i);
    json_t *item = json_object();
    dmig_json_set(item, "revision", dmig_chain_revision(migration));
    dmig_json_set(item, "direction", migration->down ? "downgrade" : "upgrade");
    dmig_json_set(item, "title", migration->title);
    if (dry_run)
      dmig_json_set(item, "sql", migration->sql);
    json_array_append_new(migrations, item);
  }
  const DmigMigration *last = done > 0 ? g_ptr_array_index(chain, done - 1) : NULL;
  const char *now = last != NULL ? last->to : at != NULL ? at->id : NULL;
  dmig_json_set(document, "target", target);
  dmig_json_set(document, "from", at != NULL ? at->id : NULL);
  dmig_json_set(document, "to", to != NULL ? to->id : NULL);
  dmig_json_set(document, "now", now);
  json_object_set_new(document, "dry_run", json_boolean(dry_run));
  json_object_set_new(document, "migrations", migrations);
  dmig_json_print(document);
}

static gboolean
print_nothing_to_do(DmigContext *context, const DmigRunOptions *options, const DmigRevision *at,
                    GPtrArray *chain)
{
  g_autofree char *title = dmig_revision_title(context, at);
  if (options->json)
    print_json(context, options, at, at, chain, 0);
  else
    printf("Already at %s.\n", title);
  return TRUE;
}

static gboolean
go_online(DmigContext *context, const DmigDialect *dialect, GPtrArray *chain,
          const DmigRunOptions *options, GError **error)
{
  return !dmig_chain_is_online(context, options->online)
         || dmig_chain_go_online(context, dialect, chain, error);
}

static gboolean
is_file_of(const DmigMigration *migration, const DmigInterrupted *interrupted)
{
  g_autofree char *checksum = dmig_text_sha256(migration->sql, -1);
  return g_strcmp0(checksum, interrupted->checksum) == 0;
}

/* The rest of what another run has left half way: with the very file that it began with. */
static GPtrArray *
find_rest(DmigContext *context, const DmigDialect *dialect, const DmigInterrupted *interrupted,
          GError **error)
{
  g_autoptr(GPtrArray) chain
      = dmig_chain_new(context, dialect, interrupted->from, interrupted->to, error);
  if (chain == NULL)
    return NULL;
  if (chain->len == 1 && !is_file_of(g_ptr_array_index(chain, 0), interrupted)
      && !dmig_chain_go_online(context, dialect, chain, error))
    return NULL;
  if (chain->len == 1)
    return g_steal_pointer(&chain);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_DRIFT,
              "the database is half way from %.7s to %.7s, and this store knows no such migration: "
              "use the store that the run began with",
              interrupted->from != NULL ? interrupted->from : "nothing",
              interrupted->to != NULL ? interrupted->to : "nothing");
  return NULL;
}

/* What is half way comes first. */
static GPtrArray *
find_chain(DmigContext *context, const DmigDialect *dialect, const DmigPosition *at,
           const DmigRevision *to, const DmigRunOptions *options, GError **error)
{
  const DmigInterrupted *interrupted = at->state != NULL ? at->state->interrupted : NULL;
  const char *from = at->revision != NULL ? at->revision->id : NULL;
  g_autoptr(GPtrArray) rest
      = interrupted != NULL ? find_rest(context, dialect, interrupted, error) : NULL;
  if (interrupted != NULL && rest == NULL)
    return NULL;
  if (interrupted != NULL)
    from = interrupted->to;
  g_autoptr(GPtrArray) chain
      = dmig_chain_new(context, dialect, from, to != NULL ? to->id : NULL, error);
  if (chain == NULL || !go_online(context, dialect, chain, options, error))
    return NULL;
  if (rest != NULL)
    g_ptr_array_insert(chain, 0, g_ptr_array_steal_index(rest, 0));
  return g_steal_pointer(&chain);
}

gboolean
dmig_run_dry(DmigContext *context, const DmigDialect *dialect, const DmigPosition *at,
             const DmigRevision *to, const DmigRunOptions *options, GError **error)
{
  g_autoptr(GPtrArray) chain = find_chain(context, dialect, at, to, options, error);
  if (chain == NULL)
    return FALSE;
  if (options->json)
    print_json(context, options, at->revision, to, chain, 0);
  else if (chain->len == 0)
    return print_nothing_to_do(context, options, at->revision, chain);
  else
    print_dry_run(chain);
  return TRUE;
}

static guint
count_done(const DmigRunRecord *record)
{
  return record != NULL ? record->revisions->len : 0;
}

gboolean
dmig_run(DmigContext *context, DmigDatabase *db, const DmigPosition *at, const DmigRevision *to,
         const DmigRunOptions *options, GError **error)
{
  g_autofree char *domain = NULL;
  g_autoptr(DmigRunRecord) record = NULL;
  g_auto(DmigBacking) backing = { 0 };
  if (!dmig_backing_read(context, options->backup, NULL, &backing, error))
    return FALSE;
  g_autoptr(GPtrArray) chain = find_chain(context, db->dialect, at, to, options, error);
  if (chain == NULL)
    return FALSE;
  if (chain->len == 0)
    return print_nothing_to_do(context, options, at->revision, chain);
  if (!domain_name(context, dmig_chain_revision(g_ptr_array_index(chain, chain->len - 1)), &domain,
                   error)
      || !agree_to_losses(db, chain, options, error))
    return FALSE;
  GError *problem = NULL;
  gboolean went = carry_out(context, db, work_chain, chain, domain, options, &record, &problem);
  guint done = count_done(record);
  gboolean moved = g_error_matches(problem, DMIG_ERROR, DMIG_ERROR_DRIFT) && done == 0;
  if (problem != NULL)
    g_propagate_error(error, problem);
  /* Who called may look again and go from there: nothing has been done to be told about. */
  if (moved)
    return FALSE;
  if (options->json)
    print_json(context, options, at->revision, to, chain, done);
  else
    print_done(context, chain, done);
  return went;
}

gboolean
dmig_run_take_back(DmigContext *context, DmigDatabase *db, const DmigPosition *at,
                   const DmigRunOptions *options, GError **error)
{
  g_autofree char *domain = NULL;
  g_autoptr(DmigRunRecord) record = NULL;
  g_autoptr(GPtrArray) rest = find_rest(context, db->dialect, at->state->interrupted, error);
  if (rest == NULL)
    return FALSE;
  DmigMigration *migration = g_ptr_array_index(rest, 0);
  if (!domain_name(context, dmig_chain_revision(migration), &domain, error)
      || !carry_out(context, db, work_back, migration, domain, options, &record, error))
    return FALSE;
  g_autofree char *short_id = dmig_store_short_id(context->store, dmig_chain_revision(migration));
  g_autofree char *title = dmig_revision_title(context, at->revision);
  if (options->json)
    print_json(context, options, at->revision, at->revision, rest, 0);
  else
    printf("Took back what was begun of %s%s%s %s; the database is at %s.\n",
           dmig_colour(DMIG_COLOUR_YELLOW), short_id, dmig_colour(DMIG_COLOUR_RESET),
           migration->title, title);
  return TRUE;
}
