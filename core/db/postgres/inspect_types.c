/* Domains and composite types. */
#include <string.h>

#include "core/db/postgres/inspect_objects.h"
#include "core/db/postgres/object_sql.h"
#include "core/sql/text.h"

static gboolean
same_oid(const PGresult *rows, int row, int other)
{
  return row < PQntuples(rows)
         && strcmp(PQgetvalue(rows, row, 0), PQgetvalue(rows, other, 0)) == 0;
}

/* ` COLLATE name` of the path in two cells, or "". */
static char *
collate_clause(const DmigPgReader *self, const PGresult *rows, int row, int column)
{
  g_autofree char *path = dmig_pg_cell_path(self, rows, row, column);
  return path != NULL ? dmig_sql_printf(self->schema->dialect, " COLLATE %I", path) : g_strdup("");
}

/* --- domains ------------------------------------------------------------------------------- */

/* `VALUE > 0` of `CHECK ((VALUE > 0)) NOT VALID`. */
static char *
check_condition(const char *definition)
{
  const char *open = strchr(definition, '('), *close = strrchr(definition, ')');
  return open != NULL && close > open ? g_strndup(open + 1, (gsize) (close - open - 1))
                                      : g_strdup(definition);
}

static void
add_check_comment(const DmigPgReader *self, DmigObject *object, DmigFacet *check, const char *name,
                  const char *text)
{
  if (text == NULL)
    return;
  g_autofree char *what = dmig_sql_printf(self->schema->dialect, "CONSTRAINT %I ON DOMAIN %I", name,
                                          object->path);
  DmigFacet *comment = dmig_facet_new_comment(what, text);
  g_free(comment->name);
  comment->name = g_strdup_printf("comment on check %s", name);
  dmig_facet_bring(check, comment);
  dmig_facets_add(&object->facets, comment);
}

/* Existing values that were never looked at can't be said within CREATE DOMAIN. */
static void
read_check(DmigPgReader *self, DmigObject *object, GString *create, const PGresult *rows, int row)
{
  const DmigDialect *dialect = self->schema->dialect;
  const char *name = dmig_pg_cell(rows, row, 9);
  if (name == NULL)
    return;
  g_autofree char *definition = dmig_pg_cell_text(self, rows, row, 10);
  g_autofree char *label = g_strconcat("check ", name, NULL);
  g_autofree char *address = dmig_object_address(object);
  DmigFacet *facet = dmig_pg_add_facet(
      &object->facets, label, g_strdup(definition),
      dmig_sql_printf(dialect, "ALTER DOMAIN %I ADD CONSTRAINT %I %s;\n", object->path, name,
                      definition),
      dmig_sql_printf(dialect, "ALTER DOMAIN %I DROP CONSTRAINT %I;\n", object->path, name));
  facet->replaces = TRUE;
  facet->visits_rows = TRUE;
  facet->created = !g_str_has_suffix(definition, " NOT VALID");
  if (facet->created) {
    g_autofree char *condition = check_condition(definition);
    dmig_sql_appendf(create, dialect, " CONSTRAINT %I %s", name, definition);
    dmig_object_set_property(object, label, condition);
  }
  add_check_comment(self, object, facet, name, dmig_pg_cell(rows, row, 11));
  dmig_pg_reader_register(self, DMIG_PG_CLASS_CONSTRAINT, dmig_pg_cell_oid(rows, row, 8), 0,
                          address, NULL, NULL);
}

static void
read_domain_options(DmigPgReader *self, DmigObject *object, GString *create, const PGresult *rows,
                    int row)
{
  const DmigDialect *dialect = self->schema->dialect;
  g_autofree char *value = dmig_pg_cell_text(self, rows, row, 6);
  if (value != NULL) {
    g_string_append_printf(create, " DEFAULT %s", value);
    dmig_pg_add_facet(
        &object->facets, "default", g_strdup(value),
        dmig_sql_printf(dialect, "ALTER DOMAIN %I SET DEFAULT %s;\n", object->path, value),
        dmig_sql_printf(dialect, "ALTER DOMAIN %I DROP DEFAULT;\n", object->path));
    dmig_object_set_property(object, "default", value);
  }
  if (dmig_pg_cell_true(rows, row, 7)) {
    g_string_append(create, " NOT NULL");
    dmig_pg_add_facet(&object->facets, "required", g_strdup("true"),
                      dmig_sql_printf(dialect, "ALTER DOMAIN %I SET NOT NULL;\n", object->path),
                      dmig_sql_printf(dialect, "ALTER DOMAIN %I DROP NOT NULL;\n", object->path))
        ->visits_rows = TRUE;
    dmig_object_set_property(object, "required", "true");
  }
}

void
dmig_pg_read_domains(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0, first; i < PQntuples(rows);) {
    first = i;
    g_autofree char *path = dmig_pg_cell_path(self, rows, i, 1);
    g_autofree char *base = dmig_pg_cell_text(self, rows, i, 3);
    g_autofree char *collate = collate_clause(self, rows, i, 4);
    g_autofree char *what = dmig_sql_printf(dialect, "DOMAIN %I", path);
    DmigObject *object = dmig_object_new(DMIG_OBJECT_DOMAIN, path, NULL);
    g_autoptr(GString) create = g_string_new(NULL);
    g_string_append_printf(create, "CREATE %s AS %s%s", what, base, collate);
    object->core = g_strconcat(create->str, ";\n", NULL);
    object->drop = g_strdup_printf("DROP %s;\n", what);
    dmig_object_set_property(object, "base", base);
    if (*collate != '\0')
      dmig_object_set_property(object, "collation", collate + strlen(" COLLATE "));
    read_domain_options(self, object, create, rows, i);
    for (; same_oid(rows, i, first); i++)
      read_check(self, object, create, rows, i);
    object->create = g_strconcat(create->str, ";\n", NULL);
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_TYPE, dmig_pg_cell_oid(rows, first, 0), what);
  }
}

/* --- composite types ----------------------------------------------------------------------- */

static void
read_attribute(DmigPgReader *self, DmigObject *object, GString *create, GString *names,
               const PGresult *rows, int row)
{
  const DmigDialect *dialect = self->schema->dialect;
  const char *name = dmig_pg_cell(rows, row, 4);
  if (name == NULL)
    return;
  g_autofree char *type = dmig_pg_cell_text(self, rows, row, 5);
  g_autofree char *collate = collate_clause(self, rows, row, 6);
  g_autofree char *label = g_strconcat("attribute ", name, NULL);
  g_autofree char *field = g_strconcat("field ", name, NULL);
  g_autofree char *value = g_strconcat(type, collate, NULL);
  DmigFacet *facet = dmig_pg_add_facet(
      &object->facets, label, g_strdup(value),
      dmig_sql_printf(dialect, "ALTER TYPE %I ADD ATTRIBUTE %I %s;\n", object->path, name, value),
      dmig_sql_printf(dialect, "ALTER TYPE %I DROP ATTRIBUTE %I;\n", object->path, name));
  facet->visits_rows = TRUE;
  facet->change = dmig_sql_printf(dialect, "ALTER TYPE %I ALTER ATTRIBUTE %I TYPE %s;\n",
                                  object->path, name, value);
  dmig_object_set_property(object, field, value);
  const char *comma = names->len > 0 ? ", " : "";
  dmig_sql_appendf(create, dialect, "%s%I %s", comma, name, value);
  dmig_sql_appendf(names, dialect, "%s%I", comma, name);
}

/* The order of attributes counts. Those that come at the end can be added in place. */
void
dmig_pg_read_composites(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0, first; i < PQntuples(rows);) {
    first = i;
    g_autofree char *path = dmig_pg_cell_path(self, rows, i, 1);
    g_autofree char *what = dmig_sql_printf(dialect, "TYPE %I", path);
    DmigObject *object = dmig_object_new(DMIG_OBJECT_COMPOSITE_TYPE, path, NULL);
    g_autofree char *address = dmig_object_address(object);
    g_autoptr(GString) create = g_string_new(NULL), names = g_string_new(NULL);
    for (; same_oid(rows, i, first); i++)
      read_attribute(self, object, create, names, rows, i);
    object->create = g_strdup_printf("CREATE %s AS (%s);\n", what, create->str);
    object->core = g_strdup_printf("CREATE %s AS (%s);\n", what, names->str);
    object->mould = g_strconcat(names->str, names->len > 0 ? ", " : "", NULL);
    object->replace = g_strdup("");
    object->drop = g_strdup_printf("DROP %s;\n", what);
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_TYPE, dmig_pg_cell_oid(rows, first, 0), what);
    dmig_pg_reader_register(self, DMIG_PG_CLASS_CLASS, dmig_pg_cell_oid(rows, first, 3), 0, address,
                            what, &object->facets);
  }
}
