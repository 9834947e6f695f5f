#include "cmd/passage.h"

#include "cmd/chain.h"
#include "cmd/project.h"
#include "cmd/scratches.h"
#include "cmd/ui/diagnostics.h"
#include "cmd/ui/message.h"
#include "core/schema/learn.h"

/* What both states are in one dialect. */
typedef struct {
  DmigSchema *from, *to;
} Schemas;

static void
schemas_free(Schemas *self)
{
  dmig_schema_unref(self->from);
  dmig_schema_unref(self->to);
  g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Schemas, schemas_free)

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
  self->schemas = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify) schemas_free);
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
  g_free(self->by_letter);
  g_hash_table_unref(self->schemas);
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

/* --- what a database knows of both states -------------------------------------------------------- */

void
dmig_passage_ask(DmigPassage *self)
{
  self->asks = TRUE;
}

void
dmig_passage_warn(const DmigPassage *self)
{
  if (self->by_letter != NULL)
    dmig_message_warning("planned by the letter, which makes again what could stay, since no scratch "
                         "database could be asked: %s",
                         self->by_letter);
}

/* As a database reports it. A revision with SQL of somebody's own hand is built by its migrations. */
static gboolean
ask(const DmigSnapshot *snapshot, DmigSchema *schema, DmigScratch *scratch, DmigContext *context,
    DmigSchema **out, GError **error)
{
  g_autoptr(GPtrArray) history = NULL;
  if (snapshot->revision != NULL && dmig_domain_has_dialect(snapshot->domain, schema->dialect->name)
      && !dmig_chain_history(context, schema->dialect, snapshot->revision, &history, error))
    return FALSE;
  return history != NULL ? dmig_scratch_build(scratch, history, out, error)
                         : dmig_scratch_normalise(scratch, schema, out, error);
}

static void
learn(DmigPassage *self, Schemas *schemas)
{
  DmigContext *context = self->to->context;
  DmigScratch *scratch = dmig_scratch_for(context, schemas->to->dialect);
  g_autoptr(DmigSchema) from = NULL;
  g_autoptr(DmigSchema) to = NULL;
  g_autoptr(GError) problem = NULL;
  if (ask(self->from, schemas->from, scratch, context, &from, &problem)
      && ask(self->to, schemas->to, scratch, context, &to, &problem))
    dmig_schemas_learn(schemas->from, from, schemas->to, to);
  else if (self->by_letter == NULL)
    self->by_letter = g_strdup(problem->message);
}

static DmigComparison *
compare(DmigPassage *self, const Schemas *schemas, gboolean reverse, GError **error)
{
  DmigTransition *transition
      = dmig_passage_transition(self, schemas->to->dialect, reverse, error);
  if (transition == NULL)
    return NULL;
  return dmig_comparison_new(reverse ? schemas->to : schemas->from,
                             reverse ? schemas->from : schemas->to, transition);
}

static gboolean
has_partitions(const DmigSchema *schema)
{
  for (guint i = 0; i < schema->tables->len; i++)
    if (((const DmigTable *) g_ptr_array_index(schema->tables, i))->partition_by != NULL)
      return TRUE;
  return FALSE;
}

/* Whether a database may know better than the texts: what need not be made again, and which indexes and
 * keys of partitions come and go with those of their wholes. */
static gboolean
is_doubtful(DmigPassage *self, const Schemas *schemas, gboolean reverse, gboolean *out,
            GError **error)
{
  g_autoptr(DmigComparison) comparison = compare(self, schemas, reverse, error);
  const DmigPlan *plan = comparison != NULL ? comparison->plan : NULL;
  *out = plan != NULL && plan->steps->len > 0
         && (dmig_plan_remakes(plan) || has_partitions(schemas->from)
             || has_partitions(schemas->to));
  return comparison != NULL;
}

static const Schemas *
schemas_of(DmigPassage *self, const DmigDialect *dialect, GError **error)
{
  Schemas *known = g_hash_table_lookup(self->schemas, dialect);
  if (known != NULL)
    return known;
  g_autoptr(Schemas) schemas = g_new0(Schemas, 1);
  gboolean up = FALSE, down = FALSE;
  if ((schemas->from = dmig_snapshot_lower(self->from, dialect, error)) == NULL
      || (schemas->to = dmig_snapshot_lower(self->to, dialect, error)) == NULL)
    return NULL;
  if (self->asks && self->to->context != NULL
      && (!is_doubtful(self, schemas, FALSE, &up, error)
          || !is_doubtful(self, schemas, TRUE, &down, error)))
    return NULL;
  if (up || down)
    learn(self, schemas);
  known = g_steal_pointer(&schemas);
  g_hash_table_insert(self->schemas, (gpointer) dialect, known);
  return known;
}

DmigComparison *
dmig_passage_compare(DmigPassage *self, const DmigDialect *dialect, gboolean reverse,
                     GError **error)
{
  const Schemas *schemas = schemas_of(self, dialect, error);
  return schemas != NULL ? compare(self, schemas, reverse, error) : NULL;
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
