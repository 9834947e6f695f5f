#include "cmd/standing.h"

#include "cmd/ui/date.h"

#define RUNS_SHOWN 10

void
dmig_standing_free(DmigStanding *self)
{
  if (self == NULL)
    return;
  dmig_revision_free(self->revision);
  g_free(self->name);
  g_free(self->since);
  g_free(self->problem);
  dmig_run_log_free(self->log);
  g_free(self);
}

const char *
dmig_standing_word(DmigStandingKind kind)
{
  static const char *const words[] = {
    [DMIG_STANDING_NO_TARGET] = "none",
    [DMIG_STANDING_MISSING] = "missing",
    [DMIG_STANDING_UNREACHABLE] = "unreachable",
    [DMIG_STANDING_HALF_WAY] = "half-way",
    [DMIG_STANDING_UNKNOWN] = "unknown",
    [DMIG_STANDING_EMPTY] = "empty",
    [DMIG_STANDING_SAME] = "same",
    [DMIG_STANDING_BEHIND] = "behind",
    [DMIG_STANDING_AHEAD] = "ahead",
    [DMIG_STANDING_DIVERGED] = "diverged",
  };
  return words[kind];
}

static void
fail(DmigStanding *self, DmigStandingKind kind, const GError *error)
{
  self->kind = kind;
  self->problem = g_strdup(error->message);
}

static void
count_way(DmigStanding *self, DmigContext *context, const DmigRevision *head)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) way
      = dmig_store_way(context->store, self->revision != NULL ? self->revision->id : NULL,
                       head != NULL ? head->id : NULL, &error);
  if (way == NULL) {
    fail(self, DMIG_STANDING_UNKNOWN, error);
    return;
  }
  for (guint i = 0; i < way->len; i++) {
    const DmigEdge *edge = g_ptr_array_index(way, i);
    if (edge->down)
      self->ahead++;
    else
      self->behind++;
  }
  if (self->revision == NULL)
    self->kind = DMIG_STANDING_EMPTY;
  else if (self->ahead > 0 && self->behind > 0)
    self->kind = DMIG_STANDING_DIVERGED;
  else
    self->kind = self->ahead > 0    ? DMIG_STANDING_AHEAD
                 : self->behind > 0 ? DMIG_STANDING_BEHIND
                                    : DMIG_STANDING_SAME;
}

DmigStanding *
dmig_standing_new(DmigContext *context, const char *name, const DmigRevision *head,
                  gboolean detailed)
{
  DmigStanding *self = g_new0(DmigStanding, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigDatabase) db = NULL;
  self->name = dmig_target_label(context, name);
  if (self->name == NULL) {
    self->kind = DMIG_STANDING_NO_TARGET;
    return self;
  }
  if (!dmig_target_open(context, name, DMIG_OPEN_READ_ONLY, &db, &error)) {
    gboolean missing = g_error_matches(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND);
    fail(self, missing ? DMIG_STANDING_MISSING : DMIG_STANDING_UNREACHABLE, error);
    return self;
  }
  g_autoptr(DmigState) state = NULL;
  if (detailed)
    self->log = dmig_run_log_new(db, RUNS_SHOWN);
  if (!dmig_target_position(context, db, &state, &self->revision, &error)) {
    gboolean drift = g_error_matches(error, DMIG_ERROR, DMIG_ERROR_DRIFT);
    fail(self, drift ? DMIG_STANDING_UNKNOWN : DMIG_STANDING_UNREACHABLE, error);
    return self;
  }
  self->since = state->since != NULL ? dmig_date_since(state->since) : NULL;
  count_way(self, context, head);
  if (state->interrupted == NULL)
    return self;
  self->kind = DMIG_STANDING_HALF_WAY;
  if (self->log == NULL)
    self->log = dmig_run_log_new(db, 1);
  if (self->log->interrupted == NULL)
    self->log->interrupted = g_steal_pointer(&state->interrupted);
  return self;
}
