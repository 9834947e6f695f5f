/* What things of a database are called in a domain. */
#include "core/domain/lifting.h"

#include <string.h>

#include "core/base/text.h"

gboolean
dmig_lift_is_tame(const char *name)
{
  if (*name == '\0' || g_ascii_isspace(*name) || g_ascii_isspace(name[strlen(name) - 1]))
    return FALSE;
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char(p)) {
    if (g_unichar_iscntrl(g_utf8_get_char(p)))
      return FALSE;
  }
  return TRUE;
}

char *
dmig_lift_tame(const char *name)
{
  if (dmig_lift_is_tame(name))
    return g_strdup(name);
  GString *tame = g_string_new(NULL);
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    g_string_append_unichar(tame, g_unichar_iscntrl(c) ? '_' : c);
  }
  g_strstrip(tame->str);
  tame->len = strlen(tame->str);
  if (tame->len == 0)
    g_string_append_c(tame, '_');
  return g_string_free(tame, FALSE);
}

static char *
camel_case(const char *name)
{
  GString *camel = g_string_new(NULL);
  gboolean begins = TRUE;
  for (const char *p = name; *p != '\0'; p++) {
    if (*p == '_') {
      begins = TRUE;
      continue;
    }
    g_string_append_c(camel, begins ? g_ascii_toupper(*p) : *p);
    begins = FALSE;
  }
  return g_string_free(camel, FALSE);
}

static gboolean
gives(const char *candidate, const char *name)
{
  g_autofree char *derived = dmig_text_snake_case(candidate);
  return *candidate != '\0' && strcmp(derived, name) == 0;
}

/* What is written as a type, without quotes. */
static char *
make_plain(char *name_owned)
{
  GString *plain = g_string_new(NULL);
  for (const char *p = name_owned; *p != '\0'; p++)
    g_string_append_c(plain, g_ascii_isalnum(*p) || (guchar) *p >= 0x80 ? *p : '_');
  if (plain->len == 0 || g_ascii_isdigit(plain->str[0]))
    g_string_prepend_c(plain, '_');
  g_free(name_owned);
  return g_string_free(plain, FALSE);
}

/* CamelCase where it leads back to the name, the name itself where that does, else what comes near.
 * The words of portable types are taken. */
static char *
candidate(const char *name, gboolean plain)
{
  char *camel = camel_case(name);
  if (!gives(camel, name) || !dmig_lift_is_tame(camel)) {
    g_free(camel);
    camel = dmig_lift_tame(name);
  }
  if (!plain)
    return camel;
  camel = make_plain(camel);
  if (!g_strv_contains(dmig_type_words(), camel))
    return camel;
  char *other = g_strconcat(camel, "_", NULL);
  g_free(camel);
  return other;
}

char *
dmig_lift_name(GHashTable *taken, const char *path, gboolean plain)
{
  g_autofree char *schema = dmig_path_schema(path);
  g_autofree char *first = candidate(dmig_path_name(path), plain);
  g_autofree char *joined
      = schema != NULL ? g_strconcat(schema, "_", dmig_path_name(path), NULL) : NULL;
  g_autofree char *second = joined != NULL ? candidate(joined, plain) : g_strdup(first);
  g_autofree char *name = g_strdup(first);
  for (guint n = 1; !g_hash_table_add(taken, g_strdup(name)); n++) {
    g_free(name);
    name = n == 1 && joined != NULL ? g_strdup(second) : g_strdup_printf("%s_%u", second, n);
  }
  return g_steal_pointer(&name);
}

gboolean
dmig_lift_is_unique(const DmigLifting *self, const char *path)
{
  g_autofree char *folded = g_ascii_strdown(path, -1);
  return GPOINTER_TO_UINT(g_hash_table_lookup(self->relations, folded)) <= 1;
}

gboolean
dmig_lift_names_constraints(const DmigLifting *self)
{
  return self->dialect->has.named_constraints;
}

char *
dmig_lift_derive(const DmigLifting *self, const char *stem, const char *suffix)
{
  g_autofree char *full = g_strconcat(stem, "_", suffix, NULL);
  return dmig_text_fit_identifier(full, self->dialect->max_identifier);
}

void
dmig_lift_warn(DmigLifting *self, const char *address, const char *what)
{
  g_autofree char *text = dmig_address_text(address);
  g_autofree char *object = dmig_text_printable(text);
  g_autofree char *shown = dmig_text_printable(what);
  dmig_diagnostics_add(self->diagnostics, (DmigLocation) { NULL, 0, 0 }, DMIG_SEVERITY_WARNING,
                       "not-lifted", NULL, "%s: %s has no form in YAML and is left out", object,
                       shown);
}
