#include "cmd/side.h"

#include <string.h>

#include "cmd/database.h"
#include "cmd/ui/message.h"
#include "core/db/scratch.h"

void
dmig_side_free(DmigSide *self)
{
  if (self == NULL)
    return;
  g_free(self->label);
  dmig_revision_free(self->revision);
  dmig_snapshot_free(self->snapshot);
  dmig_database_free(self->database);
  g_free(self);
}

static DmigSide *
side_of_snapshot(DmigSideKind kind, DmigSnapshot *snapshot)
{
  if (snapshot == NULL)
    return NULL;
  DmigSide *self = g_new0(DmigSide, 1);
  self->kind = kind;
  self->label = g_strdup(snapshot->label);
  self->snapshot = snapshot;
  return self;
}

DmigSide *
dmig_side_working(DmigContext *context, GError **error)
{
  return side_of_snapshot(DMIG_SIDE_WORKING, dmig_snapshot_working(context, error));
}

/* Takes `revision`. */
static DmigSide *
side_of_revision(DmigContext *context, DmigRevision *revision, GError **error)
{
  DmigSide *self
      = side_of_snapshot(DMIG_SIDE_REVISION, dmig_snapshot_revision(context, revision->id, error));
  if (self != NULL)
    self->revision = revision;
  else
    dmig_revision_free(revision);
  return self;
}

DmigSide *
dmig_side_head(DmigContext *context, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  DmigRevision *head = NULL;
  if (store == NULL || !dmig_store_head(store, &head, error))
    return NULL;
  return head != NULL ? side_of_revision(context, head, error)
                      : side_of_snapshot(DMIG_SIDE_REVISION, dmig_snapshot_empty());
}

static DmigSide *
side_of_database(DmigContext *context, const char *text, GError **error)
{
  DmigDatabase *database = NULL;
  if (!dmig_target_open(context, text, DMIG_OPEN_READ_ONLY, &database, error))
    return NULL;
  DmigSide *self = g_new0(DmigSide, 1);
  self->kind = DMIG_SIDE_DATABASE;
  self->label = g_strdup(database->name);
  self->database = database;
  return self;
}

static gboolean
looks_like_yaml(const char *text)
{
  return g_str_has_suffix(text, ".yaml") || g_str_has_suffix(text, ".yml")
         || g_str_has_suffix(text, "/");
}

static gboolean
is_target(DmigContext *context, const char *text)
{
  DmigStore *store = dmig_context_has_store(context) ? dmig_context_store(context, NULL) : NULL;
  DmigTarget *target = store != NULL ? dmig_store_target(store, text) : NULL;
  gboolean found = target != NULL;
  dmig_target_free(target);
  return found;
}

DmigSide *
dmig_side_find(DmigContext *context, const char *text, GError **error)
{
  if (dmig_url_is_database(text))
    return side_of_database(context, text, error);
  if (looks_like_yaml(text))
    return side_of_snapshot(DMIG_SIDE_PATH, dmig_snapshot_path(text, error));

  g_autoptr(GError) problem = NULL;
  gboolean target = is_target(context, text);
  DmigRevision *revision = NULL;
  if (dmig_context_has_store(context)) {
    DmigStore *store = dmig_context_store(context, error);
    if (store == NULL)
      return NULL;
    revision = dmig_store_revision(store, text, &problem);
  }
  if (revision != NULL && target)
    dmig_message_warning("'%s' is a revision and a target; taking the revision", text);
  if (revision != NULL)
    return side_of_revision(context, revision, error);
  if (target)
    return side_of_database(context, text, error);
  if (g_file_test(text, G_FILE_TEST_EXISTS))
    return side_of_snapshot(DMIG_SIDE_PATH, dmig_snapshot_path(text, error));
  if (problem != NULL)
    g_propagate_error(error, g_steal_pointer(&problem));
  else
    dmig_context_store(context, error);
  return NULL;
}

static gboolean
side_has_dialect(const DmigSide *side, const DmigDialect *dialect)
{
  if (side->kind == DMIG_SIDE_DATABASE)
    return side->database->dialect == dialect;
  return dmig_domain_has_dialect(side->snapshot->domain, dialect->name);
}

/* The state before the first revision can be compared with anything. */
static gboolean
side_is_empty(const DmigSide *side)
{
  return side->snapshot != NULL && side->snapshot->sources->len == 0;
}

GPtrArray *
dmig_sides_dialects(const DmigSide *a, const DmigSide *b)
{
  GPtrArray *both = g_ptr_array_new();
  const DmigDialect *const *all = dmig_dialects();
  /* In the order in which the domain names them; a database knows only its own. */
  const DmigSide *named = b->kind != DMIG_SIDE_DATABASE && !side_is_empty(b) ? b : a;
  char *const *names = named->snapshot != NULL ? named->snapshot->domain->dialects : NULL;
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    const DmigDialect *dialect = dmig_dialect_find(names[i]);
    if (dialect != NULL && (side_is_empty(a) || side_has_dialect(a, dialect))
        && (side_is_empty(b) || side_has_dialect(b, dialect)))
      g_ptr_array_add(both, (gpointer)dialect);
  }
  for (guint i = 0; names == NULL && all[i] != NULL; i++)
    if (side_has_dialect(a, all[i]) && side_has_dialect(b, all[i]))
      g_ptr_array_add(both, (gpointer)all[i]);
  return both;
}

static gboolean
schema_of(DmigSide *side, const DmigDialect *dialect, DmigSchema **out, GError **error)
{
  if (side->kind == DMIG_SIDE_DATABASE)
    return dmig_database_inspect(side->database, out, error);
  *out = dmig_snapshot_lower(side->snapshot, dialect, error);
  return *out != NULL;
}

/* As the database itself would report it. Where that can't be found out, as it is. */
static void
normalise(DmigContext *context, const DmigDialect *dialect, DmigSchema **schema)
{
  g_autofree char *key = g_strconcat("scratch.", dialect->name, NULL);
  g_autofree char *url = dmig_context_config(context, key);
  g_autoptr(DmigScratch) scratch = dmig_scratch_new(dialect, url);
  g_autoptr(GError) problem = NULL;
  DmigSchema *normal = NULL;
  if (!dmig_scratch_normalise(scratch, *schema, &normal, &problem)) {
    dmig_message_warning("compared by the letter, since no scratch database was to be had: %s",
                         problem->message);
    return;
  }
  dmig_schema_unref(*schema);
  *schema = normal;
}

gboolean
dmig_sides_schemas(DmigContext *context, DmigSide *a, DmigSide *b, const DmigDialect *dialect,
                   DmigSchema **out_a, DmigSchema **out_b, GError **error)
{
  g_autoptr(DmigSchema) schema_a = NULL;
  g_autoptr(DmigSchema) schema_b = NULL;
  if (!schema_of(a, dialect, &schema_a, error) || !schema_of(b, dialect, &schema_b, error))
    return FALSE;
  gboolean a_is_live = a->kind == DMIG_SIDE_DATABASE, b_is_live = b->kind == DMIG_SIDE_DATABASE;
  if (a_is_live && !b_is_live)
    normalise(context, dialect, &schema_b);
  if (b_is_live && !a_is_live)
    normalise(context, dialect, &schema_a);
  *out_a = g_steal_pointer(&schema_a);
  *out_b = g_steal_pointer(&schema_b);
  return TRUE;
}
