/* Source: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986. */
#include "cmd/patch.h"

#include <string.h>

#define CONTEXT_LINES 3
/* Beyond so many edits what differs is shown as a whole: nobody reads it line by line, and the
 * search would take the square of it in memory. */
#define MOST_EDITS 2000

typedef struct {
  char sign; /* ' ', '-', '+' */
  const char *line;
} Edit;

typedef struct {
  char **a, **b;
  int n, m; /* lines of what differs, without the beginning and end that are alike */
} Texts;

static void
add(GArray *edits, char sign, const char *line)
{
  Edit edit = { sign, line };
  g_array_append_val(edits, edit);
}

/* How far the diagonal `k` gets with `d` edits. */
static int
furthest(const int *v, int d, int k)
{
  return k == -d || (k != d && v[k - 1] < v[k + 1]) ? v[k + 1] : v[k - 1] + 1;
}

/* The furthest points of each number of edits: int[2 * d + 3] each, around its middle. NULL: there
 * are too many. */
static GPtrArray *
search(const Texts *texts)
{
  g_autoptr(GPtrArray) trace = g_ptr_array_new_with_free_func(g_free);
  int most = MIN(texts->n + texts->m, MOST_EDITS);
  g_autofree int *points = g_new0(int, 2 * (gsize) most + 3);
  int *v = points + most + 1;
  for (int d = 0; d <= most; d++) {
    int *kept = g_memdup2(v - d - 1, sizeof(int) * (2 * (gsize) d + 3));
    g_ptr_array_add(trace, kept);
    for (int k = -d; k <= d; k += 2) {
      int x = furthest(v, d, k), y = x - k;
      while (x < texts->n && y < texts->m && strcmp(texts->a[x], texts->b[y]) == 0) {
        x++;
        y++;
      }
      v[k] = x;
      if (x >= texts->n && y >= texts->m)
        return g_steal_pointer(&trace);
    }
  }
  return NULL;
}

static void
reverse(GArray *edits)
{
  for (guint i = 0; i < edits->len / 2; i++) {
    Edit *left = &g_array_index(edits, Edit, i);
    Edit *right = &g_array_index(edits, Edit, edits->len - 1 - i);
    Edit kept = *left;
    *left = *right;
    *right = kept;
  }
}

static void
walk_back(const Texts *texts, GPtrArray *trace, GArray *out)
{
  g_autoptr(GArray) backwards = g_array_new(FALSE, FALSE, sizeof(Edit));
  int x = texts->n, y = texts->m;
  for (int d = (int) trace->len - 1; d >= 0; d--) {
    const int *v = (int *) g_ptr_array_index(trace, d) + d + 1;
    int k = x - y;
    gboolean down = k == -d || (k != d && v[k - 1] < v[k + 1]);
    int from_k = down ? k + 1 : k - 1, from_x = d > 0 ? v[from_k] : 0, from_y = from_x - from_k;
    int begin_x = d > 0 ? (down ? from_x : from_x + 1) : 0;
    while (x > begin_x) {
      add(backwards, ' ', texts->a[--x]);
      y--;
    }
    if (d > 0)
      add(backwards, down ? '+' : '-', down ? texts->b[from_y] : texts->a[from_x]);
    x = from_x;
    y = from_y;
  }
  reverse(backwards);
  g_array_append_vals(out, backwards->data, backwards->len);
}

static GArray *
compare(char **a, char **b)
{
  GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
  int n = (int) g_strv_length(a), m = (int) g_strv_length(b), begin = 0, end = 0;
  while (begin < n && begin < m && strcmp(a[begin], b[begin]) == 0)
    add(edits, ' ', a[begin++]);
  while (end < n - begin && end < m - begin && strcmp(a[n - 1 - end], b[m - 1 - end]) == 0)
    end++;
  const Texts texts = { a + begin, b + begin, n - begin - end, m - begin - end };
  g_autoptr(GPtrArray) trace = search(&texts);
  if (trace != NULL)
    walk_back(&texts, trace, edits);
  for (int i = 0; trace == NULL && i < texts.n; i++)
    add(edits, '-', texts.a[i]);
  for (int i = 0; trace == NULL && i < texts.m; i++)
    add(edits, '+', texts.b[i]);
  for (int i = end; i > 0; i--)
    add(edits, ' ', a[n - i]);
  return edits;
}

/* --- hunks ------------------------------------------------------------------------------------ */

/* The end of the hunk that begins with the change at `first`: changes closer to each other than
 * twice the context are one. */
static guint
end_of_hunk(GArray *edits, guint first)
{
  guint last = first;
  for (guint i = first; i < edits->len && i <= last + 2 * CONTEXT_LINES + 1; i++)
    if (g_array_index(edits, Edit, i).sign != ' ')
      last = i;
  return MIN(last + 1 + CONTEXT_LINES, edits->len);
}

static void
append_hunk(GString *out, GArray *edits, guint begin, guint end, guint old_line, guint new_line)
{
  guint old_count = 0, new_count = 0;
  for (guint i = begin; i < end; i++) {
    char sign = g_array_index(edits, Edit, i).sign;
    old_count += sign != '+';
    new_count += sign != '-';
  }
  g_string_append_printf(out, "@@ -%u,%u +%u,%u @@\n", old_count > 0 ? old_line : old_line - 1,
                         old_count, new_count > 0 ? new_line : new_line - 1, new_count);
  for (guint i = begin; i < end; i++) {
    const Edit *edit = &g_array_index(edits, Edit, i);
    g_string_append_printf(out, "%c%s\n", edit->sign, edit->line);
  }
}

/* Lines without their ends; a newline at the text's end begins no further one. */
static char **
lines_of(const char *text)
{
  char **lines = g_strsplit(text, "\n", -1);
  guint n = g_strv_length(lines);
  if (n > 0 && *lines[n - 1] == '\0') {
    g_free(lines[n - 1]);
    lines[n - 1] = NULL;
  }
  return lines;
}

char *
dmig_patch_new(const char *old_label, const char *new_label, const char *old_text,
               const char *new_text)
{
  g_auto(GStrv) a = lines_of(old_text);
  g_auto(GStrv) b = lines_of(new_text);
  g_autoptr(GArray) edits = compare(a, b);
  GString *out = g_string_new(NULL);
  guint old_line = 1, new_line = 1, done = 0;
  for (guint i = 0; i < edits->len; i++) {
    if (g_array_index(edits, Edit, i).sign == ' ')
      continue;
    guint begin = i - MIN(i - done, CONTEXT_LINES), end = end_of_hunk(edits, i);
    if (out->len == 0)
      g_string_append_printf(out, "--- %s\n+++ %s\n", old_label, new_label);
    old_line += begin - done;
    new_line += begin - done;
    append_hunk(out, edits, begin, end, old_line, new_line);
    for (guint j = begin; j < end; j++) {
      old_line += g_array_index(edits, Edit, j).sign != '+';
      new_line += g_array_index(edits, Edit, j).sign != '-';
    }
    done = end;
    i = end - 1;
  }
  return g_string_free(out, FALSE);
}
