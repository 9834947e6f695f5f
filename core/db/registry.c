#include "core/db/registry.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/db/postgres/postgres.h"
#include "core/db/sqlite/sqlite.h"

static const DmigDriver *const drivers[] = { &dmig_sqlite_driver, &dmig_postgres_driver, NULL };
static const DmigDialect *const dialects[] = { &dmig_sqlite_dialect, &dmig_postgres_dialect, NULL };

const DmigDialect *const *
dmig_dialects(void)
{
  return dialects;
}

const DmigDialect *
dmig_dialect_find(const char *name)
{
  for (const DmigDialect *const *dialect = dialects; *dialect != NULL; dialect++)
    if (strcmp((*dialect)->name, name) == 0)
      return *dialect;
  return NULL;
}

const DmigDriver *const *
dmig_drivers(void)
{
  return drivers;
}

const DmigDriver *
dmig_driver_for_dialect(const DmigDialect *dialect)
{
  for (const DmigDriver *const *driver = drivers; *driver != NULL; driver++)
    if ((*driver)->dialect == dialect)
      return *driver;
  return NULL;
}

static gboolean
has_scheme(const char *url, const char *scheme)
{
  gsize length = strlen(scheme);
  return strncmp(url, scheme, length) == 0 && url[length] == ':';
}

/* Source: SQLite "Database File Format", 1.3. */
static gboolean
begins_as_sqlite(const char *path)
{
  static const char magic[16] = "SQLite format 3";
  char begin[sizeof magic];
  if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
    return FALSE;
  FILE *file = fopen(path, "rbe");
  if (file == NULL)
    return FALSE;
  gboolean same = fread(begin, 1, sizeof begin, file) == sizeof begin &&
                  memcmp(begin, magic, sizeof magic) == 0;
  fclose(file);
  return same;
}

/* What stands there without a scheme is a file: one that says so by its name or by its content. */
static gboolean
is_database_file(const char *url)
{
  static const char *const endings[] = { ".db", ".sqlite", ".sqlite3", NULL };
  if (strstr(url, "://") != NULL)
    return FALSE;
  for (const char *const *ending = endings; *ending != NULL; ending++)
    if (g_str_has_suffix(url, *ending))
      return TRUE;
  return begins_as_sqlite(url);
}

const DmigDriver *
dmig_driver_for_url(const char *url)
{
  for (const DmigDriver *const *driver = drivers; *driver != NULL; driver++)
    for (const char *const *scheme = (*driver)->schemes; *scheme != NULL; scheme++)
      if (has_scheme(url, *scheme))
        return *driver;
  return is_database_file(url) ? &dmig_sqlite_driver : NULL;
}

gboolean
dmig_url_is_database(const char *url)
{
  return dmig_driver_for_url(url) != NULL;
}

gboolean
dmig_database_open(const char *url, DmigOpenFlags flags, DmigDatabase **out, GError **error)
{
  const DmigDriver *driver = dmig_driver_for_url(url);
  if (driver != NULL)
    return driver->open(url, flags, out, error);
  g_autofree char *redacted = dmig_url_redact(url);
  g_autofree char *printable = dmig_text_printable(redacted);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
              "'%s' is no database: write sqlite:PATH, a path that ends in .db, or "
              "postgresql://USER@HOST/NAME",
              printable);
  return FALSE;
}
