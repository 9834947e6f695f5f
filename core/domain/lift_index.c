/* Indexes, of tables and of materialized views. */
#include "core/domain/lifting.h"

#include <string.h>

#include "core/sql/lexer.h"

#define STATISTICS "statistics of column "

static DmigIndexPart *
lift_part(DmigLifting *self, const char *relation, const DmigIndexElement *element)
{
  DmigIndexPart *part = dmig_index_part_new();
  const DmigField *field
      = element->column != NULL ? dmig_lift_field(self, relation, element->column) : NULL;
  if (element->column != NULL)
    part->field = g_strdup(field != NULL ? field->name : element->column);
  else
    part->expression = dmig_lift_sql(element->expression);
  part->descending = element->descending;
  part->nulls = element->nulls;
  part->operator_class = g_strdup(element->operator_class);
  part->collation = element->collation != NULL ? dmig_path_text(element->collation) : NULL;
  return part;
}

/* As lowering derives it. */
static char *
derived_name(const DmigLifting *self, const char *relation, const GPtrArray *parts,
             GPtrArray *elements)
{
  g_autoptr(GString) stem = g_string_new(dmig_path_name(relation));
  for (guint i = 0; parts != NULL && i < parts->len; i++) {
    const DmigIndexPart *part = parts->pdata[i];
    g_string_append_printf(stem, "_%s", part->field != NULL ? part->field : "expr");
  }
  for (guint i = 0; elements != NULL && i < elements->len; i++) {
    const DmigIndexElement *element = elements->pdata[i];
    g_string_append_printf(stem, "_%s", element->column != NULL ? element->column : "expr");
  }
  return dmig_lift_derive(self, stem->str, "idx");
}

static void
lift_name(const DmigLifting *self, const char *relation, const char *name, char *derived_owned,
          DmigDomainIndex *lifted)
{
  g_autofree char *derived = derived_owned;
  g_autofree char *path = dmig_path_sibling(relation, name);
  if (strcmp(derived, name) != 0 || !dmig_lift_is_unique(self, path))
    lifted->name = g_strdup(name);
}

static void
lift_facets(DmigLifting *self, const char *relation, const char *name, const GPtrArray *facets,
            DmigDomainIndex *lifted)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++) {
    const DmigFacet *facet = facets->pdata[i];
    if (strcmp(facet->name, "cluster") == 0)
      lifted->cluster = TRUE;
    else if (strcmp(facet->name, "comment") == 0 && lifted->description == NULL)
      lifted->description = g_strdup(facet->value);
    else if (strcmp(facet->name, "tablespace") == 0)
      dmig_attributes_add(lifted->attributes, "tablespace", NULL, facet->value);
    else if (g_str_has_prefix(facet->name, STATISTICS))
      dmig_attributes_add(lifted->attributes, "statistics", facet->name + strlen(STATISTICS),
                          facet->value);
    else if (!g_str_has_prefix(facet->name, "with ") && strcmp(facet->name, "comment") != 0
             && strcmp(facet->name, "partition of index") != 0) {
      g_autofree char *address = dmig_address_new(DMIG_OBJECT_INDEX, relation, name);
      dmig_lift_facet(self, address, facet);
    }
  }
  dmig_lift_options(facets, lifted->attributes);
}

static DmigDomainIndex *
lift_index(DmigLifting *self, const char *relation, const DmigIndex *index)
{
  DmigDomainIndex *lifted = dmig_domain_index_new();
  for (guint i = 0; i < index->elements->len; i++)
    g_ptr_array_add(lifted->parts, lift_part(self, relation, index->elements->pdata[i]));
  lift_name(self, relation, index->name, derived_name(self, relation, NULL, index->elements),
            lifted);
  lifted->unique = index->unique;
  lifted->method = g_strdup(index->method);
  char **include = dmig_lift_field_names(self, relation, index->include);
  if (include != NULL) {
    g_strfreev(lifted->include);
    lifted->include = include;
  }
  lifted->where = dmig_lift_sql(index->where_sql);
  lifted->nulls_not_distinct = dmig_lift_behind(index->definition, "NULLS", "NOT") != NULL;
  lifted->description = g_strdup(index->comment);
  lift_facets(self, relation, index->name, index->facets, lifted);
  return lifted;
}

static gint
compare_indexes(gconstpointer a, gconstpointer b)
{
  return g_strcmp0((*(DmigIndex *const *) a)->name, (*(DmigIndex *const *) b)->name);
}

/* A partition has its whole's indexes, under names that the database derives. */
static gboolean
comes_along(const DmigLifting *self, const DmigTable *table, const DmigIndex *index)
{
  g_autofree char *derived = derived_name(self, table->name, NULL, index->elements);
  return dmig_lift_index_comes_along(self, table, index, derived);
}

void
dmig_lift_indexes(DmigLifting *self, const DmigTable *table, DmigEntity *entity)
{
  g_autoptr(GPtrArray) indexes = g_ptr_array_new();
  for (guint i = 0; i < table->indexes->len; i++)
    if (!((DmigIndex *) table->indexes->pdata[i])->invalid)
      g_ptr_array_add(indexes, table->indexes->pdata[i]);
  g_ptr_array_sort(indexes, compare_indexes);
  for (guint i = 0; i < indexes->len; i++) {
    const DmigIndex *index = indexes->pdata[i];
    if (comes_along(self, table, index) || dmig_lift_unique_index(self, table, entity, index))
      continue;
    DmigDomainIndex *lifted = lift_index(self, table->name, index);
    lifted->only = dmig_lift_is_only(self, table, index->name);
    lifted->part_of = dmig_lift_part_of(index->facets);
    g_ptr_array_add(entity->indexes, lifted);
  }
}

/* Those of materialized views are known by their definition only:
 * `USING btree (a, lower(b) DESC) INCLUDE (c) WITH (fillfactor='70') WHERE (a > 0)`. */

typedef struct {
  DmigLexer lexer;
  DmigToken token; /* the next one */
} Definition;

static void
step(Definition *self)
{
  do
    self->token = dmig_lexer_next(&self->lexer);
  while (self->token.kind == DMIG_TOKEN_SPACE);
}

static gboolean
accept(Definition *self, const char *word)
{
  if (!dmig_token_is(self->token, word))
    return FALSE;
  step(self);
  return TRUE;
}

static gboolean
at_end_of_item(const Definition *self)
{
  return self->token.kind == DMIG_TOKEN_END || dmig_token_is(self->token, ",")
         || dmig_token_is(self->token, ")");
}

/* Past what is in parentheses, if any is next. */
static void
skip_parentheses(Definition *self)
{
  guint depth = 0;
  do {
    if (dmig_token_is(self->token, "("))
      depth++;
    else if (dmig_token_is(self->token, ")"))
      depth--;
    if (depth > 0 || dmig_token_is(self->token, ")"))
      step(self);
  } while (depth > 0 && self->token.kind != DMIG_TOKEN_END);
}

static char *
text_from(const Definition *self, const char *start)
{
  return g_strchomp(g_strndup(start, (gsize) (self->token.start - start)));
}

/* A column's name, a call, or an expression in parentheses. */
static void
read_key(Definition *self, DmigIndexPart *part)
{
  const char *start = self->token.start;
  DmigToken first = self->token;
  gboolean name = first.kind == DMIG_TOKEN_WORD || first.kind == DMIG_TOKEN_QUOTED;
  if (dmig_token_is(first, "(")) {
    skip_parentheses(self);
    g_autofree char *text = text_from(self, start);
    part->expression = dmig_lift_sql(text);
    return;
  }
  step(self);
  while (accept(self, ".") && !at_end_of_item(self))
    step(self);
  if (name && !dmig_token_is(self->token, "(")) {
    part->field = dmig_token_identifier(first);
    return;
  }
  skip_parentheses(self);
  g_autofree char *text = text_from(self, start);
  part->expression = dmig_lift_sql(text);
}

static char *
read_name(Definition *self)
{
  const char *start = self->token.start;
  step(self);
  while (accept(self, "."))
    step(self);
  return text_from(self, start);
}

static DmigIndexPart *
read_part(Definition *self)
{
  DmigIndexPart *part = dmig_index_part_new();
  read_key(self, part);
  while (!at_end_of_item(self)) {
    if (accept(self, "COLLATE"))
      part->collation = read_name(self);
    else if (accept(self, "DESC"))
      part->descending = TRUE;
    else if (accept(self, "NULLS")) {
      part->nulls = dmig_token_is(self->token, "FIRST") ? -1 : 1;
      step(self);
    } else if (!accept(self, "ASC")) {
      const char *start = self->token.start;
      g_free(read_name(self));
      if (dmig_token_is(self->token, "("))
        skip_parentheses(self);
      g_free(part->operator_class);
      part->operator_class = text_from(self, start);
    }
  }
  return part;
}

static gboolean
read_parts(Definition *self, DmigDomainIndex *index)
{
  if (!accept(self, "USING"))
    return FALSE;
  g_autofree char *method = read_name(self);
  if (strcmp(method, "btree") != 0)
    index->method = g_steal_pointer(&method);
  if (!accept(self, "("))
    return FALSE;
  do
    g_ptr_array_add(index->parts, read_part(self));
  while (accept(self, ","));
  return accept(self, ")");
}

static void
read_include(Definition *self, DmigDomainIndex *index)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  accept(self, "(");
  while (!dmig_token_is(self->token, ")") && self->token.kind != DMIG_TOKEN_END) {
    g_autofree char *name
        = dmig_token_is(self->token, ",") ? NULL : dmig_token_identifier(self->token);
    if (name != NULL)
      g_strv_builder_add(names, name);
    step(self);
  }
  accept(self, ")");
  g_strfreev(index->include);
  index->include = g_strv_builder_end(names);
}

/* `fillfactor='70', deduplicate_items=off` */
static void
read_options(Definition *self, DmigDomainIndex *index)
{
  accept(self, "(");
  while (!dmig_token_is(self->token, ")") && self->token.kind != DMIG_TOKEN_END) {
    g_autofree char *name = read_name(self);
    const char *equals = strchr(name, '=');
    if (equals == NULL && accept(self, "=")) {
      const char *start = self->token.start;
      while (!at_end_of_item(self))
        step(self);
      g_autofree char *value = text_from(self, start);
      gsize length = strlen(value);
      if (length > 1 && value[0] == '\'' && value[length - 1] == '\'')
        value[length - 1] = '\0';
      dmig_attributes_add(index->attributes, "with", name, value + (*value == '\''));
    }
    accept(self, ",");
  }
  accept(self, ")");
}

DmigDomainIndex *
dmig_lift_view_index(DmigLifting *self, const DmigObject *object)
{
  const char *definition = dmig_object_property(object, "definition");
  DmigDomainIndex *index = dmig_domain_index_new();
  Definition reading;
  if (definition == NULL)
    definition = "";
  dmig_lexer_init(&reading.lexer, definition);
  step(&reading);
  if (!read_parts(&reading, index)) {
    g_autofree char *address = dmig_object_address(object);
    dmig_lift_warn(self, address, "its definition");
    dmig_domain_index_free(index);
    return NULL;
  }
  index->unique = dmig_object_property(object, "unique") != NULL;
  if (accept(&reading, "INCLUDE"))
    read_include(&reading, index);
  if (accept(&reading, "NULLS")) {
    index->nulls_not_distinct = TRUE;
    accept(&reading, "NOT");
    accept(&reading, "DISTINCT");
  }
  if (accept(&reading, "WITH"))
    read_options(&reading, index);
  if (accept(&reading, "TABLESPACE")) {
    g_autofree char *name = read_name(&reading);
    dmig_attributes_add(index->attributes, "tablespace", NULL, name);
  }
  if (accept(&reading, "WHERE"))
    index->where = dmig_lift_sql(reading.token.start);
  lift_name(self, object->path, object->detail,
            derived_name(self, object->path, index->parts, NULL), index);
  lift_facets(self, object->path, object->detail, object->facets, index);
  return index;
}
