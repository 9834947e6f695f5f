#include "core/db/postgres/connection.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/db/postgres/postgres.h"
#include "core/sql/text.h"

#define OLDEST_SERVER 130000
#define CONNECT_TIMEOUT "10"

/* Whatever the settings of the server, the database and the role are, a migration does the same, and
 * what is there is spelled the same. A statement that waits for a lock makes everybody behind it wait
 * too, so that it gives up soon. */
#define SETTINGS                                                                                   \
  "-c lock_timeout=3s -c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres "                 \
  "-c quote_all_identifiers=off -c standard_conforming_strings=on -c bytea_output=hex "            \
  "-c extra_float_digits=1 -c xmloption=content -c transform_null_equals=off "                     \
  "-c array_nulls=on -c client_min_messages=warning -c jit=off -c check_function_bodies=off"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PQconninfoOption, PQconninfoFree)

static void
swallow_notice(void *data, const char *message)
{
}

/* --- the URL ------------------------------------------------------------------------------- */

/* libpq takes what stands before the first `@` for user and password, if no `/` comes earlier, and
 * has no `?` for the beginning of the query there. One of these in a password would make the rest
 * of it a host or a database, which messages name. */
static gboolean
is_ambiguous(const char *url)
{
  const char *rest = strstr(url, "://");
  const char *at = rest != NULL ? strchr(rest, '@') : NULL;
  if (at == NULL)
    return FALSE;
  rest += strlen("://");
  const char *slash = rest + strcspn(rest, "/"), *query = rest + strcspn(rest, "?");
  if (at < slash)
    return query < at || memchr(at + 1, '@', strcspn(at + 1, "?")) != NULL;
  return at < query || memchr(query, '=', (gsize) (at - query)) == NULL;
}

static gboolean
bad_url(const char *url, GError **error)
{
  g_autofree char *redacted = dmig_url_redact(url);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
              "%s is no valid PostgreSQL URL; write @ as %%40, / as %%2F, ? as %%3F, # as %%23 and "
              "%% as %%25 in a user, a password or a database's name",
              redacted);
  return FALSE;
}

static const char *
option_value(const PQconninfoOption *options, const char *keyword)
{
  for (; options != NULL && options->keyword != NULL; options++)
    if (g_str_equal(options->keyword, keyword))
      return options->val;
  return NULL;
}

static char *
settings_for(const PQconninfoOption *options, DmigOpenFlags flags)
{
  const char *own = option_value(options, "options");
  if (own == NULL)
    own = g_getenv("PGOPTIONS");
  return g_strjoin(" ", SETTINGS,
                   flags & DMIG_OPEN_READ_ONLY ? "-c default_transaction_read_only=on" : "",
                   own != NULL ? own : "", NULL);
}

/* --- connecting ---------------------------------------------------------------------------- */

static char *
replace_all(char *text_owned, const char *what, const char *with)
{
  g_autofree char *text = text_owned;
  g_auto(GStrv) parts = g_strsplit(text, what, -1);
  return g_strjoinv(with, parts);
}

/* libpq's reason on one line, without any secret that the connection was made with. */
static char *
connection_problem(PGconn *conn)
{
  char *text = g_strdup(PQerrorMessage(conn));
  g_autoptr(PQconninfoOption) options = PQconninfo(conn);
  for (PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++) {
    gboolean secret = option->dispchar[0] == '*' && option->val != NULL && *option->val != '\0';
    if (secret)
      text = replace_all(text, option->val, "***");
  }
  g_strchomp(text);
  text = replace_all(text, "\n\t", " ");
  text = replace_all(text, "\n", "; ");
  g_autofree char *raw = text;
  return dmig_text_printable(raw);
}

static gboolean
set_connection_error(PGconn *conn, const char *name, GError **error)
{
  g_autofree char *problem = connection_problem(conn);
  gboolean password = PQconnectionNeedsPassword(conn) || PQconnectionUsedPassword(conn);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "can't connect to %s: %s%s", name, problem,
              password ? "; check the password in the URL, in PGPASSWORD or in ~/.pgpass" : "");
  return FALSE;
}

static PGconn *
start_connection(const char *url, const char *database, const PQconninfoOption *options,
                 DmigOpenFlags flags)
{
  g_autofree char *settings = settings_for(options, flags);
  const char *timeout = g_getenv("PGCONNECT_TIMEOUT");
  /* What stands behind the URL wins over it, what stands before is won over by it. The first
   * `dbname` is read as a URL, a second one as a name; an empty value counts as none. */
  const char *const keywords[]
      = { "connect_timeout", "fallback_application_name", "dbname", "dbname",
          "options",         "client_encoding",           NULL };
  const char *const values[] = { timeout != NULL ? timeout : CONNECT_TIMEOUT,
                                 "dmig",
                                 url,
                                 database != NULL ? database : "",
                                 settings,
                                 "UTF8",
                                 NULL };
  return PQconnectdbParams(keywords, values, 1);
}

static char *
version_text(PGconn *conn)
{
  const char *version = PQparameterStatus(conn, "server_version");
  g_autofree char *number = g_strndup(version, strcspn(version, " "));
  return g_strconcat("PostgreSQL ", number, NULL);
}

static gboolean
check_version(DmigPg *self, GError **error)
{
  if (PQserverVersion(self->conn) >= OLDEST_SERVER)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s runs %s; dmig needs PostgreSQL 13 or later",
              self->base.name, self->version);
  return FALSE;
}

static DmigPg *
pg_new(const char *name)
{
  DmigPg *self = g_new0(DmigPg, 1);
  self->base.driver = &dmig_postgres_driver;
  self->base.dialect = &dmig_postgres_dialect;
  self->base.name = g_strdup(name);
  return self;
}

/* Whether it is connected to a server that will do; closed if not. */
static gboolean
finish_connection(DmigPg *self, GError **error)
{
  PQsetNoticeProcessor(self->conn, swallow_notice, NULL);
  gboolean connected = PQstatus(self->conn) == CONNECTION_OK;
  if (connected)
    self->version = version_text(self->conn);
  gboolean fit = connected ? check_version(self, error)
                           : set_connection_error(self->conn, self->base.name, error);
  if (!fit)
    dmig_pg_close(&self->base);
  return fit;
}

gboolean
dmig_pg_connect(const char *url, const char *database, DmigOpenFlags flags, DmigPg **out,
                GError **error)
{
  if (is_ambiguous(url))
    return bad_url(url, error);
  if (!dmig_libpq_load(error))
    return FALSE;
  char *parse_problem = NULL;
  g_autoptr(PQconninfoOption) options = PQconninfoParse(url, &parse_problem);
  PQfreemem(parse_problem); /* it may quote a part of the password */
  if (options == NULL)
    return bad_url(url, error);

  g_autofree char *name = dmig_url_redact(url);
  DmigPg *self = pg_new(name);
  self->conn = start_connection(url, database, options, flags);
  if (!finish_connection(self, error))
    return FALSE;
  *out = self;
  return TRUE;
}

/* The very server that the connection has ended up at, of those that its URL may name. */
static const char *
value_beside(PGconn *conn, const PQconninfoOption *option)
{
  if (g_str_equal(option->keyword, "host"))
    return PQhost(conn);
  if (g_str_equal(option->keyword, "hostaddr"))
    return PQhostaddr(conn);
  if (g_str_equal(option->keyword, "port"))
    return PQport(conn);
  return option->val;
}

gboolean
dmig_pg_open_beside(DmigDatabase *database, DmigDatabase **out, GError **error)
{
  PGconn *conn = ((DmigPg *) database)->conn;
  g_autoptr(PQconninfoOption) options = PQconninfo(conn);
  g_autoptr(GPtrArray) keywords = g_ptr_array_new();
  g_autoptr(GPtrArray) values = g_ptr_array_new();
  for (PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++) {
    const char *value = value_beside(conn, option);
    if (value == NULL || *value == '\0')
      continue;
    g_ptr_array_add(keywords, option->keyword);
    g_ptr_array_add(values, (gpointer) value);
  }
  g_ptr_array_add(keywords, NULL);
  g_ptr_array_add(values, NULL);
  DmigPg *self = pg_new(database->name);
  self->conn = PQconnectdbParams((const char *const *) keywords->pdata,
                                 (const char *const *) values->pdata, 0);
  if (!finish_connection(self, error))
    return FALSE;
  *out = &self->base;
  return TRUE;
}

gboolean
dmig_pg_open(const char *url, DmigOpenFlags flags, DmigDatabase **out, GError **error)
{
  DmigPg *self = NULL;
  if (!dmig_pg_connect(url, NULL, flags, &self, error))
    return FALSE;
  *out = &self->base;
  return TRUE;
}

void
dmig_pg_drop_scratch(DmigDatabase *maintenance, const char *name)
{
  g_autofree char *sql
      = dmig_sql_printf(&dmig_postgres_dialect, "DROP DATABASE IF EXISTS %I WITH (FORCE)", name);
  dmig_pg_exec(maintenance, sql, NULL);
  dmig_pg_close(maintenance);
}

void
dmig_pg_close(DmigDatabase *database)
{
  if (database == NULL)
    return;
  DmigPg *self = (DmigPg *) database;
  g_autofree char *name = g_strdup(PQdb(self->conn));
  if (self->cancel != NULL)
    PQfreeCancel(self->cancel);
  PQfinish(self->conn);
  if (self->maintenance != NULL)
    dmig_pg_drop_scratch(self->maintenance, name);
  g_free(self->base.name);
  g_free(self->version);
  g_free(self);
}
