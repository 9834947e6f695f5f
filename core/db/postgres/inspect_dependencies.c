/* Who depends on whom: what the catalogues track, and what the texts of functions mention. */
#include <string.h>

#include "core/db/postgres/inspect_objects.h"
#include "core/sql/lexer.h"

/* A column that has no address of its own stands for its relation. */
static const char *
find_address(const DmigPgReader *self, const PGresult *rows, int row, int column)
{
  guint32 class_oid = dmig_pg_cell_oid(rows, row, column);
  guint32 oid = dmig_pg_cell_oid(rows, row, column + 1);
  int sub = (int) dmig_pg_cell_oid(rows, row, column + 2);
  const DmigPgRegistered *found = dmig_pg_reader_registered(self, class_oid, oid, sub);
  if (found == NULL && sub != 0)
    found = dmig_pg_reader_registered(self, class_oid, oid, 0);
  return found != NULL ? found->address : NULL;
}

/* Members of an extension depend on what they like: it is made as a whole. */
static gboolean
counts(const DmigPgReader *self, guint32 class_oid, const char *object, const char *on)
{
  if (object == NULL || on == NULL || strcmp(object, on) == 0)
    return FALSE;
  if (dmig_address_kind(object) == DMIG_OBJECT_EXTENSION && class_oid != DMIG_PG_CLASS_EXTENSION)
    return FALSE;
  if (dmig_address_kind(on) != DMIG_OBJECT_SCHEMA)
    return TRUE;
  g_autofree char *schema = dmig_address_path(on);
  return strcmp(schema, self->default_schema) != 0;
}

/* --- texts of functions -------------------------------------------------------------------- */

typedef struct {
  DmigSchema *schema;
  GHashTable *names; /* folded plain name -> GPtrArray of addresses */
} Mentions;

static void
add_name(Mentions *self, const char *path, char *address)
{
  g_autofree char *folded = g_ascii_strdown(dmig_path_name(path), -1);
  GPtrArray *addresses = g_hash_table_lookup(self->names, folded);
  if (addresses == NULL) {
    addresses = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(self->names, g_steal_pointer(&folded), addresses);
  }
  g_ptr_array_add(addresses, address);
}

static void
collect_names(Mentions *self)
{
  const DmigSchema *schema = self->schema;
  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = schema->tables->pdata[i];
    add_name(self, table->name, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL));
  }
  for (guint i = 0; i < schema->enums->len; i++) {
    const DmigEnum *type = schema->enums->pdata[i];
    add_name(self, type->name, dmig_address_new(DMIG_OBJECT_ENUM, type->name, NULL));
  }
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    if ((object->kind >= DMIG_OBJECT_DOMAIN && object->kind <= DMIG_OBJECT_ROUTINE)
        || object->kind == DMIG_OBJECT_VIEW || object->kind == DMIG_OBJECT_MATERIALIZED_VIEW
        || object->kind == DMIG_OBJECT_FOREIGN_TABLE)
      add_name(self, object->path, dmig_object_address(object));
  }
}

static void
add_mentions(Mentions *self, const char *address, const char *body)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  DmigLexer lexer;
  dmig_lexer_init(&lexer, body);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (token.kind != DMIG_TOKEN_WORD && token.kind != DMIG_TOKEN_QUOTED)
      continue;
    g_autofree char *name = dmig_token_identifier(token);
    g_autofree char *folded = g_ascii_strdown(name, -1);
    const GPtrArray *addresses = g_hash_table_lookup(self->names, folded);
    for (guint i = 0; addresses != NULL && i < addresses->len; i++) {
      char *on = addresses->pdata[i];
      if (strcmp(on, address) != 0 && g_hash_table_add(seen, on))
        dmig_schema_add_dependency(self->schema, g_strdup(address), g_strdup(on), FALSE)->soft
            = TRUE;
    }
  }
}

/* No catalogue knows what a body names that is a string. */
static void
read_bodies(DmigSchema *schema)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                      (GDestroyNotify) g_ptr_array_unref);
  Mentions mentions = { schema, names };
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    const char *body
        = object->kind == DMIG_OBJECT_ROUTINE ? dmig_object_property(object, "body") : NULL;
    if (body == NULL)
      continue;
    if (g_hash_table_size(names) == 0)
      collect_names(&mentions);
    g_autofree char *address = dmig_object_address(object);
    add_mentions(&mentions, address, body);
  }
}

/* --- all of them --------------------------------------------------------------------------- */

static gint
compare_dependencies(gconstpointer a, gconstpointer b)
{
  const DmigDependency *first = *(const DmigDependency *const *) a;
  const DmigDependency *second = *(const DmigDependency *const *) b;
  int order = strcmp(first->object, second->object);
  if (order == 0)
    order = strcmp(first->on, second->on);
  return order != 0 ? order : (int) first->soft - (int) second->soft;
}

/* Two ways to depend on the same are one; it is owned, or reads, if either does. */
static void
sort_out(GPtrArray *dependencies)
{
  guint kept = 0;
  g_ptr_array_sort(dependencies, compare_dependencies);
  for (guint i = 0; i < dependencies->len; i++) {
    DmigDependency *one = dependencies->pdata[i];
    DmigDependency *last = kept > 0 ? dependencies->pdata[kept - 1] : NULL;
    if (last != NULL && strcmp(last->object, one->object) == 0 && strcmp(last->on, one->on) == 0) {
      last->owned = last->owned || one->owned;
      last->reads = last->reads || one->reads;
      dmig_dependency_free(one);
    } else {
      dependencies->pdata[kept++] = one;
    }
  }
  /* What stands behind was freed or moved forward. */
  for (guint i = kept; i < dependencies->len; i++)
    dependencies->pdata[i] = NULL;
  g_ptr_array_set_size(dependencies, (gint) kept);
}

void
dmig_pg_read_dependencies(DmigPgReader *self, const PGresult *rows)
{
  DmigSchema *schema = self->schema;
  for (int i = 0; i < PQntuples(rows); i++) {
    const char *object = find_address(self, rows, i, 0), *on = find_address(self, rows, i, 3);
    if (counts(self, dmig_pg_cell_oid(rows, i, 0), object, on))
      dmig_schema_add_dependency(schema, g_strdup(object), g_strdup(on),
                                 dmig_pg_cell_true(rows, i, 6))->reads
          = dmig_pg_cell_true(rows, i, 7);
  }
  read_bodies(schema);
  if (schema->dependencies == NULL)
    schema->dependencies
        = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_dependency_free);
  sort_out(schema->dependencies);
}
