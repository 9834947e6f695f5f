#include "core/plan/bounds.h"

#include <string.h>

#include "core/sql/lexer.h"
#include "core/sql/text.h"

const DmigTable *
dmig_bounds_whole(const DmigPlanner *self, const DmigTable *table)
{
  return dmig_planner_attachment(table) != NULL
             ? dmig_schema_table(self->changes->to, table->parents[0])
             : NULL;
}

const char *
dmig_bounds_text(const DmigPlanner *self, const DmigTable *partition)
{
  g_autofree char *parent = dmig_sql_identifier(self->dialect, partition->parents[0]);
  const char *value = dmig_planner_attachment(partition)->value;

  return g_str_has_prefix(value, parent) ? value + strlen(parent) : "";
}

gboolean
dmig_bounds_are_default(const DmigPlanner *self, const DmigTable *partition)
{
  return g_str_has_suffix(dmig_bounds_text(self, partition), " DEFAULT");
}

/* Whether the partition was none of the same table with the same bounds before. */
static gboolean
is_anew(const DmigPlanner *self, const DmigTable *partition)
{
  const DmigFacet *before = dmig_planner_attachment(
      dmig_schema_table(self->changes->renamed, partition->name));

  return before == NULL || g_hash_table_contains(self->remade, partition->parents[0]) ||
         !dmig_sql_equal(before->value, dmig_planner_attachment(partition)->value);
}

gboolean
dmig_bounds_is_part(const DmigTable *table, const char *parent)
{
  return dmig_planner_attachment(table) != NULL && strcmp(table->parents[0], parent) == 0;
}

gboolean
dmig_bounds_append_any(const DmigPlanner *self, const DmigTable *parent, gboolean anew, GString *any)
{
  const GPtrArray *tables = self->changes->to->tables;

  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *part = tables->pdata[i];
    if (!dmig_bounds_is_part(part, parent->name) || dmig_bounds_are_default(self, part) ||
        (anew && !is_anew(self, part)))
      continue;
    g_autofree char *fits = self->dialect->partition_fits(parent, dmig_bounds_text(self, part));
    if (fits == NULL)
      return FALSE;
    g_string_append_printf(any, "%s(%s)", any->len > 0 ? " OR " : "", fits);
  }
  return TRUE;
}

/* Appends what is true of rows of `partition` that must go: where it is one `anew`, those that don't fit its
 * bounds, and from a default one those that another takes. FALSE: not known. */
static gboolean
append_misfit(const DmigPlanner *self, const DmigTable *partition, gboolean anew, GString *misfit)
{
  const DmigTable *parent = dmig_bounds_whole(self, partition);
  const char *or = misfit->len > 0 ? " OR " : "";
  g_autoptr(GString) any = g_string_new(NULL);

  if (parent == NULL)
    return FALSE;
  if (dmig_bounds_are_default(self, partition)) {
    if (!dmig_bounds_append_any(self, parent, !anew, any))
      return FALSE;
    if (any->len > 0)
      g_string_append_printf(misfit, "%s%s", or, any->str);
    return TRUE;
  }
  if (!anew)
    return TRUE;
  g_autofree char *fits = self->dialect->partition_fits(parent, dmig_bounds_text(self, partition));
  if (fits != NULL)
    g_string_append_printf(misfit, "%s(%s) IS NOT TRUE", or, fits);
  return fits != NULL;
}

char *
dmig_bounds_misfit(const DmigPlanner *self, const DmigTable *leaf, gboolean *out_anew)
{
  g_autoptr(GString) misfit = g_string_new(NULL);

  *out_anew = FALSE;
  for (const DmigTable *table = leaf; dmig_planner_attachment(table) != NULL;
       table = dmig_bounds_whole(self, table)) {
    *out_anew |= is_anew(self, table);
    if (!append_misfit(self, table, *out_anew, misfit))
      return NULL;
  }
  return misfit->len > 0 ? g_string_free(g_steal_pointer(&misfit), FALSE) : NULL;
}

const DmigTable *
dmig_bounds_remaining(const DmigPlanner *self, const DmigTable *leaf)
{
  const DmigTable *whole = NULL;

  for (const DmigTable *table = leaf; whole == NULL && dmig_planner_attachment(table) != NULL;
       table = dmig_schema_table(self->changes->renamed, table->parents[0]))
    whole = dmig_schema_table(self->changes->to, table->parents[0]);
  return whole != NULL && whole->partition_by != NULL &&
                 !g_hash_table_contains(self->remade, whole->name)
             ? whole
             : NULL;
}

gboolean
dmig_bounds_have_default(const DmigPlanner *self, const DmigTable *parent)
{
  const GPtrArray *tables = self->changes->to->tables;

  for (guint i = 0; i < tables->len; i++)
    if (dmig_bounds_is_part(tables->pdata[i], parent->name) && dmig_bounds_are_default(self, tables->pdata[i]))
      return TRUE;
  return FALSE;
}

char *
dmig_bounds_placed(const DmigPlanner *self, const DmigTable *leaf)
{
  const DmigTable *whole = dmig_bounds_remaining(self, leaf);
  gboolean back = self->transition->reverse;
  g_autoptr(GString) any = g_string_new(NULL);

  if (whole == NULL)
    return NULL;
  if (back && dmig_bounds_have_default(self, whole))
    return g_strdup("TRUE");
  return dmig_bounds_append_any(self, whole, !back, any) && any->len > 0
             ? g_string_free(g_steal_pointer(&any), FALSE)
             : NULL;
}
