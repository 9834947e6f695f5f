#include "core/diff/transition.h"

DmigNamePair *
dmig_name_pair_new(const char *from, const char *to)
{
  DmigNamePair *self = g_new0(DmigNamePair, 1);

  self->from = g_strdup(from);
  self->to = g_strdup(to);
  return self;
}

void
dmig_name_pair_free(DmigNamePair *self)
{
  g_free(self->from);
  g_free(self->to);
  g_free(self);
}

static void
column_rename_free(DmigColumnRename *self)
{
  g_free(self->table);
  g_free(self->from);
  g_free(self->to);
  g_free(self);
}

static void
column_sql_free(DmigColumnSql *self)
{
  g_free(self->table);
  g_free(self->column);
  g_free(self->sql);
  g_free(self);
}

static void
label_map_free(DmigLabelMap *self)
{
  g_free(self->enum_name);
  g_free(self->table);
  g_free(self->column);
  g_free(self->from);
  g_free(self->to);
  g_free(self);
}

static void
allowance_free(DmigAllowance *self)
{
  g_free(self->rule);
  g_free(self->object);
  g_free(self->reason);
  g_free(self);
}

static void
row_check_free(gpointer data)
{
  DmigRowCheck *self = data;
  g_free(self->sql);
  g_free(self->message);
  g_free(self);
}

DmigTransition *
dmig_transition_new(void)
{
  DmigTransition *self = g_new0(DmigTransition, 1);

  self->table_renames = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_name_pair_free);
  self->view_renames = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_name_pair_free);
  self->enum_renames = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_name_pair_free);
  self->column_renames = g_ptr_array_new_with_free_func((GDestroyNotify) column_rename_free);
  self->fills = g_ptr_array_new_with_free_func((GDestroyNotify) column_sql_free);
  self->conversions = g_ptr_array_new_with_free_func((GDestroyNotify) column_sql_free);
  self->labels = g_ptr_array_new_with_free_func((GDestroyNotify) label_map_free);
  self->checks = g_ptr_array_new_with_free_func(row_check_free);
  self->allows = g_ptr_array_new_with_free_func((GDestroyNotify) allowance_free);
  self->merges = g_ptr_array_new_with_free_func((GDestroyNotify) label_map_free);
  return self;
}

void
dmig_transition_free(DmigTransition *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->table_renames);
  g_ptr_array_unref(self->view_renames);
  g_ptr_array_unref(self->enum_renames);
  g_ptr_array_unref(self->column_renames);
  g_ptr_array_unref(self->fills);
  g_ptr_array_unref(self->conversions);
  g_ptr_array_unref(self->labels);
  g_ptr_array_unref(self->allows);
  g_ptr_array_unref(self->checks);
  g_ptr_array_unref(self->merges);
  g_free(self->before_sql);
  g_free(self->after_sql);
  g_free(self);
}

static const char *
find_column_sql(GPtrArray *items, const char *table, const char *column)
{
  for (guint i = 0; i < items->len; i++) {
    const DmigColumnSql *item = items->pdata[i];
    if (g_str_equal(item->table, table) && g_str_equal(item->column, column))
      return item->sql;
  }
  return NULL;
}

const char *
dmig_transition_fill(const DmigTransition *self, const char *table, const char *column)
{
  return find_column_sql(self->fills, table, column);
}

const char *
dmig_transition_conversion(const DmigTransition *self, const char *table, const char *column)
{
  return find_column_sql(self->conversions, table, column);
}

void
dmig_transition_rename_table(DmigTransition *self, const char *from, const char *to)
{
  g_ptr_array_add(self->table_renames, dmig_name_pair_new(from, to));
}

void
dmig_transition_rename_view(DmigTransition *self, const char *from, const char *to)
{
  g_ptr_array_add(self->view_renames, dmig_name_pair_new(from, to));
}

void
dmig_transition_rename_enum(DmigTransition *self, const char *from, const char *to)
{
  g_ptr_array_add(self->enum_renames, dmig_name_pair_new(from, to));
}

void
dmig_transition_rename_column(DmigTransition *self, const char *table, const char *from,
                              const char *to)
{
  DmigColumnRename *rename = g_new0(DmigColumnRename, 1);

  rename->table = g_strdup(table);
  rename->from = g_strdup(from);
  rename->to = g_strdup(to);
  g_ptr_array_add(self->column_renames, rename);
}

static void
add_column_sql(GPtrArray *items, const char *table, const char *column, const char *sql)
{
  DmigColumnSql *item = g_new0(DmigColumnSql, 1);

  item->table = g_strdup(table);
  item->column = g_strdup(column);
  item->sql = g_strdup(sql);
  g_ptr_array_add(items, item);
}

void
dmig_transition_add_fill(DmigTransition *self, const char *table, const char *column,
                         const char *sql)
{
  add_column_sql(self->fills, table, column, sql);
}

void
dmig_transition_add_conversion(DmigTransition *self, const char *table, const char *column,
                               const char *sql)
{
  add_column_sql(self->conversions, table, column, sql);
}

static void
add_label_map(GPtrArray *list, const char *enum_name, const char *table, const char *column,
              const char *from, const char *to)
{
  DmigLabelMap *map = g_new0(DmigLabelMap, 1);

  map->enum_name = g_strdup(enum_name);
  map->table = g_strdup(table);
  map->column = g_strdup(column);
  map->from = g_strdup(from);
  map->to = g_strdup(to);
  g_ptr_array_add(list, map);
}

void
dmig_transition_map_label(DmigTransition *self, const char *enum_name, const char *table,
                          const char *column, const char *from, const char *to)
{
  add_label_map(self->labels, enum_name, table, column, from, to);
}

void
dmig_transition_split_label(DmigTransition *self, const char *enum_name, const char *table,
                            const char *column, const char *from, const char *to)
{
  add_label_map(self->merges, enum_name, table, column, from, to);
}

void
dmig_transition_add_check(DmigTransition *self, gboolean after, char *sql_owned,
                          char *message_owned)
{
  DmigRowCheck *check = g_new0(DmigRowCheck, 1);

  check->after = after;
  check->sql = sql_owned;
  check->message = message_owned;
  g_ptr_array_add(self->checks, check);
}

void
dmig_transition_allow(DmigTransition *self, const char *rule, const char *object,
                      const char *reason)
{
  DmigAllowance *allowance = g_new0(DmigAllowance, 1);

  allowance->rule = g_strdup(rule);
  allowance->object = g_strdup(object);
  allowance->reason = g_strdup(reason);
  g_ptr_array_add(self->allows, allowance);
}
