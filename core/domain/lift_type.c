/* Types and values: portable ones where lowering gives back what the database has. */
#include "core/domain/lifting.h"

#include <string.h>

#include "core/sql/lexer.h"
#include "core/sql/text.h"

void
dmig_lifted_type_free(DmigLiftedType *self)
{
  if (self == NULL)
    return;
  g_free(self->name);
  g_free(self->path);
  g_free(self);
}

DmigSqlText *
dmig_lift_sql(const char *sql)
{
  return sql != NULL ? dmig_sql_text_new((DmigLocation) { NULL, 0, 0 }, sql) : NULL;
}

/* Types. */

/* Of several that are lowered alike, the first. */
static const DmigTypeKind simple_kinds[] = {
  DMIG_TYPE_BOOLEAN, DMIG_TYPE_INTEGER, DMIG_TYPE_BIGINT,    DMIG_TYPE_SMALLINT,
  DMIG_TYPE_DECIMAL, DMIG_TYPE_REAL,    DMIG_TYPE_DOUBLE,    DMIG_TYPE_TEXT,
  DMIG_TYPE_STRING,  DMIG_TYPE_BINARY,  DMIG_TYPE_DATE,      DMIG_TYPE_TIME,
  DMIG_TYPE_TIMESTAMP, DMIG_TYPE_TIMESTAMPTZ, DMIG_TYPE_INTERVAL, DMIG_TYPE_UUID,
  DMIG_TYPE_JSON,
};

/* Also where the native type is written otherwise than the database reports it. */
static gboolean
is_lowered_to(const DmigLifting *self, const DmigType *type, const char *native)
{
  g_autofree char *lowered = self->dialect->lower_type(type, NULL);
  g_autofree char *canonical = self->dialect->canonical_type(native);
  return strcmp(lowered, native) == 0 || strcmp(lowered, canonical) == 0;
}

/* The numbers of `name(12,2) tail`. */
static guint
read_sizes(const char *native, guint *sizes)
{
  const char *open = strchr(native, '(');
  guint n = 0;
  for (const char *p = open; p != NULL && n < 2 && *p != ')' && *p != '\0';) {
    char *end;
    p += strspn(p, "(, ");
    guint64 size = g_ascii_strtoull(p, &end, 10);
    if (end == p || size > G_MAXINT32)
      return 0;
    sizes[n++] = (guint) size;
    p = end;
  }
  return n;
}

static DmigType *
find_portable(const DmigLifting *self, const char *native)
{
  DmigType type = { 0 };
  guint sizes[2] = { 0, 0 };
  guint n = read_sizes(native, sizes);
  for (guint i = 0; n == 0 && i < G_N_ELEMENTS(simple_kinds); i++) {
    type.kind = simple_kinds[i];
    if (is_lowered_to(self, &type, native))
      return dmig_type_copy(&type);
  }
  type = (DmigType) { .kind = DMIG_TYPE_UUID };
  if (n > 0 && is_lowered_to(self, &type, native))
    return dmig_type_copy(&type);
  type = (DmigType) { .kind = DMIG_TYPE_STRING, .length = sizes[0] };
  if (n == 1 && sizes[0] > 0 && is_lowered_to(self, &type, native))
    return dmig_type_copy(&type);
  type = (DmigType) { .kind = DMIG_TYPE_DECIMAL, .precision = sizes[0], .scale = sizes[1] };
  if (n > 0 && sizes[0] > 0 && sizes[1] <= sizes[0] && is_lowered_to(self, &type, native))
    return dmig_type_copy(&type);
  return NULL;
}

/* The portable type that is lowered to `native`; NULL: none. Borrowed. */
static const DmigType *
portable_of(DmigLifting *self, const char *native)
{
  gpointer known = NULL;
  if (g_hash_table_lookup_extended(self->portable, native, NULL, &known))
    return known;
  DmigType *type = find_portable(self, native);
  gsize length = strlen(native);
  if (type == NULL && g_str_has_suffix(native, "[]")) {
    g_autofree char *element = g_strndup(native, length - 2);
    DmigType *of = dmig_type_copy(portable_of(self, element));
    type = of != NULL ? g_new0(DmigType, 1) : NULL;
    if (type != NULL)
      *type = (DmigType) { .kind = DMIG_TYPE_ARRAY, .element = of };
    if (type != NULL && !is_lowered_to(self, type, native))
      g_clear_pointer(&type, dmig_type_free);
  }
  g_hash_table_insert(self->portable, g_strdup(native), type);
  return type;
}

/* A type that the domain has a name for. */
static void
use_lifted(DmigField *field, const DmigLiftedType *lifted, gboolean array)
{
  if (lifted->labels == NULL) {
    field->type_name = g_strdup(lifted->path);
    field->type_dimensions = array ? 1 : 0;
    return;
  }
  DmigType *type = g_new0(DmigType, 1);
  type->kind = DMIG_TYPE_ENUM;
  type->enum_name = g_strdup(lifted->name);
  type->labels = g_strdupv(lifted->labels->labels);
  field->type = type;
  if (!array)
    return;
  field->type = g_new0(DmigType, 1);
  *field->type = (DmigType) { .kind = DMIG_TYPE_ARRAY, .element = type };
}

void
dmig_lift_type(DmigLifting *self, DmigField *field, const char *native)
{
  const DmigType *portable = portable_of(self, native);
  if (portable != NULL) {
    field->type = dmig_type_copy(portable);
    return;
  }
  gboolean array = g_str_has_suffix(native, "[]");
  g_autofree char *element
      = array ? g_strndup(native, strlen(native) - 2) : g_strdup(native);
  const DmigLiftedType *lifted = g_hash_table_lookup(self->types, element);
  if (lifted != NULL && lifted->name != NULL) {
    use_lifted(field, lifted, array);
    return;
  }
  field->native = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert(field->native, g_strdup(self->dialect->name), g_strdup(native));
}

/* Values. */

/* What a string literal holds; NULL where `sql` is more than one. Owned. */
static char *
unquote(const char *sql)
{
  gsize length = strlen(sql);
  if (length < 2 || sql[0] != '\'' || sql[length - 1] != '\'')
    return NULL;
  GString *text = g_string_new(NULL);
  for (const char *p = sql + 1; p < sql + length - 1; p++) {
    if (*p == '\'' && (p[1] != '\'' || ++p == sql + length - 1)) {
      g_string_free(text, TRUE);
      return NULL;
    }
    g_string_append_c(text, *p);
  }
  return g_string_free(text, FALSE);
}

/* As dmig_lowering_value() spells it for a field whose type only the database understands. */
static gboolean
is_native_literal(const DmigLifting *self, const char *text, const char *sql)
{
  static const DmigType as_text = { .kind = DMIG_TYPE_TEXT };
  static const DmigType as_number = { .kind = DMIG_TYPE_DECIMAL };
  g_autofree char *problem = NULL;
  if (strpbrk(text, "eE+") == NULL && dmig_type_accepts(&as_number, text, &problem))
    return strcmp(text, sql) == 0;
  g_autofree char *literal = self->dialect->literal(&as_text, text);
  return strcmp(literal, sql) == 0;
}

/* Whether the value `text` of the field is lowered to `sql`. */
static gboolean
is_literal(const DmigLifting *self, const DmigField *field, const char *text, const char *sql)
{
  g_autofree char *problem = NULL;
  /* What fits a type of one's own is known only behind its base. */
  if (field->type_name != NULL)
    return FALSE;
  if (field->native != NULL || field->type == NULL)
    return is_native_literal(self, text, sql);
  if (!dmig_type_accepts(field->type, text, &problem))
    return FALSE;
  g_autofree char *literal = self->dialect->literal(field->type, text);
  return strcmp(literal, sql) == 0;
}

static gboolean
is_null(const DmigLifting *self, const DmigField *field, const char *sql)
{
  if (field->native != NULL || field->type == NULL || field->type_name != NULL)
    return strcmp(sql, "NULL") == 0;
  g_autofree char *null = self->dialect->literal(field->type, NULL);
  return strcmp(null, sql) == 0;
}

static DmigValue *
literal_new(char *text_owned)
{
  DmigValue *value = g_new0(DmigValue, 1);
  value->kind = DMIG_VALUE_LITERAL;
  value->literal = text_owned;
  return value;
}

static gboolean
gives_type(DmigFunction function, const DmigType *type)
{
  switch (function) {
  case DMIG_FUNCTION_NOW:
  case DMIG_FUNCTION_CURRENT_TIMESTAMP:
    return type->kind == DMIG_TYPE_TIMESTAMP || type->kind == DMIG_TYPE_TIMESTAMPTZ;
  case DMIG_FUNCTION_TODAY:
    return type->kind == DMIG_TYPE_DATE;
  case DMIG_FUNCTION_UUID:
    return type->kind == DMIG_TYPE_UUID;
  }
  return FALSE;
}

static DmigValue *
function_new(const DmigLifting *self, const DmigField *field, const char *sql)
{
  static const DmigFunction functions[]
      = { DMIG_FUNCTION_NOW, DMIG_FUNCTION_CURRENT_TIMESTAMP, DMIG_FUNCTION_TODAY, DMIG_FUNCTION_UUID };
  for (guint i = 0; i < G_N_ELEMENTS(functions) && field->type != NULL; i++) {
    const char *lowered = gives_type(functions[i], field->type)
                              ? self->dialect->function(functions[i], field->type)
                              : NULL;
    if (lowered == NULL || strcmp(lowered, sql) != 0)
      continue;
    DmigValue *value = g_new0(DmigValue, 1);
    value->kind = DMIG_VALUE_FUNCTION;
    value->function = functions[i];
    return value;
  }
  return NULL;
}

/* `{a,b}` as JSON, for plain words between the commas. Owned; NULL: it is more than that. */
static char *
list_candidate(const DmigField *field, const char *text)
{
  gsize length = strlen(text);
  gboolean list = field->type != NULL && field->type->kind == DMIG_TYPE_ARRAY && length >= 2
                  && text[0] == '{' && text[length - 1] == '}'
                  && strpbrk(text + 1, "{\"\\\n\r\t") == NULL;
  if (!list)
    return NULL;
  g_autofree char *inner = g_strndup(text + 1, length - 2);
  g_auto(GStrv) items = g_strsplit(inner, ",", -1);
  g_autofree char *joined = g_strjoinv("\",\"", items);
  return items[0] == NULL ? g_strdup("[]") : g_strconcat("[\"", joined, "\"]", NULL);
}

DmigValue *
dmig_lift_default(const DmigLifting *self, const DmigField *field, const char *sql)
{
  DmigValue *value = function_new(self, field, sql);
  if (value != NULL)
    return value;
  if (is_null(self, field, sql)) {
    value = g_new0(DmigValue, 1);
    value->kind = DMIG_VALUE_NULL;
    return value;
  }
  g_autofree char *text = unquote(sql);
  if (text != NULL && is_literal(self, field, text, sql))
    return literal_new(g_steal_pointer(&text));
  if (text == NULL && is_literal(self, field, sql, sql))
    return literal_new(g_strdup(sql));
  g_autofree char *lower = g_ascii_strdown(sql, -1);
  if (text == NULL && is_literal(self, field, lower, sql))
    return literal_new(g_steal_pointer(&lower));
  g_autofree char *list = text != NULL ? list_candidate(field, text) : NULL;
  if (list != NULL && is_literal(self, field, list, sql))
    return literal_new(g_steal_pointer(&list));
  value = g_new0(DmigValue, 1);
  value->kind = DMIG_VALUE_SQL;
  value->sql = dmig_lift_sql(sql);
  return value;
}
