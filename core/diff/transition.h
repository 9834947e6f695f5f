/* A Transition: what is known of the way between two Schemas beyond the Schemas themselves, in one
 * dialect and one direction. Lowered from a change file; empty where there is none. */
#pragma once

#include <glib.h>

typedef struct {
  char *from;
  char *to;
} DmigNamePair;
DmigNamePair *dmig_name_pair_new(const char *from, const char *to);
void dmig_name_pair_free(DmigNamePair *self);

typedef struct {
  char *table; /* by its new name */
  char *from;
  char *to;
} DmigColumnRename;

/* SQL for one column; `table` and `column` by their new names. */
typedef struct {
  char *table;
  char *column;
  char *sql;
} DmigColumnSql;

/* A label of an enum that becomes another one. For dialects with enum types `enum_name` is the
 * type's new name, and `table`/`column` are NULL; for the others it is the column by its new name. */
typedef struct {
  char *enum_name;
  char *table;
  char *column;
  char *from;
  char *to;
} DmigLabelMap;

/* A hazard that may be (core/plan/hazard.h). */
typedef struct {
  char *rule;
  char *object; /* as a step's: `customers`, `customers.fax`, and all below it; NULL: any */
  char *reason;
} DmigAllowance;

/* A question of the author's to the rows. */
typedef struct {
  gboolean after; /* all steps; else before them */
  char *sql;      /* gives how many stand in the way */
  char *message;
} DmigRowCheck;

typedef struct {
  gboolean reverse;           /* the way back: values that are lost may be replaced by neutral ones */
  GPtrArray *table_renames;   /* DmigNamePair* */
  GPtrArray *view_renames;    /* DmigNamePair* */
  GPtrArray *enum_renames;    /* DmigNamePair* */
  GPtrArray *column_renames;  /* DmigColumnRename* */
  GPtrArray *fills;           /* DmigColumnSql*: an expression over the row */
  GPtrArray *conversions;     /* DmigColumnSql*: an expression over the old row, columns by their new names */
  GPtrArray *labels;          /* DmigLabelMap* */
  GPtrArray *merges;          /* DmigLabelMap*: the way back of labels that became one with another:
                                 nothing is done to the rows, but what was kept of them may come back */
  GPtrArray *allows;          /* DmigAllowance* */
  GPtrArray *checks;          /* DmigRowCheck* */
  char *before_sql;           /* hand-written statements, or NULL */
  char *after_sql;
} DmigTransition;

DmigTransition *dmig_transition_new(void); /* says nothing */
void dmig_transition_free(DmigTransition *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigTransition, dmig_transition_free)

/* Borrowed, or NULL. */
const char *dmig_transition_fill(const DmigTransition *self, const char *table, const char *column);
const char *dmig_transition_conversion(const DmigTransition *self, const char *table,
                                       const char *column);

void dmig_transition_rename_table(DmigTransition *self, const char *from, const char *to);
void dmig_transition_rename_view(DmigTransition *self, const char *from, const char *to);
void dmig_transition_rename_enum(DmigTransition *self, const char *from, const char *to);
void dmig_transition_rename_column(DmigTransition *self, const char *table, const char *from,
                                   const char *to);
void dmig_transition_add_fill(DmigTransition *self, const char *table, const char *column,
                              const char *sql);
/* Takes both texts. */
void dmig_transition_add_check(DmigTransition *self, gboolean after, char *sql_owned,
                               char *message_owned);
void dmig_transition_add_conversion(DmigTransition *self, const char *table, const char *column,
                                    const char *sql);
void dmig_transition_map_label(DmigTransition *self, const char *enum_name, const char *table,
                               const char *column, const char *from, const char *to);
void dmig_transition_split_label(DmigTransition *self, const char *enum_name, const char *table,
                                 const char *column, const char *from, const char *to);
void dmig_transition_allow(DmigTransition *self, const char *rule, const char *object,
                           const char *reason);
