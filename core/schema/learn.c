#include "core/schema/learn.h"

#include <string.h>

#include "core/sql/lexer.h"

/* --- objects --------------------------------------------------------------------------------- */

static void
set_string(char **place, const char *text)
{
  char *copy = g_strdup(text);
  g_free(*place);
  *place = copy;
}

static const char *
core_of(const DmigObject *object)
{
  return object->core != NULL ? object->core : object->create;
}

static const DmigFacet *
find_facet(const DmigObject *object, const char *name)
{
  return dmig_facets_find(object->facets, name);
}

static gboolean
same_facet(const DmigFacet *a, const DmigFacet *b)
{
  return a != NULL && b != NULL && dmig_sql_equal(a->value, b->value);
}

/* The facets of `known` that `other`, its other side, has not or has otherwise, and that neither `from`
 * nor `to` speaks of. Borrowed. */
static GPtrArray *
unsaid_facets(const DmigObject *known, const DmigObject *other, const DmigObject *from,
              const DmigObject *to)
{
  GPtrArray *facets = g_ptr_array_new();
  for (guint i = 0; known->facets != NULL && i < known->facets->len; i++) {
    DmigFacet *facet = known->facets->pdata[i];
    if (!same_facet(facet, find_facet(other, facet->name)) && find_facet(from, facet->name) == NULL
        && find_facet(to, facet->name) == NULL)
      g_ptr_array_add(facets, facet);
  }
  return facets;
}

/* Whether what makes their object says them, too. */
static gboolean
are_created(const GPtrArray *facets)
{
  for (guint i = 0; i < facets->len; i++)
    if (!((const DmigFacet *) facets->pdata[i])->created)
      return FALSE;
  return TRUE;
}

/* What the domain says of every kind in a place of its own. */
static gboolean
is_common(const DmigFacet *facet)
{
  return strcmp(facet->name, "owner") == 0 || strcmp(facet->name, "comment") == 0
         || g_str_has_prefix(facet->name, "grant to ");
}

static gboolean
any_is_common(const GPtrArray *facets)
{
  for (guint i = 0; i < facets->len; i++)
    if (is_common(facets->pdata[i]))
      return TRUE;
  return FALSE;
}

/* Whether the author's statements are just those that make the object as it is known, and set the rest
 * behind that: as they are once a database was inspected. Others may do more. */
static gboolean
says_just(const DmigObject *object, const DmigObject *known)
{
  g_autoptr(GString) sql = g_string_new(known->create);
  for (guint i = 0; known->facets != NULL && i < known->facets->len; i++) {
    const DmigFacet *facet = known->facets->pdata[i];
    if (!facet->created && !is_common(facet))
      g_string_append(sql, facet->set);
  }
  return dmig_sql_equal(object->create, sql->str);
}

static void
learn_facets(DmigObject *self, const GPtrArray *facets)
{
  for (guint i = 0; i < facets->len; i++)
    dmig_facets_add(&self->facets, dmig_facet_copy(facets->pdata[i]))->created = TRUE;
}

/* Two statements for what is the same but for what can be set about it. */
static void
learn_settings(DmigObject *from, const DmigObject *known_from, DmigObject *to,
               const DmigObject *known_to)
{
  g_autoptr(GPtrArray) old = unsaid_facets(known_from, known_to, from, to);
  g_autoptr(GPtrArray) new = unsaid_facets(known_to, known_from, from, to);
  gboolean just = says_just(from, known_from) && says_just(to, known_to);
  if (any_is_common(old) || any_is_common(new) || (!just && (!are_created(old) || !are_created(new))))
    return;
  learn_facets(from, old);
  learn_facets(to, new);
  set_string(&to->core, core_of(from));
}

static void
learn_pair(DmigObject *from, const DmigObject *known_from, DmigObject *to,
           const DmigObject *known_to)
{
  if (known_from == NULL || known_to == NULL)
    return;
  /* Moulds are only held against each other, so that both must come from one place. */
  set_string(&from->mould, known_from->mould);
  set_string(&to->mould, known_to->mould);
  if (dmig_object_same_core(known_from, known_to) && !dmig_object_same_core(from, to))
    learn_settings(from, known_from, to, known_to);
}

/* --- dependencies ---------------------------------------------------------------------------- */

static void
add(GHashTable *set, DmigObjectKind kind, const char *path, const char *detail)
{
  g_hash_table_add(set, dmig_address_new(kind, path, detail));
}

static void
add_table(GHashTable *set, const DmigTable *table)
{
  add(set, DMIG_OBJECT_TABLE, table->name, NULL);
  add(set, DMIG_OBJECT_COLUMN, table->name, "*");
  for (guint i = 0; i < table->columns->len; i++)
    add(set, DMIG_OBJECT_COLUMN, table->name, ((DmigColumn *) table->columns->pdata[i])->name);
  for (guint i = 0; i < table->indexes->len; i++)
    add(set, DMIG_OBJECT_INDEX, table->name, ((DmigIndex *) table->indexes->pdata[i])->name);
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (constraint->name != NULL)
      add(set, DMIG_OBJECT_CONSTRAINT, table->name, constraint->name);
  }
}

/* The addresses of all that is in a schema. */
static GHashTable *
addresses_of(const DmigSchema *schema)
{
  GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < schema->enums->len; i++)
    add(set, DMIG_OBJECT_ENUM, ((DmigEnum *) schema->enums->pdata[i])->name, NULL);
  for (guint i = 0; i < schema->tables->len; i++)
    add_table(set, schema->tables->pdata[i]);
  for (guint i = 0; i < schema->objects->len; i++)
    g_hash_table_add(set, dmig_object_address(schema->objects->pdata[i]));
  return set;
}

static gboolean
are_in(GHashTable *set, const DmigDependency *dependency)
{
  return g_hash_table_contains(set, dependency->object)
         && g_hash_table_contains(set, dependency->on);
}

/* Those whose ends are both in `within` (or not, as `wanted` says). */
static void
take(GPtrArray *out, const GPtrArray *dependencies, GHashTable *within, gboolean wanted)
{
  for (guint i = 0; i < dependencies->len; i++) {
    const DmigDependency *one = dependencies->pdata[i];
    if (are_in(within, one) != wanted)
      continue;
    DmigDependency *copy = g_memdup2(one, sizeof *one);
    copy->object = g_strdup(one->object);
    copy->on = g_strdup(one->on);
    g_ptr_array_add(out, copy);
  }
}

static void
learn_dependencies(DmigSchema *self, const DmigSchema *known)
{
  if (known->dependencies == NULL)
    return;
  g_autoptr(GHashTable) mine = addresses_of(self);
  g_autoptr(GHashTable) theirs = addresses_of(known);
  GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_dependency_free);
  take(all, dmig_schema_dependencies(self), theirs, FALSE);
  take(all, known->dependencies, mine, TRUE);
  g_clear_pointer(&self->dependencies, g_ptr_array_unref);
  self->dependencies = all;
  dmig_schema_forget(self);
}

void
dmig_schemas_learn(DmigSchema *from, const DmigSchema *known_from, DmigSchema *to,
                   const DmigSchema *known_to)
{
  for (guint i = 0; i < to->objects->len; i++) {
    DmigObject *object = to->objects->pdata[i];
    g_autofree char *address = dmig_object_address(object);
    DmigObject *before = dmig_schema_object_at(from, address);
    if (before != NULL)
      learn_pair(before, dmig_schema_object_at(known_from, address), object,
                 dmig_schema_object_at(known_to, address));
  }
  learn_dependencies(from, known_from);
  learn_dependencies(to, known_to);
}
