#include "cmd/graph.h"

#include <string.h>

/* Each column waits for the revision whose id it holds. */
struct _DmigGraph {
  GPtrArray *columns; /* char* */
};

DmigGraph *
dmig_graph_new(void)
{
  DmigGraph *self = g_new0(DmigGraph, 1);
  self->columns = g_ptr_array_new_with_free_func(g_free);
  return self;
}

void
dmig_graph_free(DmigGraph *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->columns);
  g_free(self);
}

static gboolean
find_column(const DmigGraph *self, const char *id, guint *out)
{
  return g_ptr_array_find_with_equal_func(self->columns, id, g_str_equal, out);
}

static char *
draw(const DmigGraph *self, guint star)
{
  GString *line = g_string_new(NULL);
  for (guint i = 0; i < self->columns->len; i++)
    g_string_append(line, i == star ? "* " : "| ");
  return g_string_free(line, FALSE);
}

char *
dmig_graph_begin(DmigGraph *self, const DmigRevision *revision)
{
  guint column;
  if (!find_column(self, revision->id, &column)) {
    column = self->columns->len;
    g_ptr_array_add(self->columns, g_strdup(revision->id));
  }
  return draw(self, column);
}

char *
dmig_graph_continue(DmigGraph *self)
{
  return draw(self, G_MAXUINT);
}

/* "|\" to the right of `column`, for a merge's further parent. */
static void
append_fork(GString *lines, const DmigGraph *self, guint column)
{
  for (guint i = 0; i <= column; i++)
    g_string_append(lines, i == column ? "|\\" : "| ");
  for (guint i = column + 1; i < self->columns->len; i++)
    g_string_append(lines, " \\");
  g_string_append(lines, "\n");
}

/* "|/": the column at `gone` runs into the one at `column`. */
static void
append_join(GString *lines, const DmigGraph *self, guint column, guint gone)
{
  for (guint i = 0; i < self->columns->len; i++) {
    if (i == gone)
      continue;
    g_string_append_c(lines, '|');
    g_string_append_c(lines, i + 1 == gone || (i >= column && i < gone) || i > gone ? '/' : ' ');
  }
  g_string_append(lines, "\n");
}

static void
remove_duplicates(DmigGraph *self, GString *lines)
{
  for (guint i = 0; i < self->columns->len; i++) {
    for (guint j = i + 1; j < self->columns->len;) {
      if (strcmp(g_ptr_array_index(self->columns, i), g_ptr_array_index(self->columns, j)) != 0) {
        j++;
        continue;
      }
      append_join(lines, self, i, j);
      g_ptr_array_remove_index(self->columns, j);
    }
  }
}

char *
dmig_graph_end(DmigGraph *self, const DmigRevision *revision)
{
  GString *lines = g_string_new(NULL);
  guint column;
  if (!find_column(self, revision->id, &column))
    return g_string_free(lines, FALSE);
  if (revision->parents[0] == NULL) {
    g_ptr_array_remove_index(self->columns, column);
    return g_string_free(lines, FALSE);
  }
  g_free(self->columns->pdata[column]);
  self->columns->pdata[column] = g_strdup(revision->parents[0]);
  for (guint i = 1; revision->parents[i] != NULL; i++) {
    append_fork(lines, self, column);
    g_ptr_array_insert(self->columns, column + i, g_strdup(revision->parents[i]));
  }
  remove_duplicates(self, lines);
  return g_string_free(lines, FALSE);
}
