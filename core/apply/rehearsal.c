#include "core/apply/rehearsal.h"

#include <string.h>

#include "core/base/text.h"
#include "core/plan/migration_file.h"

DmigPrepared *
dmig_rehearsal_prepare(const DmigDialect *dialect, const DmigMigration *migration, GError **error)
{
  g_autoptr(DmigPrepared) self = g_new0(DmigPrepared, 1);
  self->migration = migration;
  self->plan = dmig_migration_file_read(migration->file, migration->sql, dialect, error);
  if (self->plan == NULL)
    return NULL;
  self->checksum = dmig_text_sha256(migration->sql, -1);
  return g_steal_pointer(&self);
}

/* The steps from `first` to before `end` as a migration of their own. */
static gboolean
run_together(const DmigPrepared *self, guint first, guint end, DmigDatabase *db,
             const DmigStep **out_refused, GError **error)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new();
  for (guint i = first; i < end; i++)
    g_ptr_array_add(steps, self->plan->steps->pdata[i]);
  DmigPlan plan = { self->plan->dialect, steps, self->plan->loss };
  DmigPrepared part = *self;
  part.plan = &plan;
  part.plain = FALSE;
  return dmig_prepared_run_alone(&part, db, out_refused, error);
}

static guint
first_line_of(const DmigPrepared *self, const DmigStep *step)
{
  const char *found = strstr(self->migration->sql, step->sql->str);
  guint line = 1;
  for (const char *p = self->migration->sql; found != NULL && p < found; p++)
    line += *p == '\n';
  return line;
}

static gboolean
run_by_itself(const DmigPrepared *self, const DmigStep *step, DmigDatabase *db,
              const DmigStep **out_refused, GError **error)
{
  GError *failure = NULL;
  for (guint i = 0; i < step->checks->len && failure == NULL; i++) {
    const DmigCheck *check = step->checks->pdata[i];
    gint64 count = 0;
    if (!dmig_database_count(db, check->sql, &count, &failure) || count == 0)
      continue;
    g_autofree char *refusal = dmig_check_refusal(check, count);
    g_set_error_literal(&failure, DMIG_ERROR, DMIG_ERROR_FAILED, refusal);
    if (out_refused != NULL)
      *out_refused = step;
  }
  if (failure == NULL && db->driver->exec(db, step->sql->str, &failure))
    return TRUE;
  return dmig_prepared_failure(self, failure, first_line_of(self, step), error);
}

gboolean
dmig_rehearse(const DmigPrepared *self, DmigDatabase *db, const DmigStep **out_refused,
              GError **error)
{
  const GPtrArray *steps = self->plan->steps;
  guint i = 0;
  if (out_refused != NULL)
    *out_refused = NULL;
  if (steps->len == 0)
    return dmig_prepared_run_alone(self, db, out_refused, error);
  while (i < steps->len) {
    const DmigStep *step = steps->pdata[i];
    guint end = i + 1;
    if (!step->transactional) {
      if (!run_by_itself(self, step, db, out_refused, error))
        return FALSE;
    } else {
      while (end < steps->len && ((DmigStep *) steps->pdata[end])->transactional)
        end++;
      if (!run_together(self, i, end, db, out_refused, error))
        return FALSE;
    }
    i = end;
  }
  return TRUE;
}
