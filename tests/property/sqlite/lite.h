/* An SQLite database under construction, for property tests of what SQL alone can say. It is a list of
 * parts in the order in which they can be made; each has a number that it keeps, and refers to others
 * by theirs. A reference may dangle after a change until lite_tidy() has seen to it.
 *
 * `variant` are free bits, which each kind reads as it likes: a change of a part turns some of them.
 * Every table has a column "id" beside those that are parts; the table's number stands for it. */
#pragma once

#include <glib.h>

#include "core/db/driver.h"

typedef enum {
  LITE_TABLE,
  LITE_COLUMN,    /* of: the table; type */
  LITE_KEY,       /* of: the table; columns: a unique constraint */
  LITE_CHECK,     /* of: the table; columns */
  LITE_REFERENCE, /* of: the table; columns: one; to: the other table, 0: none that is there;
                     target: a column of it */
  LITE_VIRTUAL,   /* of: the table whose texts it finds, 0: its own; columns */
  LITE_VIEW,      /* of: a table or view; columns; to: another that it is joined with, or 0 */
  LITE_INDEX,     /* of: the table; columns */
  LITE_TRIGGER,   /* of: the table or view; columns: one; to: what its body changes; target: a column of
                     that */
  LITE_SETTING,
  N_LITE,
} LiteKind;

#define LITE_COLUMNS 4

typedef struct {
  guint id;
  LiteKind kind;
  char *name;
  guint of, to, target;
  guint32 variant;
  guint type;
  guint columns[LITE_COLUMNS]; /* 0: none */
} LitePart;

typedef struct {
  GPtrArray *parts; /* LitePart* */
  guint next_id;
} Lite;

#define LITE_BIT(part, n) (((part)->variant >> (n)) & 1u)
#define LITE_BITS(part, n, mask) (((part)->variant >> (n)) & (mask))

/* How a table's column "id" is its key. */
typedef enum {
  LITE_KEY_ROWID,
  LITE_KEY_AUTOINCREMENT,
  LITE_KEY_NONE,
  LITE_KEY_DESC,       /* at the column, where it is no rowid */
  LITE_KEY_TEXT,
  LITE_KEY_NOT_NULL,
  LITE_KEY_OF_TWO,     /* with the table's first column of its own */
  LITE_KEY_INT,        /* which is no rowid either */
} LiteKeyStyle;

Lite *lite_new_empty(void);
Lite *lite_new(GRand *random);
Lite *lite_copy(const Lite *self);
void lite_free(Lite *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lite, lite_free)

/* One change that shows, whatever it takes along. */
void lite_mutate(Lite *self, GRand *random);
void lite_remove(Lite *self, guint id);
/* Makes all references good, and leaves out what can't be made. */
void lite_tidy(Lite *self);

LitePart *lite_part(const Lite *self, guint id); /* NULL: none */
gboolean lite_is_relation(const LitePart *part); /* a table or a view */
/* Whether a table or view has the column. */
gboolean lite_has_column(const Lite *self, const LitePart *relation, guint column);
/* What it calls it. Owned. */
char *lite_column_name(const Lite *self, const LitePart *relation, guint column);

LiteKeyStyle lite_key_style(const LitePart *table);
gboolean lite_without_rowid(const LitePart *table);
gboolean lite_strict(const LitePart *table);
gboolean lite_takes_all(const LitePart *view);     /* SELECT * */
gboolean lite_lists_columns(const LitePart *view); /* in parentheses, behind its name */
gboolean lite_generated(const Lite *self, const LitePart *column);
/* Whether other rows can refer to the column of the table. */
gboolean lite_is_unique(const Lite *self, const LitePart *table, guint column);
/* The first column of the table's own that is not generated; 0: none. */
guint lite_first_column(const Lite *self, const LitePart *table);

/* Appends the name in the quotes that `style` asks for and that it can take; bare where it may be. */
void lite_put_name(GString *sql, const char *name, guint style);
/* The same for a column as `relation` calls it. */
void lite_put_column(const Lite *self, GString *sql, const LitePart *relation, guint column, guint style);
/* Appends the statement of one table, with all that stands within it. */
void lite_put_table(const Lite *self, GString *sql, const LitePart *table);
/* The script that makes it. Owned. */
char *lite_sql(const Lite *self);
/* How many rows lite_rows_sql() tries to put into each table. */
#define LITE_ROWS 3
/* Statements that put rows into each table, some of which may fail: char*. Owned. */
GPtrArray *lite_rows_sql(const Lite *self);

/* What SQLite says that a database holds, so that two are equal where the texts are: without
 * comments, space and quotes; of tables without what has an order and no meaning. */
char *lite_image(DmigDatabase *db, GError **error);
/* The values of all columns that keep their type from one database to the other, with rowids where
 * nothing else tells rows apart; and how many rows refer to nothing. A line each. */
char *lite_survivors(DmigDatabase *db, DmigDatabase *from, DmigDatabase *to, GError **error);
