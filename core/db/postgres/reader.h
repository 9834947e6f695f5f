/* Reading the catalogues: what the parts of inspection share. Each part is a query (sql/) and the
 * function that takes its rows; all queries go to the server in one message, in the order of the
 * parts, under an empty search_path, and see one snapshot. */
#pragma once

#include "core/db/postgres/connection.h"
#include "core/schema/schema.h"

typedef struct _DmigPgReader DmigPgReader;

typedef struct {
  const char *sql;
  void (*read)(DmigPgReader *self, const PGresult *rows);
} DmigPgPart;

/* Each ends with a part whose `sql` is NULL. They run in this order. */
extern const DmigPgPart dmig_pg_table_parts[];  /* inspect_tables.c …: schemas' tables and enums */
extern const DmigPgPart dmig_pg_object_parts[]; /* routines, views, triggers, sequences, types, … */
extern const DmigPgPart dmig_pg_rare_parts[];   /* casts, operators, text search, foreign data, … */
extern const DmigPgPart dmig_pg_common_parts[]; /* comments, owners, privileges; who depends on whom */

struct _DmigPgReader {
  DmigSchema *schema;
  char *default_schema;   /* current_schema() before the search_path was emptied */
  char **shadowed;        /* names in it that pg_catalog has too, sorted: they stay qualified */
  GHashTable *registered; /* see dmig_pg_reader_register() */
  GHashTable *tables;     /* oid -> a table's entry (inspect_tables.c) */
};

void dmig_pg_entry_free(gpointer entry); /* of `tables` */

/* The cells of a row; NULL: null. Borrowed. */
const char *dmig_pg_cell(const PGresult *rows, int row, int column);
gboolean dmig_pg_cell_true(const PGresult *rows, int row, int column);
guint32 dmig_pg_cell_oid(const PGresult *rows, int row, int column);

/* The path of `name` in `schema`, both as the catalogue has them. Owned. */
char *dmig_pg_reader_path(const DmigPgReader *self, const char *schema, const char *name);
/* What the server printed, without the default schema's name (dmig_sql_unqualify()). Owned. NULL
 * gives NULL. Not for bodies of functions. */
char *dmig_pg_reader_text(const DmigPgReader *self, const char *sql);

/* Says that the catalogue's object (class_oid: of pg_class, pg_proc, …; sub: a column's number or 0)
 * is at `address` in the Schema. Comments, owners, privileges and dependencies find it by that.
 * `what`: how COMMENT ON and ALTER … OWNER name it, "FUNCTION f(integer)"; NULL: they don't.
 * `facets`: where its facets go (&object->facets); NULL: nowhere. All texts are copied; `facets` must
 * stay where it is while reading goes on. */
void dmig_pg_reader_register(DmigPgReader *self, guint32 class_oid, guint32 oid, int sub,
                             const char *address, const char *what, GPtrArray **facets);
/* The same of a column of a table, whose texts are made when they are asked for: few of very many are.
 * Both must stay where they are while reading goes on. */
void dmig_pg_reader_register_column(DmigPgReader *self, guint32 table_oid, int number,
                                    const DmigTable *table, DmigColumn *column);
typedef struct {
  char *address;
  char *what;
  GPtrArray **facets;
} DmigPgRegistered;
/* NULL: not read (the database's own, an extension's, dmig's). Borrowed. */
const DmigPgRegistered *dmig_pg_reader_registered(const DmigPgReader *self, guint32 class_oid,
                                                  guint32 oid, int sub);

/* Adds the object to the Schema and registers it. Takes `object`, returns it, borrowed. */
DmigObject *dmig_pg_reader_add(DmigPgReader *self, DmigObject *object, guint32 class_oid,
                               guint32 oid, const char *what);

/* Oids of the catalogues themselves, which never change (pg_class.oid of …). */
enum {
  DMIG_PG_CLASS_TYPE = 1247,
  DMIG_PG_CLASS_PROC = 1255,
  DMIG_PG_CLASS_CLASS = 1259,
  DMIG_PG_CLASS_CONSTRAINT = 2606,
  DMIG_PG_CLASS_NAMESPACE = 2615,
  DMIG_PG_CLASS_REWRITE = 2618,
  DMIG_PG_CLASS_TRIGGER = 2620,
  DMIG_PG_CLASS_EXTENSION = 3079,
  DMIG_PG_CLASS_POLICY = 3256,
};
