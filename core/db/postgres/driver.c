#include "core/db/postgres/backup.h"
#include "core/db/postgres/connection.h"
#include "core/db/postgres/load.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/scratch_database.h"
#include "core/db/postgres/survey.h"

static const char *
database_name(DmigDatabase *database)
{
  return PQdb(((DmigPg *) database)->conn);
}

static const char *
version(DmigDatabase *database)
{
  return ((DmigPg *) database)->version;
}

static char *
default_schema(DmigDatabase *database)
{
  g_autoptr(DmigRows) rows = NULL;
  if (!dmig_pg_query(database, "SELECT coalesce(current_schema(), 'public')", NULL, 0, &rows, NULL)
      || rows->rows->len == 0)
    return NULL;
  return g_strdup(dmig_rows_get(rows, 0, 0));
}

static const char *const schemes[] = { "postgresql", "postgres", NULL };

const DmigDriver dmig_postgres_driver = {
  .name = "postgresql",
  .schemes = schemes,
  .dialect = &dmig_postgres_dialect,
  .open = dmig_pg_open,
  .close = dmig_pg_close,
  .exec = dmig_pg_exec,
  .query = dmig_pg_query,
  .begin = dmig_pg_begin,
  .commit = dmig_pg_commit,
  .rollback = dmig_pg_rollback,
  .run = dmig_pg_run,
  .save_dependents = dmig_pg_save_dependents,
  .inspect = dmig_pg_inspect,
  .lock = dmig_pg_lock,
  .unlock = dmig_pg_unlock,
  .lock_holder = dmig_pg_lock_holder,
  .cancel = dmig_pg_cancel,
  .open_beside = dmig_pg_open_beside,
  .blockers = dmig_pg_blockers,
  .leftovers = dmig_pg_leftovers,
  .batch_begin = dmig_pg_batch_begin,
  .batch_piece = dmig_pg_batch_piece,
  .keeping = &dmig_pg_keeping,
  .database_name = database_name,
  .survey = dmig_pg_survey,
  .census = dmig_pg_census,
  .integrity = dmig_pg_integrity,
  .version = version,
  .default_schema = default_schema,
  .open_scratch = dmig_pg_open_scratch,
  .load = dmig_pg_load,
  .provide = dmig_pg_provide,
  .marks = dmig_pg_marks,
  .identity = dmig_pg_identity,
  .backup = dmig_pg_backup,
  .check_backup = dmig_pg_check_backup,
  .restore = dmig_pg_restore,
};
