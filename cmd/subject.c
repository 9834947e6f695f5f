#include "cmd/subject.h"

#include <string.h>

#include "cmd/follow.h"
#include "cmd/project.h"

void
dmig_subject_clear(DmigSubject *self)
{
  /* The passage owns the snapshots once there is one. */
  if (self->passage != NULL)
    self->a->snapshot = self->b->snapshot = NULL;
  dmig_passage_free(self->passage);
  dmig_side_free(self->a);
  dmig_side_free(self->b);
}
static gboolean
find_sides(DmigContext *context, int argc, char **argv, DmigSubject *out, GError **error)
{
  g_auto(GStrv) range = argc == 2 ? g_strsplit(argv[1], "..", 2) : NULL;
  gboolean is_range = range != NULL && g_strv_length(range) == 2
                      && !g_file_test(argv[1], G_FILE_TEST_EXISTS) && strchr(argv[1], '/') == NULL;
  const char *a = is_range ? range[0] : argc > 1 ? argv[1] : NULL;
  const char *b = is_range ? range[1] : argc > 2 ? argv[2] : NULL;

  out->a = a != NULL && *a != '\0' ? dmig_side_find(context, a, error)
                                   : dmig_side_head(context, error);
  if (out->a == NULL)
    return FALSE;
  if (b != NULL)
    out->b = *b != '\0' ? dmig_side_find(context, b, error) : dmig_side_head(context, error);
  else
    out->b = dmig_side_working(context, error);
  return out->b != NULL;
}

static const char *
revision_id(const DmigSide *side)
{
  return side->revision != NULL ? side->revision->id : NULL;
}

/* Whether the way from `a` to `b` is one revision up: then b's own change file says all of it. */
static gboolean
follows(const DmigSide *a, const DmigSide *b)
{
  return b->revision != NULL && g_strcmp0(b->revision->parents[0], revision_id(a)) == 0;
}

/* The renames of all revisions from `a` up to `to`, and then of the working folder's change file
 * where `b` is the working files. */
static gboolean
collect_renames(DmigContext *context, const DmigSide *a, const DmigSide *b, const char *to,
                DmigChangeFile **out, GError **error)
{
  g_autoptr(DmigChangeFile) change = NULL;
  if (!dmig_change_along(context, revision_id(a), to, &change, error))
    return FALSE;
  if (change != NULL && b->kind == DMIG_SIDE_WORKING) {
    g_autoptr(DmigRevision) head = NULL;
    g_autoptr(DmigPassage) last = NULL;
    if (!dmig_store_head(context->store, &head, error)
        || (last = dmig_passage_of_working(context, head, error)) == NULL)
      return FALSE;
    dmig_change_follow(change, last->change);
  }
  if (change != NULL)
    dmig_change_prune(change, a->snapshot->domain, b->snapshot->domain);
  *out = change != NULL ? g_steal_pointer(&change) : dmig_change_file_new();
  return TRUE;
}

/* Either the whole change file of one revision or of the working folder, or renames alone. */
static gboolean
find_change(DmigContext *context, const DmigSide *a, const DmigSide *b, DmigSource **out_source,
            DmigChangeFile **out_change, GError **error)
{
  g_autoptr(DmigRevision) head = NULL;
  if (a->kind != DMIG_SIDE_REVISION || b->kind == DMIG_SIDE_PATH)
    return TRUE;
  if (b->kind == DMIG_SIDE_REVISION)
    return follows(a, b) ? dmig_revision_change(context, b->revision->id, out_source, error)
                         : collect_renames(context, a, b, revision_id(b), out_change, error);
  if (!dmig_store_head(context->store, &head, error))
    return FALSE;
  const char *head_id = head != NULL ? head->id : NULL;
  return g_strcmp0(head_id, revision_id(a)) == 0
             ? dmig_project_change(context, out_source, error)
             : collect_renames(context, a, b, head_id, out_change, error);
}

/* Whether `b` is an ancestor of `a`: then the change files on the way are to be read backwards. */
static gboolean
leads_down(DmigContext *context, const DmigSide *a, const DmigSide *b, gboolean *out,
           GError **error)
{
  *out = FALSE;
  if (a->kind != DMIG_SIDE_REVISION || b->kind != DMIG_SIDE_REVISION)
    return TRUE;
  g_autoptr(GPtrArray) way = dmig_store_way(context->store, revision_id(a), revision_id(b), error);
  if (way == NULL)
    return FALSE;
  *out = way->len > 0 && ((const DmigEdge *) g_ptr_array_index(way, way->len - 1))->down;
  return TRUE;
}

static gboolean
find_passage(DmigContext *context, DmigSubject *subject, gboolean *out_turned, GError **error)
{
  DmigSide *a = subject->a, *b = subject->b;
  *out_turned = FALSE;
  if ((a->snapshot != NULL && !dmig_snapshot_check(a->snapshot, error))
      || (b->snapshot != NULL && !dmig_snapshot_check(b->snapshot, error)))
    return FALSE;
  if (a->snapshot == NULL || b->snapshot == NULL)
    return TRUE;
  if (!leads_down(context, a, b, out_turned, error))
    return FALSE;
  if (*out_turned) {
    subject->a = b;
    subject->b = a;
  }
  DmigSource *source = NULL;
  DmigChangeFile *change = NULL;
  if (!find_change(context, subject->a, subject->b, &source, &change, error))
    return FALSE;
  DmigSnapshot *from = g_steal_pointer(&subject->a->snapshot);
  DmigSnapshot *to = g_steal_pointer(&subject->b->snapshot);
  subject->passage = change != NULL ? dmig_passage_new_with(from, to, change, error)
                                    : dmig_passage_new(from, to, source, error);
  if (subject->passage == NULL)
    return FALSE;
  dmig_passage_ask(subject->passage);
  subject->a->snapshot = from;
  subject->b->snapshot = to;
  return TRUE;
}

gboolean
dmig_subject_find(DmigContext *context, int argc, char **argv, const char *dialect,
                  DmigSubject *out, GError **error)
{
  return find_sides(context, argc, argv, out, error)
         && find_passage(context, out, &out->turned, error)
         && dmig_sides_settle(out->a, out->b, dialect, error);
}

static DmigComparison *
compare(DmigContext *context, DmigSubject *subject, const DmigDialect *dialect, gboolean reverse,
        GError **error)
{
  if (subject->passage != NULL)
    return dmig_passage_compare(subject->passage, dialect, reverse, error);
  g_autoptr(DmigSchema) a = NULL;
  g_autoptr(DmigSchema) b = NULL;
  if (!dmig_sides_schemas(context, subject->a, subject->b, dialect, subject->owners, &a, &b, error))
    return NULL;
  return dmig_comparison_new(reverse ? b : a, reverse ? a : b, NULL);
}

GPtrArray *
dmig_subject_compare_all(DmigContext *context, DmigSubject *subject, const char *only,
                         gboolean reverse, GError **error)
{
  g_autoptr(GPtrArray) dialects = dmig_sides_dialects(subject->a, subject->b);
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_comparison_free);
  for (guint i = 0; i < dialects->len; i++) {
    const DmigDialect *dialect = g_ptr_array_index(dialects, i);
    if (only != NULL && *only != '\0' && strcmp(only, dialect->name) != 0)
      continue;
    DmigComparison *comparison = compare(context, subject, dialect, reverse, error);
    if (comparison == NULL)
      return NULL;
    g_ptr_array_add(all, comparison);
  }
  if (all->len > 0)
    return g_steal_pointer(&all);
  if (only != NULL && *only != '\0')
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "%s and %s are not both for %s",
                subject->a->label, subject->b->label, only);
  else
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "%s and %s have no dialect in common",
                subject->a->label, subject->b->label);
  return NULL;
}
