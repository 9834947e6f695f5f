#include "core/plan/migration_file.h"

#include <string.h>

#include "core/base/text.h"
#include "core/plan/step_metadata.h"
#include "core/sql/lexer.h"

#define FORMAT 1
#define HEADER "-- dmig migration "
#define STEP "-- step "
#define METADATA "-- dmig:"
/* A comment for hazard.h, which stands in the SQL. */
#define ALLOW METADATA "allow"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigStep, dmig_step_free)

static gboolean
is_metadata(DmigToken token)
{
  return token.kind == DMIG_TOKEN_SPACE && g_str_has_prefix(token.start, METADATA) &&
         !g_str_has_prefix(token.start, ALLOW);
}

/* Writing. */

/* Hand-written SQL may hold a comment that a reader would take for the head of a step. */
static void
append_sql(GString *out, const char *sql)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (is_metadata(token))
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
    g_autofree char *metadata = dmig_step_metadata_write(step);
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

/* A step, still without SQL, from its head: the metadata line at `comment`. NULL and the error. */
static DmigStep *
read_metadata(const Reader *self, DmigToken comment)
{
  const char *start = comment.start + strlen(METADATA);
  g_autofree char *text = g_strndup(start, comment.start + comment.length - start);
  g_autofree char *problem = NULL;
  DmigStep *step = dmig_step_metadata_read(text, &problem);
  if (step == NULL)
    fail_at(self, comment.start, "the step's metadata %s", problem);
  return step;
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
    if (!is_metadata(token) || !is_at_line_start(self, token.start))
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
  g_autofree char *metadata_a = dmig_step_metadata_write(a);
  g_autofree char *metadata_b = dmig_step_metadata_write(b);
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
