/* Constraints, and what tables and keys say about their indexes. */
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/db/ddl.h"
#include "core/db/postgres/inspect_tables.h"
#include "core/db/postgres/postgres.h"
#include "core/schema/facet_sql.h"
#include "core/sql/text.h"

#define DIALECT (&dmig_postgres_dialect)

/* Columns of constraints.sql. */
enum {
  TABLE,
  TYPE,
  NAME,
  OID,
  DEFERRABLE,
  DEFERRED,
  COLUMNS,
  TARGET,
  TARGET_COLUMNS,
  ON_DELETE,
  ON_UPDATE,
  CONDITION,
  NO_INHERIT,
  VALIDATED,
  DEFINITION,
  INHERITED,
  DECLARED,
  TARGET_SCHEMA,
  TARGET_NAME,
  TARGET_COLUMN_NAMES,
  INDEX,
  NULLS_NOT_DISTINCT,
  CLUSTERED,
  REPLICA,
  OPTIONS,
  INDEX_KEYS,
  INDEX_KEY_COUNT,
  PARENT_SCHEMA,
  PARENT_TABLE,
  PARENT_INDEX,
  PARENT_IS_CONSTRAINT,
};

/* --- what an index is for ------------------------------------------------------------------ */

static DmigFacet *
new_index_facet(const char *name, const char *value, char *set_owned, char *reset_owned,
                const char *address, const char *table)
{
  g_autofree char *set = set_owned, *reset = reset_owned;
  DmigFacet *facet = dmig_facet_new(name, value, set, reset);
  facet->late = TRUE;
  dmig_facet_add_need(facet, g_strdup(address));
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, table, NULL));
  return facet;
}

static void
add_parent_index(DmigPgReader *self, const DmigPgIndexRole *role, const char *index,
                 const char *address, const char *table, GPtrArray **facets)
{
  g_autofree char *parent_table
      = dmig_pg_reader_path(self, role->parent_schema, role->parent_table);
  g_autofree char *parent = dmig_path_sibling(parent_table, role->parent_name);
  g_autofree char *value = dmig_sql_identifier(DIALECT, parent);
  g_autofree char *on = dmig_address_new(role->parent_is_constraint ? DMIG_OBJECT_CONSTRAINT
                                                                    : DMIG_OBJECT_INDEX,
                                         parent_table, role->parent_name);
  /* It goes with the parent's index, and is free again when its table is no partition any more. */
  DmigFacet *facet = new_index_facet(
      "partition of index", value,
      dmig_sql_printf(DIALECT, "ALTER INDEX %I ATTACH PARTITION %I;\n", parent, index),
      g_strdup(""), address, table);
  facet->attaches = TRUE;
  dmig_facet_add_need(facet, g_strdup(on));
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, parent_table, NULL));
  dmig_facets_add(facets, facet);
  dmig_schema_add_dependency(self->schema, g_strdup(address), g_strdup(on), TRUE);
}

void
dmig_pg_add_index_role(DmigPgReader *self, DmigPgEntry *entry, const DmigPgIndexRole *role,
                       const char *address, GPtrArray **facets)
{
  DmigTable *table = entry->table;
  g_autofree char *index = dmig_path_sibling(table->name, role->name);
  if (role->clustered)
    dmig_facets_add(
        facets,
        new_index_facet(
            "cluster", "true",
            dmig_sql_printf(DIALECT, "ALTER TABLE %I CLUSTER ON %I;\n", table->name, role->name),
            dmig_sql_printf(DIALECT, "ALTER TABLE %I SET WITHOUT CLUSTER;\n", table->name), address,
            table->name));
  if (role->replica && entry->replica == 'i')
    dmig_facets_add(&table->facets,
                    new_index_facet("replica identity", role->name,
                                    dmig_sql_printf(DIALECT,
                                                    "ALTER TABLE ONLY %I REPLICA IDENTITY USING "
                                                    "INDEX %I;\n",
                                                    table->name, role->name),
                                    dmig_sql_printf(DIALECT,
                                                    "ALTER TABLE ONLY %I REPLICA IDENTITY "
                                                    "DEFAULT;\n",
                                                    table->name),
                                    address, table->name));
  if (role->parent_name != NULL)
    add_parent_index(self, role, index, address, table->name, facets);
}

/* --- constraints --------------------------------------------------------------------------- */

static DmigConstraintKind
constraint_kind(char type)
{
  switch (type) {
  case 'p':
    return DMIG_CONSTRAINT_PRIMARY_KEY;
  case 'u':
    return DMIG_CONSTRAINT_UNIQUE;
  case 'f':
    return DMIG_CONSTRAINT_FOREIGN_KEY;
  case 'x':
    return DMIG_CONSTRAINT_EXCLUSION;
  default:
    return DMIG_CONSTRAINT_CHECK;
  }
}

static DmigAction
action_of(char code)
{
  switch (code) {
  case 'r':
    return DMIG_ACTION_RESTRICT;
  case 'c':
    return DMIG_ACTION_CASCADE;
  case 'n':
    return DMIG_ACTION_SET_NULL;
  case 'd':
    return DMIG_ACTION_SET_DEFAULT;
  default:
    return DMIG_ACTION_NO_ACTION;
  }
}

static void
replace_names(char ***place, char **names_owned)
{
  g_strfreev(*place);
  *place = names_owned;
}

static void
read_reference(DmigPgReader *self, DmigConstraint *constraint, const PGresult *rows, int row)
{
  const DmigPgEntry *target = dmig_pg_entry(self, rows, row, TARGET);
  const char *names = dmig_pg_cell(rows, row, TARGET_COLUMN_NAMES);
  constraint->on_delete = action_of(*PQgetvalue(rows, row, ON_DELETE));
  constraint->on_update = action_of(*PQgetvalue(rows, row, ON_UPDATE));
  constraint->ref_table = dmig_pg_reader_path(self, dmig_pg_cell(rows, row, TARGET_SCHEMA),
                                              dmig_pg_cell(rows, row, TARGET_NAME));
  if (target != NULL)
    replace_names(&constraint->ref_columns,
                  dmig_pg_entry_columns(target, PQgetvalue(rows, row, TARGET_COLUMNS)));
  else if (names != NULL)
    replace_names(&constraint->ref_columns, g_strsplit(names, "\x01", -1));
}

static void
strip_suffix(char *text, const char *suffix)
{
  if (g_str_has_suffix(text, suffix))
    text[strlen(text) - strlen(suffix)] = '\0';
}

/* Columns that the index of a key holds beside the key; `keys` are numbers: `1 3 4`. */
static char **
included_columns(const DmigPgEntry *entry, const char *keys, int n_keys)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  g_auto(GStrv) numbers = g_strsplit(keys != NULL ? keys : "", " ", -1);
  for (int i = 0; numbers[i] != NULL; i++) {
    const char *name = i >= n_keys ? dmig_pg_entry_column(entry, numbers[i]) : NULL;
    if (name != NULL)
      g_strv_builder_add(names, name);
  }
  return g_strv_builder_end(names);
}

/* PRIMARY KEY and UNIQUE with what their fields can't say. */
static char *
key_definition(const DmigPgEntry *entry, const DmigConstraint *constraint, const PGresult *rows,
               int row)
{
  gboolean distinct = !dmig_pg_cell_true(rows, row, NULLS_NOT_DISTINCT);
  g_auto(GStrv) include = included_columns(entry, dmig_pg_cell(rows, row, INDEX_KEYS),
                                           atoi(PQgetvalue(rows, row, INDEX_KEY_COUNT)));
  const char *options = entry->kind == 'p' ? dmig_pg_cell(rows, row, OPTIONS) : NULL;
  g_autofree char *with = dmig_pg_options_clause(options);
  if (distinct && include[0] == NULL && *with == '\0')
    return NULL;
  GString *sql = g_string_new(
      constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY ? "PRIMARY KEY" : "UNIQUE");
  g_string_append(sql, distinct ? " (" : " NULLS NOT DISTINCT (");
  dmig_sql_append_identifiers(sql, DIALECT, constraint->columns);
  g_string_append_c(sql, ')');
  if (include[0] != NULL) {
    g_string_append(sql, " INCLUDE (");
    dmig_sql_append_identifiers(sql, DIALECT, include);
    g_string_append_c(sql, ')');
  }
  g_string_append_printf(sql, "%s%s", with, dmig_deferrable_sql(constraint->deferrable));
  return g_string_free(sql, FALSE);
}

static char *
definition_of(DmigPgReader *self, const DmigPgEntry *entry, const DmigConstraint *constraint,
              const PGresult *rows, int row)
{
  const char *printed = dmig_pg_cell(rows, row, DEFINITION);
  if (printed != NULL) {
    char *definition = dmig_pg_reader_text(self, printed);
    strip_suffix(definition, " NOT VALID");
    return definition;
  }
  if (constraint->kind == DMIG_CONSTRAINT_CHECK && dmig_pg_cell_true(rows, row, NO_INHERIT))
    return g_strdup_printf("CHECK (%s) NO INHERIT", constraint->check_sql);
  if (constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY
      || constraint->kind == DMIG_CONSTRAINT_UNIQUE)
    return key_definition(entry, constraint, rows, row);
  return NULL;
}

static void
add_not_valid(const DmigTable *table, DmigConstraint *constraint)
{
  g_autoptr(GString) definition = g_string_new(NULL);
  dmig_ddl_definition(definition, DIALECT, constraint);
  dmig_facets_add(&constraint->facets, dmig_facet_new_not_valid(DIALECT, table->name,
                                                                constraint->name, definition->str));
}

static DmigConstraint *
read_constraint(DmigPgReader *self, const DmigPgEntry *entry, const PGresult *rows, int row)
{
  DmigConstraintKind kind = constraint_kind(*PQgetvalue(rows, row, TYPE));
  DmigConstraint *constraint = dmig_constraint_new(kind, dmig_pg_cell(rows, row, NAME));
  constraint->inherited = dmig_pg_cell_true(rows, row, INHERITED);
  constraint->declared = constraint->inherited && dmig_pg_cell_true(rows, row, DECLARED);
  if (dmig_pg_cell_true(rows, row, DEFERRABLE))
    constraint->deferrable
        = dmig_pg_cell_true(rows, row, DEFERRED) ? DMIG_INITIALLY_DEFERRED : DMIG_DEFERRABLE;
  if (kind == DMIG_CONSTRAINT_CHECK)
    constraint->check_sql = dmig_pg_reader_text(self, dmig_pg_cell(rows, row, CONDITION));
  else
    replace_names(&constraint->columns,
                  dmig_pg_entry_columns(entry, dmig_pg_cell(rows, row, COLUMNS)));
  if (kind == DMIG_CONSTRAINT_FOREIGN_KEY)
    read_reference(self, constraint, rows, row);
  constraint->definition = definition_of(self, entry, constraint, rows, row);
  if (!dmig_pg_cell_true(rows, row, VALIDATED))
    add_not_valid(entry->table, constraint);
  return constraint;
}

/* What is said about the index of a key, which has no object of its own. */
static void
read_key_index(DmigPgReader *self, DmigPgEntry *entry, DmigConstraint *constraint,
               const char *address, const PGresult *rows, int row)
{
  if (dmig_pg_cell(rows, row, INDEX) == NULL)
    return;
  DmigPgIndexRole role = {
    .name = constraint->name,
    .clustered = dmig_pg_cell_true(rows, row, CLUSTERED),
    .replica = dmig_pg_cell_true(rows, row, REPLICA),
    .parent_schema = dmig_pg_cell(rows, row, PARENT_SCHEMA),
    .parent_table = dmig_pg_cell(rows, row, PARENT_TABLE),
    .parent_name = dmig_pg_cell(rows, row, PARENT_INDEX),
    .parent_is_constraint = dmig_pg_cell_true(rows, row, PARENT_IS_CONSTRAINT),
  };
  dmig_pg_add_index_role(self, entry, &role, address, &constraint->facets);
  if (constraint->kind != DMIG_CONSTRAINT_EXCLUSION && entry->kind != 'p') {
    g_autofree char *index = dmig_path_sibling(entry->table->name, constraint->name);
    g_autofree char *what = dmig_sql_printf(DIALECT, "INDEX %I", index);
    dmig_pg_add_table_options(&constraint->facets, what, "", dmig_pg_cell(rows, row, OPTIONS), FALSE);
  }
  dmig_pg_reader_register(self, DMIG_PG_CLASS_CLASS, dmig_pg_cell_oid(rows, row, INDEX), 0, address,
                          NULL, NULL);
}

void
dmig_pg_read_constraints(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    DmigPgEntry *entry = dmig_pg_entry(self, rows, i, TABLE);
    if (entry == NULL)
      continue;
    DmigConstraint *constraint = read_constraint(self, entry, rows, i);
    g_ptr_array_add(entry->table->constraints, constraint);
    g_autofree char *address
        = dmig_address_new(DMIG_OBJECT_CONSTRAINT, entry->table->name, constraint->name);
    g_autofree char *what = dmig_sql_printf(DIALECT, "CONSTRAINT %I ON %I", constraint->name,
                                            entry->table->name);
    dmig_pg_reader_register(self, DMIG_PG_CLASS_CONSTRAINT, dmig_pg_cell_oid(rows, i, OID), 0,
                            address, what, &constraint->facets);
    read_key_index(self, entry, constraint, address, rows, i);
  }
}
