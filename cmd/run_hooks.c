#include "cmd/run_hooks.h"

#include <string.h>

#include "cmd/chain.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "hooks/run.h"

#define DEFAULT_TIMEOUT 300

char *
dmig_run_hooks_folder(DmigContext *context, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  return store != NULL ? g_build_filename(dmig_store_path(store), "hooks", NULL) : NULL;
}

static json_t *
revisions_to_json(GPtrArray *migrations)
{
  json_t *array = json_array();
  for (guint i = 0; migrations != NULL && i < migrations->len; i++) {
    const DmigMigration *migration = migrations->pdata[i];
    json_t *object = json_object();
    dmig_json_set(object, "revision", dmig_chain_revision(migration));
    dmig_json_set(object, "direction", migration->down ? "downgrade" : "upgrade");
    dmig_json_set(object, "title", migration->title);
    json_array_append_new(array, object);
  }
  return array;
}

/* The same for all hooks; what is not known yet is null. */
static char *
input_of(const DmigRunHooks *self, const char *name, const GError *failure)
{
  g_autoptr(json_t) document = dmig_json_document();
  const DmigRunRecord *record = self->record;
  dmig_json_set(document, "hook", name);
  dmig_json_set(document, "run", record->id);
  dmig_json_set(document, "command", record->command);
  dmig_json_set(document, "target", self->target);
  dmig_json_set(document, "database", self->db->driver->database_name(self->db));
  dmig_json_set(document, "server", self->db->driver->version(self->db));
  dmig_json_set(document, "from", record->from);
  dmig_json_set(document, "to", record->to);
  dmig_json_set(document, "now", record->now);
  dmig_json_set(document, "started", record->started);
  dmig_json_set(document, "finished", record->finished);
  dmig_json_set(document, "outcome",
                record->finished != NULL ? dmig_run_phase_name(record->phase) : NULL);
  dmig_json_set(document, "error", failure != NULL ? failure->message : NULL);
  dmig_json_set(document, "backup", record->backup);
  dmig_json_set(document, "report", self->report);
  json_object_set_new(document, "revisions", revisions_to_json(self->migrations));
  json_object_set_new(document, "warnings", dmig_json_strings(record->warnings));
  g_autofree char *text = dmig_json_to_text(document);
  return g_strconcat(text, "\n", NULL);
}

static guint
timeout_of(DmigContext *context)
{
  g_autofree char *setting = dmig_context_config(context, "hook.timeout");
  guint64 seconds = DEFAULT_TIMEOUT;
  if (setting != NULL)
    g_ascii_string_to_unsigned(setting, 10, 0, G_MAXINT32, &seconds, NULL);
  return (guint) seconds;
}

static gboolean
is_cancelled(gpointer db)
{
  return !dmig_database_may_go_on(db, NULL);
}

static void
show_output(const char *name, const char *output)
{
  g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0')
      dmig_message("%s: %s", name, *line);
}

static gboolean
call(const DmigRunHooks *self, const char *name, const char *path, const GError *failure,
     GError **error)
{
  g_autofree char *input = input_of(self, name, failure), *output = NULL;
  const DmigScriptCall script = {
    .where = dmig_store_folder(self->context->store),
    .input = input,
    .name = name,
    .run = self->record->id,
    .seconds = timeout_of(self->context),
    .stopped = failure == NULL ? is_cancelled : NULL,
    .data = self->db,
  };
  gboolean done = dmig_script_run(path, &script, &output, error);
  show_output(name, output);
  return done;
}

/* DMIG_SCRIPT_TRUSTED: it may run. */
static DmigScriptState
look(const DmigRunHooks *self, const char *name, char **out_path)
{
  g_autofree char *folder = self->off ? NULL : dmig_run_hooks_folder(self->context, NULL);
  return folder != NULL ? dmig_script_state(folder, name, out_path) : DMIG_SCRIPT_MISSING;
}

static const char *
problem_of(DmigScriptState state)
{
  return state == DMIG_SCRIPT_UNTRUSTED
             ? "is not trusted, or has changed since: read it, then 'dmig hook trust', or use "
               "--no-hooks"
             : "is not executable: 'chmod +x' it, or take it away";
}

gboolean
dmig_run_hooks_before(const DmigRunHooks *self, GError **error)
{
  gboolean revert = g_strcmp0(self->record->command, "revert") == 0;
  const char *name = revert ? "pre-revert" : "pre-apply";
  g_autofree char *path = NULL;
  DmigScriptState state = look(self, name, &path);
  if (state == DMIG_SCRIPT_MISSING)
    return TRUE;
  if (state == DMIG_SCRIPT_TRUSTED)
    return call(self, name, path, NULL, error);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "the hook %s %s", path, problem_of(state));
  return FALSE;
}

static void
run_after(const DmigRunHooks *self, const char *name, const GError *failure)
{
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;
  DmigScriptState state = look(self, name, &path);
  if (state == DMIG_SCRIPT_MISSING
      || (state == DMIG_SCRIPT_TRUSTED && call(self, name, path, failure, &error)))
    return;
  if (error != NULL)
    dmig_message_warning("%s", error->message);
  else
    dmig_message_warning("the hook %s %s", path, problem_of(state));
  if (self->context->exit_status == 0)
    self->context->exit_status = DMIG_EXIT_WARNINGS;
}

void
dmig_run_hooks_after(const DmigRunHooks *self, const GError *failure)
{
  gboolean revert = g_strcmp0(self->record->command, "revert") == 0;
  if (failure != NULL)
    run_after(self, "on-failure", failure);
  else
    run_after(self, revert ? "post-revert" : "post-apply", NULL);
}
