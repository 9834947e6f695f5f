/* Types that are made of functions: ranges and base types. A function that takes the type which it is
 * a part of can only be made when there is a shell of the type, and goes with it. */
#include <string.h>

#include "core/db/postgres/inspect_objects.h"
#include "core/db/postgres/object_sql.h"
#include "core/sql/text.h"

/* --- range types --------------------------------------------------------------------------- */

/* The name that a multirange gets by itself (makeMultirangeTypeName() of the server). */
static char *
usual_multirange(const char *range)
{
  const char *at = strstr(range, "range");
  return at != NULL ? g_strdup_printf("%.*smulti%s", (int) (at - range), range, at)
                    : g_strconcat(range, "_multirange", NULL);
}

static void
add_range_part(DmigObject *object, GString *create, const char *word, const char *property,
               const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf(create, ", %s = %s", word, value);
  dmig_object_set_property(object, property, value);
}

static void
add_range_path(const DmigPgReader *self, DmigObject *object, GString *create, const char *word,
               const char *property, const char *path)
{
  g_autofree char *name
      = path != NULL ? dmig_sql_identifier(self->schema->dialect, path) : NULL;
  add_range_part(object, create, word, property, name);
}

static DmigObject *
read_range(DmigPgReader *self, const PGresult *rows, int row)
{
  g_autofree char *path = dmig_pg_cell_path(self, rows, row, 1);
  g_autofree char *subtype = dmig_pg_cell_text(self, rows, row, 3);
  g_autofree char *opclass = dmig_pg_cell_path(self, rows, row, 4);
  g_autofree char *collation = dmig_pg_cell_path(self, rows, row, 6);
  g_autofree char *canonical = dmig_pg_cell_text(self, rows, row, 8);
  g_autofree char *difference = dmig_pg_cell_text(self, rows, row, 9);
  g_autofree char *multirange = dmig_pg_cell_path(self, rows, row, 11);
  g_autofree char *usual_name = usual_multirange(dmig_path_name(path));
  g_autofree char *usual = dmig_path_sibling(path, usual_name);
  g_autofree char *function = dmig_pg_cell_text(self, rows, row, 13);
  DmigObject *object = dmig_object_new(DMIG_OBJECT_RANGE_TYPE, path, NULL);
  g_autoptr(GString) create = g_string_new(NULL);
  if (function != NULL)
    dmig_sql_appendf(create, self->schema->dialect, "CREATE TYPE %I;\n%s;\n", path,
                     g_strchomp(function));
  dmig_sql_appendf(create, self->schema->dialect, "CREATE TYPE %I AS RANGE (SUBTYPE = %s", path,
                   subtype);
  dmig_object_set_property(object, "subtype", subtype);
  add_range_path(self, object, create, "SUBTYPE_OPCLASS", "operator_class", opclass);
  add_range_path(self, object, create, "COLLATION", "collation", collation);
  add_range_part(object, create, "CANONICAL", "canonical", canonical);
  add_range_part(object, create, "SUBTYPE_DIFF", "difference", difference);
  if (g_strcmp0(multirange, usual) != 0)
    add_range_path(self, object, create, "MULTIRANGE_TYPE_NAME", "multirange", multirange);
  object->create = g_strconcat(create->str, ");\n", NULL);
  object->drop = dmig_sql_printf(self->schema->dialect, "DROP TYPE %I%s;\n", path,
                                 function != NULL ? " CASCADE" : "");
  return object;
}

void
dmig_pg_read_ranges(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    DmigObject *object = read_range(self, rows, i);
    g_autofree char *address = dmig_object_address(object);
    g_autofree char *what = dmig_sql_printf(self->schema->dialect, "TYPE %I", object->path);
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_TYPE, dmig_pg_cell_oid(rows, i, 0), what);
    if (dmig_pg_cell(rows, i, 10) != NULL)
      dmig_pg_reader_register(self, DMIG_PG_CLASS_TYPE, dmig_pg_cell_oid(rows, i, 10), 0, address,
                              NULL, NULL);
  }
}

/* --- base types ---------------------------------------------------------------------------- */

typedef enum { PLAIN, LITERAL, FLAG } PartForm;

static const struct {
  int column;
  const char *word;
  PartForm form;
} base_parts[] = {
  { 5, "INPUT", PLAIN },          { 6, "OUTPUT", PLAIN },
  { 7, "RECEIVE", PLAIN },        { 8, "SEND", PLAIN },
  { 9, "TYPMOD_IN", PLAIN },      { 10, "TYPMOD_OUT", PLAIN },
  { 11, "ANALYZE", PLAIN },       { 12, "SUBSCRIPT", PLAIN },
  { 13, "INTERNALLENGTH", PLAIN }, { 14, "PASSEDBYVALUE", FLAG },
  { 15, "ALIGNMENT", PLAIN },     { 16, "STORAGE", PLAIN },
  { 17, "CATEGORY", LITERAL },    { 18, "PREFERRED", FLAG },
  { 19, "DEFAULT", LITERAL },     { 20, "ELEMENT", PLAIN },
  { 21, "DELIMITER", LITERAL },   { 22, "COLLATABLE", FLAG },
};

static char *
base_definition(const DmigPgReader *self, const PGresult *rows, int row)
{
  g_autoptr(GString) sql = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(base_parts); i++) {
    const char *cell = dmig_pg_cell(rows, row, base_parts[i].column);
    if (cell == NULL)
      continue;
    g_autofree char *value = base_parts[i].form == PLAIN     ? dmig_pg_reader_text(self, cell)
                             : base_parts[i].form == LITERAL ? dmig_sql_string(cell)
                                                             : g_strdup("true");
    g_string_append_printf(sql, "%s  %s = %s", sql->len > 0 ? ",\n" : "", base_parts[i].word, value);
  }
  return g_strdup(sql->str);
}

void
dmig_pg_read_base_types(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0; i < PQntuples(rows); i++) {
    gboolean shell = !dmig_pg_cell_true(rows, i, 3);
    g_autofree char *path = dmig_pg_cell_path(self, rows, i, 1);
    g_autofree char *functions = dmig_pg_cell_text(self, rows, i, 4);
    g_autofree char *definition = base_definition(self, rows, i);
    g_autofree char *what = dmig_sql_printf(dialect, "TYPE %I", path);
    DmigObject *object = dmig_object_new(DMIG_OBJECT_BASE_TYPE, path, NULL);
    object->create = shell ? g_strdup_printf("CREATE %s;\n", what)
                           : g_strdup_printf("CREATE %s;\n%sCREATE %s (\n%s\n);\n", what,
                                             functions != NULL ? functions : "", what, definition);
    object->drop = g_strdup_printf("DROP %s%s;\n", what, shell ? "" : " CASCADE");
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_TYPE, dmig_pg_cell_oid(rows, i, 0), what);
  }
}

/* --- their functions ----------------------------------------------------------------------- */

/* Who calls one depends on its type. */
void
dmig_pg_read_type_functions(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    const DmigPgRegistered *type
        = dmig_pg_reader_registered(self, DMIG_PG_CLASS_TYPE, dmig_pg_cell_oid(rows, i, 1), 0);
    if (type != NULL)
      dmig_pg_reader_register(self, DMIG_PG_CLASS_PROC, dmig_pg_cell_oid(rows, i, 0), 0,
                              type->address, NULL, NULL);
  }
}
