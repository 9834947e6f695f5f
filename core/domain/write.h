/* Writing a Domain as YAML: what dmig_domain_read() makes the same Domain of, in short forms,
 * without what the reader would derive anyway. Same domain, same bytes. */
#pragma once

#include "core/domain/domain.h"

/* The whole domain in one file. Owned. */
char *dmig_domain_write(const DmigDomain *domain);

typedef struct {
  char *path; /* below the domain's folder: `domain.yaml`, `auth.yaml`, `auth/User.yaml` */
  char *text;
} DmigWrittenFile;
void dmig_written_file_free(DmigWrittenFile *self);

/* The domain as a folder: domain.yaml with what is said of the whole and what is in the default
 * schema, and a file for each other schema; the entities of a schema have files of their own where
 * they are many. Paths are unique, also where letter case does not count, and safe whatever the
 * names. DmigWrittenFile*, sorted by path. Owned. */
GPtrArray *dmig_domain_write_folder(const DmigDomain *domain);
