/* A new type through a second column: a trigger keeps it in step while its rows are filled and its
 * indexes built, and then it takes the first one's place in one short transaction. */
#include "core/base/text.h"
#include "core/db/ddl.h"
#include "core/db/postgres/conversion.h"
#include "core/db/postgres/identity.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/spell.h"
#include "core/db/postgres/spell_online_parts.h"
#include "core/sql/lexer.h"

#define DIALECT (&dmig_postgres_dialect)

typedef struct {
  DmigPgSwap parts;
  const DmigOnline *online;
  const DmigTable *table; /* as it is; it keeps its name */
  const DmigColumn *old, *new;
  char *coming; /* the second column's name */
  char *value;  /* over the old row */
  char *function, *trigger;
} Change;

static void
change_clear(Change *self)
{
  g_free(self->coming);
  g_free(self->value);
  g_free(self->function);
  g_free(self->trigger);
  g_string_free(self->parts.before_swap, TRUE);
  g_string_free(self->parts.after_swap, TRUE);
  g_string_free(self->parts.last, TRUE);
  g_ptr_array_unref(self->parts.validations);
  g_ptr_array_unref(self->parts.holders);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, change_clear)

/* Sequences that would go with the old column. */
static void
hand_over_sequences(Change *self)
{
  g_autofree char *owner
      = dmig_sql_printf(DIALECT, "%I.%I", self->table->name, self->old->name);
  const GPtrArray *objects = self->online->after->objects;
  for (guint i = 0; i < objects->len; i++) {
    const DmigObject *object = g_ptr_array_index(objects, i);
    const DmigFacet *facet = object->kind == DMIG_OBJECT_SEQUENCE
                                 ? dmig_facets_find(object->facets, "owned by")
                                 : NULL;
    if (facet == NULL || facet->reset == NULL || !dmig_sql_equal(facet->value, owner))
      continue;
    g_string_append(self->parts.before_swap, facet->reset);
    g_string_append(self->parts.after_swap, facet->set);
  }
}

/* --- what this way can't do ---------------------------------------------------------------- */

static gboolean
has_statistics(const DmigSchema *before, const DmigTable *table, const char *column)
{
  for (guint i = 0; i < before->objects->len; i++) {
    const DmigObject *object = g_ptr_array_index(before->objects, i);
    if (object->kind == DMIG_OBJECT_STATISTICS && dmig_sql_mentions(object->create, table->name)
        && dmig_sql_mentions(object->create, column))
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_condition(const char *sql)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer))
    if (dmig_token_is(token, "WHERE"))
      return TRUE;
  return FALSE;
}

/* Whether a publication has only some rows or columns of the table: no row can be updated there whose
 * replica identity is not among what the publication asks for. */
static gboolean
is_published_in_part(const DmigSchema *before, const DmigTable *table)
{
  g_autofree char *label = dmig_sql_printf(DIALECT, "table %I", table->name);
  for (guint i = 0; i < before->objects->len; i++) {
    const DmigObject *object = g_ptr_array_index(before->objects, i);
    if (object->kind != DMIG_OBJECT_PUBLICATION)
      continue;
    const char *part = dmig_facets_value(object->facets, label);
    if ((part != NULL && *part != '\0')
        || (dmig_sql_mentions(object->create, dmig_path_name(table->name))
            && has_condition(object->create)))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_replica_identity(const GPtrArray *facets)
{
  return dmig_facets_find(facets, "replica identity") != NULL;
}

/* Whether something on the column can't be made beside it. */
static gboolean
is_held(const DmigTable *table, const char *column)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = g_ptr_array_index(table->constraints, i);
    if (dmig_constraint_mentions(constraint, column)
        && (constraint->kind == DMIG_CONSTRAINT_EXCLUSION || constraint->name == NULL
            || is_replica_identity(constraint->facets)))
      return TRUE;
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = g_ptr_array_index(table->indexes, i);
    if (dmig_index_mentions(index, column) && is_replica_identity(index->facets))
      return TRUE;
  }
  for (guint i = 0; i < table->columns->len; i++) {
    const DmigColumn *other = g_ptr_array_index(table->columns, i);
    if (other->generated_sql != NULL && dmig_sql_mentions(other->generated_sql, column))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_referring(const DmigSchema *before, const DmigTable *table, const char *column)
{
  for (guint i = 0; i < before->tables->len; i++) {
    const DmigTable *other = g_ptr_array_index(before->tables, i);
    for (guint k = 0; k < other->constraints->len; k++) {
      const DmigConstraint *constraint = g_ptr_array_index(other->constraints, k);
      if (constraint->kind != DMIG_CONSTRAINT_FOREIGN_KEY)
        continue;
      if ((other == table && dmig_strv_contains(constraint->columns, column))
          || (g_str_equal(constraint->ref_table, table->name)
              && dmig_strv_contains(constraint->ref_columns, column)))
        return TRUE;
    }
  }
  return FALSE;
}

/* Two columns that refer to one another change one after the other; meanwhile their types differ. */
static gboolean
compare_with_each_other(const char *a, const char *b)
{
  static const char *const numbers[] = { "smallint", "integer", "bigint", NULL };
  gboolean texts = (g_str_has_prefix(a, "character varying") || g_str_equal(a, "text"))
                   && (g_str_has_prefix(b, "character varying") || g_str_equal(b, "text"));
  return texts || (g_strv_contains(numbers, a) && g_strv_contains(numbers, b));
}

gboolean
dmig_pg_can_swap(const DmigChange *change, const DmigSchema *before)
{
  const DmigColumnAspects type = DMIG_ASPECT_TYPE | DMIG_ASPECT_COLLATION;
  const DmigColumnAspects all = type | DMIG_ASPECT_NOT_NULL | DMIG_ASPECT_DEFAULT;
  const DmigTable *table = change->old_table;
  const DmigColumn *old = change->old_column, *new = change->new_column;
  if (!(change->aspects & type) || (change->aspects & ~all) || change->fill_sql != NULL
      || (change->using_sql == NULL && dmig_pg_conversion_keeps_rows(old->type, new->type)))
    return FALSE;
  return table->partition_by == NULL && table->parents == NULL && !table->has_children
         && dmig_schema_table(before, table->name) == table
         && old->generated == DMIG_GENERATED_NONE && new->generated == DMIG_GENERATED_NONE
         && !is_held(table, old->name) && !has_statistics(before, table, old->name)
         && !is_published_in_part(before, table)
         && (old->comment == NULL || new->comment != NULL)
         && (compare_with_each_other(old->type, new->type)
             || !is_referring(before, table, old->name));
}

/* --- steps --------------------------------------------------------------------------------- */

/* Among triggers that fire at one moment the last name comes last, and sees what others have done. */
static void
begin(Change *self, GPtrArray *early)
{
  const char *table = self->table->name;
  g_autofree char *alias = g_strdup(dmig_path_name(table));
  DmigColumn *column = dmig_column_copy(self->new);
  DmigStep *step = dmig_pg_online_together(
      self->online, early, "add-twin-column", DMIG_LOCK_ACCESS_EXCLUSIVE,
      g_strdup_printf("add a second %s.%s, %s, kept in step by a trigger", table, self->new->name,
                      self->new->type));
  step->phase = DMIG_PHASE_EXPAND;
  g_free(column->name);
  column->name = g_strdup(self->coming);
  column->not_null = FALSE;
  column->identity = DMIG_IDENTITY_NONE;
  g_clear_pointer(&column->default_sql, g_free);
  dmig_sql_appendf(step->sql, DIALECT, "ALTER TABLE %I ADD COLUMN ", table);
  dmig_ddl_column(step->sql, DIALECT, column);
  dmig_column_free(column);
  dmig_sql_appendf(step->sql, DIALECT,
                   ";\nCREATE FUNCTION %I() RETURNS trigger LANGUAGE plpgsql SET search_path FROM "
                   "CURRENT AS $dmig$\n#variable_conflict use_column\nBEGIN\n  NEW.%I := (SELECT "
                   "%s FROM (SELECT NEW.*) AS %I);\n  RETURN NEW;\nEND\n$dmig$;\n",
                   self->function, self->coming, self->value, alias);
  dmig_sql_appendf(step->sql, DIALECT,
                   "CREATE TRIGGER %I BEFORE INSERT OR UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION "
                   "%I();\n",
                   self->trigger, table, self->function);
  dmig_online_inherit_checks(self->online, step);
}

/* The numbers go on where they were, from a sequence of the same name. */
static void
save_identity(Change *self)
{
  const char *named = dmig_facets_value(self->old->facets, "sequence");
  g_autofree char *usual = dmig_pg_sequence_name(self->table->name, self->old->name);
  g_autofree char *path = named != NULL ? g_strdup(named)
                                        : dmig_path_sibling(self->table->name, usual);
  if (self->old->identity != DMIG_IDENTITY_NONE)
    dmig_sql_appendf(self->parts.before_swap, DIALECT,
                     "CREATE TEMPORARY TABLE dmig_identity ON COMMIT DROP AS SELECT last_value, "
                     "is_called FROM %I;\n",
                     path);
}

static void
restore_identity(Change *self, GString *sql)
{
  g_autofree char *quoted = dmig_sql_identifier(DIALECT, self->table->name);
  if (self->new->identity == DMIG_IDENTITY_NONE)
    return;
  dmig_sql_appendf(sql, DIALECT, "ALTER TABLE %I ALTER COLUMN %I ADD ", self->table->name,
                   self->new->name);
  dmig_ddl_identity(sql, DIALECT, self->new);
  dmig_sql_appendf(sql, DIALECT,
                   ";\nSELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence(%S, %S), "
                   "last_value, is_called) FROM dmig_identity;\n"
                   "DROP TABLE dmig_identity;\n",
                   quoted, self->new->name);
}

static void
swap(Change *self, GPtrArray *steps)
{
  const char *table = self->table->name;
  DmigStep *step = dmig_pg_online_together(
      self->online, steps, "swap-column", DMIG_LOCK_ACCESS_EXCLUSIVE,
      g_strdup_printf("put the second %s.%s in the place of the first", table, self->new->name));
  dmig_online_inherit_losses(self->online, step);
  dmig_sql_appendf(step->sql, DIALECT, "DROP TRIGGER %I ON %I;\nDROP FUNCTION %I();\n",
                   self->trigger, table, self->function);
  g_string_append(step->sql, self->parts.before_swap->str);
  if (self->old->default_sql != NULL)
    dmig_sql_appendf(step->sql, DIALECT, "ALTER TABLE %I ALTER COLUMN %I DROP DEFAULT;\n", table,
                     self->old->name);
  dmig_sql_appendf(step->sql, DIALECT, "ALTER TABLE %I DROP COLUMN %I;\n", table, self->old->name);
  dmig_sql_appendf(step->sql, DIALECT, "ALTER TABLE %I RENAME COLUMN %I TO %I;\n", table,
                   self->coming, self->new->name);
  if (self->new->default_sql != NULL)
    dmig_sql_appendf(step->sql, DIALECT, "ALTER TABLE %I ALTER COLUMN %I SET DEFAULT %s;\n", table,
                     self->new->name, self->new->default_sql);
  restore_identity(self, step->sql);
  if (self->new->comment != NULL)
    dmig_sql_appendf(step->sql, DIALECT, "COMMENT ON COLUMN %I.%I IS %S;\n", table,
                     self->new->name, self->new->comment);
  dmig_facets_append_set(step->sql, self->new->facets);
  g_string_append(step->sql, self->parts.after_swap->str);
  g_string_append(step->sql, self->parts.last->str);
}

static Change
change_of(const DmigOnline *online)
{
  const DmigChange *change = online->change;
  const char *column = change->old_column->name;
  g_autofree char *whole = g_strdup_printf("%s_%s", dmig_path_name(change->new_table->name), column);
  g_autofree char *function = dmig_online_name(online, whole, "sync");
  g_autofree char *trigger = g_strconcat("~", column, NULL);
  Change self = {
    .online = online,
    .table = change->old_table,
    .old = change->old_column,
    .new = change->new_column,
    .coming = dmig_online_name(online, column, "new"),
    .value = change->using_sql != NULL
                 ? g_strdup_printf("(%s)::%s", change->using_sql, change->new_column->type)
                 : dmig_sql_printf(DIALECT, "%I::%s", column, change->new_column->type),
    .function = dmig_path_sibling(change->new_table->name, function),
    .trigger = dmig_online_name(online, trigger, "sync"),
    .parts = { .online = online,
               .table = change->old_table,
               .before_swap = g_string_new(NULL),
               .after_swap = g_string_new(NULL),
               .last = g_string_new(NULL),
               .validations = g_ptr_array_new(),
               .holders = g_ptr_array_new() },
  };
  return self;
}

gboolean
dmig_pg_online_alter_type(const DmigOnline *online, GPtrArray *steps)
{
  g_auto(Change) self = change_of(online);
  if (!online->change->alone)
    return FALSE;
  begin(&self, online->early);
  dmig_pg_online_fill(online, online->early, self.table, self.coming, self.value, "fill the second");
  if (self.new->not_null)
    dmig_pg_online_require(online, online->early, self.table, self.coming, NULL);
  dmig_pg_swap_parts(&self.parts, online->early);
  save_identity(&self);
  hand_over_sequences(&self);
  swap(&self, steps);
  for (guint i = 0; i < self.parts.validations->len; i++) {
    const DmigTable *holder = g_ptr_array_index(self.parts.holders, i);
    dmig_pg_online_validate(online, online->late, holder->name,
                            g_ptr_array_index(self.parts.validations, i));
  }
  return TRUE;
}
