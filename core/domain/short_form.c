#include "core/domain/short_form.h"

#include <string.h>

#include "core/base/text.h"
#include "core/domain/dialect_facts.h"

const DmigWord dmig_action_words[] = {
  { "no action", DMIG_ACTION_NO_ACTION },
  { "no_action", DMIG_ACTION_NO_ACTION },
  { "restrict", DMIG_ACTION_RESTRICT },
  { "cascade", DMIG_ACTION_CASCADE },
  { "set null", DMIG_ACTION_SET_NULL },
  { "set_null", DMIG_ACTION_SET_NULL },
  { "set default", DMIG_ACTION_SET_DEFAULT },
  { "set_default", DMIG_ACTION_SET_DEFAULT },
  { NULL, 0 },
};

const DmigWord dmig_identity_words[] = {
  { "true", DMIG_IDENTITY_BY_DEFAULT },
  { "false", DMIG_IDENTITY_NONE },
  { "by_default", DMIG_IDENTITY_BY_DEFAULT },
  { "always", DMIG_IDENTITY_ALWAYS },
  { NULL, 0 },
};

const DmigWord dmig_deferrable_words[] = {
  { "true", DMIG_DEFERRABLE },
  { "false", DMIG_NOT_DEFERRABLE },
  { "immediate", DMIG_DEFERRABLE },
  { "deferred", DMIG_INITIALLY_DEFERRED },
  { NULL, 0 },
};

/* The words of one line. */
typedef struct {
  DmigReading *reading;
  const DmigYamlNode *node;
  const char *next;
  char *word;      /* the last one taken; NULL: the line is at its end */
  DmigLocation at; /* where it stands */
  gboolean quoted; /* it stood in quotes, which are off it */
  gboolean failed;
} Line;

static void
take_quoted(Line *self, GString *word)
{
  for (self->next++; *self->next != '\0'; self->next++) {
    if (self->next[0] == '\'' && self->next[1] == '\'')
      self->next++;
    else if (self->next[0] == '\'')
      break;
    g_string_append_c(word, *self->next);
  }
  if (*self->next == '\'')
    self->next++;
  else {
    dmig_reading_report(self->reading, self->node->at, DMIG_RULE_BAD_TYPE, NULL,
                        "a quote is not closed in '%s'",
                        dmig_reading_show(self->reading, self->node->text));
    self->failed = TRUE;
  }
}

/* Up to the next blank outside of parentheses and of quotes within them. */
static void
take_plain(Line *self, GString *word)
{
  guint depth = 0;
  gboolean in_quote = FALSE;
  for (; *self->next != '\0'; self->next++) {
    if (*self->next == '\'')
      in_quote = !in_quote;
    else if (!in_quote && *self->next == '(')
      depth++;
    else if (!in_quote && *self->next == ')' && depth > 0)
      depth--;
    else if (!in_quote && depth == 0 && g_ascii_isspace(*self->next))
      break;
    g_string_append_c(word, *self->next);
  }
}

/* Only in a plain scalar of one line is a column of the text one of the file. */
static DmigLocation
word_location(const Line *self)
{
  DmigLocation at = self->node->at;
  if (self->node->plain && strchr(self->node->text, '\n') == NULL)
    at.column += (guint) g_utf8_strlen(self->node->text, self->next - self->node->text);
  return at;
}

static gboolean
take_word(Line *self)
{
  g_clear_pointer(&self->word, g_free);
  while (g_ascii_isspace(*self->next))
    self->next++;
  self->quoted = *self->next == '\'';
  self->at = word_location(self);
  if (*self->next == '\0' || self->failed)
    return FALSE;
  GString *word = g_string_new(NULL);
  if (self->quoted)
    take_quoted(self, word);
  else
    take_plain(self, word);
  self->word = g_string_free(word, FALSE);
  return TRUE;
}

/* What must stand behind a flag. */
static gboolean
take_argument(Line *self, const char *flag)
{
  if (take_word(self))
    return TRUE;
  if (!self->failed)
    dmig_reading_report(self->reading, self->node->at, DMIG_RULE_MISSING_VALUE, NULL,
                        "something must stand behind '%s'", flag);
  return FALSE;
}

static const DmigForm action_form = { .expects = "an action", .words = dmig_action_words };

static void
take_action(Line *self, const char *flag, DmigAction *action)
{
  if (!take_argument(self, flag))
    return;
  DmigYamlNode word = { .at = self->at, .text = self->word, .plain = TRUE };
  dmig_form_read_word(self->reading, &action_form, &word, action);
}

static void
take_references(Line *self, const char *flag, DmigField *field)
{
  if (!take_argument(self, flag))
    return;
  g_free(field->references);
  field->references = g_strdup(self->word);
  dmig_reading_note_place(self->reading, &field->references, self->at);
}

static void
take_default(Line *self, const char *flag, DmigField *field)
{
  if (!take_argument(self, flag))
    return;
  DmigYamlNode word = { .at = self->at, .text = self->word, .plain = !self->quoted };
  dmig_form_read(self->reading, &dmig_form_default, &word, &field->default_value);
}

static void
take_required(Line *self, const char *flag, DmigField *field)
{
  field->required = TRUE;
}

static void
take_primary(Line *self, const char *flag, DmigField *field)
{
  field->primary = TRUE;
}

static void
take_unique(Line *self, const char *flag, DmigField *field)
{
  field->unique = TRUE;
}

static void
take_identity(Line *self, const char *flag, DmigField *field)
{
  field->identity = DMIG_IDENTITY_BY_DEFAULT;
}

static void
take_serial(Line *self, const char *flag, DmigField *field)
{
  field->serial = TRUE;
}

static void
take_always(Line *self, const char *flag, DmigField *field)
{
  if (field->identity == DMIG_IDENTITY_NONE)
    dmig_reading_report(self->reading, self->at, DMIG_RULE_UNKNOWN_WORD, NULL,
                        "'always' stands behind 'identity' only");
  else
    field->identity = DMIG_IDENTITY_ALWAYS;
}

static void
take_deferrable(Line *self, const char *flag, DmigField *field)
{
  field->deferrable = DMIG_DEFERRABLE;
}

static void
take_deferred(Line *self, const char *flag, DmigField *field)
{
  field->deferrable = DMIG_INITIALLY_DEFERRED;
}

static void
take_on_delete(Line *self, const char *flag, DmigField *field)
{
  take_action(self, flag, &field->on_delete);
}

static void
take_on_update(Line *self, const char *flag, DmigField *field)
{
  take_action(self, flag, &field->on_update);
}

static const struct {
  const char *flag;
  void (*take)(Line *line, const char *flag, DmigField *field);
} flags[] = {
  { "required", take_required },     { "unique", take_unique },
  { "primary", take_primary },       { "identity", take_identity },
  { "always", take_always },         { "default", take_default },
  { "references", take_references }, { "on_delete", take_on_delete },
  { "on_update", take_on_update },   { "deferrable", take_deferrable },
  { "deferred", take_deferred },     { "serial", take_serial },
};

const char *const *
dmig_short_form_flags(void)
{
  static const char *names[G_N_ELEMENTS(flags) + 1];
  for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
    names[i] = flags[i].flag;
  return names;
}

static gboolean
take_flag(Line *self, DmigField *field)
{
  for (guint i = 0; i < G_N_ELEMENTS(flags); i++) {
    if (!self->quoted && strcmp(flags[i].flag, self->word) == 0) {
      flags[i].take(self, flags[i].flag, field);
      return TRUE;
    }
  }
  return FALSE;
}

static void
report_unknown_flag(Line *self)
{
  g_autofree char *hint = NULL;
  g_autofree char *lower = g_ascii_strdown(self->word, -1);
  if (strcmp(lower, "not") == 0 || strcmp(lower, "null") == 0)
    hint = g_strdup("'required' is how a field that may not be null is spelled");
  else
    hint = dmig_reading_suggest_or_list(self->reading, lower, dmig_short_form_flags());
  dmig_reading_report(self->reading, self->at, DMIG_RULE_UNKNOWN_WORD, hint, "unknown flag '%s'",
                      dmig_reading_show(self->reading, self->word));
}

/* Of `postgresql(tsvector)` the dialect, static; NULL: it is not of that form. */
static const char *
native_dialect(const char *text)
{
  const char *const *name = dmig_dialect_names();
  for (; *name != NULL; name++) {
    gsize length = strlen(*name);
    if (strncmp(text, *name, length) == 0 && text[length] == '(' && g_str_has_suffix(text, ")"))
      break;
  }
  return *name;
}

char *
dmig_short_form_native(const DmigField *field)
{
  GHashTableIter iter;
  gpointer dialect, native;
  if (field->native == NULL || field->type != NULL || field->type_name != NULL
      || g_hash_table_size(field->native) != 1)
    return NULL;
  g_hash_table_iter_init(&iter, field->native);
  g_hash_table_iter_next(&iter, &dialect, &native);
  gint depth = 0;
  gboolean in_quote = FALSE;
  for (const char *p = native; *p != '\0'; p++) {
    if (g_ascii_iscntrl(*p) || (depth == 0 && !in_quote && *p == ')'))
      return NULL;
    in_quote ^= *p == '\'';
    depth += in_quote ? 0 : (*p == '(') - (*p == ')');
  }
  return depth == 0 && !in_quote ? g_strdup_printf("%s(%s)", (char *) dialect, (char *) native)
                                 : NULL;
}

static void
read_native(DmigField *field, const char *dialect, const char *text)
{
  const char *open = text + strlen(dialect) + 1;
  g_clear_pointer(&field->native, g_hash_table_unref);
  field->native = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert(field->native, g_strdup(dialect), g_strndup(open, strlen(open) - 1));
}

void
dmig_field_read_type(DmigReading *reading, DmigField *field, DmigLocation at, const char *text)
{
  const char *dialect = native_dialect(text);
  if (dialect != NULL) {
    read_native(field, dialect, text);
    return;
  }
  g_autofree char *problem = NULL;
  g_autofree char *hint = NULL;
  g_autoptr(DmigType) type = dmig_type_parse(text, &problem, &hint);
  if (type == NULL) {
    DmigRule rule
        = g_str_has_prefix(problem, "unknown type") ? DMIG_RULE_UNKNOWN_TYPE : DMIG_RULE_BAD_TYPE;
    g_autofree char *printable = dmig_text_printable(problem);
    dmig_reading_report(reading, at, rule, hint, "%s", printable);
    return;
  }
  dmig_type_free(field->type);
  field->type = g_steal_pointer(&type);
  dmig_reading_note_place(reading, &field->type, at);
}

void
dmig_short_form_read(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                     gpointer place)
{
  DmigField *field = place;
  Line line = { .reading = reading, .node = node, .next = node->text };
  for (gboolean first = TRUE; take_word(&line); first = FALSE) {
    if (take_flag(&line, field))
      continue;
    if (first && !line.quoted)
      dmig_field_read_type(reading, field, line.at, line.word);
    else
      report_unknown_flag(&line);
  }
  g_free(line.word);
}
