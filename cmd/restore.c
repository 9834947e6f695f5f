#include <stdio.h>
#include <string.h>

#include "cmd/backing.h"
#include "cmd/table.h"
#include "cmd/ui/date.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "cmd/ui/prompt.h"
#include "core/base/text.h"

typedef struct {
  char *target, *to, *folder;
  gboolean yes, no_owner, json;
  int wait_seconds;
} Options;

static void
options_clear(Options *self)
{
  g_free(self->target);
  g_free(self->to);
  g_free(self->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* `latest` is of the target's database, also where another one gets it. */
static gboolean
find_backup(DmigContext *context, DmigDatabase *db, const DmigBacking *backing,
            const Options *options, const char *name, DmigBackup **out, GError **error)
{
  if (!g_str_equal(name, "latest"))
    return dmig_backing_find(backing, name, out, error);
  if (options->to == NULL)
    return dmig_backing_find_latest(backing, db, out, error);
  g_autoptr(DmigDatabase) origin = NULL;
  return dmig_target_open(context, options->target, DMIG_OPEN_READ_ONLY, &origin, error) &&
         dmig_backing_find_latest(backing, origin, out, error);
}

/* Nothing but what a new database has. */
static gboolean
is_empty(DmigDatabase *db)
{
  g_autoptr(DmigSchema) schema = NULL;
  if (!dmig_database_inspect(db, &schema, NULL) || schema->tables->len > 0)
    return FALSE;
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    if (object->kind != DMIG_OBJECT_SCHEMA && object->kind != DMIG_OBJECT_EXTENSION)
      return FALSE;
  }
  return TRUE;
}

/* The name typed in is the user's word for it. */
static gboolean
agree(DmigDatabase *db, const DmigBackup *backup, const Options *options, GError **error)
{
  const char *name = db->driver->database_name(db);
  if (options->yes || is_empty(db))
    return TRUE;
  g_autofree char *made = dmig_date_since(backup->created);
  dmig_message("This replaces all of %s, structure and rows, with what %s was %s.", db->name,
               backup->name, made);
  if (dmig_prompt_possible() && !options->json) {
    g_autofree char *question = g_strdup_printf("Type the database's name, %s, to go on:", name);
    g_autofree char *answer = dmig_prompt_line(question);
    if (g_strcmp0(answer, name) == 0)
      return TRUE;
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_DATA_LOSS, "that is not '%s'; nothing was changed",
                name);
    return FALSE;
  }
  g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_DATA_LOSS,
                      "what came since the backup would be lost, and nothing was changed; --yes "
                      "lets it");
  return FALSE;
}

static gboolean
restore_locked(DmigDatabase *db, const DmigBackup *backup, const DmigBacking *backing,
               const Options *options, GError **error)
{
  const DmigRestoreOptions restore = { .tools = backing->tools,
                                       .no_owner = options->no_owner,
                                       .partial = options->to != NULL };
  if (!db->driver->lock(db, (guint) MAX(options->wait_seconds, 0), error))
    return FALSE;
  gboolean done = dmig_backup_restore(backup, db, &restore, error);
  db->driver->unlock(db);
  return done;
}

/* Nothing of the database is needed any more by the run that it was made for. */
static void
let_go(const DmigBacking *backing, DmigDatabase *db)
{
  g_autoptr(GError) problem = NULL;
  g_autofree char *identity = db->driver->identity(db);
  if (backing->folder != NULL && !dmig_backup_release(backing->folder, identity, &problem))
    dmig_message_warning("%s", problem->message);
}

static void
report(DmigDatabase *db, const DmigBackup *backup, const Options *options)
{
  if (options->json) {
    g_autoptr(json_t) document = dmig_json_document();
    dmig_json_set(document, "database", db->name);
    dmig_json_set(document, "backup", backup->id);
    dmig_json_set(document, "path", backup->path);
    dmig_json_set(document, "created", backup->created);
    dmig_json_set(document, "now", backup->revision);
    dmig_json_print(document);
    return;
  }
  g_autofree char *made = dmig_date_since(backup->created);
  g_autofree char *revision = backup->revision != NULL
                                  ? g_strdup_printf("revision %.7s", backup->revision)
                                  : g_strdup("no revision");
  printf("Restored %s from %s, made %s; it is at %s.\n", db->driver->database_name(db), backup->id,
         made, revision);
}

static gboolean
restore(DmigContext *context, const char *name, const Options *options, GError **error)
{
  g_auto(DmigBacking) backing = { 0 };
  g_autoptr(DmigDatabase) db = NULL;
  g_autoptr(DmigBackup) backup = NULL;
  const char *target = options->to != NULL ? options->to : options->target;
  if (!dmig_backing_read(context, NULL, options->folder, &backing, error) ||
      !dmig_target_open(context, target, DMIG_OPEN_CREATE, &db, error) ||
      !find_backup(context, db, &backing, options, name, &backup, error) ||
      !agree(db, backup, options, error) || !restore_locked(db, backup, &backing, options, error))
    return FALSE;
  if (options->to == NULL)
    let_go(&backing, db);
  report(db, backup, options);
  return TRUE;
}

static gboolean
run_restore(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "target", 't', 0, G_OPTION_ARG_STRING, &options.target, "The database to restore",
      "TARGET|URL" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options.to, "Restore into this database instead",
      "TARGET|URL" },
    { "folder", 'o', 0, G_OPTION_ARG_STRING, &options.folder, "Where backups are", "FOLDER" },
    { "no-owner", 0, 0, G_OPTION_ARG_NONE, &options.no_owner,
      "Whoever restores owns everything; no privileges (PostgreSQL)", NULL },
    { "wait", 0, 0, G_OPTION_ARG_INT, &options.wait_seconds, "Wait so long for another run to end",
      "SECONDS" },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &options.yes, "Never ask", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print what was done as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  return dmig_command_at_most(context, argc, argv, 1, error) &&
         restore(context, argc > 1 ? argv[1] : "latest", &options, error);
}

const DmigCommand dmig_command_restore = {
  .name = "restore",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Bring a database back from a backup",
  .usage = "[-t TARGET|URL] [--to TARGET|URL] [--yes] [BACKUP | latest]",
  .examples =
      "dmig restore                                # the newest backup of the default target\n"
      "dmig restore -t prod shop-20260131T1200     # another one, by the beginning of its name\n"
      "dmig restore --to sqlite:look.db latest     # into another database, to look into it\n"
      "dmig restore /mnt/backups/shop-20260131T120000Z-3f2a --yes",
  .description =
      "The backup's checksum is verified first. Then the database becomes what it was when the\n"
      "backup was made, all of it or nothing: what came since goes, and it says the revision that\n"
      "it was at. On a terminal the database's name has to be typed in; --yes goes without.",
  .run = run_restore,
};
