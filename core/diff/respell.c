/* Names that differ in letter case alone are one name to some databases: what is spelled otherwise
 * on the other side is the same table or column, renamed. */
#include "core/diff/rename.h"

static GHashTable *
fold_tables(const DmigSchema *schema)
{
  GHashTable *folded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < schema->tables->len; i++) {
    DmigTable *table = schema->tables->pdata[i];
    g_hash_table_insert(folded, g_ascii_strdown(table->name, -1), table);
  }
  return folded;
}

/* What the transition says becomes of `table`, or its name. */
static const char *
stated_name(const DmigTransition *transition, const char *table)
{
  for (guint i = 0; i < transition->table_renames->len; i++) {
    const DmigNamePair *pair = transition->table_renames->pdata[i];
    if (g_str_equal(pair->from, table))
      return pair->to;
  }
  return table;
}

static gboolean
renames_column(const DmigTransition *transition, const char *table, const char *from)
{
  for (guint i = 0; i < transition->column_renames->len; i++) {
    const DmigColumnRename *rename = transition->column_renames->pdata[i];
    if (g_str_equal(rename->table, table) && g_str_equal(rename->from, from))
      return TRUE;
  }
  return FALSE;
}

static void
respell_columns(DmigTransition *out, const DmigTransition *stated, const DmigTable *old,
                const DmigTable *new)
{
  for (guint i = 0; i < old->columns->len; i++) {
    const DmigColumn *before = old->columns->pdata[i];
    if (dmig_table_column(new, before->name) != NULL ||
        renames_column(stated, new->name, before->name))
      continue;
    for (guint j = 0; j < new->columns->len; j++) {
      const DmigColumn *after = new->columns->pdata[j];
      if (g_ascii_strcasecmp(before->name, after->name) == 0)
        dmig_transition_rename_column(out, new->name, before->name, after->name);
    }
  }
}

static void
copy_renames(DmigTransition *out, const DmigTransition *stated)
{
  for (guint i = 0; i < stated->table_renames->len; i++) {
    const DmigNamePair *pair = stated->table_renames->pdata[i];
    dmig_transition_rename_table(out, pair->from, pair->to);
  }
  for (guint i = 0; i < stated->view_renames->len; i++) {
    const DmigNamePair *pair = stated->view_renames->pdata[i];
    dmig_transition_rename_view(out, pair->from, pair->to);
  }
  for (guint i = 0; i < stated->enum_renames->len; i++) {
    const DmigNamePair *pair = stated->enum_renames->pdata[i];
    dmig_transition_rename_enum(out, pair->from, pair->to);
  }
  for (guint i = 0; i < stated->column_renames->len; i++) {
    const DmigColumnRename *rename = stated->column_renames->pdata[i];
    dmig_transition_rename_column(out, rename->table, rename->from, rename->to);
  }
}

DmigTransition *
dmig_renames_respell(const DmigSchema *from, const DmigSchema *to, const DmigTransition *stated)
{
  g_autoptr(DmigTransition) none = dmig_transition_new();
  g_autoptr(GHashTable) folded = fold_tables(to);
  DmigTransition *out = dmig_transition_new();

  if (stated == NULL)
    stated = none;
  copy_renames(out, stated);
  for (guint i = 0; i < from->tables->len; i++) {
    const DmigTable *old = from->tables->pdata[i];
    const char *name = stated_name(stated, old->name);
    g_autofree char *key = g_ascii_strdown(name, -1);
    const DmigTable *new = g_hash_table_lookup(folded, key);
    if (new == NULL)
      continue;
    if (!g_str_equal(name, new->name) && g_str_equal(name, old->name))
      dmig_transition_rename_table(out, old->name, new->name);
    respell_columns(out, stated, old, new);
  }
  return out;
}
