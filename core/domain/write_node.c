#include "core/domain/write_node.h"

#include <string.h>

/* Lines are broken beyond it where a collection can be; a text is never folded. */
#define PAGE_WIDTH 100
/* What a key may have beside its value in a line; libyaml looks no further than 1024 characters for
 * the colon. */
#define LONGEST_KEY 500
/* Of the words that are no texts to YAML. */
#define LONGEST_WORD 5

typedef enum { KIND_TEXT, KIND_VALUE, KIND_QUOTED, KIND_NULL, KIND_LIST, KIND_MAP } Kind;

struct _DmigWriteNode {
  Kind kind;
  gboolean spread, airy;
  char *text;
  GPtrArray *keys; /* char *, of a map, beside the children */
  GPtrArray *children;
};

static DmigWriteNode *
node_new(Kind kind, const char *text)
{
  DmigWriteNode *self = g_new0(DmigWriteNode, 1);
  self->kind = kind;
  self->text = text != NULL ? g_utf8_make_valid(text, -1) : NULL;
  if (kind == KIND_MAP)
    self->keys = g_ptr_array_new_with_free_func(g_free);
  if (kind == KIND_MAP || kind == KIND_LIST)
    self->children = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_write_node_free);
  return self;
}

DmigWriteNode *
dmig_write_node_text(const char *text)
{
  return node_new(KIND_TEXT, text);
}

DmigWriteNode *
dmig_write_node_value(const char *text)
{
  return node_new(KIND_VALUE, text);
}

DmigWriteNode *
dmig_write_node_quoted(const char *text)
{
  return node_new(KIND_QUOTED, text);
}

DmigWriteNode *
dmig_write_node_null(void)
{
  return node_new(KIND_NULL, "null");
}

DmigWriteNode *
dmig_write_node_list(void)
{
  return node_new(KIND_LIST, NULL);
}

DmigWriteNode *
dmig_write_node_map(void)
{
  return node_new(KIND_MAP, NULL);
}

void
dmig_write_node_free(DmigWriteNode *self)
{
  if (self == NULL)
    return;
  g_free(self->text);
  g_clear_pointer(&self->keys, g_ptr_array_unref);
  g_clear_pointer(&self->children, g_ptr_array_unref);
  g_free(self);
}

DmigWriteNode *
dmig_write_node_append(DmigWriteNode *list, DmigWriteNode *child)
{
  if (child != NULL)
    g_ptr_array_add(list->children, child);
  return child;
}

DmigWriteNode *
dmig_write_node_set(DmigWriteNode *map, const char *key, DmigWriteNode *child)
{
  if (child == NULL)
    return NULL;
  g_ptr_array_add(map->keys, g_utf8_make_valid(key, -1));
  g_ptr_array_add(map->children, child);
  return child;
}

void
dmig_write_node_set_text(DmigWriteNode *map, const char *key, const char *text)
{
  if (text != NULL)
    dmig_write_node_set(map, key, dmig_write_node_text(text));
}

void
dmig_write_node_set_value(DmigWriteNode *map, const char *key, const char *text)
{
  if (text != NULL)
    dmig_write_node_set(map, key, dmig_write_node_value(text));
}

void
dmig_write_node_set_true(DmigWriteNode *map, const char *key, gboolean truth)
{
  if (truth)
    dmig_write_node_set(map, key, dmig_write_node_value("true"));
}

DmigWriteNode *
dmig_write_node_names(char *const *names)
{
  if (names == NULL)
    return NULL;
  DmigWriteNode *list = dmig_write_node_list();
  for (char *const *name = names; *name != NULL; name++)
    dmig_write_node_append(list, dmig_write_node_text(*name));
  return list;
}

guint
dmig_write_node_length(const DmigWriteNode *self)
{
  return self->children->len;
}

void
dmig_write_node_spread(DmigWriteNode *self, gboolean airy)
{
  self->spread = TRUE;
  self->airy = airy;
}

/* Texts. */

/* Of a text, what decides how it can stand. */
typedef struct {
  gboolean escapes; /* has what only double quotes can hold: controls but tabs, CR, odd breaks */
  gboolean breaks;  /* has line feeds */
  gboolean tabs;
} Traits;

/* What YAML 1.1 takes for a line break, and what libyaml does not read as it is. */
static gboolean
needs_escape(gunichar c)
{
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF
         || (c & 0xFFFE) == 0xFFFE;
}

static Traits
look(const char *text)
{
  Traits traits = { 0 };
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
    gunichar c = (guchar) *p < 0x80 ? (gunichar) *p : g_utf8_get_char(p);
    if (c == '\n')
      traits.breaks = TRUE;
    else if (c == '\t')
      traits.tabs = TRUE;
    else if (needs_escape(c))
      traits.escapes = TRUE;
  }
  return traits;
}

static gboolean
is_word_of(const char *text, const char *const *words)
{
  if (strnlen(text, LONGEST_WORD + 1) > LONGEST_WORD)
    return FALSE;
  for (const char *const *word = words; *word != NULL; word++) {
    if (g_ascii_strcasecmp(text, *word) == 0)
      return TRUE;
  }
  return FALSE;
}

/* What some reader of YAML 1.1 or 1.2 takes for something else than a text. */
static gboolean
looks_typed(const char *text)
{
  static const char *const words[]
      = { "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", "-.inf", "+.inf", ".nan", NULL };
  const char *digits = text + (*text == '-' || *text == '+');
  digits += *digits == '.';
  return g_ascii_isdigit(*digits) ? strspn(text, "0123456789abcdefABCDEFoxOX+-.:_eTZ ") == strlen(text)
                                  : is_word_of(text, words);
}

static gboolean
is_null(const char *text)
{
  static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
  return strchr("~nN", *text) != NULL && g_strv_contains(nulls, text);
}

static gboolean
may_begin_plain(const char *text, gboolean flow)
{
  if (strchr("[]{},#&*!|>'\"%@`=<", *text) != NULL)
    return FALSE;
  if (strchr("-?:", *text) != NULL)
    return *text == '-' && (g_ascii_isalnum(text[1]) || (!flow && text[1] == '-' && text[2] != '-'));
  return *text != ' ' && strncmp(text, "...", 3) != 0;
}

/* Whether `text` (of one line, all printable) can stand without quotes. */
static gboolean
is_plain(const char *text, gboolean flow)
{
  gsize length = strlen(text);
  if (is_null(text) || !may_begin_plain(text, flow) || text[length - 1] == ' '
      || text[length - 1] == ':')
    return FALSE;
  for (const char *p = text; *p != '\0'; p++) {
    if (flow && strchr(",[]{}?:", *p) != NULL)
      return FALSE;
    if ((*p == ':' && p[1] == ' ') || (*p == ' ' && p[1] == '#'))
      return FALSE;
  }
  return TRUE;
}

static void
append_escaped(GString *out, gunichar c)
{
  static const struct {
    gunichar c;
    const char *escape;
  } escapes[] = {
    { '\n', "\\n" }, { '\t', "\\t" }, { '\r', "\\r" }, { '\b', "\\b" },     { 0x1B, "\\e" },
    { '"', "\\\"" }, { '\\', "\\\\" }, { 0x85, "\\N" }, { 0x2028, "\\L" }, { 0x2029, "\\P" },
  };
  for (guint i = 0; i < G_N_ELEMENTS(escapes); i++) {
    if (escapes[i].c == c) {
      g_string_append(out, escapes[i].escape);
      return;
    }
  }
  if (!needs_escape(c))
    g_string_append_unichar(out, c);
  else
    g_string_append_printf(out, c < 0x100 ? "\\x%02X" : c < 0x10000 ? "\\u%04X" : "\\U%08X", c);
}

static void
append_double_quoted(GString *out, const char *text)
{
  g_string_append_c(out, '"');
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
    append_escaped(out, g_utf8_get_char(p));
  g_string_append_c(out, '"');
}

static void
append_single_quoted(GString *out, const char *text)
{
  g_string_append_c(out, '\'');
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '\'')
      g_string_append_c(out, '\'');
    g_string_append_c(out, *p);
  }
  g_string_append_c(out, '\'');
}

/* `text` in one line. */
static void
append_text(GString *out, Kind kind, const char *text, gboolean flow)
{
  Traits traits = look(text);
  gboolean odd = traits.escapes || traits.breaks || traits.tabs;
  gboolean free_of_quotes = strchr(text, '\'') == NULL;
  gboolean free_of_escapes = strpbrk(text, "\"\\") == NULL;
  gboolean bare = kind == KIND_VALUE || (kind == KIND_TEXT && !looks_typed(text));
  if (kind == KIND_NULL || (!odd && bare && is_plain(text, flow)))
    g_string_append(out, text);
  else if (odd || (free_of_escapes && !free_of_quotes))
    append_double_quoted(out, text);
  else
    append_single_quoted(out, text);
}

/* Whether `text` reads better, and the same, as lines of its own. */
static gboolean
is_literal(const DmigWriteNode *self)
{
  if (self->text == NULL || self->kind == KIND_QUOTED || strchr(self->text, '\n') == NULL)
    return FALSE;
  Traits traits = look(self->text);
  return !traits.escapes && strspn(self->text, "\n \t") < strlen(self->text);
}

/* A block scalar: `|`, with the width of the indent where the text begins with blanks itself, and
 * what becomes of the line feeds at its end. */
static void
append_literal(GString *out, const char *text, guint indent)
{
  gsize length = strlen(text);
  const char *first = text + strspn(text, "\n");
  gboolean ended = text[length - 1] == '\n';
  gboolean open_end = ended && text[length - 2] == '\n';
  g_string_append_c(out, '|');
  if (*first == ' ' || *first == '\t')
    g_string_append_c(out, '2');
  g_string_append(out, !ended ? "-\n" : open_end ? "+\n" : "\n");
  for (const char *line = text; *line != '\0';) {
    gsize n = strcspn(line, "\n");
    if (n > 0)
      g_string_append_printf(out, "%*s", (int) indent, "");
    g_string_append_len(out, line, (gssize) n);
    g_string_append_c(out, '\n');
    line += n + (line[n] == '\n');
  }
}

/* Collections. */

/* Whether nothing in `self` demands lines of its own. */
static gboolean
can_flow(const DmigWriteNode *self)
{
  if (self->children == NULL)
    return !is_literal(self);
  if (self->spread && self->children->len > 0)
    return FALSE;
  for (guint i = 0; i < self->children->len; i++) {
    if (self->keys != NULL && strlen(self->keys->pdata[i]) > LONGEST_KEY)
      return FALSE;
    if (!can_flow(self->children->pdata[i]))
      return FALSE;
  }
  return TRUE;
}

static void
append_flow(GString *out, const DmigWriteNode *self)
{
  if (self->children == NULL) {
    append_text(out, self->kind, self->text, TRUE);
    return;
  }
  g_string_append_c(out, self->keys != NULL ? '{' : '[');
  for (guint i = 0; i < self->children->len; i++) {
    g_string_append(out, i > 0 ? ", " : "");
    if (self->keys != NULL) {
      append_text(out, KIND_TEXT, self->keys->pdata[i], TRUE);
      g_string_append(out, ": ");
    }
    append_flow(out, self->children->pdata[i]);
  }
  g_string_append_c(out, self->keys != NULL ? '}' : ']');
}

static void print_list(const DmigWriteNode *self, guint indent, GString *out);

static void
append_indent(GString *out, guint indent)
{
  for (; indent > 0; indent--)
    g_string_append_c(out, ' ');
}

/* What stands behind a key or a dash that ends at column `used`; children go `indent` deep. */
static void
print_value(const DmigWriteNode *self, guint used, guint indent, GString *out)
{
  if (self->children == NULL && is_literal(self)) {
    g_string_append_c(out, ' ');
    append_literal(out, self->text, indent);
    return;
  }
  if (self->children == NULL) {
    g_string_append_c(out, ' ');
    append_text(out, self->kind, self->text, FALSE);
    g_string_append_c(out, '\n');
    return;
  }
  gsize before = out->len;
  if (can_flow(self)) {
    g_string_append_c(out, ' ');
    append_flow(out, self);
    g_string_append_c(out, '\n');
    if (used + (out->len - before) <= PAGE_WIDTH + 1 || self->children->len == 0)
      return;
    g_string_truncate(out, before);
  }
  g_string_append_c(out, '\n');
  if (self->keys != NULL)
    dmig_write_node_print(self, indent, out);
  else
    print_list(self, indent, out);
}

/* An item's first line stands behind its dash. */
static void
print_list(const DmigWriteNode *self, guint indent, GString *out)
{
  for (guint i = 0; i < self->children->len; i++) {
    const DmigWriteNode *child = self->children->pdata[i];
    append_indent(out, indent);
    g_string_append_c(out, '-');
    gsize before = out->len;
    print_value(child, indent + 1, indent + 2, out);
    if (out->str[before] != '\n')
      continue;
    /* A collection that did not fit: its first line moves up behind the dash. */
    out->str[before] = ' ';
    g_string_erase(out, (gssize) before + 1, (gssize) indent + 2);
  }
}

static void
print_key(const char *key, guint indent, GString *out)
{
  append_indent(out, indent);
  if (strlen(key) <= LONGEST_KEY) {
    append_text(out, KIND_TEXT, key, FALSE);
    g_string_append_c(out, ':');
    return;
  }
  g_string_append(out, "? ");
  append_text(out, KIND_TEXT, key, FALSE);
  g_string_append_printf(out, "\n%*s:", (int) indent, "");
}

/* Behind a text that keeps its line feeds another one would be a part of it. */
void
dmig_write_blank_line(GString *out)
{
  if (out->len < 2 || memcmp(out->str + out->len - 2, "\n\n", 2) != 0)
    g_string_append_c(out, '\n');
}

void
dmig_write_node_print(const DmigWriteNode *self, guint indent, GString *out)
{
  for (guint i = 0; i < self->children->len; i++) {
    if (self->airy && i > 0)
      dmig_write_blank_line(out);
    gsize before = out->len;
    print_key(self->keys->pdata[i], indent, out);
    print_value(self->children->pdata[i], (guint) (out->len - before), indent + 2, out);
  }
}
