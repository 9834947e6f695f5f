#include "walker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
  guint32 skipped; /* bits: mutations that are left out */
} Pair;

static void
draw(const Walked *kind, const Pair *pair, gpointer *out_from, gpointer *out_to)
{
  g_autoptr(GRand) random = g_rand_new_with_seed(pair->seed);
  *out_from = kind->draw(random);
  GHashTableIter iterator;
  gpointer id;
  g_hash_table_iter_init(&iterator, pair->removed);
  while (g_hash_table_iter_next(&iterator, &id, NULL))
    kind->remove(*out_from, GPOINTER_TO_UINT(id));
  kind->tidy(*out_from);

  *out_to = kind->copy(*out_from);
  guint mutations = 1 + (guint) g_rand_int_range(random, 2, (gint32) kind->most_mutations);
  for (guint i = 0; i < mutations; i++) {
    /* Its own numbers for each, so that one can be left out and the others stay. */
    g_autoptr(GRand) own = g_rand_new_with_seed(g_rand_int(random));
    if ((pair->skipped & 1u << i) == 0)
      kind->mutate(*out_to, own);
  }
}

static WalkOutcome
run_pair(const Walked *kind, const Pair *pair, WalkNotes *notes)
{
  gpointer from = NULL, to = NULL;
  draw(kind, pair, &from, &to);
  WalkOutcome outcome = kind->walk(from, to, notes);
  kind->free(from);
  kind->free(to);
  return outcome;
}

/* --- failures ------------------------------------------------------------------------------ */

static gboolean
still_fails(const Walked *kind, const Pair *pair)
{
  g_autoptr(GString) report = g_string_new(NULL);
  g_autoptr(GPtrArray) refusals = g_ptr_array_new_with_free_func(g_free);
  WalkNotes notes = { .dump = options.dump, .report = report, .refusals = refusals };
  return run_pair(kind, pair, &notes) == WALK_FAILED;
}

static gboolean
remove_parts(const Walked *kind, Pair *pair)
{
  gpointer from = NULL, to = NULL;
  draw(kind, pair, &from, &to);
  g_autoptr(GArray) parts = kind->parts(from);
  kind->free(from);
  kind->free(to);
  gboolean smaller = FALSE;
  for (guint i = 0; i < parts->len; i++) {
    gpointer id = GUINT_TO_POINTER(g_array_index(parts, guint, i));
    g_hash_table_add(pair->removed, id);
    if (still_fails(kind, pair))
      smaller = TRUE;
    else
      g_hash_table_remove(pair->removed, id);
  }
  return smaller;
}

/* Takes away whatever the failure does not need, until nothing more goes. */
static void
make_smaller(const Walked *kind, Pair *pair)
{
  do {
    for (guint i = 0; i < kind->most_mutations; i++) {
      guint32 bit = 1u << i;
      if ((pair->skipped & bit) != 0)
        continue;
      pair->skipped |= bit;
      if (!still_fails(kind, pair))
        pair->skipped &= ~bit;
    }
  } while (remove_parts(kind, pair));
}

/* The pair as it was drawn. */
static void
show_pair(const Walked *kind, const Pair *pair)
{
  gpointer from = NULL, to = NULL;
  draw(kind, pair, &from, &to);
  g_autofree char *from_sql = kind->sql(from), *to_sql = kind->sql(to);
  printf("--- from.sql\n%s--- to.sql\n%s", from_sql, to_sql);
  kind->free(from);
  kind->free(to);
}

static void
show_failure(const Walked *kind, int number, Pair *pair)
{
  g_autoptr(GString) report = g_string_new(NULL);
  g_autoptr(GPtrArray) refusals = g_ptr_array_new_with_free_func(g_free);
  WalkNotes notes = { .dump = options.dump, .report = report, .refusals = refusals };
  if (options.minimise)
    make_smaller(kind, pair);
  run_pair(kind, pair, &notes);
  printf("FAILED: --seed %" G_GINT64_FORMAT " --first %d --pairs 1\n", options.seed, number);
  show_pair(kind, pair);
  printf("--- report\n%s\n", report->str);
  fflush(stdout);
}

/* --- all pairs ----------------------------------------------------------------------------- */

typedef struct {
  guint outcomes[N_WALKS];
  GHashTable *refusals; /* reason -> how often */
  guint n_refusals;
} Counts;

static void
count_refusals(Counts *counts, const GPtrArray *refusals)
{
  for (guint i = 0; i < refusals->len; i++) {
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(counts->refusals, refusals->pdata[i]));
    g_hash_table_insert(counts->refusals, g_strdup(refusals->pdata[i]), GUINT_TO_POINTER(before + 1));
  }
  counts->n_refusals += refusals->len;
}

static void
run_number(const Walked *kind, int number, Counts *counts)
{
  g_autoptr(GHashTable) removed = g_hash_table_new(NULL, NULL);
  g_autoptr(GString) report = g_string_new(NULL);
  g_autoptr(GPtrArray) refusals = g_ptr_array_new_with_free_func(g_free);
  WalkNotes notes = { .dump = options.dump, .report = report, .refusals = refusals };
  Pair pair = { .seed = (guint32) (options.seed * 1000003 + number), .removed = removed };
  WalkOutcome outcome = run_pair(kind, &pair, &notes);
  counts->outcomes[outcome]++;
  count_refusals(counts, refusals);
  if (outcome == WALK_FAILED)
    show_failure(kind, number, &pair);
  else if (options.verbose && report->len > 0)
    printf("%d: %s", number, report->str);
  if (options.show && outcome != WALK_FAILED)
    show_pair(kind, &pair);
}

static void
print_refusals(GHashTable *refusals)
{
  g_autoptr(GList) reasons = g_hash_table_get_keys(refusals);
  reasons = g_list_sort(reasons, (GCompareFunc) strcmp);
  for (const GList *reason = reasons; reason != NULL; reason = reason->next)
    printf("%5u refused: %s\n", GPOINTER_TO_UINT(g_hash_table_lookup(refusals, reason->data)),
           (const char *) reason->data);
}

static guint
run_all(const Walked *kind)
{
  g_autoptr(GHashTable) refusals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Counts counts = { .refusals = refusals };
  gint64 started = g_get_monotonic_time();
  for (int i = options.first; i < options.first + options.pairs; i++)
    run_number(kind, i, &counts);
  if (options.verbose)
    print_refusals(refusals);
  printf("%d pairs, seed %" G_GINT64_FORMAT
         ": %u walked, %u not drawn well, %u FAILED; %u refusals; %.1f s\n",
         options.pairs, options.seed, counts.outcomes[WALK_DONE], counts.outcomes[WALK_NOT_DRAWN],
         counts.outcomes[WALK_FAILED], counts.n_refusals,
         (double) (g_get_monotonic_time() - started) / G_USEC_PER_SEC);
  /* A test that walks next to nothing has failed, too. */
  return counts.outcomes[WALK_FAILED] + (counts.outcomes[WALK_DONE] * 2 < (guint) options.pairs);
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
walker_main(const Walked *kind, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "What all numbers are drawn from", "N" },
    { "pairs", 0, 0, G_OPTION_ARG_INT, &options.pairs, "How many pairs", "N" },
    { "first", 0, 0, G_OPTION_ARG_INT, &options.first, "The first pair's number", "N" },
    { "minimise", 0, 0, G_OPTION_ARG_NONE, &options.minimise, "Make failing pairs smaller", NULL },
    { "show", 0, 0, G_OPTION_ARG_NONE, &options.show, "Show what was drawn", NULL },
    { "dump", 0, 0, G_OPTION_ARG_NONE, &options.dump,
      "Ask the database's own tools, too, whether both are the same", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &options.verbose,
      "Show what was not drawn well, and what was refused", NULL },
    { 0 },
  };
  g_autoptr(GError) error = NULL;
  g_autofree char *summary = g_strdup_printf("- random pairs of %s", kind->title);
  g_autoptr(GOptionContext) context = g_option_context_new(summary);
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error)) {
    fprintf(stderr, "%s\n", error->message);
    return 2;
  }
  take_environment();
  if (!kind->start())
    return SKIPPED;
  guint failures = run_all(kind);
  kind->stop();
  return failures > 0;
}
