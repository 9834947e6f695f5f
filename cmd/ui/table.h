/* Aligned tables on standard output, through libsmartcols, which knows how wide UTF-8 is. */
#pragma once

#include <glib.h>

#include "cmd/ui/colour.h"

typedef struct _DmigGrid DmigGrid;

/* Titles of the columns until NULL; one that begins with '>' is for numbers and aligned right. */
DmigGrid *dmig_grid_new(const char *title, ...) G_GNUC_NULL_TERMINATED;
void dmig_grid_free(DmigGrid *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigGrid, dmig_grid_free)

/* One text a column; NULL is an empty cell. Copied, made printable. */
void dmig_grid_add(DmigGrid *self, const char *const *cells);
/* Colours one cell of the row that was added last. */
void dmig_grid_colour(DmigGrid *self, guint column, DmigColour colour);
guint dmig_grid_length(const DmigGrid *self);
/* As many lines as there are rows, below the titles, without columns that no row has text in; an
 * empty grid prints nothing. */
void dmig_grid_print(DmigGrid *self);
/* How many columns standard output has: $COLUMNS, or the terminal's, or 80. To be asked before the
 * pager takes standard output over. */
guint dmig_grid_width(void);
