#include "cmd/plan_table.h"

#include <stdio.h>
#include <string.h>

#include "cmd/comparison.h"
#include "cmd/ui/table.h"

/* However little room there is, a title gets this much. */
#define NARROWEST_TITLE 32

enum { NUMBER, TITLE, PHASE, LOCK, ROWS, LOSS, COLUMNS };

/* Texts of one step; the number and the title are added line by line. Static texts. */
static void
facts_of(const DmigStep *step, const char *cells[COLUMNS])
{
  cells[PHASE] = dmig_phase_name(step->phase);
  cells[LOCK] = step->lock != DMIG_LOCK_NONE ? dmig_lock_name(step->lock) : NULL;
  cells[ROWS] = step->rewrites ? "rewritten" : step->scans ? "scanned" : NULL;
  cells[LOSS] = step->loss != DMIG_LOSS_NONE ? dmig_loss_name(step->loss) : NULL;
}

/* What the other columns leave of the width. */
static guint
room_for_titles(const DmigPlan *plan, guint width)
{
  const char *const titles[COLUMNS] = { NULL, NULL, "PHASE", "LOCK", "ROWS", "LOSS" };
  gsize used[COLUMNS] = { plan->steps->len > 9 ? 2 : 1 };
  for (guint i = 0; i < plan->steps->len; i++) {
    const char *cells[COLUMNS] = { NULL };
    facts_of(g_ptr_array_index(plan->steps, i), cells);
    for (guint j = PHASE; j < COLUMNS; j++)
      if (cells[j] != NULL)
        used[j] = MAX(used[j], MAX(strlen(cells[j]), strlen(titles[j])));
  }
  gsize sum = 0;
  for (guint j = 0; j < COLUMNS; j++)
    sum += used[j] > 0 ? used[j] + 2 : 0;
  return width > sum + NARROWEST_TITLE ? (guint) (width - sum) : NARROWEST_TITLE;
}

/* Breaks `text` between words into lines of `room` characters; the further ones are indented more.
 */
static void
wrap(GPtrArray *lines, const char *text, guint indent, guint room)
{
  g_auto(GStrv) words = g_strsplit(text, " ", -1);
  g_autoptr(GString) line = g_string_new(NULL);
  g_string_append_printf(line, "%*s", (int) indent, "");
  gboolean empty = TRUE;
  for (char **word = words; *word != NULL; word++) {
    if (!empty && g_utf8_strlen(line->str, -1) + 1 + g_utf8_strlen(*word, -1) > (glong)room) {
      g_ptr_array_add(lines, g_strdup(line->str));
      g_string_printf(line, "%*s", (int) indent + 4, "");
      empty = TRUE;
    }
    g_string_append_printf(line, "%s%s", empty ? "" : " ", *word);
    empty = FALSE;
  }
  g_ptr_array_add(lines, g_strdup(line->str));
}

/* "add column orders.number" in a step that is about orders: "add column number". Owned. */
static char *
without_object(const char *change, const char *object)
{
  g_autofree char *prefix = g_strconcat(" ", object, ".", NULL);
  g_autofree char *suffix = g_strconcat(" on ", object, NULL);
  g_auto(GStrv) halves = g_strsplit(change, prefix, 2);
  g_autofree char *text = g_strjoinv(" ", halves);
  if (g_str_has_suffix(text, suffix))
    text[strlen(text) - strlen(suffix)] = '\0';
  return g_steal_pointer(&text);
}

/* A step that carries out several changes at once names them behind a colon: they stand below. */
static GPtrArray *
title_lines(const DmigStep *step, guint room)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
  const char *colon = strstr(step->title, ": ");
  gboolean fits = g_utf8_strlen(step->title, -1) <= (glong)room;
  if (colon == NULL || (fits && strstr(colon, "; ") == NULL)) {
    wrap(lines, step->title, 0, room);
    return lines;
  }
  g_autofree char *head = g_strndup(step->title, (gsize) (colon - step->title));
  g_auto(GStrv) changes = g_strsplit(colon + 2, "; ", -1);
  wrap(lines, head, 0, room);
  for (char **change = changes; *change != NULL; change++) {
    g_autofree char *text = without_object(*change, step->object);
    wrap(lines, text, 2, room);
  }
  return lines;
}

static void
add_step(DmigGrid *grid, guint number, const DmigStep *step, guint room)
{
  g_autoptr(GPtrArray) lines = title_lines(step, room);
  g_autofree char *ordinal = g_strdup_printf("%u", number);
  for (guint i = 0; i < lines->len; i++) {
    const char *cells[COLUMNS] = { NULL };
    cells[TITLE] = g_ptr_array_index(lines, i);
    if (i == 0) {
      cells[NUMBER] = ordinal;
      facts_of(step, cells);
    }
    dmig_grid_add(grid, cells);
    if (cells[LOSS] != NULL)
      dmig_grid_colour(grid, LOSS, DMIG_COLOUR_RED);
  }
}

void
dmig_plan_print(const DmigPlan *plan, guint width)
{
  g_autoptr(DmigGrid) grid = dmig_grid_new(">#", "STEP", "PHASE", "LOCK", "ROWS", "LOSS", NULL);
  guint room = room_for_titles(plan, width);
  for (guint i = 0; i < plan->steps->len; i++)
    add_step(grid, i + 1, g_ptr_array_index(plan->steps, i), room);
  if (plan->steps->len == 0)
    printf("  nothing to do\n");
  dmig_grid_print(grid);
  g_autoptr(GPtrArray) losses = dmig_plan_losses(plan, NULL);
  for (guint i = 0; i < losses->len; i++)
    printf("%s! loses %s%s\n", dmig_colour(DMIG_COLOUR_RED),
           (const char *) g_ptr_array_index(losses, i), dmig_colour(DMIG_COLOUR_RESET));
}
