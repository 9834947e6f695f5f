#include "core/base/text.h"

#include <string.h>

char *
dmig_text_snake_case(const char *name)
{
  g_autoptr(GString) out = g_string_new(NULL);
  for (const char *p = name; *p != '\0'; p++) {
    char previous = p > name ? p[-1] : '\0';
    gboolean starts_word =
        g_ascii_isupper(*p) && (g_ascii_islower(previous) || g_ascii_isdigit(previous) ||
                                (g_ascii_isupper(previous) && g_ascii_islower(p[1])));
    if (starts_word)
      g_string_append_c(out, '_');
    g_string_append_c(out, *p == '-' || *p == ' ' ? '_' : g_ascii_tolower(*p));
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Damerau-Levenshtein (optimal string alignment) over characters, without regard to case. */
static guint
edit_distance(const char *a, const char *b, glong *out_longer)
{
  glong n = 0, m = 0;
  g_autofree gunichar *x = g_utf8_to_ucs4_fast(a, -1, &n);
  g_autofree gunichar *y = g_utf8_to_ucs4_fast(b, -1, &m);
  g_autofree guint *rows = g_new0(guint, 3 * (gsize) (m + 1));
  guint *before = rows, *above = rows + (m + 1), *row = rows + 2 * (m + 1);

  for (glong j = 0; j <= m; j++)
    row[j] = (guint) j;
  for (glong i = 1; i <= n; i++) {
    guint *oldest = before;
    before = above;
    above = row;
    row = oldest;
    row[0] = (guint) i;
    for (glong j = 1; j <= m; j++) {
      gunichar c = g_unichar_tolower(x[i - 1]), d = g_unichar_tolower(y[j - 1]);
      guint best = above[j - 1] + (c != d);
      best = MIN(best, above[j] + 1);
      best = MIN(best, row[j - 1] + 1);
      gboolean swapped =
          i > 1 && j > 1 && c == g_unichar_tolower(y[j - 2]) && d == g_unichar_tolower(x[i - 2]);
      if (swapped)
        best = MIN(best, before[j - 2] + 1);
      row[j] = best;
    }
  }
  *out_longer = MAX(n, m);
  return row[m];
}

#define LONGEST_COMPARED 256 /* bytes; keeps hostile names from costing time */

static gboolean
is_comparable(const char *text)
{
  return strnlen(text, LONGEST_COMPARED + 1) <= LONGEST_COMPARED && g_utf8_validate(text, -1, NULL);
}

const char *
dmig_text_suggest(const char *word, const char *const *candidates)
{
  if (!is_comparable(word))
    return NULL;
  glong length = g_utf8_strlen(word, -1);
  guint limit = (guint) MIN(3, MAX(1, length / 3));
  const char *best = NULL;
  guint best_distance = limit + 1;
  for (const char *const *c = candidates; *c != NULL; c++) {
    glong longer;
    if (!is_comparable(*c))
      continue;
    guint distance = edit_distance(word, *c, &longer);
    /* Something that shares no letter with the word is no suggestion for it. */
    if (distance < best_distance && (glong) distance < longer) {
      best = *c;
      best_distance = distance;
    }
  }
  return best;
}

/* The share of words that two names have in common (Dice's coefficient). */
static double
shared_words(const char *a, const char *b)
{
  g_autofree char *snake_a = dmig_text_snake_case(a);
  g_autofree char *snake_b = dmig_text_snake_case(b);
  g_auto(GStrv) words_a = g_strsplit(snake_a, "_", -1);
  g_auto(GStrv) words_b = g_strsplit(snake_b, "_", -1);
  g_autoptr(GHashTable) left = g_hash_table_new(g_str_hash, g_str_equal);
  guint n = 0, common = 0;
  for (char **w = words_a; *w != NULL; w++)
    if (**w != '\0' && g_hash_table_add(left, *w))
      n++;
  g_autoptr(GHashTable) right = g_hash_table_new(g_str_hash, g_str_equal);
  for (char **w = words_b; *w != NULL; w++)
    if (**w != '\0' && g_hash_table_add(right, *w)) {
      n++;
      common += g_hash_table_contains(left, *w) ? 1 : 0;
    }
  return n == 0 ? 0 : 2.0 * common / n;
}

double
dmig_text_similarity(const char *a, const char *b)
{
  if (strcmp(a, b) == 0)
    return 1;
  if (!is_comparable(a) || !is_comparable(b))
    return 0;
  glong longer;
  guint distance = edit_distance(a, b, &longer);
  double by_letters = longer == 0 ? 0 : 1.0 - (double) distance / (double) longer;
  return CLAMP(MAX(by_letters, shared_words(a, b)), 0, 1);
}

char *
dmig_text_fit_identifier(const char *name, gsize max)
{
  gsize length = strlen(name);
  if (max == 0 || length <= max)
    return g_strdup(name);
  g_autofree char *digest = dmig_text_sha256(name, -1);
  digest[8] = '\0';
  if (max <= 9) {
    digest[MIN(max, 8)] = '\0';
    return g_steal_pointer(&digest);
  }
  gsize cut = max - 9;
  while (cut > 0 && ((guchar) name[cut] & 0xC0) == 0x80)
    cut--;
  return g_strdup_printf("%.*s_%s", (int) cut, name, digest);
}

static gboolean
needs_escape(gunichar c)
{
  gboolean control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  /* Characters that reorder or break a line on a terminal. */
  gboolean reorders = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E ||
                      c == 0x200F || c == 0x2028 || c == 0x2029;
  return control || reorders;
}

static void
append_escaped(GString *out, gunichar c)
{
  if (c == '\n')
    g_string_append(out, "\\n");
  else if (c == '\t')
    g_string_append(out, "\\t");
  else if (c == '\r')
    g_string_append(out, "\\r");
  else if (c < 0x80)
    g_string_append_printf(out, "\\x%02x", c);
  else
    g_string_append_printf(out, "\\u%04x", c);
}

char *
dmig_text_printable(const char *text)
{
  g_autoptr(GString) out = g_string_new(NULL);
  const char *p = text;
  while (*p != '\0') {
    gunichar c = g_utf8_get_char_validated(p, -1);
    if (c == (gunichar) -1 || c == (gunichar) -2) {
      g_string_append_printf(out, "\\x%02x", (guchar) *p++);
      continue;
    }
    if (needs_escape(c))
      append_escaped(out, c);
    else
      g_string_append_unichar(out, c);
    p = g_utf8_next_char(p);
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

char *
dmig_text_sha256(const char *data, gssize length)
{
  return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *) data,
                                     length < 0 ? strlen(data) : (gsize) length);
}

char *
dmig_text_count(guint64 n, const char *singular, const char *plural)
{
  return g_strdup_printf("%" G_GUINT64_FORMAT " %s", n, n == 1 ? singular : plural);
}

gboolean
dmig_strv_equal(char *const *a, char *const *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_strv_equal((const char *const *) a, (const char *const *) b);
}

gboolean
dmig_strv_contains(char *const *v, const char *s)
{
  return v != NULL && s != NULL && g_strv_contains((const char *const *) v, s);
}
