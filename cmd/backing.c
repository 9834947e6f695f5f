#include "cmd/backing.h"

#include <string.h>

#include "cmd/project.h"
#include "cmd/ui/message.h"
#include "core/base/text.h"
#include "core/plan/migration_file.h"
#include "core/sql/path.h"

#define DEFAULT_KEEP 10

/* --- settings --------------------------------------------------------------------------------- */

void
dmig_backing_clear(DmigBacking *self)
{
  g_clear_pointer(&self->folder, g_free);
  g_clear_pointer(&self->tools, g_free);
}

static gboolean
parse_policy(const char *text, DmigBackupPolicy *out, GError **error)
{
  static const char *const names[] = { "lossy", "always", "never" };
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_str_equal(text, names[i])) {
      *out = (DmigBackupPolicy) i;
      return TRUE;
    }
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
              "when to back up is always, lossy or never, and not '%s'", text);
  return FALSE;
}

static gboolean
parse_scope(const char *text, gboolean *out_touched, GError **error)
{
  *out_touched = g_str_equal(text, "touched");
  if (*out_touched || g_str_equal(text, "all"))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "backup.scope is all or touched, and not '%s'",
              text);
  return FALSE;
}

static guint64
seconds_of(char unit)
{
  static const struct {
    char unit;
    guint64 seconds;
  } units[] = {
    { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 }, { 'm', 2629746 }, { 'y', 31556952 }
  };
  for (guint i = 0; i < G_N_ELEMENTS(units); i++)
    if (units[i].unit == unit)
      return units[i].seconds;
  return 0;
}

static gboolean
parse_keep_word(const char *word, guint *keep, guint64 *seconds)
{
  char *rest = NULL;
  guint64 number = g_ascii_strtoull(word, &rest, 10);
  if (!g_ascii_isdigit(*word) || number == 0 || number > G_MAXINT32)
    return FALSE;
  if (*rest == '\0') {
    *keep = (guint) number;
    return TRUE;
  }
  *seconds = rest[1] == '\0' ? number * seconds_of(*rest) : 0;
  return *seconds > 0;
}

gboolean
dmig_backing_parse_keep(const char *text, guint *out_keep, guint64 *out_seconds, GError **error)
{
  guint keep = 0, words = 0;
  guint64 seconds = 0;
  g_auto(GStrv) list = g_strsplit_set(text, ", ", -1);
  gboolean sound = TRUE;
  for (char **word = list; *word != NULL; word++) {
    if (**word == '\0')
      continue;
    words++;
    sound = sound && (g_str_equal(*word, "all") || parse_keep_word(*word, &keep, &seconds));
  }
  if (!sound || words == 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "'%s' says not how many backups to keep: 10, 30d (also h, w, m, y), '10, 30d', all",
                text);
    return FALSE;
  }
  *out_keep = keep;
  *out_seconds = seconds;
  return TRUE;
}

static char *
default_folder(DmigContext *context)
{
  g_autofree char *configured = dmig_context_config(context, "backup.folder");
  if (configured != NULL && *configured == '~' && configured[1] == '/')
    return g_build_filename(g_get_home_dir(), configured + 2, NULL);
  if (configured != NULL)
    return dmig_project_path(context, configured);
  g_autofree char *store = dmig_store_find(context->git_dir, NULL);
  return store != NULL ? g_build_filename(store, "backups", NULL) : NULL;
}

gboolean
dmig_backing_read(DmigContext *context, const char *policy, const char *folder, DmigBacking *out,
                  GError **error)
{
  g_auto(DmigBacking) self = { .keep = DEFAULT_KEEP };
  g_autofree char *set_policy = dmig_context_config(context, "backup.policy");
  g_autofree char *scope = dmig_context_config(context, "backup.scope");
  g_autofree char *keep = dmig_context_config(context, "backup.keep");
  const char *wanted = policy != NULL ? policy : set_policy;
  if ((wanted != NULL && !parse_policy(wanted, &self.policy, error)) ||
      (scope != NULL && !parse_scope(scope, &self.touched, error)) ||
      (keep != NULL && !dmig_backing_parse_keep(keep, &self.keep, &self.keep_seconds, error)))
    return FALSE;
  self.folder = folder != NULL ? g_strdup(folder) : default_folder(context);
  self.tools = dmig_context_config(context, "backup.bindir");
  *out = self;
  self = (DmigBacking){ 0 };
  return TRUE;
}

gboolean
dmig_backing_need_folder(const DmigBacking *self, GError **error)
{
  if (self->folder != NULL)
    return TRUE;
  g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                      "where are backups kept? There is no dmig repository here: name a folder, or "
                      "set one with -c backup.folder=FOLDER");
  return FALSE;
}

/* --- finding ---------------------------------------------------------------------------------- */

static gboolean
take(GPtrArray *list, guint i, DmigBackup **out, GError **error)
{
  const DmigBackup *found = list->pdata[i];
  if (found->problem == NULL) {
    *out = g_ptr_array_steal_index(list, i);
    return TRUE;
  }
  g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_FAILED, found->problem);
  return FALSE;
}

gboolean
dmig_backing_find(const DmigBacking *self, const char *name, DmigBackup **out, GError **error)
{
  g_autoptr(GPtrArray) list = NULL;
  guint matches = 0, at = 0;
  if (strchr(name, G_DIR_SEPARATOR) != NULL)
    return dmig_backup_read(name, out, error);
  if (!dmig_backing_need_folder(self, error) || !dmig_backup_list(self->folder, &list, error))
    return FALSE;
  for (guint i = 0; i < list->len; i++) {
    const DmigBackup *backup = list->pdata[i];
    if (g_str_equal(backup->id, name))
      return take(list, i, out, error);
    if (g_str_has_prefix(backup->id, name)) {
      matches++;
      at = i;
    }
  }
  if (matches == 1)
    return take(list, at, out, error);
  g_autofree char *shown = dmig_text_printable(name);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
              "%s backup '%s' in %s; `dmig backup list` lists them",
              matches == 0 ? "there is no" : "there is more than one", shown, self->folder);
  return FALSE;
}

/* Whose they are is not known: the newest that can be read may not be the newest there is. */
static void
warn_of_damaged(GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++) {
    const DmigBackup *backup = list->pdata[i];
    if (backup->problem != NULL)
      dmig_message_warning("%s", backup->problem);
  }
}

gboolean
dmig_backing_find_latest(const DmigBacking *self, DmigDatabase *db, DmigBackup **out,
                         GError **error)
{
  g_autoptr(GPtrArray) list = NULL;
  g_autofree char *identity = db->driver->identity(db);
  if (!dmig_backing_need_folder(self, error) || !dmig_backup_list(self->folder, &list, error))
    return FALSE;
  warn_of_damaged(list);
  for (guint i = 0; i < list->len; i++)
    if (g_strcmp0(((DmigBackup *) list->pdata[i])->identity, identity) == 0)
      return take(list, i, out, error);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
              "there is no backup of %s in %s; `dmig backup list` lists those of all databases",
              db->name, self->folder);
  return FALSE;
}

/* --- which tables ----------------------------------------------------------------------------- */

/* What a step's object may mean: `a.b.c` is a table `a`, or `b` of the schema `a`, or one with a
 * dot in its name. One that is not there does no harm. */
static void
add_candidates(GPtrArray *tables, const char *object)
{
  for (const char *dot = strchr(object, '.');; dot = strchr(dot + 1, '.')) {
    gsize length = dot != NULL ? (gsize) (dot - object) : strlen(object);
    g_autofree char *prefix = g_strndup(object, length);
    g_ptr_array_add(tables, g_strdup(prefix));
    for (const char *inner = strchr(prefix, '.'); inner != NULL; inner = strchr(inner + 1, '.')) {
      g_autofree char *schema = g_strndup(prefix, (gsize) (inner - prefix));
      g_ptr_array_add(tables, dmig_path_new(schema, inner + 1));
    }
    if (dot == NULL)
      return;
  }
}

/* FALSE: nobody knows which tables it works on. */
static gboolean
add_step(GPtrArray *tables, const DmigStep *step)
{
  if (g_str_has_prefix(step->kind, "sql-") || g_str_has_prefix(step->kind, "rename-"))
    return FALSE;
  add_candidates(tables, step->object);
  for (char **table = step->keeps; *table != NULL; table++)
    g_ptr_array_add(tables, g_strdup(*table));
  for (guint i = 0; i < step->takes->len; i++)
    g_ptr_array_add(tables, g_strdup(((DmigKeepsake *) step->takes->pdata[i])->table));
  for (guint i = 0; i < step->brings->len; i++)
    g_ptr_array_add(tables, g_strdup(((DmigKeepsake *) step->brings->pdata[i])->table));
  return TRUE;
}

/* The tables that a chain works on, NULL-terminated; NULL without an error: it could be any. */
static gboolean
touched_tables(const DmigDialect *dialect, GPtrArray *migrations, GPtrArray **out, GError **error)
{
  g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(g_free);
  *out = NULL;
  for (guint i = 0; i < migrations->len; i++) {
    const DmigMigration *migration = migrations->pdata[i];
    g_autoptr(DmigPlan) plan =
        dmig_migration_file_read(migration->file, migration->sql, dialect, error);
    if (plan == NULL)
      return FALSE;
    for (guint k = 0; k < plan->steps->len; k++)
      if (!add_step(tables, plan->steps->pdata[k]))
        return TRUE;
  }
  g_ptr_array_add(tables, NULL);
  *out = g_steal_pointer(&tables);
  return TRUE;
}

/* --- the stage -------------------------------------------------------------------------------- */

static gboolean
is_wanted(const DmigBacking *self, DmigDatabase *db, GPtrArray *migrations, gboolean *out,
          GError **error)
{
  g_autoptr(GPtrArray) losses = NULL;
  *out = self->policy == DMIG_BACKUP_ALWAYS;
  if (self->policy != DMIG_BACKUP_LOSSY)
    return TRUE;
  if (!dmig_apply_losses(db->dialect, migrations, &losses, error))
    return FALSE;
  gboolean kept = self->keeps && dmig_apply_losses_are_kept(db->dialect, migrations);
  *out = losses->len > 0 && !kept;
  return TRUE;
}

/* The backup of the run that has left a revision half way: what is there now is no state to go back
 * to. */
static char *
earlier_backup(const DmigBacking *self, DmigDatabase *db, const char *run)
{
  g_autoptr(GPtrArray) list = NULL;
  g_autofree char *identity = db->driver->identity(db);
  if (self->folder == NULL || !dmig_backup_list(self->folder, &list, NULL))
    return NULL;
  for (guint i = 0; i < list->len; i++) {
    const DmigBackup *backup = list->pdata[i];
    if (backup->needed && g_strcmp0(backup->run, run) == 0 &&
        g_strcmp0(backup->identity, identity) == 0)
      return g_strdup(backup->path);
  }
  return NULL;
}

static gboolean
make(const DmigBacking *self, DmigDatabase *db, GPtrArray *migrations, DmigRunRecord *record,
     GError **error)
{
  g_autoptr(GPtrArray) tables = NULL;
  g_autoptr(DmigBackup) backup = NULL;
  if (!dmig_backing_need_folder(self, error) ||
      (self->touched && !touched_tables(db->dialect, migrations, &tables, error)))
    return FALSE;
  const DmigBackupOptions options = { .folder = self->folder,
                                      .tools = self->tools,
                                      .tables =
                                          tables != NULL ? (char *const *) tables->pdata : NULL,
                                      .reason = record->command != NULL ? record->command : "apply",
                                      .run = record->id,
                                      .needed = TRUE };
  if (!dmig_backup_make(db, &options, &backup, error)) {
    g_prefix_error(error, "no backup, so nothing was changed (--backup=never goes without): ");
    return FALSE;
  }
  g_free(record->backup);
  record->backup = g_strdup(backup->path);
  return TRUE;
}

gboolean
dmig_backing_stage(const DmigBacking *self, DmigDatabase *db, GPtrArray *migrations,
                   DmigRunRecord *record, GError **error)
{
  g_autoptr(DmigState) state = NULL;
  gboolean wanted;
  if (!is_wanted(self, db, migrations, &wanted, error))
    return FALSE;
  if (!wanted)
    return TRUE;
  if (!dmig_tracking_read(db, &state, error))
    return FALSE;
  if (state->interrupted != NULL && record->backup == NULL)
    record->backup = earlier_backup(self, db, state->interrupted->run);
  return record->backup != NULL || make(self, db, migrations, record, error);
}

/* --- afterwards ------------------------------------------------------------------------------- */

/* A run that ended well, or took back what it had begun, needs no backup to go back to. */
static void
let_go(const DmigBacking *self, DmigDatabase *db, DmigRunRecord *record)
{
  g_autoptr(GError) problem = NULL;
  g_autofree char *identity = db->driver->identity(db);
  g_autoptr(GPtrArray) removed = NULL;
  const DmigBackupPruning pruning = { .keep = self->keep,
                                      .keep_seconds = self->keep_seconds,
                                      .identity = identity };
  if (self->folder == NULL || record->backup == NULL)
    return;
  if (!dmig_backup_release(self->folder, identity, &problem) ||
      !dmig_backup_prune(self->folder, &pruning, &removed, &problem)) {
    dmig_message_warning("old backups stay: %s", problem->message);
    return;
  }
  if (removed->len == 0)
    return;
  g_autofree char *count = dmig_text_count(removed->len, "older backup", "older backups");
  dmig_message("Removed %s of this database (backup.keep)", count);
}

static void
append(GError *failure, const char *before, const char *what, const char *after)
{
  char *message = g_strconcat(failure->message, "; ", before, what, after, NULL);
  g_free(failure->message);
  failure->message = message;
}

/* Under the lock, and only where nobody has gone on with it meanwhile. */
static gboolean
restore_locked(const DmigBacking *self, DmigDatabase *db, const DmigRunRecord *record,
               GError **error)
{
  g_autoptr(DmigState) state = NULL;
  g_autoptr(DmigBackup) backup = NULL;
  const DmigRestoreOptions options = { .tools = self->tools, .command = "restore" };
  if (!dmig_tracking_read(db, &state, error) || !dmig_backup_read(record->backup, &backup, error))
    return FALSE;
  if (state->interrupted == NULL) {
    g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_DRIFT,
                        "another run has gone on with it meanwhile");
    return FALSE;
  }
  return dmig_backup_restore(backup, db, &options, error);
}

static void
bring_back(const DmigBacking *self, DmigDatabase *db, DmigRunRecord *record, GError **failure)
{
  g_autoptr(GError) problem = NULL;
  dmig_message("Restoring the backup that was made before the run: %s", record->backup);
  gboolean restored = db->driver->lock(db, 0, &problem);
  if (restored) {
    restored = restore_locked(self, db, record, &problem);
    db->driver->unlock(db);
  }
  if (!restored) {
    append(*failure, "and its backup could not be restored: ", problem->message, "");
    append(*failure, "`dmig restore ", record->backup, "` tries again");
    return;
  }
  record->phase = DMIG_RUN_ROLLED_BACK;
  append(*failure, "but then it was restored from the backup ", record->backup,
         ": it is as it was before the run, without what others wrote since then");
  let_go(self, db, record);
}

/* What waits for somebody, or was stopped by a person, goes on with the next run. */
static gboolean
is_worth_restoring(DmigDatabase *db, const GError *failure)
{
  return !db->cancelled && (g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_FAILED) ||
                            g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_DATA_LOSS));
}

void
dmig_backing_finish(const DmigBacking *self, DmigDatabase *db, DmigRunRecord *record,
                    gboolean restores, GError **failure)
{
  if (record == NULL || record->backup == NULL)
    return;
  gboolean went = record->phase == DMIG_RUN_COMPLETED;
  gboolean between = record->phase == DMIG_RUN_INTERRUPTED;
  if (went)
    dmig_message("What was there before is in %s", record->backup);
  if (went || (!between && record->revisions->len == 0))
    let_go(self, db, record);
  else if (between && restores && *failure != NULL && is_worth_restoring(db, *failure))
    bring_back(self, db, record, failure);
  else if (*failure != NULL)
    append(*failure, "`dmig restore ", record->backup,
           "` brings back what was there before the run");
}
