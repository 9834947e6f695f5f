/* Tables: what they are, what can be set about them, and from whom they inherit. */
#include "core/db/postgres/inspect_tables.h"

#include <stdlib.h>
#include <string.h>

#include "core/db/postgres/postgres.h"
#include "core/db/postgres/postgres_sql.h"
#include "core/schema/facet_sql.h"
#include "core/sql/text.h"

#define DIALECT (&dmig_postgres_dialect)

const DmigPgPart dmig_pg_table_parts[] = {
  { dmig_pg_sql_tables, dmig_pg_read_tables },
  { dmig_pg_sql_parents, dmig_pg_read_parents },
  { dmig_pg_sql_columns, dmig_pg_read_columns },
  { dmig_pg_sql_constraints, dmig_pg_read_constraints },
  { dmig_pg_sql_indexes, dmig_pg_read_indexes },
  { dmig_pg_sql_enums, dmig_pg_read_enums },
  { NULL, NULL },
};

/* --- entries ------------------------------------------------------------------------------- */

void
dmig_pg_entry_free(gpointer data)
{
  DmigPgEntry *self = data;
  g_ptr_array_unref(self->columns);
  g_free(self);
}

DmigPgEntry *
dmig_pg_entry(const DmigPgReader *self, const PGresult *rows, int row, int column)
{
  guint32 oid = dmig_pg_cell_oid(rows, row, column);
  return g_hash_table_lookup(self->tables, GUINT_TO_POINTER(oid));
}

const char *
dmig_pg_entry_column(const DmigPgEntry *self, const char *number)
{
  long n = strtol(number, NULL, 10);
  return n > 0 && n < (long) self->columns->len ? g_ptr_array_index(self->columns, n) : NULL;
}

char **
dmig_pg_entry_columns(const DmigPgEntry *self, const char *numbers)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (const char *p = numbers; p != NULL && *p != '}' && *p != '\0';) {
    p++; /* the brace or the comma */
    const char *name = dmig_pg_entry_column(self, p);
    if (name != NULL)
      g_strv_builder_add(names, name);
    p += strcspn(p, ",}");
  }
  return g_strv_builder_end(names);
}

/* --- options ------------------------------------------------------------------------------- */

/* A number or a plain word stands by itself, all else is quoted. */
static char *
option_sql(const char *value)
{
  gboolean number = *value != '\0' && strspn(value, "0123456789.-") == strlen(value);
  gboolean word = g_ascii_isalpha(*value);
  for (const char *p = value; *p != '\0'; p++)
    word &= g_ascii_islower(*p) || g_ascii_isdigit(*p) || *p == '_';
  return number || word ? g_strdup(value) : dmig_sql_string(value);
}

void
dmig_pg_add_table_options(GPtrArray **facets, const char *what, const char *prefix, const char *options,
                    gboolean created)
{
  if (options == NULL)
    return;
  g_auto(GStrv) all = g_strsplit(options, "\x01", -1);
  for (guint i = 0; all[i] != NULL; i++) {
    char *equals = strchr(all[i], '=');
    if (equals == NULL)
      continue;
    *equals = '\0';
    g_autofree char *name = g_strconcat(prefix, all[i], NULL);
    g_autofree char *value = option_sql(equals + 1);
    dmig_facets_add(facets, dmig_facet_new_option(what, name, value))->created = created;
  }
}

char *
dmig_pg_options_clause(const char *options)
{
  g_autoptr(GString) sql = g_string_new(NULL);
  g_auto(GStrv) all = g_strsplit(options != NULL ? options : "", "\x01", -1);
  for (guint i = 0; all[i] != NULL; i++) {
    char *equals = strchr(all[i], '=');
    if (equals == NULL)
      continue;
    *equals = '\0';
    g_autofree char *value = option_sql(equals + 1);
    g_string_append_printf(sql, "%s%s = %s", sql->len > 0 ? ", " : " WITH (", all[i], value);
  }
  if (sql->len > 0)
    g_string_append_c(sql, ')');
  return g_strdup(sql->str);
}

/* --- tables -------------------------------------------------------------------------------- */

static DmigFacet *
add_facet(DmigTable *table, const char *name, const char *value, char *set_owned, char *reset_owned)
{
  g_autofree char *set = set_owned, *reset = reset_owned;
  return dmig_facets_add(&table->facets, dmig_facet_new(name, value, set, reset));
}

#define SQL(...) dmig_sql_printf(DIALECT, __VA_ARGS__)

static void
add_row_security(DmigTable *table, gboolean enabled, gboolean forced)
{
  const char *name = table->name, *value = "enabled";
  if (!enabled && !forced)
    return;
  if (forced)
    value = enabled ? "forced" : "forced, not enabled";
  g_autofree char *enable = SQL("ALTER TABLE %I ENABLE ROW LEVEL SECURITY;\n", name);
  g_autofree char *disable = SQL("ALTER TABLE %I DISABLE ROW LEVEL SECURITY;\n", name);
  g_autofree char *force = SQL("ALTER TABLE %I FORCE ROW LEVEL SECURITY;\n", name);
  g_autofree char *no_force = SQL("ALTER TABLE %I NO FORCE ROW LEVEL SECURITY;\n", name);
  DmigFacet *facet = add_facet(
      table, "row security", value, g_strconcat(enabled ? enable : "", forced ? force : "", NULL),
      g_strconcat(enabled ? disable : "", forced ? no_force : "", NULL));
  facet->change = g_strconcat(enabled ? enable : disable, forced ? force : no_force, NULL);
}

/* That of an index is added with the index. */
static void
add_replica_identity(DmigTable *table, char code)
{
  if (code != 'f' && code != 'n')
    return;
  g_autofree char *word = g_strdup(code == 'f' ? "full" : "nothing");
  g_autofree char *keyword = g_ascii_strup(word, -1);
  add_facet(table, "replica identity", word,
            SQL("ALTER TABLE ONLY %I REPLICA IDENTITY %s;\n", table->name, keyword),
            SQL("ALTER TABLE ONLY %I REPLICA IDENTITY DEFAULT;\n", table->name));
}

static void
add_type(DmigPgReader *self, DmigTable *table, const char *printed)
{
  if (printed == NULL)
    return;
  g_autofree char *type = dmig_pg_reader_text(self, printed);
  DmigFacet *facet = add_facet(table, "of type", type, SQL("ALTER TABLE %I OF %s;\n", table->name, type),
                               SQL("ALTER TABLE %I NOT OF;\n", table->name));
  facet->late = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL));
}

static void
add_table_facets(DmigPgReader *self, DmigTable *table, const PGresult *rows, int row)
{
  const char *method = dmig_pg_cell(rows, row, 8);
  g_autofree char *what = SQL("TABLE %I", table->name);
  if (*PQgetvalue(rows, row, 5) == 'u') {
    DmigFacet *facet = add_facet(table, "logged", "unlogged",
                                 SQL("ALTER TABLE %I SET UNLOGGED;\n", table->name),
                                 SQL("ALTER TABLE %I SET LOGGED;\n", table->name));
    facet->created = facet->rewrites = TRUE;
  }
  if (method != NULL) {
    DmigFacet *facet = add_facet(table, "access method", method,
                                 SQL("ALTER TABLE %I SET ACCESS METHOD %I;\n", table->name, method),
                                 SQL("ALTER TABLE %I SET ACCESS METHOD heap;\n", table->name));
    facet->created = facet->rewrites = TRUE;
  }
  dmig_pg_add_table_options(&table->facets, what, "", dmig_pg_cell(rows, row, 6), TRUE);
  dmig_pg_add_table_options(&table->facets, what, "toast.", dmig_pg_cell(rows, row, 7), TRUE);
  add_replica_identity(table, *PQgetvalue(rows, row, 9));
  add_row_security(table, dmig_pg_cell_true(rows, row, 10), dmig_pg_cell_true(rows, row, 11));
  add_type(self, table, dmig_pg_cell(rows, row, 12));
}

/* A partition's bound; the parent becomes known with the next part. */
static void
add_bound(DmigPgReader *self, DmigTable *table, const char *printed)
{
  if (printed == NULL)
    return;
  g_autofree char *bound = dmig_pg_reader_text(self, printed);
  add_facet(table, "partition of", bound, NULL, NULL);
}

static void
register_table(DmigPgReader *self, DmigTable *table, const PGresult *rows, int row)
{
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL);
  g_autofree char *what = SQL("TABLE %I", table->name);
  dmig_pg_reader_register(self, DMIG_PG_CLASS_CLASS, dmig_pg_cell_oid(rows, row, 0), 0, address,
                          what, &table->facets);
}

void
dmig_pg_read_tables(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    guint32 oid = dmig_pg_cell_oid(rows, i, 0);
    if (dmig_pg_reader_registered(self, DMIG_PG_CLASS_CLASS, oid, 0) != NULL)
      continue;
    g_autofree char *path
        = dmig_pg_reader_path(self, dmig_pg_cell(rows, i, 1), dmig_pg_cell(rows, i, 2));
    DmigTable *table = dmig_table_new(path);
    table->comment = g_strdup(dmig_pg_cell(rows, i, 3));
    table->partition_by = dmig_pg_reader_text(self, dmig_pg_cell(rows, i, 13));
    add_table_facets(self, table, rows, i);
    add_bound(self, table, dmig_pg_cell(rows, i, 14));
    g_ptr_array_add(self->schema->tables, table);
    register_table(self, table, rows, i);

    DmigPgEntry *entry = g_new0(DmigPgEntry, 1);
    entry->table = table;
    entry->columns = g_ptr_array_new();
    entry->kind = *PQgetvalue(rows, i, 4);
    entry->replica = *PQgetvalue(rows, i, 9);
    g_hash_table_insert(self->tables, GUINT_TO_POINTER(oid), entry);
  }
}

/* --- parents ------------------------------------------------------------------------------- */

static void
attach_partition(DmigFacet *facet, const DmigTable *table, const char *parent)
{
  g_autofree char *bound = facet->value;
  facet->value = SQL("%I %s", parent, bound);
  facet->set = SQL("ALTER TABLE ONLY %I ATTACH PARTITION %I %s;\n", parent, table->name, bound);
  facet->reset = SQL("ALTER TABLE %I DETACH PARTITION %I;\n", parent, table->name);
  facet->attaches = TRUE;
  facet->replaces = TRUE;
  facet->late = TRUE;
}

static DmigFacet *
add_inheritance(DmigTable *table, const char *parent)
{
  g_autofree char *sql = dmig_sql_identifier(DIALECT, parent);
  g_autofree char *name = g_strconcat("inherits ", sql, NULL);
  DmigFacet *facet = add_facet(table, name, "true",
                               SQL("ALTER TABLE %I INHERIT %I;\n", table->name, parent),
                               SQL("ALTER TABLE %I NO INHERIT %I;\n", table->name, parent));
  facet->attaches = TRUE;
  facet->created = TRUE;
  return facet;
}

void
dmig_pg_read_parents(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    DmigPgEntry *entry = dmig_pg_entry(self, rows, i, 0);
    DmigPgEntry *parent_entry = dmig_pg_entry(self, rows, i, 3);
    if (entry == NULL)
      continue;
    DmigTable *table = entry->table;
    g_autofree char *parent
        = dmig_pg_reader_path(self, dmig_pg_cell(rows, i, 1), dmig_pg_cell(rows, i, 2));
    DmigFacet *facet = dmig_facets_find(table->facets, "partition of");
    if (facet != NULL)
      attach_partition(facet, table, parent);
    else
      facet = add_inheritance(table, parent);
    dmig_table_add_parent(table, parent, parent_entry != NULL ? parent_entry->table : NULL);
    dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, parent, NULL));
    dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL));
  }
}
