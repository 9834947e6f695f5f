/* Objects on their way: for lower_object.c, lower_type.c and lower_routine.c. */
#pragma once

#include "core/domain/lower_parts.h"

typedef struct {
  DmigLowering *lowering;
  const DmigDialect *dialect;
  const DmigDomainObject *from;
  DmigObject *object; /* NULL: none for this dialect */
  char *what;         /* "FUNCTION f(integer)"; NULL: it has no such form */
} DmigMaking;

/* What an attribute says for the dialect; NULL: nothing. Borrowed. */
const char *dmig_making_text(const DmigMaking *self, const char *name);
/* The same without what ends a statement. Owned. */
char *dmig_making_statement(const DmigMaking *self, const char *name);
/* The object, with the statement that drops it. `word` tells kinds of routines apart; NULL: none. */
void dmig_making_make(DmigMaking *self, DmigObjectKind kind, const char *path, const char *detail,
                      const char *word);
/* Each attribute whose name begins with `prefix`: calls `add` with its entry's name and SQL. */
void dmig_making_for_each(DmigMaking *self, const char *prefix,
                          void (*add)(DmigMaking *, const char *, const char *, gpointer),
                          gpointer data);
/* A statement that the author wrote. */
void dmig_making_whole_statement(DmigMaking *self, const char *create);

/* lower_type.c, lower_routine.c */
void dmig_making_domain(DmigMaking *self);
void dmig_making_composite(DmigMaking *self);
void dmig_making_range(DmigMaking *self);
void dmig_making_routine(DmigMaking *self);
