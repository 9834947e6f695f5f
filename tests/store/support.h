/* What the tests of store/ and hooks/ share: a folder of their own to be in, a home without any
 * configuration, and real git. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/store.h"

typedef struct {
  char *root;   /* of all that the test makes */
  char *home;   /* $HOME, empty */
  char *folder; /* the current folder, empty */
  DmigStore *store; /* NULL, or in `folder` */
} Place;

int place_setup(void **state);       /* no store yet */
int place_setup_store(void **state); /* with one, and an identity in the environment */
int place_teardown(void **state);

/* Runs a program with its arguments up to NULL, in the current folder. Its output and errors in
 * one. Owned. `run` fails the test unless it succeeds. */
char *run(const char *program, ...) G_GNUC_NULL_TERMINATED;
char *run_status(int *out_status, const char *program, ...) G_GNUC_NULL_TERMINATED;

void write_file(const char *path, const char *text); /* makes the folders above */
char *read_file(const char *path);
guint file_mode(const char *path); /* permission bits */

/* Files for a revision from pairs of path and text up to NULL: DmigStoreFile*. */
GPtrArray *files_new(const char *path, ...) G_GNUC_NULL_TERMINATED;

/* Commits `domain.yaml` with `text` on `parent` (NULL: the first); must succeed. Owned id. */
char *commit_text(Place *place, const char *parent, const char *text);

/* `error` is of this code and its message has `part`; frees it. */
void assert_error(GError **error, DmigErrorCode code, const char *part);
void assert_contains(const char *text, const char *part);
