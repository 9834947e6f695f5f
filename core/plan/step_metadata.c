#include "core/plan/step_metadata.h"

#include <jansson.h>

#include "core/base/text.h"
#include "core/sql/path.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigStep, dmig_step_free)

/* Writing. */

/* Names come from databases, too, where they may be no UTF-8, which JSON must be. */
static json_t *
text_to_json(const char *text)
{
  if (g_utf8_validate(text, -1, NULL))
    return json_string(text);
  g_autofree char *printable = dmig_text_printable(text);
  return json_string(printable);
}

static json_t *
texts_to_json(char *const *texts, gsize n)
{
  json_t *array = json_array();
  for (gsize i = 0; i < n; i++)
    json_array_append_new(array, text_to_json(texts[i]));
  return array;
}

/* A path as its name, or as [schema, name]. */
static json_t *
path_to_json(const char *path)
{
  g_autofree char *schema = dmig_path_schema(path);
  json_t *name = text_to_json(dmig_path_name(path));
  if (schema == NULL)
    return name;
  json_t *array = json_array();
  json_array_append_new(array, text_to_json(schema));
  json_array_append_new(array, name);
  return array;
}

static void
set_names(json_t *object, const char *key, char *const *names)
{
  if (names[0] != NULL)
    json_object_set_new(object, key, texts_to_json(names, g_strv_length((char **) names)));
}

static json_t *
check_to_json(const DmigCheck *check)
{
  json_t *object = json_object();
  json_object_set_new(object, "message", text_to_json(check->message));
  json_object_set_new(object, "sql", text_to_json(check->sql));
  if (check->kind == DMIG_CHECK_OTHER)
    return object;
  json_object_set_new(object, "kind", json_string(dmig_check_kind_name(check->kind)));
  json_object_set_new(object, "table", path_to_json(check->table));
  set_names(object, "columns", check->columns);
  set_names(object, "key", check->key);
  if (check->value != NULL)
    json_object_set_new(object, "value", text_to_json(check->value));
  return object;
}

static json_t *
checks_to_json(GPtrArray *checks)
{
  json_t *array = json_array();
  for (guint i = 0; i < checks->len; i++)
    json_array_append_new(array, check_to_json(checks->pdata[i]));
  return array;
}

static json_t *
keepsakes_to_json(GPtrArray *keepsakes)
{
  json_t *array = json_array();
  for (guint i = 0; i < keepsakes->len; i++) {
    const DmigKeepsake *keepsake = keepsakes->pdata[i];
    json_t *object = json_object();
    json_object_set_new(object, "kind", json_string(dmig_keepsake_kind_name(keepsake->kind)));
    json_object_set_new(object, "name", text_to_json(keepsake->name));
    json_object_set_new(object, "table", path_to_json(keepsake->table));
    if (keepsake->column != NULL)
      json_object_set_new(object, "column", text_to_json(keepsake->column));
    set_names(object, "key", keepsake->key);
    if (!g_strv_equal((const char *const *) keepsake->key, (const char *const *) keepsake->home))
      set_names(object, "home", keepsake->home);
    if (keepsake->loose)
      json_object_set_new(object, "loose", json_true());
    json_array_append_new(array, object);
  }
  return array;
}

/* Whether reading the step without a word of what it brings gives just that. */
static gboolean
brings_usual(const DmigStep *step)
{
  g_autoptr(DmigStep) usual = dmig_step_new(step->kind, step->object);
  dmig_step_add_usual_brings(usual);
  if (step->brings->len != usual->brings->len)
    return FALSE;
  for (guint i = 0; i < usual->brings->len; i++) {
    const DmigKeepsake *is = step->brings->pdata[i], *would = usual->brings->pdata[i];
    if (is->kind != would->kind || !g_str_equal(is->name, would->name) ||
        !g_str_equal(is->table, would->table) || g_strcmp0(is->column, would->column) != 0)
      return FALSE;
  }
  return TRUE;
}

static void
set_text(json_t *object, const char *key, const char *text)
{
  if (text != NULL)
    json_object_set_new(object, key, text_to_json(text));
}

char *
dmig_step_metadata_write(const DmigStep *step)
{
  g_autoptr(json_t) object = json_object();
  json_object_set_new(object, "kind", text_to_json(step->kind));
  if (step->object != NULL && *step->object != '\0')
    json_object_set_new(object, "object", text_to_json(step->object));
  if (!step->transactional)
    json_object_set_new(object, "transactional", json_false());
  if (step->lock != DMIG_LOCK_NONE)
    json_object_set_new(object, "lock", json_string(dmig_lock_name(step->lock)));
  if (step->rewrites)
    json_object_set_new(object, "rewrites", json_true());
  if (step->scans)
    json_object_set_new(object, "scans", json_true());
  if (step->loss != DMIG_LOSS_NONE)
    json_object_set_new(object, "loss", json_string(dmig_loss_name(step->loss)));
  if (step->losses->len > 0)
    json_object_set_new(object, "losses",
                        texts_to_json((char **) step->losses->pdata, step->losses->len));
  if (step->phase != DMIG_PHASE_EXPAND)
    json_object_set_new(object, "phase", json_string(dmig_phase_name(step->phase)));
  if (step->checks->len > 0)
    json_object_set_new(object, "checks", checks_to_json(step->checks));
  if (step->keeps[0] != NULL)
    json_object_set_new(object, "keeps", texts_to_json(step->keeps, g_strv_length(step->keeps)));
  if (step->takes->len > 0)
    json_object_set_new(object, "takes", keepsakes_to_json(step->takes));
  if (!brings_usual(step))
    json_object_set_new(object, "brings", keepsakes_to_json(step->brings));
  set_text(object, "done", step->done);
  set_text(object, "again", step->again);
  if (step->batch != NULL)
    json_object_set_new(object, "batch", path_to_json(step->batch));
  char *text = json_dumps(object, JSON_SORT_KEYS);
  g_autofree char *copy = g_strdup(text);
  free(text);
  return g_steal_pointer(&copy);
}

/* Reading. */

/* The number of the enumerator that has this name, or -1. */
static int
find_name(const char *name, const char *(*name_of)(int), int last)
{
  for (int i = 0; i <= last; i++)
    if (g_str_equal(name, name_of(i)))
      return i;
  return -1;
}

static const char *
lock_name(int lock)
{
  return dmig_lock_name((DmigLock) lock);
}

static const char *
loss_name(int loss)
{
  return dmig_loss_name((DmigLoss) loss);
}

static const char *
phase_name(int phase)
{
  return dmig_phase_name((DmigPhase) phase);
}

static gboolean
read_enumerator(json_t *object, const char *key, const char *(*name_of)(int), int last, int *out,
                const char **out_problem)
{
  json_t *value = json_object_get(object, key);
  if (value == NULL)
    return TRUE;
  int found = json_is_string(value) ? find_name(json_string_value(value), name_of, last) : -1;
  if (found < 0)
    *out_problem = key;
  else
    *out = found;
  return found >= 0;
}

static gboolean
read_boolean(json_t *object, const char *key, gboolean *out, const char **out_problem)
{
  json_t *value = json_object_get(object, key);
  if (value != NULL && !json_is_boolean(value)) {
    *out_problem = key;
    return FALSE;
  }
  if (value != NULL)
    *out = json_is_true(value);
  return TRUE;
}

/* Adds the texts of an array of strings to `out`. */
static gboolean
read_texts(json_t *object, const char *key, GPtrArray *out, const char **out_problem)
{
  json_t *array = json_object_get(object, key), *item;
  gsize i;
  if (array != NULL && !json_is_array(array)) {
    *out_problem = key;
    return FALSE;
  }
  json_array_foreach(array, i, item)
  {
    if (!json_is_string(item)) {
      *out_problem = key;
      return FALSE;
    }
    g_ptr_array_add(out, g_strdup(json_string_value(item)));
  }
  return TRUE;
}

static gboolean
read_keeps(json_t *object, DmigStep *step, const char **out_problem)
{
  g_autoptr(GPtrArray) keeps = g_ptr_array_new_with_free_func(g_free);
  if (!read_texts(object, "keeps", keeps, out_problem))
    return FALSE;
  g_ptr_array_add(keeps, NULL);
  g_strfreev(step->keeps);
  step->keeps = g_strdupv((char **) keeps->pdata);
  return TRUE;
}

static gboolean
read_text(json_t *object, const char *key, char **out, const char **out_problem)
{
  json_t *value = json_object_get(object, key);
  if (value != NULL && !json_is_string(value)) {
    *out_problem = key;
    return FALSE;
  }
  *out = g_strdup(json_string_value(value));
  return TRUE;
}

/* Owned; NULL: no path. */
static char *
path_of_json(json_t *value)
{
  const char *schema = json_string_value(json_array_get(value, 0));
  const char *name = json_string_value(json_is_array(value) ? json_array_get(value, 1) : value);
  if (name == NULL || (json_is_array(value) && (schema == NULL || json_array_size(value) != 2)))
    return NULL;
  return dmig_path_new(schema, name);
}

static gboolean
read_path(json_t *object, const char *key, char **out, const char **out_problem)
{
  json_t *value = json_object_get(object, key);
  *out = value != NULL ? path_of_json(value) : NULL;
  if (value == NULL || *out != NULL)
    return TRUE;
  *out_problem = key;
  return FALSE;
}

static const char *
check_kind_name(int kind)
{
  return dmig_check_kind_name((DmigCheckKind) kind);
}

static gboolean
read_names(json_t *object, const char *key, char ***names, const char **out_problem)
{
  g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func(g_free);
  if (!read_texts(object, key, read, out_problem))
    return FALSE;
  g_ptr_array_add(read, NULL);
  g_strfreev(*names);
  *names = g_strdupv((char **) read->pdata);
  return TRUE;
}

static gboolean
read_check(json_t *object, DmigStep *step)
{
  const char *sql = json_string_value(json_object_get(object, "sql"));
  const char *message = json_string_value(json_object_get(object, "message"));
  const char *problem = NULL;
  int kind = DMIG_CHECK_OTHER;
  if (sql == NULL || message == NULL)
    return FALSE;
  dmig_step_add_check(step, g_strdup(sql), g_strdup(message));
  DmigCheck *check = g_ptr_array_index(step->checks, step->checks->len - 1);
  gboolean good
      = read_enumerator(object, "kind", check_kind_name, DMIG_CHECK_MISFIT, &kind, &problem)
        && read_path(object, "table", &check->table, &problem)
        && read_names(object, "columns", &check->columns, &problem)
        && read_names(object, "key", &check->key, &problem)
        && read_text(object, "value", &check->value, &problem);
  check->kind = (DmigCheckKind) kind;
  return good && (kind == DMIG_CHECK_OTHER || check->table != NULL);
}

static gboolean
read_checks(json_t *object, DmigStep *step, const char **out_problem)
{
  json_t *array = json_object_get(object, "checks"), *item;
  gsize i;
  gboolean good = array == NULL || json_is_array(array);
  json_array_foreach(array, i, item) good = good && read_check(item, step);
  if (!good)
    *out_problem = "checks";
  return good;
}

static const char *
keepsake_kind_name(int kind)
{
  return dmig_keepsake_kind_name((DmigKeepsakeKind) kind);
}

static gboolean
read_keepsake(json_t *object, GPtrArray *out)
{
  const char *name = json_string_value(json_object_get(object, "name"));
  const char *column = json_string_value(json_object_get(object, "column"));
  const char *problem = NULL;
  g_autofree char *table = NULL;
  int kind = -1;
  if (!read_enumerator(object, "kind", keepsake_kind_name, DMIG_KEEPSAKE_VALUES, &kind, &problem)
      || !read_path(object, "table", &table, &problem) || kind < 0 || name == NULL || table == NULL
      || (column == NULL) != (kind == DMIG_KEEPSAKE_ROWS))
    return FALSE;
  DmigKeepsake *keepsake =
      dmig_step_add_keepsake(out, (DmigKeepsakeKind) kind, name, table, column);
  if (!read_boolean(object, "loose", &keepsake->loose, &problem)
      || !read_names(object, "key", &keepsake->key, &problem))
    return FALSE;
  g_strfreev(keepsake->home);
  keepsake->home = g_strdupv(keepsake->key);
  return (json_object_get(object, "home") == NULL
          || read_names(object, "home", &keepsake->home, &problem))
         && g_strv_length(keepsake->home) == g_strv_length(keepsake->key);
}

static gboolean
read_keepsakes(json_t *object, const char *key, GPtrArray *out, const char **out_problem)
{
  json_t *array = json_object_get(object, key), *item;
  gsize i;
  gboolean good = array == NULL || json_is_array(array);
  json_array_foreach(array, i, item) good = good && read_keepsake(item, out);
  if (!good)
    *out_problem = key;
  return good;
}

static gboolean
fill_step(json_t *object, DmigStep *step, const char **out_problem)
{
  int lock = DMIG_LOCK_NONE, loss = DMIG_LOSS_NONE, phase = DMIG_PHASE_EXPAND;
  gboolean good =
      read_boolean(object, "transactional", &step->transactional, out_problem) &&
      read_boolean(object, "rewrites", &step->rewrites, out_problem) &&
      read_boolean(object, "scans", &step->scans, out_problem) &&
      read_enumerator(object, "lock", lock_name, DMIG_LOCK_ACCESS_EXCLUSIVE, &lock, out_problem) &&
      read_enumerator(object, "loss", loss_name, DMIG_LOSS_IRREVERSIBLE, &loss, out_problem) &&
      read_enumerator(object, "phase", phase_name, DMIG_PHASE_CONTRACT, &phase, out_problem) &&
      read_texts(object, "losses", step->losses, out_problem) &&
      read_checks(object, step, out_problem) && read_keeps(object, step, out_problem) &&
      read_keepsakes(object, "takes", step->takes, out_problem) &&
      read_keepsakes(object, "brings", step->brings, out_problem) &&
      read_text(object, "done", &step->done, out_problem) &&
      read_text(object, "again", &step->again, out_problem) &&
      read_path(object, "batch", &step->batch, out_problem);
  step->lock = (DmigLock) lock;
  step->loss = (DmigLoss) loss;
  step->phase = (DmigPhase) phase;
  if (good && json_object_get(object, "brings") == NULL)
    dmig_step_add_usual_brings(step);
  return good;
}

DmigStep *
dmig_step_metadata_read(const char *text, char **out_problem)
{
  json_error_t problem;
  g_autoptr(json_t) object = json_loads(text, JSON_REJECT_DUPLICATES, &problem);
  if (!json_is_object(object)) {
    *out_problem = g_strdup_printf("is not a JSON object%s%s", object == NULL ? ": " : "",
                                   object == NULL ? problem.text : "");
    return NULL;
  }
  const char *kind = json_string_value(json_object_get(object, "kind"));
  const char *of = json_string_value(json_object_get(object, "object"));
  if (kind == NULL) {
    *out_problem = g_strdup("has no \"kind\"");
    return NULL;
  }
  g_autoptr(DmigStep) step = dmig_step_new(kind, of != NULL ? of : "");
  const char *key = NULL;
  if (!fill_step(object, step, &key)) {
    *out_problem = g_strdup_printf("has a wrong \"%s\"", key);
    return NULL;
  }
  return g_steal_pointer(&step);
}
