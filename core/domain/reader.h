/* Reading a Domain from YAML. */
#pragma once

#include "core/domain/domain.h"

/* A file of a domain, from wherever it comes: the disk, a revision, Git's index. */
typedef struct {
  char *path;    /* as the user would name it; relative to the project: `domain/shop.yaml` */
  GBytes *bytes; /* as the author wrote them */
} DmigSource;

/* Whether it is one of the SQL files that `sources:` names. They are part of a domain's files, but not
 * read with them: what they make is written as YAML, and that is read beside the others. */
gboolean dmig_source_is_sql(const DmigSource *self);
DmigSource *dmig_source_new(const char *path, GBytes *bytes); /* takes its own reference */
void dmig_source_free(DmigSource *self);

/* Limits that hostile input meets; beyond one, a diagnostic and no further reading of that file. */
#define DMIG_YAML_MAX_BYTES (16 * 1024 * 1024)
#define DMIG_YAML_MAX_TEXT (1024 * 1024) /* bytes of one scalar */
#define DMIG_YAML_MAX_DEPTH 64
#define DMIG_YAML_MAX_NODES (1024 * 1024) /* after aliases are followed */

/* The files of the domain at `path` (a file, or a folder whose *.yaml and *.yml are taken at any
 * depth, sorted by path): DmigSource*, named as below `path`'s own spelling. DMIG_ERROR_NOT_FOUND,
 * DMIG_ERROR_FATAL. Symbolic links to files are followed; files over the limit are read as empty
 * after a diagnostic at their head. */
gboolean dmig_sources_load(const char *path, DmigDiagnostics *diagnostics, GPtrArray **out_sources,
                           GError **error);

/* Merges `sources` into one Domain. All mistakes go to `diagnostics`; the result is complete if
 * there are no errors among them and must not be lowered otherwise. Never NULL. */
DmigDomain *dmig_domain_read(GPtrArray *sources, DmigDiagnostics *diagnostics);

/* The JSON Schema (draft-07) of the format, made from the reader's own tables. Owned text. */
char *dmig_domain_json_schema(void);
/* The same for change.yaml. */
char *dmig_change_file_json_schema(void);
