#include "core/plan/migration_file.h"

#include <jansson.h>
#include <string.h>

#include "core/base/text.h"
#include "core/sql/lexer.h"

#define FORMAT 1
#define HEADER "-- dmig migration "
#define STEP "-- step "
#define METADATA "-- dmig:"

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
checks_to_json(GPtrArray *checks)
{
  json_t *array = json_array();
  for (guint i = 0; i < checks->len; i++) {
    const DmigCheck *check = g_ptr_array_index(checks, i);
    json_t *object = json_object();
    json_object_set_new(object, "message", text_to_json(check->message));
    json_object_set_new(object, "sql", text_to_json(check->sql));
    json_array_append_new(array, object);
  }
  return array;
}

static json_t *
texts_to_json(char *const *texts, gsize n)
{
  json_t *array = json_array();
  for (gsize i = 0; i < n; i++)
    json_array_append_new(array, text_to_json(texts[i]));
  return array;
}

/* Everything but the title and the SQL; what has its default is left out. */
static char *
step_metadata(const DmigStep *step)
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
  char *text = json_dumps(object, JSON_SORT_KEYS);
  g_autofree char *copy = g_strdup(text);
  free(text);
  return g_steal_pointer(&copy);
}

/* Hand-written SQL may hold a comment that a reader would take for the head of a step. */
static void
append_sql(GString *out, const char *sql)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    gboolean like_head = token.kind == DMIG_TOKEN_SPACE && g_str_has_prefix(token.start, METADATA);
    if (like_head)
      g_string_append(out, "-- ");
    g_string_append_len(out, token.start, token.length);
  }
}

char *
dmig_migration_file_write(const DmigPlan *plan, const char *direction)
{
  GString *out = g_string_new(NULL);
  g_string_append_printf(out, HEADER "%d: %s for %s\n", FORMAT, direction, plan->dialect->name);
  for (guint i = 0; i < plan->steps->len; i++) {
    const DmigStep *step = g_ptr_array_index(plan->steps, i);
    g_autofree char *title = dmig_text_printable(step->title != NULL ? step->title : "");
    g_autofree char *metadata = step_metadata(step);
    g_string_append_printf(out, "\n" STEP "%u: %s\n" METADATA " %s\n", i + 1, title, metadata);
    append_sql(out, step->sql->str);
    if (out->str[out->len - 1] != '\n')
      g_string_append_c(out, '\n');
  }
  return g_string_free(out, FALSE);
}

/* Reading. */

typedef struct {
  const char *name;
  const char *text;
  GError **error;
} Reader;

static void G_GNUC_PRINTF(3, 4)
fail_at(const Reader *self, const char *place, const char *format, ...)
{
  guint line = 1;
  for (const char *p = self->text; p < place; p++)
    line += *p == '\n';
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error(self->error, DMIG_ERROR, DMIG_ERROR_INVALID, "%s:%u: %s", self->name, line, message);
}

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
read_checks(json_t *object, DmigStep *step, const char **out_problem)
{
  json_t *array = json_object_get(object, "checks"), *item;
  gsize i;
  gboolean good = array == NULL || json_is_array(array);
  json_array_foreach(array, i, item)
  {
    const char *sql = json_string_value(json_object_get(item, "sql"));
    const char *message = json_string_value(json_object_get(item, "message"));
    if (sql != NULL && message != NULL)
      dmig_step_add_check(step, g_strdup(sql), g_strdup(message));
    else
      good = FALSE;
  }
  if (!good)
    *out_problem = "checks";
  return good;
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
      read_checks(object, step, out_problem) && read_keeps(object, step, out_problem);
  step->lock = (DmigLock) lock;
  step->loss = (DmigLoss) loss;
  step->phase = (DmigPhase) phase;
  return good;
}

/* A step, still without SQL, from its head: the metadata line at `comment`. NULL and the error. */
static DmigStep *
read_metadata(const Reader *self, DmigToken comment)
{
  json_error_t problem;
  const char *start = comment.start + strlen(METADATA);
  g_autoptr(json_t) object =
      json_loadb(start, comment.start + comment.length - start, JSON_REJECT_DUPLICATES, &problem);
  if (!json_is_object(object)) {
    fail_at(self, comment.start, "the step's metadata is not a JSON object%s%s",
            object == NULL ? ": " : "", object == NULL ? problem.text : "");
    return NULL;
  }
  const char *kind = json_string_value(json_object_get(object, "kind"));
  const char *of = json_string_value(json_object_get(object, "object"));
  if (kind == NULL) {
    fail_at(self, comment.start, "the step's metadata has no \"kind\"");
    return NULL;
  }
  g_autoptr(DmigStep) step = dmig_step_new(kind, of != NULL ? of : "");
  const char *key = NULL;
  if (!fill_step(object, step, &key)) {
    fail_at(self, comment.start, "the step's metadata has a wrong \"%s\"", key);
    return NULL;
  }
  return g_steal_pointer(&step);
}

/* `-- step 3: add column customers.phone` -> the title; NULL where the comment is no such line. */
static char *
step_title(DmigToken comment)
{
  if (comment.kind != DMIG_TOKEN_SPACE || !g_str_has_prefix(comment.start, STEP))
    return NULL;
  const char *end = comment.start + comment.length;
  const char *p = comment.start + strlen(STEP);
  while (p < end && g_ascii_isdigit(*p))
    p++;
  if (p == comment.start + strlen(STEP) || *p != ':')
    return NULL;
  char *title = g_strndup(p + 1, end - p - 1);
  return g_strstrip(title);
}

/* Sets the step's SQL to the text between, with an end to its last statement. */
static void
set_sql(DmigStep *step, const char *start, const char *end)
{
  g_autofree char *raw = g_strndup(start, end - start);
  g_string_assign(step->sql, g_strstrip(raw));
  if (step->sql->len == 0)
    return;
  gsize behind_last = 0;
  gboolean ended = TRUE;
  DmigLexer lexer;
  dmig_lexer_init(&lexer, step->sql->str);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer))
    if (token.kind != DMIG_TOKEN_SPACE) {
      behind_last = token.start + token.length - step->sql->str;
      ended = dmig_token_is(token, ";");
    }
  if (!ended)
    g_string_insert_c(step->sql, behind_last, ';');
  g_string_append_c(step->sql, '\n');
}

static void
add_step(DmigPlan *plan, DmigStep *step, const char *start, const char *end)
{
  set_sql(step, start, end);
  g_ptr_array_add(plan->steps, step);
  plan->loss = MAX(plan->loss, step->loss);
}

/* SQL that a person put before the first step. */
static void
add_head(DmigPlan *plan, const char *start, const char *end)
{
  g_autoptr(DmigStep) step = dmig_step_new("sql-before", "");
  set_sql(step, start, end);
  DmigLexer lexer;
  dmig_lexer_init(&lexer, step->sql->str);
  DmigToken token = dmig_lexer_next(&lexer);
  while (token.kind == DMIG_TOKEN_SPACE)
    token = dmig_lexer_next(&lexer);
  if (token.kind == DMIG_TOKEN_END)
    return;
  g_free(step->title);
  step->title = g_strdup("hand-written SQL");
  step->phase = DMIG_PHASE_MIGRATE;
  g_ptr_array_add(plan->steps, g_steal_pointer(&step));
}

/* Checks `-- dmig migration 1: upgrade for sqlite`, if it is there, and gives what follows it. */
static const char *
read_header(const Reader *self, const DmigDialect *dialect)
{
  const char *p = self->text;
  if (g_str_has_prefix(p, "\xEF\xBB\xBF"))
    p += 3;
  if (!g_str_has_prefix(p, HEADER))
    return p;
  const char *line_end = p + strcspn(p, "\n");
  g_autofree char *line = g_strchomp(g_strndup(p, line_end - p));
  char *after = NULL;
  guint64 format = g_ascii_strtoull(line + strlen(HEADER), &after, 10);
  if (*after != ':' || format == 0) {
    fail_at(self, p, "the first line is no \"" HEADER "%d: …\"", FORMAT);
    return NULL;
  }
  if (format > FORMAT) {
    fail_at(self, p,
            "the migration is in format %" G_GUINT64_FORMAT
            ", which a newer dmig wrote; this one knows %d: upgrade dmig",
            format, FORMAT);
    return NULL;
  }
  const char *of = strrchr(line, ' ') + 1;
  if (dialect != NULL && !g_str_equal(of, dialect->name)) {
    fail_at(self, p, "the migration is for %s, not for %s", of, dialect->name);
    return NULL;
  }
  return line_end;
}

static gboolean
is_at_line_start(const Reader *self, const char *p)
{
  return p == self->text || p[-1] == '\n';
}

/* What has been read so far: the step that is open, and where its SQL began. */
typedef struct {
  DmigStep *step; /* NULL: before the first one */
  const char *sql;
  char *title; /* of the `-- step` line just seen, or NULL */
  const char *title_at;
} Position;

static void
position_clear(Position *self)
{
  dmig_step_free(self->step);
  g_free(self->title);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Position, position_clear)

static void
close_step(DmigPlan *plan, Position *position, const char *end)
{
  if (position->step != NULL)
    add_step(plan, g_steal_pointer(&position->step), position->sql, end);
  else
    add_head(plan, position->sql, end);
}

static gboolean
open_step(const Reader *self, DmigPlan *plan, Position *position, DmigToken comment)
{
  close_step(plan, position, position->title != NULL ? position->title_at : comment.start);
  position->step = read_metadata(self, comment);
  if (position->step == NULL)
    return FALSE;
  position->sql = comment.start + comment.length;
  if (position->title != NULL) {
    g_free(position->step->title);
    position->step->title = g_steal_pointer(&position->title);
  }
  return TRUE;
}

/* Remembers a title until the metadata line that must follow it at once. */
static void
note_title(Position *position, DmigToken token)
{
  if (position->title != NULL && g_ascii_isspace(*token.start))
    return;
  g_clear_pointer(&position->title, g_free);
  position->title = step_title(token);
  position->title_at = token.start;
}

static gboolean
read_steps(const Reader *self, const char *start, DmigPlan *plan)
{
  g_auto(Position) position = { .sql = start };
  DmigLexer lexer;
  dmig_lexer_init(&lexer, start);
  DmigToken token;
  while ((token = dmig_lexer_next(&lexer)).kind != DMIG_TOKEN_END) {
    gboolean line_comment = g_str_has_prefix(token.start, "--");
    if (token.unterminated && !line_comment) {
      fail_at(self, token.start, "a quote or a comment that begins here does not end");
      return FALSE;
    }
    gboolean heads_step = token.kind == DMIG_TOKEN_SPACE && is_at_line_start(self, token.start) &&
                          g_str_has_prefix(token.start, METADATA);
    if (!heads_step)
      note_title(&position, token);
    else if (!open_step(self, plan, &position, token))
      return FALSE;
  }
  close_step(plan, &position, token.start);
  return TRUE;
}

DmigPlan *
dmig_migration_file_read(const char *name, const char *text, const DmigDialect *dialect,
                         GError **error)
{
  Reader reader = { name, text, error };
  const char *start = read_header(&reader, dialect);
  if (start == NULL)
    return NULL;
  g_autoptr(DmigPlan) plan = dmig_plan_new_empty(dialect);
  if (!read_steps(&reader, start, plan))
    return NULL;
  return g_steal_pointer(&plan);
}

static gboolean
same_step(const DmigStep *a, const DmigStep *b)
{
  g_autofree char *metadata_a = step_metadata(a);
  g_autofree char *metadata_b = step_metadata(b);
  return g_str_equal(metadata_a, metadata_b) && dmig_sql_equal(a->sql->str, b->sql->str);
}

gboolean
dmig_migration_file_same(const char *a, const char *b)
{
  if (g_str_equal(a, b))
    return TRUE;
  g_autoptr(DmigPlan) plan_a = dmig_migration_file_read("", a, NULL, NULL);
  g_autoptr(DmigPlan) plan_b = dmig_migration_file_read("", b, NULL, NULL);
  if (plan_a == NULL || plan_b == NULL || plan_a->steps->len != plan_b->steps->len)
    return FALSE;
  for (guint i = 0; i < plan_a->steps->len; i++)
    if (!same_step(g_ptr_array_index(plan_a->steps, i), g_ptr_array_index(plan_b->steps, i)))
      return FALSE;
  return TRUE;
}
