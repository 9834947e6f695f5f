/* The readers of dmig_pg_object_parts and dmig_pg_common_parts, each for the query of its name. */
#pragma once

#include "core/db/postgres/reader.h"

/* inspect_schemas.c */
void dmig_pg_read_schemas(DmigPgReader *self, const PGresult *rows);
/* When all facets are read. */
void dmig_pg_leave_out_default_schema(DmigPgReader *self);
void dmig_pg_read_extensions(DmigPgReader *self, const PGresult *rows);

/* inspect_types.c */
void dmig_pg_read_domains(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_composites(DmigPgReader *self, const PGresult *rows);

/* inspect_made_types.c */
void dmig_pg_read_ranges(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_base_types(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_type_functions(DmigPgReader *self, const PGresult *rows);

/* inspect_sequences.c */
void dmig_pg_read_sequences(DmigPgReader *self, const PGresult *rows);

/* inspect_routines.c */
void dmig_pg_read_routines(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_aggregates(DmigPgReader *self, const PGresult *rows);

/* inspect_views.c */
void dmig_pg_read_views(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_view_columns(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_view_indexes(DmigPgReader *self, const PGresult *rows);

/* inspect_triggers.c */
void dmig_pg_read_triggers(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_rules(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_policies(DmigPgReader *self, const PGresult *rows);

/* inspect_common.c */
void dmig_pg_read_comments(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_grants(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_owners(DmigPgReader *self, const PGresult *rows);
/* inspect_dependencies.c */
void dmig_pg_read_dependencies(DmigPgReader *self, const PGresult *rows);
