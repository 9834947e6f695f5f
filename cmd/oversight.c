#include "cmd/oversight.h"

#include "cmd/conformity.h"
#include "cmd/ui/message.h"
#include "core/apply/tracking.h"
#include "core/apply/verify.h"

#define PROBLEMS_NAMED 3

void
dmig_oversight_clear(DmigOversight *self)
{
  g_clear_pointer(&self->readiness, dmig_readiness_free);
  g_clear_pointer(&self->before, g_ptr_array_unref);
  g_clear_pointer(&self->after, g_ptr_array_unref);
  g_clear_pointer(&self->validated, g_ptr_array_unref);
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

gboolean
dmig_oversight_check(DmigOversight *self, DmigDatabase *db, GPtrArray *migrations,
                     DmigRunRecord *record, GError **error)
{
  const DmigReadinessOptions options
      = { .locked = TRUE, .backup = self->backup, .backup_folder = self->backup_folder };
  const DmigMigration *first = migrations->pdata[0];
  gboolean half_way = is_half_way(db);
  if (!self->fast)
    count_rows(db, &self->before);
  self->was_same = !self->fast && !half_way
                   && dmig_conformity_by_letter(self->context, db, first->from);
  if (!self->check || half_way)
    return TRUE;
  if (!dmig_readiness_check(db, migrations, &options, &self->readiness, error))
    return FALSE;
  note_warnings(record, self->readiness->findings);
  return dmig_readiness_refuse(self->readiness, db->name, error);
}

/* What was so before is not this run's doing: it does not fail for it. That a database differs from its
 * revision it has been told already, or nobody minds. */
static void
forgive(const DmigOversight *self)
{
  for (guint i = 0; i < self->validated->len; i++) {
    DmigFinding *finding = self->validated->pdata[i];
    if (finding->level != DMIG_FINDING_PROBLEM)
      continue;
    if (g_str_equal(finding->rule, "drift") && !self->was_same)
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
  dmig_conformity_schema(self->context, db, last->to, self->validated);
  db->driver->integrity(db, self->validated);
  compare_rows(self, db);
  forgive(self);
  note_warnings(record, self->validated);
  return refuse(self->validated, db->name, error);
}

void
dmig_oversight_tell(const DmigOversight *self, const DmigRunRecord *record)
{
  for (guint i = 0; record != NULL && i < record->warnings->len; i++) {
    dmig_message_warning("%s", (char *) record->warnings->pdata[i]);
    self->context->exit_status = DMIG_EXIT_WARNINGS;
  }
}
