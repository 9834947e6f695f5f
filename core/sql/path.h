/* Paths: how objects of a schema are named. An object of the default schema (PostgreSQL's
 * current_schema(), SQLite's main) has its plain name for a path, so that it means the same wherever
 * it goes; any other has its schema, DMIG_PATH_SEPARATOR and its name. A path is a key: two paths
 * are equal just where their objects are the same.
 *
 * The separator is a byte that never occurs in UTF-8, so no name can be mistaken for a path. It must
 * not reach a person or a file: dmig_path_text() is for that, and %I of dmig_sql_appendf().
 */
#pragma once

#include <glib.h>

#define DMIG_PATH_SEPARATOR '\xff'
/* The same between the parts of an address (core/schema/object.h). */
#define DMIG_ADDRESS_SEPARATOR '\xfe'

/* `schema` NULL: the default one. Owned. */
char *dmig_path_new(const char *schema, const char *name);
/* The plain name. Borrowed from `path`. */
const char *dmig_path_name(const char *path);
/* Owned; NULL: the default schema. */
char *dmig_path_schema(const char *path);
/* `name` beside `path`: in the same schema. Owned. */
char *dmig_path_sibling(const char *path, const char *name);

/* Any text with paths and addresses in it, as a person reads it: `auth.users`. Owned. */
char *dmig_path_text(const char *text);
