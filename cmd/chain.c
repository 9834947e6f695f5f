#include "cmd/chain.h"

#include <string.h>

#include "cmd/ui/message.h"
#include "core/plan/migration_file.h"
#include "core/plan/online.h"

static gboolean
read_file(DmigStore *store, const char *revision, const char *path, char **out, GError **error)
{
  g_autoptr(GError) problem = NULL;
  g_autoptr(GBytes) bytes = dmig_store_read(store, revision, path, &problem);
  if (bytes == NULL && !g_error_matches(problem, DMIG_ERROR, DMIG_ERROR_NOT_FOUND)) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
  }
  gsize length = 0;
  const char *data = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;
  *out = bytes != NULL ? g_strndup(data != NULL ? data : "", length) : NULL;
  return TRUE;
}

static DmigMigration *
migration_for_edge(DmigStore *store, const DmigDialect *dialect, const DmigEdge *edge,
                   GError **error)
{
  const char *direction = edge->down ? "downgrade" : "upgrade";
  g_autofree char *path = g_strdup_printf("migrations/%s/%s.sql", dialect->name, direction);
  g_autofree char *short_id = dmig_store_short_id(store, edge->revision);
  g_autoptr(DmigRevision) revision = dmig_store_revision(store, edge->revision, error);
  if (revision == NULL)
    return NULL;
  if (g_strcmp0(revision->parents[0], edge->parent) != 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "revision %s has no migration from %.7s, only from its first parent", short_id,
                edge->parent);
    return NULL;
  }
  char *sql = NULL;
  if (!read_file(store, edge->revision, path, &sql, error))
    return NULL;
  if (sql == NULL) {
    g_autoptr(DmigPlan) nothing = dmig_plan_new_empty(dialect);
    sql = dmig_migration_file_write(nothing, direction);
  }
  DmigMigration *migration = dmig_migration_new();
  migration->from = g_strdup(edge->down ? edge->revision : edge->parent);
  migration->to = g_strdup(edge->down ? edge->parent : edge->revision);
  migration->down = edge->down;
  migration->title = g_strdup(revision->summary);
  migration->file = g_strconcat(short_id, " ", path, NULL);
  migration->sql = sql;
  return migration;
}

static gboolean
check_dialect(DmigStore *store, const DmigDialect *dialect, const char *to, GError **error)
{
  g_autofree char *path = g_strdup_printf("migrations/%s/upgrade.sql", dialect->name);
  g_autofree char *sql = NULL;
  if (!read_file(store, to, path, &sql, error))
    return FALSE;
  if (sql != NULL)
    return TRUE;
  g_autofree char *short_id = dmig_store_short_id(store, to);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "revision %s is not for %s; add '%s' to the domain's dialects and commit", short_id,
              dialect->title, dialect->name);
  return FALSE;
}

GPtrArray *
dmig_chain_new(DmigContext *context, const DmigDialect *dialect, const char *from, const char *to,
               GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  g_autoptr(GPtrArray) way = store != NULL ? dmig_store_way(store, from, to, error) : NULL;
  if (way == NULL)
    return NULL;
  if (to != NULL && way->len > 0 && !check_dialect(store, dialect, to, error))
    return NULL;
  g_autoptr(GPtrArray) chain = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_migration_free);
  for (guint i = 0; i < way->len; i++) {
    DmigMigration *migration = migration_for_edge(store, dialect, g_ptr_array_index(way, i), error);
    if (migration == NULL)
      return NULL;
    g_ptr_array_add(chain, migration);
  }
  return g_steal_pointer(&chain);
}

static void
warn_of_blocking(const DmigDialect *dialect, const DmigMigration *migration)
{
  g_autoptr(DmigPlan) plan
      = dmig_migration_file_read(migration->file, migration->sql, dialect, NULL);
  for (guint i = 0; plan != NULL && i < plan->steps->len; i++) {
    const DmigStep *step = g_ptr_array_index(plan->steps, i);
    if (!dmig_step_blocks(step))
      continue;
    dmig_message_warning("%s has no online form, so its plain one runs: \"%s\" holds %s on the "
                         "table for as long as it takes",
                         migration->file, step->title, dmig_lock_name(step->lock));
    return;
  }
}

gboolean
dmig_chain_go_online(DmigContext *context, const DmigDialect *dialect, GPtrArray *chain,
                     GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  for (guint i = 0; store != NULL && i < chain->len; i++) {
    DmigMigration *migration = g_ptr_array_index(chain, i);
    const char *revision = dmig_chain_revision(migration);
    g_autofree char *path = g_strdup_printf("migrations/%s/%s.online.sql", dialect->name,
                                            migration->down ? "downgrade" : "upgrade");
    g_autofree char *sql = NULL;
    if (!read_file(store, revision, path, &sql, error))
      return FALSE;
    if (sql == NULL) {
      warn_of_blocking(dialect, migration);
      continue;
    }
    g_autofree char *short_id = dmig_store_short_id(store, revision);
    g_free(migration->file);
    migration->file = g_strconcat(short_id, " ", path, NULL);
    g_free(migration->sql);
    migration->sql = g_steal_pointer(&sql);
  }
  return store != NULL;
}

gboolean
dmig_chain_is_online(DmigContext *context, gboolean asked)
{
  g_autofree char *said = dmig_context_config(context, "apply.online");
  return asked || g_strcmp0(said, "true") == 0;
}

const char *
dmig_chain_revision(const DmigMigration *migration)
{
  return migration->down ? migration->from : migration->to;
}

/* Whether SQL of somebody's own hand is in a chain, so that its domain does not say all. */
static gboolean
has_hand_written(GPtrArray *chain)
{
  for (guint i = 0; i < chain->len; i++) {
    const DmigMigration *migration = g_ptr_array_index(chain, i);
    if (strstr(migration->sql, DMIG_EDITED_LINE) != NULL
        || strstr(migration->sql, "\"sql-before\"") != NULL
        || strstr(migration->sql, "\"sql-after\"") != NULL)
      return TRUE;
  }
  return FALSE;
}

gboolean
dmig_chain_history(DmigContext *context, const DmigDialect *dialect, const char *id, GPtrArray **out,
                   GError **error)
{
  g_autoptr(GPtrArray) chain = dmig_chain_new(context, dialect, NULL, id, error);
  if (chain == NULL)
    return FALSE;
  *out = has_hand_written(chain) ? g_ptr_array_new_with_free_func(g_free) : NULL;
  for (guint i = 0; *out != NULL && i < chain->len; i++)
    g_ptr_array_add(*out, g_strdup(((DmigMigration *) g_ptr_array_index(chain, i))->sql));
  return TRUE;
}
