/* Random pairs of SQLite databases, in SQL, with all that SQLite alone has. Each pair is walked: from
 * the first to the second and back, with rows, and from the second to nothing and from nothing to the
 * first; and the first is written as YAML and made of that. After each of these a second diff must be
 * empty, SQLite must say the same of the database as of one that was made by its script, and rows of
 * what neither side changed must be there. */
#include <string.h>

#include "core/db/scratch.h"
#include "core/db/sqlite/sqlite.h"
#include "core/domain/lift.h"
#include "core/domain/lower.h"
#include "core/domain/reader.h"
#include "core/domain/write.h"
#include "lite.h"
#include "tests/support/walk.h"
#include "tests/property/walker.h"

static DmigSchema *nothing;
static DmigScratch *scratch;

static DmigDatabase *
empty(void)
{
  g_autoptr(GError) error = NULL;
  DmigDatabase *db = NULL;
  if (!dmig_sqlite_driver.open("sqlite::memory:", DMIG_OPEN_CREATE, &db, &error))
    g_error("%s", error->message);
  return db;
}

/* Only as many rows as the tables take. NULL: it does not run. */
static DmigDatabase *
made(const Lite *lite, gboolean with_rows, GString *report)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigDatabase) db = empty();
  g_autofree char *sql = lite_sql(lite);
  if (!dmig_database_exec(db, sql, &error)) {
    g_string_append_printf(report, "the script does not run: %s\n", error->message);
    return NULL;
  }
  dmig_database_exec(db, "PRAGMA foreign_keys = OFF;\n", NULL);
  g_autoptr(GPtrArray) rows = lite_rows_sql(lite);
  for (guint i = 0; with_rows && i < rows->len; i++)
    dmig_database_exec(db, rows->pdata[i], NULL);
  dmig_database_exec(db, "PRAGMA foreign_keys = ON;\n", NULL);
  return g_steal_pointer(&db);
}

static gboolean
same_texts(const char *one, const char *other, const char *which, const char *what, GString *report)
{
  if (g_strcmp0(one, other) == 0)
    return TRUE;
  g_string_append_printf(report, "%s: %s:\n", which, what);
  walker_report_lines(report, one != NULL ? one : "", other != NULL ? other : "");
  return FALSE;
}

static gboolean
same_image(DmigDatabase *db, DmigDatabase *wanted, const char *which, GString *report)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *mine = lite_image(db, &error), *theirs = mine ? lite_image(wanted, &error) : NULL;
  if (theirs == NULL) {
    g_string_append_printf(report, "%s: can't look at it: %s\n", which, error->message);
    return FALSE;
  }
  return same_texts(mine, theirs, which, "SQLite tells it from what was wanted", report);
}

/* --- walks --------------------------------------------------------------------------------- */

/* The database's own word for rows that can't be what the new state asks. NULL: it is something else. */
static char *
rows_in_the_way(const char *said)
{
  static const char *const marks[]
      = { "NOT NULL constraint failed", "UNIQUE constraint failed", "CHECK constraint failed", "cannot store",
          "datatype mismatch", "breaks references" };
  for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
    const char *found = strstr(said, marks[i]);
    if (found != NULL && strstr(said, "the SQL fails") != NULL)
      return g_strdup_printf("rows in the way: %s", marks[i]);
  }
  return NULL;
}

typedef enum { STEP_DONE, STEP_FAILED, STEP_ROWS } Step;

static Step
step(DmigDatabase *db, DmigSchema *to, const char *which, WalkNotes *notes)
{
  g_autofree char *sql = NULL;
  g_autoptr(GString) said = g_string_new(NULL);
  if (test_walk(db, to, &sql, said))
    return STEP_DONE;
  char *reason = rows_in_the_way(said->str);
  if (reason != NULL)
    g_ptr_array_add(notes->refusals, reason);
  else
    g_string_append_printf(notes->report, "%s: %s--- sql\n%s", which, said->str, sql != NULL ? sql : "");
  return reason != NULL ? STEP_ROWS : STEP_FAILED;
}

static gboolean
walk(DmigDatabase *db, DmigSchema *to, DmigDatabase *wanted, const char *which, WalkNotes *notes)
{
  return step(db, to, which, notes) == STEP_DONE && same_image(db, wanted, which, notes->report);
}

/* With rows, as far as they can be what the new state asks; else without any. */
static gboolean
walk_rows(const Lite *from, DmigDatabase *old_db, DmigDatabase *new_db, const char *which, WalkNotes *notes)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigSchema) to = NULL;
  g_autoptr(DmigDatabase) db = made(from, TRUE, notes->report);
  g_autofree char *before = lite_survivors(db, old_db, new_db, &error);
  if (before == NULL || !dmig_database_inspect(new_db, &to, &error)) {
    g_string_append_printf(notes->report, "%s: can't look at it: %s\n", which, error->message);
    return FALSE;
  }
  Step outcome = step(db, to, which, notes);
  if (outcome == STEP_ROWS) {
    g_autoptr(DmigDatabase) bare = made(from, FALSE, notes->report);
    return walk(bare, to, new_db, which, notes);
  }
  if (outcome == STEP_FAILED || !same_image(db, new_db, which, notes->report))
    return FALSE;
  g_autofree char *after = lite_survivors(db, old_db, new_db, NULL);
  return same_texts(after, before, which, "rows are not what they were", notes->report);
}

/* --- YAML ---------------------------------------------------------------------------------- */

static gboolean
no_errors(DmigDiagnostics *diagnostics, GString *report)
{
  for (guint i = 0; i < dmig_diagnostics_length(diagnostics); i++) {
    g_autofree char *line = dmig_diagnostic_to_line(dmig_diagnostics_get(diagnostics, i));
    g_string_append_printf(report, "yaml: %s\n", line);
  }
  return !dmig_diagnostics_have_errors(diagnostics);
}

static gboolean
rebuild(DmigSchema *schema, DmigDatabase *original, WalkNotes *notes)
{
  g_autoptr(DmigDiagnostics) diagnostics = dmig_diagnostics_new();
  g_autoptr(DmigDomain) lifted = dmig_lift("drawn", schema, diagnostics);
  g_autofree char *yaml = dmig_domain_write(lifted);
  g_autoptr(GBytes) bytes = g_bytes_new(yaml, strlen(yaml));
  g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  g_ptr_array_add(sources, dmig_source_new("domain.yaml", bytes));
  g_autoptr(DmigDomain) read = dmig_domain_read(sources, diagnostics);
  g_autoptr(DmigSchema) lowered = NULL, known = NULL;
  g_autoptr(GError) error = NULL;
  if (!dmig_diagnostics_have_errors(diagnostics))
    lowered = dmig_domain_lower(read, &dmig_sqlite_dialect, diagnostics);
  g_autoptr(DmigDatabase) db = empty();
  gboolean same = no_errors(diagnostics, notes->report);
  if (same && !dmig_scratch_normalise(scratch, lowered, &known, &error)) {
    g_string_append_printf(notes->report, "the YAML can't be made: %s\n", error->message);
    same = FALSE;
  }
  if (same && (same = walk(db, known, original, "from YAML", notes))) {
    g_autoptr(DmigChanges) rest = dmig_diff(schema, known, NULL);
    same = rest->items->len == 0;
    if (!same)
      g_string_append(notes->report, "the YAML is not what it was made of:\n");
    test_report_changes(rest, notes->report);
  }
  if (!same)
    g_string_append_printf(notes->report, "--- yaml\n%s", yaml);
  return same;
}

/* --- a pair -------------------------------------------------------------------------------- */

static WalkOutcome
walk_pair(gconstpointer from, gconstpointer to, WalkNotes *notes)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigSchema) schema = NULL;
  g_autoptr(DmigDatabase) old_db = made(from, FALSE, notes->report), new_db = NULL, bare = NULL;
  if (old_db == NULL || (new_db = made(to, FALSE, notes->report)) == NULL)
    return WALK_NOT_DRAWN;
  if (!dmig_database_inspect(old_db, &schema, &error)) {
    g_string_append_printf(notes->report, "can't inspect: %s\n", error->message);
    return WALK_FAILED;
  }
  bare = empty();
  gboolean done = walk_rows(from, old_db, new_db, "forth", notes)
                  && walk_rows(to, new_db, old_db, "back", notes)
                  && walk(new_db, nothing, bare, "to nothing", notes)
                  && walk(bare, schema, old_db, "from nothing", notes) && rebuild(schema, old_db, notes);
  return done ? WALK_DONE : WALK_FAILED;
}

/* --- what the walker asks for -------------------------------------------------------------- */

static gpointer
state_draw(GRand *random)
{
  return lite_new(random);
}

static gpointer
state_copy(gconstpointer state)
{
  return lite_copy(state);
}

static void
state_free(gpointer state)
{
  lite_free(state);
}

static void
state_mutate(gpointer state, GRand *random)
{
  lite_mutate(state, random);
}

static GArray *
state_parts(gconstpointer state)
{
  const GPtrArray *parts = ((const Lite *) state)->parts;
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < parts->len; i++)
    g_array_append_val(ids, ((LitePart *) parts->pdata[i])->id);
  return ids;
}

static void
state_remove(gpointer state, guint part)
{
  lite_remove(state, part);
}

static void
state_tidy(gpointer state)
{
  lite_tidy(state);
}

static char *
state_sql(gconstpointer state)
{
  return lite_sql(state);
}

static gboolean
start(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigDatabase) db = empty();
  if (!dmig_database_inspect(db, &nothing, &error))
    g_error("%s", error->message);
  scratch = dmig_scratch_new(&dmig_sqlite_dialect, NULL);
  return TRUE;
}

static void
stop(void)
{
  g_clear_pointer(&scratch, dmig_scratch_free);
  g_clear_pointer(&nothing, dmig_schema_unref);
}

int
main(int argc, char **argv)
{
  static const Walked databases = {
    .title = "SQLite databases",
    .most_mutations = 12,
    .draw = state_draw,
    .copy = state_copy,
    .free = state_free,
    .mutate = state_mutate,
    .parts = state_parts,
    .remove = state_remove,
    .tidy = state_tidy,
    .sql = state_sql,
    .start = start,
    .stop = stop,
    .walk = walk_pair,
  };
  return walker_main(&databases, argc, argv);
}
