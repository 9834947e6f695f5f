/* Taking passwords out of database URLs and conninfo strings.
 *
 * What libpq makes of a string is not what its author meant: it splits userinfo at the first '@',
 * so that the end of a password with an '@' becomes the host and turns up in error texts. This
 * works on the raw string and, where it is not clear what belongs to a password, takes more. */
#include "core/base/text.h"

#include <string.h>

/* Where a password's value ends, one of these follows. Anything else that looks like a key is
 * taken for part of the password. Source: PostgreSQL manual 34.1.2 "Parameter Key Words". */
static const char *const conninfo_keys[] = {
  "application_name", "channel_binding", "client_encoding", "connect_timeout", "dbname",
  "fallback_application_name", "gssencmode", "gsslib", "host", "hostaddr", "keepalives",
  "keepalives_count", "keepalives_idle", "keepalives_interval", "krbsrvname",
  "load_balance_hosts", "options", "passfile", "password", "port", "replication", "require_auth",
  "requirepeer", "service", "sslcert", "sslcertmode", "sslcompression", "sslcrl", "sslcrldir",
  "sslkey", "sslmode", "sslnegotiation", "sslpassword", "sslrootcert", "sslsni",
  "ssl_max_protocol_version", "ssl_min_protocol_version", "target_session_attrs",
  "tcp_user_timeout", "user", NULL,
};

static const char *const secret_words[] = { "password", "passwd", "pwd", "secret", "token", NULL };

static gboolean
is_key_char(char c)
{
  return g_ascii_isalnum(c) || c == '_' || c == '%';
}

/* The key that begins at `p` (percent-decoded, lower case) if an equals sign follows it; then
 * `out_value` is where its value begins. NULL: none. libpq allows spaces around the sign. */
static char *
key_at(const char *p, const char **out_value)
{
  const char *end = p;
  while (is_key_char(*end))
    end++;
  if (end == p)
    return NULL;
  const char *sign = end;
  while (g_ascii_isspace(*sign))
    sign++;
  if (*sign != '=')
    return NULL;
  for (sign++; g_ascii_isspace(*sign); sign++)
    ;
  *out_value = sign;
  g_autofree char *raw = g_ascii_strdown(p, end - p);
  char *decoded = g_uri_unescape_string(raw, NULL);
  if (decoded == NULL)
    return g_steal_pointer(&raw);
  for (char *c = decoded; *c != '\0'; c++)
    *c = g_ascii_tolower(*c);
  return decoded;
}

static gboolean
is_secret(const char *key)
{
  for (const char *const *word = secret_words; *word != NULL; word++)
    if (strstr(key, *word) != NULL)
      return TRUE;
  return strcmp(key, "pass") == 0;
}

/* Where the secret value that begins at `p` ends: before the separator of the next known key. */
static const char *
end_of_secret(const char *p)
{
  if (*p == '\'') {
    for (p++; *p != '\0' && *p != '\''; p++)
      if (*p == '\\' && p[1] != '\0')
        p++;
    if (*p != '\0')
      p++;
  }
  for (; *p != '\0'; p++) {
    if (*p != '&' && !g_ascii_isspace(*p))
      continue;
    const char *value, *next = p + 1;
    while (g_ascii_isspace(*next))
      next++;
    g_autofree char *key = key_at(next, &value);
    if (key != NULL && g_strv_contains(conninfo_keys, key))
      return p;
  }
  return p;
}

static char *
redact_parameters(const char *url)
{
  g_autoptr(GString) out = g_string_new(NULL);
  const char *p = url;
  while (*p != '\0') {
    const char *value;
    g_autofree char *key = key_at(p, &value);
    const char *end = p;
    while (is_key_char(*end))
      end++;
    if (end == p)
      end++;
    if (key == NULL || !is_secret(key)) {
      g_string_append_len(out, p, end - p);
      p = end;
      continue;
    }
    g_string_append_len(out, p, value - p);
    p = end_of_secret(value);
    g_string_append(out, "***");
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Behind the scheme; where there is none that is known, the whole string. */
static const char *
skip_scheme(const char *url)
{
  static const char *const schemes[] = { "postgresql:", "postgres:", "sqlite:", "file:", NULL };
  const char *authority = strstr(url, "://");
  if (authority != NULL)
    return authority + strlen("://");
  for (const char *const *scheme = schemes; *scheme != NULL; scheme++)
    if (g_ascii_strncasecmp(url, *scheme, strlen(*scheme)) == 0)
      return url + strlen(*scheme) + strspn(url + strlen(*scheme), "/");
  return url;
}

/* The colon before a password, plain or percent-encoded, and what follows it. */
static const char *
behind_colon(const char *p)
{
  for (; *p != '\0'; p++) {
    if (*p == ':')
      return p + 1;
    if (g_ascii_strncasecmp(p, "%3a", 3) == 0)
      return p + 3;
  }
  return NULL;
}

/* Whether `p` is a list of hosts with ports, so that its colons stand before numbers only. A
 * password whose '@host' was forgotten is none. `out_colon` is what follows the first wrong one. */
static gboolean
is_host_list(const char *p, const char **out_behind_colon)
{
  for (; *p != '\0' && *p != '/' && *p != '?'; p++) {
    const char *bracket = *p == '[' ? strchr(p, ']') : NULL;
    if (bracket != NULL)
      p = bracket;
    if (*p != ':')
      continue;
    gsize digits = strspn(p + 1, "0123456789");
    if (strchr(",/?", p[1 + digits]) == NULL) {
      *out_behind_colon = p + 1;
      return FALSE;
    }
  }
  return TRUE;
}

char *
dmig_url_redact(const char *url)
{
  g_autofree char *text = redact_parameters(url);
  const char *rest = skip_scheme(text);
  const char *last_at = strrchr(rest, '@');
  const char *password = behind_colon(rest);
  if (last_at != NULL && password != NULL && password <= last_at)
    return g_strdup_printf("%.*s***%s", (int) (password - text), text, last_at);
  if (last_at == NULL && strstr(text, "://") != NULL && !is_host_list(rest, &password))
    return g_strdup_printf("%.*s***", (int) (password - text), text);
  return g_steal_pointer(&text);
}
