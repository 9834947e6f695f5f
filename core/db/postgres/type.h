/* PostgreSQL's native types, taken apart: what the dialect needs to know to spell them, to convert
 * between them and to write values of them.
 * Source: PostgreSQL manual, chapter 8 "Data Types"; format_type() in 9.26. */
#pragma once

#include <glib.h>

#include "core/sql/dialect.h"

typedef enum {
  DMIG_PG_BOOLEAN,
  DMIG_PG_SMALLINT,
  DMIG_PG_INTEGER,
  DMIG_PG_BIGINT,
  DMIG_PG_NUMERIC,
  DMIG_PG_REAL,
  DMIG_PG_DOUBLE,
  DMIG_PG_VARCHAR,
  DMIG_PG_CHAR, /* blank-padded */
  DMIG_PG_TEXT,
  DMIG_PG_BYTEA,
  DMIG_PG_DATE,
  DMIG_PG_TIME,
  DMIG_PG_TIMESTAMP,
  DMIG_PG_TIMESTAMPTZ,
  DMIG_PG_INTERVAL,
  DMIG_PG_UUID,
  DMIG_PG_JSON,
  DMIG_PG_JSONB,
  DMIG_PG_OTHER, /* enums, and whatever else there is */
} DmigPgFamily;

#define DMIG_PG_NO_MODIFIER (-1)

typedef struct {
  DmigPgFamily family;
  char *element; /* as format_type() prints it, without `[]` */
  gboolean array;
  int length; /* varchar, char: characters; numeric: digits in all; times: digits of a second */
  int scale;  /* numeric */
} DmigPgType;

/* Never fails: what is unknown is OTHER. */
void dmig_pg_type_parse(const char *native, DmigPgType *out);
void dmig_pg_type_clear(DmigPgType *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigPgType, dmig_pg_type_clear)

/* Whether two types differ at most in their modifiers. */
gboolean dmig_pg_type_same_base(const DmigPgType *a, const DmigPgType *b);

/* Slots of the dialect. */
char *dmig_pg_lower_type(const DmigType *type, const char *enum_name);
char *dmig_pg_canonical_type(const char *native);
char *dmig_pg_literal(const DmigType *type, const char *text);
char *dmig_pg_neutral_value(const char *native);
