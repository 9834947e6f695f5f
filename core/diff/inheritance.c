#include "core/diff/inheritance.h"

static gboolean
is_designed(const DmigTable *table)
{
  for (guint i = 0; i < table->columns->len; i++)
    if (((DmigColumn *) table->columns->pdata[i])->designed)
      return TRUE;
  return FALSE;
}

static gboolean
counts(const DmigTable *old, const DmigTable *new)
{
  return new->parents != NULL && dmig_table_is_child(new) && !is_designed(old) && !is_designed(new);
}

/* What a table has of others than such parents it says itself once it has left them. */
static gboolean
is_brought(const DmigTable *table, gboolean inherited, gboolean declared)
{
  return inherited && !declared && table->parents != NULL && dmig_table_is_child(table);
}

static gboolean
brings_column(const DmigTable *table, const DmigColumn *column)
{
  return is_brought(table, column->inherited, column->declared);
}

static gboolean
brings_check(const DmigTable *table, const DmigConstraint *check)
{
  return is_brought(table, check->inherited, check->declared);
}

static const DmigConstraint *
find_check(const DmigTable *table, const DmigConstraint *like)
{
  for (guint i = 0; i < table->constraints->len; i++)
    if (dmig_constraint_equal(table->constraints->pdata[i], like))
      return table->constraints->pdata[i];
  return NULL;
}

gboolean
dmig_inheritance_sheds(const DmigTable *old, const DmigTable *new)
{
  if (!counts(old, new))
    return FALSE;
  for (guint i = 0; i < new->columns->len; i++) {
    const DmigColumn *after = new->columns->pdata[i];
    const DmigColumn *before = dmig_table_column(old, after->name);
    if (before != NULL && brings_column(new, after) && !brings_column(old, before))
      return TRUE;
  }
  for (guint i = 0; i < new->constraints->len; i++) {
    const DmigConstraint *after = new->constraints->pdata[i];
    const DmigConstraint *before = after->kind == DMIG_CONSTRAINT_CHECK && brings_check(new, after)
                                       ? find_check(old, after)
                                       : NULL;
    if (before != NULL && !brings_check(old, before))
      return TRUE;
  }
  return FALSE;
}

gboolean
dmig_inheritance_declares(const DmigTable *old, const DmigTable *new, const char *column)
{
  const DmigColumn *before = dmig_table_column(old, column);
  const DmigColumn *after = dmig_table_column(new, column);

  return counts(old, new) && before != NULL && after != NULL && after->declared &&
         brings_column(old, before);
}

gboolean
dmig_inheritance_declares_check(const DmigTable *old, const DmigTable *new,
                                const DmigConstraint *before, const DmigConstraint *after)
{
  return counts(old, new) && after->kind == DMIG_CONSTRAINT_CHECK && after->declared &&
         brings_check(old, before);
}
