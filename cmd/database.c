#include "cmd/database.h"

#include <string.h>

#include "cmd/project.h"
#include "core/base/text.h"

typedef struct {
  char *name; /* of a target; NULL: it came as a URL */
  char *url;
} Choice;

static void
choice_clear(Choice *self)
{
  g_free(self->name);
  g_free(self->url);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Choice, choice_clear)

static const char *
environment_url(void)
{
  static const char *const variables[] = { "DMIG_DATABASE_URL", "DATABASE_URL" };
  for (guint i = 0; i < G_N_ELEMENTS(variables); i++) {
    const char *url = g_getenv(variables[i]);
    if (url != NULL && *url != '\0')
      return url;
  }
  return NULL;
}

/* libpq finds the rest of these by itself. */
static gboolean
environment_names_server(void)
{
  return g_getenv("PGHOST") != NULL || g_getenv("PGSERVICE") != NULL
         || g_getenv("PGDATABASE") != NULL;
}

/* A target's path is relative to the project, wherever the command runs. */
static char *
resolve_path(DmigContext *context, const char *url)
{
  const char *colon = strchr(url, ':');
  const char *path = colon != NULL ? colon + 1 : url;
  if (strstr(url, "://") != NULL || *path == '/' || *path == ':' || *path == '\0')
    return g_strdup(url);
  g_autofree char *resolved = dmig_project_path(context, path);
  return g_strdup_printf("%.*s%s", (int) (path - url), url, resolved);
}

static gboolean
choose_stored(DmigContext *context, const char *name, Choice *out, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  if (store == NULL)
    return FALSE;
  DmigTarget *target = dmig_store_target(store, name);
  if (target == NULL)
    return TRUE;
  out->name = g_strdup(target->name);
  out->url = resolve_path(context, target->url);
  dmig_target_free(target);
  return TRUE;
}

static gboolean
choose(DmigContext *context, const char *name, Choice *out, GError **error)
{
  if (name != NULL && *name == '\0') {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "-t names no database");
    return FALSE;
  }
  if (name != NULL && dmig_url_is_database(name)) {
    out->url = g_strdup(name);
    return TRUE;
  }
  if (name == NULL && environment_url() != NULL) {
    out->url = g_strdup(environment_url());
    return TRUE;
  }
  if (name != NULL || dmig_context_has_store(context)) {
    if (!choose_stored(context, name, out, error))
      return FALSE;
    if (out->url != NULL)
      return TRUE;
  }
  if (name == NULL && environment_names_server()) {
    out->url = g_strdup("postgresql://");
    return TRUE;
  }
  g_autofree char *shown = name != NULL ? dmig_url_redact(name) : NULL;
  if (name != NULL && strchr(name, ':') != NULL)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "'%s' is no database URL that dmig knows: sqlite:FILE, or postgresql://…", shown);
  else if (name != NULL)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "there is no target '%s'; 'dmig target list' lists them", shown);
  else
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "which database? give -t URL, or name one: dmig target add dev sqlite:dev.db");
  return FALSE;
}

gboolean
dmig_target_check(DmigContext *context, const char *name, GError **error)
{
  g_auto(Choice) choice = { 0 };
  return choose(context, name, &choice, error);
}

char *
dmig_target_label(DmigContext *context, const char *name)
{
  g_auto(Choice) choice = { 0 };
  if (!choose(context, name, &choice, NULL))
    return name != NULL ? g_strdup(name) : NULL;
  return choice.name != NULL ? g_strdup(choice.name) : dmig_url_redact(choice.url);
}

gboolean
dmig_target_open(DmigContext *context, const char *name, DmigOpenFlags flags, DmigDatabase **out,
                 GError **error)
{
  g_auto(Choice) choice = { 0 };
  return choose(context, name, &choice, error) && dmig_database_open(choice.url, flags, out, error);
}

gboolean
dmig_target_look(DmigContext *context, const char *name, DmigDatabase **out,
                 const DmigDialect **out_dialect, GError **error)
{
  g_auto(Choice) choice = { 0 };
  g_autoptr(GError) problem = NULL;
  if (!choose(context, name, &choice, error))
    return FALSE;
  if (dmig_database_open(choice.url, DMIG_OPEN_READ_ONLY, out, &problem)) {
    *out_dialect = (*out)->dialect;
    return TRUE;
  }
  const DmigDriver *driver = dmig_driver_for_url(choice.url);
  if (driver == NULL || !g_error_matches(problem, DMIG_ERROR, DMIG_ERROR_NOT_FOUND)) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
  }
  *out = NULL;
  *out_dialect = driver->dialect;
  return TRUE;
}

gboolean
dmig_target_position(DmigContext *context, DmigDatabase *db, DmigState **out_state,
                     DmigRevision **out_revision, GError **error)
{
  g_autoptr(DmigState) state = NULL;
  g_autoptr(DmigRevision) revision = NULL;
  if (db != NULL && !dmig_tracking_read(db, &state, error))
    return FALSE;
  if (state != NULL && state->revision != NULL) {
    DmigStore *store = dmig_context_store(context, error);
    if (store == NULL)
      return FALSE;
    revision = dmig_store_revision(store, state->revision, NULL);
    if (revision == NULL) {
      g_set_error(error, DMIG_ERROR, DMIG_ERROR_DRIFT,
                  "%s is at revision %.12s of '%s', which this store does not have; fetch it from "
                  "where it was applied, or choose another database",
                  db->name, state->revision, state->domain != NULL ? state->domain : "?");
      return FALSE;
    }
  }
  if (out_state != NULL)
    *out_state = g_steal_pointer(&state);
  if (out_revision != NULL)
    *out_revision = g_steal_pointer(&revision);
  return TRUE;
}
