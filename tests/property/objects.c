/* Random pairs of PostgreSQL databases with all kinds of objects. Each pair is walked: from the first
 * to the second and back, with rows, and from the second to nothing and from nothing to the first.
 * After each walk a second diff must be empty, and rows of what neither side changed must be there.
 * DMIG_PROPERTY_PAIRS and DMIG_PROPERTY_SEED say how many pairs and which. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/db/postgres/postgres.h"
#include "sketch.h"
#include "tests/support/postgres.h"
#include "tests/support/walk.h"

#define MOST_MUTATIONS 16
#define SKIPPED 77 /* meson's word for it */

typedef struct {
  gint64 seed;
  int pairs;
  int first;
  gboolean minimise;
  gboolean verbose;
  gboolean show;
  gboolean dump;
} Options;

static Options options = { .seed = 1, .pairs = 100 };

/* One pair, with what was taken out of it while it was made smaller. */
typedef struct {
  guint32 seed;
  GHashTable *removed;
  guint skipped; /* bits: mutations that are left out */
} Pair;

typedef enum {
  OUTCOME_WALKED,
  OUTCOME_NO_SCRIPT, /* the server does not take what was drawn */
  OUTCOME_FAILED,
} Outcome;

typedef struct {
  char *url;
  DmigDatabase *db;
} Room;

static void
draw(const Pair *pair, Sketch **out_from, Sketch **out_to)
{
  g_autoptr(GRand) random = g_rand_new_with_seed(pair->seed);
  *out_from = sketch_new(random);
  GHashTableIter iterator;
  gpointer id;
  g_hash_table_iter_init(&iterator, pair->removed);
  while (g_hash_table_iter_next(&iterator, &id, NULL))
    sketch_remove(*out_from, GPOINTER_TO_UINT(id));
  sketch_tidy(*out_from);

  *out_to = sketch_copy(*out_from);
  guint mutations = 1 + (guint) g_rand_int_range(random, 2, MOST_MUTATIONS);
  for (guint i = 0; i < mutations; i++) {
    /* Its own numbers for each, so that one can be left out and the others stay. */
    g_autoptr(GRand) own = g_rand_new_with_seed(g_rand_int(random));
    if ((pair->skipped & 1u << i) == 0)
      sketch_mutate(*out_to, own);
  }
}

/* --- databases ----------------------------------------------------------------------------- */

static void
room_open(Room *self)
{
  g_autoptr(GError) error = NULL;
  self->url = test_postgres_create();
  if (!dmig_postgres_driver.open(self->url, 0, &self->db, &error))
    g_error("%s", error->message);
}

static void
room_close(Room *self)
{
  g_clear_pointer(&self->db, dmig_database_free);
  test_postgres_drop(self->url);
  g_clear_pointer(&self->url, g_free);
}

/* Empties the database; makes another one where that does not go. */
static void
room_sweep(Room *self)
{
  static const char sweep[]
      = "DO $$ DECLARE name text; BEGIN\n"
        "FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> "
        "'information_schema' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP; END $$;\n"
        "CREATE SCHEMA public AUTHORIZATION pg_database_owner;\n"
        "COMMENT ON SCHEMA public IS 'standard public schema';\n"
        "GRANT USAGE ON SCHEMA public TO PUBLIC;\n";
  self->db->driver->rollback(self->db);
  if (dmig_database_exec(self->db, sweep, NULL))
    return;
  room_close(self);
  room_open(self);
}

static gboolean
load(Room *room, const Sketch *sketch, GString *report)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *sql = sketch_sql(sketch), *rows = sketch_rows_sql(sketch);
  if (dmig_database_exec(room->db, sql, &error) && dmig_database_exec(room->db, rows, &error))
    return TRUE;
  g_string_append_printf(report, "the script does not run: %s\n", error->message);
  return FALSE;
}

static char *
survivors(Room *room, const Sketch *sketch, const Sketch *other, GString *report)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigRows) rows = NULL;
  g_autofree char *sql = sketch_survivors_sql(sketch, other);
  if (!dmig_database_query(room->db, &rows, &error, sql, NULL)) {
    g_string_append_printf(report, "can't count rows: %s\n", error->message);
    return NULL;
  }
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < rows->rows->len; i++)
    g_string_append_printf(text, "%s %s %s\n", dmig_rows_get(rows, i, 0), dmig_rows_get(rows, i, 1),
                           dmig_rows_get(rows, i, 2));
  return g_string_free(text, FALSE);
}

/* --- walks --------------------------------------------------------------------------------- */

static gboolean
walk(Room *room, DmigSchema *to, const char *which, GString *report)
{
  g_autofree char *sql = NULL;
  g_autoptr(GString) said = g_string_new(NULL);
  if (test_walk(room->db, to, &sql, said))
    return TRUE;
  g_string_append_printf(report, "%s: %s--- sql\n%s", which, said->str, sql != NULL ? sql : "");
  return FALSE;
}

/* With rows, which must be the same after it. */
static gboolean
walk_rows(Room *room, DmigSchema *to, const Sketch *sketch, const Sketch *other, const char *which,
          GString *report)
{
  g_autofree char *before = survivors(room, sketch, other, report);
  if (before == NULL || !walk(room, to, which, report))
    return FALSE;
  g_autofree char *after = survivors(room, other, sketch, report);
  if (g_strcmp0(before, after) == 0)
    return TRUE;
  g_string_append_printf(report, "%s: rows were\n%sand are\n%s", which, before, after);
  return FALSE;
}

/* What only one of two sorted texts has. */
static void
report_lines(GString *report, const char *of, const char *other, char mark)
{
  g_auto(GStrv) lines = g_strsplit(of, "\n", -1), others = g_strsplit(other, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (!g_strv_contains((const char *const *) others, *line))
      g_string_append_printf(report, "%c %s\n", mark, *line);
}

static gboolean
same_dump(const Room *a, const Room *b, GString *report)
{
  g_autofree char *one = test_dump(a->url), *other = test_dump(b->url);
  if (g_strcmp0(one, other) == 0)
    return TRUE;
  g_string_append(report, "pg_dump tells them apart:\n");
  report_lines(report, one, other, '-');
  report_lines(report, other, one, '+');
  return FALSE;
}

static gboolean
walk_pair(Room *a, Room *b, const Sketch *from, const Sketch *to, DmigSchema *nothing, GString *report)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigSchema) from_schema = NULL, to_schema = NULL;
  if (!dmig_database_inspect(a->db, &from_schema, &error)
      || !dmig_database_inspect(b->db, &to_schema, &error)) {
    g_string_append_printf(report, "can't inspect: %s\n", error->message);
    return FALSE;
  }
  return walk_rows(a, to_schema, from, to, "forth", report)
         && (!options.dump || same_dump(a, b, report))
         && walk_rows(a, from_schema, to, from, "back", report)
         && walk(b, nothing, "to nothing", report) && walk(b, from_schema, "from nothing", report);
}

static Outcome
run_pair(Room *a, Room *b, DmigSchema *nothing, const Pair *pair, GString *report)
{
  g_autoptr(Sketch) from = NULL, to = NULL;
  draw(pair, &from, &to);
  Outcome outcome = OUTCOME_NO_SCRIPT;
  if (load(a, from, report) && load(b, to, report))
    outcome = walk_pair(a, b, from, to, nothing, report) ? OUTCOME_WALKED : OUTCOME_FAILED;
  room_sweep(a);
  room_sweep(b);
  return outcome;
}

/* --- failures ------------------------------------------------------------------------------ */

static gboolean
still_fails(Room *a, Room *b, DmigSchema *nothing, const Pair *pair)
{
  g_autoptr(GString) report = g_string_new(NULL);
  return run_pair(a, b, nothing, pair, report) == OUTCOME_FAILED;
}

/* Takes away whatever the failure does not need, until nothing more goes. */
static void
make_smaller(Room *a, Room *b, DmigSchema *nothing, Pair *pair)
{
  for (gboolean smaller = TRUE; smaller;) {
    smaller = FALSE;
    for (guint i = 0; i < MOST_MUTATIONS; i++) {
      guint bit = 1u << i;
      if ((pair->skipped & bit) != 0)
        continue;
      pair->skipped |= bit;
      if (!still_fails(a, b, nothing, pair))
        pair->skipped &= ~bit;
    }
    g_autoptr(Sketch) from = NULL, to = NULL;
    draw(pair, &from, &to);
    for (guint i = 0; i < from->nodes->len; i++) {
      gpointer id = GUINT_TO_POINTER(((Node *) from->nodes->pdata[i])->id);
      g_hash_table_add(pair->removed, id);
      if (still_fails(a, b, nothing, pair))
        smaller = TRUE;
      else
        g_hash_table_remove(pair->removed, id);
    }
  }
}

/* The pair as it was drawn. */
static void
show_pair(const Pair *pair)
{
  g_autoptr(Sketch) from = NULL, to = NULL;
  draw(pair, &from, &to);
  g_autofree char *from_sql = sketch_sql(from), *to_sql = sketch_sql(to);
  printf("--- from.sql\n%s--- to.sql\n%s", from_sql, to_sql);
}

static void
show_failure(Room *a, Room *b, DmigSchema *nothing, int number, Pair *pair)
{
  g_autoptr(GString) report = g_string_new(NULL);
  if (options.minimise)
    make_smaller(a, b, nothing, pair);
  run_pair(a, b, nothing, pair, report);
  printf("FAILED: --seed %" G_GINT64_FORMAT " --first %d --pairs 1\n", options.seed, number);
  show_pair(pair);
  printf("--- report\n%s\n", report->str);
  fflush(stdout);
}

static guint
run_all(void)
{
  guint outcomes[3] = { 0 };
  gint64 started = g_get_monotonic_time();
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigSchema) nothing = NULL;
  Room a = { NULL, NULL }, b = { NULL, NULL };
  room_open(&a);
  room_open(&b);
  if (!dmig_database_exec(a.db,
                          "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dmig reader') "
                          "THEN CREATE ROLE \"dmig reader\"; CREATE ROLE \"dmig b'ob\"; END IF; END $$",
                          &error)
      || !dmig_database_inspect(a.db, &nothing, &error))
    g_error("%s", error->message);
  for (int i = options.first; i < options.first + options.pairs; i++) {
    g_autoptr(GHashTable) removed = g_hash_table_new(NULL, NULL);
    g_autoptr(GString) report = g_string_new(NULL);
    Pair pair = { .seed = (guint32) (options.seed * 1000003 + i), .removed = removed };
    Outcome outcome = run_pair(&a, &b, nothing, &pair, report);
    outcomes[outcome]++;
    if (outcome == OUTCOME_FAILED)
      show_failure(&a, &b, nothing, i, &pair);
    else if (options.verbose && report->len > 0)
      printf("%d: %s", i, report->str);
    if (options.show && outcome != OUTCOME_FAILED)
      show_pair(&pair);
  }
  room_close(&a);
  room_close(&b);
  printf("%d pairs, seed %" G_GINT64_FORMAT ": %u walked, %u not drawn well, %u FAILED; %.1f s\n",
         options.pairs, options.seed, outcomes[OUTCOME_WALKED], outcomes[OUTCOME_NO_SCRIPT],
         outcomes[OUTCOME_FAILED], (double) (g_get_monotonic_time() - started) / G_USEC_PER_SEC);
  /* A test that walks next to nothing has failed, too. */
  return outcomes[OUTCOME_FAILED] + (outcomes[OUTCOME_WALKED] * 2 < (guint) options.pairs);
}

static void
take_environment(void)
{
  const char *pairs = g_getenv("DMIG_PROPERTY_PAIRS"), *seed = g_getenv("DMIG_PROPERTY_SEED");
  if (pairs != NULL && *pairs != '\0')
    options.pairs = atoi(pairs);
  if (seed != NULL && *seed != '\0')
    options.seed = g_ascii_strtoll(seed, NULL, 10);
}

int
main(int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "What all numbers are drawn from", "N" },
    { "pairs", 0, 0, G_OPTION_ARG_INT, &options.pairs, "How many pairs", "N" },
    { "first", 0, 0, G_OPTION_ARG_INT, &options.first, "The first pair's number", "N" },
    { "minimise", 0, 0, G_OPTION_ARG_NONE, &options.minimise, "Make failing pairs smaller", NULL },
    { "show", 0, 0, G_OPTION_ARG_NONE, &options.show, "Show what was drawn", NULL },
    { "dump", 0, 0, G_OPTION_ARG_NONE, &options.dump, "Ask pg_dump, too, whether both are the same", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &options.verbose, "Show what was not drawn well", NULL },
    { 0 },
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(GOptionContext) context = g_option_context_new("- random pairs of PostgreSQL databases");
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error)) {
    fprintf(stderr, "%s\n", error->message);
    return 2;
  }
  take_environment();
  if (!test_postgres_start())
    return SKIPPED;
  guint failures = run_all();
  test_postgres_stop();
  return failures > 0;
}
