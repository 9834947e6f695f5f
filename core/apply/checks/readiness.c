#include "core/apply/checks/readiness.h"

#include <string.h>

#include "core/apply/checks/question.h"
#include "core/apply/tracking/tracking.h"
#include "core/base/text.h"
#include "core/plan/migration_file.h"

#define PROBLEMS_NAMED 3

void
dmig_readiness_free(DmigReadiness *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->findings);
  g_clear_pointer(&self->questions, g_ptr_array_unref);
  g_ptr_array_unref(self->plans);
  g_free(self);
}

DmigReadiness *
dmig_readiness_new(void)
{
  DmigReadiness *self = g_new0(DmigReadiness, 1);
  self->plans = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_plan_free);
  self->findings = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_finding_free);
  return self;
}

static GPtrArray *
read_plans(const DmigDialect *dialect, GPtrArray *migrations, GError **error)
{
  g_autoptr(GPtrArray) plans = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_plan_free);
  for (guint i = 0; i < migrations->len; i++) {
    const DmigMigration *migration = migrations->pdata[i];
    DmigPlan *plan = dmig_migration_file_read(migration->file, migration->sql, dialect, error);
    if (plan == NULL)
      return NULL;
    g_ptr_array_add(plans, plan);
  }
  return g_steal_pointer(&plans);
}

static void
look_for_another_run(DmigDatabase *db, GPtrArray *findings)
{
  DmigLockHolder holder = { 0 };
  g_autoptr(GError) error = NULL;
  gboolean held = FALSE;
  if (!db->driver->lock_holder(db, &held, &holder, &error)) {
    dmig_finding_add(findings, DMIG_FINDING_NOTE, "another-run",
                     "whether another run goes on is not known: %s", error->message);
    return;
  }
  if (!held) {
    dmig_finding_add(findings, DMIG_FINDING_GOOD, "another-run", "no other run goes on");
    return;
  }
  DmigFinding *finding = dmig_finding_add(
      findings, DMIG_FINDING_PROBLEM, "another-run", "another run goes on: %s%s%s",
      holder.who != NULL ? holder.who : "whose, is not known", holder.since != NULL ? ", since " : "",
      holder.since != NULL ? holder.since : "");
  dmig_finding_advise(finding, "wait until it is done, or let yours wait with --wait SECONDS");
  dmig_lock_holder_clear(&holder);
}

/* --- rows ------------------------------------------------------------------------------------ */

static const char *
rule_of(DmigCheckKind kind)
{
  static const char *const rules[] = {
    [DMIG_CHECK_OTHER] = "check",
    [DMIG_CHECK_ROWS] = "rows-without-value",
    [DMIG_CHECK_NULL] = "null-rows",
    [DMIG_CHECK_DUPLICATE] = "duplicate-rows",
    [DMIG_CHECK_ORPHAN] = "orphan-rows",
    [DMIG_CHECK_VIOLATION] = "violating-rows",
    [DMIG_CHECK_MISFIT] = "misfit-rows",
  };
  return rules[kind];
}

static const char *
revision_of(const DmigMigration *migration)
{
  return migration->down ? migration->from : migration->to;
}

/* A check's message is what there is, and behind "; " what to do. */
static DmigFinding *
finding_of(GPtrArray *findings, const DmigQuestion *question)
{
  g_autofree char *message = dmig_check_refusal(question->check, question->count);
  char *advice = strstr(message, "; ");
  if (advice != NULL)
    *advice = '\0';
  DmigFinding *finding = dmig_finding_add(findings, DMIG_FINDING_PROBLEM,
                                          rule_of(question->check->kind), "%s", message);
  finding->rows = question->count;
  finding->revision = g_strdup(revision_of(question->migration));
  finding->step = g_strdup(question->step->title);
  finding->check = question->check;
  if (advice != NULL)
    dmig_finding_advise(finding, "%s", advice + 2);
  return finding;
}

static void
note_unanswered(GPtrArray *findings, const DmigQuestion *question)
{
  DmigFinding *finding = dmig_finding_add(findings, DMIG_FINDING_WARNING, "not-asked",
                                          "the database can't answer the check of \"%s\": %s",
                                          question->step->title, question->problem);
  finding->revision = g_strdup(revision_of(question->migration));
  finding->step = g_strdup(question->step->title);
  dmig_finding_advise(finding, "see with 'dmig drift' whether it is as its revision says");
}

/* Who holds the lock the survey has found, if it could be seen. */
static void
note_locked(GPtrArray *findings, GPtrArray *questions)
{
  guint n = 0;
  const char *problem = NULL;
  for (guint i = 0; i < questions->len; i++) {
    const DmigQuestion *question = questions->pdata[i];
    n += question->locked;
    problem = question->locked ? question->problem : problem;
  }
  if (n == 0)
    return;
  g_autofree char *checks = dmig_text_count(n, "check", "checks");
  DmigFinding *finding
      = dmig_finding_add(findings, DMIG_FINDING_WARNING, "not-asked",
                         "%s can't be asked, as somebody keeps a lock: %s", checks, problem);
  dmig_finding_advise(finding, "each step asks again before it runs, and waits for the lock");
}

/* What has to wait is told once for each revision that it waits for. */
static void
note_waiting(GPtrArray *findings, GPtrArray *questions)
{
  g_autoptr(GHashTable) told = g_hash_table_new(g_direct_hash, g_direct_equal);
  for (guint i = 0; i < questions->len; i++) {
    const DmigQuestion *question = questions->pdata[i];
    if (question->waits == NULL || !g_hash_table_add(told, (gpointer) question->migration))
      continue;
    guint n = 0;
    for (guint k = i; k < questions->len; k++) {
      const DmigQuestion *other = questions->pdata[k];
      n += other->waits != NULL && other->migration == question->migration;
    }
    g_autofree char *checks = dmig_text_count(n, "check", "checks");
    gboolean same = question->waits_in == question->migration;
    DmigFinding *finding = dmig_finding_add(
        findings, DMIG_FINDING_NOTE, "not-asked", "%s of %.7s can't be asked before %s%.7s, \"%s\"",
        checks, revision_of(question->migration), same ? "a step of " : "",
        revision_of(question->waits_in),
        same ? question->waits->title : question->waits_in->title);
    finding->revision = g_strdup(revision_of(question->migration));
  }
}

static void
look_at_rows(DmigDatabase *db, GPtrArray *migrations, guint keys, DmigReadiness *self)
{
  GPtrArray *questions = self->questions = dmig_questions_new(migrations, self->plans);
  guint before = self->findings->len;
  dmig_questions_ask(db, questions);
  for (guint i = 0; i < questions->len; i++) {
    const DmigQuestion *question = questions->pdata[i];
    self->asked += question->waits == NULL;
    if (question->problem != NULL && question->translated == NULL && !question->locked)
      note_unanswered(self->findings, question);
    if (question->count <= 0)
      continue;
    DmigFinding *finding = finding_of(self->findings, question);
    g_ptr_array_unref(finding->keys);
    finding->keys = dmig_question_keys(db, question, keys);
  }
  g_autofree char *asked = dmig_text_count(self->asked, "check", "checks");
  if (self->findings->len == before && self->asked > 0)
    dmig_finding_add(self->findings, DMIG_FINDING_GOOD, "rows", "no row stands in the way (%s)",
                     asked);
  note_locked(self->findings, questions);
  note_waiting(self->findings, questions);
}

gboolean
dmig_readiness_check(DmigDatabase *db, GPtrArray *migrations, const DmigReadinessOptions *options,
                     DmigReadiness **out, GError **error)
{
  GPtrArray *plans = read_plans(db->dialect, migrations, error);
  if (plans == NULL)
    return FALSE;
  DmigReadiness *self = dmig_readiness_new();
  g_ptr_array_unref(self->plans);
  self->plans = plans;
  g_autoptr(DmigState) state = NULL;
  gboolean tracked = dmig_tracking_read(db, &state, NULL) && state->tracked;
  const DmigSurvey survey = { .plans = plans,
                              .backup = options->backup,
                              .backup_folder = options->backup_folder,
                              .tracked = tracked };
  if (!options->locked)
    look_for_another_run(db, self->findings);
  db->driver->survey(db, &survey, self->findings);
  look_at_rows(db, migrations, options->keys, self);
  *out = self;
  return TRUE;
}

gboolean
dmig_readiness_refuse(const DmigReadiness *self, const char *target, GError **error)
{
  g_autoptr(GString) named = g_string_new(NULL);
  guint problems = 0;
  gboolean locked = FALSE;
  for (guint i = 0; i < self->findings->len; i++) {
    const DmigFinding *finding = self->findings->pdata[i];
    if (finding->level != DMIG_FINDING_PROBLEM)
      continue;
    locked |= g_str_equal(finding->rule, "another-run");
    if (problems++ < PROBLEMS_NAMED)
      g_string_append_printf(named, "%s%s", problems > 1 ? "; " : "", finding->text);
  }
  if (problems == 0)
    return TRUE;
  if (problems > PROBLEMS_NAMED)
    g_string_append_printf(named, "; and %u more", problems - PROBLEMS_NAMED);
  g_set_error(error, DMIG_ERROR, locked ? DMIG_ERROR_LOCKED : DMIG_ERROR_FAILED,
              "%s is not ready: %s; 'dmig check' tells more", target,
              named->str);
  return FALSE;
}
