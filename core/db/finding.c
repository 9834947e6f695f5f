#include "core/db/finding.h"

#include <string.h>

#include "core/sql/lexer.h"

#define TITLE_SHOWN 72

const char *
dmig_finding_level_name(DmigFindingLevel level)
{
  static const char *const names[] = { "good", "note", "warning", "problem" };
  return names[level];
}

void
dmig_finding_free(DmigFinding *self)
{
  if (self == NULL)
    return;
  g_free(self->revision);
  g_free(self->step);
  g_free(self->text);
  g_free(self->advice);
  g_ptr_array_unref(self->keys);
  g_free(self);
}

DmigFinding *
dmig_finding_add(GPtrArray *findings, DmigFindingLevel level, const char *rule, const char *format,
                 ...)
{
  DmigFinding *self = g_new0(DmigFinding, 1);
  va_list arguments;
  va_start(arguments, format);
  self->text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  self->level = level;
  self->rule = rule;
  self->rows = -1;
  self->keys = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(findings, self);
  return self;
}

void
dmig_finding_advise(DmigFinding *self, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_free(self->advice);
  self->advice = g_strdup_vprintf(format, arguments);
  va_end(arguments);
}

DmigFindingLevel
dmig_findings_worst(const GPtrArray *findings)
{
  DmigFindingLevel worst = DMIG_FINDING_GOOD;
  for (guint i = 0; i < findings->len; i++)
    worst = MAX(worst, ((DmigFinding *) findings->pdata[i])->level);
  return worst;
}

char *
dmig_step_short_title(const char *title)
{
  const char *list = strstr(title, ": ");
  if (g_utf8_strlen(title, -1) <= TITLE_SHOWN || list == NULL)
    return g_strdup(title);
  return g_strndup(title, (gsize) (list - title));
}

char *
dmig_size_text(guint64 bytes)
{
  g_autofree char *text = g_format_size_full(bytes, G_FORMAT_SIZE_DEFAULT);
  g_auto(GStrv) parts = g_strsplit(text, "\u00a0", -1); /* a terminal has no use for it */
  return g_strjoinv(" ", parts);
}

static void
touch(GPtrArray *touches, GHashTable *known, const DmigStep *step)
{
  DmigTouch *self = g_hash_table_lookup(known, step->object);
  if (self == NULL) {
    self = g_new0(DmigTouch, 1);
    self->name = g_strdup(step->object);
    g_hash_table_insert(known, self->name, self);
    g_ptr_array_add(touches, self);
  }
  self->lock = MAX(self->lock, step->lock);
  self->rewrites |= step->rewrites;
  self->scans |= step->scans;
}

static void
touch_free(gpointer data)
{
  g_free(((DmigTouch *) data)->name);
  g_free(data);
}

GPtrArray *
dmig_survey_touches(const DmigSurvey *self)
{
  GPtrArray *touches = g_ptr_array_new_with_free_func(touch_free);
  g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < self->plans->len; i++) {
    const DmigPlan *plan = self->plans->pdata[i];
    for (guint k = 0; k < plan->steps->len; k++) {
      const DmigStep *step = plan->steps->pdata[k];
      if (*step->object != '\0')
        touch(touches, known, step);
    }
  }
  return touches;
}

char *
dmig_survey_sql(const DmigSurvey *self)
{
  GString *sql = g_string_new(NULL);
  for (guint i = 0; i < self->plans->len; i++) {
    const DmigPlan *plan = self->plans->pdata[i];
    for (guint k = 0; k < plan->steps->len; k++)
      g_string_append(sql, ((DmigStep *) plan->steps->pdata[k])->sql->str);
  }
  return g_string_free(sql, FALSE);
}

/* The tokens in lower case with a space between them, without what quotes hold; "drop" in it is the
 * word, never a part of a name. */
static char *
words_of(const char *sql)
{
  GString *words = g_string_new(" ");
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (token.kind == DMIG_TOKEN_SPACE)
      continue;
    gboolean shown = token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_SYMBOL;
    g_autofree char *word
        = shown ? g_ascii_strdown(token.start, (gssize) token.length) : g_strdup("?");
    g_string_append_printf(words, "%s ", word);
  }
  return g_string_free(words, FALSE);
}

void
dmig_survey_versions(const DmigSurvey *self, const DmigVersionFeature *features, guint version,
                     const char *server, GPtrArray *findings)
{
  g_autofree char *sql = dmig_survey_sql(self);
  g_autofree char *words = words_of(sql);
  for (const DmigVersionFeature *feature = features; feature->phrase != NULL; feature++) {
    g_autofree char *phrase = g_strdup_printf(" %s ", feature->phrase);
    if (feature->version <= version || strstr(words, phrase) == NULL)
      continue;
    g_autofree char *shown = g_ascii_strup(feature->phrase, -1);
    DmigFinding *finding
        = dmig_finding_add(findings, DMIG_FINDING_PROBLEM, "server-version",
                           "%s is too old: a statement has %s, which is known since %s", server,
                           shown, feature->since);
    dmig_finding_advise(finding, "upgrade the server, or commit the revision without it");
  }
}
