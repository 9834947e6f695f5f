/* Adding to a change file that a person may have written, with comments and all. */
#include <string.h>

#include "cmd/renames.h"

/* The line of a top-level key, or NULL. */
static const char *
find_key(const char *text, const char *key)
{
  gsize length = strlen(key);
  for (const char *line = text; line != NULL && *line != '\0';) {
    if (strncmp(line, key, length) == 0 && line[length] == ':')
      return line;
    line = strchr(line, '\n');
    line = line != NULL ? line + 1 : NULL;
  }
  return NULL;
}

static const char *
end_of_line(const char *line)
{
  const char *end = strchr(line, '\n');
  return end != NULL ? end + 1 : line + strlen(line);
}

/* How far the block below a key is indented: as its first line with text; two by default. */
static char *
block_indent(const char *block, gboolean list)
{
  for (const char *line = block; *line != '\0'; line = end_of_line(line)) {
    gsize blank = strspn(line, " ");
    if (line[blank] == '\n' || line[blank] == '#' || line[blank] == '\r')
      continue;
    /* A list may stand right below its key's first letter. */
    if (blank > 0 || (list && line[0] == '-'))
      return g_strnfill(blank, ' ');
    break;
  }
  return g_strdup("  ");
}

/* `drops: [A.b]` gets its entry inside the brackets. */
static char *
add_to_flow(const char *text, const char *value, const char *entry)
{
  const char *close = strchr(value, ']');
  const char *comment = strchr(value, '#');
  const char *end = end_of_line(value);
  if (*value != '[' || close == NULL || close >= end || (comment != NULL && comment < close))
    return NULL;
  gboolean empty = strspn(value + 1, " ") == (gsize) (close - value - 1);
  return g_strdup_printf("%.*s%s%s%s", (int) (close - text), text, empty ? "" : ", ", entry, close);
}

char *
dmig_change_text_scalar(const char *name)
{
  gboolean plain = g_unichar_isalpha(g_utf8_get_char(name)) || *name == '_';
  for (const char *p = name; plain && *p != '\0'; p = g_utf8_next_char(p))
    plain = g_unichar_isalnum(g_utf8_get_char(p)) || *p == '_' || *p == '.';
  if (plain)
    return g_strdup(name);
  GString *quoted = g_string_new("\"");
  for (const char *p = name; *p != '\0'; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_c(quoted, '\\');
    g_string_append_c(quoted, *p);
  }
  g_string_append_c(quoted, '"');
  return g_string_free(quoted, FALSE);
}

char *
dmig_change_text_add(const char *text, const char *from, const char *to)
{
  const char *key = to != NULL ? "renames" : "drops";
  g_autofree char *name = dmig_change_text_scalar(from);
  g_autofree char *new_name = to != NULL ? dmig_change_text_scalar(to) : NULL;
  g_autofree char *entry
      = to != NULL ? g_strdup_printf("%s: %s", name, new_name) : g_strdup_printf("- %s", name);
  const char *line = find_key(text, key);
  if (line == NULL) {
    const char *newline = *text == '\0' || g_str_has_suffix(text, "\n") ? "" : "\n";
    return g_strdup_printf("%s%s%s:\n  %s\n", text, newline, key, entry);
  }
  const char *value = line + strlen(key) + 1;
  value += strspn(value, " ");
  if (*value != '\n' && *value != '\r' && *value != '#' && *value != '\0')
    return to == NULL ? add_to_flow(text, value, name) : NULL;

  const char *block = end_of_line(line);
  const char *newline = block > text && block[-1] == '\n' ? "" : "\n";
  g_autofree char *indent = block_indent(block, to == NULL);
  return g_strdup_printf("%.*s%s%s%s\n%s", (int) (block - text), text, newline, indent, entry,
                         block);
}
