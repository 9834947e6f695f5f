/* Roles that a script names: they belong to a server, not to a database, so that a scratch server
 * lacks them. */
#pragma once

#include <glib.h>

/* The roles that owners, privileges and policies of `script` name: char*, each once. Rather one too
 * many than one too few. Owned. */
GPtrArray *dmig_pg_roles_of_script(const char *script);

/* The role that a failure says is missing, or NULL. Owned. */
char *dmig_pg_missing_role(const char *message);
