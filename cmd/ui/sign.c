#include "cmd/ui/sign.h"

#include <glib.h>

/* dmig itself always writes UTF-8; whether a terminal shows it, its locale tells. Where nothing is
 * said at all, as in a container, UTF-8 is more likely than not. */
static gboolean
is_plain(void)
{
  static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    const char *value = g_getenv(names[i]);
    if (value == NULL || *value == '\0')
      continue;
    g_autofree char *lower = g_ascii_strdown(value, -1);
    return g_strrstr(lower, "utf-8") == NULL && g_strrstr(lower, "utf8") == NULL;
  }
  return FALSE;
}

const char *
dmig_sign(DmigSign sign)
{
  static const char *const plain[] = { "+", "-", "!", "x" };
  static const char *const fine[] = { "✓", "·", "!", "✗" };
  return is_plain() ? plain[sign] : fine[sign];
}

const char *
dmig_sign_arrow(void)
{
  return is_plain() ? "->" : "→";
}
