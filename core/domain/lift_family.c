/* Families of tables: what is a partition or inherits, and which columns it has from there. */
#include "core/domain/lifting.h"

#include <string.h>

#include "core/base/text.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

#define MAX_DEPTH 64

/* --- columns ---------------------------------------------------------------------------------- */

gboolean
dmig_lift_is_partition(const DmigTable *table)
{
  return dmig_facets_find(table->facets, "partition of") != NULL;
}

/* Whether an inherited column has become another than its parent's. */
static gboolean
differs_from_parents(const DmigLifting *self, const DmigTable *table, const DmigColumn *column)
{
  gboolean said = column->comment != NULL || column->identity != DMIG_IDENTITY_NONE;
  for (guint i = 0; column->facets != NULL && i < column->facets->len; i++)
    said = said || !g_str_has_prefix(((DmigFacet *) column->facets->pdata[i])->name, "grant to ");
  for (char **parent = table->parents; parent != NULL && *parent != NULL; parent++) {
    const DmigTable *of = dmig_schema_table(self->schema, *parent);
    const DmigColumn *theirs = of != NULL ? dmig_table_column(of, column->name) : NULL;
    if (theirs != NULL)
      return said || theirs->not_null != column->not_null
             || !dmig_sql_equal(theirs->default_sql, column->default_sql)
             || !dmig_sql_equal(theirs->generated_sql, column->generated_sql)
             || g_strcmp0(theirs->collation, column->collation) != 0;
  }
  return TRUE;
}

static gboolean
is_in_key(const DmigTable *table, const char *column)
{
  const DmigConstraint *key = dmig_table_primary_key(table);
  return key != NULL && dmig_strv_contains(key->columns, column);
}

static gboolean
is_field(const DmigColumn *column)
{
  return !column->inherited || column->declared;
}

/* The column of a parent of `table`, the next one from `*parent` on, which moves behind it; NULL: there
 * is none. */
static const DmigColumn *
next_parents(const DmigLifting *self, const char *column, char ***parent,
             const DmigTable **out_table)
{
  while (*parent != NULL && **parent != NULL) {
    const DmigTable *of = dmig_schema_table(self->schema, *(*parent)++);
    const DmigColumn *theirs = of != NULL ? dmig_table_column(of, column) : NULL;
    *out_table = of;
    if (theirs != NULL)
      return theirs;
  }
  return NULL;
}

/* What a column has from its parents as soon as its table is made: what is set about theirs
 * afterwards does not come along. */
static const char *
made_default(const DmigLifting *self, const DmigTable *table, const DmigColumn *column, guint depth)
{
  const DmigTable *of;
  char **parent = table->parents;
  const DmigColumn *theirs;
  while (depth < MAX_DEPTH && (theirs = next_parents(self, column->name, &parent, &of)) != NULL) {
    const char *sql
        = is_field(theirs) ? theirs->default_sql : made_default(self, of, theirs, depth + 1);
    if (sql != NULL)
      return sql;
  }
  return NULL;
}

static gboolean
made_not_null(const DmigLifting *self, const DmigTable *table, const DmigColumn *column, guint depth)
{
  const DmigTable *of;
  char **parent = table->parents;
  const DmigColumn *theirs;
  while (depth < MAX_DEPTH && (theirs = next_parents(self, column->name, &parent, &of)) != NULL) {
    if (is_field(theirs) || is_in_key(of, column->name)
            ? theirs->not_null
            : made_not_null(self, of, theirs, depth + 1))
      return TRUE;
  }
  return FALSE;
}

const char *
dmig_lift_parents_default(const DmigLifting *self, const DmigTable *table, const DmigColumn *column)
{
  return column->inherited && !dmig_lift_is_partition(table) ? made_default(self, table, column, 0)
                                                             : NULL;
}

static void
lift_setting(DmigLifting *self, const DmigTable *table, const DmigColumn *column, const char *what,
             const char *set, const char *reset)
{
  g_autofree char *head = dmig_sql_printf(self->dialect, "ALTER TABLE ONLY %I ALTER COLUMN %I ",
                                          table->name, column->name);
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column->name);
  DmigFacet facet = { .name = (char *) what };
  facet.set = g_strconcat(head, set, NULL);
  facet.reset = g_strconcat(head, reset, NULL);
  dmig_lift_facet(self, address, &facet);
  g_free(facet.set);
  g_free(facet.reset);
}

/* Only what must have a value can be numbered. */
static void
lift_identity(DmigLifting *self, const DmigTable *table, const DmigColumn *column, gboolean required)
{
  const char *sequence = dmig_facets_value(column->facets, "sequence");
  g_autoptr(GString) set = g_string_new(NULL), reset = g_string_new("DROP IDENTITY");
  if (!required) {
    g_string_append(set, "SET NOT NULL, ");
    dmig_sql_appendf(set, self->dialect, "ALTER COLUMN %I ", column->name);
    dmig_sql_appendf(reset, self->dialect, ", ALTER COLUMN %I DROP NOT NULL", column->name);
  }
  g_string_append_printf(set, "ADD GENERATED %s AS IDENTITY",
                         column->identity == DMIG_IDENTITY_ALWAYS ? "ALWAYS" : "BY DEFAULT");
  if (sequence != NULL || column->identity_options != NULL)
    g_string_append(set, " (");
  if (sequence != NULL)
    dmig_sql_appendf(set, self->dialect, "SEQUENCE NAME %I%s", sequence,
                     column->identity_options != NULL ? " " : "");
  if (column->identity_options != NULL)
    g_string_append(set, column->identity_options);
  if (sequence != NULL || column->identity_options != NULL)
    g_string_append_c(set, ')');
  lift_setting(self, table, column, "identity", set->str, reset->str);
}

/* A column that only the parent declares would be the table's own, were it a field. What it has
 * otherwise is set afterwards. */
static void
lift_inherited(DmigLifting *self, const DmigTable *table, const DmigColumn *column)
{
  const DmigTable *of;
  char **parent = table->parents;
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_COLUMN, table->name, column->name);
  if (dmig_lift_is_partition(table) || next_parents(self, column->name, &parent, &of) == NULL)
    return;
  const char *made = made_default(self, table, column, 0);
  if (!dmig_sql_equal(made, column->default_sql)) {
    g_autofree char *set = column->default_sql != NULL
                               ? g_strconcat("SET DEFAULT ", column->default_sql, NULL)
                               : g_strdup("DROP DEFAULT");
    g_autofree char *reset
        = made != NULL ? g_strconcat("SET DEFAULT ", made, NULL) : g_strdup("DROP DEFAULT");
    lift_setting(self, table, column, "default", set, reset);
  }
  gboolean required = is_in_key(table, column->name) || made_not_null(self, table, column, 0);
  if (column->identity != DMIG_IDENTITY_NONE)
    lift_identity(self, table, column, required);
  else if (column->not_null && !required)
    lift_setting(self, table, column, "not null", "SET NOT NULL", "DROP NOT NULL");
  if (column->comment != NULL) {
    g_autofree char *what
        = dmig_sql_printf(self->dialect, "COLUMN %I.%I", table->name, column->name);
    DmigFacet *comment = dmig_facet_new_comment(what, column->comment);
    dmig_lift_facet(self, address, comment);
    dmig_facet_free(comment);
  }
  for (guint i = 0; column->facets != NULL && i < column->facets->len; i++)
    if (!g_str_has_prefix(((DmigFacet *) column->facets->pdata[i])->name, "grant to "))
      dmig_lift_facet(self, address, column->facets->pdata[i]);
}

gboolean
dmig_lift_is_inherited(DmigLifting *self, const DmigTable *table, const DmigColumn *column)
{
  /* A child's column may be null again although its parent's may not. */
  if (column->inherited && !column->not_null && !dmig_lift_is_partition(table)
      && made_not_null(self, table, column, 0))
    lift_setting(self, table, column, "not null", "DROP NOT NULL", "SET NOT NULL");
  if (!column->inherited || column->declared
      || (dmig_lift_is_partition(table) && differs_from_parents(self, table, column)))
    return FALSE;
  lift_inherited(self, table, column);
  return TRUE;
}

/* Columns of a parent stand in its entity. */
static void
find_inherited(DmigLifting *self, const DmigTable *table, guint depth)
{
  GHashTable *fields = g_hash_table_lookup(self->fields, table->name);
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = table->columns->pdata[i];
    if (!column->inherited || g_hash_table_lookup(fields, column->name) != NULL)
      continue;
    for (char **parent = table->parents; parent != NULL && *parent != NULL; parent++) {
      const DmigTable *of = dmig_schema_table(self->schema, *parent);
      if (of != NULL && depth < MAX_DEPTH)
        find_inherited(self, of, depth + 1);
      DmigField *field = dmig_lift_field(self, *parent, column->name);
      if (field != NULL)
        g_hash_table_insert(fields, column->name, field);
    }
  }
}

/* --- parents ---------------------------------------------------------------------------------- */

/* `parent FOR VALUES FROM (1) TO (9)` without the parent: `from (1) to (9)`, or `default`. */
static char *
bound_of(const DmigLifting *self, const char *parent, const char *value)
{
  static const char *const words[] = { "FROM ", " TO ", "IN ", "WITH ", "DEFAULT" };
  g_autofree char *prefix = dmig_sql_printf(self->dialect, "%I ", parent);
  const char *bound = g_str_has_prefix(value, prefix) ? value + strlen(prefix) : value;
  if (g_str_has_prefix(bound, "FOR VALUES "))
    bound += strlen("FOR VALUES ");
  if (strcmp(bound, words[4]) == 0)
    return g_strdup("default");
  return g_strdup(bound);
}

/* Whether it can stand under its whole: in the same schema, by its own name. */
static gboolean
may_nest(const DmigEntity *entity, const DmigEntity *whole)
{
  return (entity->schema != NULL || whole->schema == NULL) && dmig_lift_is_tame(entity->table)
         && strcmp(entity->name, entity->table) == 0;
}

static void
lift_parents(DmigLifting *self, const DmigTable *table, DmigEntity *entity)
{
  const char *attached = dmig_facets_value(table->facets, "partition of");
  const DmigEntity *whole = table->parents != NULL
                                ? g_hash_table_lookup(self->entities, table->parents[0])
                                : NULL;
  if (attached != NULL && whole != NULL) {
    entity->partition_of = g_strdup(whole->name);
    entity->values = bound_of(self, table->parents[0], attached);
    entity->nested = may_nest(entity, whole);
    return;
  }
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (char **parent = table->parents; parent != NULL && *parent != NULL; parent++) {
    const DmigEntity *of = g_hash_table_lookup(self->entities, *parent);
    if (of != NULL)
      g_strv_builder_add(names, of->name);
  }
  if (table->parents != NULL)
    entity->inherits = g_strv_builder_end(names);
}

/* As resolving a domain that was read does. */
static void
find_ancestors(DmigLifting *self, const DmigTable *table, DmigEntity *entity)
{
  g_autoptr(GPtrArray) ancestors = g_ptr_array_new();
  for (guint i = 0; table != NULL; i++) {
    for (char **parent = table->parents; parent != NULL && *parent != NULL; parent++) {
      DmigEntity *of = g_hash_table_lookup(self->entities, *parent);
      if (of != NULL && of != entity && !g_ptr_array_find(ancestors, of, NULL))
        g_ptr_array_add(ancestors, of);
    }
    const DmigEntity *next = i < ancestors->len ? ancestors->pdata[i] : NULL;
    table = next != NULL ? dmig_schema_table(self->schema, next->path) : NULL;
  }
  if (ancestors->len > 0)
    entity->ancestors = g_steal_pointer(&ancestors);
}

void
dmig_lift_family(DmigLifting *self, const DmigTable *table, DmigEntity *entity)
{
  find_inherited(self, table, 0);
  lift_parents(self, table, entity);
  find_ancestors(self, table, entity);
}
