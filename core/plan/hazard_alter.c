/* ALTER TABLE. */
#include "core/plan/hazard_scan.h"

#include <string.h>

static char *
member(const char *table, const char *column)
{
  return g_strconcat(table, ".", column, NULL);
}

/* --- constraints ----------------------------------------------------------------------------- */

/* `CHECK ((a IS NOT NULL))` with any parentheses: the column; NULL for any other. Owned. */
static char *
column_required_by(DmigCursor check)
{
  g_autofree char *text = dmig_cursor_text(&check);
  g_autoptr(GString) bare = g_string_new(NULL);

  for (const char *p = text; *p != '\0'; p++)
    if (*p != '(' && *p != ')')
      g_string_append_c(bare, *p);
  g_strstrip(bare->str);
  if (!g_str_has_suffix(bare->str, " is not null"))
    return NULL;
  bare->str[strlen(bare->str) - strlen(" is not null")] = '\0';
  DmigLexer lexer;
  dmig_lexer_init(&lexer, bare->str);
  DmigToken token = dmig_lexer_next(&lexer);
  if (dmig_lexer_next(&lexer).kind != DMIG_TOKEN_END ||
      (token.kind != DMIG_TOKEN_WORD && token.kind != DMIG_TOKEN_QUOTED))
    return NULL;
  return dmig_token_identifier(token);
}

static void
add_check(DmigHazardScan *self, const char *table, const char *name, DmigCursor clause)
{
  DmigCursor expression = dmig_cursor_group(&clause);
  gboolean valid = !dmig_cursor_has(&clause, "not valid");
  g_autofree char *column = column_required_by(expression);

  if (column != NULL && valid)
    g_hash_table_add(self->required, member(table, column));
  else if (column != NULL && name != NULL)
    g_hash_table_insert(self->constraints, g_strdup(name), member(table, column));
  if (!valid && name != NULL)
    g_hash_table_add(self->unvalidated, g_strdup(name));
  if (!valid || !dmig_hazard_is_used(self, table))
    return;
  dmig_hazard_add(self, "adding-check-constraint",
                  "every row of %s is read for %s while nobody can use it", table,
                  name != NULL ? name : "the check");
  dmig_hazard_work(self, table, "reading every row");
}

static void
add_reference(DmigHazardScan *self, const char *table, const char *name, DmigCursor clause)
{
  gboolean valid = !dmig_cursor_has(&clause, "not valid");
  g_autofree char *other = NULL;

  if (dmig_cursor_seek(&clause, "references"))
    other = dmig_cursor_name(&clause);
  if (!valid && name != NULL)
    g_hash_table_add(self->unvalidated, g_strdup(name));
  if (!dmig_hazard_is_used(self, table))
    return;
  if (valid) {
    dmig_hazard_add(self, "adding-foreign-key-constraint",
                    "every row of %s is looked up in %s while writers of both wait", table,
                    other != NULL ? other : "the other table");
    dmig_hazard_work(self, table, "looking every row up");
  }
  dmig_hazard_lock(self, table, DMIG_LOCK_SHARE_ROW_EXCLUSIVE);
  if (other != NULL)
    dmig_hazard_lock(self, other, DMIG_LOCK_SHARE_ROW_EXCLUSIVE);
}

static gboolean
is_partitioned(const DmigHazardScan *self, const char *name)
{
  const DmigTable *table = g_hash_table_lookup(self->tables_after, name);

  return table != NULL && table->partition_by != NULL;
}

/* `only`: of a partitioned table, whose keys are attached. */
static void
add_key(DmigHazardScan *self, const char *table, gboolean primary, gboolean only,
        DmigCursor clause)
{
  if (dmig_cursor_has(&clause, "using index") || !dmig_hazard_is_used(self, table) ||
      (only && is_partitioned(self, table)))
    return;
  dmig_hazard_add(self, primary ? "adding-primary-key-constraint" : "disallowed-unique-constraint",
                  "the index of the %s key of %s is built while nobody can use the table",
                  primary ? "primary" : "unique", table);
  dmig_hazard_work(self, table, "building an index");
}

static void
add_constraint(DmigHazardScan *self, const char *table, gboolean only, DmigCursor clause)
{
  g_autofree char *name =
      dmig_cursor_take(&clause, "constraint") ? dmig_cursor_name(&clause) : NULL;

  if (dmig_cursor_take(&clause, "check"))
    add_check(self, table, name, clause);
  else if (dmig_cursor_take(&clause, "foreign key"))
    add_reference(self, table, name, clause);
  else if (dmig_cursor_take(&clause, "primary key"))
    add_key(self, table, TRUE, only, clause);
  else if (dmig_cursor_take(&clause, "unique"))
    add_key(self, table, FALSE, only, clause);
  else if (dmig_cursor_take(&clause, "exclude") && dmig_hazard_is_used(self, table)) {
    dmig_hazard_add(self, "adding-exclusion-constraint",
                    "the index of %s is built while nobody can use %s",
                    name != NULL ? name : "the constraint", table);
    dmig_hazard_work(self, table, "building an index");
  }
}

static void
validate(DmigHazardScan *self, const char *table, DmigCursor clause)
{
  g_autofree char *name = dmig_cursor_name(&clause);
  const char *column = name != NULL ? g_hash_table_lookup(self->constraints, name) : NULL;

  if (column != NULL)
    g_hash_table_add(self->required, g_strdup(column));
  if (name != NULL && g_hash_table_contains(self->unvalidated, name) &&
      dmig_hazard_is_used(self, table))
    dmig_hazard_add(self, "constraint-validated-in-same-transaction",
                    "the lock that adding %s took is held while every row of %s is read", name,
                    table);
  else
    dmig_hazard_work(self, NULL, "validating a constraint");
}

static void
drop_constraint(DmigHazardScan *self, const char *table, DmigCursor clause)
{
  dmig_cursor_take(&clause, "if exists");
  g_autofree char *name = dmig_cursor_name(&clause);
  const DmigTable *known = g_hash_table_lookup(self->tables_before, table);
  const DmigConstraint *key = known != NULL ? dmig_table_primary_key(known) : NULL;
  if (key != NULL && g_strcmp0(key->name, name) == 0)
    dmig_hazard_add(self, "changing-primary-key", "%s loses its primary key", table);
}

/* --- columns --------------------------------------------------------------------------------- */

static void
add_column(DmigHazardScan *self, const char *table, DmigCursor clause)
{
  dmig_cursor_take(&clause, "if not exists");
  g_autofree char *column = dmig_cursor_name(&clause);

  if (column != NULL)
    dmig_hazard_column(self, table, column, clause, dmig_hazard_is_used(self, table));
}

static void
drop_column(DmigHazardScan *self, const char *table, DmigCursor clause)
{
  dmig_cursor_take(&clause, "if exists");
  g_autofree char *column = dmig_cursor_name(&clause);

  if (column == NULL || !dmig_hazard_is_used(self, table))
    return;
  dmig_hazard_add(self, "ban-drop-column", "programs that still name %s.%s fail", table, column);
  if (dmig_cursor_take(&clause, "cascade"))
    dmig_hazard_add(self, "ban-drop-cascade", "what hangs on %s.%s goes with it", table, column);
}

/* dmig knows of its own steps whether they rewrite. */
static void
change_type(DmigHazardScan *self, const char *table, const char *column, DmigCursor type)
{
  dmig_hazard_type(self, table, column, type);
  if (!dmig_hazard_is_used(self, table) || (self->generated && !self->step->rewrites))
    return;
  dmig_hazard_add(self, "changing-column-type",
                  "every row of %s is written again for the new type of %s.%s", table, table,
                  column);
  dmig_hazard_work(self, table, "writing every row again");
}

static void
set_not_null(DmigHazardScan *self, const char *table, const char *column)
{
  g_autofree char *key = member(table, column);

  if (!dmig_hazard_is_used(self, table) || g_hash_table_contains(self->required, key))
    return;
  dmig_hazard_add(self, "setting-not-nullable-field",
                  "every row of %s is read for %s.%s while nobody can use the table", table, table,
                  column);
  dmig_hazard_work(self, table, "reading every row");
}

/* A default that steps aside for a moment is set again by the same step. */
static gboolean
is_set_again(const DmigHazardScan *self, const char *column)
{
  g_autoptr(GPtrArray) statements = dmig_hazard_statements(self->step->sql->str);

  for (guint i = 0; i < statements->len; i++) {
    DmigCursor cursor = dmig_cursor_of(statements->pdata[i]);
    while (dmig_cursor_seek(&cursor, "alter")) {
      dmig_cursor_take(&cursor, "column");
      g_autofree char *name = dmig_cursor_name(&cursor);
      if (g_strcmp0(name, column) == 0 && dmig_cursor_sees(&cursor, "set default"))
        return TRUE;
    }
  }
  return FALSE;
}

static void
alter_column(DmigHazardScan *self, const char *table, DmigCursor clause)
{
  dmig_cursor_take(&clause, "column");
  g_autofree char *column = dmig_cursor_name(&clause);

  if (column == NULL)
    return;
  if (dmig_cursor_take(&clause, "type") || dmig_cursor_take(&clause, "set data type"))
    change_type(self, table, column, clause);
  else if (dmig_cursor_take(&clause, "set not null"))
    set_not_null(self, table, column);
  else if (dmig_cursor_take(&clause, "drop not null") && dmig_hazard_is_used(self, table))
    dmig_hazard_add(self, "ban-drop-not-null", "readers of %s.%s may meet a null", table, column);
  else if (dmig_cursor_take(&clause, "drop default") && dmig_hazard_is_used(self, table) &&
           !is_set_again(self, column))
    dmig_hazard_add(self, "ban-drop-default", "writers that leave out %s.%s get none any more",
                    table, column);
}

/* --- the rest -------------------------------------------------------------------------------- */

/* Whether the step leaves a view under the old name. */
static gboolean
leaves_view(const DmigHazardScan *self, const char *name)
{
  g_autoptr(GPtrArray) statements = dmig_hazard_statements(self->step->sql->str);

  for (guint i = 0; i < statements->len; i++) {
    DmigCursor cursor = dmig_cursor_of(statements->pdata[i]);
    if (!dmig_cursor_take(&cursor, "create view"))
      continue;
    g_autofree char *view = dmig_cursor_name(&cursor);
    if (g_strcmp0(view, name) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
rename_table(DmigHazardScan *self, const char *table, DmigCursor clause)
{
  char *to = dmig_cursor_name(&clause);

  if (!leaves_view(self, table))
    dmig_hazard_add(self, "renaming-table", "programs that name %s fail: it is %s now", table,
                    to != NULL ? to : "another name");
  g_free(self->renamed);
  self->renamed = to;
}

static void
rename_what(DmigHazardScan *self, const char *table, DmigCursor clause)
{
  if (dmig_cursor_take(&clause, "constraint") || !dmig_hazard_is_used(self, table))
    return;
  if (dmig_cursor_take(&clause, "to")) {
    rename_table(self, table, clause);
    return;
  }
  dmig_cursor_take(&clause, "column");
  g_autofree char *from = dmig_cursor_name(&clause);
  dmig_cursor_take(&clause, "to");
  g_autofree char *to = dmig_cursor_name(&clause);
  if (from != NULL && to != NULL)
    dmig_hazard_add(self, "renaming-column", "programs that name %s.%s fail: it is %s now", table,
                    from, to);
}

static void
set_storage(DmigHazardScan *self, const char *table, DmigCursor clause)
{
  g_autofree char *text = dmig_cursor_text(&clause);

  if (!dmig_hazard_is_used(self, table))
    return;
  dmig_hazard_add(self, "rewriting-table", "every row of %s is written again for SET %s", table,
                  text);
  dmig_hazard_work(self, table, "writing every row again");
}

static void
judge_clause(DmigHazardScan *self, const char *table, gboolean only, DmigCursor clause)
{
  static const char *const constraints[] = { "constraint", "check",  "foreign key",
                                             "primary key", "unique", "exclude" };

  if (dmig_cursor_take(&clause, "add")) {
    for (guint i = 0; i < G_N_ELEMENTS(constraints); i++)
      if (dmig_cursor_sees(&clause, constraints[i])) {
        add_constraint(self, table, only, clause);
        return;
      }
    dmig_cursor_take(&clause, "column");
    add_column(self, table, clause);
  } else if (dmig_cursor_take(&clause, "drop constraint")) {
    drop_constraint(self, table, clause);
  } else if (dmig_cursor_take(&clause, "drop")) {
    dmig_cursor_take(&clause, "column");
    drop_column(self, table, clause);
  } else if (dmig_cursor_take(&clause, "alter")) {
    alter_column(self, table, clause);
  } else if (dmig_cursor_take(&clause, "rename")) {
    rename_what(self, table, clause);
  } else if (dmig_cursor_take(&clause, "validate constraint")) {
    validate(self, table, clause);
  } else if (dmig_cursor_take(&clause, "disable trigger")) {
    dmig_hazard_add(self, "disabling-triggers", "triggers of %s do not run", table);
  } else if (dmig_cursor_take(&clause, "disable row level security")) {
    dmig_hazard_add(self, "disabling-row-security", "everybody sees all rows of %s", table);
  } else if (dmig_cursor_take(&clause, "set schema")) {
    dmig_hazard_add(self, "renaming-table", "programs that name %s fail: it moves", table);
  } else if (dmig_cursor_take(&clause, "set")) {
    if (dmig_cursor_sees(&clause, "logged") || dmig_cursor_sees(&clause, "unlogged") ||
        dmig_cursor_sees(&clause, "tablespace") || dmig_cursor_sees(&clause, "access method"))
      set_storage(self, table, clause);
  } else if (dmig_cursor_take(&clause, "attach partition")) {
    g_autofree char *part = dmig_cursor_name(&clause);
    if (part != NULL && dmig_hazard_is_used(self, part))
      dmig_hazard_add(self, "attaching-partition", "every row of %s is read for its bounds", part);
  } else if (dmig_cursor_take(&clause, "detach partition")) {
    if (!dmig_cursor_has(&clause, "concurrently"))
      dmig_hazard_add(self, "require-concurrent-detach", "all of %s is locked for it", table);
  }
}

/* What the statement as a whole holds. */
static DmigLock
lock_of(DmigCursor statement)
{
  if (dmig_cursor_sees(&statement, "validate constraint"))
    return DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE;
  if (dmig_cursor_take(&statement, "add")) {
    if (dmig_cursor_take(&statement, "constraint"))
      dmig_cursor_skip(&statement);
    if (dmig_cursor_sees(&statement, "foreign key"))
      return DMIG_LOCK_SHARE_ROW_EXCLUSIVE;
  }
  return DMIG_LOCK_ACCESS_EXCLUSIVE;
}

void
dmig_hazard_alter_table(DmigHazardScan *self, DmigCursor statement)
{
  dmig_cursor_take(&statement, "if exists");
  gboolean only = dmig_cursor_take(&statement, "only");
  g_autofree char *table = dmig_cursor_name(&statement);

  if (table == NULL)
    return;
  dmig_cursor_take(&statement, "*");
  DmigLock lock = lock_of(statement);
  while (!dmig_cursor_done(&statement))
    judge_clause(self, table, only, dmig_cursor_clause(&statement));
  dmig_hazard_lock(self, table, lock);
  dmig_hazard_rename(self, table);
}
