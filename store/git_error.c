#include "store/internal.h"

static char *
last_message(void)
{
  const git_error *last = git_error_last();
  char *message = g_strdup(last != NULL && last->message != NULL ? last->message : "unknown error");
  g_strdelimit(message, "\r\n", ' ');
  return g_strstrip(message);
}

static DmigErrorCode
code_of(int status)
{
  switch (status) {
  case GIT_ENOTFOUND:
  case GIT_EAMBIGUOUS:
  case GIT_EINVALIDSPEC:
    return DMIG_ERROR_NOT_FOUND;
  case GIT_ELOCKED:
  case GIT_EMODIFIED:
  case GIT_EEXISTS:
    return DMIG_ERROR_LOCKED;
  default:
    return DMIG_ERROR_FATAL;
  }
}

gboolean
dmig_git_fail(GError **error, int status, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *what = g_strdup_vprintf(format, arguments);
  va_end(arguments);

  g_autofree char *why = last_message();
  g_set_error(error, DMIG_ERROR, code_of(status), "%s: %s", what, why);
  return FALSE;
}

gboolean
dmig_git_damaged(const DmigStore *self, GError **error, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *what = g_strdup_vprintf(format, arguments);
  va_end(arguments);

  g_autofree char *why = last_message();
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
              "%s: %s; 'git --git-dir=%s fsck' shows what is damaged", what, why, self->path);
  return FALSE;
}
