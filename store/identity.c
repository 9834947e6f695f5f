#include <string.h>
#include <time.h>

#include "store/internal.h"

typedef struct {
  const char *title;
  const char *name_variable, *email_variable, *date_variable;
  const char *name_key, *email_key; /* before user.name and user.email */
} Role;

static const Role roles[] = {
  [DMIG_AUTHOR] = { "author", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE",
                    "author.name", "author.email" },
  [DMIG_COMMITTER] = { "committer", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
                       "GIT_COMMITTER_DATE", "committer.name", "committer.email" },
};

/* The configuration of the application's Git repository around the store: who one is there, one is
 * here. NULL where there is none. */
static git_config *
application_config(DmigStore *self)
{
  g_auto(git_buf) path = GIT_BUF_INIT;
  g_autoptr(git_repository) repository = NULL;
  git_config *config = NULL;
  if (git_repository_discover(&path, self->folder, 0, NULL) != 0
      || git_repository_open(&repository, path.ptr) != 0
      || git_repository_config(&config, repository) != 0)
    return NULL;
  return config;
}

static char *
configured(DmigStore *self, git_config *application, const char *key)
{
  const char *override = dmig_config_overridden(self, key);
  if (override != NULL)
    return g_strdup(override);
  char *value = dmig_config_lookup(self->config, GIT_CONFIG_LEVEL_LOCAL, key);
  if (value == NULL && application != NULL)
    value = dmig_config_lookup(application, GIT_CONFIG_LEVEL_LOCAL, key);
  return value != NULL ? value : dmig_config_lookup(self->config, 0, key);
}

/* As Git strips it: nothing that would break the line of a commit, no punctuation at the ends. */
static char *
without_crud(char *text)
{
  static const char crud[] = ".,:;<>\"\\'";
  char *to = text;
  for (const char *from = text; *from != '\0'; from++)
    if (*from != '<' && *from != '>' && *from != '\n')
      *to++ = *from;
  while (to > text && ((guchar)to[-1] <= ' ' || strchr(crud, to[-1]) != NULL))
    to--;
  *to = '\0';

  const char *start = text;
  while (*start != '\0' && ((guchar)*start <= ' ' || strchr(crud, *start) != NULL))
    start++;
  memmove(text, start, strlen(start) + 1);
  return text;
}

static char *
find_name(DmigStore *self, git_config *application, const Role *role)
{
  const char *variable = g_getenv(role->name_variable);
  if (variable != NULL)
    return without_crud(g_strdup(variable));
  g_autofree char *value = configured(self, application, role->name_key);
  if (value == NULL)
    value = configured(self, application, "user.name");
  return value != NULL ? without_crud(g_steal_pointer(&value)) : NULL;
}

static char *
find_email(DmigStore *self, git_config *application, const Role *role)
{
  const char *variable = g_getenv(role->email_variable);
  if (variable != NULL)
    return without_crud(g_strdup(variable));
  g_autofree char *value = configured(self, application, role->email_key);
  if (value == NULL)
    value = configured(self, application, "user.email");
  if (value == NULL)
    value = g_strdup(g_getenv("EMAIL"));
  return value != NULL ? without_crud(g_steal_pointer(&value)) : NULL;
}

static git_time
local_now(void)
{
  time_t now = time(NULL);
  struct tm local;
  localtime_r(&now, &local);
  git_time when = { now, (int) (local.tm_gmtoff / 60), local.tm_gmtoff < 0 ? '-' : '+' };
  return when;
}

static gboolean
find_date(const Role *role, git_time *out_time, GError **error)
{
  const char *variable = role->date_variable;
  const char *value = g_getenv(variable);
  gboolean is_epoch = value == NULL || *value == '\0';
  if (is_epoch)
    value = g_getenv(variable = "SOURCE_DATE_EPOCH");
  if (value == NULL || *value == '\0') {
    *out_time = local_now();
    return TRUE;
  }

  gint64 seconds;
  if (is_epoch && g_ascii_string_to_signed(value, 10, 0, G_MAXINT64 / 2, &seconds, NULL)) {
    *out_time = (git_time){ seconds, 0, '+' };
    return TRUE;
  }
  if (!is_epoch && dmig_date_parse(value, out_time))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
              is_epoch ? "%s is not a number of seconds: '%s'"
                       : "%s is not a date: '%s'; write it as in '2005-04-07T22:13:13+0200'",
              variable, value);
  return FALSE;
}

git_signature *
dmig_store_identity(DmigStore *self, DmigRole role, GError **error)
{
  const Role *who = &roles[role];
  git_time when;
  if (!find_date(who, &when, error))
    return NULL;

  g_autoptr(git_config) application = application_config(self);
  g_autofree char *name = find_name(self, application, who);
  g_autofree char *email = find_email(self, application, who);
  if (name == NULL || *name == '\0' || email == NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
                "the %s's %s is not known; tell who you are with 'git config --global user.name "
                "\"Your Name\"' and 'git config --global user.email you@example.com'",
                who->title, name == NULL || *name == '\0' ? "name" : "e-mail address");
    return NULL;
  }

  git_signature *signature = NULL;
  int status = git_signature_new(&signature, name, email, when.time, when.offset);
  if (status < 0) {
    dmig_git_fail(error, status, "cannot use '%s' as the %s's name or '%s' as the e-mail address",
                  name, who->title, email);
    return NULL;
  }
  return signature;
}
