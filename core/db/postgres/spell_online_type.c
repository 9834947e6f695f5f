/* A new type through a second column: a trigger keeps it in step while its rows are filled and its
 * indexes built, and then it takes the first one's place in one short transaction. */
#include "core/base/text.h"
#include "core/db/ddl.h"
#include "core/db/postgres/conversion.h"
#include "core/db/postgres/identity.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/spell.h"
#include "core/db/postgres/spell_online.h"
#include "core/sql/lexer.h"

#define DIALECT (&dmig_postgres_dialect)

typedef struct {
  const DmigOnline *online;
  const DmigTable *table; /* as it is; it keeps its name */
  const DmigColumn *old, *new;
  char *coming; /* the second column's name */
  char *value;  /* over the old row */
  char *function, *trigger;
  GString *before_swap, *after_swap; /* of keys, indexes, constraints and sequences */
  GString *last;                     /* references and checks, which need the keys */
  GPtrArray *validations;            /* names of constraints, of `holders` side by side */
  GPtrArray *holders;                /* DmigTable* */
} Change;

static void
change_clear(Change *self)
{
  g_free(self->coming);
  g_free(self->value);
  g_free(self->function);
  g_free(self->trigger);
  g_string_free(self->before_swap, TRUE);
  g_string_free(self->after_swap, TRUE);
  g_string_free(self->last, TRUE);
  g_ptr_array_unref(self->validations);
  g_ptr_array_unref(self->holders);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, change_clear)

/* --- what hangs on the column -------------------------------------------------------------- */

static gboolean
is_dropped(const DmigOnline *online, gconstpointer object)
{
  for (guint i = 0; i < online->changes->len; i++) {
    const DmigChange *change = g_ptr_array_index(online->changes, i);
    if ((change->kind == DMIG_CHANGE_DROP_CONSTRAINT && change->old_constraint == object)
        || (change->kind == DMIG_CHANGE_DROP_INDEX && change->old_index == object))
      return TRUE;
  }
  return FALSE;
}

static gboolean
constraint_mentions(const DmigConstraint *constraint, const char *column)
{
  return dmig_strv_contains(constraint->columns, column)
         || (constraint->check_sql != NULL && dmig_sql_mentions(constraint->check_sql, column))
         || (constraint->definition != NULL && dmig_sql_mentions(constraint->definition, column));
}

static gboolean
index_mentions(const DmigIndex *index, const char *column)
{
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = g_ptr_array_index(index->elements, i);
    if (g_strcmp0(element->column, column) == 0
        || (element->expression != NULL && dmig_sql_mentions(element->expression, column)))
      return TRUE;
  }
  return dmig_strv_contains(index->include, column)
         || (index->where_sql != NULL && dmig_sql_mentions(index->where_sql, column))
         || (index->definition != NULL && dmig_sql_mentions(index->definition, column));
}

/* What an index or constraint is called when its column is swapped, which may be after its own rename. */
static const char *
name_then(const DmigOnline *online, gconstpointer object, const char *name)
{
  for (guint i = 0; i < online->changes->len; i++) {
    const DmigChange *change = g_ptr_array_index(online->changes, i);
    if (change == online->change)
      return name;
    if (change->kind == DMIG_CHANGE_RENAME_INDEX && change->old_index == object)
      name = change->new_index->name;
    if (change->kind == DMIG_CHANGE_RENAME_CONSTRAINT && change->old_constraint == object)
      name = change->new_constraint->name;
  }
  return name;
}

static void
swap_name(char **name, const char *from, const char *to)
{
  if (g_strcmp0(*name, from) != 0)
    return;
  g_free(*name);
  *name = g_strdup(to);
}

static void
swap_in_sql(char **sql, const char *from, const char *to)
{
  if (*sql == NULL)
    return;
  char *swapped = dmig_sql_replace_identifier(*sql, from, to);
  g_free(*sql);
  *sql = swapped;
}

static void
copy_key(Change *self, const DmigConstraint *old, GPtrArray *early)
{
  DmigConstraint named = *old;
  const DmigConstraint *constraint = &named;
  named.name = (char *) name_then(self->online, old, old->name);
  g_autofree char *name = dmig_online_name(self->online, constraint->name, "new");
  DmigConstraint *twin = dmig_constraint_copy(constraint);
  for (guint i = 0; twin->columns[i] != NULL; i++)
    swap_name(&twin->columns[i], self->old->name, self->coming);
  swap_in_sql(&twin->definition, self->old->name, self->coming);
  dmig_pg_online_build_key(self->online, early, self->table, twin, name);
  dmig_constraint_free(twin);
  dmig_sql_appendf(self->before_swap, DIALECT, "ALTER TABLE %I DROP CONSTRAINT %I;\n",
                   self->table->name, constraint->name);
  dmig_pg_online_use_index(self->after_swap, self->table, constraint, name);
  dmig_facets_append_set(self->after_swap, constraint->facets);
}

static void
copy_index(Change *self, const DmigIndex *old, GPtrArray *early)
{
  DmigIndex called = *old;
  const DmigIndex *index = &called;
  called.name = (char *) name_then(self->online, old, old->name);
  g_autofree char *name = dmig_online_name(self->online, index->name, "new");
  g_autofree char *path = dmig_path_sibling(self->table->name, name);
  g_autofree char *final = dmig_path_sibling(self->table->name, index->name);
  DmigIndex *twin = dmig_index_copy(index);
  for (guint i = 0; i < twin->elements->len; i++) {
    DmigIndexElement *element = g_ptr_array_index(twin->elements, i);
    swap_name(&element->column, self->old->name, self->coming);
    swap_in_sql(&element->expression, self->old->name, self->coming);
  }
  for (guint i = 0; twin->include[i] != NULL; i++)
    swap_name(&twin->include[i], self->old->name, self->coming);
  swap_in_sql(&twin->where_sql, self->old->name, self->coming);
  swap_in_sql(&twin->definition, self->old->name, self->coming);
  dmig_pg_online_build_index(self->online, early, self->table, twin, name);
  dmig_index_free(twin);
  dmig_sql_appendf(self->after_swap, DIALECT, "ALTER INDEX %I RENAME TO %I;\n", path, index->name);
  if (index->comment != NULL)
    dmig_sql_appendf(self->after_swap, DIALECT, "COMMENT ON INDEX %I IS %S;\n", final,
                     index->comment);
  dmig_facets_append_set(self->after_swap, index->facets);
}

/* What it is called in the end. */
static const char *
last_name(const DmigOnline *online, const DmigConstraint *constraint)
{
  for (guint i = 0; i < online->changes->len; i++) {
    const DmigChange *change = g_ptr_array_index(online->changes, i);
    if (change->kind == DMIG_CHANGE_RENAME_CONSTRAINT && change->old_constraint == constraint)
      return change->new_constraint->name;
  }
  return constraint->name;
}

/* What goes with the old column, or must let go of its key, and comes back to be validated later. */
static void
say_again(Change *self, const DmigTable *holder, const DmigConstraint *old)
{
  DmigConstraint named = *old;
  const DmigConstraint *constraint = &named;
  named.name = (char *) name_then(self->online, old, old->name);
  dmig_sql_appendf(self->before_swap, DIALECT, "ALTER TABLE %I DROP CONSTRAINT %I;\n",
                   holder->name, constraint->name);
  dmig_sql_appendf(self->last, DIALECT, "ALTER TABLE %I ADD ", holder->name);
  dmig_ddl_constraint(self->last, DIALECT, constraint);
  g_string_append(self->last, " NOT VALID;\n");
  dmig_facets_append_set(self->last, constraint->facets);
  if (!dmig_constraint_is_valid(constraint))
    return;
  g_ptr_array_add(self->validations, (gpointer) last_name(self->online, old));
  g_ptr_array_add(self->holders, (gpointer) holder);
}

static void
release_references(Change *self)
{
  const GPtrArray *tables = self->online->before->tables;
  for (guint i = 0; i < tables->len; i++) {
    const DmigTable *other = g_ptr_array_index(tables, i);
    for (guint k = 0; k < other->constraints->len; k++) {
      const DmigConstraint *constraint = g_ptr_array_index(other->constraints, k);
      if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY
          && g_str_equal(constraint->ref_table, self->table->name)
          && dmig_strv_contains(constraint->ref_columns, self->old->name)
          && !constraint_mentions(constraint, self->old->name)
          && !is_dropped(self->online, constraint))
        say_again(self, other, constraint);
    }
  }
}

static void
copy_parts(Change *self, GPtrArray *early)
{
  release_references(self);
  for (guint i = 0; i < self->table->constraints->len; i++) {
    const DmigConstraint *constraint = g_ptr_array_index(self->table->constraints, i);
    if (is_dropped(self->online, constraint) || !constraint_mentions(constraint, self->old->name))
      continue;
    if (constraint->kind <= DMIG_CONSTRAINT_UNIQUE)
      copy_key(self, constraint, early);
    else
      say_again(self, self->table, constraint);
  }
  for (guint i = 0; i < self->table->indexes->len; i++) {
    const DmigIndex *index = g_ptr_array_index(self->table->indexes, i);
    if (!is_dropped(self->online, index) && index_mentions(index, self->old->name))
      copy_index(self, index, early);
  }
}

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
    g_string_append(self->before_swap, facet->reset);
    g_string_append(self->after_swap, facet->set);
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
    if (constraint_mentions(constraint, column)
        && (constraint->kind == DMIG_CONSTRAINT_EXCLUSION || constraint->name == NULL
            || is_replica_identity(constraint->facets)))
      return TRUE;
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    const DmigIndex *index = g_ptr_array_index(table->indexes, i);
    if (index_mentions(index, column) && is_replica_identity(index->facets))
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
    dmig_sql_appendf(self->before_swap, DIALECT,
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
  g_string_append(step->sql, self->before_swap->str);
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
  g_string_append(step->sql, self->after_swap->str);
  g_string_append(step->sql, self->last->str);
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
    .before_swap = g_string_new(NULL),
    .after_swap = g_string_new(NULL),
    .last = g_string_new(NULL),
    .validations = g_ptr_array_new(),
    .holders = g_ptr_array_new(),
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
  copy_parts(&self, online->early);
  save_identity(&self);
  hand_over_sequences(&self);
  swap(&self, steps);
  for (guint i = 0; i < self.validations->len; i++) {
    const DmigTable *holder = g_ptr_array_index(self.holders, i);
    dmig_pg_online_validate(online, online->late, holder->name,
                            g_ptr_array_index(self.validations, i));
  }
  return TRUE;
}
