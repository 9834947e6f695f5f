/* SQL as a source: a schema in a .sql file or in a folder of them, as pg_dump -s writes it, or a
 * person. It is built on a scratch database and read back from there. */
#pragma once

#include "core/db/scratch.h"
#include "core/domain/reader.h"

/* Files are read up to this size; what is larger has rows in it. */
#define DMIG_SQL_MAX_BYTES (256 * 1024 * 1024)

typedef struct {
  char *path;       /* as the user named it */
  GPtrArray *files; /* DmigSource*, in the order in which they run: by name */
} DmigSqlSource;

/* Whether `path` is named like an SQL file, or is a folder that holds .sql files and no YAML. */
gboolean dmig_sql_source_is(const char *path);

/* Of files that are there already: DmigSource *, of which it takes its own references. */
DmigSqlSource *dmig_sql_source_new(const char *path, GPtrArray *files);
/* DMIG_ERROR_NOT_FOUND, DMIG_ERROR_FATAL: also where a file is none (a pipe) or holds no text. */
gboolean dmig_sql_source_load(const char *path, DmigSqlSource **out, GError **error);
void dmig_sql_source_free(DmigSqlSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigSqlSource, dmig_sql_source_free)

/* The dialect that the text itself shows, or NULL where it could be any. */
const DmigDialect *dmig_sql_source_dialect(const DmigSqlSource *self);

/* Whether the text says whose its objects are; else they are whoever's that runs it. */
gboolean dmig_sql_source_names_owners(const DmigSqlSource *self);

/* Runs the files on an empty database and inspects it. A statement that fails: DMIG_ERROR_FAILED
 * "file.sql:12: …". Roles that are missing are made where the server is dmig's own. */
gboolean dmig_sql_source_build(const DmigSqlSource *self, DmigScratch *scratch, DmigSchema **out,
                               GError **error);

/* What the files make, as YAML of a domain of this name: a file to be read beside its others. What no
 * YAML can say is a warning. */
gboolean dmig_sql_source_translate(const DmigSqlSource *self, DmigScratch *scratch,
                                   const char *domain, DmigDiagnostics *diagnostics,
                                   DmigSource **out, GError **error);
