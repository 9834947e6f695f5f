#include "cmd/run.h"

#include <stdio.h>
#include <string.h>

#include "cmd/revision.h"
#include "cmd/snapshot.h"
#include "cmd/ui/colour.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "cmd/ui/progress.h"
#include "cmd/ui/prompt.h"
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
    { "single-transaction", 0, 0, G_OPTION_ARG_NONE, &options->single_transaction,
      "All revisions or none", NULL },
    { "online", 0, 0, G_OPTION_ARG_NONE, &options->online,
      "Let others write meanwhile: indexes concurrently, constraints validated later", NULL },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &options->yes, "Never ask", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Print what was done as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  return g_memdup2(entries, sizeof(entries));
}

void
dmig_run_options_clear(DmigRunOptions *self)
{
  g_clear_pointer(&self->target, g_free);
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
  dmig_message("This would lose:");
  for (guint i = 0; i < losses->len; i++)
    dmig_message("  %s", (const char *) g_ptr_array_index(losses, i));
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
              "it would lose data, and nothing was changed; --allow-data-loss lets it");
  return FALSE;
}

static void
show_progress(guint done, guint total, const DmigMigration *current, gpointer data)
{
  if (current != NULL)
    dmig_progress_update(data, done, total, current->title);
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

static gboolean
carry_out(DmigContext *context, DmigDatabase *db, GPtrArray *chain, const char *domain,
          const DmigRunOptions *options, guint *out_done, GError **error)
{
  g_autoptr(DmigProgress) progress = dmig_progress_new();
  const DmigApplyOptions apply = {
    .single_transaction = options->single_transaction,
    /* The user has given the word by now, or there is nothing to lose. */
    .allow_data_loss = TRUE,
    .wait_seconds = MAX(options->wait_seconds, 0),
    .command = context->command->name,
    .domain = domain,
    .progress = show_progress,
    .data = progress,
  };
  return dmig_apply(db, chain, &apply, out_done, error);
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

static GPtrArray *
find_chain(DmigContext *context, const DmigDialect *dialect, const DmigRevision *at,
           const DmigRevision *to, const DmigRunOptions *options, GError **error)
{
  g_autoptr(GPtrArray) chain = dmig_chain_new(context, dialect, at != NULL ? at->id : NULL,
                                              to != NULL ? to->id : NULL, error);
  if (chain == NULL || !dmig_chain_is_online(context, options->online))
    return g_steal_pointer(&chain);
  return dmig_chain_go_online(context, dialect, chain, error) ? g_steal_pointer(&chain) : NULL;
}

gboolean
dmig_run_dry(DmigContext *context, const DmigDialect *dialect, const DmigRevision *at,
             const DmigRevision *to, const DmigRunOptions *options, GError **error)
{
  g_autoptr(GPtrArray) chain = find_chain(context, dialect, at, to, options, error);
  if (chain == NULL)
    return FALSE;
  if (options->json)
    print_json(context, options, at, to, chain, 0);
  else if (chain->len == 0)
    return print_nothing_to_do(context, options, at, chain);
  else
    print_dry_run(chain);
  return TRUE;
}

gboolean
dmig_run(DmigContext *context, DmigDatabase *db, const DmigRevision *at, const DmigRevision *to,
         const DmigRunOptions *options, GError **error)
{
  guint done = 0;
  g_autofree char *domain = NULL;
  g_autoptr(GPtrArray) chain = find_chain(context, db->dialect, at, to, options, error);
  if (chain == NULL)
    return FALSE;
  if (chain->len == 0)
    return print_nothing_to_do(context, options, at, chain);
  if (!domain_name(context, to != NULL ? to->id : at->id, &domain, error)
      || !agree_to_losses(db, chain, options, error))
    return FALSE;
  GError *problem = NULL;
  gboolean went = carry_out(context, db, chain, domain, options, &done, &problem);
  gboolean moved = g_error_matches(problem, DMIG_ERROR, DMIG_ERROR_DRIFT) && done == 0;
  if (problem != NULL)
    g_propagate_error(error, problem);
  /* Who called may look again and go from there: nothing has been done to be told about. */
  if (moved)
    return FALSE;
  if (options->json)
    print_json(context, options, at, to, chain, done);
  else
    print_done(context, chain, done);
  return went;
}
