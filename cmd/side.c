#include "cmd/side.h"

#include <string.h>

#include "cmd/chain.h"
#include "cmd/database.h"
#include "cmd/ui/message.h"

void
dmig_side_free(DmigSide *self)
{
  if (self == NULL)
    return;
  g_free(self->label);
  dmig_revision_free(self->revision);
  dmig_snapshot_free(self->snapshot);
  dmig_sql_source_free(self->sql);
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

DmigSide *
dmig_side_revision(DmigContext *context, const char *spec, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  DmigRevision *revision = store != NULL ? dmig_store_revision(store, spec, error) : NULL;
  return revision != NULL ? side_of_revision(context, revision, error) : NULL;
}

DmigSide *
dmig_side_target(DmigContext *context, const char *name, DmigOpenFlags flags, GError **error)
{
  DmigDatabase *database = NULL;
  if (!dmig_target_open(context, name, flags, &database, error))
    return NULL;
  DmigSide *self = g_new0(DmigSide, 1);
  self->kind = DMIG_SIDE_DATABASE;
  self->label = dmig_target_label(context, name);
  self->database = database;
  return self;
}

static DmigSide *
side_of_database(DmigContext *context, const char *text, GError **error)
{
  return dmig_side_target(context, text, DMIG_OPEN_READ_ONLY, error);
}

static DmigSide *
side_of_path(DmigContext *context, const char *path, GError **error)
{
  if (!dmig_sql_source_is(path))
    return side_of_snapshot(DMIG_SIDE_PATH, dmig_snapshot_path(context, path, error));
  DmigSqlSource *sql = NULL;
  if (!dmig_sql_source_load(path, &sql, error))
    return NULL;
  DmigSide *self = g_new0(DmigSide, 1);
  self->kind = DMIG_SIDE_SQL;
  self->label = g_strdup(path);
  self->sql = sql;
  return self;
}

static gboolean
looks_like_path(const char *text)
{
  return g_str_has_suffix(text, ".yaml") || g_str_has_suffix(text, ".yml")
         || g_str_has_suffix(text, ".sql") || g_str_has_suffix(text, "/");
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
  if (looks_like_path(text))
    return side_of_path(context, text, error);

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
    return side_of_path(context, text, error);
  if (problem != NULL)
    g_propagate_error(error, g_steal_pointer(&problem));
  else
    dmig_context_store(context, error);
  return NULL;
}

/* --- dialects --------------------------------------------------------------------------------- */

static gboolean
side_has_dialect(const DmigSide *side, const DmigDialect *dialect)
{
  if (side->kind == DMIG_SIDE_DATABASE)
    return side->database->dialect == dialect;
  if (side->kind == DMIG_SIDE_SQL)
    return side->dialect == dialect;
  return dmig_domain_has_dialect(side->snapshot->domain, dialect->name);
}

/* The state before the first revision can be compared with anything. */
static gboolean
side_is_empty(const DmigSide *side)
{
  return side->snapshot != NULL && side->snapshot->sources->len == 0;
}

/* The one dialect that the side is for; NULL: it has several, or it can't be told. */
static const DmigDialect *
only_dialect(const DmigSide *side)
{
  if (side == NULL || side->kind == DMIG_SIDE_DATABASE)
    return side != NULL ? side->database->dialect : NULL;
  if (side->kind == DMIG_SIDE_SQL)
    return side->dialect != NULL ? side->dialect : dmig_sql_source_dialect(side->sql);
  char *const *names = side->snapshot->domain->dialects;
  return names != NULL && names[0] != NULL && names[1] == NULL ? dmig_dialect_find(names[0]) : NULL;
}

/* Another database's SQL would fail at its first line in a way that nobody understands. */
static gboolean
check_text(const DmigSide *side, const DmigSide *other, GError **error)
{
  const DmigDialect *shown = dmig_sql_source_dialect(side->sql);
  if (shown == NULL || shown == side->dialect)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
              "%s seems to be written for %s, and %s is for %s; if it is not so, add --dialect=%s",
              side->label, shown->title, other->label, side->dialect->title, side->dialect->name);
  return FALSE;
}

static gboolean
settle(DmigSide *side, const DmigSide *other, const char *stated, GError **error)
{
  if (side == NULL || side->kind != DMIG_SIDE_SQL || side->dialect != NULL)
    return TRUE;
  if (stated != NULL && *stated != '\0')
    side->dialect = dmig_dialect_find(stated);
  else if (other != NULL && other->kind != DMIG_SIDE_SQL
           && (side->dialect = only_dialect(other)) != NULL)
    return check_text(side, other, error);
  if (side->dialect == NULL)
    side->dialect = dmig_sql_source_dialect(side->sql);
  if (side->dialect == NULL)
    side->dialect = only_dialect(other);
  if (side->dialect != NULL)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
              "can't tell for which database '%s' is; add --dialect=postgresql or "
              "--dialect=sqlite",
              side->label);
  return FALSE;
}

gboolean
dmig_sides_settle(DmigSide *a, DmigSide *b, const char *stated, GError **error)
{
  return settle(a, b, stated, error) && settle(b, a, stated, error);
}

GPtrArray *
dmig_sides_dialects(const DmigSide *a, const DmigSide *b)
{
  GPtrArray *both = g_ptr_array_new();
  const DmigDialect *const *all = dmig_dialects();
  /* In the order in which the domain names them; the others know only their own. */
  const DmigSide *named = b->snapshot != NULL && !side_is_empty(b) ? b : a;
  char *const *names = named->snapshot != NULL ? named->snapshot->domain->dialects : NULL;
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    const DmigDialect *dialect = dmig_dialect_find(names[i]);
    if (dialect != NULL && (side_is_empty(a) || side_has_dialect(a, dialect))
        && (side_is_empty(b) || side_has_dialect(b, dialect)))
      g_ptr_array_add(both, (gpointer)dialect);
  }
  for (guint i = 0; names == NULL && all[i] != NULL; i++)
    if ((side_is_empty(a) || side_has_dialect(a, all[i]))
        && (side_is_empty(b) || side_has_dialect(b, all[i])))
      g_ptr_array_add(both, (gpointer)all[i]);
  return both;
}

/* --- schemas ---------------------------------------------------------------------------------- */

DmigScratch *
dmig_side_scratch(DmigContext *context, const DmigDialect *dialect)
{
  g_autofree char *key = g_strconcat("scratch.", dialect->name, NULL);
  g_autofree char *url = dmig_context_config(context, key);
  return dmig_scratch_new(dialect, url);
}

/* The migrations that make a revision from nothing, where the author's hand is in them: then the
 * domain does not say all. NULL: the domain does. */
static GPtrArray *
hand_written_history(DmigContext *context, const DmigSide *side, const DmigDialect *dialect)
{
  GPtrArray *scripts = NULL;
  return side->revision != NULL
                 && dmig_chain_history(context, dialect, side->revision->id, &scripts, NULL)
             ? scripts
             : NULL;
}

static gboolean
build_snapshot(DmigContext *context, DmigSide *side, const DmigDialect *dialect,
               DmigScratch *scratch, DmigSchema **out, GError **error)
{
  g_autoptr(GPtrArray) history = hand_written_history(context, side, dialect);
  if (history != NULL)
    return dmig_scratch_build(scratch, history, out, error);
  g_autoptr(DmigSchema) schema = dmig_snapshot_lower(side->snapshot, dialect, error);
  return schema != NULL && dmig_scratch_normalise(scratch, schema, out, error);
}

gboolean
dmig_side_schema(DmigContext *context, DmigSide *side, const DmigDialect *dialect,
                 DmigScratch *scratch, DmigSchema **out, GError **error)
{
  if (side->kind == DMIG_SIDE_DATABASE) {
    side->database->with_owners = scratch->with_owners;
    return dmig_database_inspect(side->database, out, error);
  }
  if (side->kind == DMIG_SIDE_SQL)
    return dmig_sql_source_build(side->sql, scratch, out, error);
  return build_snapshot(context, side, dialect, scratch, out, error);
}

/* As the database itself would report it. Where that can't be found out, as it is. */
static gboolean
schema_of(DmigContext *context, DmigSide *side, const DmigDialect *dialect, DmigScratch *scratch,
          DmigSchema **out, GError **error)
{
  g_autoptr(GError) problem = NULL;
  if (side->snapshot == NULL)
    return dmig_side_schema(context, side, dialect, scratch, out, error);
  g_autoptr(DmigSchema) lowered = dmig_snapshot_lower(side->snapshot, dialect, error);
  if (lowered == NULL)
    return FALSE;
  if (dmig_side_schema(context, side, dialect, scratch, out, &problem))
    return TRUE;
  dmig_message_warning("compared by the letter, since %s: %s",
                       g_error_matches(problem, DMIG_ERROR, DMIG_ERROR_NOT_FOUND)
                           ? "no scratch database was to be had"
                           : "a scratch database could not be made so",
                       problem->message);
  *out = g_steal_pointer(&lowered);
  return TRUE;
}

static gboolean
schemas_of(DmigContext *context, DmigSide *a, DmigSide *b, const DmigDialect *dialect,
           DmigScratch *scratch, DmigSchema **out_a, DmigSchema **out_b, GError **error)
{
  if (a->kind != DMIG_SIDE_DATABASE || b->kind != DMIG_SIDE_DATABASE)
    return schema_of(context, a, dialect, scratch, out_a, error)
           && schema_of(context, b, dialect, scratch, out_b, error);
  a->database->with_owners = b->database->with_owners = scratch->with_owners;
  return dmig_databases_inspect(a->database, b->database, out_a, out_b, error);
}

char *
dmig_sides_default_schema(const DmigSide *a, const DmigSide *b, const DmigDialect *dialect)
{
  const DmigSide *live = a->kind == DMIG_SIDE_DATABASE ? a : b;
  return live->kind == DMIG_SIDE_DATABASE ? dmig_database_default_schema(live->database)
                                          : g_strdup(dialect->default_schema);
}

static gboolean
owners_count(const DmigSide *a, const DmigSide *b, DmigOwners owners)
{
  if (owners != DMIG_OWNERS_DEFAULT)
    return owners == DMIG_OWNERS_COUNT;
  if (a->kind == DMIG_SIDE_SQL && b->kind == DMIG_SIDE_SQL)
    return dmig_sql_source_names_owners(a->sql) || dmig_sql_source_names_owners(b->sql);
  return a->kind == DMIG_SIDE_DATABASE && b->kind == DMIG_SIDE_DATABASE;
}

gboolean
dmig_sides_schemas(DmigContext *context, DmigSide *a, DmigSide *b, const DmigDialect *dialect,
                   DmigOwners owners, DmigSchema **out_a, DmigSchema **out_b, GError **error)
{
  gboolean live = a->kind == DMIG_SIDE_DATABASE || b->kind == DMIG_SIDE_DATABASE;
  g_autoptr(DmigIgnore) ignore = NULL;
  g_autoptr(DmigSchema) schema_a = NULL;
  g_autoptr(DmigSchema) schema_b = NULL;
  g_autoptr(DmigScratch) scratch = dmig_side_scratch(context, dialect);
  scratch->with_owners = owners_count(a, b, owners);
  if (live && (ignore = dmig_ignore_load(context, error)) == NULL)
    return FALSE;
  if (!schemas_of(context, a, b, dialect, scratch, &schema_a, &schema_b, error))
    return FALSE;
  if (live) {
    g_autofree char *own = dmig_sides_default_schema(a, b, dialect);
    dmig_ignore_apply(ignore, schema_a, own);
    dmig_ignore_apply(ignore, schema_b, own);
  }
  *out_a = g_steal_pointer(&schema_a);
  *out_b = g_steal_pointer(&schema_b);
  return TRUE;
}
