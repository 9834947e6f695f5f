/* A change file as one dialect's Transition. Both states are paired up object by object in the
 * upgrade's direction (change_pairs.h); what is said of a pair is then said from one of its ends or the
 * other. */
#include "core/domain/change_pairs.h"
#include "core/domain/lower.h"

#include <string.h>

#include "core/base/text.h"
#include "core/domain/lowering.h"
#include "core/sql/text.h"

/* Enums and views begin alike. */
typedef struct {
  DmigLocation at;
  char *name;
} Named;

G_STATIC_ASSERT(G_STRUCT_OFFSET(DmigDomainEnum, name) == G_STRUCT_OFFSET(Named, name));
G_STATIC_ASSERT(G_STRUCT_OFFSET(DmigDomainView, name) == G_STRUCT_OFFSET(Named, name));

/* One object on both sides. */
typedef struct {
  gpointer old;
  gpointer new;
} Pair;

/* The enums, or views, that both sides have. */
typedef struct {
  GArray *items;      /* Pair */
  GHashTable *by_new; /* name on the new side -> position + 1 */
} Pairs;

typedef struct {
  const DmigChangeFile *change;
  const DmigDomain *from, *to; /* in the upgrade's direction */
  DmigLowering *old, *new;
  const DmigDialect *dialect;
  gboolean reverse;
  const DmigChangePairs *pairs; /* of entities and their fields */
  Pairs enums, views;
  DmigTransition *transition;
  /* How a label that becomes another is said: dmig_transition_map_label(), or _split_label(). */
  void (*say_label)(DmigTransition *, const char *, const char *, const char *, const char *,
                    const char *);
} TransitionLowering;

static void
pairs_clear(Pairs *self)
{
  g_clear_pointer(&self->items, g_array_unref);
  g_clear_pointer(&self->by_new, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pairs, pairs_clear)

static const char *
name_of(gconstpointer object)
{
  return ((const Named *) object)->name;
}

static GHashTable *
by_name(GPtrArray *objects)
{
  GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < objects->len; i++) {
    gpointer object = g_ptr_array_index(objects, i);
    g_hash_table_insert(table, (gpointer) name_of(object), object);
  }
  return table;
}

/* Pairs objects of one kind: under stated renames, and else by name, unless a rename claims the new one. */
static Pairs
pair_up(GPtrArray *olds, GPtrArray *news, const DmigChangePairs *stated)
{
  Pairs pairs = { g_array_new(FALSE, FALSE, sizeof(Pair)),
                  g_hash_table_new(g_str_hash, g_str_equal) };
  g_autoptr(GHashTable) old_names = by_name(olds);
  g_autoptr(GHashTable) new_names = by_name(news);
  for (guint i = 0; i < olds->len; i++) {
    Pair pair = { olds->pdata[i], NULL };
    const DmigRename *rename = g_hash_table_lookup(stated->renamed_from, name_of(pair.old));
    const char *name = rename != NULL ? rename->to : name_of(pair.old);
    const DmigRename *claim = g_hash_table_lookup(stated->renamed_to, name);
    pair.new = g_hash_table_lookup(new_names, name);
    if (pair.new == NULL || g_hash_table_contains(pairs.by_new, name)
        || (claim != rename && g_hash_table_contains(old_names, claim->from)))
      continue;
    g_array_append_val(pairs.items, pair);
    g_hash_table_insert(pairs.by_new, (gpointer) name_of(pair.new),
                        GUINT_TO_POINTER(pairs.items->len));
  }
  return pairs;
}

static gpointer
old_of(const Pairs *pairs, const char *new_name)
{
  guint position = GPOINTER_TO_UINT(g_hash_table_lookup(pairs->by_new, new_name));
  return position > 0 ? g_array_index(pairs->items, Pair, position - 1).old : NULL;
}

/* Which end of a pair the transition leads to, and which it comes from. */
static gpointer
source(const TransitionLowering *self, const Pair *pair)
{
  return self->reverse ? pair->new : pair->old;
}

static gpointer
destination(const TransitionLowering *self, const Pair *pair)
{
  return self->reverse ? pair->old : pair->new;
}

static DmigLowering *
source_lowering(const TransitionLowering *self)
{
  return self->reverse ? self->new : self->old;
}

static DmigLowering *
destination_lowering(const TransitionLowering *self)
{
  return self->reverse ? self->old : self->new;
}

/* Renames. */

/* The type of an enum written in place is named after its table and column, and follows them. */
static void
follow_enum_name(TransitionLowering *self, const DmigField *from, const DmigField *to)
{
  const char *old_name = g_hash_table_lookup(source_lowering(self)->enum_names, from);
  const char *new_name = g_hash_table_lookup(destination_lowering(self)->enum_names, to);
  if (old_name != NULL && new_name != NULL && !g_str_equal(old_name, new_name))
    dmig_transition_rename_enum(self->transition, old_name, new_name);
}

static void
lower_field_renames(TransitionLowering *self, const DmigEntity *old, const DmigEntity *new)
{
  const DmigEntity *table = self->reverse ? old : new;
  for (guint i = 0; i < old->fields->len; i++) {
    const DmigField *before = old->fields->pdata[i];
    const DmigField *after = dmig_change_pairs_new_field(self->pairs, old, before->name);
    if (after == NULL || !g_ptr_array_find(new->fields, after, NULL))
      continue;
    const DmigField *from = self->reverse ? after : before, *to = self->reverse ? before : after;
    if (!g_str_equal(from->column, to->column))
      dmig_transition_rename_column(self->transition, table->path, from->column, to->column);
    follow_enum_name(self, from, to);
  }
}

static void
lower_entity_renames(TransitionLowering *self)
{
  for (guint i = 0; i < self->from->entities->len; i++) {
    const DmigEntity *old = self->from->entities->pdata[i];
    const DmigEntity *new = g_hash_table_lookup(self->pairs->new_of, old);
    if (new == NULL)
      continue;
    const DmigEntity *from = self->reverse ? new : old, *to = self->reverse ? old : new;
    if (!g_str_equal(from->path, to->path))
      dmig_transition_rename_table(self->transition, from->path, to->path);
    lower_field_renames(self, old, new);
  }
}

static void
lower_enum_renames(TransitionLowering *self)
{
  if (!self->dialect->has.enum_types)
    return;
  for (guint i = 0; i < self->enums.items->len; i++) {
    const Pair *pair = &g_array_index(self->enums.items, Pair, i);
    const DmigDomainEnum *from = source(self, pair), *to = destination(self, pair);
    if (!g_str_equal(from->path, to->path))
      dmig_transition_rename_enum(self->transition, from->path, to->path);
  }
}

static void
lower_view_renames(TransitionLowering *self)
{
  for (guint i = 0; i < self->views.items->len; i++) {
    const Pair *pair = &g_array_index(self->views.items, Pair, i);
    const DmigDomainView *from = source(self, pair), *to = destination(self, pair);
    if (!g_str_equal(from->path, to->path))
      dmig_transition_rename_view(self->transition, from->path, to->path);
  }
}

/* Fields that the change file names, `Customer.mobile` by its new name. */

/* FALSE: neither state has such a field. */
static gboolean
find_field(const TransitionLowering *self, const char *path, DmigMember *out_member)
{
  DmigMember member;
  if (!dmig_change_pairs_member(self->pairs, path, &member))
    return FALSE;
  if (member.new != NULL)
    member.old = dmig_change_pairs_old_field(self->pairs, member.new_entity, member.name);
  else if (member.old != NULL)
    member.new = dmig_change_pairs_new_field(self->pairs, member.old_entity, member.name);
  *out_member = member;
  return member.new != NULL || member.old != NULL;
}

/* The side of it that the transition leads to. */
typedef struct {
  const DmigEntity *entity;
  const DmigField *field; /* NULL: it is not there */
  gboolean both;          /* the field is there on both sides */
} Place;

static Place
find_place(const TransitionLowering *self, const char *path)
{
  DmigMember member;
  if (!find_field(self, path, &member))
    return (Place){ 0 };
  return (Place){
    .entity = self->reverse ? member.old_entity : member.new_entity,
    .field = self->reverse ? member.old : member.new,
    .both = member.old != NULL && member.new != NULL,
  };
}

static void
lower_fill(TransitionLowering *self, const DmigFill *fill)
{
  Place place = find_place(self, fill->field);
  /* On the way back only what comes back is filled. */
  if (place.field == NULL || (self->reverse && place.both))
    return;
  g_autofree char *sql = dmig_lowering_value(destination_lowering(self), place.field, fill->value);
  if (sql != NULL)
    dmig_transition_add_fill(self->transition, place.entity->path, place.field->column, sql);
}

static void
lower_convert(TransitionLowering *self, const DmigConvert *convert)
{
  Place place = find_place(self, convert->field);
  g_autofree char *sql = dmig_lowering_sql(destination_lowering(self),
                                           self->reverse ? convert->downgrade : convert->upgrade);
  if (place.field != NULL && sql != NULL)
    dmig_transition_add_conversion(self->transition, place.entity->path, place.field->column, sql);
}

/* Labels. */

static void
map_column_label(TransitionLowering *self, const DmigEntity *entity, const DmigField *field,
                 const char *from, const char *to)
{
  self->say_label(self->transition, NULL, entity->path, field->column, from, to);
}

/* Where an enum is a check on each column, a named one's labels change in all that use it. */
static void
map_users_labels(TransitionLowering *self, const char *enum_name, const char *from, const char *to)
{
  const DmigDomain *domain = destination_lowering(self)->domain;
  for (guint i = 0; i < domain->entities->len; i++) {
    const DmigEntity *entity = g_ptr_array_index(domain->entities, i);
    for (guint j = 0; j < entity->fields->len; j++) {
      const DmigField *field = g_ptr_array_index(entity->fields, j);
      const DmigType *type = dmig_lowering_enum(destination_lowering(self), field);
      if (type != NULL && type == field->type && g_strcmp0(type->enum_name, enum_name) == 0)
        map_column_label(self, entity, field, from, to);
    }
  }
}

/* The labels before the upgrade of what `map` names; NULL where it names no enum there. */
static char **
labels_before(const TransitionLowering *self, const char *name)
{
  DmigMember member;
  if (dmig_domain_enum(self->to, name) != NULL) {
    const DmigDomainEnum *old = old_of(&self->enums, name);
    return old != NULL ? old->labels : NULL;
  }
  if (!find_field(self, name, &member) || member.old == NULL)
    return NULL;
  const DmigType *type = dmig_lowering_enum(self->old, member.old);
  return type != NULL ? type->labels : NULL;
}

/* Whether `map` can be turned round: no other old label ends as the same new one. */
static gboolean
is_one_to_one(const TransitionLowering *self, const DmigValueMap *map)
{
  gboolean target_moves_away = FALSE;
  for (guint i = 0; i < self->change->values->len; i++) {
    const DmigValueMap *other = g_ptr_array_index(self->change->values, i);
    if (other == map || !g_str_equal(other->field, map->field))
      continue;
    if (g_str_equal(other->to, map->to))
      return FALSE;
    target_moves_away |= g_str_equal(other->from, map->to);
  }
  return target_moves_away || !dmig_strv_contains(labels_before(self, map->field), map->to);
}

static void
map_enum_label(TransitionLowering *self, const char *name, const char *from, const char *to)
{
  const DmigDomainEnum *new = dmig_domain_enum(self->to, name);
  const DmigDomainEnum *old = old_of(&self->enums, name);
  const DmigDomainEnum *item = self->reverse ? old : new;
  if (item == NULL)
    return;
  if (self->dialect->has.enum_types)
    self->say_label(self->transition, item->path, NULL, NULL, from, to);
  else
    map_users_labels(self, item->name, from, to);
}

static void
map_field_label(TransitionLowering *self, const char *path, const char *from, const char *to)
{
  Place place = find_place(self, path);
  if (place.field == NULL)
    return;
  const char *type_name = dmig_lowering_enum_name(destination_lowering(self), place.field);
  if (type_name != NULL)
    self->say_label(self->transition, type_name, NULL, NULL, from, to);
  else
    map_column_label(self, place.entity, place.field, from, to);
}

static void
lower_value_map(TransitionLowering *self, const DmigValueMap *map)
{
  self->say_label = self->reverse && !is_one_to_one(self, map) ? dmig_transition_split_label
                                                               : dmig_transition_map_label;
  const char *from = self->reverse ? map->to : map->from;
  const char *to = self->reverse ? map->from : map->to;
  if (dmig_domain_enum(self->to, map->field) != NULL)
    map_enum_label(self, map->field, from, to);
  else
    map_field_label(self, map->field, from, to);
}

static void
lower_statements(TransitionLowering *self)
{
  const DmigChangeFile *change = self->change;
  const DmigSqlText *before = self->reverse ? change->downgrade_before : change->upgrade_before;
  const DmigSqlText *after = self->reverse ? change->downgrade_after : change->upgrade_after;
  self->transition->before_sql = dmig_lowering_sql(self->new, before);
  self->transition->after_sql = dmig_lowering_sql(self->new, after);
}

/* A number and a truth value stand for themselves, all else is a text. */
static char *
expected_literal(const char *text)
{
  char *end = NULL;
  g_ascii_strtod(text, &end);
  gboolean number = g_ascii_isdigit(text[strspn(text, "+-")]) && *end == '\0';
  if (number || g_ascii_strcasecmp(text, "true") == 0 || g_ascii_strcasecmp(text, "false") == 0)
    return g_strdup(text);
  return dmig_sql_string(text);
}

static void
lower_check(TransitionLowering *self, const DmigChangeCheck *check)
{
  gboolean down = check->when == DMIG_CHECK_AFTER_DOWNGRADE
                  || check->when == DMIG_CHECK_BEFORE_DOWNGRADE;
  gboolean after = check->when == DMIG_CHECK_AFTER_UPGRADE
                   || check->when == DMIG_CHECK_AFTER_DOWNGRADE;
  g_autofree char *sql = dmig_lowering_sql(self->new, check->sql);
  if (down != self->reverse || sql == NULL)
    return;
  if (g_str_has_suffix(sql, ";"))
    sql[strlen(sql) - 1] = '\0';
  char *message = g_strdup(check->message != NULL ? check->message
                                                  : "a check of change.yaml does not hold");
  if (check->expect == NULL) {
    dmig_transition_add_check(self->transition, after, g_steal_pointer(&sql), message);
    return;
  }
  g_autofree char *literal = expected_literal(check->expect);
  dmig_transition_add_check(
      self->transition, after,
      g_strdup_printf("SELECT CASE WHEN (%s) IS NOT DISTINCT FROM %s THEN 0 ELSE 1 END", sql,
                      literal),
      message);
}

static void
lower_checks(TransitionLowering *self)
{
  for (guint i = 0; i < self->change->checks->len; i++)
    lower_check(self, g_ptr_array_index(self->change->checks, i));
}

/* `field` NULL: of the whole entity. */
static void
allow(DmigTransition *transition, const DmigAllow *allow, const DmigEntity *entity,
      const DmigField *field)
{
  if (entity == NULL || entity->path == NULL)
    return;
  g_autofree char *table = dmig_path_text(entity->path);
  g_autofree char *object
      = g_strconcat(table, field != NULL ? "." : NULL, field != NULL ? field->column : NULL, NULL);
  dmig_transition_allow(transition, allow->rule, object, allow->reason);
}

/* Steps call objects by the names of one side or the other. */
static void
lower_allow(TransitionLowering *self, const DmigAllow *said)
{
  DmigMember member;
  if (said->object == NULL) {
    dmig_transition_allow(self->transition, said->rule, NULL, said->reason);
    return;
  }
  DmigEntity *new = dmig_domain_entity(self->to, said->object);
  DmigEntity *old = dmig_domain_entity(self->from, said->object);
  if (new != NULL || old != NULL) {
    if (new != NULL)
      old = g_hash_table_lookup(self->pairs->old_of, new);
    else
      new = g_hash_table_lookup(self->pairs->new_of, old);
    allow(self->transition, said, new, NULL);
    allow(self->transition, said, old, NULL);
    return;
  }
  if (!find_field(self, said->object, &member))
    return;
  const DmigField *either = member.new != NULL ? member.new : member.old;
  allow(self->transition, said, member.new_entity, either);
  allow(self->transition, said, member.old_entity, member.old != NULL ? member.old : either);
}

DmigTransition *
dmig_transition_lower(const DmigChangeFile *change, const DmigDomain *from, const DmigDomain *to,
                      const DmigDialect *dialect, gboolean reverse, DmigDiagnostics *diagnostics)
{
  /* What is wrong with the names of either state is said when that is lowered itself. */
  g_autoptr(DmigDiagnostics) known = dmig_diagnostics_new();
  g_autoptr(DmigLowering) old = dmig_lowering_new(from, dialect, known);
  g_autoptr(DmigLowering) new = dmig_lowering_new(to, dialect, known);
  old->diagnostics = new->diagnostics = diagnostics;

  g_autoptr(DmigChangePairs) pairs = dmig_change_pairs_new(from, to, change);
  g_auto(Pairs) enums = pair_up(from->enums, to->enums, pairs);
  g_auto(Pairs) views = pair_up(from->views, to->views, pairs);
  DmigTransition *transition = dmig_transition_new();
  TransitionLowering self = {
    .change = change, .from = from, .to = to, .old = old, .new = new, .dialect = dialect,
    .reverse = reverse, .pairs = pairs, .enums = enums, .views = views, .transition = transition,
  };

  transition->reverse = reverse;
  lower_entity_renames(&self);
  lower_enum_renames(&self);
  lower_view_renames(&self);
  for (guint i = 0; i < change->fills->len; i++)
    lower_fill(&self, g_ptr_array_index(change->fills, i));
  for (guint i = 0; i < change->converts->len; i++)
    lower_convert(&self, g_ptr_array_index(change->converts, i));
  for (guint i = 0; i < change->values->len; i++)
    lower_value_map(&self, g_ptr_array_index(change->values, i));
  lower_statements(&self);
  lower_checks(&self);
  for (guint i = 0; i < change->allows->len; i++)
    lower_allow(&self, change->allows->pdata[i]);
  return transition;
}
