/* Sequences, free ones and those that belong to a column. */
#include <stdlib.h>
#include <string.h>

#include "core/db/postgres/inspect_objects.h"
#include "core/db/postgres/object_sql.h"
#include "core/sql/text.h"

typedef struct {
  const char *type, *increment, *min, *max, *start, *cache;
  gboolean cycle;
} Options;

/* Bounds that a sequence has by itself depend on its type and direction. */
typedef struct {
  const char *low, *high; /* of the type */
  const char *min, *max, *start;
} Defaults;

static Defaults
defaults_of(const Options *options)
{
  gboolean down = *options->increment == '-';
  Defaults usual = { "-9223372036854775808", "9223372036854775807", "1", "-1", NULL };
  if (strcmp(options->type, "integer") == 0)
    usual = (Defaults) { "-2147483648", "2147483647", "1", "-1", NULL };
  else if (strcmp(options->type, "smallint") == 0)
    usual = (Defaults) { "-32768", "32767", "1", "-1", NULL };
  if (down)
    usual.min = usual.low;
  else
    usual.max = usual.high;
  usual.start = down ? options->max : options->min;
  return usual;
}

static void
add_option(DmigObject *object, GString *sql, const char *word, const char *property,
           const char *value, const char *usual)
{
  if (strcmp(value, usual) == 0)
    return;
  g_string_append_printf(sql, " %s %s", word, value);
  dmig_object_set_property(object, property, value);
}

/* What is not as the server would choose: ` AS integer INCREMENT BY 2`, in the order of CREATE. */
static char *
uncommon_options(DmigObject *object, const Options *options, const Defaults *usual)
{
  g_autoptr(GString) sql = g_string_new(NULL);
  add_option(object, sql, "AS", "type", options->type, "bigint");
  add_option(object, sql, "INCREMENT BY", "increment", options->increment, "1");
  add_option(object, sql, "MINVALUE", "min", options->min, usual->min);
  add_option(object, sql, "MAXVALUE", "max", options->max, usual->max);
  add_option(object, sql, "START WITH", "start", options->start, usual->start);
  add_option(object, sql, "CACHE", "cache", options->cache, "1");
  if (options->cycle) {
    g_string_append(sql, " CYCLE");
    dmig_object_set_property(object, "cycle", "true");
  }
  return g_strdup(sql->str);
}

/* Where the bounds are other than what most sequences have, the number that the sequence stands at may
 * be out of them, and ALTER would refuse. Nothing else moves it. */
static void
append_move(GString *sql, const DmigDialect *dialect, const char *path, const char *min,
            const char *max, const char *start)
{
  g_autofree char *name = dmig_sql_identifier(dialect, path);
  dmig_sql_appendf(sql, dialect,
                   "ALTER SEQUENCE %I AS bigint MINVALUE -9223372036854775808 "
                   "MAXVALUE 9223372036854775807;\n"
                   "SELECT pg_catalog.setval(%S, %s, false) FROM %I "
                   "WHERE last_value NOT BETWEEN %s AND %s;\n",
                   path, name, start, path, min, max);
}

static char *
set_options(const DmigDialect *dialect, const char *path, const Options *options)
{
  g_autoptr(GString) sql = g_string_new(NULL);
  Defaults usual = defaults_of(options);
  if (strcmp(options->min, "1") != 0 || strcmp(options->max, usual.high) != 0)
    append_move(sql, dialect, path, options->min, options->max, options->start);
  dmig_sql_appendf(sql, dialect,
                   "ALTER SEQUENCE %I AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s "
                   "CACHE %s %s;\n",
                   path, options->type, options->increment, options->min, options->max,
                   options->start, options->cache, options->cycle ? "CYCLE" : "NO CYCLE");
  return g_strdup(sql->str);
}

static char *
reset_options(const DmigDialect *dialect, const char *path, const Options *options)
{
  g_autoptr(GString) sql = g_string_new(NULL);
  if (*options->min == '-' || *options->min == '0')
    append_move(sql, dialect, path, "1", "9223372036854775807", "1");
  dmig_sql_appendf(sql, dialect,
                   "ALTER SEQUENCE %I AS bigint INCREMENT BY 1 MINVALUE 1 "
                   "MAXVALUE 9223372036854775807 START WITH 1 CACHE 1 NO CYCLE;\n",
                   path);
  return g_strdup(sql->str);
}

static void
read_options(DmigPgReader *self, DmigObject *object, const Options *options, GString *create)
{
  const DmigDialect *dialect = self->schema->dialect;
  Defaults usual = defaults_of(options);
  g_autofree char *text = uncommon_options(object, options, &usual);
  if (*text == '\0')
    return;
  g_string_append(create, text);
  dmig_pg_add_facet(&object->facets, "options", g_strdup(text + 1),
                    set_options(dialect, object->path, options),
                    reset_options(dialect, object->path, options));
}

static void
read_column(DmigPgReader *self, DmigObject *object, const PGresult *rows, int row)
{
  const DmigDialect *dialect = self->schema->dialect;
  const char *column = dmig_pg_cell(rows, row, 13);
  if (column == NULL)
    return;
  g_autofree char *table = dmig_pg_cell_path(self, rows, row, 11);
  g_autofree char *address = dmig_address_new(DMIG_OBJECT_COLUMN, table, column);
  DmigFacet *facet = dmig_pg_add_facet(
      &object->facets, "owned by", dmig_sql_printf(dialect, "%I.%I", table, column),
      dmig_sql_printf(dialect, "ALTER SEQUENCE %I OWNED BY %I.%I;\n", object->path, table, column),
      dmig_sql_printf(dialect, "ALTER SEQUENCE %I OWNED BY NONE;\n", object->path));
  facet->created = FALSE;
  facet->late = TRUE;
  facet->replaces = TRUE; /* it would go with the column that it leaves */
  dmig_facet_add_need(facet, g_strdup(address));
  dmig_object_set_property(object, "owned_by", address);
}

static void
read_logged(DmigPgReader *self, DmigObject *object)
{
  const DmigDialect *dialect = self->schema->dialect;
  dmig_pg_add_facet(&object->facets, "logged", g_strdup("unlogged"),
                    dmig_sql_printf(dialect, "ALTER SEQUENCE %I SET UNLOGGED;\n", object->path),
                    dmig_sql_printf(dialect, "ALTER SEQUENCE %I SET LOGGED;\n", object->path));
  dmig_object_set_property(object, "unlogged", "true");
}

void
dmig_pg_read_sequences(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0; i < PQntuples(rows); i++) {
    g_autofree char *path = dmig_pg_cell_path(self, rows, i, 1);
    g_autofree char *what = dmig_sql_printf(dialect, "SEQUENCE %I", path);
    gboolean unlogged = dmig_pg_cell_true(rows, i, 3);
    Options options = { dmig_pg_cell(rows, i, 4), dmig_pg_cell(rows, i, 5),
                        dmig_pg_cell(rows, i, 6), dmig_pg_cell(rows, i, 7),
                        dmig_pg_cell(rows, i, 8), dmig_pg_cell(rows, i, 9),
                        dmig_pg_cell_true(rows, i, 10) };
    DmigObject *object = dmig_object_new(DMIG_OBJECT_SEQUENCE, path, NULL);
    g_autoptr(GString) create = g_string_new(NULL);
    g_string_append_printf(create, "CREATE %s%s", unlogged ? "UNLOGGED " : "", what);
    read_options(self, object, &options, create);
    if (unlogged)
      read_logged(self, object);
    read_column(self, object, rows, i);
    object->create = g_strconcat(create->str, ";\n", NULL);
    object->core = g_strdup_printf("CREATE %s;\n", what);
    object->drop = g_strdup_printf("DROP %s;\n", what);
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_CLASS, dmig_pg_cell_oid(rows, i, 0), what);
  }
}
