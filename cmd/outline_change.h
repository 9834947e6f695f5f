/* Changes of a database in words; what cmd/outline_schema.c puts together by object. */
#pragma once

#include "cmd/outline.h"

/* What changes within a table, enum or object, in a line; NULL where the change is the whole of it.
 * Owned. */
char *dmig_outline_change_text(const DmigChange *change);

/* A line for everything that a new table has. */
void dmig_outline_new_table(DmigOutlineItem *item, const DmigTable *table);

/* "f(integer)", "auth.users"; of a part, its own name without its relation's. Owned. */
char *dmig_outline_object_name(DmigObjectKind kind, const char *path, const char *detail);
/* "materialized view", "procedure". Interned. */
const char *dmig_outline_object_noun(const DmigObject *object);
/* By property, a line each: char*. Never empty. Owned. */
GPtrArray *dmig_outline_object_differences(const DmigObject *is, const DmigObject *becomes);
