#include "cmd/ui/table.h"

#include <libsmartcols.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/text.h"

struct _DmigGrid {
  struct libscols_table *table;
  struct libscols_line *last;
  GArray *filled; /* gboolean a column: some row has text in it */
  guint rows;
};

DmigGrid *
dmig_grid_new(const char *title, ...)
{
  DmigGrid *self = g_new0(DmigGrid, 1);
  self->table = scols_new_table();
  scols_table_enable_colors(self->table, dmig_colour_enabled(stdout));
  scols_table_set_column_separator(self->table, "  ");
  /* Rows are never cut to the terminal's width: what does not fit wraps. */
  scols_table_set_termforce(self->table, SCOLS_TERMFORCE_NEVER);
  scols_table_enable_minout(self->table, 1);
  self->filled = g_array_new(FALSE, TRUE, sizeof(gboolean));

  va_list titles;
  va_start(titles, title);
  for (; title != NULL; title = va_arg(titles, const char *)) {
    gboolean number = title[0] == '>';
    scols_table_new_column(self->table, title + number, 0, number ? SCOLS_FL_RIGHT : 0);
    g_array_set_size(self->filled, self->filled->len + 1);
  }
  va_end(titles);
  return self;
}

void
dmig_grid_free(DmigGrid *self)
{
  if (self == NULL)
    return;
  scols_unref_table(self->table);
  g_array_unref(self->filled);
  g_free(self);
}

void
dmig_grid_add(DmigGrid *self, const char *const *cells)
{
  self->last = scols_table_new_line(self->table, NULL);
  self->rows++;
  for (guint i = 0; i < self->filled->len; i++) {
    if (cells[i] == NULL || *cells[i] == '\0')
      continue;
    g_array_index(self->filled, gboolean, i) = TRUE;
    g_autofree char *text = dmig_text_printable(cells[i]);
    scols_line_set_data(self->last, i, text);
  }
}

void
dmig_grid_colour(DmigGrid *self, guint column, DmigColour colour)
{
  struct libscols_cell *cell = scols_line_get_cell(self->last, column);
  if (cell != NULL && dmig_colour_enabled(stdout))
    scols_cell_set_color(cell, dmig_colour(colour));
}

guint
dmig_grid_length(const DmigGrid *self)
{
  return self->rows;
}

void
dmig_grid_print(DmigGrid *self)
{
  if (self->rows == 0)
    return;
  for (guint i = 0; i < self->filled->len; i++) {
    struct libscols_column *column = scols_table_get_column(self->table, i);
    if (!g_array_index(self->filled, gboolean, i))
      scols_column_set_flags(column, scols_column_get_flags(column) | SCOLS_FL_HIDDEN);
  }
  scols_table_set_stream(self->table, stdout);
  scols_print_table(self->table);
}

guint
dmig_grid_width(void)
{
  const char *columns = g_getenv("COLUMNS");
  struct winsize size;
  if (columns != NULL && atoi(columns) > 0)
    return (guint) atoi(columns);
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}
