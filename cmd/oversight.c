#include "cmd/oversight.h"

#include "cmd/chain.h"
#include "cmd/conformity.h"
#include "cmd/database.h"
#include "cmd/report_document.h"
#include "cmd/run_hooks.h"
#include "cmd/ui/json.h"
#include "cmd/ui/log.h"
#include "cmd/ui/message.h"
#include "core/apply/tracking/tracking.h"
#include "core/apply/checks/verify.h"

#define PROBLEMS_NAMED 3
#define KEYS_READ 5

void
dmig_oversight_clear(DmigOversight *self)
{
  g_clear_pointer(&self->readiness, dmig_readiness_free);
  g_clear_pointer(&self->before, g_ptr_array_unref);
  g_clear_pointer(&self->after, g_ptr_array_unref);
  g_clear_pointer(&self->validated, g_ptr_array_unref);
  g_clear_pointer(&self->differed, g_hash_table_unref);
}

/* Who holds a lock just now may have let go of it when the step comes; the run waits and tells. */
static void
note_warnings(DmigRunRecord *record, GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++) {
    const DmigFinding *finding = findings->pdata[i];
    if (finding->level == DMIG_FINDING_WARNING && !g_str_equal(finding->rule, "blockers"))
      g_ptr_array_add(record->warnings, g_strdup(finding->text));
  }
}

static void
count_rows(DmigDatabase *db, GPtrArray **out)
{
  g_autoptr(GError) error = NULL;
  g_clear_pointer(out, g_ptr_array_unref);
  if (!db->driver->census(db, out, &error))
    *out = NULL;
}

/* What another run has left half way is in no state that questions are made for. */
static gboolean
is_half_way(DmigDatabase *db)
{
  g_autoptr(DmigState) state = NULL;
  return dmig_tracking_read(db, &state, NULL) && state->interrupted != NULL;
}

static DmigRunHooks
hooks_of(const DmigOversight *self, DmigDatabase *db, const DmigRunRecord *record,
         const char *report)
{
  return (DmigRunHooks){ .context = self->context,
                         .db = db,
                         .target = self->target,
                         .migrations = self->migrations,
                         .record = record,
                         .report = report,
                         .off = self->no_hooks };
}

static void
log_run(const DmigOversight *self, const char *event, const DmigRunRecord *record,
        const GError *failure)
{
  json_t *fields = json_object();
  dmig_json_set(fields, "command", record->command);
  dmig_json_set(fields, "target", self->target);
  dmig_json_set(fields, "from", record->from);
  dmig_json_set(fields, "to", record->to);
  if (record->finished != NULL) {
    dmig_json_set(fields, "now", record->now);
    dmig_json_set(fields, "outcome", dmig_run_phase_name(record->phase));
    dmig_json_set(fields, "error", failure != NULL ? failure->message : NULL);
  }
  dmig_log(failure != NULL ? "error" : "info", event, fields);
}

static gboolean
look_before(DmigOversight *self, DmigDatabase *db, GPtrArray *migrations, DmigRunRecord *record,
            GError **error)
{
  const DmigReadinessOptions options
      = { .locked = TRUE,
          .backup = self->backup,
          .backup_folder = self->backup_folder,
          .keys = self->values ? KEYS_READ : 0 };
  const DmigMigration *first = migrations->pdata[0];
  gboolean half_way = is_half_way(db);
  if (!self->fast)
    count_rows(db, &self->before);
  g_clear_pointer(&self->differed, g_hash_table_unref);
  if (!self->fast && !half_way)
    self->differed = dmig_conformity_differences(self->context, db, first->from);
  if (!self->check || half_way)
    return TRUE;
  if (!dmig_readiness_check(db, migrations, &options, &self->readiness, error))
    return FALSE;
  note_warnings(record, self->readiness->findings);
  return dmig_readiness_refuse(self->readiness, db->name, error);
}

gboolean
dmig_oversight_check(DmigOversight *self, DmigDatabase *db, GPtrArray *migrations,
                     DmigRunRecord *record, GError **error)
{
  self->migrations = migrations;
  dmig_log_set_run(record->id);
  log_run(self, "run-started", record, NULL);
  if ((self->report_file != NULL && !dmig_report_check_path(self->report_file, error))
      || !look_before(self, db, migrations, record, error))
    return FALSE;
  const DmigRunHooks hooks = hooks_of(self, db, record, NULL);
  return dmig_run_hooks_before(&hooks, error);
}

/* What was so before is not this run's doing: it does not fail for it. That a database differs from its
 * revision it has been told already, or nobody minds. */
static void
forgive(const DmigOversight *self)
{
  gboolean was_same = self->differed != NULL && g_hash_table_size(self->differed) == 0;
  for (guint i = 0; i < self->validated->len; i++) {
    DmigFinding *finding = self->validated->pdata[i];
    if (finding->level != DMIG_FINDING_PROBLEM)
      continue;
    if (g_str_equal(finding->rule, "drift") && !was_same)
      finding->level = DMIG_FINDING_NOTE;
    else if (g_str_equal(finding->rule, "foreign-keys") || g_str_equal(finding->rule, "invalid-index"))
      finding->level = DMIG_FINDING_WARNING;
  }
}

static gboolean
refuse(GPtrArray *findings, const char *target, GError **error)
{
  g_autoptr(GString) named = g_string_new(NULL);
  guint problems = 0;
  for (guint i = 0; i < findings->len; i++) {
    const DmigFinding *finding = findings->pdata[i];
    if (finding->level == DMIG_FINDING_PROBLEM && problems++ < PROBLEMS_NAMED)
      g_string_append_printf(named, "%s%s", problems > 1 ? "; " : "", finding->text);
  }
  if (problems == 0)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "every step has run, but %s is not as it should be: %s; look with 'dmig "
              "verify'",
              target, named->str);
  return FALSE;
}

static void
compare_rows(DmigOversight *self, DmigDatabase *db)
{
  if (self->before == NULL)
    return;
  count_rows(db, &self->after);
  if (self->after != NULL && self->readiness != NULL)
    dmig_verify_rows(self->before, self->after, self->readiness->plans, self->validated);
}

gboolean
dmig_oversight_validate(DmigOversight *self, DmigDatabase *db, GPtrArray *migrations,
                        DmigRunRecord *record, GError **error)
{
  const DmigMigration *last = migrations->pdata[migrations->len - 1];
  g_clear_pointer(&self->validated, g_ptr_array_unref);
  self->validated = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_finding_free);
  if (self->fast)
    return TRUE;
  dmig_conformity_schema(self->context, db, last->to, self->differed, self->validated);
  db->driver->integrity(db, self->validated);
  compare_rows(self, db);
  forgive(self);
  note_warnings(record, self->validated);
  return refuse(self->validated, db->name, error);
}

static void
warn(const DmigOversight *self, const char *text)
{
  dmig_message_warning("%s", text);
  if (self->context->exit_status == 0)
    self->context->exit_status = DMIG_EXIT_WARNINGS;
}

/* A report that can't be written undoes nothing of the run. */
static char *
leave_report(const DmigOversight *self, DmigDatabase *db, const DmigRunRecord *record)
{
  g_autoptr(json_t) report = dmig_report_of_run(self, db, self->target, record, self->values);
  g_autoptr(GError) error = NULL;
  char *path = NULL;
  if (!dmig_report_keep(self->context, report, &path, &error))
    warn(self, error->message);
  g_clear_error(&error);
  if (self->report_file != NULL && !dmig_report_write(report, self->report_file, &error))
    warn(self, error->message);
  return path;
}

/* A database that somebody else has moved meanwhile is looked at once more: nothing has been done. */
static gboolean
has_begun(const DmigRunRecord *record, const GError *failure)
{
  return record != NULL
         && !(g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_DRIFT)
              && record->revisions->len == 0);
}

void
dmig_oversight_finish(DmigOversight *self, DmigDatabase *db, const DmigRunRecord *record,
                      const GError *failure)
{
  if (!has_begun(record, failure))
    return;
  for (guint i = 0; i < record->warnings->len; i++)
    warn(self, record->warnings->pdata[i]);
  g_autofree char *report = leave_report(self, db, record);
  const DmigRunHooks hooks = hooks_of(self, db, record, report);
  dmig_run_hooks_after(&hooks, failure);
  log_run(self, "run-finished", record, failure);
}

void
dmig_oversight_progress(DmigOversight *self, const DmigRunProgress *is)
{
  gboolean phase = (int) is->phase + 1 != self->told_phase;
  gboolean revision = is->phase == DMIG_RUN_MIGRATING && is->revision != self->told_revision;
  gboolean step = is->step > 0 && (revision || is->step != self->told_step);
  if (!dmig_log_is_json() || !(phase || revision || step))
    return;
  json_t *fields = json_object();
  dmig_json_set(fields, "phase", dmig_run_phase_name(is->phase));
  if (self->migrations != NULL && is->revision > 0 && is->revision <= self->migrations->len)
    dmig_json_set(fields, "revision",
                  dmig_chain_revision(self->migrations->pdata[is->revision - 1]));
  dmig_json_set(fields, step ? "step" : "title", is->title);
  if (step)
    json_object_set_new(fields, "number", json_integer(is->step));
  dmig_log("info", step ? "step" : revision ? "revision" : "phase", fields);
  self->told_phase = (int) is->phase + 1;
  self->told_revision = is->revision;
  self->told_step = is->step;
}
