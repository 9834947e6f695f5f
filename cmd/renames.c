#include "cmd/renames.h"

#include <stdio.h>

#include "cmd/ui/colour.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "cmd/ui/prompt.h"
#include "core/base/text.h"

GPtrArray *
dmig_renames_of(DmigPassage *passage)
{
  return dmig_renames_detect(passage->from->domain, passage->to->domain, passage->change);
}

static int
percent(const DmigRenameCandidate *candidate)
{
  return (int) (candidate->confidence * 100 + 0.5);
}

/* "Customer.phone: Customer.mobile", as it would stand in change.yaml. Owned. */
static char *
line_of(const DmigRenameCandidate *candidate)
{
  g_autofree char *from = dmig_change_text_scalar(candidate->from);
  g_autofree char *to = dmig_change_text_scalar(candidate->to);
  return g_strconcat(from, ": ", to, NULL);
}

static void
print_block(FILE *stream, GPtrArray *renames)
{
  glong width = 0;
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < renames->len; i++) {
    char *line = line_of(g_ptr_array_index(renames, i));
    width = MAX(width, g_utf8_strlen(line, -1));
    g_ptr_array_add(lines, line);
  }
  fprintf(stream, "    renames:\n");
  for (guint i = 0; i < renames->len; i++) {
    const char *line = g_ptr_array_index(lines, i);
    fprintf(stream, "      %s%s%s%*s  # %d%% alike\n", dmig_colour_for(stream, DMIG_COLOUR_YELLOW),
            line, dmig_colour_for(stream, DMIG_COLOUR_RESET),
            (int) (width - g_utf8_strlen(line, -1)), "", percent(g_ptr_array_index(renames, i)));
  }
}

void
dmig_renames_print(GPtrArray *renames)
{
  if (renames->len == 0)
    return;
  printf("\nLikely renames; say so in change.yaml, or list the old name under 'drops:'\n\n");
  print_block(stdout, renames);
}

void
dmig_renames_warn(GPtrArray *renames)
{
  if (renames->len == 0)
    return;
  const DmigRenameCandidate *first = g_ptr_array_index(renames, 0);
  g_autofree char *others
      = renames->len > 1 ? g_strdup_printf(" and %u more", renames->len - 1) : g_strdup("");
  dmig_message_warning("'%s' may have become '%s'%s, and is dropped here; 'dmig diff' says what to "
                       "write into change.yaml",
                       first->from, first->to, others);
}

json_t *
dmig_renames_to_json(GPtrArray *renames)
{
  json_t *array = json_array();
  for (guint i = 0; i < renames->len; i++) {
    const DmigRenameCandidate *candidate = g_ptr_array_index(renames, i);
    json_t *item = json_object();
    dmig_json_set(item, "from", candidate->from);
    dmig_json_set(item, "to", candidate->to);
    json_object_set_new(item, "confidence", json_real(percent(candidate) / 100.0));
    json_array_append_new(array, item);
  }
  return array;
}

static gboolean
write_answer(const DmigRenameCandidate *candidate, gboolean renamed, const char *path,
             GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) problem = NULL;
  if (!g_file_get_contents(path, &text, NULL, &problem)
      && !g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s", problem->message);
    return FALSE;
  }
  g_clear_error(&problem);
  g_autofree char *added = dmig_change_text_add(text != NULL ? text : "", candidate->from,
                                                renamed ? candidate->to : NULL);
  if (added == NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "%s is written in a way that dmig can't add to; add '%s: %s' under '%s:' yourself",
                path, candidate->from, candidate->to, renamed ? "renames" : "drops");
    return FALSE;
  }
  if (g_file_set_contents(path, added, -1, &problem))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s", problem->message);
  return FALSE;
}

gboolean
dmig_renames_ask(GPtrArray *renames, const char *path, GError **error)
{
  for (guint i = 0; i < renames->len; i++) {
    const DmigRenameCandidate *candidate = g_ptr_array_index(renames, i);
    g_autofree char *question = g_strdup_printf("Was %s renamed to %s? (%d%% alike)",
                                                candidate->from, candidate->to, percent(candidate));
    gboolean renamed = dmig_prompt_yes(question, TRUE);
    if (!write_answer(candidate, renamed, path, error))
      return FALSE;
  }
  dmig_message("Your answers are in %s.", path);
  return TRUE;
}

gboolean
dmig_renames_refuse(GPtrArray *renames, const char *path, GError **error)
{
  fflush(stdout);
  fprintf(stderr, "Add to %s what is right: each was renamed, or really goes.\n\n", path);
  print_block(stderr, renames);
  fprintf(stderr, "    drops:\n");
  for (guint i = 0; i < renames->len; i++) {
    const DmigRenameCandidate *candidate = g_ptr_array_index(renames, i);
    g_autofree char *from = dmig_change_text_scalar(candidate->from);
    fprintf(stderr, "      - %s\n", from);
  }
  fprintf(stderr, "\n");
  g_autofree char *count = dmig_text_count(renames->len, "likely rename", "likely renames");
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_DATA_LOSS,
              "%s would become a loss of data; nothing was committed", count);
  return FALSE;
}
