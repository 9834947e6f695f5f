#include "tests/support/schema.h"

DmigTable *
test_add_table(DmigSchema *schema, const char *name, ...)
{
  DmigTable *table = dmig_table_new(name);
  const char *column = NULL;
  va_list columns;

  va_start(columns, name);
  while ((column = va_arg(columns, const char *)) != NULL)
    g_ptr_array_add(table->columns, dmig_column_new(column, va_arg(columns, const char *)));
  va_end(columns);
  g_ptr_array_add(schema->tables, table);
  return table;
}

static void
set_names(char ***names, const char *name)
{
  const char *const list[] = { name, NULL };

  g_strfreev(*names);
  *names = g_strdupv((char **) list);
}

DmigConstraint *
test_add_constraint(DmigTable *table, DmigConstraintKind kind, const char *name, const char *column)
{
  DmigConstraint *constraint = dmig_constraint_new(kind, name);

  set_names(&constraint->columns, column);
  g_ptr_array_add(table->constraints, constraint);
  return constraint;
}

DmigConstraint *
test_add_check(DmigTable *table, const char *name, const char *sql)
{
  DmigConstraint *check = test_add_constraint(table, DMIG_CONSTRAINT_CHECK, name, NULL);

  check->check_sql = g_strdup(sql);
  return check;
}

DmigConstraint *
test_add_reference(DmigTable *table, const char *name, const char *column, const char *to,
                   const char *to_column)
{
  DmigConstraint *key = test_add_constraint(table, DMIG_CONSTRAINT_FOREIGN_KEY, name, column);

  set_names(&key->ref_columns, to_column);
  key->ref_table = g_strdup(to);
  return key;
}

DmigIndex *
test_add_index(DmigTable *table, const char *name, const char *column, const char *expression)
{
  DmigIndex *index = dmig_index_new(name);

  g_ptr_array_add(index->elements, dmig_index_element_new(column, expression));
  g_ptr_array_add(table->indexes, index);
  return index;
}

void
test_add_view(DmigSchema *schema, const char *name, const char *sql)
{
  g_ptr_array_add(schema->objects, dmig_object_new_view(schema->dialect, name, sql));
}

void
test_add_enum(DmigSchema *schema, const char *name, const char *labels)
{
  g_auto(GStrv) list = g_strsplit(labels, " ", -1);

  g_ptr_array_add(schema->enums, dmig_enum_new(name, (const char *const *) list));
}
