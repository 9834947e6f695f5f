/* Views, and materialized views with their indexes. */
#include <string.h>

#include "core/db/postgres/inspect_objects.h"
#include "core/db/postgres/object_sql.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* The query, without the semicolon and the spaces around it. */
static char *
read_query(const DmigPgReader *self, const PGresult *rows, int row)
{
  char *query = g_strstrip(dmig_pg_cell_text(self, rows, row, 4));
  gsize length = strlen(query);
  if (length > 0 && query[length - 1] == ';')
    query[length - 1] = '\0';
  return query;
}

static void
set_options(DmigObject *object)
{
  for (guint i = 0; object->facets != NULL && i < object->facets->len; i++) {
    const DmigFacet *facet = object->facets->pdata[i];
    gboolean check = strcmp(facet->name, "with check_option") == 0;
    dmig_object_set_property(object, check ? "check_option" : facet->name, facet->value);
  }
}

static DmigObject *
read_view(const DmigPgReader *self, const char *path, const char *what, const char *query,
          const PGresult *rows, int row)
{
  DmigObject *object = dmig_object_new_view(self->schema->dialect, path, query);
  g_autofree char *options = dmig_pg_add_options(&object->facets, what, dmig_pg_cell(rows, row, 5));
  object->core = g_steal_pointer(&object->create);
  object->create = g_strdup_printf("CREATE %s%s AS\n%s;\n", what, options, query);
  object->replace = g_strdup_printf("CREATE OR REPLACE %s%s AS\n%s;\n", what, options, query);
  object->mould = dmig_pg_cell_text(self, rows, row, 9);
  if (object->mould == NULL)
    object->mould = g_strdup("");
  set_options(object);
  return object;
}

/* Whether it holds rows yet is no part of what it is. */
static DmigObject *
read_materialized(const DmigPgReader *self, const char *path, const char *what, const char *query,
                  const PGresult *rows, int row)
{
  const DmigDialect *dialect = self->schema->dialect;
  const char *method = dmig_pg_cell(rows, row, 7);
  gboolean populated = dmig_pg_cell_true(rows, row, 8);
  DmigObject *object = dmig_object_new(DMIG_OBJECT_MATERIALIZED_VIEW, path, NULL);
  g_autofree char *options = dmig_pg_add_options(&object->facets, what, dmig_pg_cell(rows, row, 5));
  g_autofree char *using
      = method != NULL ? dmig_sql_printf(dialect, " USING %I", method) : g_strdup("");
  object->create = g_strdup_printf("CREATE %s%s%s AS\n%s%s;\n", what, using, options, query,
                                   populated ? "" : "\nWITH NO DATA");
  object->core = g_strdup_printf("CREATE %s%s AS %s;\n", what, using, query);
  object->drop = g_strdup_printf("DROP %s;\n", what);
  dmig_object_set_property(object, "query", query);
  dmig_pg_set_property(object, "method", method);
  set_options(object);
  if (!populated)
    dmig_object_set_property(object, "no_data", "true");
  return object;
}

void
dmig_pg_read_views(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    gboolean materialized = dmig_pg_cell_true(rows, i, 3);
    g_autofree char *path = dmig_pg_cell_path(self, rows, i, 1);
    if (dmig_pg_cell(rows, i, 4) == NULL)
      continue;
    g_autofree char *query = read_query(self, rows, i);
    g_autofree char *what = dmig_object_sql(
        self->schema->dialect, materialized ? DMIG_OBJECT_MATERIALIZED_VIEW : DMIG_OBJECT_VIEW, path,
        NULL, NULL);
    DmigObject *object = materialized ? read_materialized(self, path, what, query, rows, i)
                                      : read_view(self, path, what, query, rows, i);
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_CLASS, dmig_pg_cell_oid(rows, i, 0), what);
  }
}

/* --- their columns ------------------------------------------------------------------------- */

typedef struct {
  const DmigPgRegistered *view;
  const char *column;
} Place;

/* `ALTER VIEW v ALTER COLUMN c …` for both ways. */
static void
add_column_facet(const DmigPgReader *self, const Place *place, const char *aspect, const char *value,
                 const char *set, const char *reset)
{
  const DmigDialect *dialect = self->schema->dialect;
  g_autofree char *name = g_strdup_printf("column %s %s", place->column, aspect);
  g_autofree char *alter
      = dmig_sql_printf(dialect, "ALTER %s ALTER COLUMN %I ", place->view->what, place->column);
  g_autofree char *set_sql = g_strconcat(alter, set, ";\n", NULL);
  g_autofree char *reset_sql = g_strconcat(alter, reset, ";\n", NULL);
  dmig_facets_add(place->view->facets, dmig_facet_new(name, value, set_sql, reset_sql));
}

static void
read_column_options(const DmigPgReader *self, const Place *place, const char *options)
{
  g_auto(GStrv) all = g_strsplit(options != NULL ? options : "", ", ", -1);
  for (char **one = all; *one != NULL; one++) {
    const char *equals = strchr(*one, '=');
    if (equals == NULL)
      continue;
    g_autofree char *name = g_strndup(*one, (gsize) (equals - *one));
    g_autofree char *aspect = g_strconcat("with ", name, NULL);
    g_autofree char *set = g_strdup_printf("SET (%s)", *one);
    g_autofree char *reset = g_strdup_printf("RESET (%s)", name);
    add_column_facet(self, place, aspect, equals + 1, set, reset);
  }
}

void
dmig_pg_read_view_columns(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    Place place = { dmig_pg_reader_registered(self, DMIG_PG_CLASS_CLASS,
                                              dmig_pg_cell_oid(rows, i, 0), 0),
                    dmig_pg_cell(rows, i, 1) };
    g_autofree char *value = dmig_pg_cell_text(self, rows, i, 3);
    const char *statistics = dmig_pg_cell(rows, i, 4), *storage = dmig_pg_cell(rows, i, 5);
    if (place.view == NULL || place.view->facets == NULL)
      continue;
    if (value != NULL) {
      g_autofree char *set = g_strconcat("SET DEFAULT ", value, NULL);
      add_column_facet(self, &place, "default", value, set, "DROP DEFAULT");
    }
    if (statistics != NULL) {
      g_autofree char *set = g_strconcat("SET STATISTICS ", statistics, NULL);
      add_column_facet(self, &place, "statistics", statistics, set, "SET STATISTICS -1");
    }
    if (storage != NULL) {
      g_autofree char *set = g_strconcat("SET STORAGE ", storage, NULL);
      g_autofree char *reset = g_strconcat("SET STORAGE ", dmig_pg_cell(rows, i, 7), NULL);
      add_column_facet(self, &place, "storage", storage, set, reset);
    }
    const char *compression = dmig_pg_cell(rows, i, 8);
    if (compression != NULL) {
      g_autofree char *set = g_strconcat("SET COMPRESSION ", compression, NULL);
      add_column_facet(self, &place, "compression", compression, set, "SET COMPRESSION default");
    }
    read_column_options(self, &place, dmig_pg_cell(rows, i, 6));
  }
}

/* --- indexes of materialized views --------------------------------------------------------- */

/* `2 500,3 100`: columns by number, with their targets. */
static void
read_statistics(DmigObject *object, const char *what, const char *targets)
{
  g_auto(GStrv) all = g_strsplit(targets != NULL ? targets : "", ",", -1);
  for (char **one = all; *one != NULL; one++) {
    g_auto(GStrv) parts = g_strsplit(*one, " ", 2);
    g_autofree char *name = g_strdup_printf("column %s statistics", parts[0]);
    DmigFacet *facet = dmig_pg_add_facet(
        &object->facets, name, g_strdup(parts[1]),
        g_strdup_printf("ALTER %s ALTER COLUMN %s SET STATISTICS %s;\n", what, parts[0], parts[1]),
        g_strdup_printf("ALTER %s ALTER COLUMN %s SET STATISTICS -1;\n", what, parts[0]));
    facet->created = FALSE;
  }
}

static void
read_clustered(const DmigPgReader *self, DmigObject *object)
{
  const DmigDialect *dialect = self->schema->dialect;
  DmigFacet *facet = dmig_pg_add_facet(
      &object->facets, "cluster", g_strdup("true"),
      dmig_sql_printf(dialect, "ALTER MATERIALIZED VIEW %I CLUSTER ON %I;\n", object->path,
                      object->detail),
      dmig_sql_printf(dialect, "ALTER MATERIALIZED VIEW %I SET WITHOUT CLUSTER;\n", object->path));
  facet->created = FALSE;
}

/* What stands behind ON relation. */
static const char *
find_definition(const char *create)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, create);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer))
    if (token.kind == DMIG_TOKEN_WORD && dmig_token_is(token, "using"))
      return token.start;
  return create;
}

void
dmig_pg_read_view_indexes(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0; i < PQntuples(rows); i++) {
    const DmigPgRegistered *view
        = dmig_pg_reader_registered(self, DMIG_PG_CLASS_CLASS, dmig_pg_cell_oid(rows, i, 1), 0);
    if (view == NULL || view->facets == NULL)
      continue;
    const char *name = dmig_pg_cell(rows, i, 4), *comment = dmig_pg_cell(rows, i, 8);
    g_autofree char *path = dmig_pg_cell_path(self, rows, i, 2);
    g_autofree char *create = dmig_pg_cell_text(self, rows, i, 5);
    g_autofree char *what = dmig_object_sql(dialect, DMIG_OBJECT_INDEX, path, name, NULL);
    DmigObject *object = dmig_object_new(DMIG_OBJECT_INDEX, path, name);
    object->create = g_strconcat(create, ";\n", NULL);
    object->drop = g_strdup_printf("DROP %s;\n", what);
    dmig_object_set_property(object, "definition", find_definition(create));
    if (dmig_pg_cell_true(rows, i, 6))
      dmig_object_set_property(object, "unique", "true");
    if (dmig_pg_cell_true(rows, i, 7))
      read_clustered(self, object);
    if (comment != NULL)
      dmig_facets_add(&object->facets, dmig_facet_new_comment(what, comment));
    read_statistics(object, what, dmig_pg_cell(rows, i, 9));
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_CLASS, dmig_pg_cell_oid(rows, i, 0), what);
  }
}
