/* What the contract must know of a database to run on it. A driver joins by one of these, in a file
 * of its own, named in the list in contract_case.c. */
#pragma once

#include "core/db/driver.h"

typedef struct {
  const DmigDriver *driver;

  /* Once, before and after all tests. FALSE: the surroundings lack something; the tests are
   * skipped, with a word about what. */
  gboolean (*start)(void);
  void (*stop)(void);

  /* A new, empty database on disk or on the server, and the URL to open it. Owned. */
  char *(*create)(void);
  void (*drop)(const char *url);
} Backend;

extern const Backend sqlite_backend;
extern const Backend postgres_backend;
