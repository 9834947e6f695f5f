/* Reads what is no table: views, triggers and virtual tables, from the texts in sqlite_master. Each
 * carries its own statement, byte for byte, and properties that say what is in it. As in parse.h,
 * what is not understood is DMIG_ERROR_FAILED. */
#pragma once

#include "core/base/error.h"
#include "core/schema/object.h"

DmigObject *dmig_sqlite_parse_view(const char *name, const char *sql, GError **error);

/* `relation`: the table or view that it is on, by its own letter case. */
DmigObject *dmig_sqlite_parse_trigger(const char *name, const char *relation, const char *sql,
                                      GError **error);

/* Where its rows can be kept or made again, an altered one takes the other's place with them. */
DmigObject *dmig_sqlite_parse_virtual_table(const char *name, const char *sql, GError **error);

/* The dialect's slot: a virtual table's statement says what its rows are to another one. */
void dmig_sqlite_complete_object(DmigObject *object);

/* `PRAGMA name = value`, for a setting that is not 0. */
DmigObject *dmig_sqlite_setting_new(const char *name, const char *value);
