/* Likely renames: what went and what came, paired up by how alike they are. */
#include "core/domain/change_pairs.h"

#include <string.h>

#include "core/base/text.h"

/* Beyond so many pairs of one kind, names are compared only where the contents are alike. */
#define MAX_NAME_PAIRS 20000

void
dmig_rename_candidate_free(DmigRenameCandidate *self)
{
  if (self == NULL)
    return;
  g_free(self->from);
  g_free(self->to);
  g_free(self);
}

/* A pair that may be one object, with its likeness. */
typedef struct {
  gpointer old, new;
  double likeness;
  guint distance; /* of their places, to choose among equals */
} Match;

typedef struct {
  DmigChangePairs *pairs;
  const DmigChangeFile *change;
  GHashTable *drops; /* set of names */
  GPtrArray *found;  /* DmigRenameCandidate * */
} Detection;

static gint
compare_matches(gconstpointer a, gconstpointer b)
{
  const Match *x = a, *y = b;
  if (x->likeness != y->likeness)
    return x->likeness < y->likeness ? 1 : -1;
  return x->distance < y->distance ? -1 : x->distance > y->distance;
}

/* The best pairs first, no object in two of them; what is left are the pairs that were taken. */
static void
settle(GArray *matches)
{
  g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
  guint kept = 0;
  g_array_sort(matches, compare_matches);
  for (guint i = 0; i < matches->len; i++) {
    Match match = g_array_index(matches, Match, i);
    if (g_hash_table_contains(taken, match.old) || g_hash_table_contains(taken, match.new))
      continue;
    g_hash_table_add(taken, match.old);
    g_hash_table_add(taken, match.new);
    g_array_index(matches, Match, kept++) = match;
  }
  g_array_set_size(matches, kept);
}

static void
consider(GArray *matches, gpointer old, gpointer new, double likeness, guint i, guint j)
{
  Match match = { old, new, likeness, i > j ? i - j : j - i };
  if (likeness >= DMIG_RENAME_THRESHOLD)
    g_array_append_val(matches, match);
}

static void
add_candidate(Detection *self, char *from, char *to, double confidence)
{
  DmigRenameCandidate *candidate = g_new0(DmigRenameCandidate, 1);
  candidate->from = from;
  candidate->to = to;
  candidate->confidence = MIN(confidence, 1);
  g_ptr_array_add(self->found, candidate);
}

/* Fields. */

static gboolean
same_target(const Detection *self, const DmigField *old, const DmigField *new)
{
  const DmigEntity *was = g_hash_table_lookup(self->pairs->old_entities, old->references);
  const DmigEntity *is = g_hash_table_lookup(self->pairs->new_entities, new->references);
  return was != NULL && g_hash_table_lookup(self->pairs->new_of, was) == is;
}

static gboolean
same_native(GHashTable *a, GHashTable *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  GHashTableIter iter;
  gpointer dialect, type;
  g_hash_table_iter_init(&iter, a);
  while (g_hash_table_iter_next(&iter, &dialect, &type)) {
    if (g_strcmp0(g_hash_table_lookup(b, dialect), type) != 0)
      return FALSE;
  }
  return g_hash_table_size(a) == g_hash_table_size(b);
}

/* 1: the same type; less, if values could move from one to the other; 0: they are no pair. */
static double
type_likeness(const Detection *self, const DmigField *old, const DmigField *new)
{
  if (old->references != NULL && new->references != NULL)
    return same_target(self, old, new) ? 1 : 0;
  if (old->type == NULL || new->type == NULL)
    return same_native(old->native, new->native) ? 1 : 0;
  if (dmig_type_equal(old->type, new->type) && same_native(old->native, new->native))
    return 1;
  return dmig_type_comparable(old->type, new->type) ? 0.6 : 0;
}

static gboolean
same_kind(const DmigField *old, const DmigField *new)
{
  return old->required == new->required && old->unique == new->unique
         && old->primary == new->primary && (old->references != NULL) == (new->references != NULL);
}

/* Type, name, place, and the rest, in this order of weight where they speak against each other. */
static double
field_likeness(const Detection *self, const DmigField *old, const DmigField *new, guint i, guint j,
               gboolean only)
{
  double type = type_likeness(self, old, new);
  if (type == 0
      || (old->generated != DMIG_GENERATED_NONE) != (new->generated != DMIG_GENERATED_NONE))
    return 0;
  double name = dmig_text_similarity(old->name, new->name);
  double place = i == j ? 1 : (i > j ? i - j : j - i) == 1 ? 0.5 : 0;
  return 0.3 * type + 0.4 * name + 0.15 * place + 0.1 * same_kind(old, new) + (only ? 0.05 : 0);
}

static gboolean
is_ruled_out(const Detection *self, const DmigEntity *entity, const DmigEntity *old,
             const DmigField *field)
{
  g_autofree char *path = g_strconcat(entity->name, ".", field->name, NULL);
  g_autofree char *old_path = g_strconcat(old->name, ".", field->name, NULL);
  return g_hash_table_contains(self->drops, path) || g_hash_table_contains(self->drops, old_path);
}

static void
detect_fields_of(Detection *self, DmigEntity *old_entity, DmigEntity *new_entity, double confidence)
{
  g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
  g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, sizeof(guint));
  g_autoptr(GArray) come = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < old_entity->fields->len; i++) {
    const DmigField *field = g_ptr_array_index(old_entity->fields, i);
    if (dmig_change_pairs_new_field(self->pairs, old_entity, field->name) == NULL
        && !is_ruled_out(self, new_entity, old_entity, field))
      g_array_append_val(gone, i);
  }
  for (guint j = 0; j < new_entity->fields->len; j++) {
    const DmigField *field = g_ptr_array_index(new_entity->fields, j);
    if (dmig_change_pairs_old_field(self->pairs, new_entity, field->name) == NULL)
      g_array_append_val(come, j);
  }
  for (guint a = 0; a < gone->len; a++) {
    guint i = g_array_index(gone, guint, a);
    for (guint b = 0; b < come->len; b++) {
      guint j = g_array_index(come, guint, b);
      DmigField *old = g_ptr_array_index(old_entity->fields, i);
      DmigField *new = g_ptr_array_index(new_entity->fields, j);
      gboolean only = gone->len == 1 && come->len == 1;
      consider(matches, old, new, field_likeness(self, old, new, i, j, only), i, j);
    }
  }
  settle(matches);
  for (guint i = 0; i < matches->len; i++) {
    const Match *match = &g_array_index(matches, Match, i);
    const DmigField *old = match->old, *new = match->new;
    add_candidate(self, g_strconcat(new_entity->name, ".", old->name, NULL),
                  g_strconcat(new_entity->name, ".", new->name, NULL),
                  MIN(match->likeness, confidence));
  }
}

/* Entities. */

/* 1 for a field that is there under its name, a half for one of the same type in the same place. */
static double
field_share(const DmigEntity *old, const DmigEntity *new, guint i)
{
  const DmigField *a = g_ptr_array_index(old->fields, i);
  const DmigField *b = dmig_entity_field(new, a->name);
  if (b != NULL)
    return dmig_type_equal(a->type, b->type) || a->references != NULL ? 1 : 0.5;
  b = i < new->fields->len ? g_ptr_array_index(new->fields, i) : NULL;
  return b != NULL && dmig_entity_field(old, b->name) == NULL && a->type != NULL
                 && dmig_type_equal(a->type, b->type)
             ? 0.5
             : 0;
}

static double
entity_likeness(const DmigEntity *old, const DmigEntity *new, gboolean many)
{
  double share = 0;
  guint same = 0;
  for (guint i = 0; i < old->fields->len; i++) {
    double one = field_share(old, new, i);
    share += one;
    same += one == 1;
  }
  guint most = MAX(old->fields->len, new->fields->len);
  double fields = most > 0 ? share / most : 0;
  if (many && (same < 2 || fields < 0.75))
    return 0;
  double name = dmig_text_similarity(old->name, new->name);
  /* An `id` alone makes no two entities alike. */
  double weight = same >= 2 ? 0.65 : 0.4;
  double likeness = weight * fields + (1 - weight) * name;
  /* All fields the same, and more than most entities share: the name hardly counts. */
  return same == most && same >= 3 ? MAX(likeness, 0.9) : likeness;
}

static void
detect_entities(Detection *self)
{
  g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
  g_autoptr(GPtrArray) gone = g_ptr_array_new();
  g_autoptr(GPtrArray) come = g_ptr_array_new();
  const DmigDomain *from = self->pairs->from, *to = self->pairs->to;
  for (guint i = 0; i < from->entities->len; i++) {
    DmigEntity *old = g_ptr_array_index(from->entities, i);
    if (!g_hash_table_contains(self->pairs->new_of, old)
        && !g_hash_table_contains(self->drops, old->name))
      g_ptr_array_add(gone, old);
  }
  for (guint j = 0; j < to->entities->len; j++) {
    DmigEntity *new = g_ptr_array_index(to->entities, j);
    if (!g_hash_table_contains(self->pairs->old_of, new))
      g_ptr_array_add(come, new);
  }
  gboolean many = gone->len > 0 && come->len > MAX_NAME_PAIRS / gone->len;
  for (guint i = 0; i < gone->len; i++) {
    for (guint j = 0; j < come->len; j++) {
      DmigEntity *old = g_ptr_array_index(gone, i), *new = g_ptr_array_index(come, j);
      consider(matches, old, new, entity_likeness(old, new, many), i, j);
    }
  }
  settle(matches);
  for (guint i = 0; i < matches->len; i++) {
    const Match *match = &g_array_index(matches, Match, i);
    DmigEntity *old = match->old, *new = match->new;
    add_candidate(self, g_strdup(old->name), g_strdup(new->name), match->likeness);
    dmig_change_pairs_join(self->pairs, old, new);
  }
}

static double
certainty_of_pair(const Detection *self, const DmigEntity *old, const DmigEntity *new)
{
  for (guint i = 0; i < self->found->len; i++) {
    const DmigRenameCandidate *found = g_ptr_array_index(self->found, i);
    if (strcmp(found->from, old->name) == 0 && strcmp(found->to, new->name) == 0)
      return found->confidence;
  }
  return 1;
}

static void
detect_fields(Detection *self)
{
  const DmigDomain *to = self->pairs->to;
  guint n_entities = self->found->len;
  for (guint i = 0; i < to->entities->len; i++) {
    DmigEntity *new = g_ptr_array_index(to->entities, i);
    DmigEntity *old = g_hash_table_lookup(self->pairs->old_of, new);
    if (old == NULL)
      continue;
    gboolean likely = n_entities > 0 && strcmp(old->name, new->name) != 0;
    detect_fields_of(self, old, new, likely ? certainty_of_pair(self, old, new) : 1);
  }
}

/* Enums and views. */

static double
label_likeness(char *const *old, char *const *new)
{
  guint same = 0;
  for (guint i = 0; old[i] != NULL; i++)
    same += dmig_strv_contains(new, old[i]);
  guint most = MAX(g_strv_length((char **) old), g_strv_length((char **) new));
  return most > 0 ? (double) same / most : 0;
}

static gboolean
is_free(const Detection *self, GHashTable *renamed, const char *name)
{
  return !g_hash_table_contains(renamed, name) && !g_hash_table_contains(self->drops, name);
}

static void
detect_enums(Detection *self)
{
  g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
  const DmigDomain *from = self->pairs->from, *to = self->pairs->to;
  for (guint i = 0; i < from->enums->len; i++) {
    DmigDomainEnum *old = g_ptr_array_index(from->enums, i);
    if (dmig_domain_enum(to, old->name) != NULL
        || !is_free(self, self->pairs->renamed_from, old->name))
      continue;
    for (guint j = 0; j < to->enums->len; j++) {
      DmigDomainEnum *new = g_ptr_array_index(to->enums, j);
      if (dmig_domain_enum(from, new->name) != NULL
          || g_hash_table_contains(self->pairs->renamed_to, new->name))
        continue;
      double labels = label_likeness(old->labels, new->labels);
      double name = dmig_text_similarity(old->name, new->name);
      consider(matches, old, new, labels > 0 ? 0.7 * labels + 0.3 * name : 0, i, j);
    }
  }
  settle(matches);
  for (guint i = 0; i < matches->len; i++) {
    const Match *match = &g_array_index(matches, Match, i);
    add_candidate(self, g_strdup(((DmigDomainEnum *) match->old)->name),
                  g_strdup(((DmigDomainEnum *) match->new)->name), match->likeness);
  }
}

/* The likeliest first; of equals the entity before its fields. */
static gint
compare_candidates(gconstpointer a, gconstpointer b)
{
  const DmigRenameCandidate *x = *(DmigRenameCandidate *const *) a;
  const DmigRenameCandidate *y = *(DmigRenameCandidate *const *) b;
  if (x->confidence != y->confidence)
    return x->confidence < y->confidence ? 1 : -1;
  gboolean x_is_field = strchr(x->from, '.') != NULL, y_is_field = strchr(y->from, '.') != NULL;
  if (x_is_field != y_is_field)
    return x_is_field ? 1 : -1;
  int from = strcmp(x->from, y->from);
  return from != 0 ? from : strcmp(x->to, y->to);
}

GPtrArray *
dmig_renames_detect(const DmigDomain *from, const DmigDomain *to, const DmigChangeFile *change)
{
  g_autoptr(DmigChangePairs) pairs = dmig_change_pairs_new(from, to, change);
  g_autoptr(GHashTable) drops = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < change->drops->len; i++)
    g_hash_table_add(drops, g_ptr_array_index(change->drops, i));
  Detection detection = { .pairs = pairs, .change = change, .drops = drops };
  detection.found = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_rename_candidate_free);
  detect_entities(&detection);
  detect_fields(&detection);
  detect_enums(&detection);
  g_ptr_array_sort(detection.found, compare_candidates);
  return detection.found;
}
