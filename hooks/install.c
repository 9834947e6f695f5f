#include "hooks/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "hooks/git.h"

#define HOOK "pre-commit"
/* The hook that was there before, run first and put back in the end. */
#define EARLIER ".before-dmig"
/* What follows the marker up to the end of its line is the SHA-256 of all behind it. */
#define MARKER "#!/bin/sh\n# Written by 'dmig hook install', do not edit: "

static char *
hooks_folder(const DmigGit *git, GError **error)
{
  static const char *const arguments[] = { "rev-parse", "--git-path", "hooks", NULL };
  g_autoptr(GBytes) output = NULL;
  if (!dmig_git_run(git, git->top, arguments, NULL, &output, error))
    return NULL;
  g_autofree char *path = g_strdup(g_bytes_get_data(output, NULL));
  if (g_str_has_suffix(path, "\n"))
    path[strlen(path) - 1] = '\0';
  return g_canonicalize_filename(path, git->top);
}

/* The folder of the project as seen from the top of the working tree, where Git runs hooks. */
static char *
project_below_top(const DmigGit *git, GError **error)
{
  static const char *const arguments[] = { "rev-parse", "--show-prefix", NULL };
  g_autoptr(GBytes) output = NULL;
  if (!dmig_git_run(git, git->folder, arguments, NULL, &output, error))
    return NULL;
  g_autofree char *prefix = g_strdup(g_bytes_get_data(output, NULL));
  if (g_str_has_suffix(prefix, "\n"))
    prefix[strlen(prefix) - 1] = '\0';
  return g_strdup(*prefix != '\0' ? prefix : ".");
}

/* Variables that Git sets relative to the top would mean something else after a change of folder:
 * dmig sees to that, see hooks/git.c. */
static char *
script_for(const char *dmig, const char *project)
{
  g_autofree char *program = g_shell_quote(dmig);
  g_autofree char *folder = g_shell_quote(project);
  g_autofree char *body
      = g_strdup_printf("# 'dmig hook uninstall' takes it out again.\n"
                        "\n"
                        "earlier=$0" EARLIER "\n"
                        "if [ -x \"$earlier\" ]; then\n"
                        "  \"$earlier\" \"$@\" || exit\n"
                        "fi\n"
                        "\n"
                        "dmig=%s\n"
                        "if ! command -v \"$dmig\" >/dev/null 2>&1; then\n"
                        "  dmig=dmig\n"
                        "fi\n"
                        "if ! command -v \"$dmig\" >/dev/null 2>&1; then\n"
                        "  echo 'dmig is not on the PATH: the staged domain was not checked' >&2\n"
                        "  echo \"(install dmig, or commit with 'git commit --no-verify')\" >&2\n"
                        "  exit 1\n"
                        "fi\n"
                        "exec \"$dmig\" -C %s validate --staged\n",
                        program, folder);
  g_autofree char *sum = dmig_text_sha256(body, -1);
  return g_strconcat(MARKER, sum, "\n", body, NULL);
}

typedef enum {
  HOOK_NONE,
  HOOK_OURS,
  HOOK_EDITED, /* ours once */
  HOOK_FOREIGN,
} HookState;

static HookState
state_of(const char *path)
{
  struct stat status;
  g_autofree char *text = NULL;
  if (lstat(path, &status) != 0)
    return HOOK_NONE;
  if (!S_ISREG(status.st_mode) || !g_file_get_contents(path, &text, NULL, NULL)
      || !g_str_has_prefix(text, MARKER))
    return HOOK_FOREIGN;

  const char *sum = text + strlen(MARKER);
  const char *end = strchr(sum, '\n');
  if (end == NULL)
    return HOOK_EDITED;
  g_autofree char *expected = dmig_text_sha256(end + 1, -1);
  return strlen(expected) == (gsize) (end - sum) && strncmp(sum, expected, end - sum) == 0
             ? HOOK_OURS
             : HOOK_EDITED;
}

static gboolean
fail_edited(const char *path, GError **error)
{
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "'%s' was written by dmig and edited since; move your lines elsewhere and remove it",
              path);
  return FALSE;
}

static gboolean
fail_file(const char *what, const char *path, GError **error)
{
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot %s '%s': %s", what, path,
              g_strerror(errno));
  return FALSE;
}

static gboolean
are_same_file(const char *a, const char *b)
{
  struct stat one, other;
  return lstat(a, &one) == 0 && lstat(b, &other) == 0 && one.st_dev == other.st_dev
         && one.st_ino == other.st_ino;
}

/* Gives the hook that is there a second name, so that there is one at any moment. */
static gboolean
keep_earlier(const char *path, const char *earlier, GError **error)
{
  if (are_same_file(path, earlier))
    return TRUE;
  if (linkat(AT_FDCWD, path, AT_FDCWD, earlier, 0) == 0)
    return TRUE;
  if (errno == EEXIST) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "'%s' is there already, from an earlier hook; move it away, then install again",
                earlier);
    return FALSE;
  }
  return rename(path, earlier) == 0 || fail_file("keep", path, error);
}

static gboolean
write_script(const char *path, const char *script, GError **error)
{
  mode_t mask = umask(0);
  umask(mask);
  g_autoptr(GError) reason = NULL;
  if (!g_file_set_contents_full(path, script, -1,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                0777 & ~(int) mask, &reason)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s", reason->message);
    return FALSE;
  }
  /* A hook of ours that was there keeps its mode, whatever that had become. */
  return chmod(path, 0777 & ~mask) == 0 || fail_file("make executable", path, error);
}

gboolean
dmig_hook_install(const char *folder, const char *dmig, char **out_path, GError **error)
{
  g_auto(DmigGit) git = { 0 };
  if (!dmig_git_find(&git, folder, error))
    return FALSE;
  g_autofree char *hooks = hooks_folder(&git, error);
  if (hooks == NULL)
    return FALSE;
  g_autofree char *project = project_below_top(&git, error);
  if (project == NULL)
    return FALSE;
  if (g_mkdir_with_parents(hooks, 0777) != 0)
    return fail_file("make", hooks, error);

  g_autofree char *path = g_build_filename(hooks, HOOK, NULL);
  g_autofree char *earlier = g_strconcat(path, EARLIER, NULL);
  g_autofree char *script = script_for(dmig, project);
  HookState state = state_of(path);
  if (state == HOOK_EDITED)
    return fail_edited(path, error);
  if ((state == HOOK_FOREIGN && !keep_earlier(path, earlier, error))
      || !write_script(path, script, error))
    return FALSE;
  *out_path = g_steal_pointer(&path);
  return TRUE;
}

static gboolean
take_out(const char *path, GError **error)
{
  g_autofree char *earlier = g_strconcat(path, EARLIER, NULL);
  struct stat status;
  if (lstat(earlier, &status) == 0)
    return rename(earlier, path) == 0 || fail_file("put back", earlier, error);
  return unlink(path) == 0 || fail_file("remove", path, error);
}

gboolean
dmig_hook_uninstall(const char *folder, char **out_path, GError **error)
{
  g_auto(DmigGit) git = { 0 };
  if (!dmig_git_find(&git, folder, error))
    return FALSE;
  g_autofree char *hooks = hooks_folder(&git, error);
  if (hooks == NULL)
    return FALSE;

  g_autofree char *path = g_build_filename(hooks, HOOK, NULL);
  switch (state_of(path)) {
  case HOOK_NONE:
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "there is no hook to take out: '%s' does not exist", path);
    return FALSE;
  case HOOK_FOREIGN:
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "'%s' was not written by dmig and stays as it is", path);
    return FALSE;
  case HOOK_EDITED:
    return fail_edited(path, error);
  case HOOK_OURS:
    break;
  }
  if (!take_out(path, error))
    return FALSE;
  *out_path = g_steal_pointer(&path);
  return TRUE;
}
