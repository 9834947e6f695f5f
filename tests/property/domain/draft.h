/* A domain under construction, for property tests: every object has a number that it keeps when it
 * is renamed, so that the way between two drafts is known, and can be written as a change file.
 *
 * All names and texts come from draft_text(); a draft owns its arrays. References by number may dangle after
 * a mutation until draft_tidy() has seen to them. */
#pragma once

#include <glib.h>

typedef enum {
  TYPE_BOOLEAN,
  TYPE_SMALLINT,
  TYPE_INTEGER,
  TYPE_BIGINT,
  TYPE_DECIMAL,
  TYPE_REAL,
  TYPE_DOUBLE,
  TYPE_STRING,
  TYPE_TEXT,
  TYPE_BINARY,
  TYPE_DATE,
  TYPE_TIME,
  TYPE_TIMESTAMP,
  TYPE_TIMESTAMPTZ,
  TYPE_INTERVAL,
  TYPE_UUID,
  TYPE_JSON,
  TYPE_ENUM,       /* written in place */
  TYPE_NAMED_ENUM, /* one of `enums:` */
  TYPE_ARRAY,
  N_TYPES,
} TypeKind;

typedef struct {
  guint id;
  const char *name;
} Label;

#define MAX_LABELS 6

typedef struct {
  Label items[MAX_LABELS];
  guint n;
} Labels;

typedef struct {
  TypeKind kind;
  guint length;    /* string */
  guint precision; /* decimal */
  guint scale;
  Labels labels;   /* enum in place */
  guint enumeration; /* named enum: its number */
  TypeKind element;  /* array */
} Type;

typedef enum { DEFAULT_NONE, DEFAULT_LITERAL, DEFAULT_FUNCTION, DEFAULT_SQL } DefaultKind;

typedef enum { CHECK_NONE, CHECK_NOT_NEGATIVE, CHECK_AT_SIGN, CHECK_LENGTH, CHECK_LIST } CheckKind;

typedef struct {
  guint id;
  const char *name;
  const char *column; /* NULL: derived */
  Type type;
  gboolean required, primary, unique;
  guint identity;       /* 0 none, 1 by default, 2 always */
  DefaultKind default_kind;
  guint default_choice; /* which of the type's literals */
  guint references;     /* an entity's number; 0: a plain field */
  const char *on_delete, *on_update, *deferrable; /* NULL: not said */
  guint generated_from; /* a field's number; 0: not generated */
  gboolean generated_twice; /* which of two expressions */
  CheckKind check;
  const char *description;
} Field;

typedef struct {
  guint field;
  gboolean expression; /* over the field */
  gboolean descending;
} Part;

#define MAX_PARTS 3

typedef struct {
  guint id;
  const char *name; /* NULL: derived */
  Part parts[MAX_PARTS];
  guint n;
  gboolean unique;
  guint where;   /* a field that must not be null; 0: all rows */
  guint include; /* a field; 0: none */
} Index;

typedef struct {
  guint id;
  const char *name; /* NULL: derived; always given for a check */
  guint fields[MAX_PARTS];
  guint n;
  CheckKind check;  /* a check of the entity */
} Rule;

typedef struct {
  guint id;
  const char *name;
  guint fields[MAX_PARTS]; /* as many as the key of the entity has */
  guint n;
  guint references;
  const char *on_delete;
} Foreign;

typedef struct {
  guint id;
  const char *name;
  const char *table; /* NULL: derived */
  const char *description;
  GArray *fields;   /* Field */
  GArray *indexes;  /* Index */
  GArray *uniques;  /* Rule */
  GArray *checks;   /* Rule */
  GArray *foreigns; /* Foreign */
} Entity;

typedef struct {
  guint id;
  const char *name;
  Labels labels;
  const char *description;
} Enumeration;

typedef struct {
  guint id;
  const char *name;
  guint entity;
  guint fields[MAX_PARTS];
  guint n;
  gboolean filtered;
  const char *description;
} View;

typedef struct {
  GPtrArray *entities; /* Entity* */
  GArray *enums;       /* Enumeration */
  GArray *views;       /* View */
  guint next_id;
} Draft;

/* The one copy of `text`, so that equal texts have equal addresses; good until draft_texts_free(). */
const char *draft_text(const char *text);
void draft_texts_free(void);

Draft *draft_new(void);
Draft *draft_copy(const Draft *self);
void draft_free(Draft *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Draft, draft_free)

Entity *entity_new(guint id);
void entity_free(Entity *self);

Entity *draft_entity(const Draft *self, guint id);     /* NULL: none; as the following */
Enumeration *draft_enum(const Draft *self, guint id);
Field *entity_field(const Entity *self, guint id);

/* The one field of the entity's primary key, or NULL where there is none or more than one. */
Field *entity_single_key(const Entity *self);
guint entity_key_length(const Entity *self);

/* Takes the object with this number out, whatever it is; follow with draft_tidy(). */
void draft_remove(Draft *self, guint id);
/* The numbers of everything in it, from large to small objects. */
GArray *draft_ids(const Draft *self);

/* Takes out what points at nothing or makes no sense (any more), so that the reader accepts it. */
void draft_tidy(Draft *self);

/* Whether values of the field's type can be compared and so be in keys and indexes. */
gboolean type_is_comparable(const Type *type);
gboolean type_is_number(const Type *type);
gboolean type_is_text(const Type *type);

/* A random draft; the same random numbers, the same draft. */
Draft *draft_generate(GRand *random);
/* One random change to `self`. */
void draft_mutate(Draft *self, GRand *random);
/* A name that no table, view or index of the draft has; odd at times. */
const char *draft_table_name(Draft *self, GRand *random);
Field draft_random_field(Draft *self, const Entity *entity, GRand *random);
Type draft_random_type(Draft *self, GRand *random);
void draft_add_entity(Draft *self, GRand *random);
void draft_add_part(Draft *self, Entity *entity, GRand *random);
void draft_add_view(Draft *self, GRand *random);
void draft_add_enum(Draft *self, GRand *random);

/* The drafts as an author would write them. Owned. */
char *draft_to_yaml(const Draft *self);
/* change.yaml for the way between them: all renames; values for new required fields mostly. */
char *draft_change_to_yaml(const Draft *from, const Draft *to);

static inline guint
roll(GRand *random, guint n)
{
  return (guint) g_rand_int_range(random, 0, (gint32) n);
}

static inline gboolean
chance(GRand *random, guint percent)
{
  return roll(random, 100) < percent;
}
