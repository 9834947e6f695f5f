#include "core/plan/online.h"

#include <string.h>

#include "core/base/text.h"
#include "core/plan/planner.h"

/* --- steps ----------------------------------------------------------------------------------- */

gboolean
dmig_step_blocks(const DmigStep *step)
{
  return (step->rewrites || step->scans) && step->batch == NULL && step->lock >= DMIG_LOCK_SHARE;
}

DmigStep *
dmig_online_step(const DmigOnline *self, const char *kind, char *title_owned)
{
  DmigStep *step = dmig_step_new(kind, self->plain->object);

  g_free(step->title);
  step->title = title_owned;
  step->phase = self->plain->phase;
  return step;
}

/* The plain step is thrown away when its heirs are made, so that they may hold what it holds. */
static void
share(GPtrArray **own, GPtrArray *of_plain)
{
  g_ptr_array_unref(*own);
  *own = g_ptr_array_ref(of_plain);
}

void
dmig_online_inherit_checks(const DmigOnline *self, DmigStep *step)
{
  share(&step->checks, self->plain->checks);
}

void
dmig_online_inherit_losses(const DmigOnline *self, DmigStep *step)
{
  share(&step->losses, self->plain->losses);
  share(&step->takes, self->plain->takes);
  share(&step->brings, self->plain->brings);
  step->loss = self->plain->loss;
}

void
dmig_online_inherit(const DmigOnline *self, DmigStep *step)
{
  dmig_online_inherit_checks(self, step);
  dmig_online_inherit_losses(self, step);
}

char *
dmig_online_name(const DmigOnline *self, const char *name, const char *suffix)
{
  g_autofree char *whole = g_strdup_printf("%s_dmig_%s", name, suffix);

  return dmig_text_fit_identifier(whole, self->before->dialect->max_identifier);
}

/* --- replacing ------------------------------------------------------------------------------- */

static const char *
table_of(const DmigChange *change)
{
  const DmigTable *table = change->new_table != NULL ? change->new_table : change->old_table;

  return table != NULL ? table->name : NULL;
}

static gboolean
is_key(const DmigConstraint *constraint)
{
  return constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY ||
         constraint->kind == DMIG_CONSTRAINT_UNIQUE;
}

static gboolean
begin_alike(const DmigIndex *a, const DmigIndex *b)
{
  if (a->elements->len == 0 || b->elements->len == 0)
    return FALSE;
  const DmigIndexElement *first = a->elements->pdata[0], *other = b->elements->pdata[0];
  return first->column != NULL && g_strcmp0(first->column, other->column) == 0;
}

/* Whether `add` puts an index or key in the place of the one that `drop` takes: on the same table, of
 * the same name, or for the same column, so that the old one may serve until the new one is there. */
static gboolean
takes_place_of(const DmigChange *add, const DmigChange *drop)
{
  if (g_strcmp0(table_of(add), table_of(drop)) != 0)
    return FALSE;
  if (add->kind == DMIG_CHANGE_CREATE_INDEX && drop->kind == DMIG_CHANGE_DROP_INDEX)
    return g_str_equal(add->new_index->name, drop->old_index->name) ||
           begin_alike(add->new_index, drop->old_index);
  return add->kind == DMIG_CHANGE_ADD_CONSTRAINT && drop->kind == DMIG_CHANGE_DROP_CONSTRAINT &&
         is_key(add->new_constraint) && is_key(drop->old_constraint) &&
         g_strcmp0(add->new_constraint->name, drop->old_constraint->name) == 0;
}

static gboolean
is_in_family(const DmigTable *table)
{
  return table != NULL && (table->parents != NULL || table->has_children);
}

/* Whether a change of another table can't be what the old or the new object of `drop` waits for. */
static gboolean
is_elsewhere(const DmigChange *change, const DmigChange *drop)
{
  const char *name = table_of(change);

  if (name == NULL || g_str_equal(name, table_of(drop)) || is_in_family(drop->old_table))
    return FALSE;
  return change->kind != DMIG_CHANGE_ADD_CONSTRAINT ||
         g_strcmp0(change->new_constraint->ref_table, table_of(drop)) != 0;
}

static gboolean
mentions(const DmigChange *drop, const char *column)
{
  return drop->old_constraint != NULL ? dmig_constraint_mentions(drop->old_constraint, column)
                                      : dmig_index_mentions(drop->old_index, column);
}

static gboolean
is_primary(const DmigChange *drop)
{
  return drop->old_constraint != NULL && drop->old_constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY;
}

/* Of the same table. A column that is to be null again must leave its primary key first. */
static gboolean
leaves_alone(const DmigChange *change, const DmigChange *drop)
{
  const DmigColumnAspects easy = DMIG_ASPECT_NOT_NULL | DMIG_ASPECT_DEFAULT;

  switch ((int) change->kind) {
  case DMIG_CHANGE_DROP_INDEX:
  case DMIG_CHANGE_CREATE_INDEX:
  case DMIG_CHANGE_COMMENT_TABLE:
  case DMIG_CHANGE_COMMENT_COLUMN:
  case DMIG_CHANGE_ADD_COLUMN:
  case DMIG_CHANGE_DROP_CONSTRAINT:
    return TRUE;
  case DMIG_CHANGE_ADD_CONSTRAINT:
    return g_strcmp0(change->new_constraint->ref_table, table_of(drop)) != 0;
  case DMIG_CHANGE_ALTER_COLUMN:
    return ((change->aspects & ~easy) == 0 &&
            (change->new_column->not_null || !is_primary(drop))) ||
           !mentions(drop, change->old_column->name);
  case DMIG_CHANGE_DROP_COLUMN:
    return !mentions(drop, change->old_column->name);
  default:
    return FALSE;
  }
}

/* What may stand between a drop and the making that takes its place, so that the drop can wait for
 * it: what neither needs the old one gone nor changes what it stands on. */
static gboolean
is_harmless_between(const DmigChange *change, const DmigChange *drop)
{
  const char *name = table_of(change);

  if (change->kind == DMIG_CHANGE_CREATE_OBJECT || change->kind == DMIG_CHANGE_CREATE_ENUM ||
      change->kind == DMIG_CHANGE_CREATE_TABLE)
    return TRUE;
  return is_elsewhere(change, drop) ||
         (name != NULL && g_str_equal(name, table_of(drop)) && !is_in_family(drop->old_table) &&
          leaves_alone(change, drop));
}

/* The change that makes what takes the place of what the i-th one drops; NULL: none, or not at once. */
static DmigChange *
find_replacing(const DmigPlanner *self, guint i)
{
  const DmigChange *drop = self->items->pdata[i];

  if (drop->kind != DMIG_CHANGE_DROP_INDEX && drop->kind != DMIG_CHANGE_DROP_CONSTRAINT)
    return NULL;
  for (guint k = i + 1; k < self->items->len; k++) {
    DmigChange *after = self->items->pdata[k];
    if (takes_place_of(after, drop))
      return after;
    if (!is_harmless_between(after, drop))
      return NULL;
  }
  return NULL;
}

/* The other half of a pair of a drop and what takes its place; NULL: `change` stands alone. */
static const DmigChange *
partner_of(DmigPlanner *self, const DmigChange *change)
{
  if (self->partners == NULL) {
    self->partners = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < self->items->len; i++) {
      DmigChange *replacing = find_replacing(self, i);
      if (replacing == NULL || g_hash_table_contains(self->partners, replacing))
        continue;
      g_hash_table_insert(self->partners, self->items->pdata[i], replacing);
      g_hash_table_insert(self->partners, replacing, self->items->pdata[i]);
    }
  }
  return g_hash_table_lookup(self->partners, change);
}

/* A table that these steps make, drop or replace has nobody who waits for it. */
static gboolean
stays(const DmigPlanner *self, const DmigChange *change)
{
  const char *name = table_of(change);

  return name == NULL || (dmig_schema_table(self->changes->renamed, name) != NULL &&
                          dmig_schema_table(self->changes->to, name) != NULL &&
                          !g_hash_table_contains(self->remade, name));
}

/* --- order ----------------------------------------------------------------------------------- */

static gboolean
takes_away(const DmigStep *step)
{
  return g_str_equal(step->kind, "drop-object") || g_str_equal(step->kind, "drop-constraint") ||
         g_str_equal(step->kind, "drop-index") || g_str_equal(step->kind, "swap-column");
}

/* Whether a step of a change may lean on this one. */
static gboolean
may_be_needed(const DmigStep *step)
{
  return g_str_has_prefix(step->kind, "create-") || g_str_has_prefix(step->kind, "rename-") ||
         g_str_equal(step->kind, "alter-enum") ||
         (g_str_equal(step->kind, "replace-object") && strchr(step->object, '(') != NULL);
}

/* Where early steps can stand: before all that was taken away so far. FALSE: they would come before
 * what they may need. */
static gboolean
find_early_place(const GPtrArray *steps, guint *out)
{
  guint place = 0;

  while (place < steps->len && !takes_away(steps->pdata[place]))
    place++;
  *out = place;
  for (guint i = place; i < steps->len; i++)
    if (may_be_needed(steps->pdata[i]))
      return FALSE;
  return TRUE;
}

static gboolean
has_step(const GPtrArray *steps, const DmigStep *step)
{
  for (guint i = 0; i < steps->len; i++)
    if (g_string_equal(((DmigStep *) steps->pdata[i])->sql, step->sql))
      return TRUE;
  return FALSE;
}

static GPtrArray *
steps_new(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify) dmig_step_free);
}

/* Hands the steps of `from` over. */
static void
move_steps(GPtrArray *from, GPtrArray *to, guint place)
{
  g_ptr_array_set_free_func(from, NULL);
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_insert(to, (gint) (place + i), from->pdata[i]);
  g_ptr_array_set_size(from, 0);
}

static gboolean
spell(DmigPlanner *self, const DmigChange *change, const DmigChange *replaced,
      const DmigStep *plain, GPtrArray *steps)
{
  g_autoptr(GPtrArray) own = steps_new(), early = steps_new(), late = steps_new();
  guint place = 0;
  const DmigOnline online = { .change = change,
                              .replaced = replaced,
                              .plain = plain,
                              .before = self->changes->renamed,
                              .after = self->changes->to,
                              .changes = self->items,
                              .early = early,
                              .late = late };

  if (!self->dialect->spell_online(&online, own) ||
      (early->len > 0 && !find_early_place(steps, &place)))
    return FALSE;
  move_steps(early, steps, place);
  move_steps(own, steps, steps->len);
  for (guint i = late->len; i > 0; i--)
    if (has_step(self->late, late->pdata[i - 1]))
      g_ptr_array_remove_index(late, i - 1);
  move_steps(late, self->late, self->late->len);
  return TRUE;
}

/* Whether what takes the place of what `drop` drops knows how to do so, and drops it then. */
static gboolean
is_taken_over(DmigPlanner *self, const DmigChange *drop, const DmigChange *by,
              const DmigStep *plain)
{
  g_autoptr(GPtrArray) steps = steps_new();

  return spell(self, by, drop, plain, steps);
}

static gboolean
is_drop(const DmigChange *change)
{
  return change->kind == DMIG_CHANGE_DROP_INDEX || change->kind == DMIG_CHANGE_DROP_CONSTRAINT;
}

gboolean
dmig_planner_add_online(DmigPlanner *self, const DmigChange *change, const DmigStep *plain,
                        GPtrArray *steps)
{
  if (self->dialect->spell_online == NULL || !stays(self, change))
    return FALSE;
  const DmigChange *partner = partner_of(self, change);
  if (partner != NULL && is_drop(change) && is_taken_over(self, change, partner, plain))
    return TRUE;
  if (partner != NULL && !is_drop(change) && spell(self, change, partner, plain, steps))
    return TRUE;
  if (spell(self, change, NULL, plain, steps))
    return TRUE;
  self->stuck |= change->kind == DMIG_CHANGE_ALTER_COLUMN && change->alone;
  return FALSE;
}

void
dmig_planner_begin_online(DmigPlanner *self)
{
  for (guint i = 0; self->online && i < self->items->len; i++) {
    DmigChange *change = self->items->pdata[i];
    if (change->kind == DMIG_CHANGE_ALTER_COLUMN && self->dialect->can_swap != NULL &&
        !g_hash_table_contains(self->remade, change->new_table->name))
      change->alone = self->dialect->can_swap(change, self->changes->renamed);
  }
}

/* Whether something is missing while a step runs that may take long: taken away before it, and made
 * again after it. */
static gboolean
leaves_a_gap(const GPtrArray *steps)
{
  static char rows[] = "its rows"; /* like no object */
  g_autoptr(GHashTable) gone = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GHashTable) missed = g_hash_table_new(g_str_hash, g_str_equal);

  for (guint i = 0; i < steps->len; i++) {
    const DmigStep *step = steps->pdata[i];
    GHashTableIter iter;
    gpointer object;
    if (g_str_equal(step->kind, "drop-object"))
      g_hash_table_add(gone, step->object);
    if (g_str_equal(step->kind, "set-rows-aside"))
      g_hash_table_add(gone, rows);
    if ((g_str_equal(step->kind, "create-object") && g_hash_table_contains(missed, step->object)) ||
        (g_str_equal(step->kind, "copy-rows") && g_hash_table_contains(missed, rows)))
      return TRUE;
    if (step->transactional)
      continue;
    g_hash_table_iter_init(&iter, gone);
    while (g_hash_table_iter_next(&iter, &object, NULL))
      g_hash_table_add(missed, object);
  }
  return FALSE;
}

gboolean
dmig_planner_end_online(DmigPlanner *self, GPtrArray *steps)
{
  move_steps(self->late, steps, steps->len);
  return !self->stuck && !leaves_a_gap(steps);
}
