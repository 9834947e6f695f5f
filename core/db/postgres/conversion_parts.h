/* What the files about conversions share. */
#pragma once

#include "core/db/postgres/conversion.h"
#include "core/db/postgres/type.h"

/* conversion.c: fill in `out`; they take the texts over but `loses`. */
void dmig_pg_conversion_set(DmigConversion *out, DmigConversionKind kind, char *using_sql_owned,
                            char *bad_sql_owned, const char *loses);
void dmig_pg_conversion_lossless(DmigConversion *out, char *using_sql_owned);
void dmig_pg_conversion_lossy(DmigConversion *out, char *using_sql_owned, const char *loses);
void dmig_pg_conversion_checked(DmigConversion *out, char *using_sql_owned, char *bad_sql_owned);

/* conversion_number.c */
gboolean dmig_pg_is_number(DmigPgFamily family);
void dmig_pg_number_to_number(const DmigPgType *from, const DmigPgType *to, const char *column,
                              DmigConversion *out);
/* Predicates, true for a number that is out of the type's range or has more digits than it. Owned. */
char *dmig_pg_misfit_integer(DmigPgFamily to, const char *value);
char *dmig_pg_misfit_numeric(const DmigPgType *to, const char *value);

/* conversion_text.c */
gboolean dmig_pg_is_string(DmigPgFamily family); /* varchar, char, text */
void dmig_pg_to_string(const DmigPgType *from, const DmigPgType *to, const char *column,
                       DmigConversion *out);
/* Also from JSON, from and to enums and other types: their text decides. */
void dmig_pg_from_string(const DmigPgType *from, const DmigPgType *to, const char *column,
                         DmigConversion *out);
/* A predicate that is true for a text that is not surely a value of `to`; NULL: only the cast itself
 * can tell. What is refused without need, the author converts by hand. Owned. */
char *dmig_pg_misfit_text(const DmigPgType *to, const char *text);
