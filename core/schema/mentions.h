/* What a text of SQL names, and how; private to core/schema. */
#pragma once

#include <glib.h>

#include "core/schema/object.h"

typedef struct _DmigMentions DmigMentions;

typedef enum {
  DMIG_MENTIONED_NOT,
  DMIG_MENTIONED_MAYBE, /* the name is there, where something else of that name may be meant: a column,
                           an alias, what another schema holds */
  DMIG_MENTIONED,
} DmigMentioned;

/* What the text of an object of this kind names; a column's, a constraint's or an index's is an
 * expression. */
DmigMentions *dmig_mentions_new(DmigObjectKind kind, const char *sql, const DmigDialect *dialect);
/* The same of statements that make the object at `address`, or with `whole` of others about it: where it
 * is called by its name there, nothing else of that name is meant. */
DmigMentions *dmig_mentions_new_about(const char *address, const char *sql, gboolean whole,
                                      const DmigDialect *dialect);
/* What is named in its strings, which is where functions have their bodies. */
DmigMentions *dmig_mentions_new_bodies(const char *sql, const DmigDialect *dialect);
void dmig_mentions_free(DmigMentions *self); /* takes NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigMentions, dmig_mentions_free)

/* The names, folded; borrowed. The list is owned. */
GList *dmig_mentions_names(const DmigMentions *self);
/* Whether a column of this name may be meant. */
gboolean dmig_mentions_column(const DmigMentions *self, const char *name);
/* Whether a star stands for all columns of something. */
gboolean dmig_mentions_star(const DmigMentions *self);
/* Whether the object at `address` is meant. `schemas`: the names of all but the default one, a set. */
DmigMentioned dmig_mentions_object(const DmigMentions *self, const char *address,
                                   GHashTable *schemas);
