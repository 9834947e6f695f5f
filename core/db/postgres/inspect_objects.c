/* Which queries make up the objects, and what all kinds have in common. */
#include "core/db/postgres/inspect_objects.h"

#include "core/db/postgres/postgres_sql.h"

const DmigPgPart dmig_pg_object_parts[] = {
  { dmig_pg_sql_schemas, dmig_pg_read_schemas },
  { dmig_pg_sql_extensions, dmig_pg_read_extensions },
  { dmig_pg_sql_domains, dmig_pg_read_domains },
  { dmig_pg_sql_composites, dmig_pg_read_composites },
  { dmig_pg_sql_ranges, dmig_pg_read_ranges },
  { dmig_pg_sql_base_types, dmig_pg_read_base_types },
  { dmig_pg_sql_type_functions, dmig_pg_read_type_functions },
  { dmig_pg_sql_sequences, dmig_pg_read_sequences },
  { dmig_pg_sql_routines, dmig_pg_read_routines },
  { dmig_pg_sql_aggregates, dmig_pg_read_aggregates },
  { dmig_pg_sql_view_definitions, dmig_pg_read_views },
  { dmig_pg_sql_view_columns, dmig_pg_read_view_columns },
  { dmig_pg_sql_view_indexes, dmig_pg_read_view_indexes },
  { dmig_pg_sql_rules, dmig_pg_read_rules },
  { dmig_pg_sql_triggers, dmig_pg_read_triggers },
  { dmig_pg_sql_policies, dmig_pg_read_policies },
  { NULL, NULL },
};

const DmigPgPart dmig_pg_common_parts[] = {
  { dmig_pg_sql_comments, dmig_pg_read_comments },
  /* A new owner takes over what the one before has, whatever was granted to either until then. */
  { dmig_pg_sql_owners, dmig_pg_read_owners },
  { dmig_pg_sql_grants, dmig_pg_read_grants },
  { dmig_pg_sql_dependencies, dmig_pg_read_dependencies },
  { NULL, NULL },
};
