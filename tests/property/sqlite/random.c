#include "lite.h"

static guint
roll(GRand *random, guint n)
{
  return n > 0 ? (guint) g_rand_int_range(random, 0, (gint32) n) : 0;
}

static gboolean
chance(GRand *random, guint percent)
{
  return roll(random, 100) < percent;
}

/* --- picking ------------------------------------------------------------------------------- */

typedef gboolean (*Wanted)(const LitePart *part);

static LitePart *
pick(const Lite *self, GRand *random, Wanted wanted)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  for (guint i = 0; i < self->parts->len; i++)
    if (wanted(self->parts->pdata[i]))
      g_ptr_array_add(found, self->parts->pdata[i]);
  return found->len > 0 ? found->pdata[roll(random, found->len)] : NULL;
}

static gboolean
is_table(const LitePart *part)
{
  return part->kind == LITE_TABLE;
}

static gboolean
is_column(const LitePart *part)
{
  return part->kind == LITE_COLUMN;
}

static gboolean
is_view(const LitePart *part)
{
  return part->kind == LITE_VIEW;
}

static gboolean
is_text_of_table(const LitePart *part)
{
  return part->kind == LITE_VIRTUAL && part->of != 0;
}

static gboolean
is_anything(const LitePart *part)
{
  return TRUE;
}

static guint
id_of(const LitePart *part)
{
  return part != NULL ? part->id : 0;
}

/* A column of a table or view. */
static guint
pick_column(const Lite *self, const LitePart *relation, GRand *random)
{
  g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < self->parts->len; i++) {
    guint id = ((LitePart *) self->parts->pdata[i])->id;
    if (lite_has_column(self, relation, id))
      g_array_append_val(found, id);
  }
  return found->len > 0 ? g_array_index(found, guint, roll(random, found->len)) : 0;
}

static void
pick_columns(const Lite *self, LitePart *part, const LitePart *relation, GRand *random)
{
  guint n = 1 + roll(random, LITE_COLUMNS);
  for (guint i = 0; relation != NULL && i < n; i++)
    part->columns[i] = pick_column(self, relation, random);
}

/* --- making -------------------------------------------------------------------------------- */

static const char *const stems[] = {
  [LITE_TABLE] = "thing",   [LITE_COLUMN] = "field", [LITE_KEY] = "once",      [LITE_CHECK] = "rule",
  [LITE_REFERENCE] = "link", [LITE_VIRTUAL] = "find", [LITE_VIEW] = "list",    [LITE_INDEX] = "idx",
  [LITE_TRIGGER] = "watch", [LITE_SETTING] = "",
};

static char *
make_name(LiteKind kind, guint id, GRand *random)
{
  static const char *const words[] = { "order", "group", "select", "table", "index", "values", "from" };
  if (kind == LITE_SETTING)
    return g_strdup(chance(random, 50) ? "user_version" : "application_id");
  switch (roll(random, 16)) {
  case 0:
    return g_strdup_printf("%s \"%u\"", stems[kind], id);
  case 1:
    return g_strdup_printf("%s.%u", stems[kind], id);
  case 2:
    return g_strdup_printf("%s'%u'", stems[kind], id);
  case 3:
    return g_strdup_printf("Ü%s%u", stems[kind], id);
  case 4:
    return g_strdup_printf("%s]%u`", stems[kind], id);
  case 5:
    return g_strdup(words[roll(random, G_N_ELEMENTS(words))]);
  case 6:
    return g_strdup_printf("%u, --%s", id, stems[kind]);
  default:
    return g_strdup_printf("%s%u", stems[kind], id);
  }
}

static LitePart *
part_new(Lite *self, LiteKind kind, GRand *random)
{
  LitePart *part = g_new0(LitePart, 1);
  part->id = self->next_id++;
  part->kind = kind;
  part->name = make_name(kind, part->id, random);
  part->variant = g_rand_int(random);
  part->type = roll(random, 16);
  return part;
}

static void
fill_reference(const Lite *self, LitePart *part, GRand *random)
{
  const LitePart *table = pick(self, random, is_table);
  part->of = id_of(table);
  if (table != NULL)
    part->columns[0] = pick_column(self, table, random);
  const LitePart *to = chance(random, 90) ? pick(self, random, is_table) : NULL;
  part->to = id_of(to);
  if (to != NULL)
    part->target = pick_column(self, to, random);
}

static void
fill_trigger(const Lite *self, LitePart *part, GRand *random)
{
  const LitePart *text = chance(random, 30) ? pick(self, random, is_text_of_table) : NULL;
  const LitePart *of = text != NULL ? lite_part(self, text->of) : pick(self, random, lite_is_relation);
  const LitePart *to = text != NULL ? text : pick(self, random, lite_is_relation);
  part->of = id_of(of);
  pick_columns(self, part, of, random);
  part->to = id_of(to);
  if (to != NULL && text == NULL)
    part->target = pick_column(self, to, random);
}

static void
fill_part(const Lite *self, LitePart *part, GRand *random)
{
  const LitePart *of = NULL;
  switch (part->kind) {
  case LITE_COLUMN:
    part->of = id_of(pick(self, random, is_table));
    break;
  case LITE_KEY:
  case LITE_CHECK:
  case LITE_INDEX:
    of = pick(self, random, is_table);
    break;
  case LITE_REFERENCE:
    fill_reference(self, part, random);
    break;
  case LITE_VIRTUAL:
    of = chance(random, 50) ? pick(self, random, is_table) : NULL;
    break;
  case LITE_VIEW:
    of = pick(self, random, lite_is_relation);
    if (chance(random, 30))
      part->to = id_of(pick(self, random, lite_is_relation));
    break;
  case LITE_TRIGGER:
    fill_trigger(self, part, random);
    break;
  case LITE_TABLE:
  case LITE_SETTING:
  case N_LITE:
    break;
  }
  if (of != NULL) {
    part->of = of->id;
    pick_columns(self, part, of, random);
  }
}

static void
add_part(Lite *self, LiteKind kind, GRand *random)
{
  LitePart *part = part_new(self, kind, random);
  fill_part(self, part, random);
  g_ptr_array_add(self->parts, part);
}

static void
add_some(Lite *self, LiteKind kind, guint least, guint most, GRand *random)
{
  guint n = least + roll(random, most - least + 1);
  for (guint i = 0; i < n; i++)
    add_part(self, kind, random);
}

Lite *
lite_new(GRand *random)
{
  Lite *self = lite_new_empty();
  add_some(self, LITE_TABLE, 1, 4, random);
  add_some(self, LITE_COLUMN, 3, 12, random);
  add_some(self, LITE_KEY, 0, 2, random);
  add_some(self, LITE_CHECK, 0, 2, random);
  add_some(self, LITE_REFERENCE, 0, 4, random);
  add_some(self, LITE_VIRTUAL, 0, 2, random);
  add_some(self, LITE_VIEW, 0, 4, random);
  add_some(self, LITE_INDEX, 0, 4, random);
  add_some(self, LITE_TRIGGER, 0, 4, random);
  add_some(self, LITE_SETTING, 0, 1, random);
  lite_tidy(self);
  return self;
}

/* --- changing ------------------------------------------------------------------------------ */

static void
change_part(Lite *self, GRand *random)
{
  static const Wanted often[] = { is_column, is_column, is_table };
  LitePart *part
      = pick(self, random, chance(random, 50) ? often[roll(random, G_N_ELEMENTS(often))] : is_anything);
  if (part == NULL)
    return;
  part->variant ^= 1u << roll(random, 24) | 1u << roll(random, 20);
  if (chance(random, 30))
    part->type = roll(random, 16);
  if (part->kind == LITE_TABLE && chance(random, 40))
    part->variant ^= chance(random, 50) ? 3u << 3 : 3u << 5;
  if (part->kind == LITE_COLUMN && chance(random, 15))
    part->variant ^= 3u << 10;
  if (chance(random, 20) && LITE_BIT(part, 0))
    part->columns[roll(random, LITE_COLUMNS)] = 0;
}

/* Of two tables, or of two columns of a table. */
static void
swap_names(Lite *self, GRand *random)
{
  LitePart *one = pick(self, random, chance(random, 70) ? is_table : is_column);
  if (one == NULL)
    return;
  LitePart *other = pick(self, random, one->kind == LITE_TABLE ? is_table : is_column);
  if (one->of != other->of)
    return;
  char *name = one->name;
  one->name = other->name;
  other->name = name;
}

/* A view takes a table's place and name, or a table a view's. */
static void
change_kind(Lite *self, GRand *random)
{
  LitePart *old = pick(self, random, chance(random, 50) ? is_table : is_view);
  if (old == NULL)
    return;
  LitePart *new = part_new(self, old->kind == LITE_TABLE ? LITE_VIEW : LITE_TABLE, random);
  g_free(new->name);
  new->name = g_strdup(old->name);
  g_ptr_array_remove(self->parts, old);
  lite_tidy(self);
  fill_part(self, new, random);
  g_ptr_array_add(self->parts, new);
}

static void
add_another(Lite *self, GRand *random)
{
  add_part(self, chance(random, 30) ? LITE_COLUMN : (LiteKind) roll(random, N_LITE), random);
}

static void
mutate_once(Lite *self, GRand *random)
{
  guint way = roll(random, 20);
  if (way < 5)
    add_another(self, random);
  else if (way < 8)
    lite_remove(self, id_of(pick(self, random, is_anything)));
  else if (way < 9)
    swap_names(self, random);
  else if (way < 10)
    change_kind(self, random);
  else
    change_part(self, random);
  lite_tidy(self);
}

void
lite_mutate(Lite *self, GRand *random)
{
  g_autofree char *before = lite_sql(self);
  for (guint i = 0; i < 8; i++) {
    mutate_once(self, random);
    g_autofree char *after = lite_sql(self);
    if (!g_str_equal(before, after))
      return;
  }
}
