/* What lowering a Domain and lowering a change file share: the names that one dialect's schema of
 * a Domain has, its types and its values. For lower.c and lower_transition.c only. */
#pragma once

#include "core/domain/domain.h"

typedef struct {
  const DmigDomain *domain;
  const DmigDialect *dialect;
  DmigDiagnostics *diagnostics;
  GHashTable *entities;   /* name -> const DmigEntity* */
  GHashTable *enum_names; /* const DmigField* -> char*: types of enums written in place */
  GHashTable *relations;  /* names of tables, views and indexes; letter case folded */
  GHashTable *types;      /* names of tables, views and enums; letter case folded */
  GHashTable *parts_of;   /* an index or key of a partition -> its whole's, by name; borrowed */
  GHashTable *only;       /* set of indexes and keys that partitions don't get by themselves */
} DmigLowering;

DmigLowering *dmig_lowering_new(const DmigDomain *domain, const DmigDialect *dialect,
                                DmigDiagnostics *diagnostics);
void dmig_lowering_free(DmigLowering *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigLowering, dmig_lowering_free)

const DmigEntity *dmig_lowering_entity(const DmigLowering *self, const char *name);

/* The enum that the values of `field` come from, be it the type itself or an array's element; NULL
 * where there is none or the author gave a native type for this dialect. */
const DmigType *dmig_lowering_enum(const DmigLowering *self, const DmigField *field);
/* The path of its type; NULL where the dialect has no enum types. Borrowed. */
const char *dmig_lowering_enum_name(const DmigLowering *self, const DmigField *field);

/* The column's native type. Owned. */
char *dmig_lowering_type(DmigLowering *self, const DmigEntity *entity, const DmigField *field);

/* The SQL of a default or of the value for rows that exist; NULL and a diagnostic where the
 * dialect has none. Owned. */
char *dmig_lowering_value(DmigLowering *self, const DmigField *field, const DmigValue *value);

/* What the author wrote for this dialect, trimmed; NULL where there is nothing. Owned. */
char *dmig_lowering_sql(const DmigLowering *self, const DmigSqlText *text);

/* `stem` and `suffix` joined by `_`, fitted into the dialect's limit, with a number behind it where
 * `taken` or `also` (may be NULL) has the name already in the schema of `beside`, a path; then both
 * have it. A plain name. Owned. */
char *dmig_lowering_derive_name(const DmigLowering *self, GHashTable *taken, GHashTable *also,
                                const char *beside, const char *stem, const char *suffix);
/* A path that the author chose: a diagnostic at `at` where it is in `taken`; then it is in it. */
void dmig_lowering_claim_name(DmigLowering *self, GHashTable *taken, DmigLocation at,
                              const char *path);
/* An empty set of names for the two above. Owned. */
GHashTable *dmig_lowering_names_new(void);

/* Whether this dialect has the index: it is not limited to others, and no expression is missing. */
gboolean dmig_lowering_has_index(const DmigLowering *self, const DmigDomainIndex *index);

/* Keeps what an index or key, which becomes `lowered`, says of partitions. */
void dmig_lowering_keep_part(DmigLowering *self, gpointer lowered, const char *part_of,
                             gboolean only);

/* Columns of the named fields, NULL-terminated. Owned. */
char **dmig_entity_columns(const DmigEntity *entity, char *const *fields);

/* Whether the dialect is among `dialects`; NULL: all are. */
gboolean dmig_lowering_is_for(const DmigLowering *self, GHashTable *dialects);
/* A diagnostic, an error. `hint` may be NULL. */
void dmig_lowering_report(DmigLowering *self, DmigLocation at, const char *rule, const char *hint,
                          const char *format, ...) G_GNUC_PRINTF(5, 6);
/* A diagnostic unless the dialect has such things, "functions". Gives `has`. */
gboolean dmig_lowering_require(DmigLowering *self, gboolean has, DmigLocation at,
                               const char *things);
/* The path of a collation: a schema of the domain's may stand before its name. Owned; NULL for NULL. */
char *dmig_lowering_collation(const DmigLowering *self, const char *text);
/* A native type from what stands in a text: a portable one, an enum or type of the domain's, or one
 * of the dialect's own. Owned. */
char *dmig_lowering_type_text(DmigLowering *self, const char *text);
