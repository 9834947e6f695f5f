/* Which dialects and drivers there are. */
#pragma once

#include "core/db/driver.h"

/* NULL-terminated, in the order in which they are shown. */
const DmigDialect *const *dmig_dialects(void);
const DmigDialect *dmig_dialect_find(const char *name); /* NULL: none of that name */
const DmigDriver *const *dmig_drivers(void);
const DmigDriver *dmig_driver_for_dialect(const DmigDialect *dialect);

/* By the URL's scheme: `sqlite:relative.db`, `sqlite:/absolute.db`, `sqlite::memory:`,
 * `sqlite:///absolute.db`, `postgresql://…`, `postgres://…`, and a bare path that exists or ends
 * in .db, .sqlite or .sqlite3. NULL: none knows it. */
const DmigDriver *dmig_driver_for_url(const char *url);
gboolean dmig_url_is_database(const char *url);

/* Opens by URL. DMIG_ERROR_USAGE for a URL that no driver knows; the message is redacted. */
gboolean dmig_database_open(const char *url, DmigOpenFlags flags, DmigDatabase **out,
                            GError **error);
