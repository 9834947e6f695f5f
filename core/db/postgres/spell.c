#include "core/db/postgres/spell.h"

#include "core/db/ddl.h"
#include "core/db/postgres/identity.h"
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

/* An index stands in the schema of its table. */
static void
append_index(DmigStep *step, const char *before, const DmigTable *table, const DmigIndex *index)
{
  g_autofree char *path = dmig_path_sibling(table->name, index->name);
  append(step, "%s%I", before, path);
}

static void
spell_create_index(DmigStep *step, const DmigTable *table, const DmigIndex *index)
{
  dmig_ddl_create_index(step->sql, DIALECT, table, index);
  end_statement(step);
  dmig_facets_append_set(step->sql, index->facets);
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

/* What a child has of its parents and yet differs in. */
static void
spell_brought_column(DmigStep *step, const DmigTable *table, const DmigColumn *column)
{
  if (column->default_sql != NULL)
    append(step, "ALTER TABLE ONLY %I ALTER COLUMN %I SET DEFAULT %s;\n", table->name, column->name,
           column->default_sql);
  if (column->not_null)
    append(step, "ALTER TABLE ONLY %I ALTER COLUMN %I SET NOT NULL;\n", table->name, column->name);
  if (column->identity == DMIG_IDENTITY_NONE)
    return;
  append(step, "ALTER TABLE %I ALTER COLUMN %I ADD ", table->name, column->name);
  dmig_ddl_identity(step->sql, DIALECT, column);
  end_statement(step);
}

/* Keys of a partitioned table are made for it alone: those of its partitions are attached. */
static void
append_constraint(DmigStep *step, const DmigTable *table, const DmigConstraint *constraint)
{
  gboolean key = constraint->kind != DMIG_CONSTRAINT_CHECK
                 && constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY;
  const char *only = key && table->partition_by != NULL ? "ONLY " : "";
  append(step, "ALTER TABLE %s%I ADD ", only, table->name);
  dmig_ddl_constraint(step->sql, DIALECT, constraint);
  if (!dmig_constraint_is_valid(constraint))
    g_string_append(step->sql, " NOT VALID");
  end_statement(step);
}

/* References after the keys. */
static void
spell_constraints(DmigStep *step, const DmigTable *table, gboolean references)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = g_ptr_array_index(table->constraints, i);
    gboolean brought = constraint->inherited && !constraint->declared && dmig_table_is_child(table);
    if ((constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY) != references)
      continue;
    if (!brought && !dmig_ddl_creates_constraint(DIALECT, table, constraint))
      append_constraint(step, table, constraint);
    dmig_facets_append_set(step->sql, constraint->facets);
  }
}

static void
spell_create_table(DmigStep *step, const DmigTable *table)
{
  dmig_ddl_create_table(step->sql, DIALECT, table, NULL, TRUE);
  end_statement(step);
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(table->columns, i);
    if (!dmig_ddl_creates_column(table, column))
      spell_brought_column(step, table, column);
    dmig_facets_append_set(step->sql, column->facets);
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = g_ptr_array_index(table->indexes, i);
    if (!index->invalid)
      spell_create_index(step, table, index);
  }
  spell_constraints(step, table, FALSE);
  spell_constraints(step, table, TRUE);
  if (table->comment != NULL)
    append(step, "COMMENT ON TABLE %I IS %S;\n", table->name, table->comment);
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(table->columns, i);
    if (column->comment != NULL)
      comment_column(step, table, column);
  }
  dmig_facets_append_set(step->sql, table->facets);
  /* The table itself is nobody else's yet; those that it refers to or inherits from are. */
  step->lock = DMIG_LOCK_NONE;
  if (dmig_table_is_child(table))
    step->lock = DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE;
  if (refers_elsewhere(table))
    step->lock = DMIG_LOCK_SHARE_ROW_EXCLUSIVE;
}

static void
spell_add_constraint(DmigStep *step, const DmigTable *table, const DmigConstraint *constraint)
{
  append_constraint(step, table, constraint);
  dmig_facets_append_set(step->sql, constraint->facets);
  step->lock = constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY ? DMIG_LOCK_SHARE_ROW_EXCLUSIVE
                                                               : DMIG_LOCK_ACCESS_EXCLUSIVE;
  step->scans = dmig_constraint_is_valid(constraint);
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
    dmig_pg_spell_create_enum(step->sql, change->new_enum);
  }
}

static void
spell_drop(const DmigChange *change, DmigStep *step)
{
  const char *only = change->alone ? "ONLY " : "";

  step->lock = DMIG_LOCK_ACCESS_EXCLUSIVE;
  if (change->kind == DMIG_CHANGE_DROP_TABLE) {
    append(step, "DROP TABLE %I;\n", change->old_table->name);
  } else if (change->kind == DMIG_CHANGE_DROP_INDEX) {
    append_index(step, "DROP INDEX ", change->old_table, change->old_index);
    end_statement(step);
  } else if (change->kind == DMIG_CHANGE_DROP_CONSTRAINT) {
    append(step, "ALTER TABLE %s%I DROP CONSTRAINT %I;\n", only, change->old_table->name,
           change->old_constraint->name);
  } else if (change->kind == DMIG_CHANGE_DROP_COLUMN) {
    append(step, "ALTER TABLE %s%I DROP COLUMN %I;\n", only, change->old_table->name,
           change->old_column->name);
  } else {
    append(step, "DROP TYPE %I;\n", change->old_enum->name);
    step->lock = DMIG_LOCK_NONE;
  }
}

/* ALTER … RENAME TO, and SET SCHEMA where that is another. `what`: "TABLE", "TYPE". */
static void
append_rename(DmigStep *step, const char *what, const char *old, const char *new)
{
  g_autofree char *from = dmig_path_schema(old), *to = dmig_path_schema(new);
  g_autofree char *moved = dmig_path_new(to, dmig_path_name(old));
  if (g_strcmp0(from, to) != 0)
    append(step, "ALTER %s %I SET SCHEMA %I;\n", what, old,
           to != NULL ? to : DIALECT->default_schema);
  if (!g_str_equal(dmig_path_name(old), dmig_path_name(new)))
    append(step, "ALTER %s %I RENAME TO %I;\n", what, moved, dmig_path_name(new));
}

/* The sequence of an identity column is called after its table and column: as it would be in a
 * database where they always had their new names. */
static void
rename_sequence(DmigStep *step, const DmigTable *old_table, const DmigColumn *old,
                const DmigTable *new_table, const DmigColumn *new)
{
  if (old->identity == DMIG_IDENTITY_NONE
      || dmig_facets_find(old->facets, "sequence") != NULL)
    return;
  g_autofree char *from = dmig_pg_sequence_name(old_table->name, old->name);
  g_autofree char *to = dmig_pg_sequence_name(new_table->name, new->name);
  g_autofree char *path = dmig_path_sibling(new_table->name, from);
  if (!g_str_equal(from, to))
    append(step, "ALTER SEQUENCE %I RENAME TO %I;\n", path, to);
}

static void
spell_rename_table(DmigStep *step, const DmigTable *old, const DmigTable *new)
{
  append_rename(step, "TABLE", old->name, new->name);
  for (guint i = 0; i < old->columns->len; i++) {
    const DmigColumn *column = g_ptr_array_index(old->columns, i);
    rename_sequence(step, old, column, new, column);
  }
}

static void
spell_rename(const DmigChange *change, DmigStep *step)
{
  step->lock = DMIG_LOCK_ACCESS_EXCLUSIVE;
  if (change->kind == DMIG_CHANGE_RENAME_TABLE) {
    spell_rename_table(step, change->old_table, change->new_table);
  } else if (change->kind == DMIG_CHANGE_RENAME_COLUMN) {
    append(step, "ALTER TABLE %I RENAME COLUMN %I TO %I;\n", change->new_table->name,
           change->old_column->name, change->new_column->name);
    rename_sequence(step, change->new_table, change->old_column, change->new_table,
                    change->new_column);
  } else if (change->kind == DMIG_CHANGE_RENAME_CONSTRAINT) {
    append(step, "ALTER TABLE %I RENAME CONSTRAINT %I TO %I;\n", change->new_table->name,
           change->old_constraint->name, change->new_constraint->name);
  } else if (change->kind == DMIG_CHANGE_RENAME_INDEX) {
    append_index(step, "ALTER INDEX ", change->new_table, change->old_index);
    append(step, " RENAME TO %I;\n", change->new_index->name);
    step->lock = DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE;
  } else {
    append_rename(step, "TYPE", change->old_enum->name, change->new_enum->name);
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
  case DMIG_CHANGE_RENAME_OBJECT:
  case DMIG_CHANGE_REPLACE_OBJECT:
  case DMIG_CHANGE_SET_FACET:
  case DMIG_CHANGE_RESET_FACET:
  case DMIG_CHANGE_COPY_ROWS:
    return; /* the planner's */
  }
  g_return_if_reached();
}
