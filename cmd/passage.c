#include "cmd/passage.h"

#include "cmd/project.h"
#include "cmd/ui/diagnostics.h"

static gboolean
check_change(DmigPassage *self, GError **error)
{
  if (!dmig_diagnostics_have_errors(self->diagnostics))
    return TRUE;
  g_autoptr(GPtrArray) sources = g_ptr_array_new();
  if (self->source != NULL)
    g_ptr_array_add(sources, self->source);
  dmig_diagnostics_print(stderr, self->diagnostics, sources);
  return dmig_diagnostics_refuse(self->diagnostics,
                                 self->source != NULL ? self->source->path : "the change", error);
}

DmigPassage *
dmig_passage_new(DmigSnapshot *from, DmigSnapshot *to, DmigSource *source, GError **error)
{
  g_autoptr(DmigPassage) self = g_new0(DmigPassage, 1);
  self->from = from;
  self->to = to;
  self->source = source;
  self->diagnostics = dmig_diagnostics_new();
  if (!dmig_snapshot_check(from, error) || !dmig_snapshot_check(to, error))
    return NULL;
  self->change = source != NULL
                     ? dmig_change_file_read(source, from->domain, to->domain, self->diagnostics)
                     : dmig_change_file_new();
  return check_change(self, error) ? g_steal_pointer(&self) : NULL;
}

DmigPassage *
dmig_passage_new_with(DmigSnapshot *from, DmigSnapshot *to, DmigChangeFile *change, GError **error)
{
  DmigPassage *self = dmig_passage_new(from, to, NULL, error);
  if (self == NULL) {
    dmig_change_file_free(change);
    return NULL;
  }
  dmig_change_file_free(self->change);
  self->change = change;
  return self;
}

void
dmig_passage_free(DmigPassage *self)
{
  if (self == NULL)
    return;
  dmig_change_file_free(self->change);
  dmig_diagnostics_free(self->diagnostics);
  dmig_source_free(self->source);
  dmig_snapshot_free(self->from);
  dmig_snapshot_free(self->to);
  g_free(self);
}

DmigPassage *
dmig_passage_of_revision(DmigContext *context, const DmigRevision *revision, GError **error)
{
  const char *parent = revision->parents[0];
  g_autoptr(DmigSnapshot) from
      = parent != NULL ? dmig_snapshot_revision(context, parent, error) : dmig_snapshot_empty();
  g_autoptr(DmigSnapshot) to
      = from != NULL ? dmig_snapshot_revision(context, revision->id, error) : NULL;
  DmigSource *change = NULL;
  if (to == NULL || !dmig_revision_change(context, revision->id, &change, error))
    return NULL;
  return dmig_passage_new(g_steal_pointer(&from), g_steal_pointer(&to), change, error);
}

DmigPassage *
dmig_passage_of_working(DmigContext *context, const DmigRevision *head, GError **error)
{
  g_autoptr(DmigSnapshot) to = dmig_snapshot_working(context, error);
  if (to == NULL)
    return NULL;
  g_autoptr(DmigSnapshot) from
      = head != NULL ? dmig_snapshot_revision(context, head->id, error) : dmig_snapshot_empty();
  DmigSource *change = NULL;
  if (from == NULL || !dmig_project_change(context, &change, error))
    return NULL;
  return dmig_passage_new(g_steal_pointer(&from), g_steal_pointer(&to), change, error);
}

DmigTransition *
dmig_passage_transition(DmigPassage *self, const DmigDialect *dialect, gboolean reverse,
                        GError **error)
{
  g_autoptr(DmigTransition) transition = dmig_transition_lower(
      self->change, self->from->domain, self->to->domain, dialect, reverse, self->diagnostics);
  return check_change(self, error) ? g_steal_pointer(&transition) : NULL;
}

DmigComparison *
dmig_passage_compare(DmigPassage *self, const DmigDialect *dialect, gboolean reverse,
                     GError **error)
{
  g_autoptr(DmigSchema) from = dmig_snapshot_lower(self->from, dialect, error);
  g_autoptr(DmigSchema) to = from != NULL ? dmig_snapshot_lower(self->to, dialect, error) : NULL;
  g_autoptr(DmigTransition) transition
      = to != NULL ? dmig_passage_transition(self, dialect, reverse, error) : NULL;
  if (transition == NULL)
    return NULL;
  return dmig_comparison_new(reverse ? to : from, reverse ? from : to,
                             g_steal_pointer(&transition));
}

GPtrArray *
dmig_passage_compare_all(DmigPassage *self, gboolean reverse, GError **error)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_comparison_free);
  char *const *names = self->to->domain->dialects;
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    const DmigDialect *dialect = dmig_dialect_find(names[i]);
    if (dialect == NULL)
      continue;
    DmigComparison *comparison = dmig_passage_compare(self, dialect, reverse, error);
    if (comparison == NULL)
      return NULL;
    g_ptr_array_add(all, comparison);
  }
  return g_steal_pointer(&all);
}
