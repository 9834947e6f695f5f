#include "core/apply/prepared.h"

#include <string.h>

#include "core/base/text.h"
#include "core/plan/migration_file.h"

/* Characters of a step's title in a message. */
#define TITLE_SHOWN 72

void
dmig_prepared_free(DmigPrepared *self)
{
  if (self == NULL)
    return;
  dmig_plan_free(self->plan);
  g_free(self->checksum);
  g_free(self);
}

static gboolean
plan_is_plain(const DmigPlan *plan)
{
  for (guint i = 0; i < plan->steps->len; i++) {
    const DmigStep *step = plan->steps->pdata[i];
    if (step->checks->len > 0 || step->keeps[0] != NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_transactional(const DmigMigration *migration, const DmigPlan *plan, GError **error)
{
  for (guint i = 0; i < plan->steps->len; i++) {
    const DmigStep *step = plan->steps->pdata[i];
    if (step->transactional)
      continue;
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_INVALID,
                "%s: step \"%s\" can't run in a transaction, and this dmig only runs steps that "
                "can: rewrite the step",
                migration->file, step->title);
    return FALSE;
  }
  return TRUE;
}

DmigPrepared *
dmig_prepared_new(const DmigDialect *dialect, const DmigMigration *migration, GError **error)
{
  g_autoptr(DmigPrepared) self = g_new0(DmigPrepared, 1);
  self->migration = migration;
  self->plan = dmig_migration_file_read(migration->file, migration->sql, dialect, error);
  if (self->plan == NULL || !check_transactional(migration, self->plan, error))
    return NULL;
  self->plain = plan_is_plain(self->plan);
  self->checksum = dmig_text_sha256(migration->sql, -1);
  return g_steal_pointer(&self);
}

/* The line, and the step that it belongs to; a rebuild's title can be very long. */
static char *
place_in_file(const DmigMigration *migration, guint line)
{
  g_autofree char *step = NULL;
  const char *at = migration->sql;
  for (guint i = 1; i <= line && at != NULL; i++) {
    const char *end = strchr(at, '\n');
    if (g_str_has_prefix(at, "-- step ")) {
      g_free(step);
      step = g_strndup(at + 3, end ? (gsize) (end - at - 3) : strlen(at + 3));
    }
    at = end ? end + 1 : NULL;
  }
  if (step == NULL)
    return g_strdup_printf("%s:%u", migration->file, line);
  g_strchomp(step);
  if (g_utf8_strlen(step, -1) <= TITLE_SHOWN)
    return g_strdup_printf("%s:%u: %s", migration->file, line, step);
  /* A step that carries out several changes names them behind its own title. */
  const char *number_ends = strstr(step, ": ");
  const char *title_ends = number_ends != NULL ? strstr(number_ends + 2, ": ") : NULL;
  if (title_ends != NULL && title_ends - step <= TITLE_SHOWN)
    return g_strdup_printf("%s:%u: %.*s", migration->file, line, (int) (title_ends - step), step);
  g_autofree char *start = g_utf8_substring(step, 0, TITLE_SHOWN);
  return g_strdup_printf("%s:%u: %s…", migration->file, line, start);
}

static guint
line_of(const DmigMigration *migration, const char *position)
{
  guint line = 1;
  for (const char *at = migration->sql; at < position; at++)
    line += *at == '\n';
  return line;
}

/* Drivers count lines within the script that they were given. */
gboolean
dmig_prepared_failure(const DmigPrepared *self, GError *failure, guint first_line, GError **error)
{
  const char *message = failure->message;
  guint line = first_line;
  if (g_str_has_prefix(message, "line ")) {
    char *end = NULL;
    guint64 within = g_ascii_strtoull(message + 5, &end, 10);
    if (within > 0 && g_str_has_prefix(end, ": ")) {
      line += (guint) within - 1;
      message = end + 2;
    }
  }
  g_autofree char *place = place_in_file(self->migration, line);
  char *located = g_strdup_printf("%s: %s", place, message);
  g_free(failure->message);
  failure->message = located;
  g_propagate_error(error, failure);
  return FALSE;
}

static gboolean
run_checks(DmigDatabase *db, const DmigStep *step, const DmigStep **out_refused, GError **error)
{
  for (guint i = 0; i < step->checks->len; i++) {
    const DmigCheck *check = step->checks->pdata[i];
    gint64 count = 0;
    if (!dmig_database_count(db, check->sql, &count, error)) {
      g_prefix_error(error, "the check before it: ");
      return FALSE;
    }
    if (count == 0)
      continue;
    g_autofree char *refusal = dmig_check_refusal(check, count);
    g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_FAILED, refusal);
    if (out_refused != NULL)
      *out_refused = step;
    return FALSE;
  }
  return TRUE;
}

static gboolean
run_step(DmigDatabase *db, const DmigStep *step, GString *dependents, const DmigStep **out_refused,
         GError **error)
{
  g_autofree char *kept = NULL;
  if (!run_checks(db, step, out_refused, error))
    return FALSE;
  if (step->keeps[0] != NULL && !db->driver->save_dependents(db, step->keeps, &kept, error))
    return FALSE;
  if (kept != NULL)
    g_string_append(dependents, kept);
  return db->driver->exec(db, step->sql->str, error);
}

/* Triggers and the like come back when all steps have run: what one step drops, another one makes
 * again. */
static gboolean
restore_dependents(const DmigPrepared *self, DmigDatabase *db, const GString *dependents,
                   GError **error)
{
  if (dependents->len == 0 || db->driver->exec(db, dependents->str, error))
    return TRUE;
  g_prefix_error(error, "%s: putting back triggers and indexes that are in no revision: ",
                 self->migration->file);
  return FALSE;
}

gboolean
dmig_prepared_run(const DmigPrepared *self, DmigDatabase *db, const DmigStep **out_refused,
                  GError **error)
{
  const char *position = self->migration->sql;
  g_autoptr(GString) dependents = g_string_new(NULL);
  if (out_refused != NULL)
    *out_refused = NULL;
  for (guint i = 0; i < self->plan->steps->len; i++) {
    const DmigStep *step = self->plan->steps->pdata[i];
    const char *found = strstr(position, step->sql->str);
    position = found ? found : position;
    GError *failure = NULL;
    if (!run_step(db, step, dependents, out_refused, &failure))
      return dmig_prepared_failure(self, failure, line_of(self->migration, position), error);
    position += found ? step->sql->len : 0;
  }
  return restore_dependents(self, db, dependents, error);
}

gboolean
dmig_prepared_run_alone(const DmigPrepared *self, DmigDatabase *db, const DmigStep **out_refused,
                        GError **error)
{
  if (!db->driver->begin(db, error))
    return FALSE;
  if (!dmig_prepared_run(self, db, out_refused, error)) {
    db->driver->rollback(db);
    return FALSE;
  }
  if (db->driver->commit(db, error))
    return TRUE;
  g_prefix_error(error, "%s: committing: ", self->migration->file);
  return FALSE;
}
