#include "core/domain/form.h"

#include <string.h>

#include "core/base/text.h"

/* Looking for likely names is quadratic in the worst case, and nobody reads the hundredth hint. */
#define MAX_SUGGESTIONS 100
#define MAX_CANDIDATES 4096
#define MAX_SHOWN 60

void
dmig_reading_init(DmigReading *self, DmigDiagnostics *diagnostics, gpointer reader)
{
  *self = (DmigReading) { .diagnostics = diagnostics, .reader = reader };
  self->places = g_hash_table_new_full(NULL, NULL, NULL, g_free);
}

void
dmig_reading_clear(DmigReading *self)
{
  g_clear_pointer(&self->places, g_hash_table_unref);
  for (guint i = 0; i < G_N_ELEMENTS(self->shown); i++)
    g_clear_pointer(&self->shown[i], g_free);
}

void
dmig_reading_report(DmigReading *self, DmigLocation at, DmigRule rule, const char *hint,
                    const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  dmig_diagnostics_add(self->diagnostics, at, dmig_rule_severity(rule), dmig_rule_name(rule), hint,
                       "%s", message);
}

void
dmig_reading_note_place(DmigReading *self, gconstpointer address, DmigLocation at)
{
  g_hash_table_insert(self->places, (gpointer) address, g_memdup2(&at, sizeof at));
}

DmigLocation
dmig_reading_place(DmigReading *self, gconstpointer address, DmigLocation otherwise)
{
  const DmigLocation *at = g_hash_table_lookup(self->places, address);
  return at != NULL ? *at : otherwise;
}

const char *
dmig_reading_show(DmigReading *self, const char *text)
{
  char **slot = &self->shown[self->next_shown++ % G_N_ELEMENTS(self->shown)];
  g_autofree char *start = NULL;
  if (strlen(text) > MAX_SHOWN) {
    const char *end = g_utf8_find_prev_char(text, text + MAX_SHOWN + 1);
    g_autofree char *cut = g_strndup(text, (gsize) (end - text));
    start = g_strconcat(cut, "…", NULL);
  }
  g_free(*slot);
  *slot = dmig_text_printable(start != NULL ? start : text);
  return *slot;
}

gboolean
dmig_reading_may_suggest(const DmigReading *self, guint n_candidates)
{
  return self->suggestions < MAX_SUGGESTIONS && n_candidates <= MAX_CANDIDATES;
}

char *
dmig_reading_suggest(DmigReading *self, const char *word, const char *const *candidates)
{
  if (!dmig_reading_may_suggest(self, g_strv_length((char **) candidates)))
    return NULL;
  self->suggestions++;
  const char *near = dmig_text_suggest(word, candidates);
  return near != NULL ? g_strdup_printf("did you mean '%s'?", dmig_reading_show(self, near)) : NULL;
}

char *
dmig_reading_suggest_or_list(DmigReading *self, const char *word, const char *const *candidates)
{
  char *hint = dmig_reading_suggest(self, word, candidates);
  if (hint != NULL)
    return hint;
  g_autofree char *all = g_strjoinv(", ", (char **) candidates);
  return g_strdup_printf("one of %s", all);
}

static const char *
found(const DmigYamlNode *node)
{
  if (dmig_yaml_is_null(node))
    return "nothing";
  return node->kind == DMIG_YAML_SCALAR     ? "a text"
         : node->kind == DMIG_YAML_SEQUENCE ? "a list"
                                            : "a mapping";
}

void
dmig_form_read(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  if (dmig_yaml_is_null(node)) {
    if (form->nothing != NULL)
      form->nothing(reading, form, node, place);
    else if (!form->nullable)
      dmig_reading_report(reading, node->at, DMIG_RULE_MISSING_VALUE, NULL,
                          "expected %s, found nothing", form->expects);
    return;
  }
  DmigFormRead read = node->kind == DMIG_YAML_SCALAR     ? form->scalar
                      : node->kind == DMIG_YAML_SEQUENCE ? form->sequence
                                                         : form->mapping;
  if (node->kind == DMIG_YAML_SEQUENCE && form->most > 0 && dmig_yaml_length(node) > form->most)
    dmig_reading_report(reading, node->at, DMIG_RULE_TOO_MANY_FIELDS, NULL,
                        "more than %u fields: no key or index has as many", form->most);
  else if (read != NULL)
    read(reading, form, node, place);
  else
    dmig_reading_report(reading, node->at, DMIG_RULE_WRONG_KIND, NULL, "expected %s, found %s",
                        form->expects, found(node));
}

const DmigKey *
dmig_form_find_key(DmigReading *reading, const DmigForm *form, const DmigYamlNode *name)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (const DmigKey *key = form->keys; key->name != NULL; key++) {
    if (strcmp(key->name, name->text) == 0)
      return key;
    g_ptr_array_add(names, (gpointer) key->name);
  }
  g_ptr_array_add(names, NULL);
  g_autofree char *hint
      = dmig_reading_suggest_or_list(reading, name->text, (const char *const *) names->pdata);
  dmig_reading_report(reading, name->at, DMIG_RULE_UNKNOWN_KEY, hint, "unknown key '%s'",
                      dmig_reading_show(reading, name->text));
  return NULL;
}

void
dmig_form_read_keys(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                    gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigKey *key = dmig_form_find_key(reading, form, dmig_yaml_key(node, i));
    if (key == NULL)
      continue;
    reading->key = key->name;
    dmig_form_read(reading, key->form, dmig_yaml_value(node, i), (char *) place + key->offset);
  }
  for (const DmigKey *key = form->keys; key->name != NULL; key++) {
    if (key->needed && !dmig_yaml_has(node, key->name))
      dmig_reading_report(reading, node->at, DMIG_RULE_MISSING_KEY, NULL, "'%s' is missing: %s",
                          key->name, key->form->expects);
  }
}

void
dmig_form_read_word(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                    gpointer place)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  for (const DmigWord *word = form->words; word->word != NULL; word++) {
    gboolean truth = strcmp(word->word, "true") == 0 || strcmp(word->word, "false") == 0;
    if (strcmp(word->word, node->text) == 0 && (node->plain || !truth)) {
      *(int *) place = word->value;
      return;
    }
    g_ptr_array_add(words, (gpointer) word->word);
  }
  g_ptr_array_add(words, NULL);
  g_autofree char *hint
      = dmig_reading_suggest_or_list(reading, node->text, (const char *const *) words->pdata);
  dmig_reading_report(reading, node->at, DMIG_RULE_UNKNOWN_WORD, hint, "expected %s, found '%s'",
                      form->expects, dmig_reading_show(reading, node->text));
}

static void
read_text(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  char **text = place;
  g_free(*text);
  *text = g_strdup(node->text);
}

const DmigForm dmig_form_text = { .expects = "a text", .scalar = read_text };

static const DmigWord truths[] = { { "true", TRUE }, { "false", FALSE }, { NULL, 0 } };

const DmigForm dmig_form_boolean = {
  .expects = "true or false",
  .scalar = dmig_form_read_word,
  .words = truths,
};

static void
read_one_name(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  const char *names[] = { node->text, NULL };
  char ***list = place;
  g_strfreev(*list);
  *list = g_strdupv((char **) names);
}

static void
read_names(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    char *name = NULL;
    dmig_form_read(reading, form->item, dmig_yaml_item(node, i), &name);
    if (name != NULL)
      g_strv_builder_add(names, name);
    g_free(name);
  }
  char ***list = place;
  g_strfreev(*list);
  *list = g_strv_builder_end(names);
}

const DmigForm dmig_form_names = {
  .expects = "a list of names",
  .scalar = read_one_name,
  .sequence = read_names,
  .item = &dmig_form_text,
};

/* PostgreSQL: INDEX_MAX_KEYS */
const DmigForm dmig_form_fields = {
  .expects = "a list of fields",
  .scalar = read_one_name,
  .sequence = read_names,
  .item = &dmig_form_text,
  .most = 32,
};
