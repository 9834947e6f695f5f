/* Clusters on disk: copied, removed, and kept as a template, because initdb takes longer than
 * everything else that a private server needs. */
#pragma once

#include <glib.h>
#include <pwd.h>

/* Where the template of these binaries belongs: a folder of the server's user's own, which is made
 * if it is missing. NULL: there is no place for one. Owned. */
char *dmig_pg_template_path(const char *binaries, const char *locale, const struct passwd *user);

/* Copies the template to `to`; FALSE: there is none, or none that is to be trusted. */
gboolean dmig_pg_template_use(const char *path, const char *to);

/* Keeps a copy of the cluster `from`, which no server has run on yet, as the template, and removes
 * those of other binaries. Never mind if it can't. */
void dmig_pg_template_keep(const char *path, const char *from);

void dmig_pg_tree_remove(const char *path);
