/* Enum types: labels in place, and a new type in the old one's place.
 * Source: PostgreSQL manual, ALTER TYPE: labels can be added and renamed, but neither dropped nor
 * moved, and an added one can't be used before the transaction ends. */
#include "core/base/text.h"
#include "core/db/postgres/alter.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/spell.h"
#include "core/db/postgres/spell_online.h"
#include "core/sql/text.h"

#define DIALECT (&dmig_postgres_dialect)

void
dmig_pg_spell_comment_enum(GString *sql, const DmigEnum *type)
{
  dmig_sql_appendf(sql, DIALECT, "COMMENT ON TYPE %I IS %S;\n", type->name, type->comment);
}

void
dmig_pg_spell_create_enum(GString *sql, const DmigEnum *type)
{
  dmig_sql_appendf(sql, DIALECT, "CREATE TYPE %I AS ENUM (", type->name);
  for (char *const *label = type->labels; *label != NULL; label++)
    dmig_sql_appendf(sql, DIALECT, label == type->labels ? "%S" : ", %S", *label);
  g_string_append(sql, ");\n");
  if (type->comment != NULL)
    dmig_pg_spell_comment_enum(sql, type);
  dmig_facets_append_set(sql, type->facets);
}

static guint
n_maps(const DmigChange *change)
{
  return change->labels != NULL ? change->labels->len : 0;
}

static const DmigLabelMap *
map_at(const DmigChange *change, guint i)
{
  return g_ptr_array_index(change->labels, i);
}

/* --- in place ------------------------------------------------------------------------------ */

static gboolean
was_label(const DmigChange *change, const char *label)
{
  if (dmig_strv_contains(change->old_enum->labels, label))
    return TRUE;
  for (guint i = 0; i < n_maps(change); i++)
    if (g_str_equal(map_at(change, i)->to, label))
      return TRUE;
  return FALSE;
}

/* The first label that was there already: what stands before it is added before it. */
static guint
first_kept(const DmigChange *change)
{
  char *const *labels = change->new_enum->labels;
  guint i = 0;
  while (labels[i] != NULL && !was_label(change, labels[i]))
    i++;
  return labels[i] != NULL ? i : 0;
}

/* `ADD VALUE 'x' BEFORE 'y'` for each new label, in an order in which they can be added. */
static GPtrArray *
additions(const DmigChange *change)
{
  GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
  char *const *labels = change->new_enum->labels;
  guint kept = first_kept(change);
  for (guint i = kept; i > 0; i--)
    g_ptr_array_add(list, dmig_sql_printf(DIALECT, "%S BEFORE %S", labels[i - 1], labels[i]));
  for (guint i = kept; labels[i] != NULL; i++) {
    if (was_label(change, labels[i]))
      continue;
    g_ptr_array_add(list, i > 0 ? dmig_sql_printf(DIALECT, "%S AFTER %S", labels[i], labels[i - 1])
                                : dmig_sql_printf(DIALECT, "%S", labels[i]));
  }
  return list;
}

static void
rename_labels(const DmigChange *change, DmigStep *step)
{
  for (guint i = 0; i < n_maps(change); i++)
    dmig_sql_appendf(step->sql, DIALECT, "ALTER TYPE %I RENAME VALUE %S TO %S;\n",
                     change->new_enum->name, map_at(change, i)->from, map_at(change, i)->to);
}

static void
alter_in_place(const DmigChange *change, DmigStep *step)
{
  g_autoptr(GPtrArray) labels = additions(change);
  rename_labels(change, step);
  for (guint i = 0; i < labels->len; i++)
    dmig_sql_appendf(step->sql, DIALECT, "ALTER TYPE %I ADD VALUE %s;\n", change->new_enum->name,
                     g_ptr_array_index(labels, i));
}

/* --- a new type ---------------------------------------------------------------------------- */

static char *
scalar_value(const DmigChange *change, const char *column)
{
  if (n_maps(change) == 0)
    return g_strdup_printf("%s::text", column);
  g_autoptr(GString) value = g_string_new(NULL);
  g_string_append_printf(value, "CASE %s::text", column);
  for (guint i = 0; i < n_maps(change); i++)
    dmig_sql_appendf(value, DIALECT, " WHEN %S THEN %S", map_at(change, i)->from,
                     map_at(change, i)->to);
  g_string_append_printf(value, " ELSE %s::text END", column);
  return g_strdup_printf("(%s)", value->str);
}

static char *
replaced(char *array, const char *from, const char *to)
{
  g_autofree char *inner = array;
  return dmig_sql_printf(DIALECT, "array_replace(%s, %S, %S)", inner, from, to);
}

/* USING takes no subquery, so that labels in arrays are replaced one after the other; by way of
 * names that no label has, lest one is replaced twice. */
static char *
array_value(const DmigChange *change, const char *column)
{
  char *value = g_strdup_printf("%s::text[]", column);
  gboolean chained = FALSE;
  for (guint i = 0; i < n_maps(change); i++)
    for (guint j = 0; j < n_maps(change); j++)
      chained |= g_str_equal(map_at(change, i)->to, map_at(change, j)->from);
  for (guint i = 0; i < n_maps(change); i++) {
    g_autofree char *between
        = g_strdup_printf("dmig: label %u of %s on its way", i, map_at(change, i)->from);
    value = replaced(value, map_at(change, i)->from, chained ? between : map_at(change, i)->to);
  }
  for (guint i = 0; chained && i < n_maps(change); i++) {
    g_autofree char *between
        = g_strdup_printf("dmig: label %u of %s on its way", i, map_at(change, i)->from);
    value = replaced(value, between, map_at(change, i)->to);
  }
  return value;
}

static void
move_user(const DmigChange *change, const DmigChange *user, DmigPgAlter *alter)
{
  const DmigColumn *old = user->old_column, *new = user->new_column;
  gboolean array = g_str_has_suffix(new->type, "[]");
  g_autofree char *column = dmig_sql_identifier(DIALECT, new->name);
  g_autofree char *value = array ? array_value(change, column) : scalar_value(change, column);
  if (old->default_sql != NULL)
    dmig_pg_alter_add(alter, dmig_sql_printf(DIALECT, "ALTER COLUMN %I DROP DEFAULT", old->name));
  dmig_pg_alter_add(alter, dmig_sql_printf(DIALECT, "ALTER COLUMN %I TYPE %s USING %s::%s",
                                           new->name, new->type, value, new->type));
  if (new->default_sql != NULL)
    dmig_pg_alter_add(alter, dmig_sql_printf(DIALECT, "ALTER COLUMN %I SET DEFAULT %s", new->name,
                                             new->default_sql));
}

/* Whether a parent table's column carries this one along. */
static gboolean
is_carried(const DmigChange *change, const DmigChange *user)
{
  char *const *parents = user->new_table->parents;
  for (guint i = 0; user->new_column->inherited && i < change->users->len; i++) {
    const DmigChange *other = g_ptr_array_index(change->users, i);
    if (parents != NULL
        && g_strv_contains((const char *const *)parents, other->new_table->name)
        && g_str_equal(other->new_column->name, user->new_column->name))
      return TRUE;
  }
  return FALSE;
}

/* Defaults of columns that are carried along are theirs alone. */
static void
carry_defaults(const DmigChange *change, DmigStep *step, gboolean set)
{
  for (guint i = 0; change->users != NULL && i < change->users->len; i++) {
    const DmigChange *user = g_ptr_array_index(change->users, i);
    if (!is_carried(change, user))
      continue;
    if (!set && user->old_column->default_sql != NULL)
      dmig_sql_appendf(step->sql, DIALECT, "ALTER TABLE %I ALTER COLUMN %I DROP DEFAULT;\n",
                       user->new_table->name, user->old_column->name);
    if (set && user->new_column->default_sql != NULL)
      dmig_sql_appendf(step->sql, DIALECT, "ALTER TABLE %I ALTER COLUMN %I SET DEFAULT %s;\n",
                       user->new_table->name, user->new_column->name,
                       user->new_column->default_sql);
  }
}

/* The old type makes way for the new one under its name, and goes when no column has it. */
static void
recreate(const DmigChange *change, DmigStep *step)
{
  const DmigEnum *type = change->new_enum;
  g_autofree char *long_name = g_strconcat(dmig_path_name(type->name), "__old", NULL);
  g_autofree char *aside = dmig_text_fit_identifier(long_name, DIALECT->max_identifier);
  g_autofree char *aside_path = dmig_path_sibling(type->name, aside);
  dmig_sql_appendf(step->sql, DIALECT, "ALTER TYPE %I RENAME TO %I;\n", type->name, aside);
  dmig_pg_spell_create_enum(step->sql, type);

  guint n_users = change->users != NULL ? change->users->len : 0;
  carry_defaults(change, step, FALSE);
  g_auto(DmigPgAlter) alter = { .sql = step->sql };
  for (guint i = 0; i < n_users; i++) {
    const DmigChange *user = g_ptr_array_index(change->users, i);
    if (is_carried(change, user))
      continue;
    if (g_strcmp0(alter.table, user->new_table->name) != 0)
      dmig_pg_alter_flush(&alter);
    alter.table = user->new_table->name;
    move_user(change, user, &alter);
  }
  dmig_pg_alter_flush(&alter);
  carry_defaults(change, step, TRUE);
  dmig_sql_appendf(step->sql, DIALECT, "DROP TYPE %I;\n", aside_path);
  step->lock = n_users > 0 ? DMIG_LOCK_ACCESS_EXCLUSIVE : DMIG_LOCK_NONE;
  step->rewrites = n_users > 0;
  step->scans = n_users > 0;
}

void
dmig_pg_spell_alter_enum(const DmigChange *change, DmigStep *step)
{
  if (change->recreate)
    recreate(change, step);
  else
    alter_in_place(change, step);
}

/* --- online -------------------------------------------------------------------------------- */

/* Labels that are committed before what uses them, so that no table is rewritten. Each can be added
 * again where a killed run has done so. */
gboolean
dmig_pg_online_alter_enum(const DmigOnline *online, GPtrArray *steps)
{
  const DmigChange *change = online->change;
  if (change->recreate || !change->alone)
    return FALSE;
  g_autoptr(GPtrArray) labels = additions(change);
  DmigStep *first = NULL;
  if (n_maps(change) > 0) {
    first = dmig_pg_online_together(online, steps, "alter-enum", DMIG_LOCK_NONE,
                                    g_strdup(online->plain->title));
    rename_labels(change, first);
  }
  for (guint i = 0; i < labels->len; i++) {
    const char *label = g_ptr_array_index(labels, i);
    DmigStep *step = dmig_pg_online_alone(
        online, steps, "alter-enum", DMIG_LOCK_NONE,
        g_strdup_printf("add label %s to %s", label, change->new_enum->name));
    dmig_sql_appendf(step->sql, DIALECT, "ALTER TYPE %I ADD VALUE IF NOT EXISTS %s;\n",
                     change->new_enum->name, label);
    first = first != NULL ? first : step;
  }
  dmig_online_inherit(online, first);
  return TRUE;
}
