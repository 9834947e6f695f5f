#include <stdio.h>

#include "cmd/chain.h"
#include "cmd/pair.h"
#include "cmd/scratches.h"
#include "cmd/ui/colour.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "cmd/ui/progress.h"
#include "core/base/text.h"

/* Where the author's hand was in the history, the domain does not say all that the parent is. */
static gboolean
find_history(DmigContext *context, const DmigPair *pair, const DmigRevision *head, GPtrArray **out,
             GError **error)
{
  *out = NULL;
  return head == NULL || pair->first
         || dmig_chain_history(context, pair->dialect, head->id, out, error);
}

static gboolean
prove(DmigContext *context, DmigPair *pair, const DmigRevision *head, GError **error)
{
  g_autoptr(GPtrArray) history = NULL;
  if (!find_history(context, pair, head, &history, error))
    return FALSE;
  const DmigProofCase proof = {
    .parent = pair->parent,
    .wanted = pair->wanted,
    .transition = pair->transition,
    .history = history,
    .upgrade = pair->upgrade,
    .downgrade = pair->downgrade,
    .upgrade_online = pair->upgrade_online,
    .downgrade_online = pair->downgrade_online,
  };
  return dmig_prove(dmig_scratch_for(context, pair->dialect), &proof, &pair->proof, error);
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

gboolean
dmig_pairs_judge(DmigContext *context, GPtrArray *pairs, GError **error)
{
  g_autoptr(GString) refuted = g_string_new(NULL);
  for (guint i = 0; i < pairs->len; i++) {
    const DmigPair *pair = g_ptr_array_index(pairs, i);
    for (guint j = 0; j < pair->proof->notes->len; j++)
      dmig_message_warning("%s: %s", pair->dialect->title,
                           (const char *) g_ptr_array_index(pair->proof->notes, j));
    if (pair->proof->outcome == DMIG_PROOF_PROVED)
      continue;
    gboolean wrong = pair->proof->outcome == DMIG_PROOF_REFUTED;
    for (guint j = 0; j < pair->proof->problems->len; j++) {
      const char *problem = g_ptr_array_index(pair->proof->problems, j);
      if (wrong)
        dmig_message("  %s: %s", pair->dialect->title, problem);
      else
        dmig_message_warning("not proved on %s: %s", pair->dialect->title, problem);
    }
    if (wrong)
      g_string_append_printf(refuted, "%s%s", refuted->len > 0 ? " and " : "",
                             pair->dialect->title);
    else
      context->exit_status = DMIG_EXIT_WARNINGS;
  }
  if (refuted->len == 0)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "the migrations do not do on %s what the domain says; nothing was committed",
              refuted->str);
  return FALSE;
}

/* Static: "proved", "refuted", "unproved". */
static const char *
proof_word(DmigProofOutcome outcome)
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
    dmig_json_set(item, "outcome", proof_word(proof->outcome));
    dmig_json_set(item, "server", proof->server);
    json_object_set_new(item, "edited", json_boolean(pair->edited));
    json_object_set_new(item, "rows", json_integer(proof->rows));
    json_object_set_new(item, "tables", json_integer(proof->tables));
    json_object_set_new(item, "kept", json_integer(proof->kept));
    json_object_set_new(item, "problems", dmig_json_strings(proof->problems));
    json_object_set_new(item, "notes", dmig_json_strings(proof->notes));
    json_array_append_new(proofs, item);
  }
  dmig_json_set(record, "dmig", DMIG_VERSION);
  json_object_set_new(record, "proofs", proofs);
  return record;
}

void
dmig_pair_print(const DmigPair *pair)
{
  const DmigProof *proof = pair->proof;
  gboolean proved = proof->outcome == DMIG_PROOF_PROVED;
  g_autofree char *steps = dmig_text_count(pair->plan->steps->len, "step", "steps");
  printf("  %-16s  %s, %s", proof->server != NULL ? proof->server : pair->dialect->title, steps,
         dmig_loss_name(pair->plan->loss));
  if (pair->way_back != DMIG_LOSS_NONE)
    printf(", the way back %s", dmig_loss_name(pair->way_back));
  if (pair->edited)
    printf(", edited by hand");
  printf("; %s%s%s", dmig_colour(proved ? DMIG_COLOUR_GREEN : DMIG_COLOUR_YELLOW),
         proof_word(proof->outcome), dmig_colour(DMIG_COLOUR_RESET));
  if (proof->rows > 0) {
    g_autofree char *rows = dmig_text_count(proof->rows, "row", "rows");
    printf(" with %s", rows);
  }
  if (proved && proof->kept > 0)
    printf(", what it keeps comes back");
  printf("\n");
}
