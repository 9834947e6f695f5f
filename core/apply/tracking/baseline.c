#include "core/apply/tracking/baseline.h"

#include "core/apply/tracking/tracking.h"
#include "core/base/text.h"

static gboolean
check_unrecorded(DmigDatabase *db, DmigState **out, GError **error)
{
  if (!dmig_tracking_read(db, out, error))
    return FALSE;
  if ((*out)->revision == NULL)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_DRIFT,
              "%s is recorded as being at revision %.7s of '%s' already; `dmig drift` tells whether "
              "it is, `dmig apply` brings it to another",
              db->name, (*out)->revision, (*out)->domain != NULL ? (*out)->domain : "?");
  return FALSE;
}

/* What runs is nothing; so that is what the checksum is of. */
static char *
record_sql(DmigDatabase *db, const DmigBaseline *baseline, const char *run, guint64 number)
{
  g_autofree char *checksum = dmig_text_sha256("", 0);
  const DmigTrackingEntry entry
      = { .run = run, .number = number, .to = baseline->revision, .checksum = checksum };
  return dmig_tracking_record_sql(db->dialect, &entry);
}

static gboolean
record(DmigDatabase *db, const DmigBaseline *baseline, guint64 number, GError **error)
{
  g_autofree char *run = g_uuid_string_random();
  const DmigTrackingRun begin = { .id = run,
                                  .command = "baseline",
                                  .domain = baseline->domain,
                                  .to = baseline->revision,
                                  .phase = DMIG_RUN_CHECKING };
  const DmigTrackingEnd end = { .run = run, .phase = DMIG_RUN_COMPLETED, .first = number };
  if (!dmig_tracking_ensure(db, error)
      || !dmig_tracking_begin_run(db, &begin, error))
    return FALSE;
  /* This row is what counts; without it the database is at no revision. */
  g_autofree char *sql = record_sql(db, baseline, run, number);
  const char *const scripts[] = { sql };
  guint failed;
  if (!db->driver->run(db, scripts, 1, &failed, error)) {
    g_prefix_error(error, "can't record the revision: ");
    return FALSE;
  }
  return dmig_tracking_end_run(db, &end, error);
}

static gboolean
record_locked(DmigDatabase *db, const DmigBaseline *baseline, GError **error)
{
  g_autoptr(DmigState) state = NULL;
  return check_unrecorded(db, &state, error) && baseline->check(db, baseline->data, error)
         && record(db, baseline, state->steps + 1, error);
}

gboolean
dmig_baseline_record(DmigDatabase *db, const DmigBaseline *baseline, GError **error)
{
  if (!db->driver->lock(db, baseline->wait_seconds, error))
    return FALSE;
  gboolean done = record_locked(db, baseline, error);
  db->driver->unlock(db);
  return done;
}
