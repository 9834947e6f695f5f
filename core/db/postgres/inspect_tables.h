/* Tables while they are read: catalogues name columns by number. */
#pragma once

#include "core/db/postgres/reader.h"

typedef struct {
  DmigTable *table;
  GPtrArray *columns; /* names by number, from 1; borrowed, NULL for dropped ones */
  char kind;          /* pg_class.relkind */
  char replica;       /* pg_class.relreplident */
} DmigPgEntry;

/* Borrowed; NULL: no table that is read. */
DmigPgEntry *dmig_pg_entry(const DmigPgReader *self, const PGresult *rows, int row, int column);
const char *dmig_pg_entry_column(const DmigPgEntry *self, const char *number); /* borrowed or NULL */
/* The names for `{1,3}`, NULL-terminated. Owned. */
char **dmig_pg_entry_columns(const DmigPgEntry *self, const char *numbers);

/* Facets "with NAME" from options joined by chr(1): `fillfactor=70`. `prefix` stands before names
 * ("toast."). `created`: see DmigFacet. */
void dmig_pg_add_table_options(GPtrArray **facets, const char *what, const char *prefix,
                         const char *options, gboolean created);

/* ` WITH (fillfactor = 70)` for such options, "" for none: what makes an index of a partitioned table
 * says them, since no ALTER INDEX changes them there. Owned. */
char *dmig_pg_options_clause(const char *options);

/* What a table, an index or a key constraint `name` says about its index: that rows are clustered by
 * it, that replication tells rows by it, to which index of the parent table it belongs. */
typedef struct {
  const char *name; /* of the index */
  gboolean clustered, replica;
  const char *parent_schema, *parent_table, *parent_name; /* NULL: none */
  gboolean parent_is_constraint;
} DmigPgIndexRole;
/* Adds facets to `*facets` and to the table's, and who goes with whom. `address`: of the index or of
 * the constraint that it belongs to. */
void dmig_pg_add_index_role(DmigPgReader *self, DmigPgEntry *entry, const DmigPgIndexRole *role,
                            const char *address, GPtrArray **facets);

/* The readers of the parts. */
void dmig_pg_read_tables(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_parents(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_columns(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_constraints(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_indexes(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_enums(DmigPgReader *self, const PGresult *rows);
