#include "cmd/telling_facts.h"

#include <string.h>

#include "core/domain/describe.h"

/* Longer texts are only said to have changed. */
#define LONGEST_TEXT 72

typedef struct {
  char *key;   /* "owner", "grant to reader", "trigger log" */
  char *text;  /* what is said; "" where the key says it all */
  char *whole; /* the key of the part that it belongs to, or NULL */
} Fact;

static void
fact_free(gpointer data)
{
  Fact *self = data;
  g_free(self->key);
  g_free(self->text);
  g_free(self->whole);
  g_free(self);
}

static GPtrArray *
facts_new(void)
{
  return g_ptr_array_new_with_free_func(fact_free);
}

/* Takes `key` and `text`. */
static void
add(GPtrArray *facts, char *key, char *text, const char *whole)
{
  Fact *fact = g_new0(Fact, 1);
  fact->key = key;
  fact->text = text != NULL ? text : g_strdup("");
  fact->whole = g_strdup(whole);
  g_ptr_array_add(facts, fact);
}

static void
add_word(GPtrArray *facts, const char *key, const char *text, const char *whole)
{
  if (text == NULL)
    return;
  g_autofree char *name = whole != NULL ? g_strdup_printf("%s: %s", whole, key) : g_strdup(key);
  add(facts, g_steal_pointer(&name), dmig_path_text(text), whole);
}

static void
add_truth(GPtrArray *facts, const char *key, gboolean truth)
{
  if (truth)
    add(facts, g_strdup(key), NULL, NULL);
}

static void
add_names(GPtrArray *facts, const char *key, char *const *names)
{
  if (names != NULL && names[0] != NULL)
    add(facts, g_strdup(key), dmig_names_describe(names), NULL);
}

static void
add_attributes(GPtrArray *facts, const GPtrArray *attributes, const char *whole)
{
  for (guint i = 0; attributes != NULL && i < attributes->len; i++) {
    const DmigAttribute *attribute = g_ptr_array_index(attributes, i);
    g_autofree char *text = dmig_sql_text_describe(attribute->value);
    add_word(facts, attribute->name, strcmp(text, "true") == 0 ? "" : text, whole);
  }
}

static char *
privileges_text(const GPtrArray *privileges)
{
  GString *out = g_string_new(privileges->len == 0 ? "nothing" : NULL);
  for (guint i = 0; i < privileges->len; i++) {
    const DmigPrivilege *privilege = g_ptr_array_index(privileges, i);
    g_autofree char *fields
        = privilege->fields != NULL ? dmig_names_describe(privilege->fields) : NULL;
    g_string_append_printf(out, "%s%s%s%s%s", i > 0 ? ", " : "", privilege->name,
                           fields != NULL ? " " : "", fields != NULL ? fields : "",
                           privilege->grantable ? " grantable" : "");
  }
  return g_string_free(out, FALSE);
}

static void
add_grants(GPtrArray *facts, const GPtrArray *grants, const char *whole)
{
  for (guint i = 0; grants != NULL && i < grants->len; i++) {
    const DmigGrant *grant = g_ptr_array_index(grants, i);
    g_autofree char *key = g_strdup_printf("grant to %s", grant->role);
    g_autofree char *text = privileges_text(grant->privileges);
    add_word(facts, key, text, whole);
  }
}

static void
add_parts(GPtrArray *facts, const GPtrArray *parts)
{
  for (guint i = 0; parts != NULL && i < parts->len; i++) {
    const DmigDomainObject *part = g_ptr_array_index(parts, i);
    g_autofree char *title = dmig_domain_object_title(part);
    g_autofree char *key = g_strdup_printf("%s %s", dmig_domain_object_noun(part), title);
    add(facts, g_strdup(key), NULL, NULL);
    add_attributes(facts, part->attributes, key);
    add_word(facts, "description", part->description, key);
  }
}

/* --- what there is to say ----------------------------------------------------------------------- */

GPtrArray *
dmig_facts_of_field(const DmigField *field)
{
  GPtrArray *facts = facts_new();
  add_truth(facts, "serial", field->serial);
  add_word(facts, "constraint", field->constraint, NULL);
  add_names(facts, "on_delete only", field->on_delete_fields);
  add_attributes(facts, field->attributes, NULL);
  return facts;
}

static void
add_checks(GPtrArray *facts, const char *word, const GPtrArray *checks)
{
  for (guint i = 0; checks != NULL && i < checks->len; i++) {
    const DmigDomainCheck *check = g_ptr_array_index(checks, i);
    g_autofree char *sql = dmig_sql_text_describe(check->sql);
    g_autofree char *key = g_strdup_printf("%s %s", word, check->name != NULL ? check->name : "");
    add_word(facts, g_strchomp(key), sql, NULL);
  }
}

GPtrArray *
dmig_facts_of_entity(const DmigEntity *entity)
{
  GPtrArray *facts = facts_new();
  add_word(facts, "schema", entity->schema, NULL);
  add_word(facts, "partition of", entity->partition_of, NULL);
  add_word(facts, "values", entity->values, NULL);
  add_names(facts, "inherits", entity->inherits);
  add_word(facts, "key", entity->key != NULL ? entity->key->name : NULL, NULL);
  add_checks(facts, "exclude", entity->exclusions);
  add_attributes(facts, entity->attributes, NULL);
  add_parts(facts, entity->parts);
  add_grants(facts, entity->grants, NULL);
  add_word(facts, "owner", entity->owner, NULL);
  return facts;
}

GPtrArray *
dmig_facts_of_view(const DmigDomainView *view)
{
  GPtrArray *facts = facts_new();
  add_word(facts, "schema", view->schema, NULL);
  add_truth(facts, "materialized", view->materialized);
  add_names(facts, "columns", view->columns);
  for (guint i = 0; view->indexes != NULL && i < view->indexes->len; i++)
    add(facts, dmig_index_describe(g_ptr_array_index(view->indexes, i)), NULL, NULL);
  add_attributes(facts, view->attributes, NULL);
  add_parts(facts, view->parts);
  add_grants(facts, view->grants, NULL);
  add_word(facts, "owner", view->owner, NULL);
  return facts;
}

GPtrArray *
dmig_facts_of_enum(const DmigDomainEnum *item)
{
  GPtrArray *facts = facts_new();
  add_word(facts, "schema", item->schema, NULL);
  add_grants(facts, item->grants, NULL);
  add_word(facts, "owner", item->owner, NULL);
  return facts;
}

GPtrArray *
dmig_facts_of_object(const DmigDomainObject *object)
{
  GPtrArray *facts = facts_new();
  add_attributes(facts, object->attributes, NULL);
  add_grants(facts, object->grants, NULL);
  add_word(facts, "owner", object->owner, NULL);
  add_word(facts, "description", object->description, NULL);
  return facts;
}

/* --- comparing ---------------------------------------------------------------------------------- */

static const Fact *
find(const GPtrArray *facts, const char *key)
{
  for (guint i = 0; facts != NULL && key != NULL && i < facts->len; i++) {
    const Fact *fact = g_ptr_array_index(facts, i);
    if (strcmp(fact->key, key) == 0)
      return fact;
  }
  return NULL;
}

static gboolean
is_short(const char *text)
{
  return *text != '\0' && strchr(text, '\n') == NULL && g_utf8_strlen(text, -1) <= LONGEST_TEXT;
}

static void
tell(DmigOutlineItem *item, char sign, const char *prefix, const Fact *fact)
{
  gboolean shown = is_short(fact->text) && !g_str_has_suffix(fact->key, "description");
  dmig_outline_line(item, sign, "%s%s%s%s", prefix, fact->key, shown ? " " : "",
                    shown ? fact->text : "");
}

static void
tell_change(DmigOutlineItem *item, const char *prefix, const Fact *is, const Fact *becomes)
{
  gboolean shown = is_short(is->text) && is_short(becomes->text)
                   && !g_str_has_suffix(is->key, "description");
  if (shown)
    dmig_outline_line(item, '~', "%s%s: %s becomes %s", prefix, is->key, is->text, becomes->text);
  else
    dmig_outline_line(item, '~', "%s%s", prefix, is->key);
}

/* What belongs to a part that comes or goes as a whole is not told by itself. */
static gboolean
is_told_by_whole(const Fact *fact, const GPtrArray *others)
{
  return fact->whole != NULL && find(others, fact->whole) == NULL;
}

void
dmig_facts_tell(DmigOutlineItem *item, const char *prefix, const GPtrArray *is,
                const GPtrArray *becomes)
{
  for (guint i = 0; is != NULL && i < is->len; i++) {
    const Fact *fact = g_ptr_array_index(is, i);
    if (find(becomes, fact->key) == NULL && !is_told_by_whole(fact, becomes))
      tell(item, '-', prefix, fact);
  }
  for (guint i = 0; i < becomes->len; i++) {
    const Fact *fact = g_ptr_array_index(becomes, i);
    const Fact *was = find(is, fact->key);
    if (was == NULL && !is_told_by_whole(fact, is))
      tell(item, '+', prefix, fact);
    else if (was != NULL && strcmp(was->text, fact->text) != 0)
      tell_change(item, prefix, was, fact);
  }
}

/* --- names -------------------------------------------------------------------------------------- */

const char *
dmig_domain_object_noun(const DmigDomainObject *object)
{
  const char *kind = object->kind == DMIG_OBJECT_ROUTINE
                         ? dmig_attributes_get(object->attributes, "kind", NULL)
                         : NULL;
  if (object->kind == DMIG_OBJECT_ROUTINE && kind == NULL)
    kind = "function";
  /* What it is, only its statement says. */
  if (object->kind == DMIG_OBJECT_KINDS)
    kind = "sql";
  return g_intern_string(kind != NULL ? kind : dmig_object_kind_name(object->kind));
}

char *
dmig_domain_object_title(const DmigDomainObject *object)
{
  g_autofree char *name = dmig_path_text(object->name);
  const char *arguments = object->kind == DMIG_OBJECT_ROUTINE
                              ? dmig_attributes_get(object->attributes, "arguments", NULL)
                              : NULL;
  /* The name may have them already. */
  if (object->kind != DMIG_OBJECT_ROUTINE || strchr(name, '(') != NULL)
    return g_steal_pointer(&name);
  return g_strdup_printf("%s(%s)", name, arguments != NULL ? arguments : "");
}
