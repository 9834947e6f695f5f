#include "cmd/pair.h"

#include <string.h>

#include "cmd/chain.h"
#include "cmd/ui/json.h"
#include "cmd/ui/progress.h"
#include "core/plan/migration_file.h"

void
dmig_pair_free(DmigPair *self)
{
  if (self == NULL)
    return;
  dmig_schema_unref(self->parent);
  dmig_schema_unref(self->wanted);
  dmig_transition_free(self->transition);
  g_free(self->upgrade);
  g_free(self->downgrade);
  dmig_plan_free(self->plan);
  dmig_proof_free(self->proof);
  g_free(self);
}

static DmigPair *
pair_new(DmigPassage *passage, const DmigDialect *dialect, GError **error)
{
  g_autoptr(DmigComparison) up = dmig_passage_compare(passage, dialect, FALSE, error);
  g_autoptr(DmigComparison) down
      = up != NULL ? dmig_passage_compare(passage, dialect, TRUE, error) : NULL;
  if (down == NULL || !dmig_comparison_check(up, error) || !dmig_comparison_check(down, error))
    return NULL;
  DmigPair *self = g_new0(DmigPair, 1);
  self->dialect = dialect;
  self->first = !dmig_domain_has_dialect(passage->from->domain, dialect->name);
  self->parent = dmig_schema_ref(up->changes->from);
  self->wanted = dmig_schema_ref(up->changes->to);
  self->transition = g_steal_pointer(&up->transition);
  self->upgrade = dmig_migration_file_write(up->plan, "upgrade");
  self->downgrade = dmig_migration_file_write(down->plan, "downgrade");
  self->plan = g_steal_pointer(&up->plan);
  self->way_back = down->plan->loss;
  return self;
}

GPtrArray *
dmig_pairs_new(DmigPassage *passage, GError **error)
{
  g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func((GDestroyNotify)dmig_pair_free);
  char *const *names = passage->to->domain->dialects;
  for (guint i = 0; names[i] != NULL; i++) {
    const DmigDialect *dialect = dmig_dialect_find(names[i]);
    DmigPair *pair = dialect != NULL ? pair_new(passage, dialect, error) : NULL;
    if (pair == NULL)
      return NULL;
    g_ptr_array_add(pairs, pair);
  }
  return g_steal_pointer(&pairs);
}

/* Where the author's hand was in the history, the domain does not say all that the parent is. */
static gboolean
find_history(DmigContext *context, const DmigPair *pair, const DmigRevision *head, GPtrArray **out,
             GError **error)
{
  *out = NULL;
  if (head == NULL || pair->first)
    return TRUE;
  g_autoptr(GPtrArray) chain = dmig_chain_new(context, pair->dialect, NULL, head->id, error);
  if (chain == NULL)
    return FALSE;
  if (!dmig_chain_has_hand_written(chain))
    return TRUE;
  *out = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < chain->len; i++) {
    const DmigMigration *migration = g_ptr_array_index(chain, i);
    g_ptr_array_add(*out, g_strdup(migration->sql));
  }
  return TRUE;
}

static gboolean
prove(DmigContext *context, DmigPair *pair, const DmigRevision *head, GError **error)
{
  g_autofree char *key = g_strconcat("scratch.", pair->dialect->name, NULL);
  g_autofree char *url = dmig_context_config(context, key);
  g_autoptr(GPtrArray) history = NULL;
  if (!find_history(context, pair, head, &history, error))
    return FALSE;
  g_autoptr(DmigScratch) scratch = dmig_scratch_new(pair->dialect, url);
  const DmigProofCase proof = {
    .parent = pair->parent,
    .wanted = pair->wanted,
    .transition = pair->transition,
    .history = history,
    .upgrade = pair->upgrade,
    .downgrade = pair->downgrade,
  };
  return dmig_prove(scratch, &proof, &pair->proof, error);
}

gboolean
dmig_pairs_prove(DmigContext *context, GPtrArray *pairs, const DmigRevision *head, GError **error)
{
  g_autoptr(DmigProgress) progress = dmig_progress_new();
  for (guint i = 0; i < pairs->len; i++) {
    DmigPair *pair = g_ptr_array_index(pairs, i);
    g_autofree char *text = g_strdup_printf("proving on %s", pair->dialect->title);
    dmig_progress_update(progress, i, pairs->len, text);
    if (!prove(context, pair, head, error))
      return FALSE;
  }
  return TRUE;
}

void
dmig_pairs_skip_proof(GPtrArray *pairs)
{
  for (guint i = 0; i < pairs->len; i++) {
    DmigPair *pair = g_ptr_array_index(pairs, i);
    pair->proof = g_new0(DmigProof, 1);
    pair->proof->outcome = DMIG_PROOF_UNPROVED;
    pair->proof->dialect = g_strdup(pair->dialect->name);
    pair->proof->problems = g_ptr_array_new_with_free_func(g_free);
    pair->proof->notes = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(pair->proof->problems, g_strdup("--no-proof was given"));
  }
}

static void
add_file(GPtrArray *files, const DmigPair *pair, const char *direction, const char *text)
{
  g_autofree char *path = g_strdup_printf("migrations/%s/%s.sql", pair->dialect->name, direction);
  g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
  g_ptr_array_add(files, dmig_store_file_new(path, bytes));
}

void
dmig_pairs_add_files(GPtrArray *pairs, GPtrArray *files)
{
  for (guint i = 0; i < pairs->len; i++) {
    const DmigPair *pair = g_ptr_array_index(pairs, i);
    add_file(files, pair, "upgrade", pair->upgrade);
    add_file(files, pair, "downgrade", pair->downgrade);
  }
}

const char *
dmig_proof_word(DmigProofOutcome outcome)
{
  static const char *const words[] = {
    [DMIG_PROOF_PROVED] = "proved",
    [DMIG_PROOF_REFUTED] = "refuted",
    [DMIG_PROOF_UNPROVED] = "unproved",
  };
  return words[outcome];
}

json_t *
dmig_pairs_to_record(GPtrArray *pairs)
{
  json_t *record = dmig_json_document();
  json_t *proofs = json_array();
  for (guint i = 0; i < pairs->len; i++) {
    const DmigPair *pair = g_ptr_array_index(pairs, i);
    const DmigProof *proof = pair->proof;
    json_t *item = json_object();
    dmig_json_set(item, "dialect", pair->dialect->name);
    dmig_json_set(item, "outcome", dmig_proof_word(proof->outcome));
    dmig_json_set(item, "server", proof->server);
    json_object_set_new(item, "edited", json_boolean(pair->edited));
    json_object_set_new(item, "rows", json_integer(proof->rows));
    json_object_set_new(item, "tables", json_integer(proof->tables));
    json_object_set_new(item, "problems", dmig_json_strings(proof->problems));
    json_object_set_new(item, "notes", dmig_json_strings(proof->notes));
    json_array_append_new(proofs, item);
  }
  dmig_json_set(record, "dmig", DMIG_VERSION);
  json_object_set_new(record, "proofs", proofs);
  return record;
}
