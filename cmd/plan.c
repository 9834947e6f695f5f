#include <stdio.h>

#include "cmd/chain.h"
#include "cmd/comparison.h"
#include "cmd/database.h"
#include "cmd/plan_table.h"
#include "cmd/revision.h"
#include "cmd/table.h"
#include "cmd/ui/json.h"
#include "cmd/ui/table.h"
#include "core/base/text.h"
#include "core/plan/migration_file.h"

typedef struct {
  DmigDatabase *db; /* NULL: still to be made */
  const DmigDialect *dialect;
  char *target;
  DmigRevision *at, *to; /* NULL: nothing applied */
  GPtrArray *chain;      /* DmigMigration* */
  GPtrArray *plans;      /* DmigPlan*, one each */
  GPtrArray *refusals;   /* char*: checks of the first one that find rows now */
} Way;

static void
way_clear(Way *self)
{
  g_free(self->target);
  dmig_revision_free(self->at);
  dmig_revision_free(self->to);
  g_clear_pointer(&self->chain, g_ptr_array_unref);
  g_clear_pointer(&self->plans, g_ptr_array_unref);
  g_clear_pointer(&self->refusals, g_ptr_array_unref);
  dmig_database_free(self->db);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Way, way_clear)

static gboolean
read_plans(Way *self, GError **error)
{
  self->plans = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_plan_free);
  for (guint i = 0; i < self->chain->len; i++) {
    const DmigMigration *migration = g_ptr_array_index(self->chain, i);
    DmigPlan *plan
        = dmig_migration_file_read(migration->file, migration->sql, self->dialect, error);
    if (plan == NULL)
      return FALSE;
    g_ptr_array_add(self->plans, plan);
  }
  return TRUE;
}

/* Only the first migration meets the database as it is now. A question about what an earlier step
 * of it makes can't be asked yet. */
static void
ask_checks(Way *self)
{
  self->refusals = g_ptr_array_new_with_free_func(g_free);
  const DmigPlan *first = self->plans->len > 0 ? g_ptr_array_index(self->plans, 0) : NULL;
  for (guint i = 0; self->db != NULL && first != NULL && i < first->steps->len; i++) {
    const DmigStep *step = g_ptr_array_index(first->steps, i);
    for (guint j = 0; j < step->checks->len; j++) {
      const DmigCheck *check = g_ptr_array_index(step->checks, j);
      gint64 rows = 0;
      if (!dmig_database_count(self->db, check->sql, &rows, NULL) || rows == 0)
        continue;
      g_autofree char *refusal = dmig_check_refusal(check, rows);
      g_ptr_array_add(self->refusals, g_strdup_printf("step %u: %s", i + 1, refusal));
    }
  }
}

static gboolean
find_way(DmigContext *context, const char *target, const char *spec, Way *out, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  if (store == NULL)
    return FALSE;
  out->to = dmig_store_revision(store, spec, error);
  if (out->to == NULL || !dmig_target_look(context, target, &out->db, &out->dialect, error)
      || !dmig_target_position(context, out->db, NULL, &out->at, error))
    return FALSE;
  out->target = dmig_target_label(context, target);
  out->chain = dmig_chain_new(context, out->dialect, out->at != NULL ? out->at->id : NULL,
                              out->to->id, error);
  if (out->chain == NULL || !read_plans(out, error))
    return FALSE;
  ask_checks(out);
  return TRUE;
}

static void
print_way(DmigContext *context, const Way *way)
{
  g_autofree char *at = dmig_revision_title(context, way->at);
  g_autofree char *to = dmig_revision_title(context, way->to);
  if (way->chain->len == 0) {
    printf("Already at %s.\n", to);
    return;
  }
  g_autofree char *count = dmig_text_count(way->chain->len, "revision", "revisions");
  guint width = dmig_grid_width();
  dmig_context_page(context);
  printf("From %s to %s: %s\n", at, to, count);
  for (guint i = 0; i < way->chain->len; i++) {
    const DmigMigration *migration = g_ptr_array_index(way->chain, i);
    g_autofree char *short_id = dmig_store_short_id(context->store, dmig_chain_revision(migration));
    printf("\n%s%s %s%s %s\n", dmig_colour(DMIG_COLOUR_YELLOW),
           migration->down ? "revert" : "apply", short_id, dmig_colour(DMIG_COLOUR_RESET),
           migration->title);
    dmig_plan_print(g_ptr_array_index(way->plans, i), width);
  }
  for (guint i = 0; i < way->refusals->len; i++)
    printf("%s%s! refuses now: %s%s\n", i == 0 ? "\n" : "", dmig_colour(DMIG_COLOUR_RED),
           (const char *) g_ptr_array_index(way->refusals, i), dmig_colour(DMIG_COLOUR_RESET));
}

static void
print_sql(const Way *way)
{
  for (guint i = 0; i < way->chain->len; i++) {
    const DmigMigration *migration = g_ptr_array_index(way->chain, i);
    printf("%s-- %s\n%s", i > 0 ? "\n" : "", migration->file, migration->sql);
  }
}

static void
print_json(const Way *way)
{
  g_autoptr(json_t) document = dmig_json_document();
  json_t *migrations = json_array();
  for (guint i = 0; i < way->chain->len; i++) {
    const DmigMigration *migration = g_ptr_array_index(way->chain, i);
    const DmigPlan *plan = g_ptr_array_index(way->plans, i);
    g_autoptr(GPtrArray) losses = dmig_plan_losses(plan, NULL);
    json_t *item = json_object();
    json_t *steps = json_array();
    for (guint j = 0; j < plan->steps->len; j++)
      json_array_append_new(steps, dmig_step_to_json(g_ptr_array_index(plan->steps, j)));
    dmig_json_set(item, "revision", dmig_chain_revision(migration));
    dmig_json_set(item, "direction", migration->down ? "downgrade" : "upgrade");
    dmig_json_set(item, "title", migration->title);
    dmig_json_set(item, "loss", dmig_loss_name(plan->loss));
    json_object_set_new(item, "losses", dmig_json_strings(losses));
    json_object_set_new(item, "steps", steps);
    json_array_append_new(migrations, item);
  }
  dmig_json_set(document, "dialect", way->dialect->name);
  dmig_json_set(document, "target", way->target);
  dmig_json_set(document, "from", way->at != NULL ? way->at->id : NULL);
  dmig_json_set(document, "to", way->to->id);
  json_object_set_new(document, "migrations", migrations);
  json_object_set_new(document, "refusals", dmig_json_strings(way->refusals));
  dmig_json_print(document);
}

static gboolean
run_plan(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done, json = FALSE, sql = FALSE;
  g_autofree char *target = NULL;
  const GOptionEntry entries[] = {
    { "target", 't', 0, G_OPTION_ARG_STRING, &target, "The database it is for", "TARGET|URL" },
    { "sql", 0, 0, G_OPTION_ARG_NONE, &sql, "Print the SQL that would run", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print it as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  g_auto(Way) way = { 0 };
  if (!dmig_command_at_most(context, argc, argv, 1, error)
      || !find_way(context, target, argc > 1 ? argv[1] : "HEAD", &way, error))
    return FALSE;
  if (json)
    print_json(&way);
  else if (sql)
    print_sql(&way);
  else
    print_way(context, &way);
  return TRUE;
}

const DmigCommand dmig_command_plan = {
  .name = "plan",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Show step by step what 'apply' would do to a database",
  .usage = "[-t TARGET|URL] [--sql | --json] [REV]",
  .examples = "dmig plan                # from where the target is to HEAD\n"
              "dmig plan -t prod v1.4   # another target, another revision\n"
              "dmig plan --sql          # the SQL that would run",
  .description = "For each step: its phase (expand, migrate, contract), the lock that it takes,\n"
                 "whether it rewrites or scans a table, and whether data is lost. What the rows\n"
                 "that are there now would refuse is asked now.",
  .run = run_plan,
};
