#include "core/db/postgres/scratch_database.h"

#include <unistd.h>

#include "core/db/postgres/connection.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/server.h"
#include "core/db/scratch.h"
#include "core/sql/text.h"

static void
free_server(gpointer server)
{
  dmig_pg_server_free(server);
}

const char *
dmig_pg_scratch_url(gpointer scratch, GError **error)
{
  DmigScratch *self = scratch;
  if (self->url != NULL)
    return self->url;
  if (self->server == NULL) {
    DmigPgServer *server = NULL;
    if (!dmig_pg_server_start(&server, error))
      return NULL;
    self->server = server;
    self->free_server = free_server;
  }
  return dmig_pg_server_url(self->server);
}

/* UTF-8 with the locale of the server's own template where they go together, else with C. */
static gboolean
create_database(DmigDatabase *maintenance, const char *name, GError **error)
{
  g_autofree char *sql = dmig_sql_printf(
      &dmig_postgres_dialect, "CREATE DATABASE %I TEMPLATE template0 ENCODING 'UTF8'", name);
  g_autofree char *plain = g_strconcat(sql, " LC_COLLATE 'C' LC_CTYPE 'C'", NULL);
  g_autoptr(GError) problem = NULL;
  if (dmig_pg_exec(maintenance, sql, &problem))
    return TRUE;
  if (g_error_matches(problem, DMIG_ERROR, DMIG_ERROR_FAILED))
    return dmig_pg_exec(maintenance, plain, error);
  g_propagate_error(error, g_steal_pointer(&problem));
  return FALSE;
}

gboolean
dmig_pg_open_scratch(gpointer scratch, DmigDatabase **out, GError **error)
{
  const char *url = dmig_pg_scratch_url(scratch, error);
  if (url == NULL)
    return FALSE;
  DmigPg *maintenance = NULL;
  if (!dmig_pg_connect(url, NULL, 0, &maintenance, error))
    return FALSE;
  g_autofree char *name = g_strdup_printf("dmig_scratch_%d_%08x", (int) getpid(), g_random_int());
  DmigPg *self = NULL;
  if (!create_database(&maintenance->base, name, error)) {
    dmig_pg_close(&maintenance->base);
    return FALSE;
  }
  if (!dmig_pg_connect(url, name, 0, &self, error)) {
    dmig_pg_drop_scratch(&maintenance->base, name);
    return FALSE;
  }
  g_free(self->base.name);
  self->base.name = g_steal_pointer(&name);
  self->maintenance = &maintenance->base;
  *out = &self->base;
  return TRUE;
}
