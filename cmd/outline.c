#include "cmd/outline.h"

#include <stdarg.h>

static void
line_free(gpointer data)
{
  DmigOutlineLine *self = data;
  g_free(self->text);
  g_free(self);
}

static void
item_free(gpointer data)
{
  DmigOutlineItem *self = data;
  g_free(self->name);
  g_free(self->was);
  g_free(self->object);
  g_ptr_array_unref(self->lines);
  g_free(self);
}

DmigOutline *
dmig_outline_new(void)
{
  DmigOutline *self = g_new0(DmigOutline, 1);
  self->items = g_ptr_array_new_with_free_func(item_free);
  return self;
}

void
dmig_outline_free(DmigOutline *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->items);
  g_free(self);
}

DmigOutlineItem *
dmig_outline_add(DmigOutline *self, const char *noun, const char *name, const char *object)
{
  DmigOutlineItem *item = g_new0(DmigOutlineItem, 1);
  item->noun = noun;
  item->name = g_strdup(name);
  item->object = g_strdup(object);
  item->lines = g_ptr_array_new_with_free_func(line_free);
  g_ptr_array_add(self->items, item);
  return item;
}

void
dmig_outline_item_was(DmigOutlineItem *self, const char *was)
{
  self->sign = '>';
  g_free(self->was);
  self->was = g_strdup(was);
}

void
dmig_outline_line(DmigOutlineItem *self, char sign, const char *format, ...)
{
  DmigOutlineLine *line = g_new0(DmigOutlineLine, 1);
  va_list arguments;
  va_start(arguments, format);
  line->sign = sign;
  line->text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_ptr_array_add(self->lines, line);
}

void
dmig_outline_finish(DmigOutline *self)
{
  for (guint i = self->items->len; i > 0; i--) {
    DmigOutlineItem *item = g_ptr_array_index(self->items, i - 1);
    if (item->sign == 0 && item->lines->len == 0)
      g_ptr_array_remove_index(self->items, i - 1);
    else if (item->sign == 0)
      item->sign = '~';
  }
}

DmigOutline *
dmig_outline_make(const DmigPassage *passage, gboolean reverse, GPtrArray *comparisons)
{
  g_autoptr(DmigOutline) outline
      = passage != NULL ? dmig_outline_of_domains(passage, reverse) : dmig_outline_new();
  for (guint i = 0; outline->items->len == 0 && i < comparisons->len; i++) {
    const DmigComparison *comparison = g_ptr_array_index(comparisons, i);
    dmig_outline_free(outline);
    outline = dmig_outline_of_schemas(comparison->changes);
  }
  return g_steal_pointer(&outline);
}
