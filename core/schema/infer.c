/* Dependencies where no catalogue tells them: from the names that SQL texts mention. Too many rather
 * than too few. */
#include <string.h>

#include "core/schema/schema.h"
#include "core/sql/lexer.h"

typedef struct {
  const DmigSchema *schema;
  GHashTable *names; /* folded plain name -> GPtrArray of addresses (owned) */
  GPtrArray *out;    /* DmigDependency* */
  gboolean soft;     /* what is added now */
} Inference;

static void
add(Inference *self, const char *object, const char *on)
{
  if (strcmp(object, on) == 0)
    return;
  DmigDependency *dependency = g_new0(DmigDependency, 1);
  dependency->object = g_strdup(object);
  dependency->on = g_strdup(on);
  dependency->soft = self->soft;
  g_ptr_array_add(self->out, dependency);
}

static void
add_name(Inference *self, const char *path, char *address_owned)
{
  g_autofree char *folded = g_ascii_strdown(dmig_path_name(path), -1);
  GPtrArray *addresses = g_hash_table_lookup(self->names, folded);

  if (addresses == NULL) {
    addresses = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(self->names, g_steal_pointer(&folded), addresses);
  }
  g_ptr_array_add(addresses, address_owned);
}

static void
collect_names(Inference *self)
{
  const DmigSchema *schema = self->schema;

  for (guint i = 0; i < schema->enums->len; i++) {
    const DmigEnum *type = schema->enums->pdata[i];
    add_name(self, type->name, dmig_address_new(DMIG_OBJECT_ENUM, type->name, NULL));
  }
  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = schema->tables->pdata[i];
    add_name(self, table->name, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL));
  }
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    if (!dmig_object_kind_is_part(object->kind) && object->kind != DMIG_OBJECT_SETTING &&
        object->kind != DMIG_OBJECT_CAST && object->kind != DMIG_OBJECT_DEFAULT_PRIVILEGES)
      add_name(self, object->path, dmig_object_address(object));
  }
}

/* The names in `sql`, folded; with `bodies`, those within strings instead, which is where functions
 * have theirs. "*" stands for a star that may be a list of columns. */
static void
collect_words(GHashTable *words, const char *sql, const DmigDialect *dialect, gboolean bodies)
{
  DmigLexer lexer;

  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (token.kind == DMIG_TOKEN_STRING && bodies) {
      const char *body = *token.start == '$' ? strchr(token.start + 1, '$') : token.start;
      gsize quote = body != NULL ? (gsize) (body + 1 - token.start) : token.length;
      if (token.length <= 2 * quote)
        continue;
      g_autofree char *inner = g_strndup(token.start + quote, token.length - 2 * quote);
      collect_words(words, inner, dialect, FALSE);
    } else if (bodies || dmig_token_is_keyword(token, dialect)) {
      continue;
    } else if (token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED) {
      g_autofree char *name = dmig_token_identifier(token);
      g_hash_table_add(words, g_ascii_strdown(name, -1));
    } else if (dmig_token_is(token, "*")) {
      g_hash_table_add(words, g_strdup("*"));
    }
  }
}

static void
add_columns(Inference *self, const char *object, const DmigTable *table, GHashTable *words)
{
  g_autofree char *list = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, "*");
  gboolean star = g_hash_table_contains(words, "*");

  if (star)
    add(self, object, list);
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    g_autofree char *folded = g_ascii_strdown(column->name, -1);
    if (!star && !g_hash_table_contains(words, folded))
      continue;
    g_autofree char *on = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column->name);
    add(self, object, on);
  }
}

/* All that `object` mentions in `sql`. */
static void
infer_words(Inference *self, const char *object, const char *sql, gboolean with_columns,
            gboolean bodies)
{
  g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer word = NULL;

  if (sql == NULL)
    return;
  collect_words(words, sql, self->schema->dialect, bodies);
  g_hash_table_iter_init(&iter, words);
  while (g_hash_table_iter_next(&iter, &word, NULL)) {
    const GPtrArray *addresses = g_hash_table_lookup(self->names, word);
    for (guint i = 0; addresses != NULL && i < addresses->len; i++) {
      const char *on = addresses->pdata[i];
      add(self, object, on);
      if (!with_columns || dmig_address_kind(on) != DMIG_OBJECT_TABLE)
        continue;
      g_autofree char *path = dmig_address_path(on);
      add_columns(self, object, dmig_schema_table(self->schema, path), words);
    }
  }
}

static void
infer_from(Inference *self, const char *object, const char *sql, gboolean with_columns)
{
  infer_words(self, object, sql, with_columns, FALSE);
}

static void
infer_parents(Inference *self, const DmigTable *table)
{
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL);

  for (guint i = 0; table->parents != NULL && table->parents[i] != NULL; i++) {
    g_autofree char *parent = dmig_address_new(DMIG_OBJECT_TABLE, table->parents[i], NULL);
    add(self, address, parent);
  }
}

static void
infer_table(Inference *self, const DmigTable *table)
{
  infer_parents(self, table);
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    g_autofree char *address = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column->name);
    infer_from(self, address, column->type, FALSE);
    infer_from(self, address, column->default_sql, FALSE);
    infer_from(self, address, column->generated_sql, FALSE);
  }
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (constraint->name == NULL || constraint->check_sql == NULL)
      continue;
    g_autofree char *address =
        dmig_address_new(DMIG_OBJECT_CONSTRAINT, table->name, constraint->name);
    infer_from(self, address, constraint->check_sql, FALSE);
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = table->indexes->pdata[i];
    g_autofree char *address = dmig_address_new(DMIG_OBJECT_INDEX, table->name, index->name);
    infer_from(self, address, index->where_sql, FALSE);
    infer_from(self, address, index->definition, FALSE);
    for (guint j = 0; j < index->elements->len; j++)
      infer_from(self, address, ((DmigIndexElement *) index->elements->pdata[j])->expression, FALSE);
  }
}

/* Nobody knows on which columns it would stand. */
static void
infer_broken(Inference *self, const char *object)
{
  for (guint i = 0; i < self->schema->tables->len; i++) {
    const DmigTable *table = self->schema->tables->pdata[i];
    for (guint j = 0; j < table->columns->len; j++) {
      const DmigColumn *column = table->columns->pdata[j];
      g_autofree char *on = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column->name);
      add(self, object, on);
    }
  }
}

static void
infer_object(Inference *self, const DmigObject *object)
{
  g_autofree char *address = dmig_object_address(object);

  /* What holds the others stands on none of them, whatever it is called. */
  if (object->kind == DMIG_OBJECT_SCHEMA)
    return;
  infer_from(self, address, object->create, TRUE);
  if (object->broken != NULL)
    infer_broken(self, address);
  /* A full-text table may name the one that holds its texts in a string. */
  if (object->kind == DMIG_OBJECT_ROUTINE || object->kind == DMIG_OBJECT_VIRTUAL_TABLE) {
    self->soft = TRUE;
    infer_words(self, address, object->create, FALSE, TRUE);
    self->soft = FALSE;
  }
  for (guint i = 0; object->facets != NULL && i < object->facets->len; i++) {
    const DmigFacet *facet = object->facets->pdata[i];
    if (!facet->late)
      infer_from(self, address, facet->set, FALSE);
  }
  /* A sequence goes by itself with the column that owns it. */
  const char *owner =
      object->kind == DMIG_OBJECT_SEQUENCE ? dmig_object_property(object, "owned_by") : NULL;
  if (owner != NULL) {
    add(self, address, owner);
    ((DmigDependency *) self->out->pdata[self->out->len - 1])->owned = TRUE;
  }
}

GPtrArray *
dmig_schema_infer(const DmigSchema *self)
{
  g_autoptr(GHashTable) names =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  Inference inference = { self, names,
                          g_ptr_array_new_with_free_func((GDestroyNotify) dmig_dependency_free),
                          FALSE };

  collect_names(&inference);
  for (guint i = 0; i < self->tables->len; i++)
    infer_table(&inference, self->tables->pdata[i]);
  for (guint i = 0; i < self->objects->len; i++)
    infer_object(&inference, self->objects->pdata[i]);
  return inference.out;
}
