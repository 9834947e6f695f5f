#include "cmd/plan_table.h"

#include <stdio.h>
#include <string.h>

#include "cmd/comparison.h"
#include "cmd/ui/table.h"

/* However little room there is, a title gets this much. */
#define NARROWEST_TITLE 32

enum { NUMBER, TITLE, PHASE, LOCK, ROWS, TIME, LOSS, COLUMNS };

const char *
dmig_step_fate(const DmigStep *step, gboolean keeps)
{
  gboolean kept = keeps && step->takes->len > 0 && step->loss != DMIG_LOSS_NONE;
  return kept ? "kept" : dmig_loss_name(step->loss);
}

/* A row of the table: what is not owned is static. */
typedef struct {
  const char *cells[COLUMNS];
  char *time;
} Row;

static void
row_clear(gpointer data)
{
  g_free(((Row *) data)->time);
}

static const char *
rows_of(const DmigStep *step)
{
  if (step->batch != NULL)
    return "in batches";
  return step->rewrites ? "rewritten" : step->scans ? "scanned" : NULL;
}

/* The number and the title are added line by line. */
static Row
row_of(const DmigStep *step, const DmigPlanLook *look)
{
  Row row = { { NULL }, NULL };
  DmigEstimate estimate;
  if (dmig_sizes_estimate(look->sizes, step, &estimate))
    row.time = dmig_estimate_text(&estimate);
  row.cells[PHASE] = dmig_phase_name(step->phase);
  row.cells[LOCK] = step->lock != DMIG_LOCK_NONE ? dmig_lock_name(step->lock) : NULL;
  row.cells[ROWS] = rows_of(step);
  row.cells[TIME] = row.time;
  row.cells[LOSS] = step->loss != DMIG_LOSS_NONE ? dmig_step_fate(step, look->keeps) : NULL;
  return row;
}

static GArray *
rows_of_plan(const DmigPlan *plan, const DmigPlanLook *look)
{
  GArray *rows = g_array_new(FALSE, FALSE, sizeof(Row));
  g_array_set_clear_func(rows, row_clear);
  for (guint i = 0; i < plan->steps->len; i++) {
    Row row = row_of(g_ptr_array_index(plan->steps, i), look);
    g_array_append_val(rows, row);
  }
  return rows;
}

/* What the other columns leave of the width. */
static guint
room_for_titles(const GArray *rows, guint width)
{
  const char *const titles[COLUMNS] = { NULL, NULL, "PHASE", "LOCK", "ROWS", "ESTIMATE", "LOSS" };
  gsize used[COLUMNS] = { rows->len > 9 ? 2 : 1 };
  for (guint i = 0; i < rows->len; i++) {
    const Row *row = &g_array_index(rows, Row, i);
    for (guint j = PHASE; j < COLUMNS; j++)
      if (row->cells[j] != NULL)
        used[j] = MAX(used[j], MAX(strlen(row->cells[j]), strlen(titles[j])));
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
add_step(DmigGrid *grid, guint number, const DmigStep *step, const Row *row, guint room)
{
  g_autoptr(GPtrArray) lines = title_lines(step, room);
  g_autofree char *ordinal = g_strdup_printf("%u", number);
  for (guint i = 0; i < lines->len; i++) {
    const char *cells[COLUMNS] = { NULL };
    cells[TITLE] = g_ptr_array_index(lines, i);
    if (i == 0) {
      cells[NUMBER] = ordinal;
      for (guint j = PHASE; j < COLUMNS; j++)
        cells[j] = row->cells[j];
    }
    dmig_grid_add(grid, cells);
    if (cells[LOSS] != NULL)
      dmig_grid_colour(grid, LOSS, DMIG_COLOUR_RED);
  }
}

/* "steps 2, 5 and 6 run outside of a transaction" */
static void
print_alone(const DmigPlan *plan)
{
  g_autoptr(GString) numbers = g_string_new(NULL);
  guint n = 0;
  for (guint i = 0; i < plan->steps->len; i++) {
    const DmigStep *step = g_ptr_array_index(plan->steps, i);
    if (!step->transactional)
      g_string_append_printf(numbers, "%s%u", n++ > 0 ? ", " : "", i + 1);
  }
  if (n > 0)
    printf("  %s %s outside of a transaction\n", n > 1 ? "steps" : "step",
           (g_string_append(numbers, n > 1 ? " run" : " runs"), numbers->str));
}

static void
print_losses(const DmigPlan *plan, gboolean keeps)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < plan->steps->len; i++) {
    const DmigStep *step = g_ptr_array_index(plan->steps, i);
    gboolean kept = g_str_equal(dmig_step_fate(step, keeps), "kept");
    for (guint k = 0; k < step->losses->len; k++) {
      const char *loss = g_ptr_array_index(step->losses, k);
      if (!g_hash_table_add(seen, (gpointer) loss))
        continue;
      printf("%s%s %s%s\n", dmig_colour(kept ? DMIG_COLOUR_YELLOW : DMIG_COLOUR_RED),
             kept ? "  keeps" : "! loses", loss, dmig_colour(DMIG_COLOUR_RESET));
    }
  }
}

void
dmig_plan_print(const DmigPlan *plan, const DmigPlanLook *look)
{
  g_autoptr(DmigGrid) grid
      = dmig_grid_new(">#", "STEP", "PHASE", "LOCK", "ROWS", "ESTIMATE", "LOSS", NULL);
  g_autoptr(GArray) rows = rows_of_plan(plan, look);
  guint room = room_for_titles(rows, look->width);
  for (guint i = 0; i < plan->steps->len; i++)
    add_step(grid, i + 1, g_ptr_array_index(plan->steps, i), &g_array_index(rows, Row, i), room);
  if (plan->steps->len == 0)
    printf("  nothing to do\n");
  dmig_grid_print(grid);
  print_alone(plan);
  print_losses(plan, look->keeps);
}
