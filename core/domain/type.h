/* Portable types: what an author writes after a field's name. docs/domain-format.md describes them.
 */
#pragma once

#include <glib.h>

#include "core/sql/dialect.h"

typedef enum {
  DMIG_TYPE_BOOLEAN,
  DMIG_TYPE_SMALLINT,
  DMIG_TYPE_INTEGER,
  DMIG_TYPE_BIGINT,
  DMIG_TYPE_DECIMAL,
  DMIG_TYPE_REAL,
  DMIG_TYPE_DOUBLE,
  DMIG_TYPE_STRING,
  DMIG_TYPE_TEXT,
  DMIG_TYPE_BINARY,
  DMIG_TYPE_DATE,
  DMIG_TYPE_TIME,
  DMIG_TYPE_TIMESTAMP,
  DMIG_TYPE_TIMESTAMPTZ,
  DMIG_TYPE_INTERVAL,
  DMIG_TYPE_UUID,
  DMIG_TYPE_JSON,
  DMIG_TYPE_ENUM,
  DMIG_TYPE_ARRAY,
} DmigTypeKind;

struct _DmigType {
  DmigTypeKind kind;
  guint length;      /* string: at most so many characters; 0: no limit */
  guint precision;   /* decimal: digits in all; 0: any */
  guint scale;       /* decimal: digits behind the point */
  char *enum_name;   /* enum: the name under `enums:`, or NULL for one written in place */
  char **labels;     /* enum: in order, NULL-terminated (also for a named one, once resolved) */
  DmigType *element; /* array */
};

/* Reads `decimal(12,2)`, `enum(free, pro)`, `string(255)[]`, or a name that stands for an enum (any
 * unknown plain word: kind ENUM, `enum_name` set, `labels` NULL until resolved). On failure
 * `out_problem` is an owned sentence and `out_hint` an owned hint or NULL. */
DmigType *dmig_type_parse(const char *text, char **out_problem, char **out_hint);
DmigType *dmig_type_copy(const DmigType *self);
void dmig_type_free(DmigType *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigType, dmig_type_free)

/* As an author would write it. Owned. */
char *dmig_type_to_text(const DmigType *self);
gboolean dmig_type_equal(const DmigType *a, const DmigType *b);

/* What an author who comes from elsewhere means by `varchar`: "did you mean 'string'?", owned; or
 * NULL. */
char *dmig_type_hint(const char *word);

/* The words of the portable types, for hints and for the JSON Schema; NULL-terminated. */
const char *const *dmig_type_words(void);

/* Arrays of more dimensions are refused (PostgreSQL's MAXDIM). */
#define DMIG_TYPE_MAX_DIMENSIONS 6

/* Whether `text` (a YAML scalar) is a value of this type. `out_problem`: an owned sentence.
 *
 * How values are spelled: `true`, `false`; decimal digits with `-` and `.`, for real and double
 * also an exponent; `2024-02-29`, `13:45[:30[.123456]]`, a timestamp as date, `T` or a blank, time,
 * and for timestamptz `Z` or `+02:00` behind it; an interval as ISO 8601's `P1DT2H`; a uuid with
 * its four dashes; binary as pairs of hexadecimal digits; JSON as JSON text; an enum's label; an
 * array as the JSON text of a list whose elements are strings, numbers, booleans or null. */
gboolean dmig_type_accepts(const DmigType *self, const char *text, char **out_problem);

/* Whether one can refer to the other: both numbers, both texts, both with a date, or the
 * same kind. */
gboolean dmig_type_comparable(const DmigType *a, const DmigType *b);
