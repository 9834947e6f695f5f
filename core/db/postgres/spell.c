#include "core/db/postgres/spell.h"

#include "core/db/ddl.h"
#include "core/db/postgres/postgres.h"

#define DIALECT (&dmig_postgres_dialect)

#define append(step, ...) dmig_sql_appendf((step)->sql, DIALECT, __VA_ARGS__)

static void
end_statement(DmigStep *step)
{
  g_string_append(step->sql, ";\n");
}

static void
comment_column(DmigStep *step, const DmigTable *table, const DmigColumn *column)
{
  append(step, "COMMENT ON COLUMN %I.%I IS %S;\n", table->name, column->name, column->comment);
}

static void
spell_create_index(DmigStep *step, const DmigTable *table, const DmigIndex *index)
{
  dmig_ddl_create_index(step->sql, DIALECT, table, index);
  end_statement(step);
  if (index->comment != NULL)
    append(step, "COMMENT ON INDEX %I IS %S;\n", index->name, index->comment);
}

static gboolean
refers_elsewhere(const DmigTable *table)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = g_ptr_array_index(table->constraints, i);
    if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY
        && !g_str_equal(constraint->ref_table, table->name))
      return TRUE;
  }
  return FALSE;
}

static void
spell_create_table(DmigStep *step, const DmigTable *table)
{
  dmig_ddl_create_table(step->sql, DIALECT, table, NULL, TRUE);
  end_statement(step);
  for (guint i = 0; i < table->indexes->len; i++)
    spell_create_index(step, table, g_ptr_array_index(table->indexes, i));
  if (table->comment != NULL)
    append(step, "COMMENT ON TABLE %I IS %S;\n", table->name, table->comment);
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(table->columns, i);
    if (column->comment != NULL)
      comment_column(step, table, column);
  }
  /* The table itself is nobody else's yet; those that it refers to are. */
  step->lock = refers_elsewhere(table) ? DMIG_LOCK_SHARE_ROW_EXCLUSIVE : DMIG_LOCK_NONE;
}

static void
spell_add_constraint(DmigStep *step, const DmigTable *table, const DmigConstraint *constraint)
{
  append(step, "ALTER TABLE %I ADD ", table->name);
  dmig_ddl_constraint(step->sql, DIALECT, constraint);
  end_statement(step);
  step->lock = constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY ? DMIG_LOCK_SHARE_ROW_EXCLUSIVE
                                                               : DMIG_LOCK_ACCESS_EXCLUSIVE;
  step->scans = TRUE;
}

static void
spell_create(const DmigChange *change, DmigStep *step)
{
  if (change->kind == DMIG_CHANGE_CREATE_TABLE) {
    spell_create_table(step, change->new_table);
  } else if (change->kind == DMIG_CHANGE_CREATE_INDEX) {
    spell_create_index(step, change->new_table, change->new_index);
    step->lock = DMIG_LOCK_SHARE;
    step->scans = TRUE;
  } else {
    dmig_pg_spell_create_enum(step->sql, change->new_enum->name, change->new_enum->labels);
    if (change->new_enum->comment != NULL)
      dmig_pg_spell_comment_enum(step->sql, change->new_enum);
  }
}

static void
spell_drop(const DmigChange *change, DmigStep *step)
{
  step->lock = DMIG_LOCK_ACCESS_EXCLUSIVE;
  if (change->kind == DMIG_CHANGE_DROP_TABLE) {
    append(step, "DROP TABLE %I;\n", change->old_table->name);
  } else if (change->kind == DMIG_CHANGE_DROP_INDEX) {
    append(step, "DROP INDEX %I;\n", change->old_index->name);
  } else if (change->kind == DMIG_CHANGE_DROP_CONSTRAINT) {
    append(step, "ALTER TABLE %I DROP CONSTRAINT %I;\n", change->old_table->name,
           change->old_constraint->name);
  } else if (change->kind == DMIG_CHANGE_DROP_COLUMN) {
    append(step, "ALTER TABLE %I DROP COLUMN %I;\n", change->old_table->name,
           change->old_column->name);
  } else {
    append(step, "DROP TYPE %I;\n", change->old_enum->name);
    step->lock = DMIG_LOCK_NONE;
  }
}

static void
spell_rename(const DmigChange *change, DmigStep *step)
{
  step->lock = DMIG_LOCK_ACCESS_EXCLUSIVE;
  if (change->kind == DMIG_CHANGE_RENAME_TABLE) {
    append(step, "ALTER TABLE %I RENAME TO %I;\n", change->old_table->name,
           change->new_table->name);
  } else if (change->kind == DMIG_CHANGE_RENAME_COLUMN) {
    append(step, "ALTER TABLE %I RENAME COLUMN %I TO %I;\n", change->new_table->name,
           change->old_column->name, change->new_column->name);
  } else if (change->kind == DMIG_CHANGE_RENAME_CONSTRAINT) {
    append(step, "ALTER TABLE %I RENAME CONSTRAINT %I TO %I;\n", change->new_table->name,
           change->old_constraint->name, change->new_constraint->name);
  } else if (change->kind == DMIG_CHANGE_RENAME_INDEX) {
    append(step, "ALTER INDEX %I RENAME TO %I;\n", change->old_index->name,
           change->new_index->name);
    step->lock = DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE;
  } else {
    append(step, "ALTER TYPE %I RENAME TO %I;\n", change->old_enum->name, change->new_enum->name);
    step->lock = DMIG_LOCK_NONE;
  }
}

static void
spell_comment(const DmigChange *change, DmigStep *step)
{
  step->lock = DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE;
  if (change->kind == DMIG_CHANGE_COMMENT_TABLE) {
    append(step, "COMMENT ON TABLE %I IS %S;\n", change->new_table->name,
           change->new_table->comment);
  } else if (change->kind == DMIG_CHANGE_COMMENT_COLUMN) {
    comment_column(step, change->new_table, change->new_column);
  } else {
    dmig_pg_spell_comment_enum(step->sql, change->new_enum);
    step->lock = DMIG_LOCK_NONE;
  }
}

void
dmig_pg_spell(const DmigChange *change, DmigStep *step)
{
  switch (change->kind) {
  case DMIG_CHANGE_CREATE_ENUM:
  case DMIG_CHANGE_CREATE_TABLE:
  case DMIG_CHANGE_CREATE_INDEX:
    spell_create(change, step);
    return;
  case DMIG_CHANGE_DROP_ENUM:
  case DMIG_CHANGE_DROP_TABLE:
  case DMIG_CHANGE_DROP_COLUMN:
  case DMIG_CHANGE_DROP_CONSTRAINT:
  case DMIG_CHANGE_DROP_INDEX:
    spell_drop(change, step);
    return;
  case DMIG_CHANGE_RENAME_ENUM:
  case DMIG_CHANGE_RENAME_TABLE:
  case DMIG_CHANGE_RENAME_COLUMN:
  case DMIG_CHANGE_RENAME_CONSTRAINT:
  case DMIG_CHANGE_RENAME_INDEX:
    spell_rename(change, step);
    return;
  case DMIG_CHANGE_COMMENT_ENUM:
  case DMIG_CHANGE_COMMENT_TABLE:
  case DMIG_CHANGE_COMMENT_COLUMN:
    spell_comment(change, step);
    return;
  case DMIG_CHANGE_ADD_COLUMN:
    dmig_pg_spell_add_column(change, step);
    return;
  case DMIG_CHANGE_ALTER_COLUMN:
    dmig_pg_spell_alter_column(change, step);
    return;
  case DMIG_CHANGE_ALTER_ENUM:
    dmig_pg_spell_alter_enum(change, step);
    return;
  case DMIG_CHANGE_ADD_CONSTRAINT:
    spell_add_constraint(step, change->new_table, change->new_constraint);
    return;
  case DMIG_CHANGE_REBUILD_TABLE:
  case DMIG_CHANGE_CREATE_OBJECT:
  case DMIG_CHANGE_DROP_OBJECT:
  case DMIG_CHANGE_REPLACE_OBJECT:
  case DMIG_CHANGE_SET_FACET:
  case DMIG_CHANGE_RESET_FACET:
  case DMIG_CHANGE_COPY_ROWS:
    return; /* the planner's */
  }
  g_return_if_reached();
}
