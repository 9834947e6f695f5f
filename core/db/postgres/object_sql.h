/* What the rooms of inspection spell alike. */
#pragma once

#include "core/db/postgres/reader.h"
#include "core/schema/facet_sql.h"

/* The path of a schema's and an object's name in two neighbouring cells; NULL: null. Owned. */
char *dmig_pg_cell_path(const DmigPgReader *self, const PGresult *rows, int row, int column);
/* dmig_pg_reader_text() of a cell. Owned; NULL: null. */
char *dmig_pg_cell_text(const DmigPgReader *self, const PGresult *rows, int row, int column);

/* A facet of an object's `create`. Takes all texts but the name; gives the facet, borrowed. */
DmigFacet *dmig_pg_add_facet(GPtrArray **facets, const char *name, char *value, char *set,
                             char *reset);
/* Sets the property where there is a value. */
void dmig_pg_set_property(DmigObject *object, const char *name, const char *value);

/* Within parentheses, of which it may have a pair already. Owned. */
char *dmig_pg_in_parentheses(const char *expression);

/* Storage parameters and options of a relation (`what`), `name=value` joined by \x01, as facets that
 * its CREATE statement says. Gives ` WITH (name=value, …)` or "". Owned. */
char *dmig_pg_add_options(GPtrArray **facets, const char *what, const char *options);
