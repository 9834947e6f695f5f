/* Random pairs of states of a database, walked from one to the other: what is the same whatever the
 * database. A kind says what a state is and what it takes to walk; from here come the options, the
 * numbers, making a failing pair smaller, and the reports. */
#pragma once

#include <glib.h>

typedef enum {
  WALK_DONE,
  WALK_NOT_DRAWN, /* the database does not take what was drawn */
  WALK_FAILED,
  N_WALKS,
} WalkOutcome;

/* What a walk tells beside its outcome. */
typedef struct {
  gboolean dump;       /* asked for: compare with what others say of the database, too */
  GString *report;     /* what went wrong */
  GPtrArray *refusals; /* char*: reasons that are good enough; they are counted */
} WalkNotes;

typedef struct {
  const char *title; /* "PostgreSQL databases" */
  guint most_mutations; /* up to 32 */

  /* States are made of parts that have numbers; those that need one that goes, go with it. */
  gpointer (*draw)(GRand *random);
  gpointer (*copy)(gconstpointer state);
  void (*free)(gpointer state);
  void (*mutate)(gpointer state, GRand *random);
  GArray *(*parts)(gconstpointer state); /* guint; owned */
  void (*remove)(gpointer state, guint part);
  /* Makes a part what it is in another state; it may be in neither. May be NULL. */
  void (*take_back)(gpointer state, gconstpointer from, guint part);
  void (*tidy)(gpointer state);          /* after removals */
  char *(*sql)(gconstpointer state);     /* the script that makes it; owned */

  gboolean (*start)(void); /* FALSE: there is no such database here */
  void (*stop)(void);
  WalkOutcome (*walk)(gconstpointer from, gconstpointer to, WalkNotes *notes);
} Walked;

/* Appends to the report the lines that only one of two sorted texts has: `- line` is the first's, `+ line`
 * the other's. */
void walker_report_lines(GString *report, const char *one, const char *other);

/* A test's main(): its exit status. DMIG_PROPERTY_PAIRS and DMIG_PROPERTY_SEED say how many pairs
 * and which. */
int walker_main(const Walked *kind, int argc, char **argv);
