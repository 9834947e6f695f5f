#pragma once

#include "core/db/sqlite/internal.h"

/* Says of views and triggers which of them are broken. */
void dmig_sqlite_mark_broken(DmigSqlite *self, DmigSchema *schema);
