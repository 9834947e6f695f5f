#include "cmd/commit_message.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/ui/editor.h"
#include "cmd/ui/prompt.h"

#define MESSAGE_FILE "COMMIT_EDITMSG"
#define TEMPLATE                                                                                   \
  "\n# Say what this revision is for. Lines that begin with '#' are left out;\n"                   \
  "# an empty message stops the commit.\n"

char *
dmig_commit_message_clean(const char *text, gboolean comments)
{
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_autoptr(GString) out = g_string_new(NULL);
  gboolean blank = FALSE;
  for (guint i = 0; lines[i] != NULL; i++) {
    if (comments && lines[i][0] == '#')
      continue;
    g_strchomp(lines[i]);
    if (*lines[i] == '\0') {
      blank = out->len > 0;
      continue;
    }
    g_string_append_printf(out, "%s%s\n", blank ? "\n" : "", lines[i]);
    blank = FALSE;
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static gboolean
read_stdin(char **out)
{
  g_autoptr(GString) text = g_string_new(NULL);
  char buffer[4096];
  for (gsize got; (got = fread(buffer, 1, sizeof(buffer), stdin)) > 0;)
    g_string_append_len(text, buffer, got);
  *out = g_string_free(g_steal_pointer(&text), FALSE);
  return !ferror(stdin);
}

static char *
read_file(const char *path, GError **error)
{
  g_autoptr(GError) problem = NULL;
  char *text = NULL;
  gboolean read = g_str_equal(path, "-") ? read_stdin(&text)
                                         : g_file_get_contents(path, &text, NULL, &problem);
  if (!read)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s",
                problem != NULL ? problem->message : "standard input cannot be read");
  return text;
}

static char *
edit(DmigContext *context, GError **error)
{
  g_autofree char *path = g_build_filename(dmig_store_path(context->store), MESSAGE_FILE, NULL);
  g_autofree char *editor = dmig_context_config(context, "core.editor");
  char *const paths[] = { path, NULL };
  g_autoptr(GError) problem = NULL;
  if (!g_file_set_contents(path, TEMPLATE, -1, &problem)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s", problem->message);
    return NULL;
  }
  char *text = dmig_editor_run(editor, paths, error) ? read_file(path, error) : NULL;
  g_unlink(path);
  return text;
}

char *
dmig_commit_message(DmigContext *context, const DmigMessageOptions *options, GError **error)
{
  g_autofree char *text = NULL;
  gboolean edited = FALSE;
  if (options->paragraphs != NULL) {
    text = g_strjoinv("\n\n", options->paragraphs);
  } else if (options->file != NULL) {
    text = read_file(options->file, error);
  } else if (dmig_prompt_possible()) {
    text = edit(context, error);
    edited = TRUE;
  } else {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "a revision needs a message: give -m MESSAGE");
    return NULL;
  }
  if (text == NULL)
    return NULL;
  if (!g_utf8_validate(text, -1, NULL)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "the message is not UTF-8");
    return NULL;
  }
  g_autofree char *clean = dmig_commit_message_clean(text, edited);
  if (*clean == '\0') {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "the message is empty; nothing was committed");
    return NULL;
  }
  return g_steal_pointer(&clean);
}
