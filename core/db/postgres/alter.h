/* One ALTER TABLE of several clauses, gathered one by one. */
#pragma once

#include <glib.h>

typedef struct {
  GString *sql; /* where statements go */
  const char *table;
  gboolean only; /* not the tables that inherit from it */
  GPtrArray *clauses; /* char*; NULL: none yet */
} DmigPgAlter;

/* Takes the clause over. */
void dmig_pg_alter_add(DmigPgAlter *self, char *clause_owned);

/* Writes the statement, if there are clauses; what follows goes into another. */
void dmig_pg_alter_flush(DmigPgAlter *self);

/* Flushes what is left. */
void dmig_pg_alter_clear(DmigPgAlter *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigPgAlter, dmig_pg_alter_clear)
