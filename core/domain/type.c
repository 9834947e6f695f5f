#include "core/domain/type.h"

#include <string.h>

#include "core/base/text.h"

#define MAX_STRING 10485760 /* PostgreSQL: char_max_length_limit */
#define MAX_PRECISION 1000  /* PostgreSQL manual 8.1.2 */
#define MAX_LABEL 63        /* PostgreSQL: NAMEDATALEN - 1 */

/* In the order of DmigTypeKind. */
static const char *const words[] = {
  "boolean",  "smallint", "integer", "bigint", "decimal", "real",      "double",
  "string",   "text",     "binary",  "date",   "time",    "timestamp", "timestamptz",
  "interval", "uuid",     "json",    "enum",   "array",   NULL,
};

/* What authors write who come from elsewhere. */
static const struct {
  const char *theirs, *ours;
} foreign_words[] = {
  { "varchar", "string" },
  { "char", "string" },
  { "character", "string" },
  { "str", "string" },
  { "int", "integer" },
  { "int4", "integer" },
  { "int8", "bigint" },
  { "int2", "smallint" },
  { "long", "bigint" },
  { "bool", "boolean" },
  { "float", "double" },
  { "float4", "real" },
  { "float8", "double" },
  { "numeric", "decimal" },
  { "number", "decimal" },
  { "money", "decimal(19,4)" },
  { "datetime", "timestamp" },
  { "jsonb", "json" },
  { "blob", "binary" },
  { "bytea", "binary" },
  { "bytes", "binary" },
  { "guid", "uuid" },
  { "serial", "integer identity" },
  { "bigserial", "bigint identity" },
};

const char *const *
dmig_type_words(void)
{
  return words;
}

/* A reader of the type's text. */
typedef struct {
  const char *next;
  char *problem;
  char *hint;
} Scanner;

static DmigType *scan_type(Scanner *self, guint depth);

static void G_GNUC_PRINTF(2, 3) fail(Scanner *self, const char *format, ...)
{
  if (self->problem != NULL)
    return;
  va_list arguments;
  va_start(arguments, format);
  self->problem = g_strdup_vprintf(format, arguments);
  va_end(arguments);
}

static void
skip_space(Scanner *self)
{
  while (g_ascii_isspace(*self->next))
    self->next++;
}

static gboolean
take(Scanner *self, char c)
{
  skip_space(self);
  if (*self->next != c)
    return FALSE;
  self->next++;
  return TRUE;
}

static gboolean
is_word_character(char c)
{
  return g_ascii_isalnum(c) || c == '_' || (guchar) c >= 0x80;
}

static char *
scan_word(Scanner *self)
{
  skip_space(self);
  const char *start = self->next;
  while (is_word_character(*self->next))
    self->next++;
  return g_strndup(start, (gsize) (self->next - start));
}

/* A number of at most `max` in parentheses or behind a comma. */
static guint
scan_number(Scanner *self, const char *what, guint max)
{
  g_autofree char *digits = scan_word(self);
  guint64 number;
  if (g_ascii_string_to_unsigned(digits, 10, 0, max, &number, NULL))
    return (guint) number;
  fail(self, "%s must be a number of at most %u", what, max);
  return 0;
}

static void
expect_close(Scanner *self)
{
  if (!take(self, ')'))
    fail(self, "a ')' is missing");
}

static char *
scan_quoted_label(Scanner *self)
{
  GString *label = g_string_new(NULL);
  self->next++;
  while (*self->next != '\0') {
    if (self->next[0] == '\'' && self->next[1] == '\'')
      self->next++;
    else if (self->next[0] == '\'')
      break;
    g_string_append_c(label, *self->next++);
  }
  if (*self->next == '\'')
    self->next++;
  else
    fail(self, "a label's quote is not closed");
  return g_string_free(label, FALSE);
}

static char *
scan_label(Scanner *self)
{
  skip_space(self);
  if (*self->next == '\'')
    return scan_quoted_label(self);
  gsize length = strcspn(self->next, ",()'");
  char *label = g_strstrip(g_strndup(self->next, length));
  self->next += length;
  return label;
}

static void
scan_labels(Scanner *self, DmigType *type)
{
  g_autoptr(GStrvBuilder) labels = g_strv_builder_new();
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  if (!take(self, '(')) {
    fail(self, "an enum needs its labels");
    self->hint = g_strdup("write enum(draft, sent)");
    return;
  }
  do {
    char *label = scan_label(self);
    g_strv_builder_add(labels, label);
    if (*label == '\0')
      fail(self, "a label of the enum is empty");
    else if (strlen(label) > MAX_LABEL)
      fail(self, "the label '%.20s…' is longer than %d bytes", label, MAX_LABEL);
    else if (g_hash_table_contains(seen, label))
      fail(self, "the enum has the label '%s' twice", label);
    g_hash_table_add(seen, label);
  } while (self->problem == NULL && take(self, ','));
  expect_close(self);
  type->labels = g_strv_builder_end(labels);
}

static void
scan_decimal(Scanner *self, DmigType *type)
{
  if (!take(self, '('))
    return;
  type->precision = scan_number(self, "the number of digits", MAX_PRECISION);
  if (take(self, ','))
    type->scale = scan_number(self, "the number of digits behind the point", MAX_PRECISION);
  expect_close(self);
  if (type->precision == 0)
    fail(self, "a decimal needs at least one digit");
  else if (type->scale > type->precision)
    fail(self, "decimal(%u,%u) has more digits behind the point than in all", type->precision,
         type->scale);
}

static void
scan_string(Scanner *self, DmigType *type)
{
  if (!take(self, '('))
    return;
  type->length = scan_number(self, "a string's length", MAX_STRING);
  expect_close(self);
  if (type->length == 0)
    fail(self, "a string's length must be at least 1");
}

static void
scan_array(Scanner *self, DmigType *type, guint depth)
{
  if (!take(self, '(')) {
    fail(self, "an array needs the type of its elements");
    self->hint = g_strdup("write array(text) or text[]");
    return;
  }
  type->element = scan_type(self, depth + 1);
  expect_close(self);
}

char *
dmig_type_hint(const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS(foreign_words); i++) {
    if (g_ascii_strcasecmp(word, foreign_words[i].theirs) == 0)
      return g_strdup_printf("did you mean '%s'?", foreign_words[i].ours);
  }
  const char *near = dmig_text_suggest(word, words);
  return near != NULL ? g_strdup_printf("did you mean '%s'?", near) : NULL;
}

static void
scan_parameters(Scanner *self, DmigType *type, guint depth)
{
  if (type->kind == DMIG_TYPE_ENUM)
    scan_labels(self, type);
  else if (type->kind == DMIG_TYPE_DECIMAL)
    scan_decimal(self, type);
  else if (type->kind == DMIG_TYPE_STRING)
    scan_string(self, type);
  else if (type->kind == DMIG_TYPE_ARRAY)
    scan_array(self, type, depth);
  else if (take(self, '('))
    fail(self, "'%s' takes nothing in parentheses", words[type->kind]);
}

static DmigType *
scan_base(Scanner *self, guint depth)
{
  DmigType *type = g_new0(DmigType, 1);
  g_autofree char *word = scan_word(self);
  for (guint i = 0; words[i] != NULL; i++) {
    if (strcmp(word, words[i]) == 0) {
      type->kind = (DmigTypeKind) i;
      scan_parameters(self, type, depth);
      return type;
    }
  }
  type->kind = DMIG_TYPE_ENUM;
  type->enum_name = g_strdup(word);
  if (*word != '\0' && *self->next == '.' && is_word_character(self->next[1])) {
    self->next++;
    g_autofree char *name = scan_word(self);
    g_free(type->enum_name);
    type->enum_name = g_strconcat(word, ".", name, NULL);
  }
  skip_space(self);
  if (*word == '\0')
    fail(self, "a type is missing");
  else if (*self->next == '(' || g_ascii_isdigit(*word)) {
    fail(self, "unknown type '%.60s'", word);
    self->hint = dmig_type_hint(word);
  }
  return type;
}

static DmigType *
scan_type(Scanner *self, guint depth)
{
  if (depth > DMIG_TYPE_MAX_DIMENSIONS) {
    fail(self, "an array has at most %d dimensions", DMIG_TYPE_MAX_DIMENSIONS);
    return NULL;
  }
  DmigType *type = scan_base(self, depth);
  while (self->problem == NULL && take(self, '[')) {
    if (!take(self, ']'))
      fail(self, "an array is written with empty brackets");
    if (++depth > DMIG_TYPE_MAX_DIMENSIONS)
      fail(self, "an array has at most %d dimensions", DMIG_TYPE_MAX_DIMENSIONS);
    DmigType *array = g_new0(DmigType, 1);
    array->kind = DMIG_TYPE_ARRAY;
    array->element = type;
    type = array;
  }
  return type;
}

DmigType *
dmig_type_parse(const char *text, char **out_problem, char **out_hint)
{
  Scanner scanner = { .next = text };
  g_autoptr(DmigType) type = scan_type(&scanner, 0);
  skip_space(&scanner);
  if (*scanner.next != '\0')
    fail(&scanner, "'%.40s' is more than a type", text);
  if (scanner.problem == NULL) {
    g_free(scanner.hint);
    return g_steal_pointer(&type);
  }
  *out_problem = scanner.problem;
  *out_hint = scanner.hint;
  return NULL;
}

DmigType *
dmig_type_copy(const DmigType *self)
{
  if (self == NULL)
    return NULL;
  DmigType *copy = g_memdup2(self, sizeof *self);
  copy->enum_name = g_strdup(self->enum_name);
  copy->labels = g_strdupv(self->labels);
  copy->element = dmig_type_copy(self->element);
  return copy;
}

void
dmig_type_free(DmigType *self)
{
  if (self == NULL)
    return;
  g_free(self->enum_name);
  g_strfreev(self->labels);
  dmig_type_free(self->element);
  g_free(self);
}

static gboolean
label_is_plain(const char *label)
{
  return strpbrk(label, ",()'") == NULL && !g_ascii_isspace(label[0])
         && !g_ascii_isspace(label[strlen(label) - 1]);
}

static char *
enum_to_text(const DmigType *self)
{
  if (self->enum_name != NULL)
    return g_strdup(self->enum_name);
  GString *text = g_string_new("enum(");
  for (guint i = 0; self->labels != NULL && self->labels[i] != NULL; i++) {
    const char *label = self->labels[i];
    g_string_append(text, i > 0 ? ", " : "");
    if (*label != '\0' && label_is_plain(label)) {
      g_string_append(text, label);
      continue;
    }
    g_auto(GStrv) pieces = g_strsplit(label, "'", -1);
    g_autofree char *doubled = g_strjoinv("''", pieces);
    g_string_append_printf(text, "'%s'", doubled);
  }
  g_string_append_c(text, ')');
  return g_string_free(text, FALSE);
}

char *
dmig_type_to_text(const DmigType *self)
{
  if (self->kind == DMIG_TYPE_ENUM)
    return enum_to_text(self);
  if (self->kind == DMIG_TYPE_ARRAY) {
    g_autofree char *element = dmig_type_to_text(self->element);
    return g_strconcat(element, "[]", NULL);
  }
  if (self->kind == DMIG_TYPE_STRING && self->length > 0)
    return g_strdup_printf("string(%u)", self->length);
  if (self->kind == DMIG_TYPE_DECIMAL && self->scale > 0)
    return g_strdup_printf("decimal(%u,%u)", self->precision, self->scale);
  if (self->kind == DMIG_TYPE_DECIMAL && self->precision > 0)
    return g_strdup_printf("decimal(%u)", self->precision);
  return g_strdup(words[self->kind]);
}

gboolean
dmig_type_equal(const DmigType *a, const DmigType *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  if (a->kind != b->kind || a->length != b->length || a->precision != b->precision
      || a->scale != b->scale)
    return FALSE;
  if (a->kind == DMIG_TYPE_ARRAY)
    return dmig_type_equal(a->element, b->element);
  return g_strcmp0(a->enum_name, b->enum_name) == 0 && dmig_strv_equal(a->labels, b->labels);
}

static int
family(DmigTypeKind kind)
{
  if (kind <= DMIG_TYPE_DOUBLE && kind >= DMIG_TYPE_SMALLINT)
    return DMIG_TYPE_BIGINT;
  if (kind == DMIG_TYPE_TIMESTAMP || kind == DMIG_TYPE_TIMESTAMPTZ)
    return DMIG_TYPE_DATE;
  return kind == DMIG_TYPE_STRING ? DMIG_TYPE_TEXT : (int) kind;
}

gboolean
dmig_type_comparable(const DmigType *a, const DmigType *b)
{
  if (a->kind == DMIG_TYPE_ENUM && b->kind == DMIG_TYPE_ENUM)
    return g_strcmp0(a->enum_name, b->enum_name) == 0;
  if (a->kind == DMIG_TYPE_ARRAY && b->kind == DMIG_TYPE_ARRAY)
    return dmig_type_comparable(a->element, b->element);
  return family(a->kind) == family(b->kind);
}
