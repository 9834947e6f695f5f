#include <stdio.h>
#include <string.h>

#include "cmd/backing.h"
#include "cmd/subcommand.h"
#include "cmd/table.h"
#include "cmd/ui/date.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "cmd/ui/table.h"
#include "core/base/text.h"
#include "core/sql/path.h"

typedef struct {
  char *target, *folder, *tables, *keep;
  gboolean all, json, dry_run;
  int wait_seconds;
} Options;

static void
options_clear(Options *self)
{
  g_free(self->target);
  g_free(self->folder);
  g_free(self->tables);
  g_free(self->keep);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* --- showing ---------------------------------------------------------------------------------- */

static json_t *
backup_to_json(const DmigBackup *backup)
{
  json_t *item = json_object();
  json_t *tables = json_array();
  for (guint i = 0; i < backup->tables->len; i++) {
    const DmigBackupTable *table = backup->tables->pdata[i];
    json_t *entry = json_object();
    dmig_json_set(entry, "name", table->name);
    json_object_set_new(entry, "rows", table->rows < 0 ? json_null() : json_integer(table->rows));
    json_array_append_new(tables, entry);
  }
  dmig_json_set(item, "id", backup->id);
  dmig_json_set(item, "path", backup->path);
  dmig_json_set(item, "problem", backup->problem);
  dmig_json_set(item, "database", backup->database);
  dmig_json_set(item, "name", backup->name);
  dmig_json_set(item, "server", backup->server);
  dmig_json_set(item, "tool", backup->tool);
  dmig_json_set(item, "dmig", backup->dmig);
  dmig_json_set(item, "revision", backup->revision);
  dmig_json_set(item, "created", backup->created);
  dmig_json_set(item, "reason", backup->reason);
  dmig_json_set(item, "run", backup->run);
  dmig_json_set(item, "scope", backup->whole ? "all" : "tables");
  dmig_json_set(item, "sha256", backup->sha256);
  json_object_set_new(item, "needed", json_boolean(backup->needed));
  json_object_set_new(item, "size", json_integer((json_int_t) backup->size));
  json_object_set_new(item, "tables", tables);
  return item;
}

static void
print_json(GPtrArray *list)
{
  g_autoptr(json_t) document = dmig_json_document();
  json_t *items = json_array();
  for (guint i = 0; i < list->len; i++)
    json_array_append_new(items, backup_to_json(list->pdata[i]));
  json_object_set_new(document, "backups", items);
  dmig_json_print(document);
}

static char *
short_revision(const DmigBackup *backup)
{
  return backup->revision != NULL ? g_strndup(backup->revision, 7) : g_strdup("-");
}

static void
print_table(GPtrArray *list)
{
  g_autoptr(DmigGrid) grid =
      dmig_grid_new("BACKUP", "MADE", "REVISION", "BEFORE", ">SIZE", "", NULL);
  for (guint i = 0; i < list->len; i++) {
    const DmigBackup *backup = list->pdata[i];
    g_autofree char *size = g_format_size(backup->size);
    g_autofree char *when = backup->created != NULL ? dmig_date_since(backup->created) : NULL;
    g_autofree char *revision = short_revision(backup);
    const char *note = backup->problem != NULL ? "damaged"
                       : backup->needed        ? "needed by a run that has not ended"
                       : !backup->whole        ? "some tables"
                                               : "";
    const char *reason = g_strcmp0(backup->reason, "backup") == 0 ? "-" : backup->reason;
    const char *cells[] = { backup->id, when, revision, reason, backup->problem != NULL ? "" : size,
                            note };
    dmig_grid_add(grid, cells);
  }
  dmig_grid_print(grid);
}

/* --- making ----------------------------------------------------------------------------------- */

/* `auth.users` is the table of a schema, or one with a dot in its name: both may be meant. */
static GPtrArray *
parse_tables(const char *text, GPtrArray *names)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) list = g_strsplit(text, ",", -1);
  for (char **name = list; *name != NULL; name++) {
    g_strstrip(*name);
    const char *dot = strchr(*name, '.');
    if (**name == '\0')
      continue;
    g_ptr_array_add(names, g_strdup(*name));
    g_ptr_array_add(paths, g_strdup(*name));
    if (dot != NULL && g_str_has_prefix(*name, "public."))
      g_ptr_array_add(paths, g_strdup(dot + 1));
    if (dot != NULL) {
      g_autofree char *schema = g_strndup(*name, (gsize) (dot - *name));
      g_ptr_array_add(paths, dmig_path_new(schema, dot + 1));
    }
  }
  g_ptr_array_add(paths, NULL);
  return paths;
}

static gboolean
has_table(const DmigBackup *backup, const char *name)
{
  if (g_str_has_prefix(name, "public."))
    name += strlen("public.");
  for (guint i = 0; i < backup->tables->len; i++)
    if (g_strcmp0(((DmigBackupTable *) backup->tables->pdata[i])->name, name) == 0)
      return TRUE;
  return FALSE;
}

static void
warn_of_missing(DmigContext *context, const DmigBackup *backup, GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    if (has_table(backup, name))
      continue;
    dmig_message_warning("there is no table '%s' with rows of its own; it is not in the backup",
                         name);
    context->exit_status = DMIG_EXIT_WARNINGS;
  }
}

static gboolean
make_locked(DmigContext *context, DmigDatabase *db, const DmigBacking *backing,
            const Options *options, DmigBackup **out, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) tables =
      options->tables != NULL ? parse_tables(options->tables, names) : NULL;
  const DmigBackupOptions backup = { .folder = backing->folder,
                                     .tools = backing->tools,
                                     .tables =
                                         tables != NULL ? (char *const *) tables->pdata : NULL,
                                     .reason = "backup" };
  if (!db->driver->lock(db, (guint) MAX(options->wait_seconds, 0), error))
    return FALSE;
  gboolean made = dmig_backup_make(db, &backup, out, error);
  db->driver->unlock(db);
  if (made)
    warn_of_missing(context, *out, names);
  return made;
}

static gboolean
prune_after(const DmigBacking *backing, const DmigBackup *backup, GError **error)
{
  g_autoptr(GPtrArray) removed = NULL;
  const DmigBackupPruning pruning = { .keep = backing->keep,
                                      .keep_seconds = backing->keep_seconds,
                                      .identity = backup->identity };
  if (!dmig_backup_prune(backing->folder, &pruning, &removed, error))
    return FALSE;
  for (guint i = 0; i < removed->len; i++)
    dmig_message("Removed the older backup %s (backup.keep)", (char *) removed->pdata[i]);
  return TRUE;
}

static gboolean
run_create(DmigContext *context, char **arguments, gconstpointer data, GError **error)
{
  const Options *options = data;
  g_auto(DmigBacking) backing = { 0 };
  g_autoptr(DmigDatabase) db = NULL;
  g_autoptr(DmigBackup) backup = NULL;
  if (options->all && options->tables != NULL) {
    g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                        "--all and --tables can't both be meant");
    return FALSE;
  }
  if (!dmig_backing_read(context, NULL, options->folder, &backing, error) ||
      !dmig_backing_need_folder(&backing, error) ||
      !dmig_target_open(context, options->target, DMIG_OPEN_READ_ONLY, &db, error) ||
      !make_locked(context, db, &backing, options, &backup, error) ||
      !prune_after(&backing, backup, error))
    return FALSE;
  if (options->json) {
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_ptr_array_add(list, backup);
    print_json(list);
    return TRUE;
  }
  g_autofree char *size = g_format_size(backup->size);
  g_autofree char *count = dmig_text_count(backup->tables->len, "table", "tables");
  printf("Backed up %s in %s (%s, %s); read back, it is sound.\n", backup->name, backup->path,
         count, size);
  return TRUE;
}

/* --- looking ---------------------------------------------------------------------------------- */

static gboolean
run_list(DmigContext *context, char **arguments, gconstpointer data, GError **error)
{
  const Options *options = data;
  g_auto(DmigBacking) backing = { 0 };
  g_autoptr(GPtrArray) list = NULL;
  if (!dmig_backing_read(context, NULL, options->folder, &backing, error) ||
      !dmig_backing_need_folder(&backing, error) || !dmig_backup_list(backing.folder, &list, error))
    return FALSE;
  if (options->json)
    print_json(list);
  else
    print_table(list);
  if (list->len == 0 && !options->json)
    dmig_message_hint("there is no backup in %s yet; `dmig backup` makes one", backing.folder);
  return TRUE;
}

/* All, or the one that is named. */
static gboolean
choose(const DmigBacking *backing, const char *name, GPtrArray **out, GError **error)
{
  if (name == NULL)
    return dmig_backup_list(backing->folder, out, error);
  DmigBackup *backup = NULL;
  if (!dmig_backing_find(backing, name, &backup, error))
    return FALSE;
  *out = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_backup_free);
  g_ptr_array_add(*out, backup);
  return TRUE;
}

static gboolean
run_verify(DmigContext *context, char **arguments, gconstpointer data, GError **error)
{
  const Options *options = data;
  g_auto(DmigBacking) backing = { 0 };
  g_autoptr(GPtrArray) list = NULL;
  guint damaged = 0;
  if (!dmig_backing_read(context, NULL, options->folder, &backing, error) ||
      !dmig_backing_need_folder(&backing, error) || !choose(&backing, arguments[0], &list, error))
    return FALSE;
  for (guint i = 0; i < list->len; i++) {
    const DmigBackup *backup = list->pdata[i];
    g_autoptr(GError) problem = NULL;
    if (dmig_backup_verify(backup, backing.tools, &problem)) {
      printf("sound    %s\n", backup->id);
      continue;
    }
    printf("damaged  %s\n         %s\n", backup->id, problem->message);
    damaged++;
  }
  if (damaged > 0)
    context->exit_status = 1;
  return TRUE;
}

static gboolean
run_prune(DmigContext *context, char **arguments, gconstpointer data, GError **error)
{
  const Options *options = data;
  g_auto(DmigBacking) backing = { 0 };
  g_autoptr(GPtrArray) removed = NULL;
  if (!dmig_backing_read(context, NULL, options->folder, &backing, error) ||
      !dmig_backing_need_folder(&backing, error) ||
      (options->keep != NULL &&
       !dmig_backing_parse_keep(options->keep, &backing.keep, &backing.keep_seconds, error)))
    return FALSE;
  const DmigBackupPruning pruning = { .keep = backing.keep,
                                      .keep_seconds = backing.keep_seconds,
                                      .dry_run = options->dry_run };
  if (!dmig_backup_prune(backing.folder, &pruning, &removed, error))
    return FALSE;
  for (guint i = 0; i < removed->len; i++)
    printf("%s %s\n", options->dry_run ? "Would remove" : "Removed", (char *) removed->pdata[i]);
  if (removed->len == 0)
    printf("Nothing to remove.\n");
  return TRUE;
}

static const DmigSubcommand subcommands[] = {
  { "create", "[-t TARGET|URL] [--tables NAMES]", 0, 0, run_create },
  { "list", "[--json]", 0, 0, run_list },
  { "verify", "[BACKUP]", 0, 1, run_verify },
  { "prune", "[--keep NUMBER|AGE] [--dry-run]", 0, 0, run_prune },
  { .name = NULL },
};

static gboolean
run_backup(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "target", 't', 0, G_OPTION_ARG_STRING, &options.target, "The database to back up",
      "TARGET|URL" },
    { "all", 0, 0, G_OPTION_ARG_NONE, &options.all, "The rows of all tables, as without it", NULL },
    { "tables", 0, 0, G_OPTION_ARG_STRING, &options.tables,
      "The structure of all, the rows of these tables (PostgreSQL)", "NAME,NAME" },
    { "folder", 'o', 0, G_OPTION_ARG_STRING, &options.folder, "Where backups are", "FOLDER" },
    { "keep", 0, 0, G_OPTION_ARG_STRING, &options.keep, "With prune: what backup.keep says",
      "NUMBER|AGE" },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &options.dry_run,
      "With prune: say what would be removed", NULL },
    { "wait", 0, 0, G_OPTION_ARG_INT, &options.wait_seconds, "Wait so long for another run to end",
      "SECONDS" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  return done || dmig_subcommand_run(context, subcommands, argc, argv, &options, error);
}

const DmigCommand dmig_command_backup = {
  .name = "backup",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Back up a database, and look after backups",
  .usage = "[-t TARGET|URL] [--tables NAME,NAME] [-o FOLDER] [list | verify [BACKUP] | prune]",
  .examples =
      "dmig backup -t prod                  # all of it, read back to see that it is sound\n"
      "dmig backup list                     # newest first\n"
      "dmig backup verify                   # are they what was written?\n"
      "dmig backup prune --keep '10, 30d'   # the last ten, and none older than 30 days\n"
      "dmig restore latest                  # and back",
  .description =
      "`apply` and `revert` make one by themselves before what loses data; `dmig config\n"
      "backup.policy always` has them make one each time, never none. Backups are in\n"
      "'.dmig/backups', or where `dmig config backup.folder FOLDER` says, closed to others.\n"
      "PostgreSQL takes its own pg_dump, pg_restore and psql of the server's version or a\n"
      "newer one. backup.keep says how many stay of each database: 10, unless it is set;\n"
      "the newest always does.",
  .run = run_backup,
};
