#include "cmd/ui/editor.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *
choose_editor(const char *configured)
{
  const char *term = g_getenv("TERM");
  gboolean dumb = term == NULL || g_str_equal(term, "dumb");
  const char *const choices[] = {
    g_getenv("GIT_EDITOR"), configured,         dumb ? NULL : g_getenv("VISUAL"),
    g_getenv("EDITOR"),     dumb ? NULL : "vi",
  };
  for (guint i = 0; i < G_N_ELEMENTS(choices); i++)
    if (choices[i] != NULL && *choices[i] != '\0')
      return choices[i];
  return NULL;
}

/* The editor's setting is a shell's command, which takes the files as its arguments. */
static void
run_editor(const char *editor, char *const *paths)
{
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  g_autofree char *script = g_strconcat(editor, " \"$@\"", NULL);
  g_ptr_array_add(arguments, (gpointer) "sh");
  g_ptr_array_add(arguments, (gpointer) "-c");
  g_ptr_array_add(arguments, script);
  g_ptr_array_add(arguments, (gpointer)editor);
  for (; *paths != NULL; paths++)
    g_ptr_array_add(arguments, *paths);
  g_ptr_array_add(arguments, NULL);
  execv("/bin/sh", (char **) arguments->pdata);
  _exit(127);
}

gboolean
dmig_editor_run(const char *configured, char *const *paths, GError **error)
{
  const char *editor = choose_editor(configured);
  if (editor == NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
                "the terminal is dumb, and EDITOR is not set: set it to your editor");
    return FALSE;
  }
  int status = 0;
  fflush(NULL);
  pid_t child = fork();
  if (child == 0)
    run_editor(editor, paths);
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
    continue;
  if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED, "the editor '%s' failed; nothing was committed",
              editor);
  return FALSE;
}
