#include "core/sql/path.h"

#include <string.h>

char *
dmig_path_new(const char *schema, const char *name)
{
  return schema != NULL ? g_strdup_printf("%s%c%s", schema, DMIG_PATH_SEPARATOR, name)
                        : g_strdup(name);
}

const char *
dmig_path_name(const char *path)
{
  const char *separator = strchr(path, DMIG_PATH_SEPARATOR);

  return separator != NULL ? separator + 1 : path;
}

char *
dmig_path_schema(const char *path)
{
  const char *separator = strchr(path, DMIG_PATH_SEPARATOR);

  return separator != NULL ? g_strndup(path, (gsize) (separator - path)) : NULL;
}

char *
dmig_path_sibling(const char *path, const char *name)
{
  g_autofree char *schema = dmig_path_schema(path);

  return dmig_path_new(schema, name);
}

char *
dmig_path_text(const char *text)
{
  char *readable = g_strdup(text);

  for (char *p = readable; p != NULL && *p != '\0'; p++)
    if (*p == DMIG_PATH_SEPARATOR)
      *p = '.';
    else if (*p == DMIG_ADDRESS_SEPARATOR)
      *p = ' ';
  return readable;
}
