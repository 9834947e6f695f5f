/* All statements but ALTER TABLE. */
#include "core/plan/hazard_scan.h"

#include <string.h>

#include "core/base/text.h"

/* --- CREATE TABLE ---------------------------------------------------------------------------- */

/* `PRIMARY KEY (a)` of the table: the column's definition is looked at for its size. */
static void
judge_table_key(DmigHazardScan *self, const char *table, DmigCursor body, DmigCursor key)
{
  DmigCursor columns = dmig_cursor_group(&key);
  g_autofree char *only = dmig_cursor_name(&columns);

  if (only == NULL || !dmig_cursor_done(&columns))
    return;
  while (!dmig_cursor_done(&body)) {
    DmigCursor line = dmig_cursor_clause(&body);
    g_autofree char *name = dmig_cursor_name(&line);
    if (g_strcmp0(name, only) == 0 && !dmig_cursor_has(&line, "as identity"))
      dmig_hazard_key_type(self, table, name, line);
  }
}

static gboolean
is_table_constraint(const DmigCursor *line)
{
  static const char *const words[] = { "constraint", "check (", "unique (", "primary key (",
                                       "foreign key", "exclude", "like" };
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (dmig_cursor_sees(line, words[i]))
      return TRUE;
  return FALSE;
}

static void
create_table(DmigHazardScan *self, DmigCursor statement)
{
  dmig_cursor_take(&statement, "if not exists");
  g_autofree char *table = dmig_cursor_name(&statement);

  if (table == NULL)
    return;
  g_hash_table_add(self->created, g_strdup(table));
  DmigCursor body = dmig_cursor_group(&statement), lines = body;
  while (!dmig_cursor_done(&lines)) {
    DmigCursor line = dmig_cursor_clause(&lines);
    if (is_table_constraint(&line)) {
      if (dmig_cursor_seek(&line, "primary key"))
        judge_table_key(self, table, body, line);
      continue;
    }
    g_autofree char *column = dmig_cursor_name(&line);
    if (column != NULL)
      dmig_hazard_column(self, table, column, line, FALSE);
  }
  /* Tables that it refers to refuse writes until the transaction ends. */
  while (dmig_cursor_seek(&body, "references")) {
    g_autofree char *other = dmig_cursor_name(&body);
    if (other != NULL)
      dmig_hazard_lock(self, other, DMIG_LOCK_SHARE_ROW_EXCLUSIVE);
  }
}

/* --- indexes --------------------------------------------------------------------------------- */

static void
create_index(DmigHazardScan *self, DmigCursor statement)
{
  gboolean concurrently = dmig_cursor_take(&statement, "concurrently");
  dmig_cursor_take(&statement, "if not exists");
  g_autofree char *index =
      dmig_cursor_sees(&statement, "on") ? NULL : dmig_cursor_name(&statement);
  dmig_cursor_take(&statement, "on");
  gboolean only = dmig_cursor_take(&statement, "only");
  g_autofree char *table = dmig_cursor_name(&statement);
  const char *shown = index != NULL ? index : "the index";

  if (table == NULL)
    return;
  if (concurrently && self->step->transactional)
    dmig_hazard_add(self, "ban-concurrent-index-in-transaction",
                    "%s can't be built concurrently here", shown);
  if (concurrently || !dmig_hazard_is_used(self, table))
    return;
  const DmigTable *known = g_hash_table_lookup(self->tables_before, table);
  if (self->whole) {
    dmig_hazard_add(self, "index-locks-database", "building %s locks the whole database", shown);
    return;
  }
  if (only && (known == NULL || known->partition_by != NULL))
    return;
  if (known != NULL && known->partition_by != NULL)
    dmig_hazard_add(self, "index-on-partitioned-table",
                    "writers of all partitions of %s wait until %s is built", table, shown);
  else
    dmig_hazard_add(self, "require-concurrent-index-creation",
                    "writers of %s wait until %s is built", table, shown);
  dmig_hazard_work(self, table, "building an index");
  dmig_hazard_lock(self, table, DMIG_LOCK_SHARE);
}

static const DmigTable *
table_of_index(const DmigSchema *schema, const char *name, const DmigIndex **out)
{
  const char *dot = strrchr(name, '.');

  for (guint i = 0; schema != NULL && i < schema->tables->len; i++) {
    const DmigTable *table = schema->tables->pdata[i];
    *out = dmig_table_index(table, dot != NULL ? dot + 1 : name);
    if (*out != NULL)
      return table;
  }
  return NULL;
}

static gboolean
is_on_columns(const DmigIndex *index, char *const *columns)
{
  if (g_strv_length((char **) columns) != index->elements->len)
    return FALSE;
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = index->elements->pdata[i];
    if (element->column == NULL || !dmig_strv_contains(columns, element->column))
      return FALSE;
  }
  return TRUE;
}

/* A reference to these columns of the table that stays, and no key of the table says so. */
static const DmigConstraint *
reference_by(const DmigSchema *schema, const DmigTable *to, const DmigIndex *index)
{
  for (guint k = 0; k < to->constraints->len; k++) {
    const DmigConstraint *key = to->constraints->pdata[k];
    if (key->kind <= DMIG_CONSTRAINT_UNIQUE && is_on_columns(index, key->columns))
      return NULL;
  }
  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = schema->tables->pdata[i];
    for (guint k = 0; k < table->constraints->len; k++) {
      const DmigConstraint *constraint = table->constraints->pdata[k];
      if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY &&
          g_str_equal(constraint->ref_table, to->name) &&
          is_on_columns(index, constraint->ref_columns))
        return constraint;
    }
  }
  return NULL;
}

static void
drop_index(DmigHazardScan *self, DmigCursor statement)
{
  gboolean concurrently = dmig_cursor_take(&statement, "concurrently");
  const DmigIndex *index = NULL;
  dmig_cursor_take(&statement, "if exists");
  g_autofree char *name = dmig_cursor_name(&statement);

  if (name == NULL)
    return;
  if (concurrently && self->step->transactional)
    dmig_hazard_add(self, "ban-concurrent-index-in-transaction",
                    "%s can't be dropped concurrently here", name);
  const DmigTable *table = table_of_index(self->before, name, &index);
  const DmigConstraint *by = table != NULL && index->unique && self->after != NULL
                                 ? reference_by(self->after, table, index)
                                 : NULL;
  if (by != NULL && table_of_index(self->after, name, &index) == NULL)
    dmig_hazard_add(self, "drop-index-used-by-reference", "%s is what %s refers to", name,
                    by->name != NULL ? by->name : "a foreign key");
  if (concurrently || self->whole)
    return;
  if (table != NULL && table->partition_by != NULL)
    return;
  dmig_hazard_add(self, "require-concurrent-index-deletion", "%s is dropped while its table is locked",
                  name);
}

/* --- DROP and TRUNCATE ----------------------------------------------------------------------- */

/* Adds `rule` for each name of a list. */
static void
each_name(DmigHazardScan *self, DmigCursor statement, const char *rule, const char *doing,
          DmigLock lock)
{
  while (!dmig_cursor_done(&statement)) {
    DmigCursor item = dmig_cursor_clause(&statement);
    dmig_cursor_take(&item, "only");
    g_autofree char *name = dmig_cursor_name(&item);
    if (name == NULL || !dmig_hazard_is_used(self, name))
      continue;
    dmig_hazard_add(self, rule, "%s %s", doing, name);
    if (lock != DMIG_LOCK_NONE)
      dmig_hazard_lock(self, name, lock);
  }
}

static void
drop(DmigHazardScan *self, DmigCursor statement)
{
  if (dmig_cursor_has(&statement, "cascade"))
    dmig_hazard_add(self, "ban-drop-cascade", "what else goes is not said");
  if (dmig_cursor_take(&statement, "index")) {
    drop_index(self, statement);
  } else if (dmig_cursor_take(&statement, "table") ||
             dmig_cursor_take(&statement, "foreign table")) {
    dmig_cursor_take(&statement, "if exists");
    each_name(self, statement, "ban-drop-table", "programs fail that still name",
              DMIG_LOCK_ACCESS_EXCLUSIVE);
  } else if (dmig_cursor_take(&statement, "schema")) {
    dmig_cursor_take(&statement, "if exists");
    each_name(self, statement, "ban-drop-schema", "programs fail that name something in",
              DMIG_LOCK_NONE);
  } else if (dmig_cursor_take(&statement, "database")) {
    dmig_hazard_add(self, "ban-drop-database", "all of the database goes");
  }
}

static void
truncate_tables(DmigHazardScan *self, DmigCursor statement)
{
  dmig_cursor_take(&statement, "table");
  if (dmig_cursor_has(&statement, "cascade"))
    dmig_hazard_add(self, "ban-truncate-cascade", "tables that are not named are emptied, too");
  each_name(self, statement, "truncate-table", "no row is left of", DMIG_LOCK_ACCESS_EXCLUSIVE);
}

/* --- rows ------------------------------------------------------------------------------------ */

static void
backfill(DmigHazardScan *self, const char *table)
{
  if (!dmig_hazard_is_used(self, table))
    return;
  if (self->step->transactional && g_hash_table_contains(self->strong, table))
    dmig_hazard_add(self, "backfill-in-transaction",
                    "rows of %s are written while it is locked by the statements before", table);
  else
    dmig_hazard_work(self, table, "writing rows");
}

static void
update(DmigHazardScan *self, DmigCursor statement)
{
  dmig_cursor_take(&statement, "only");
  g_autofree char *table = dmig_cursor_name(&statement);

  if (table == NULL)
    return;
  backfill(self, table);
  if (!dmig_cursor_has(&statement, "where") && !self->generated && dmig_hazard_is_used(self, table))
    dmig_hazard_add(self, "update-without-where", "all rows of %s are written", table);
}

static void
delete_rows(DmigHazardScan *self, DmigCursor statement)
{
  dmig_cursor_take(&statement, "from");
  dmig_cursor_take(&statement, "only");
  g_autofree char *table = dmig_cursor_name(&statement);

  if (table == NULL)
    return;
  backfill(self, table);
  if (!dmig_cursor_has(&statement, "where") && dmig_hazard_is_used(self, table))
    dmig_hazard_add(self, "delete-without-where", "all rows of %s go", table);
}

/* --- the rest -------------------------------------------------------------------------------- */

static void
lock_tables(DmigHazardScan *self, DmigCursor statement)
{
  dmig_cursor_take(&statement, "table");
  DmigCursor names = statement;
  while (!dmig_cursor_done(&names) && !dmig_cursor_sees(&names, "in"))
    dmig_cursor_skip(&names);
  statement.n = names.at;
  each_name(self, statement, "lock-table", "others wait for", DMIG_LOCK_ACCESS_EXCLUSIVE);
}

static void
create(DmigHazardScan *self, DmigCursor statement)
{
  static const char *const tables[] = { "table", "unlogged table", "temporary table", "temp table",
                                        "global temporary table", "local temporary table" };
  for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
    if (dmig_cursor_take(&statement, tables[i])) {
      create_table(self, statement);
      return;
    }
  if (dmig_cursor_take(&statement, "unique index") || dmig_cursor_take(&statement, "index"))
    create_index(self, statement);
  else if (dmig_cursor_take(&statement, "extension") &&
           !dmig_cursor_sees(&statement, "if not exists plpgsql"))
    dmig_hazard_add(self, "creating-extension", "whoever applies it may have to be a superuser");
}

static void
reindex(DmigHazardScan *self, DmigCursor statement)
{
  if (!dmig_cursor_has(&statement, "concurrently"))
    dmig_hazard_add(self, "require-concurrent-reindex", "writers wait until the indexes are built");
}

static void
refresh(DmigHazardScan *self, DmigCursor statement)
{
  dmig_cursor_take(&statement, "materialized view");
  if (dmig_cursor_take(&statement, "concurrently"))
    return;
  g_autofree char *name = dmig_cursor_name(&statement);
  dmig_hazard_add(self, "require-concurrent-refresh", "readers of %s wait for its query",
                  name != NULL ? name : "the view");
}

static void
alter(DmigHazardScan *self, DmigCursor statement)
{
  if (dmig_cursor_take(&statement, "table") || dmig_cursor_take(&statement, "foreign table"))
    dmig_hazard_alter_table(self, statement);
  else if (dmig_cursor_take(&statement, "domain") && dmig_cursor_has(&statement, "add") &&
           !dmig_cursor_has(&statement, "not valid"))
    dmig_hazard_add(self, "ban-alter-domain-with-add-constraint",
                    "every column of the type is read for it");
}

static gboolean
controls_transaction(const DmigCursor *statement)
{
  static const char *const words[] = { "begin", "start transaction", "commit", "end", "rollback",
                                       "abort" };
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (dmig_cursor_sees(statement, words[i]))
      return !dmig_cursor_has(statement, "rollback to");
  return FALSE;
}

void
dmig_hazard_other(DmigHazardScan *self, DmigCursor statement)
{
  if (controls_transaction(&statement))
    dmig_hazard_add(self, "transaction-nesting", "the migration can't end dmig's transaction");
  else if (dmig_cursor_take(&statement, "alter"))
    alter(self, statement);
  else if (dmig_cursor_take(&statement, "create"))
    create(self, statement);
  else if (dmig_cursor_take(&statement, "drop"))
    drop(self, statement);
  else if (dmig_cursor_take(&statement, "truncate"))
    truncate_tables(self, statement);
  else if (dmig_cursor_take(&statement, "update"))
    update(self, statement);
  else if (dmig_cursor_take(&statement, "delete"))
    delete_rows(self, statement);
  else if (dmig_cursor_take(&statement, "lock"))
    lock_tables(self, statement);
  else if (dmig_cursor_take(&statement, "reindex"))
    reindex(self, statement);
  else if (dmig_cursor_take(&statement, "refresh"))
    refresh(self, statement);
  else if (dmig_cursor_take(&statement, "cluster") || dmig_cursor_sees(&statement, "vacuum full") ||
           dmig_cursor_sees(&statement, "vacuum ( full"))
    dmig_hazard_add(self, "rewriting-table", "every row is written again");
  else if ((dmig_cursor_sees(&statement, "do") || dmig_cursor_sees(&statement, "call")) &&
           !self->generated)
    dmig_hazard_add(self, "executing-unknown-sql", "what it locks can't be told");
}
