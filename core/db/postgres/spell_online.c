#include "core/db/postgres/spell_online.h"

#include <string.h>

#include "core/base/text.h"
#include "core/db/ddl.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/spell.h"
#include "core/sql/lexer.h"

#define DIALECT (&dmig_postgres_dialect)

/* --- steps --------------------------------------------------------------------------------- */

DmigStep *
dmig_pg_online_together(const DmigOnline *online, GPtrArray *steps, const char *kind, DmigLock lock,
                        char *title_owned)
{
  DmigStep *step = dmig_online_step(online, kind, title_owned);
  step->lock = lock;
  g_ptr_array_add(steps, step);
  return step;
}

DmigStep *
dmig_pg_online_alone(const DmigOnline *online, GPtrArray *steps, const char *kind, DmigLock lock,
                     char *title_owned)
{
  DmigStep *step = dmig_pg_online_together(online, steps, kind, lock, title_owned);
  step->transactional = FALSE;
  return step;
}

/* `'public."odd name"'`, for to_regclass(). */
static char *
path_literal(const char *path)
{
  g_autofree char *quoted = dmig_sql_identifier(DIALECT, path);
  return dmig_sql_string(quoted);
}

/* --- indexes ------------------------------------------------------------------------------- */

/* Owned: `done` and `again` of a concurrent build. */
static void
guard_build(DmigStep *step, const char *path)
{
  g_autofree char *literal = path_literal(path);
  step->done = g_strdup_printf("SELECT count(*) FROM pg_catalog.pg_index WHERE indexrelid = "
                               "pg_catalog.to_regclass(%s) AND indisvalid",
                               literal);
  step->again = dmig_sql_printf(DIALECT, "DROP INDEX CONCURRENTLY IF EXISTS %I;\n", path);
  step->scans = TRUE;
}

DmigStep *
dmig_pg_online_build_index(const DmigOnline *online, GPtrArray *steps, const DmigTable *table,
                           const DmigIndex *index, const char *name)
{
  g_autofree char *path = dmig_path_sibling(table->name, name);
  g_autoptr(GString) sql = g_string_new(NULL);
  DmigIndex named = *index;
  DmigStep *step = dmig_pg_online_alone(
      online, steps, "create-index", DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE,
      g_strdup_printf("create %sindex %s on %s concurrently", index->unique ? "unique " : "", name,
                      table->name));
  named.name = (char *) name;
  dmig_ddl_create_index(sql, DIALECT, table, &named);
  char *place = strstr(sql->str, "INDEX ");
  g_string_insert(sql, place + strlen("INDEX ") - sql->str, "CONCURRENTLY ");
  g_string_append_printf(step->sql, "%s;\n", sql->str);
  guard_build(step, path);
  return step;
}

DmigStep *
dmig_pg_online_drop_index(const DmigOnline *online, GPtrArray *steps, const DmigTable *table,
                          const char *name)
{
  g_autofree char *path = dmig_path_sibling(table->name, name);
  g_autofree char *literal = path_literal(path);
  DmigStep *step
      = dmig_pg_online_alone(online, steps, "drop-index", DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE,
                             g_strdup_printf("drop index %s concurrently", name));
  step->phase = DMIG_PHASE_CONTRACT;
  dmig_sql_appendf(step->sql, DIALECT, "DROP INDEX CONCURRENTLY IF EXISTS %I;\n", path);
  step->done
      = g_strdup_printf("SELECT count(*) WHERE pg_catalog.to_regclass(%s) IS NULL", literal);
  return step;
}

/* What is set about an index once it is there. */
static void
dress_index(GString *sql, const DmigTable *table, const DmigIndex *index)
{
  g_autofree char *path = dmig_path_sibling(table->name, index->name);
  dmig_facets_append_set(sql, index->facets);
}

static void
rename_index(GString *sql, const DmigTable *table, const char *from, const char *to)
{
  g_autofree char *path = dmig_path_sibling(table->name, from);
  dmig_sql_appendf(sql, DIALECT, "ALTER INDEX %I RENAME TO %I;\n", path, to);
}

/* A new one is built beside the old one, and takes its name. */
static void
replace_index(const DmigOnline *online, GPtrArray *steps)
{
  const DmigTable *table = online->change->new_table;
  const DmigIndex *index = online->change->new_index;
  g_autofree char *coming = dmig_online_name(online, index->name, "new");
  g_autofree char *going = dmig_online_name(online, index->name, "old");
  DmigStep *build = dmig_pg_online_build_index(online, steps, table, index, coming);
  dmig_online_inherit(online, build);
  DmigStep *swap = dmig_pg_online_together(
      online, steps, "swap-index", DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE,
      g_strdup_printf("put the new index %s in the place of the old one", index->name));
  swap->phase = DMIG_PHASE_MIGRATE;
  rename_index(swap->sql, table, index->name, going);
  rename_index(swap->sql, table, coming, index->name);
  dress_index(swap->sql, table, index);
  dmig_pg_online_drop_index(online, steps, table, going);
}

/* An index that hangs on one of a parent table can't be dropped by itself, nor one of a table that
 * has partitions concurrently. */
static gboolean
is_of_family(const DmigTable *table, const GPtrArray *facets)
{
  for (guint i = 0; facets != NULL && i < facets->len; i++)
    if (((DmigFacet *) facets->pdata[i])->attaches)
      return TRUE;
  return table->partition_by != NULL;
}

static gboolean
create_index(const DmigOnline *online, GPtrArray *steps)
{
  const DmigTable *table = online->change->new_table;
  const DmigIndex *index = online->change->new_index;
  const DmigIndex *old = online->replaced != NULL ? online->replaced->old_index : NULL;
  if (table->partition_by != NULL || (old != NULL && is_of_family(table, old->facets)))
    return FALSE;
  if (old != NULL && g_str_equal(old->name, index->name)) {
    replace_index(online, steps);
    return TRUE;
  }
  DmigStep *build = dmig_pg_online_build_index(online, steps, table, index, index->name);
  dmig_online_inherit(online, build);
  g_autoptr(GString) rest = g_string_new(NULL);
  dress_index(rest, table, index);
  if (rest->len > 0) {
    DmigStep *dress
        = dmig_pg_online_together(online, steps, "set-facet", DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE,
                                  g_strdup_printf("settle index %s", index->name));
    g_string_append(dress->sql, rest->str);
  }
  if (old != NULL)
    dmig_pg_online_drop_index(online, steps, table, old->name);
  return TRUE;
}

static gboolean
drop_index(const DmigOnline *online, GPtrArray *steps)
{
  const DmigIndex *index = online->change->old_index;
  if (is_of_family(online->change->old_table, index->facets))
    return FALSE;
  DmigStep *step
      = dmig_pg_online_drop_index(online, steps, online->change->old_table, index->name);
  dmig_online_inherit(online, step);
  return TRUE;
}

/* --- keys ---------------------------------------------------------------------------------- */

/* The parts of `UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b) WITH (…) DEFERRABLE`. */
typedef struct {
  GString *columns; /* `(a) INCLUDE (b)` */
  GString *options; /* `WITH (…)` */
  GString *deferral;
  gboolean nulls_not_distinct;
} KeyParts;

static void
key_parts_clear(KeyParts *self)
{
  g_string_free(self->columns, TRUE);
  g_string_free(self->options, TRUE);
  g_string_free(self->deferral, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KeyParts, key_parts_clear)

static gboolean
begins_deferral(DmigToken token)
{
  return dmig_token_is(token, "deferrable") || dmig_token_is(token, "initially")
         || dmig_token_is(token, "not");
}

static void
read_definition(const char *definition, KeyParts *out)
{
  GString *part = NULL;
  guint depth = 0;
  gboolean before = TRUE;
  DmigLexer lexer;
  dmig_lexer_init(&lexer, definition);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (before && dmig_token_is(token, "distinct"))
      out->nulls_not_distinct = TRUE;
    if (before && !dmig_token_is(token, "("))
      continue;
    before = FALSE;
    if (part == NULL)
      part = out->columns;
    if (depth == 0 && dmig_token_is(token, "with"))
      part = out->options;
    else if (depth == 0 && begins_deferral(token))
      part = out->deferral;
    depth += dmig_token_is(token, "(") ? 1 : 0;
    depth -= dmig_token_is(token, ")") ? 1 : 0;
    g_string_append_len(part, token.start, token.length);
  }
}

static void
key_parts_of(const DmigConstraint *constraint, KeyParts *out)
{
  *out = (KeyParts){ g_string_new(NULL), g_string_new(NULL), g_string_new(NULL), FALSE };
  if (constraint->definition != NULL) {
    read_definition(constraint->definition, out);
    return;
  }
  g_string_append_c(out->columns, '(');
  dmig_sql_append_identifiers(out->columns, DIALECT, constraint->columns);
  g_string_append_c(out->columns, ')');
  g_string_append(out->deferral, dmig_deferrable_sql(constraint->deferrable));
}

DmigStep *
dmig_pg_online_build_key(const DmigOnline *online, GPtrArray *steps, const DmigTable *table,
                         const DmigConstraint *constraint, const char *name)
{
  g_auto(KeyParts) parts = { 0 };
  key_parts_of(constraint, &parts);
  g_autofree char *path = dmig_path_sibling(table->name, name);
  DmigStep *step = dmig_pg_online_alone(
      online, steps, "create-index", DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE,
      g_strdup_printf("create unique index %s on %s concurrently", name, table->name));
  dmig_sql_appendf(step->sql, DIALECT, "CREATE UNIQUE INDEX CONCURRENTLY %I ON %I %s%s%s", name,
                   table->name, g_strchomp(parts.columns->str),
                   parts.nulls_not_distinct ? " NULLS NOT DISTINCT" : "",
                   parts.options->len > 0 ? " " : "");
  g_string_append_printf(step->sql, "%s;\n", g_strchomp(parts.options->str));
  guard_build(step, path);
  return step;
}

void
dmig_pg_online_use_index(GString *sql, const DmigTable *table, const DmigConstraint *constraint,
                         const char *name)
{
  g_auto(KeyParts) parts = { 0 };
  key_parts_of(constraint, &parts);
  gboolean primary = constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY;
  dmig_sql_appendf(sql, DIALECT, "ALTER TABLE %I ADD CONSTRAINT %I %s USING INDEX %I", table->name,
                   constraint->name, primary ? "PRIMARY KEY" : "UNIQUE", name);
  g_strstrip(parts.deferral->str);
  g_string_append_printf(sql, "%s%s;\n", *parts.deferral->str != '\0' ? " " : "",
                         parts.deferral->str);
}

static gboolean
add_key(const DmigOnline *online, GPtrArray *steps)
{
  const DmigTable *table = online->change->new_table;
  const DmigConstraint *constraint = online->change->new_constraint;
  const DmigConstraint *old = online->replaced != NULL ? online->replaced->old_constraint : NULL;
  if (table->partition_by != NULL || (old != NULL && is_of_family(table, old->facets)))
    return FALSE;
  g_autofree char *coming = old != NULL ? dmig_online_name(online, constraint->name, "new")
                                        : g_strdup(constraint->name);
  DmigStep *build = dmig_pg_online_build_key(online, steps, table, constraint, coming);
  dmig_online_inherit(online, build);
  DmigStep *use = dmig_pg_online_together(online, steps, "add-constraint",
                                          DMIG_LOCK_ACCESS_EXCLUSIVE, g_strdup(online->plain->title));
  if (old != NULL)
    dmig_sql_appendf(use->sql, DIALECT, "ALTER TABLE %I DROP CONSTRAINT %I;\n", table->name,
                     old->name);
  dmig_pg_online_use_index(use->sql, table, constraint, coming);
  dmig_facets_append_set(use->sql, constraint->facets);
  return TRUE;
}

/* --- references and checks ----------------------------------------------------------------- */

DmigStep *
dmig_pg_online_validate(const DmigOnline *online, GPtrArray *steps, const char *table,
                        const char *constraint)
{
  g_autofree char *literal = path_literal(table);
  DmigStep *step
      = dmig_pg_online_alone(online, steps, "validate-constraint", DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE,
                             g_strdup_printf("validate constraint %s of %s", constraint, table));
  step->scans = TRUE;
  step->phase = DMIG_PHASE_CONTRACT;
  dmig_sql_appendf(step->sql, DIALECT, "ALTER TABLE %I VALIDATE CONSTRAINT %I;\n", table,
                   constraint);
  step->done = dmig_sql_printf(DIALECT,
                               "SELECT count(*) FROM pg_catalog.pg_constraint WHERE conrelid = "
                               "pg_catalog.to_regclass(%s) AND conname = %S AND convalidated",
                               literal, constraint);
  return step;
}

static gboolean
add_checked(const DmigOnline *online, GPtrArray *steps)
{
  const DmigTable *table = online->change->new_table;
  const DmigConstraint *constraint = online->change->new_constraint;
  gboolean reference = constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY;
  if (constraint->name == NULL || !dmig_constraint_is_valid(constraint)
      || (reference && table->partition_by != NULL))
    return FALSE;
  DmigStep *add = dmig_pg_online_together(
      online, steps, "add-constraint",
      reference ? DMIG_LOCK_SHARE_ROW_EXCLUSIVE : DMIG_LOCK_ACCESS_EXCLUSIVE,
      g_strdup_printf("%s, not validated yet", online->plain->title));
  dmig_online_inherit(online, add);
  dmig_sql_appendf(add->sql, DIALECT, "ALTER TABLE %I ADD ", table->name);
  dmig_ddl_constraint(add->sql, DIALECT, constraint);
  g_string_append(add->sql, " NOT VALID;\n");
  dmig_facets_append_set(add->sql, constraint->facets);
  dmig_pg_online_validate(online, steps, table->name, constraint->name);
  return TRUE;
}

static gboolean
add_constraint(const DmigOnline *online, GPtrArray *steps)
{
  switch (online->change->new_constraint->kind) {
  case DMIG_CONSTRAINT_PRIMARY_KEY:
  case DMIG_CONSTRAINT_UNIQUE:
    return add_key(online, steps);
  case DMIG_CONSTRAINT_CHECK:
  case DMIG_CONSTRAINT_FOREIGN_KEY:
    return online->replaced == NULL && add_checked(online, steps);
  case DMIG_CONSTRAINT_EXCLUSION:
    return FALSE; /* no way to build its index before */
  }
  g_return_val_if_reached(FALSE);
}

/* ------------------------------------------------------------------------------------------- */

gboolean
dmig_pg_spell_online(const DmigOnline *online, GPtrArray *steps)
{
  switch (online->change->kind) {
  case DMIG_CHANGE_CREATE_INDEX:
    return create_index(online, steps);
  case DMIG_CHANGE_DROP_INDEX:
    return drop_index(online, steps);
  case DMIG_CHANGE_ADD_CONSTRAINT:
    return add_constraint(online, steps);
  case DMIG_CHANGE_ADD_COLUMN:
    return dmig_pg_online_add_column(online, steps);
  case DMIG_CHANGE_ALTER_COLUMN:
    return dmig_pg_online_alter_column(online, steps);
  case DMIG_CHANGE_ALTER_ENUM:
    return dmig_pg_online_alter_enum(online, steps);
  case DMIG_CHANGE_RENAME_TABLE:
    return dmig_pg_online_rename_table(online, steps);
  case DMIG_CHANGE_CREATE_ENUM:
  case DMIG_CHANGE_DROP_ENUM:
  case DMIG_CHANGE_RENAME_ENUM:
  case DMIG_CHANGE_COMMENT_ENUM:
  case DMIG_CHANGE_CREATE_TABLE:
  case DMIG_CHANGE_DROP_TABLE:
  case DMIG_CHANGE_COMMENT_TABLE:
  case DMIG_CHANGE_DROP_COLUMN:
  case DMIG_CHANGE_RENAME_COLUMN:
  case DMIG_CHANGE_COMMENT_COLUMN:
  case DMIG_CHANGE_DROP_CONSTRAINT:
  case DMIG_CHANGE_RENAME_CONSTRAINT:
  case DMIG_CHANGE_RENAME_INDEX:
  case DMIG_CHANGE_REBUILD_TABLE:
  case DMIG_CHANGE_CREATE_OBJECT:
  case DMIG_CHANGE_DROP_OBJECT:
  case DMIG_CHANGE_RENAME_OBJECT:
  case DMIG_CHANGE_REPLACE_OBJECT:
  case DMIG_CHANGE_SET_FACET:
  case DMIG_CHANGE_RESET_FACET:
  case DMIG_CHANGE_COPY_ROWS:
    return FALSE; /* short, or the planner's */
  }
  g_return_val_if_reached(FALSE);
}
