/* Text that several layers need. Every function returns an owned string unless it says otherwise. */
#pragma once

#include <glib.h>

/* `CustomerOrder` -> `customer_order`, `HTTPServer` -> `http_server`. */
char *dmig_text_snake_case(const char *name);

/* The candidate nearest to `word` (Damerau-Levenshtein, at most a third of its length and at most
 * 3 edits), or NULL. Borrowed from `candidates`, which is NULL-terminated. */
const char *dmig_text_suggest(const char *word, const char *const *candidates);

/* How alike two names are, 0 to 1: edit distance relative to length, and shared words of
 * snake_case and camelCase names. */
double dmig_text_similarity(const char *a, const char *b);

/* `name` if it fits in `max` bytes (0: no limit); else its beginning, `_`, and 8 hexadecimal
 * digits of its SHA-256, never cutting a UTF-8 character. The same on every machine. */
char *dmig_text_fit_identifier(const char *name, gsize max);

/* A database URL or conninfo string with every password replaced by `***`, safe for messages.
 * Works on the raw string, before anybody parses it: what stands between the scheme's `user:` and
 * the last `@` before the first `/` or `?` that follows... see the test for the cases. */
char *dmig_url_redact(const char *url);

/* The text of one line for a terminal or a log: control characters and invalid UTF-8 escaped. */
char *dmig_text_printable(const char *text);

/* Lower-case hexadecimal SHA-256 of `length` bytes (-1: up to the NUL). */
char *dmig_text_sha256(const char *data, gssize length);

/* `n` followed by the singular or the plural: "1 row", "2 rows". */
char *dmig_text_count(guint64 n, const char *singular, const char *plural);

/* NULL-safe comparisons and copies of NULL-terminated arrays. */
gboolean dmig_strv_equal(char *const *a, char *const *b);
gboolean dmig_strv_contains(char *const *v, const char *s);
