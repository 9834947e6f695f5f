#include "core/plan/plan.h"

#include <string.h>

void
dmig_check_free(DmigCheck *self)
{
  if (self == NULL)
    return;
  g_free(self->sql);
  g_free(self->message);
  g_free(self->table);
  g_strfreev(self->columns);
  g_strfreev(self->key);
  g_free(self->value);
  g_free(self);
}

const char *
dmig_check_kind_name(DmigCheckKind kind)
{
  static const char *const names[] = { "other",  "rows",      "null",  "duplicate",
                                       "orphan", "violation", "misfit" };

  return names[kind];
}

#define COUNT_ROWS "SELECT count(*) FROM "
#define COUNT_GROUPS "SELECT count(*) FROM (SELECT 1 FROM "
#define GROUPING " GROUP BY "
#define GROUPS_END " HAVING count(*) > 1) AS duplicates"

char *
dmig_check_rows(const DmigCheck *self)
{
  gboolean groups = self->kind == DMIG_CHECK_DUPLICATE;
  const char *start = groups ? COUNT_GROUPS : COUNT_ROWS;

  if (self->kind == DMIG_CHECK_OTHER || !g_str_has_prefix(self->sql, start) ||
      (groups && !g_str_has_suffix(self->sql, GROUPS_END)))
    return NULL;
  start = self->sql + strlen(start);
  const char *end = groups ? g_strrstr(start, GROUPING) : NULL;
  if (groups && end == NULL)
    return NULL;
  return end != NULL ? g_strndup(start, (gsize) (end - start)) : g_strdup(start);
}

char *
dmig_check_grouping(const DmigCheck *self)
{
  const char *start = self->kind == DMIG_CHECK_DUPLICATE ? g_strrstr(self->sql, GROUPING) : NULL;

  if (start == NULL || !g_str_has_suffix(self->sql, GROUPS_END))
    return NULL;
  start += strlen(GROUPING);
  return g_strndup(start, strlen(start) - strlen(GROUPS_END));
}

char *
dmig_check_refusal(const DmigCheck *self, gint64 count)
{
  const char *advice = strstr(self->message, "; ");
  int length = advice != NULL ? (int) (advice - self->message) : (int) strlen(self->message);

  return g_strdup_printf("%.*s (%" G_GINT64_FORMAT " found)%s", length, self->message, count,
                         self->message + length);
}

DmigStep *
dmig_step_new(const char *kind, const char *object)
{
  DmigStep *self = g_new0(DmigStep, 1);

  self->kind = g_strdup(kind);
  self->object = dmig_path_text(object);
  self->title = g_strdup("");
  self->sql = g_string_new(NULL);
  self->transactional = TRUE;
  self->losses = g_ptr_array_new_with_free_func(g_free);
  self->checks = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_check_free);
  self->keeps = g_new0(char *, 1);
  self->takes = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_keepsake_free);
  self->brings = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_keepsake_free);
  return self;
}

void
dmig_step_free(DmigStep *self)
{
  if (self == NULL)
    return;
  g_free(self->kind);
  g_free(self->object);
  g_free(self->title);
  g_string_free(self->sql, TRUE);
  g_ptr_array_unref(self->losses);
  g_ptr_array_unref(self->checks);
  g_strfreev(self->keeps);
  g_ptr_array_unref(self->takes);
  g_ptr_array_unref(self->brings);
  g_free(self->done);
  g_free(self->again);
  g_free(self->batch);
  g_free(self);
}

gboolean
dmig_step_is_about(const DmigStep *self, const char *path)
{
  g_autofree char *name = dmig_path_text(path);
  gsize length = strlen(name);

  return self->object != NULL && strncmp(self->object, name, length) == 0 &&
         (self->object[length] == '\0' || self->object[length] == '.');
}

void
dmig_step_add_loss(DmigStep *self, DmigLoss loss, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  g_ptr_array_add(self->losses, dmig_path_text(text));
  va_end(arguments);
  self->loss = MAX(self->loss, loss);
}

void
dmig_step_add_check(DmigStep *self, char *sql_owned, char *message_owned)
{
  DmigCheck *check = g_new0(DmigCheck, 1);

  check->sql = sql_owned;
  check->message = dmig_path_text(message_owned);
  check->columns = g_new0(char *, 1);
  check->key = g_new0(char *, 1);
  g_free(message_owned);
  g_ptr_array_add(self->checks, check);
}

static char **
primary_key_of(const DmigTable *table)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY)
      return g_strdupv(constraint->columns);
  }
  return g_new0(char *, 1);
}

DmigCheck *
dmig_step_add_row_check(DmigStep *self, DmigCheckKind kind, const DmigTable *table,
                        char *const *columns, char *sql_owned, char *message_owned)
{
  dmig_step_add_check(self, sql_owned, message_owned);
  DmigCheck *check = self->checks->pdata[self->checks->len - 1];

  check->kind = kind;
  check->table = g_strdup(table->name);
  g_strfreev(check->key);
  check->key = primary_key_of(table);
  if (columns != NULL) {
    g_strfreev(check->columns);
    check->columns = g_strdupv((char **) columns);
  }
  return check;
}

void
dmig_keepsake_free(DmigKeepsake *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->table);
  g_free(self->column);
  g_strfreev(self->key);
  g_strfreev(self->home);
  g_free(self);
}

DmigKeepsake *
dmig_step_add_keepsake(GPtrArray *list, DmigKeepsakeKind kind, const char *name, const char *table,
                       const char *column)
{
  DmigKeepsake *keepsake = g_new0(DmigKeepsake, 1);

  keepsake->kind = kind;
  keepsake->name = dmig_path_text(name);
  keepsake->table = g_strdup(table);
  keepsake->column = g_strdup(column);
  keepsake->key = g_new0(char *, 1);
  keepsake->home = g_new0(char *, 1);
  g_ptr_array_add(list, keepsake);
  return keepsake;
}

void
dmig_step_add_usual_brings(DmigStep *self)
{
  const char *dot = strchr(self->object, '.');
  gboolean member = dot != NULL && dot[1] != '\0' && dot > self->object && strchr(dot + 1, '.') == NULL;

  if (strcmp(self->kind, "create-table") == 0 && dot == NULL && *self->object != '\0') {
    dmig_step_add_keepsake(self->brings, DMIG_KEEPSAKE_ROWS, self->object, self->object, NULL);
    return;
  }
  gboolean added = strcmp(self->kind, "add-column") == 0;
  if (!member || (!added && strcmp(self->kind, "alter-column") != 0))
    return;
  g_autofree char *table = g_strndup(self->object, (gsize) (dot - self->object));
  dmig_step_add_keepsake(self->brings, added ? DMIG_KEEPSAKE_COLUMN : DMIG_KEEPSAKE_VALUES,
                         self->object, table, dot + 1);
}

const char *
dmig_keepsake_kind_name(DmigKeepsakeKind kind)
{
  switch (kind) {
  case DMIG_KEEPSAKE_ROWS:
    return "rows";
  case DMIG_KEEPSAKE_COLUMN:
    return "column";
  case DMIG_KEEPSAKE_VALUES:
    return "values";
  }
  g_return_val_if_reached("");
}

DmigPlan *
dmig_plan_new_empty(const DmigDialect *dialect)
{
  DmigPlan *self = g_new0(DmigPlan, 1);

  self->dialect = dialect;
  self->steps = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_step_free);
  return self;
}

void
dmig_plan_free(DmigPlan *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->steps);
  g_free(self);
}

DmigPlan *
dmig_plan_build(DmigSchema *schema, GError **error)
{
  g_autoptr(DmigSchema) nothing = dmig_schema_new(schema->dialect);
  g_autoptr(DmigChanges) changes = dmig_diff(nothing, schema, NULL);

  return dmig_plan_new(changes, NULL, error);
}

char *
dmig_plan_sql(const DmigPlan *self)
{
  GString *sql = g_string_new(NULL);

  for (guint i = 0; i < self->steps->len; i++)
    g_string_append(sql, ((DmigStep *) self->steps->pdata[i])->sql->str);
  return g_string_free(sql, FALSE);
}

const char *
dmig_lock_name(DmigLock lock)
{
  switch (lock) {
  case DMIG_LOCK_NONE:
    return "none";
  case DMIG_LOCK_ACCESS_SHARE:
    return "ACCESS SHARE";
  case DMIG_LOCK_ROW_EXCLUSIVE:
    return "ROW EXCLUSIVE";
  case DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE:
    return "SHARE UPDATE EXCLUSIVE";
  case DMIG_LOCK_SHARE:
    return "SHARE";
  case DMIG_LOCK_SHARE_ROW_EXCLUSIVE:
    return "SHARE ROW EXCLUSIVE";
  case DMIG_LOCK_ACCESS_EXCLUSIVE:
    return "ACCESS EXCLUSIVE";
  }
  return "none";
}

const char *
dmig_loss_name(DmigLoss loss)
{
  switch (loss) {
  case DMIG_LOSS_NONE:
    return "lossless";
  case DMIG_LOSS_LOSSY:
    return "lossy";
  case DMIG_LOSS_IRREVERSIBLE:
    return "irreversible";
  }
  return "lossless";
}

const char *
dmig_phase_name(DmigPhase phase)
{
  switch (phase) {
  case DMIG_PHASE_EXPAND:
    return "expand";
  case DMIG_PHASE_MIGRATE:
    return "migrate";
  case DMIG_PHASE_CONTRACT:
    return "contract";
  }
  return "expand";
}

gboolean
dmig_plan_remakes(const DmigPlan *self)
{
  g_autoptr(GHashTable) dropped = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < self->steps->len; i++) {
    const DmigStep *step = self->steps->pdata[i];
    if (step->object == NULL)
      continue;
    if (g_str_equal(step->kind, "drop-object"))
      g_hash_table_add(dropped, step->object);
    else if (g_str_equal(step->kind, "create-object")
             && g_hash_table_contains(dropped, step->object))
      return TRUE;
  }
  return FALSE;
}
