/* What the tests of this folder share. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/domain/change_file.h"
#include "core/domain/reader.h"

/* The state of a test: everything in it is freed by the teardown. */
typedef struct {
  DmigDiagnostics *diagnostics;
  GPtrArray *domains; /* DmigDomain * */
  GPtrArray *changes; /* DmigChangeFile * */
  char *folder;       /* of temporary_folder(), removed with what is in it */
} Fixture;

int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Reads one domain file called `test.yaml`. Owned by the fixture. */
DmigDomain *read_domain(Fixture *self, const char *yaml);
DmigDomain *read_bytes(Fixture *self, const char *bytes, gsize length);
DmigChangeFile *read_change(Fixture *self, const char *yaml, const DmigDomain *from,
                            const DmigDomain *to);
/* Forgets the diagnostics so far. */
void forget(Fixture *self);

/* Fails, and prints them, where there are any diagnostics. */
void assert_clean(Fixture *self);
/* Whether one of the diagnostics is of this rule. */
gboolean has_rule(Fixture *self, const char *rule);
/* Fails, and prints them, unless the diagnostics are just these lines, without the file's name. */
void assert_lines(Fixture *self, const char *lines);
gboolean are_lines(Fixture *self, const char *lines); /* prints them, and does not fail */

/* A new folder, and a file in it (its folders are made). */
const char *temporary_folder(Fixture *self);
void write_file(Fixture *self, const char *name, const char *text);

/* A file of the source tree. Owned. */
char *source_file(const char *path);
