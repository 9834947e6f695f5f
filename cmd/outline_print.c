#include <stdio.h>
#include <string.h>

#include "cmd/outline.h"
#include "cmd/ui/colour.h"
#include "core/base/text.h"

#define MOST_MARKS 20

static DmigColour
sign_colour(char sign)
{
  return sign == '+' ? DMIG_COLOUR_GREEN : sign == '-' ? DMIG_COLOUR_RED : DMIG_COLOUR_YELLOW;
}

static void
print_line(guint indent, char sign, const char *text)
{
  g_autofree char *printable = dmig_text_printable(text);
  printf("%*s%s%c %s%s\n", (int) indent, "", dmig_colour(sign_colour(sign)), sign, printable,
         dmig_colour(DMIG_COLOUR_RESET));
}

static void
print_warning(guint indent, const char *word, const char *text)
{
  g_autofree char *printable = dmig_text_printable(text);
  printf("%*s%s! %s %s%s\n", (int) indent, "", dmig_colour(DMIG_COLOUR_RED), word, printable,
         dmig_colour(DMIG_COLOUR_RESET));
}

/* "Customer", "view Paying", "Customer, was Client". Owned. */
static char *
title_of(const DmigOutlineItem *item)
{
  return g_strconcat(item->noun, *item->noun != '\0' ? " " : "", item->name,
                     item->was != NULL ? ", was " : NULL, item->was, NULL);
}

/* Losses are told once, in the words of the first dialect in which something changes. */
static const DmigComparison *
first_that_changes(GPtrArray *comparisons)
{
  for (guint i = 0; i < comparisons->len; i++) {
    const DmigComparison *comparison = g_ptr_array_index(comparisons, i);
    if (comparison->changes->items->len > 0)
      return comparison;
  }
  return NULL;
}

static void
print_losses(guint indent, const DmigPlan *plan, const char *object, GHashTable *told)
{
  g_autoptr(GPtrArray) losses = dmig_plan_losses(plan, object);
  for (guint i = 0; i < losses->len; i++) {
    const char *loss = g_ptr_array_index(losses, i);
    if (g_hash_table_add(told, g_strdup(loss)))
      print_warning(indent, "loses", loss);
  }
}

void
dmig_outline_print(const DmigOutline *self, GPtrArray *comparisons)
{
  const DmigComparison *told_by = first_that_changes(comparisons);
  const DmigPlan *plan = told_by != NULL ? told_by->plan : NULL;
  g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < self->items->len; i++) {
    const DmigOutlineItem *item = g_ptr_array_index(self->items, i);
    g_autofree char *title = title_of(item);
    fputs(dmig_colour(DMIG_COLOUR_BOLD), stdout);
    print_line(0, item->sign, title);
    for (guint j = 0; j < item->lines->len; j++) {
      const DmigOutlineLine *line = g_ptr_array_index(item->lines, j);
      print_line(4, line->sign, line->text);
    }
    if (plan != NULL)
      print_losses(4, plan, item->object, told);
  }
  if (plan != NULL)
    print_losses(0, plan, NULL, told);
  for (guint i = 0; i < comparisons->len; i++) {
    const DmigComparison *comparison = g_ptr_array_index(comparisons, i);
    g_autofree char *dialect = g_strconcat(comparison->dialect->title, ":", NULL);
    if (comparison->problem != NULL)
      print_warning(0, dialect, comparison->problem);
  }
}

void
dmig_outline_print_brief(const DmigOutline *self)
{
  for (guint i = 0; i < self->items->len; i++) {
    const DmigOutlineItem *item = g_ptr_array_index(self->items, i);
    g_autofree char *title = title_of(item);
    print_line(4, item->sign, title);
  }
}

/* --- the stat -----------------------------------------------------------------------------------
 */

typedef struct {
  guint added, changed, removed;
} Counts;

static void
count(Counts *counts, char sign, guint n)
{
  if (sign == '+')
    counts->added += n;
  else if (sign == '-')
    counts->removed += n;
  else
    counts->changed += n;
}

static Counts
count_item(const DmigOutlineItem *item)
{
  Counts counts = { 0 };
  for (guint i = 0; i < item->lines->len; i++)
    count(&counts, ((DmigOutlineLine *) g_ptr_array_index(item->lines, i))->sign, 1);
  /* The rename is one thing more; what comes or goes whole counts as what is in it. */
  if (item->size > 0 || item->sign == '>' || item->lines->len == 0)
    count(&counts, item->sign, MAX(item->size, 1));
  return counts;
}

static void
print_marks(const Counts *counts)
{
  const guint numbers[] = { counts->added, counts->changed, counts->removed };
  for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
    char sign = "+~-"[i];
    g_autofree char *marks = g_strnfill(MIN(numbers[i], MOST_MARKS), sign);
    if (numbers[i] > 0)
      printf("%s%s%s", dmig_colour(sign_colour(sign)), marks, dmig_colour(DMIG_COLOUR_RESET));
  }
  printf("\n");
}

static void
print_sum(const DmigOutline *self, const Counts *sum, GPtrArray *comparisons)
{
  const DmigComparison *comparison = first_that_changes(comparisons);
  g_autofree char *objects = dmig_text_count(self->items->len, "object", "objects");
  printf(" %s:", objects);
  const char *comma = "";
  const struct {
    guint n;
    const char *word;
  } parts[] = { { sum->added, "added" }, { sum->changed, "changed" }, { sum->removed, "removed" } };
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
    if (parts[i].n == 0)
      continue;
    printf("%s %u %s", comma, parts[i].n, parts[i].word);
    comma = ",";
  }
  if (comparison != NULL && comparison->plan != NULL)
    printf("; %s", dmig_loss_name(comparison->plan->loss));
  printf("\n");
}

void
dmig_outline_print_stat(const DmigOutline *self, GPtrArray *comparisons, guint most)
{
  guint length = self->items->len;
  guint shown = most > 0 && length > most ? most - 1 : length;
  g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func(g_free);
  glong width = 0;
  for (guint i = 0; i < shown; i++) {
    g_autofree char *title = title_of(g_ptr_array_index(self->items, i));
    g_ptr_array_add(titles, dmig_text_printable(title));
    width = MAX(width, g_utf8_strlen(g_ptr_array_index(titles, i), -1));
  }
  Counts sum = { 0 };
  for (guint i = 0; i < length; i++) {
    Counts counts = count_item(g_ptr_array_index(self->items, i));
    guint all = counts.added + counts.changed + counts.removed;
    sum.added += counts.added;
    sum.changed += counts.changed;
    sum.removed += counts.removed;
    if (i >= shown)
      continue;
    const char *title = g_ptr_array_index(titles, i);
    printf(" %s%*s | %3u ", title, (int) (width - g_utf8_strlen(title, -1)), "", all);
    print_marks(&counts);
  }
  if (shown < length)
    printf(" … and %u more\n", length - shown);
  print_sum(self, &sum, comparisons);
}
