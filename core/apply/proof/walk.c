/* The way up, down and up again over one scratch database, and what is seen on it. */
#include "core/apply/proof/prover.h"

#include <string.h>

#include "core/apply/proof/rows.h"
#include "core/apply/proof/survivors.h"
#include "core/apply/tracking/tracking.h"
#include "core/base/text.h"
#include "core/sql/text.h"

#define ROWS_PER_TABLE 4
#define SEED 20231
/* Numbers of rows that come after the upgrade, out of the way of those before it. */
#define NEW_ROWS 501

static gboolean
has_hand_written(const DmigPlan *plan)
{
  for (guint i = 0; i < plan->steps->len; i++)
    if (g_str_has_prefix(((DmigStep *) plan->steps->pdata[i])->kind, "sql-"))
      return TRUE;
  return FALSE;
}

/* The types that the step is about, as columns say them: char*. */
static GPtrArray *
types_of(const DmigSchema *schema, const DmigStep *step)
{
  GPtrArray *types = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < schema->enums->len; i++) {
    const DmigEnum *type = schema->enums->pdata[i];
    if (dmig_step_is_about(step, type->name))
      g_ptr_array_add(types, dmig_sql_identifier(schema->dialect, type->name));
  }
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    if (dmig_step_is_about(step, object->path))
      g_ptr_array_add(types, dmig_sql_identifier(schema->dialect, object->path));
  }
  return types;
}

static gboolean
has_column_of(const DmigTable *table, const GPtrArray *types)
{
  for (guint i = 0; i < table->columns->len; i++)
    for (guint k = 0; k < types->len; k++)
      if (g_str_has_prefix(((DmigColumn *) table->columns->pdata[i])->type, types->pdata[k]))
        return TRUE;
  return FALSE;
}

/* Whether rows of a partition that the step is about get there by way of `table`. */
static gboolean
leads_to(const DmigSchema *schema, const DmigTable *table, const DmigStep *step)
{
  for (guint i = 0; table->partition_by != NULL && i < schema->tables->len; i++) {
    const DmigTable *part = schema->tables->pdata[i];
    if (part->parents != NULL && dmig_strv_contains(part->parents, table->name)
        && (dmig_step_is_about(step, part->name) || leads_to(schema, part, step)))
      return TRUE;
  }
  return FALSE;
}

/* Takes the rows out of the tables that the step is about, by either name, or, for a type, of those that
 * have a column of it. Their names; "" where there is none that still had any. Owned. */
static char *
skip_tables_of(DmigProver *self, const DmigStep *step)
{
  GString *skipped = g_string_new(NULL);
  g_autoptr(GPtrArray) types = types_of(self->parent, step);
  for (guint i = 0; i < self->parent->tables->len; i++) {
    const DmigTable *table = self->parent->tables->pdata[i];
    const char *new_name = dmig_survivors_new_name(self->given->transition, table->name);
    gboolean concerned = dmig_step_is_about(step, table->name)
                         || dmig_step_is_about(step, new_name) || has_column_of(table, types)
                         || leads_to(self->parent, table, step);
    if (!concerned || !g_hash_table_add(self->skip, g_strdup(table->name)))
      continue;
    g_autofree char *name = dmig_path_text(table->name);
    g_string_append_printf(skipped, "%s%s", skipped->len > 0 ? ", " : "", name);
  }
  return g_string_free(skipped, FALSE);
}

static void
note_refusal(DmigProver *self, const DmigStep *step, const GError *failure)
{
  self->again = TRUE;
  if (self->style == DMIG_ROWS_ODD) {
    self->style = DMIG_ROWS_TAME;
    return;
  }
  g_autofree char *skipped = skip_tables_of(self, step);
  self->empty = *skipped == '\0';
  g_ptr_array_add(self->proof->notes,
                  g_strdup_printf("without rows in %s: %s", self->empty ? "any table" : skipped,
                                  failure->message));
}

/* What the wanted schema is when built from nothing. It is rolled back, so that the same database
 * serves for the pair: making one can take longer than all the rest. */
static gboolean
build_wanted(DmigProver *self, DmigDatabase *db, GError **error)
{
  g_autoptr(DmigPlan) plan = dmig_plan_build(self->given->wanted, error);
  g_autofree char *sql = plan ? dmig_plan_sql(plan) : NULL;
  if (plan == NULL || !db->driver->begin(db, error))
    return FALSE;
  gboolean built =
      db->driver->exec(db, sql, error) && dmig_database_inspect(db, &self->wanted, error);
  db->driver->rollback(db);
  return built;
}

static gboolean
build_parent(DmigProver *self, DmigDatabase *db, GError **error)
{
  const DmigProofCase *given = self->given;
  if (given->history != NULL) {
    for (guint i = 0; i < given->history->len; i++)
      if (!dmig_scratch_run(db, g_ptr_array_index(given->history, i), error))
        return FALSE;
    return TRUE;
  }
  g_autoptr(DmigPlan) plan = dmig_plan_build(given->parent, error);
  if (plan == NULL)
    return FALSE;
  g_autofree char *sql = dmig_plan_sql(plan);
  const char *scripts[] = { sql };
  guint failed = 0;
  return *sql == '\0' || db->driver->run(db, scripts, 1, &failed, error);
}

static void
count_rows(DmigProver *self, const DmigRowsCount *count)
{
  self->proof->rows = MAX(self->proof->rows, count->rows);
  self->proof->tables = MAX(self->proof->tables, count->tables);
}

/* Rows are a help, not what is to be proved: where none can be made, the proof goes on and says so. */
static gboolean
insert_rows(DmigProver *self, DmigDatabase *db, GError **error)
{
  const DmigRowsOptions options = {
    .per_table = ROWS_PER_TABLE, .seed = SEED, .style = self->style, .skip = self->skip
  };
  DmigRowsCount count = { 0 };
  GError *failure = NULL;
  self->proof->rows = self->proof->tables = 0;
  if (!self->empty && !dmig_rows_fill(db, self->parent, &options, &count, &failure)) {
    if (!g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_FAILED)) {
      g_propagate_error(error, failure);
      return FALSE;
    }
    g_ptr_array_add(self->proof->notes,
                    g_strdup_printf("without rows in any table: %s", failure->message));
    g_error_free(failure);
    self->empty = TRUE;
  }
  count_rows(self, &count);
  return TRUE;
}

static gboolean
run(DmigProver *self, DmigDatabase *db, const DmigPrepared *migration, const DmigStep **out_refused,
    GError **error)
{
  const DmigKeeper keeper = { .run = "proof",
                              .revision = self->revision,
                              .down = migration == self->downgrade };
  return dmig_prepared_run_alone(migration, db, self->revision != NULL ? &keeper : NULL,
                                 out_refused, error);
}

/* TRUE if the proof can go on: `out_done` says whether the migration went through. */
static gboolean
migrate(DmigProver *self, DmigDatabase *db, const DmigPrepared *migration, const char *doing,
        gboolean *out_done, GError **error)
{
  const DmigStep *refused = NULL;
  GError *failure = NULL;
  *out_done = run(self, db, migration, &refused, &failure);
  if (*out_done)
    return TRUE;
  if (refused != NULL && !self->empty && self->proof->rows > 0) {
    note_refusal(self, refused, failure);
    g_error_free(failure);
    return TRUE;
  }
  return dmig_prover_take_failure(self, doing, failure, error);
}

static gboolean
compare_schema(DmigProver *self, DmigDatabase *db, DmigSchema *wanted, const char *when, GError **error)
{
  g_autoptr(DmigSchema) is = NULL;
  if (!dmig_database_inspect(db, &is, error))
    return FALSE;
  g_autoptr(GPtrArray) lines = dmig_schema_explain_differences(is, wanted);
  for (guint i = 0; i < lines->len; i++)
    dmig_prover_add_problem(self, "%s: %s", when, (char *) lines->pdata[i]);
  /* What the next diff would want to change is a difference, even where a person sees none. */
  g_autoptr(DmigChanges) changes = dmig_diff(is, wanted, NULL);
  for (guint i = 0; i < changes->items->len && lines->len == 0; i++) {
    g_autofree char *text = dmig_change_to_text(changes->items->pdata[i]);
    dmig_prover_add_problem(self, "%s: the next diff would %s", when, text);
  }
  return TRUE;
}

static gboolean
is_hand_written(const DmigProver *self)
{
  return has_hand_written(self->upgrade->plan) || has_hand_written(self->downgrade->plan);
}

/* Hand-written SQL may take rows away on purpose: then what is gone is worth a note only. */
static void
judge_survivors(DmigProver *self, GPtrArray *found, const char *when)
{
  GPtrArray *list = is_hand_written(self) ? self->proof->notes : self->proof->problems;
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add(list, g_strdup_printf("%s: %s", when, (char *) found->pdata[i]));
}

/* Rows of the wanted schema, which the parent could not hold, on the way back: what does not fit must
 * meet a check, and not make a statement fail. */
static gboolean
down_with_new_rows(DmigProver *self, DmigDatabase *db, GError **error)
{
  const DmigRowsOptions options = { .per_table = ROWS_PER_TABLE, .seed = SEED, .first = NEW_ROWS };
  DmigRowsCount count = { 0 };
  GError *failure = NULL;
  if (!dmig_rows_fill(db, self->wanted, &options, &count, &failure)) {
    if (g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_FAILED)) {
      g_error_free(failure);
      return TRUE;
    }
    g_propagate_error(error, failure);
    return FALSE;
  }
  count_rows(self, &count);
  const DmigStep *refused = NULL;
  if (run(self, db, self->downgrade, &refused, &failure))
    return compare_schema(self, db, self->parent, "after the downgrade of new rows", error);
  if (refused != NULL) {
    g_error_free(failure);
    return TRUE;
  }
  return dmig_prover_take_failure(self, "the downgrade of new rows fails", failure, error);
}

/* Who must survive the way from the parent and back, and the way back and there again. */
typedef struct {
  DmigSurvivors *parents, *wanteds;
} Followed;

static void
followed_clear(Followed *self)
{
  dmig_survivors_free(self->parents);
  dmig_survivors_free(self->wanteds);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Followed, followed_clear)

static Followed
followed_new(const DmigProver *self)
{
  const DmigTransition *there = self->given->transition;
  const DmigPlan *up = self->upgrade->plan, *down = self->downgrade->plan;
  gboolean lossless = up->loss == DMIG_LOSS_NONE && down->loss == DMIG_LOSS_NONE;
  DmigTransition *back = dmig_survivors_reverse(there);
  Followed followed = {
    dmig_survivors_new(self->parent, self->wanted, there, lossless, up, down),
    dmig_survivors_new(self->wanted, self->parent, back, lossless, down, up),
  };
  dmig_transition_free(back);
  return followed;
}

/* Runs one direction and sees what came of it; `out_done` FALSE: not further. */
static gboolean
pass(DmigProver *self, DmigDatabase *db, const DmigPrepared *migration, const char *doing,
     DmigSchema *wanted, const char *when, gboolean *out_done, GError **error)
{
  return migrate(self, db, migration, doing, out_done, error)
         && (!*out_done || compare_schema(self, db, wanted, when, error));
}

typedef gboolean (*SurvivorsCheck)(DmigSurvivors *, DmigDatabase *, GPtrArray *, GError **);

static gboolean
check_rows(DmigProver *self, DmigDatabase *db, DmigSurvivors *survivors, SurvivorsCheck check,
           const char *when, GError **error)
{
  g_autoptr(GPtrArray) lost = g_ptr_array_new_with_free_func(g_free);
  /* A table that is not there after all is said already. */
  if (self->proof->problems->len > 0)
    return TRUE;
  if (!check(survivors, db, lost, error))
    return FALSE;
  judge_survivors(self, lost, when);
  return TRUE;
}

static gboolean
up_and_down(DmigProver *self, DmigDatabase *db, const Followed *followed, GError **error)
{
  gboolean done = FALSE;
  if (!dmig_survivors_remember(followed->parents, db, error)
      || !pass(self, db, self->upgrade, "the upgrade fails", self->wanted, "after the upgrade", &done,
               error))
    return FALSE;
  if (!done)
    return TRUE;
  if (!check_rows(self, db, followed->parents, dmig_survivors_check_upgraded, "after the upgrade",
                  error)
      || (self->proof->problems->len == 0
          && !dmig_survivors_remember(followed->wanteds, db, error))
      || !pass(self, db, self->downgrade, "the downgrade fails", self->parent, "after the downgrade",
               &done, error))
    return FALSE;
  if (!done)
    return TRUE;
  if (!check_rows(self, db, followed->parents, dmig_survivors_check_returned, "after the downgrade",
                  error)
      || !pass(self, db, self->upgrade, "the second upgrade fails", self->wanted,
               "after the second upgrade", &done, error))
    return FALSE;
  if (!done)
    return TRUE;
  /* Statements that run once more may well do something else to the same rows. */
  return (is_hand_written(self)
          || check_rows(self, db, followed->wanteds, dmig_survivors_check_returned,
                        "after the second upgrade", error))
         && (self->proof->problems->len > 0 || down_with_new_rows(self, db, error));
}

/* Who looks after the database may want to use it again. */
static gboolean
forget_kept(DmigDatabase *db, GError **error)
{
  g_autoptr(GPtrArray) purged = NULL;
  return dmig_kept_purge(db, NULL, NULL, &purged, error);
}

gboolean
dmig_prover_walk(DmigProver *self, DmigDatabase *db, GError **error)
{
  GError *failure = NULL;
  if (self->wanted == NULL && !build_wanted(self, db, &failure))
    return dmig_prover_take_failure(self, "the wanted schema can't be built from nothing", failure, error);
  if (!build_parent(self, db, &failure))
    return dmig_prover_take_failure(self, "the parent can't be built", failure, error);
  g_clear_pointer(&self->parent, dmig_schema_unref);
  if (!dmig_database_inspect(db, &self->parent, error) || !insert_rows(self, db, error))
    return FALSE;
  g_auto(Followed) followed = followed_new(self);
  if (self->revision != NULL && !dmig_tracking_ensure(db, error))
    return FALSE;
  gboolean proved = up_and_down(self, db, &followed, error);
  self->proof->kept = self->proof->rows > 0 ? dmig_survivors_kept(followed.parents) : 0;
  return proved && (self->revision == NULL || forget_kept(db, error));
}
