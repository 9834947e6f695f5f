/* Random pairs of domains: builds the first, puts rows in, takes it to the second and back, and
 * sees that the database is what both say and that the rows are still there.
 *
 *     pairs --seed 7 --pairs 1000 --dialect both --minimise
 *
 * A pair is drawn from the seed and its number alone, so `--first N --pairs 1` runs one again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/apply/proof/proof.h"
#include "core/db/registry.h"
#include "core/domain/lower.h"
#include "core/plan/migration_file.h"
#include "core/plan/online.h"
#include "draft.h"

#define MOST_MUTATIONS 6

typedef enum {
  OUTCOME_PROVED,
  OUTCOME_REFUSED, /* the plan says why it can't be done */
  OUTCOME_INVALID, /* the reader found a mistake */
  OUTCOME_FAILED,
} Outcome;

typedef struct {
  gint64 seed;
  int pairs;
  int first;
  char *dialect;
  gboolean minimise;
  gboolean verbose;
} Options;

typedef struct {
  guint outcomes[4];
  guint rows;
  guint kept; /* tables, columns and values that came back because they were kept */
  guint notes;
} Counts;

/* One pair, with what was taken out of it while it was made smaller. */
typedef struct {
  guint32 seed;
  GHashTable *removed;   /* numbers of objects of the first draft */
  guint skipped;         /* bits: mutations that are left out */
} Pair;

typedef struct {
  Draft *from, *to;
  char *from_yaml, *to_yaml, *change_yaml;
} Drawn;

static void
drawn_clear(Drawn *self)
{
  draft_free(self->from);
  draft_free(self->to);
  g_free(self->from_yaml);
  g_free(self->to_yaml);
  g_free(self->change_yaml);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Drawn, drawn_clear)

static void
draw(const Pair *pair, Drawn *out)
{
  g_autoptr(GRand) random = g_rand_new_with_seed(pair->seed);
  out->from = draft_generate(random);
  GHashTableIter iterator;
  gpointer id;
  g_hash_table_iter_init(&iterator, pair->removed);
  while (g_hash_table_iter_next(&iterator, &id, NULL))
    draft_remove(out->from, GPOINTER_TO_UINT(id));
  draft_tidy(out->from);

  out->to = draft_copy(out->from);
  guint mutations = 1 + roll(random, MOST_MUTATIONS);
  for (guint i = 0; i < mutations; i++) {
    /* Its own numbers for each, so that one can be left out and the others stay. */
    g_autoptr(GRand) own = g_rand_new_with_seed(g_rand_int(random));
    if ((pair->skipped & 1u << i) == 0)
      draft_mutate(out->to, own);
  }
  out->from_yaml = draft_to_yaml(out->from);
  out->to_yaml = draft_to_yaml(out->to);
  out->change_yaml = draft_change_to_yaml(out->from, out->to);
}

/* Where a database costs much to make, one serves for all pairs, and is swept in between. */
typedef struct {
  DmigProofRoom room;
  DmigScratch *scratch;
  DmigDatabase *kept;
} Room;

static gboolean
room_open(gpointer data, DmigDatabase **out, GError **error)
{
  Room *self = data;
  *out = g_steal_pointer(&self->kept);
  return *out != NULL || dmig_scratch_open(self->scratch, out, error);
}

static void
room_close(gpointer data, DmigDatabase *db)
{
  Room *self = data;
  g_assert(self->kept == NULL);
  db->driver->rollback(db);
  if (dmig_database_exec(db, "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n", NULL))
    self->kept = db;
  else
    dmig_database_free(db);
}

static DmigSource *
source_of(const char *name, const char *yaml)
{
  g_autoptr(GBytes) bytes = g_bytes_new(yaml, strlen(yaml));
  return dmig_source_new(name, bytes);
}

static DmigDomain *
read_domain(const char *name, const char *yaml, DmigDiagnostics *diagnostics)
{
  g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  g_ptr_array_add(sources, source_of(name, yaml));
  return dmig_domain_read(sources, diagnostics);
}

static DmigChangeFile *
read_change(const char *yaml, const DmigDomain *from, const DmigDomain *to,
            DmigDiagnostics *diagnostics)
{
  DmigSource *source = source_of("change.yaml", yaml);
  DmigChangeFile *change = dmig_change_file_read(source, from, to, diagnostics);
  dmig_source_free(source);
  return change;
}

static void
report_diagnostics(DmigDiagnostics *diagnostics, GString *report)
{
  for (guint i = 0; i < dmig_diagnostics_length(diagnostics); i++) {
    g_autofree char *line = dmig_diagnostic_to_line(dmig_diagnostics_get(diagnostics, i));
    g_string_append_printf(report, "%s\n", line);
  }
}

/* One direction as the file that a commit would hold; NULL: the plan refuses. */
static char *
plan_file(DmigSchema *from, DmigSchema *to, const DmigTransition *transition, const char *direction,
          GString *report)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigChanges) changes = dmig_diff(from, to, transition);
  g_autoptr(DmigPlan) plan = dmig_plan_new(changes, transition, &error);
  if (plan != NULL)
    return dmig_migration_file_write(plan, direction);
  g_string_append_printf(report, "%s: %s\n", direction, error->message);
  return NULL;
}

/* The lock-light form; NULL where it is no other. */
static char *
online_file(DmigSchema *from, DmigSchema *to, const DmigTransition *transition,
            const char *direction, const char *plain)
{
  g_autoptr(DmigChanges) changes = dmig_diff(from, to, transition);
  g_autoptr(DmigPlan) plan = dmig_plan_new_online(changes, transition, NULL);
  g_autofree char *online = dmig_migration_file_write(plan, direction);
  return strcmp(online, plain) == 0 ? NULL : g_steal_pointer(&online);
}

static Outcome
prove(Room *room, const DmigProofCase *given, GString *report, Counts *counts)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigProof) proof = NULL;
  if (!dmig_prove_in(&room->room, given, &proof, &error)) {
    g_string_append_printf(report, "the proof stopped: %s\n", error->message);
    return OUTCOME_FAILED;
  }
  if (counts != NULL) {
    counts->rows += proof->rows;
    counts->kept += proof->kept;
    counts->notes += proof->notes->len;
  }
  for (guint i = 0; i < proof->notes->len; i++)
    g_string_append_printf(report, "note: %s\n", (char *) proof->notes->pdata[i]);
  for (guint i = 0; i < proof->problems->len; i++)
    g_string_append_printf(report, "%s\n", (char *) proof->problems->pdata[i]);
  return proof->outcome == DMIG_PROOF_PROVED ? OUTCOME_PROVED : OUTCOME_FAILED;
}

static gboolean
is_brought(const DmigPlan *plan, const DmigKeepsake *wanted)
{
  for (guint i = 0; i < plan->steps->len; i++) {
    const DmigStep *step = plan->steps->pdata[i];
    const GPtrArray *list = step->brings;
    for (guint k = 0; k < list->len; k++) {
      const DmigKeepsake *keepsake = list->pdata[k];
      if (keepsake->kind == wanted->kind && strcmp(keepsake->name, wanted->name) == 0)
        return TRUE;
    }
  }
  return FALSE;
}

/* What one direction takes, the other must bring, by the same name. */
static gboolean
brings_all(const DmigDialect *dialect, const char *there, const char *back, GString *report)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigPlan) takes = dmig_migration_file_read("there", there, dialect, &error);
  g_autoptr(DmigPlan) brings = dmig_migration_file_read("back", back, dialect, &error);
  gboolean all = TRUE;
  g_assert_no_error(error);
  for (guint i = 0; i < takes->steps->len; i++) {
    const DmigStep *step = takes->steps->pdata[i];
    for (guint k = 0; k < step->takes->len; k++) {
      const DmigKeepsake *keepsake = step->takes->pdata[k];
      if (is_brought(brings, keepsake))
        continue;
      g_string_append_printf(report, "nothing brings the %s %s that are taken\n",
                             dmig_keepsake_kind_name(keepsake->kind), keepsake->name);
      all = FALSE;
    }
  }
  return all;
}

static Outcome
run_lowered(Room *room, const DmigDialect *dialect, const DmigDomain *from,
            const DmigDomain *to, const DmigChangeFile *change, GString *report, Counts *counts)
{
  g_autoptr(DmigDiagnostics) diagnostics = dmig_diagnostics_new();
  g_autoptr(DmigSchema) parent = dmig_domain_lower(from, dialect, diagnostics);
  g_autoptr(DmigSchema) wanted = dmig_domain_lower(to, dialect, diagnostics);
  g_autoptr(DmigTransition) up =
      dmig_transition_lower(change, from, to, dialect, FALSE, diagnostics);
  g_autoptr(DmigTransition) down =
      dmig_transition_lower(change, from, to, dialect, TRUE, diagnostics);
  if (dmig_diagnostics_have_errors(diagnostics)) {
    report_diagnostics(diagnostics, report);
    return OUTCOME_INVALID;
  }
  g_autofree char *upgrade = plan_file(parent, wanted, up, "upgrade", report);
  g_autofree char *downgrade = upgrade ? plan_file(wanted, parent, down, "downgrade", report) : NULL;
  if (downgrade == NULL)
    return OUTCOME_REFUSED;
  g_autofree char *upgrade_online = online_file(parent, wanted, up, "upgrade", upgrade);
  g_autofree char *downgrade_online = online_file(wanted, parent, down, "downgrade", downgrade);
  DmigProofCase given = {.parent = parent,
                         .wanted = wanted,
                         .upgrade = upgrade,
                         .downgrade = downgrade,
                         .upgrade_online = upgrade_online,
                         .downgrade_online = downgrade_online,
                         .transition = up};
  gboolean brought = brings_all(dialect, upgrade, downgrade, report) &&
                     brings_all(dialect, downgrade, upgrade, report);
  Outcome outcome = brought ? prove(room, &given, report, counts) : OUTCOME_FAILED;
  if (outcome == OUTCOME_FAILED)
    g_string_append_printf(report,
                           "--- upgrade.sql\n%s--- downgrade.sql\n%s--- online\n%s--- online\n%s",
                           upgrade, downgrade, upgrade_online != NULL ? upgrade_online : "",
                           downgrade_online != NULL ? downgrade_online : "");
  return outcome;
}

static Outcome
run_pair(Room *room, const DmigDialect *dialect, const Pair *pair, GString *report,
         Counts *counts)
{
  g_auto(Drawn) drawn = {0};
  draw(pair, &drawn);
  g_autoptr(DmigDiagnostics) diagnostics = dmig_diagnostics_new();
  g_autoptr(DmigDomain) from = read_domain("from.yaml", drawn.from_yaml, diagnostics);
  g_autoptr(DmigDomain) to = read_domain("to.yaml", drawn.to_yaml, diagnostics);
  g_autoptr(DmigChangeFile) change = NULL;
  if (!dmig_diagnostics_have_errors(diagnostics))
    change = read_change(drawn.change_yaml, from, to, diagnostics);
  Outcome outcome = OUTCOME_INVALID;
  if (dmig_diagnostics_have_errors(diagnostics))
    report_diagnostics(diagnostics, report);
  else
    outcome = run_lowered(room, dialect, from, to, change, report, counts);
  return outcome;
}

static gboolean
still_fails(Room *room, const DmigDialect *dialect, const Pair *pair)
{
  g_autoptr(GString) report = g_string_new(NULL);
  return run_pair(room, dialect, pair, report, NULL) == OUTCOME_FAILED;
}

/* Takes away whatever the failure does not need: mutations first, then objects, large ones first,
 * until nothing more goes. */
static void
make_smaller(Room *room, const DmigDialect *dialect, Pair *pair)
{
  gboolean smaller = TRUE;
  while (smaller) {
    smaller = FALSE;
    for (guint i = 0; i < MOST_MUTATIONS; i++) {
      guint bit = 1u << i;
      if ((pair->skipped & bit) != 0)
        continue;
      pair->skipped |= bit;
      if (!still_fails(room, dialect, pair))
        pair->skipped &= ~bit;
    }
    g_auto(Drawn) drawn = {0};
    draw(pair, &drawn);
    g_autoptr(GArray) ids = draft_ids(drawn.from);
    for (guint i = 0; i < ids->len; i++) {
      gpointer id = GUINT_TO_POINTER(g_array_index(ids, guint, i));
      g_hash_table_add(pair->removed, id);
      if (still_fails(room, dialect, pair))
        smaller = TRUE;
      else
        g_hash_table_remove(pair->removed, id);
    }
  }
}

static void
print_pair(const Pair *pair, const char *report)
{
  g_auto(Drawn) drawn = {0};
  draw(pair, &drawn);
  printf("--- from.yaml\n%s--- to.yaml\n%s--- change.yaml\n%s--- report\n%s\n", drawn.from_yaml,
         drawn.to_yaml, drawn.change_yaml, report);
}

static void
show_failure(Room *room, const DmigDialect *dialect, const Options *options, int number,
             Pair *pair)
{
  g_autoptr(GString) report = g_string_new(NULL);
  if (options->minimise)
    make_smaller(room, dialect, pair);
  run_pair(room, dialect, pair, report, NULL);
  printf("FAILED on %s: --seed %" G_GINT64_FORMAT " --first %d --pairs 1\n", dialect->name,
         options->seed, number);
  print_pair(pair, report->str);
}

static guint
run_dialect(const DmigDialect *dialect, const Options *options)
{
  Counts counts = {0};
  gint64 started = g_get_monotonic_time();
  Room room = {.room = {.open = room_open, .close = room_close}};
  room.room.data = &room;
  room.scratch = dmig_scratch_new(dialect, NULL);
  for (int i = options->first; i < options->first + options->pairs; i++) {
    g_autoptr(GHashTable) removed = g_hash_table_new(NULL, NULL);
    g_autoptr(GString) report = g_string_new(NULL);
    Pair pair = {.seed = (guint32) (options->seed * 1000003 + i), .removed = removed};
    Outcome outcome = run_pair(&room, dialect, &pair, report, &counts);
    counts.outcomes[outcome]++;
    if (outcome == OUTCOME_FAILED)
      show_failure(&room, dialect, options, i, &pair);
    else if (options->verbose && report->len > 0)
      printf("%d: %s", i, report->str);
  }
  dmig_database_free(room.kept);
  dmig_scratch_free(room.scratch);
  double seconds = (double) (g_get_monotonic_time() - started) / G_USEC_PER_SEC;
  printf("%s: %d pairs, seed %" G_GINT64_FORMAT
         ": %u proved, %u refused by the plan, %u refused by the reader, %u FAILED; %u rows, %u kept, %u "
         "notes; %.1f s\n",
         dialect->title, options->pairs, options->seed, counts.outcomes[OUTCOME_PROVED],
         counts.outcomes[OUTCOME_REFUSED], counts.outcomes[OUTCOME_INVALID],
         counts.outcomes[OUTCOME_FAILED], counts.rows, counts.kept, counts.notes, seconds);
  fflush(stdout);
  /* A test that proves next to nothing has failed, too. */
  gboolean hollow = counts.outcomes[OUTCOME_PROVED] * 2 < (guint) options->pairs;
  return counts.outcomes[OUTCOME_FAILED] + hollow;
}

static void
take_environment(Options *options)
{
  const char *pairs = g_getenv("DMIG_PROPERTY_PAIRS");
  const char *seed = g_getenv("DMIG_PROPERTY_SEED");
  if (pairs != NULL && *pairs != '\0')
    options->pairs = atoi(pairs);
  if (seed != NULL && *seed != '\0')
    options->seed = g_ascii_strtoll(seed, NULL, 10);
}

int
main(int argc, char **argv)
{
  Options options = {.seed = 1, .pairs = 100};
  const GOptionEntry entries[] = {
      {"seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "What all numbers are drawn from", "N"},
      {"pairs", 0, 0, G_OPTION_ARG_INT, &options.pairs, "How many pairs", "N"},
      {"first", 0, 0, G_OPTION_ARG_INT, &options.first, "The first pair's number", "N"},
      {"dialect", 0, 0, G_OPTION_ARG_STRING, &options.dialect, "sqlite, postgresql or both", "NAME"},
      {"minimise", 0, 0, G_OPTION_ARG_NONE, &options.minimise, "Make failing pairs smaller", NULL},
      {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options.verbose, "Show refusals, too", NULL},
      {0},
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(GOptionContext) context = g_option_context_new("- random pairs of domains");
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error)) {
    fprintf(stderr, "%s\n", error->message);
    return 2;
  }
  take_environment(&options);
  guint failures = 0;
  gboolean both = options.dialect == NULL || strcmp(options.dialect, "both") == 0;
  for (const DmigDialect *const *dialect = dmig_dialects(); *dialect; dialect++)
    if (both || strcmp((*dialect)->name, options.dialect) == 0)
      failures += run_dialect(*dialect, &options);
  g_free(options.dialect);
  draft_texts_free();
  return failures > 0;
}
