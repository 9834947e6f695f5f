/* A Domain: what the author wrote, with the place of every node. Portable: no dialect's SQL in it
 * unless the author put it there. The format is docs/domain-format.md.
 *
 * A Domain is complete and consistent when its reader reported no error: names resolve, types are
 * parsed, defaults fit, tables and columns have their names.
 */
#pragma once

#include <glib.h>

#include "core/base/diagnostic.h"
#include "core/domain/type.h"
#include "core/schema/schema.h"

/* SQL that the author wrote: one text for all dialects, or one each (or both: the dialect's own
 * wins). */
typedef struct {
  DmigLocation at;
  char *shared;           /* NULL: none */
  GHashTable *by_dialect; /* dialect name -> char *; NULL: none */
} DmigSqlText;

/* NULL where the author gave none for this dialect. Borrowed. */
const char *dmig_sql_text_get(const DmigSqlText *self, const DmigDialect *dialect);
DmigSqlText *dmig_sql_text_new(DmigLocation at, const char *shared);
void dmig_sql_text_free(DmigSqlText *self);

typedef enum {
  DMIG_VALUE_LITERAL,
  DMIG_VALUE_FUNCTION,
  DMIG_VALUE_SQL,
} DmigValueKind;

/* A default, or the value for rows that exist. */
typedef struct {
  DmigLocation at;
  DmigValueKind kind;
  char *literal;         /* LITERAL: the scalar's text */
  DmigFunction function; /* FUNCTION */
  DmigSqlText *sql;      /* SQL */
} DmigValue;
void dmig_value_free(DmigValue *self);

typedef struct {
  DmigLocation at;
  char *name;
  char *column;       /* the column's name: given, or derived */
  DmigType *type;     /* for a relationship: the referenced key's, once resolved; never NULL in a
                         complete domain, except where `native` covers every dialect */
  GHashTable *native; /* dialect name -> native type text; NULL: none */
  gboolean required;  /* NOT NULL; also set by `primary` */
  gboolean primary;   /* alone or part of the key */
  gboolean unique;
  DmigIdentity identity;
  DmigValue *default_value; /* NULL: none */
  DmigGenerated generated;
  DmigSqlText *generated_sql;
  DmigSqlText *check; /* NULL: none */
  char *collation;    /* NULL: the database's */
  char *description;
  char *references; /* a relationship: the entity's name; NULL: a plain field */
  DmigAction on_delete;
  DmigAction on_update;
  DmigDeferrable deferrable;
} DmigField;

/* `foreign:` of an entity: a reference by several fields, or to a key that is not the primary one.
 */
typedef struct {
  DmigLocation at;
  char *name;       /* the constraint's name, or NULL */
  char **fields;    /* names of this entity's fields */
  char *references; /* entity */
  char **to;        /* names of that entity's fields; never NULL in a complete domain */
  DmigAction on_delete;
  DmigAction on_update;
  DmigDeferrable deferrable;
} DmigForeign;

typedef struct {
  char *field;             /* either a field … */
  DmigSqlText *expression; /* … or an expression */
  gboolean descending;
  int nulls; /* -1 first, 1 last, 0 not said */
  char *operator_class;
} DmigIndexPart;

typedef struct {
  DmigLocation at;
  char *name;       /* NULL: derived when lowered */
  GPtrArray *parts; /* DmigIndexPart* */
  gboolean unique;
  char *method;
  char **include; /* field names, NULL-terminated, never NULL */
  DmigSqlText *where;
  GHashTable *dialects; /* set of dialect names that have it; NULL: all */
} DmigDomainIndex;

typedef struct {
  DmigLocation at;
  char *name; /* NULL: derived */
  char **fields;
  DmigDeferrable deferrable;
} DmigDomainUnique;

typedef struct {
  DmigLocation at;
  char *name;
  DmigSqlText *sql;
} DmigDomainCheck;

typedef struct {
  DmigLocation at;
  char *name;
  char *table;
  char *description;
  GPtrArray *fields;   /* DmigField*, as written */
  char **primary;      /* names of the key's fields in the key's order; empty: no key */
  GPtrArray *uniques;  /* DmigDomainUnique* (of several fields) */
  GPtrArray *foreigns; /* DmigForeign* */
  GPtrArray *indexes;  /* DmigDomainIndex* */
  GPtrArray *checks;   /* DmigDomainCheck* */
} DmigEntity;

typedef struct {
  DmigLocation at;
  char *name;
  char *type_name; /* the type's name in the database: snake_case, or given */
  char **labels;
  char *description;
} DmigDomainEnum;

typedef struct {
  DmigLocation at;
  char *name;
  char *view; /* the view's name in the database */
  char *description;
  DmigSqlText *sql;
} DmigDomainView;

typedef struct {
  char *name;
  char *description;
  char **dialects;     /* names, as written; never empty in a complete domain */
  GPtrArray *enums;    /* DmigDomainEnum* */
  GPtrArray *entities; /* DmigEntity* */
  GPtrArray *views;    /* DmigDomainView* */
} DmigDomain;

/* Builders: each makes an empty object with its arrays in place; free functions take NULL. */
DmigField *dmig_field_new(const char *name);
void dmig_field_free(DmigField *self);
DmigForeign *dmig_foreign_new(void);
void dmig_foreign_free(DmigForeign *self);
DmigIndexPart *dmig_index_part_new(void);
void dmig_index_part_free(DmigIndexPart *self);
DmigDomainIndex *dmig_domain_index_new(void);
void dmig_domain_index_free(DmigDomainIndex *self);
DmigDomainUnique *dmig_domain_unique_new(void);
void dmig_domain_unique_free(DmigDomainUnique *self);
DmigDomainCheck *dmig_domain_check_new(const char *name);
void dmig_domain_check_free(DmigDomainCheck *self);
DmigEntity *dmig_entity_new(const char *name);
void dmig_entity_free(DmigEntity *self);
DmigDomainEnum *dmig_domain_enum_new(const char *name);
void dmig_domain_enum_free(DmigDomainEnum *self);
DmigDomainView *dmig_domain_view_new(const char *name);
void dmig_domain_view_free(DmigDomainView *self);

DmigDomain *dmig_domain_new(void); /* empty: the domain before the first revision */
void dmig_domain_free(DmigDomain *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigDomain, dmig_domain_free)

DmigEntity *dmig_domain_entity(const DmigDomain *self, const char *name);   /* borrowed or NULL */
DmigField *dmig_entity_field(const DmigEntity *self, const char *name);     /* borrowed or NULL */
DmigDomainEnum *dmig_domain_enum(const DmigDomain *self, const char *name); /* borrowed or NULL */
DmigDomainView *dmig_domain_view(const DmigDomain *self, const char *name); /* borrowed or NULL */
gboolean dmig_domain_has_dialect(const DmigDomain *self, const char *dialect);
