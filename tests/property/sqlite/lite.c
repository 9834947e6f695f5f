#include "lite.h"

static void
part_free(LitePart *self)
{
  g_free(self->name);
  g_free(self);
}

static gpointer
part_copy(gconstpointer source, gpointer unused)
{
  LitePart *self = g_memdup2(source, sizeof *self);
  self->name = g_strdup(self->name);
  return self;
}

Lite *
lite_new_empty(void)
{
  Lite *self = g_new0(Lite, 1);
  self->next_id = 1;
  self->parts = g_ptr_array_new_with_free_func((GDestroyNotify) part_free);
  return self;
}

Lite *
lite_copy(const Lite *self)
{
  Lite *copy = g_new0(Lite, 1);
  copy->next_id = self->next_id;
  copy->parts = g_ptr_array_copy(self->parts, part_copy, NULL);
  g_ptr_array_set_free_func(copy->parts, (GDestroyNotify) part_free);
  return copy;
}

void
lite_free(Lite *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->parts);
  g_free(self);
}

LitePart *
lite_part(const Lite *self, guint id)
{
  for (guint i = 0; id != 0 && i < self->parts->len; i++) {
    LitePart *part = self->parts->pdata[i];
    if (part->id == id)
      return part;
  }
  return NULL;
}

void
lite_remove(Lite *self, guint id)
{
  LitePart *part = lite_part(self, id);
  if (part != NULL)
    g_ptr_array_remove(self->parts, part);
}

/* --- what parts are ------------------------------------------------------------------------ */

gboolean
lite_is_relation(const LitePart *part)
{
  return part->kind == LITE_TABLE || part->kind == LITE_VIEW;
}

LiteKeyStyle
lite_key_style(const LitePart *table)
{
  return (LiteKeyStyle) LITE_BITS(table, 0, 7);
}

gboolean
lite_without_rowid(const LitePart *table)
{
  LiteKeyStyle style = lite_key_style(table);
  return LITE_BIT(table, 3) && LITE_BIT(table, 4) && style != LITE_KEY_NONE
         && style != LITE_KEY_AUTOINCREMENT;
}

gboolean
lite_strict(const LitePart *table)
{
  return LITE_BIT(table, 5) && LITE_BIT(table, 6);
}

gboolean
lite_takes_all(const LitePart *view)
{
  return LITE_BITS(view, 1, 3) == 3;
}

gboolean
lite_lists_columns(const LitePart *view)
{
  return LITE_BIT(view, 0) && !lite_takes_all(view);
}

guint
lite_first_column(const Lite *self, const LitePart *table)
{
  for (guint i = 0; i < self->parts->len; i++) {
    const LitePart *part = self->parts->pdata[i];
    if (part->kind == LITE_COLUMN && part->of == table->id && !(LITE_BIT(part, 10) && LITE_BIT(part, 11)))
      return part->id;
  }
  return 0;
}

/* Of `id`, and so that it is not the table's key. */
gboolean
lite_generated(const Lite *self, const LitePart *column)
{
  return column->kind == LITE_COLUMN && LITE_BIT(column, 10) && LITE_BIT(column, 11);
}

gboolean
lite_is_unique(const Lite *self, const LitePart *table, guint column)
{
  if (table->kind != LITE_TABLE)
    return FALSE;
  LiteKeyStyle style = lite_key_style(table);
  if (column == table->id)
    return style != LITE_KEY_NONE && style != LITE_KEY_OF_TWO;
  const LitePart *part = lite_part(self, column);
  return LITE_BITS(part, 14, 3) == 3 && !lite_generated(self, part);
}

gboolean
lite_has_column(const Lite *self, const LitePart *relation, guint column)
{
  const LitePart *found = lite_part(self, column);
  if (found == NULL)
    return FALSE;
  if (relation->kind == LITE_TABLE)
    return found == relation || (found->kind == LITE_COLUMN && found->of == relation->id);
  for (guint i = 0; i < LITE_COLUMNS; i++)
    if (relation->columns[i] == column)
      return TRUE;
  return FALSE;
}

/* Views that list their columns call them something else. */
char *
lite_column_name(const Lite *self, const LitePart *relation, guint column)
{
  const LitePart *part = lite_part(self, column);
  if (relation->kind == LITE_VIEW && lite_lists_columns(relation))
    return g_strdup_printf("seen %u", column);
  if (relation->kind == LITE_VIEW)
    return lite_column_name(self, lite_part(self, relation->of), column);
  return g_strdup(part->kind == LITE_TABLE ? "id" : part->name);
}

/* --- tidying ------------------------------------------------------------------------------- */

/* Keeps the columns that `of` has, each once. Whether there are any. */
static gboolean
tidy_columns(const Lite *self, LitePart *part, const LitePart *of)
{
  guint n = 0;
  for (guint i = 0; i < LITE_COLUMNS; i++) {
    guint column = part->columns[i];
    part->columns[i] = 0;
    gboolean twice = column == 0;
    for (guint k = 0; k < n; k++)
      twice |= part->columns[k] == column;
    if (!twice && lite_has_column(self, of, column))
      part->columns[n++] = column;
  }
  return n > 0;
}

static gboolean
is_constraint(const LitePart *part)
{
  return part->kind == LITE_KEY || part->kind == LITE_CHECK || part->kind == LITE_REFERENCE;
}

/* A column's check has the column's name, and YAML tells a table's constraints by theirs. */
static gboolean
clash(const LitePart *a, const LitePart *b)
{
  gboolean same = g_ascii_strcasecmp(a->name, b->name) == 0;
  if (a->kind == LITE_COLUMN)
    return same && b->kind == LITE_COLUMN && a->of == b->of;
  if (is_constraint(a))
    return same && a->of == b->of && (is_constraint(b) || b->kind == LITE_COLUMN);
  if (a->kind == LITE_TRIGGER || a->kind == LITE_SETTING)
    return same && b->kind == a->kind;
  gboolean names = a->kind == LITE_TABLE || a->kind == LITE_VIEW || a->kind == LITE_VIRTUAL
                   || a->kind == LITE_INDEX;
  return same && names
         && (b->kind == LITE_TABLE || b->kind == LITE_VIEW || b->kind == LITE_VIRTUAL
             || b->kind == LITE_INDEX);
}

static gboolean
is_second(const Lite *self, const LitePart *part)
{
  for (guint i = 0; i < self->parts->len && self->parts->pdata[i] != part; i++)
    if (clash(part, self->parts->pdata[i]))
      return TRUE;
  return FALSE;
}

/* Full text of a table is found by its rowid. */
static gboolean
tidy_virtual(const Lite *self, LitePart *part, const LitePart *of)
{
  if (part->of == 0)
    return TRUE;
  if (of == NULL || of->kind != LITE_TABLE || lite_without_rowid(of) || !tidy_columns(self, part, of))
    return FALSE;
  LiteKeyStyle style = lite_key_style(of);
  return style == LITE_KEY_ROWID || style == LITE_KEY_AUTOINCREMENT || style == LITE_KEY_NOT_NULL;
}

/* A column refers once: YAML says the same only once. */
static gboolean
refers_already(const Lite *self, const LitePart *part)
{
  for (guint i = 0; i < self->parts->len && self->parts->pdata[i] != part; i++) {
    const LitePart *other = self->parts->pdata[i];
    if (other->kind == LITE_REFERENCE && other->of == part->of && other->columns[0] == part->columns[0])
      return TRUE;
  }
  return FALSE;
}

static gboolean
tidy_reference(const Lite *self, LitePart *part, const LitePart *of)
{
  const LitePart *to = lite_part(self, part->to);
  if (!tidy_columns(self, part, of) || refers_already(self, part))
    return FALSE;
  if (part->to == 0)
    return TRUE;
  if (to == NULL || to->kind != LITE_TABLE)
    return FALSE;
  if (part->columns[0] == of->id && of == to)
    return FALSE;
  if (!lite_has_column(self, to, part->target))
    part->target = to->id;
  return lite_is_unique(self, to, part->target);
}

static gboolean
tidy_trigger(const Lite *self, LitePart *part, const LitePart *of)
{
  const LitePart *to = lite_part(self, part->to);
  if (!lite_is_relation(of) || !tidy_columns(self, part, of) || to == NULL)
    return FALSE;
  if (to->kind == LITE_VIRTUAL)
    return to->of != 0 && to->of == of->id;
  return lite_is_relation(to) && lite_has_column(self, to, part->target);
}

/* Whether the part can stay. */
static gboolean
tidy_part(const Lite *self, LitePart *part)
{
  const LitePart *of = lite_part(self, part->of);
  if (is_second(self, part))
    return FALSE;
  switch (part->kind) {
  case LITE_TABLE:
    if (lite_key_style(part) == LITE_KEY_OF_TWO && lite_first_column(self, part) == 0)
      part->variant &= ~7u;
    return TRUE;
  case LITE_SETTING:
    return TRUE;
  case LITE_VIRTUAL:
    return tidy_virtual(self, part, of);
  case LITE_VIEW:
    if (part->to != 0 && (lite_part(self, part->to) == NULL || lite_takes_all(part)))
      part->to = 0;
    return of != NULL && lite_is_relation(of) && tidy_columns(self, part, of);
  case LITE_COLUMN:
    return of != NULL && of->kind == LITE_TABLE;
  case LITE_KEY:
  case LITE_CHECK:
  case LITE_INDEX:
    return of != NULL && of->kind == LITE_TABLE && tidy_columns(self, part, of);
  case LITE_REFERENCE:
    return of != NULL && of->kind == LITE_TABLE && tidy_reference(self, part, of);
  case LITE_TRIGGER:
    return of != NULL && tidy_trigger(self, part, of);
  case N_LITE:
    break;
  }
  return FALSE;
}

void
lite_tidy(Lite *self)
{
  for (gboolean changed = TRUE; changed;) {
    changed = FALSE;
    for (guint i = 0; i < self->parts->len; i++) {
      if (tidy_part(self, self->parts->pdata[i]))
        continue;
      g_ptr_array_remove_index(self->parts, i--);
      changed = TRUE;
    }
  }
}
