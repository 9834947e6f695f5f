#include "cmd/database.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "cmd/project.h"
#include "cmd/ui/message.h"
#include "core/base/text.h"

typedef struct {
  char *name; /* of a target; NULL: it came as a URL */
  char *url;
  gboolean from_project; /* a path in it is relative to the project, not to the current folder */
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
  out->url = g_strdup(target->url);
  out->from_project = TRUE;
  dmig_target_free(target);
  return TRUE;
}

static gboolean
choose(DmigContext *context, const char *name, Choice *out, GError **error)
{
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
  if (name != NULL)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "there is no target '%s', and it is no database URL; 'dmig target list' lists them",
                name);
  else
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "which database? give -t URL, or name one: dmig target add dev sqlite:dev.db");
  return FALSE;
}

gboolean
dmig_target_open_or_stand_in(DmigContext *context, const char *name, DmigDatabase **out,
                             GError **error)
{
  g_autoptr(GError) problem = NULL;
  if (dmig_target_open(context, name, DMIG_OPEN_READ_ONLY, out, &problem))
    return TRUE;
  g_auto(Choice) choice = { 0 };
  if (g_error_matches(problem, DMIG_ERROR, DMIG_ERROR_NOT_FOUND)
      && choose(context, name, &choice, NULL)) {
    const DmigDriver *driver = dmig_driver_for_url(choice.url);
    if (driver != NULL && driver->open_scratch(NULL, out, NULL))
      return TRUE;
  }
  g_propagate_error(error, g_steal_pointer(&problem));
  return FALSE;
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
  if (!choose(context, name, &choice, error))
    return FALSE;
  if (!choice.from_project)
    return dmig_database_open(choice.url, flags, out, error);

  g_autofree char *here = g_get_current_dir();
  g_autofree char *project = dmig_project_folder(context);
  if (g_chdir(project) != 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot change to '%s': %s", project,
                g_strerror(errno));
    return FALSE;
  }
  gboolean opened = dmig_database_open(choice.url, flags, out, error);
  if (g_chdir(here) != 0)
    dmig_message_warning("cannot change back to '%s': %s", here, g_strerror(errno));
  return opened;
}

gboolean
dmig_target_position(DmigContext *context, DmigDatabase *db, DmigState **out_state,
                     DmigRevision **out_revision, GError **error)
{
  g_autoptr(DmigState) state = NULL;
  g_autoptr(DmigRevision) revision = NULL;
  if (!dmig_tracking_read(db, &state, error))
    return FALSE;
  if (state->revision != NULL) {
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
