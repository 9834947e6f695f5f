/* How much the tables of a database hold. */
#pragma once

#include <glib.h>

typedef struct {
  char *table;    /* path */
  gint64 rows;    /* -1: not known */
  gboolean exact; /* counted; else what the catalogue guesses */
  gint64 bytes;   /* -1: not known */
} DmigTableCount;
void dmig_table_count_free(DmigTableCount *self);
/* Adds one to `counts`, which owns it. */
DmigTableCount *dmig_table_count_add(GPtrArray *counts, const char *path, gint64 rows, gint64 bytes);
GPtrArray *dmig_table_counts_new(void);
