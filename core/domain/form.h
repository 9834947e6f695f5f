/* Forms: what may stand in a place of a YAML file. Every key is declared once, with the form of its
 * value, where that goes and what it means; reading, the messages of unknown keys, the JSON Schema
 * and the test of the documentation all come from that declaration.
 */
#pragma once

#include "core/domain/domain.h"
#include "core/domain/rules.h"
#include "core/domain/yaml_node.h"

typedef struct _DmigForm DmigForm;

/* One run of a reader over its files. */
typedef struct {
  DmigDiagnostics *diagnostics;
  gpointer reader;    /* of whoever declares the forms */
  GHashTable *places; /* where something was written: its address -> DmigLocation * */
  const char *key;    /* of the mapping that is being read: an attribute's name */
  guint suggestions;  /* looked for so far: they cost time, and hostile files have many mistakes */
  char *shown[8];
  guint next_shown;
} DmigReading;

void dmig_reading_init(DmigReading *self, DmigDiagnostics *diagnostics, gpointer reader);
void dmig_reading_clear(DmigReading *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigReading, dmig_reading_clear)

/* A key of a mapping. */
typedef struct {
  const char *name;
  const DmigForm *form;
  gsize offset; /* of the value's place in what the mapping describes */
  gboolean needed;
  const char *doc; /* a sentence */
} DmigKey;

/* A word that stands for a value of an enumeration or gboolean. */
typedef struct {
  const char *word; /* NULL ends a table */
  int value;
} DmigWord;

typedef void (*DmigFormRead)(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                             gpointer place);

/* At least one of scalar, sequence and mapping is there. `place` is what the key's offset names. */
struct _DmigForm {
  const char *definition; /* its name in the JSON Schema; NULL: written out where it is used */
  const char *expects;    /* "a name", for messages */
  gboolean nullable;      /* nothing is a value too: an empty list or mapping, no default */
  DmigFormRead nothing;   /* what it says; NULL: the same as if the key were not there */

  DmigFormRead scalar;
  const DmigWord *words;       /* the scalars that there are; NULL: any */
  const char *const *examples; /* for editors; may be NULL */
  gboolean text_only;          /* the scalar is never a number, true or false in YAML's eyes */

  DmigFormRead sequence;
  const DmigForm *item; /* of a sequence; NULL: anything */
  guint most;           /* items of a sequence; 0: any number */

  DmigFormRead mapping;
  const DmigKey *keys;   /* of a mapping, ended by a key without a name … */
  const DmigForm *entry; /* … or the form of each value, under names of the author's choice */
};

void dmig_form_read(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                    gpointer place);

/* A DmigFormRead for mappings: each of `form->keys` into its place. */
void dmig_form_read_keys(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                         gpointer place);
/* The key of `form` that `name` names; NULL, after a diagnostic, where there is none. */
const DmigKey *dmig_form_find_key(DmigReading *reading, const DmigForm *form,
                                  const DmigYamlNode *name);
/* A mapping of texts by dialect, `else` for the rest. `form->keys` is dmig_dialect_keys. */
void dmig_form_read_by_dialect(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                               GHashTable **out_by_dialect, char **out_else);
#define DMIG_DIALECT_KEYS                                                                         \
  { "postgresql", &dmig_form_text, 0, FALSE, "The text for PostgreSQL." },                        \
    { "sqlite", &dmig_form_text, 0, FALSE, "The text for SQLite." },                              \
  {                                                                                               \
    "else", &dmig_form_text, 0, FALSE, "The text for the dialects that are not named."            \
  }
extern const DmigKey dmig_dialect_keys[]; /* these alone */
/* A DmigFormRead for scalars: one of `form->words` into an int, a gboolean or an enumeration. */
void dmig_form_read_word(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                         gpointer place);

extern const DmigForm dmig_form_text;    /* char * */
extern const DmigForm dmig_form_boolean; /* gboolean */
extern const DmigForm dmig_form_names;   /* char **: a list, or one name */
extern const DmigForm dmig_form_fields;  /* char **: as many as a key or index may have */
extern const DmigForm dmig_form_sql;     /* DmigSqlText * */
extern const DmigForm dmig_form_value;   /* DmigValue *: for rows */
extern const DmigForm dmig_form_default; /* DmigValue *: `null` is one, too */
extern const DmigForm dmig_form_dialects; /* GHashTable *: a set of dialects */

/* What a key says becomes an attribute of the key's name; the place is the GPtrArray *. */
extern const DmigForm dmig_form_attribute;         /* any text */
extern const DmigForm dmig_form_attribute_sql;     /* shared or by dialect */
extern const DmigForm dmig_form_attribute_truth;   /* none where it is false */
extern const DmigForm dmig_form_attribute_list;    /* `a, b`: a list, or one text */
extern const DmigForm dmig_form_attribute_options; /* a mapping: "KEY name", an attribute each */
extern const DmigForm dmig_form_attribute_checks;  /* checks of a type: SQL, and what is said of it */
/* A DmigFormRead: one of `form->words`, as it is written. */
void dmig_form_read_attribute_word(DmigReading *reading, const DmigForm *form,
                                   const DmigYamlNode *node, gpointer place);
/* A DmigFormRead of mappings: each entry, of form->entry, becomes an attribute "KEY name". */
void dmig_form_read_attribute_entries(DmigReading *reading, const DmigForm *form,
                                      const DmigYamlNode *node, gpointer place);
/* `grants:`; the place is the GPtrArray * of DmigGrant. */
extern const DmigForm dmig_form_grants;

/* Reports a value that does not fit `type`; NULL: nothing is known of the type. */
void dmig_value_check(DmigReading *reading, const DmigValue *value, const DmigType *type);

typedef enum {
  DMIG_SQL_EXPRESSION, /* or a query */
  DMIG_SQL_SCRIPT,     /* one or more statements */
  DMIG_SQL_BODY,       /* any number of statements that stand in quotes */
} DmigSqlShape;

/* Reports SQL that is not closed in itself, or is for none of the domain's dialects. `what` it is,
 * for messages: "the check". `sql` may be NULL. */
void dmig_sql_text_check(DmigReading *reading, const DmigDomain *domain, const char *what,
                         const DmigSqlText *sql, DmigSqlShape shape);

/* Adds a diagnostic by its rule. `hint` may be NULL. */
void dmig_reading_report(DmigReading *self, DmigLocation at, DmigRule rule, const char *hint,
                         const char *format, ...) G_GNUC_PRINTF(5, 6);
/* `text` fit for a message: printable and not too long. Good for eight more calls. */
const char *dmig_reading_show(DmigReading *self, const char *text);
/* Whether it is worth looking among so many: hostile files have many mistakes and many names. */
gboolean dmig_reading_may_suggest(const DmigReading *self, guint n_candidates);
/* "did you mean 'string'?", or NULL. Owned. */
char *dmig_reading_suggest(DmigReading *self, const char *word, const char *const *candidates);
/* The same, or all that there are: "one of a, b, c". Owned. */
char *dmig_reading_suggest_or_list(DmigReading *self, const char *word,
                                   const char *const *candidates);
/* Where what stands at `address` was written, for mistakes found later. */
void dmig_reading_note_place(DmigReading *self, gconstpointer address, DmigLocation at);
DmigLocation dmig_reading_place(DmigReading *self, gconstpointer address, DmigLocation otherwise);
const char *dmig_function_name(DmigFunction function);
