#include "tests/support/postgres.h"

#include <string.h>
#include <unistd.h>

#include "core/db/postgres/postgres.h"
#include "core/db/postgres/server.h"

static DmigPgServer *server;

const char *
test_postgres_server(void)
{
  return server != NULL ? dmig_pg_server_url(server) : g_getenv("DMIG_TEST_POSTGRES");
}

gboolean
test_postgres_start(void)
{
  g_autoptr(GError) error = NULL;
  if (g_getenv("DMIG_TEST_POSTGRES") != NULL)
    return TRUE;
  if (dmig_pg_server_start(&server, &error))
    return TRUE;
  if (!g_error_matches(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND))
    g_error("%s", error->message);
  return FALSE;
}

void
test_postgres_stop(void)
{
  g_clear_pointer(&server, dmig_pg_server_free);
}

/* `postgresql://authority/OLD?query` with another database. */
static char *
with_database(const char *url, const char *name)
{
  const char *authority = strstr(url, "://") + 3;
  gsize before = strcspn(authority, "/?");
  const char *query = strchr(authority, '?');
  return g_strdup_printf("%.*s/%s%s", (int) (authority + before - url), url, name,
                         query != NULL ? query : "");
}

static void
maintain(const char *format, const char *name)
{
  g_autoptr(DmigDatabase) db = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) sql = g_string_new(format);
  g_string_replace(sql, "NAME", name, 0);
  if (!dmig_postgres_driver.open(test_postgres_server(), 0, &db, &error)
      || !dmig_postgres_driver.exec(db, sql->str, &error))
    g_error("%s", error->message);
}

char *
test_postgres_create(void)
{
  static guint n;
  g_autofree char *name = g_strdup_printf("dmig_test_%d_%u", (int) getpid(), ++n);
  maintain("CREATE DATABASE NAME TEMPLATE template0 ENCODING 'UTF8'", name);
  return with_database(test_postgres_server(), name);
}

void
test_postgres_drop(const char *url)
{
  const char *name = strstr(url, "/dmig_test_") + 1;
  g_autofree char *copy = g_strndup(name, strcspn(name, "?"));
  maintain("DROP DATABASE IF EXISTS NAME WITH (FORCE)", copy);
}
