#include <string.h>

#include "cmd/run.h"
#include "cmd/table.h"
#include "core/apply/tracking/log.h"

typedef struct {
  DmigRunOptions run;
  int steps;        /* 0: not given */
  char *to_date;    /* NULL: not given */
  const char *spec; /* the argument, or NULL */
} Options;

static void
options_clear(Options *self)
{
  dmig_run_options_clear(&self->run);
  g_free(self->to_date);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* `steps` first parents back from `at`; "nothing" is before the first revision. */
static gboolean
go_back(DmigStore *store, const DmigRevision *at, guint steps, DmigRevision **out, GError **error)
{
  g_autofree char *id = g_strdup(at->id);
  for (guint i = 0; i < steps; i++) {
    g_autoptr(DmigRevision) revision = id != NULL ? dmig_store_revision(store, id, error) : NULL;
    if (id != NULL && revision == NULL)
      return FALSE;
    if (id == NULL) {
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                  "there are only %u revisions to take back; 'dmig revert nothing' takes them all",
                  i);
      return FALSE;
    }
    g_free(id);
    id = g_strdup(revision->parents[0]);
  }
  *out = id != NULL ? dmig_store_revision(store, id, error) : NULL;
  return id == NULL || *out != NULL;
}

/* "2026-01-31", "2026-01-31 12:00", with seconds and a time zone where the user gives them, as the
 * tracking tables hold times. Owned; NULL: it is none. */
static char *
utc_of(const char *text)
{
  g_autoptr(GTimeZone) local = g_time_zone_new_local();
  static const char *const endings[] = { "", ":00", " 00:00:00" };
  for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
    g_autofree char *whole = g_strconcat(text, endings[i], NULL);
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(whole, local);
    g_autoptr(GDateTime) utc = time != NULL ? g_date_time_to_utc(time) : NULL;
    g_autofree char *seconds = utc != NULL ? g_date_time_format(utc, "%Y-%m-%dT%H:%M:%S") : NULL;
    if (seconds != NULL)
      return g_strdup_printf("%s.%06dZ", seconds, g_date_time_get_microsecond(utc));
  }
  return NULL;
}

/* Where the database was then, by its own log. */
static gboolean
find_end_by_date(DmigStore *store, DmigDatabase *db, const char *date, DmigRevision **out,
                 GError **error)
{
  g_autofree char *utc = utc_of(date);
  g_autofree char *revision = NULL;
  if (utc == NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "'%s' is no date; write it as 2026-01-31 or \"2026-01-31 12:00\"", date);
    return FALSE;
  }
  if (!dmig_tracking_at(db, utc, &revision, error))
    return FALSE;
  *out = revision != NULL ? dmig_store_revision(store, revision, error) : NULL;
  return revision == NULL || *out != NULL;
}

/* Where to: what the user says, else one back; and where a revision is half way downwards, to its
 * end, which is that one. */
static gboolean
find_end(DmigStore *store, DmigDatabase *db, const DmigPosition *at, const Options *options,
         DmigRevision **out, GError **error)
{
  *out = NULL;
  if (options->to_date != NULL)
    return find_end_by_date(store, db, options->to_date, out, error);
  if (options->spec != NULL && g_str_equal(options->spec, "nothing"))
    return TRUE;
  if (options->spec != NULL)
    return (*out = dmig_store_revision(store, options->spec, error)) != NULL;
  return at->revision == NULL ||
         go_back(store, at->revision, (guint) MAX(options->steps, 1), out, error);
}

/* What was begun upwards is taken back first, and counts as one revision. TRUE and `out_done`: that
 * was all that was asked for. */
static gboolean
take_back(DmigContext *context, DmigDatabase *db, DmigPosition *at, Options *options,
          gboolean *out_done, GError **error)
{
  *out_done = FALSE;
  if (!dmig_position_is_half_way(at) || at->state->interrupted->down || options->run.dry_run)
    return TRUE;
  if (!dmig_run_take_back(context, db, at, &options->run, error))
    return FALSE;
  *out_done = options->spec == NULL && options->to_date == NULL && options->steps <= 1;
  options->steps--;
  dmig_position_clear(at);
  return dmig_target_position(context, db, &at->state, &at->revision, error);
}

static gboolean
revert_from(DmigContext *context, DmigDatabase *db, DmigPosition *at, Options *options,
            GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  g_autoptr(DmigRevision) to = NULL;
  gboolean done = FALSE;
  if (!take_back(context, db, at, options, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  return find_end(store, db, at, options, &to, error) &&
         (options->run.dry_run ? dmig_run_dry(context, db->dialect, at, to, &options->run, error)
                               : dmig_run(context, db, at, to, &options->run, error));
}

/* Where another run comes in between, this one goes on from there, if it knows where to. A number
 * of revisions back is from where the user saw the database. */
static gboolean
revert(DmigContext *context, Options *options, GError **error)
{
  g_autoptr(DmigDatabase) db = NULL;
  g_auto(DmigPosition) at = { 0 };
  DmigOpenFlags flags = options->run.dry_run ? DMIG_OPEN_READ_ONLY : 0;
  gboolean absolute = options->spec != NULL || options->to_date != NULL;
  if (dmig_context_store(context, error) == NULL ||
      !dmig_target_open(context, options->run.target, flags, &db, error) ||
      !dmig_target_position(context, db, &at.state, &at.revision, error))
    return FALSE;
  for (;;) {
    g_autoptr(GError) problem = NULL;
    if (revert_from(context, db, &at, options, &problem))
      return TRUE;
    if (!absolute || !dmig_position_follow(context, db, &at, problem)) {
      g_propagate_error(error, g_steal_pointer(&problem));
      return FALSE;
    }
  }
}

static gboolean
check_options(const Options *options, GError **error)
{
  guint said = (options->spec != NULL) + (options->to_date != NULL) + (options->steps != 0);
  if (said <= 1 && options->steps >= 0)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "%s",
              said > 1 ? "say where to once: a revision, --steps or --to-date"
                       : "--steps takes a number of revisions, from 1");
  return FALSE;
}

static gboolean
run_revert(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(Options) options = { 0 };
  g_autofree GOptionEntry *shared = dmig_run_entries(&options.run);
  const GOptionEntry own[] = {
    { "steps", 0, 0, G_OPTION_ARG_INT, &options.steps, "So many revisions back", "N" },
    { "to-date", 0, 0, G_OPTION_ARG_STRING, &options.to_date,
      "To where the database was then, local time", "DATE" },
  };
  guint n = 0;
  while (shared[n].long_name != NULL)
    n++;
  g_autofree GOptionEntry *entries = g_new0(GOptionEntry, n + G_N_ELEMENTS(own) + 1);
  memcpy(entries, own, sizeof(own));
  memcpy(entries + G_N_ELEMENTS(own), shared, n * sizeof(*shared));
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  options.spec = argc > 1 ? argv[1] : NULL;
  return dmig_command_at_most(context, argc, argv, 1, error) && check_options(&options, error) &&
         revert(context, &options, error);
}

const DmigCommand dmig_command_revert = {
  .name = "revert",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Take a database back to an earlier revision",
  .usage = "[-t TARGET|URL] [--dry-run] [--allow-data-loss] [--wait SECONDS] "
           "[--steps N | --to-date DATE | REV | nothing]",
  .examples = "dmig revert                               # one revision back\n"
              "dmig revert --steps 3                     # three\n"
              "dmig revert v1.3                          # to that revision\n"
              "dmig revert --to-date \"2026-01-31 12:00\"  # to where it was then\n"
              "dmig revert nothing                       # everything that was ever applied\n"
              "dmig revert --dry-run                     # print the SQL that would run",
  .description = "Runs the downgrades that were committed, newest first. What only the newer\n"
                 "revision can hold is lost, which needs --allow-data-loss, or on a terminal the\n"
                 "database's name typed in. A revision that an earlier run has left half way is\n"
                 "taken back first, and counts as one.",
  .run = run_revert,
};
