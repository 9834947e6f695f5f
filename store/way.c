#include <string.h>

#include "store/internal.h"

void
dmig_edge_free(DmigEdge *self)
{
  if (self == NULL)
    return;
  g_free(self->revision);
  g_free(self->parent);
  g_free(self);
}

static DmigEdge *
edge_new(const git_oid *revision, const git_oid *parent)
{
  DmigEdge *self = g_new0(DmigEdge, 1);
  self->revision = dmig_oid_to_text(revision);
  self->parent = parent != NULL ? dmig_oid_to_text(parent) : NULL;
  return self;
}

/* A commit that the search has reached, and the one that it was reached from. */
typedef struct {
  git_oid id;
  guint from; /* index in Search.steps; for the first: its own */
} Step;

typedef struct {
  DmigStore *store;
  const git_oid *goal; /* NULL: before the first revision */
  GArray *steps;       /* Step */
  GHashTable *seen;    /* set of Step.id as text */
  GArray *frontier;    /* guint: steps to begin a chain of first parents at */
} Search;

static void
search_clear(Search *self)
{
  g_clear_pointer(&self->steps, g_array_unref);
  g_clear_pointer(&self->seen, g_hash_table_unref);
  g_clear_pointer(&self->frontier, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_clear)

static guint
add_step(Search *self, const git_oid *id, guint from)
{
  guint index = self->steps->len;
  Step step = { *id, from };
  g_array_append_val(self->steps, step);
  return index;
}

/* Follows first parents from step `index`; further parents are put aside. Gives the index of the
 * last step before the goal or of the goal itself in `out_end`. */
static gboolean
follow_chain(Search *self, guint index, gboolean *out_found, guint *out_end, GError **error)
{
  for (;;) {
    git_oid id = g_array_index(self->steps, Step, index).id;
    if (self->goal != NULL && git_oid_equal(&id, self->goal)) {
      *out_found = TRUE;
      *out_end = index;
      return TRUE;
    }
    if (!g_hash_table_add(self->seen, dmig_oid_to_text(&id)))
      return TRUE;

    g_autoptr(git_commit) commit = NULL;
    if (git_commit_lookup(&commit, self->store->repository, &id) < 0)
      return dmig_git_damaged(self->store, error, "cannot read the history");
    guint parents = git_commit_parentcount(commit);
    if (parents == 0) {
      *out_found = self->goal == NULL;
      *out_end = index;
      return TRUE;
    }
    for (guint i = 1; i < parents; i++) {
      guint further = add_step(self, git_commit_parent_id(commit, i), index);
      g_array_append_val(self->frontier, further);
    }
    index = add_step(self, git_commit_parent_id(commit, 0), index);
  }
}

/* The edges from `goal`, an ancestor of `tip` or NULL, up to `tip`, in that order: DmigEdge*. Of
 * several ways, one with the fewest edges to further parents of merges. */
static GPtrArray *
chain_up(DmigStore *self, const git_oid *tip, const git_oid *goal, GError **error)
{
  g_auto(Search) search = { self, goal, g_array_new(FALSE, FALSE, sizeof(Step)),
                            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                            g_array_new(FALSE, FALSE, sizeof(guint)) };
  guint start = add_step(&search, tip, 0), end = 0;
  gboolean found = FALSE;
  g_array_append_val(search.frontier, start);

  for (guint next = 0; next < search.frontier->len && !found; next++)
    if (!follow_chain(&search, g_array_index(search.frontier, guint, next), &found, &end, error))
      return NULL;

  GPtrArray *edges = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_edge_free);
  if (goal == NULL)
    g_ptr_array_add(edges, edge_new(&g_array_index(search.steps, Step, end).id, NULL));
  while (end != start) {
    const Step *parent = &g_array_index(search.steps, Step, end);
    const Step *child = &g_array_index(search.steps, Step, parent->from);
    g_ptr_array_add(edges, edge_new(&child->id, &parent->id));
    end = parent->from;
  }
  return edges;
}

/* Where a database says that it is. */
static gboolean
find_start(DmigStore *self, const char *from, git_oid *out_id, GError **error)
{
  g_autoptr(GError) reason = NULL;
  g_autoptr(git_commit) commit = dmig_store_commit_lookup(self, from, &reason);
  if (commit != NULL) {
    *out_id = *git_commit_id(commit);
    return TRUE;
  }
  if (g_error_matches(reason, DMIG_ERROR, DMIG_ERROR_NOT_FOUND)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_DRIFT,
                "the store '%s' has no revision %s, which the database is at; get it from where "
                "it was committed, with 'git --git-dir=%s fetch …'",
                self->path, from, self->path);
    return FALSE;
  }
  g_propagate_error(error, g_steal_pointer(&reason));
  return FALSE;
}

static gboolean
find_end(DmigStore *self, const char *to, git_oid *out_id, GError **error)
{
  g_autoptr(git_commit) commit = dmig_store_commit_lookup(self, to, error);
  if (commit == NULL)
    return FALSE;
  *out_id = *git_commit_id(commit);
  return TRUE;
}

/* Appends the edges between `tip` and `goal`, upwards or, turned round, downwards. */
static gboolean
append_chain(DmigStore *self, GPtrArray *way, const git_oid *tip, const git_oid *goal,
             gboolean down, GError **error)
{
  if (tip == NULL || (goal != NULL && git_oid_equal(tip, goal)))
    return TRUE;
  g_autoptr(GPtrArray) edges = chain_up(self, tip, goal, error);
  if (edges == NULL)
    return FALSE;

  g_ptr_array_set_free_func(edges, NULL);
  for (guint i = 0; i < edges->len; i++) {
    DmigEdge *edge = g_ptr_array_index(edges, down ? edges->len - 1 - i : i);
    edge->down = down;
    g_ptr_array_add(way, edge);
  }
  return TRUE;
}

GPtrArray *
dmig_store_way(DmigStore *self, const char *from, const char *to, GError **error)
{
  git_oid start, end, base;
  if ((from != NULL && !find_start(self, from, &start, error))
      || (to != NULL && !find_end(self, to, &end, error)))
    return NULL;

  const git_oid *start_id = from != NULL ? &start : NULL;
  const git_oid *end_id = to != NULL ? &end : NULL;
  const git_oid *base_id = NULL;
  if (from != NULL && to != NULL) {
    int status = git_merge_base(&base, self->repository, &start, &end);
    if (status < 0 && status != GIT_ENOTFOUND) {
      dmig_git_damaged(self, error, "cannot read the history");
      return NULL;
    }
    base_id = status == 0 ? &base : NULL;
  }

  g_autoptr(GPtrArray) way = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_edge_free);
  if (!append_chain(self, way, start_id, base_id, TRUE, error)
      || !append_chain(self, way, end_id, base_id, FALSE, error))
    return NULL;
  return g_steal_pointer(&way);
}
