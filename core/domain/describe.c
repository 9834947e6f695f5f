#include "core/domain/describe.h"

#include <string.h>

#include "core/base/text.h"
#include "core/domain/form.h"

static const char *const action_words[] = {
  [DMIG_ACTION_NO_ACTION] = NULL,
  [DMIG_ACTION_RESTRICT] = "restrict",
  [DMIG_ACTION_CASCADE] = "cascade",
  [DMIG_ACTION_SET_NULL] = "set_null",
  [DMIG_ACTION_SET_DEFAULT] = "set_default",
};

static const char *const deferrable_words[] = {
  [DMIG_NOT_DEFERRABLE] = NULL,
  [DMIG_DEFERRABLE] = "deferrable",
  [DMIG_INITIALLY_DEFERRED] = "deferred",
};

/* --- texts ------------------------------------------------------------------------------------ */

static void
append_on_one_line(GString *out, const char *text)
{
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  gboolean first = TRUE;
  for (char **line = lines; *line != NULL; line++) {
    g_strstrip(*line);
    if (**line == '\0')
      continue;
    g_string_append_printf(out, "%s%s", first ? "" : " ", *line);
    first = FALSE;
  }
}

/* "postgresql: citext, sqlite: TEXT", by name; with `shared` for the others. */
static char *
by_dialect(GHashTable *texts, const char *shared)
{
  GString *out = g_string_new(NULL);
  g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(texts), (GCompareFunc) strcmp);
  for (GList *name = names; name != NULL; name = name->next) {
    g_string_append_printf(out, "%s%s: ", out->len > 0 ? ", " : "", (const char *) name->data);
    append_on_one_line(out, g_hash_table_lookup(texts, name->data));
  }
  if (shared != NULL) {
    g_string_append(out, out->len > 0 ? ", else: " : "");
    append_on_one_line(out, shared);
  }
  return g_string_free(out, FALSE);
}

char *
dmig_sql_text_describe(const DmigSqlText *self)
{
  if (self->by_dialect != NULL && g_hash_table_size(self->by_dialect) > 0)
    return by_dialect(self->by_dialect, self->shared);
  GString *out = g_string_new(NULL);
  append_on_one_line(out, self->shared != NULL ? self->shared : "");
  return g_string_free(out, FALSE);
}

static char *
value_describe(const DmigValue *self)
{
  if (self->kind == DMIG_VALUE_NULL)
    return g_strdup("null");
  if (self->kind == DMIG_VALUE_FUNCTION)
    return g_strconcat(dmig_function_name(self->function), "()", NULL);
  if (self->kind == DMIG_VALUE_SQL) {
    g_autofree char *sql = dmig_sql_text_describe(self->sql);
    return g_strconcat("{sql: ", sql, "}", NULL);
  }
  gboolean plain = *self->literal != '\0' && strpbrk(self->literal, " \t\n'") == NULL;
  if (plain)
    return g_strdup(self->literal);
  g_auto(GStrv) pieces = g_strsplit(self->literal, "'", -1);
  g_autofree char *doubled = g_strjoinv("''", pieces);
  return g_strconcat("'", doubled, "'", NULL);
}

char *
dmig_names_describe(char *const *names)
{
  g_autofree char *joined = g_strjoinv(", ", (char **) names);
  return g_strconcat("[", joined, "]", NULL);
}

/* --- fields ----------------------------------------------------------------------------------- */

static char *
type_of(const DmigField *self)
{
  if (self->references != NULL)
    return g_strconcat("references ", self->references, NULL);
  g_autofree char *type = self->type != NULL ? dmig_type_to_text(self->type) : NULL;
  if (self->native == NULL || g_hash_table_size(self->native) == 0)
    return g_strdup(type);
  g_autofree char *all = by_dialect(self->native, type);
  return g_strconcat("{", all, "}", NULL);
}

/* What stands behind the aspect's word: "" where the word is all there is. */
static char *
value_of(const DmigField *self, DmigFieldAspect aspect)
{
  switch (aspect) {
  case DMIG_FIELD_TYPE:
    return type_of(self);
  case DMIG_FIELD_IDENTITY:
    return self->identity == DMIG_IDENTITY_NONE
               ? NULL
               : g_strdup(self->identity == DMIG_IDENTITY_ALWAYS ? "always" : "");
  case DMIG_FIELD_REQUIRED:
    return self->required ? g_strdup("") : NULL;
  case DMIG_FIELD_UNIQUE:
    return self->unique ? g_strdup("") : NULL;
  case DMIG_FIELD_DEFAULT:
    return self->default_value != NULL ? value_describe(self->default_value) : NULL;
  case DMIG_FIELD_ON_DELETE:
    return g_strdup(action_words[self->on_delete]);
  case DMIG_FIELD_ON_UPDATE:
    return g_strdup(action_words[self->on_update]);
  case DMIG_FIELD_DEFERRABLE:
    return g_strdup(deferrable_words[self->deferrable]);
  case DMIG_FIELD_GENERATED: {
    if (self->generated == DMIG_GENERATED_NONE)
      return NULL;
    g_autofree char *sql = dmig_sql_text_describe(self->generated_sql);
    return g_strconcat(sql, self->generated == DMIG_GENERATED_VIRTUAL ? " (virtual)" : "", NULL);
  }
  case DMIG_FIELD_CHECK:
    return self->check != NULL ? dmig_sql_text_describe(self->check) : NULL;
  case DMIG_FIELD_COLLATION:
    return g_strdup(self->collation);
  case DMIG_FIELD_COLUMN: {
    /* A relationship's column is derived from the key's, too. */
    gboolean derived = self->column == NULL || strcmp(self->column, self->name) == 0
                       || (self->references != NULL && g_str_has_prefix(self->column, self->name));
    return derived ? NULL : g_strdup(self->column);
  }
  }
  return NULL;
}

static const struct {
  const char *word; /* in front of the value; "" for a value that speaks for itself */
  const char *gone;
} aspects[] = {
  [DMIG_FIELD_TYPE] = { "", "no type" },
  [DMIG_FIELD_IDENTITY] = { "identity", "no longer identity" },
  [DMIG_FIELD_REQUIRED] = { "required", "no longer required" },
  [DMIG_FIELD_UNIQUE] = { "unique", "no longer unique" },
  [DMIG_FIELD_DEFAULT] = { "default", "no default" },
  [DMIG_FIELD_ON_DELETE] = { "on_delete", "no on_delete" },
  [DMIG_FIELD_ON_UPDATE] = { "on_update", "no on_update" },
  [DMIG_FIELD_DEFERRABLE] = { "", "not deferrable" },
  [DMIG_FIELD_GENERATED] = { "generated:", "no longer generated" },
  [DMIG_FIELD_CHECK] = { "check:", "no check" },
  [DMIG_FIELD_COLLATION] = { "collation", "no collation" },
  [DMIG_FIELD_COLUMN] = { "column", "no column name of its own" },
};

static char *
with_word(DmigFieldAspect aspect, const char *value)
{
  const char *word = aspects[aspect].word;
  return g_strconcat(word, *word != '\0' && *value != '\0' ? " " : "", value, NULL);
}

/* "string(40)", "required", "default free"; NULL where nothing is said. */
static char *
aspect_of(const DmigField *self, DmigFieldAspect aspect)
{
  g_autofree char *value = value_of(self, aspect);
  return value != NULL ? with_word(aspect, value) : NULL;
}

char *
dmig_field_aspect_change(const DmigField *is, const DmigField *becomes, DmigFieldAspect aspect)
{
  g_autofree char *old = value_of(is, aspect);
  g_autofree char *new = value_of(becomes, aspect);
  if (g_strcmp0(old, new) == 0)
    return NULL;
  if (new == NULL)
    return g_strdup(aspects[aspect].gone);
  if (old == NULL)
    return with_word(aspect, new);
  g_autofree char *before = with_word(aspect, old);
  g_autofree char *after = *old == '\0' ? with_word(aspect, new) : g_strdup(new);
  return g_strconcat(before, " becomes ", *after != '\0' ? after : "plain", NULL);
}

/* Flags stand behind the type as in the short form; SQL, which may be long, behind a comma. */
static void
append_aspect(GString *out, DmigFieldAspect aspect, const char *text)
{
  gboolean sql = aspect == DMIG_FIELD_GENERATED || aspect == DMIG_FIELD_CHECK;
  const char *separator = out->len == 0 ? "" : sql ? ", " : " ";
  g_string_append_printf(out, "%s%s", separator, text);
}

char *
dmig_field_describe(const DmigField *self, gboolean sole_key)
{
  g_autoptr(GString) out = g_string_new(NULL);
  for (DmigFieldAspect aspect = 0; aspect < DMIG_FIELD_ASPECTS; aspect++) {
    g_autofree char *said = aspect_of(self, aspect);
    /* A key is required without saying so. */
    gboolean key = aspect == DMIG_FIELD_REQUIRED && self->primary;
    const char *text = !key ? said : sole_key ? "primary" : NULL;
    if (text != NULL)
      append_aspect(out, aspect, text);
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* --- what stands beside the fields --------------------------------------------------------------
 */

static void
append_word(GString *out, const char *word, const char *value)
{
  if (value != NULL)
    g_string_append_printf(out, " %s%s%s", word, *word != '\0' ? " " : "", value);
}

static void
append_truth(GString *out, const char *word, gboolean truth)
{
  if (truth)
    g_string_append_printf(out, " %s", word);
}

static void
append_attributes(GString *out, const GPtrArray *attributes)
{
  for (guint i = 0; attributes != NULL && i < attributes->len; i++) {
    const DmigAttribute *attribute = g_ptr_array_index(attributes, i);
    g_autofree char *text = dmig_sql_text_describe(attribute->value);
    append_word(out, attribute->name, text);
  }
}

char *
dmig_unique_describe(const DmigDomainUnique *self)
{
  GString *out = g_string_new("unique");
  g_autofree char *fields = dmig_names_describe(self->fields);
  append_word(out, "", self->name);
  append_word(out, "", fields);
  g_autofree char *include = self->include != NULL ? dmig_names_describe(self->include) : NULL;
  append_word(out, "include", include);
  append_truth(out, "nulls not distinct", self->nulls_not_distinct);
  append_word(out, "", deferrable_words[self->deferrable]);
  append_attributes(out, self->attributes);
  return g_string_free(out, FALSE);
}

char *
dmig_foreign_describe(const DmigForeign *self)
{
  GString *out = g_string_new("foreign");
  g_autofree char *fields = dmig_names_describe(self->fields);
  append_word(out, "", self->name);
  append_word(out, "", fields);
  append_word(out, "references", self->references);
  g_autofree char *to = self->to != NULL ? dmig_names_describe(self->to) : NULL;
  append_word(out, "", to);
  append_word(out, "on_delete", action_words[self->on_delete]);
  append_word(out, "on_update", action_words[self->on_update]);
  append_word(out, "", deferrable_words[self->deferrable]);
  append_truth(out, "match full", self->match_full);
  append_truth(out, "not valid", self->not_valid);
  return g_string_free(out, FALSE);
}

static void
append_part(GString *out, const DmigIndexPart *part)
{
  g_autofree char *expression
      = part->expression != NULL ? dmig_sql_text_describe(part->expression) : NULL;
  g_string_append(out, part->field != NULL ? part->field : expression);
  g_string_append(out, part->descending ? " desc" : "");
  g_string_append(out, part->nulls < 0 ? " nulls first" : part->nulls > 0 ? " nulls last" : "");
  append_word(out, "collate", part->collation);
  append_word(out, "", part->operator_class);
}

char *
dmig_index_describe(const DmigDomainIndex *self)
{
  GString *out = g_string_new(self->unique ? "unique index" : "index");
  append_word(out, "", self->name);
  g_string_append(out, " [");
  for (guint i = 0; i < self->parts->len; i++) {
    g_string_append(out, i > 0 ? ", " : "");
    append_part(out, g_ptr_array_index(self->parts, i));
  }
  g_string_append(out, "]");
  g_autofree char *include = *self->include != NULL ? dmig_names_describe(self->include) : NULL;
  g_autofree char *where = self->where != NULL ? dmig_sql_text_describe(self->where) : NULL;
  append_word(out, "include", include);
  append_word(out, "method", self->method);
  append_word(out, "where", where);
  append_truth(out, "nulls not distinct", self->nulls_not_distinct);
  append_truth(out, "cluster", self->cluster);
  append_attributes(out, self->attributes);
  if (self->dialects != NULL) {
    g_autoptr(GList) names
        = g_list_sort(g_hash_table_get_keys(self->dialects), (GCompareFunc) strcmp);
    for (GList *name = names; name != NULL; name = name->next)
      append_word(out, name == names ? "only on" : "and", name->data);
  }
  return g_string_free(out, FALSE);
}

char *
dmig_check_describe(const DmigDomainCheck *self)
{
  g_autofree char *sql = dmig_sql_text_describe(self->sql);
  return g_strdup_printf("check %s: %s%s%s", self->name, sql,
                         self->no_inherit ? " no inherit" : "", self->not_valid ? " not valid" : "");
}
