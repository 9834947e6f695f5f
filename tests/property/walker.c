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

typedef struct {
  gpointer from, to;
} Pair;

/* Without those mutations that have their bits in `skipped`. */
static Pair
draw(const Walked *kind, guint32 seed, guint32 skipped)
{
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  Pair pair = { kind->draw(random), NULL };
  pair.to = kind->copy(pair.from);
  guint mutations = 1 + (guint) g_rand_int_range(random, 2, (gint32) kind->most_mutations);
  for (guint i = 0; i < mutations; i++) {
    /* Its own numbers for each, so that one can be left out and the others stay. */
    g_autoptr(GRand) own = g_rand_new_with_seed(g_rand_int(random));
    if ((skipped & 1u << i) == 0)
      kind->mutate(pair.to, own);
  }
  return pair;
}

static void
pair_clear(const Walked *kind, Pair *pair)
{
  kind->free(pair->from);
  kind->free(pair->to);
}

/* --- failures ------------------------------------------------------------------------------ */

static gboolean
still_fails(const Walked *kind, const Pair *pair)
{
  g_autoptr(GString) report = g_string_new(NULL);
  g_autoptr(GPtrArray) refusals = g_ptr_array_new_with_free_func(g_free);
  WalkNotes notes = { .dump = options.dump, .report = report, .refusals = refusals };
  return kind->walk(pair->from, pair->to, &notes) == WALK_FAILED;
}

static gboolean
is_same(const Walked *kind, gconstpointer one, gconstpointer other)
{
  g_autofree char *a = kind->sql(one), *b = kind->sql(other);
  return g_str_equal(a, b);
}

/* Takes `smaller` for `pair` where it is smaller and fails too. */
static gboolean
try_instead(const Walked *kind, Pair *pair, Pair smaller)
{
  gboolean fails = (!is_same(kind, pair->from, smaller.from) || !is_same(kind, pair->to, smaller.to))
                   && still_fails(kind, &smaller);
  pair_clear(kind, fails ? pair : &smaller);
  if (fails)
    *pair = smaller;
  return fails;
}

/* Without some parts; or with them as they were, before what the mutations made of them. */
static Pair
pair_without(const Walked *kind, const Pair *pair, const guint *parts, guint n, gboolean as_before)
{
  Pair smaller = { kind->copy(pair->from), kind->copy(pair->to) };
  for (guint i = 0; i < n; i++) {
    if (as_before) {
      kind->take_back(smaller.to, pair->from, parts[i]);
    } else {
      kind->remove(smaller.from, parts[i]);
      kind->remove(smaller.to, parts[i]);
    }
  }
  kind->tidy(smaller.from);
  kind->tidy(smaller.to);
  return smaller;
}

static int
compare_parts(gconstpointer a, gconstpointer b)
{
  return *(const guint *) a < *(const guint *) b ? -1 : *(const guint *) a > *(const guint *) b;
}

/* The parts of both, each once. */
static GArray *
parts_of_pair(const Walked *kind, const Pair *pair)
{
  GArray *parts = kind->parts(pair->from);
  g_autoptr(GArray) others = kind->parts(pair->to);
  g_array_append_vals(parts, others->data, others->len);
  g_array_sort(parts, compare_parts);
  for (guint i = parts->len; i > 1; i--)
    if (g_array_index(parts, guint, i - 1) == g_array_index(parts, guint, i - 2))
      g_array_remove_index(parts, i - 1);
  return parts;
}

/* Takes away what the failure does not need: `step` parts at once. */
static gboolean
try_parts(const Walked *kind, Pair *pair, guint step)
{
  gboolean smaller = FALSE;
  for (guint as_before = 0; as_before < (kind->take_back != NULL ? 2 : 1); as_before++) {
    g_autoptr(GArray) parts = parts_of_pair(kind, pair);
    for (guint i = 0; i < parts->len; i += step)
      smaller |= try_instead(kind, pair,
                             pair_without(kind, pair, &g_array_index(parts, guint, i),
                                          MIN(step, parts->len - i), as_before != 0));
  }
  return smaller;
}

/* Until nothing more goes. */
static Pair
draw_smaller(const Walked *kind, guint32 seed)
{
  guint32 skipped = 0;
  Pair pair = draw(kind, seed, 0);
  for (guint i = 0; i < kind->most_mutations; i++)
    if (try_instead(kind, &pair, draw(kind, seed, skipped | 1u << i)))
      skipped |= 1u << i;
  g_autoptr(GArray) parts = parts_of_pair(kind, &pair);
  for (guint step = parts->len / 2; step > 1; step /= 2)
    try_parts(kind, &pair, step);
  while (try_parts(kind, &pair, 1))
    continue;
  return pair;
}

static void
show_pair(const Walked *kind, const Pair *pair)
{
  g_autofree char *from_sql = kind->sql(pair->from), *to_sql = kind->sql(pair->to);
  printf("--- from.sql\n%s--- to.sql\n%s", from_sql, to_sql);
}

static void
show_failure(const Walked *kind, int number, guint32 seed)
{
  g_autoptr(GString) report = g_string_new(NULL);
  g_autoptr(GPtrArray) refusals = g_ptr_array_new_with_free_func(g_free);
  WalkNotes notes = { .dump = options.dump, .report = report, .refusals = refusals };
  Pair pair = options.minimise ? draw_smaller(kind, seed) : draw(kind, seed, 0);
  kind->walk(pair.from, pair.to, &notes);
  printf("FAILED: --seed %" G_GINT64_FORMAT " --first %d --pairs 1\n", options.seed, number);
  show_pair(kind, &pair);
  pair_clear(kind, &pair);
  printf("--- report\n%s\n", report->str);
  fflush(stdout);
}

static void
report_only_lines(GString *report, const char *of, const char *other, char mark)
{
  g_auto(GStrv) lines = g_strsplit(of, "\n", -1), others = g_strsplit(other, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (!g_strv_contains((const char *const *) others, *line))
      g_string_append_printf(report, "%c %s\n", mark, *line);
}

void
walker_report_lines(GString *report, const char *one, const char *other)
{
  report_only_lines(report, one, other, '-');
  report_only_lines(report, other, one, '+');
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
  g_autoptr(GString) report = g_string_new(NULL);
  g_autoptr(GPtrArray) refusals = g_ptr_array_new_with_free_func(g_free);
  WalkNotes notes = { .dump = options.dump, .report = report, .refusals = refusals };
  guint32 seed = (guint32) (options.seed * 1000003 + number);
  Pair pair = draw(kind, seed, 0);
  WalkOutcome outcome = kind->walk(pair.from, pair.to, &notes);
  counts->outcomes[outcome]++;
  count_refusals(counts, refusals);
  if (outcome == WALK_FAILED)
    show_failure(kind, number, seed);
  else if (options.verbose && report->len > 0)
    printf("%d: %s", number, report->str);
  if (options.show && outcome != WALK_FAILED)
    show_pair(kind, &pair);
  pair_clear(kind, &pair);
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
