#include "core/db/postgres/inspect_rows.h"

#include <stdlib.h>
#include <string.h>

/* Columns of an object's row. */
enum {
  OBJECT_KIND,
  OBJECT_CLASS,
  OBJECT_OID,
  OBJECT_SCHEMA,
  OBJECT_NAME,
  OBJECT_DETAIL,
  OBJECT_CREATE,
  OBJECT_DROP,
  OBJECT_CORE,
  OBJECT_WHAT,
  OBJECT_REPLACE,
  OBJECT_MOULD,
};

/* Columns of a facet's row. */
enum {
  FACET_CLASS,
  FACET_OID,
  FACET_NAME,
  FACET_VALUE,
  FACET_SET,
  FACET_CHANGE,
  FACET_RESET,
  FACET_WORDS,
  FACET_NEEDS,
};

static DmigObjectKind
kind_named(const char *name)
{
  for (int kind = 0; kind < DMIG_OBJECT_KINDS; kind++)
    if (strcmp(dmig_object_kind_name((DmigObjectKind) kind), name) == 0)
      return (DmigObjectKind) kind;
  return DMIG_OBJECT_KINDS;
}

static char *
text_of(const DmigPgReader *self, const PGresult *rows, int row, int column)
{
  return dmig_pg_reader_text(self, dmig_pg_cell(rows, row, column));
}

/* --- objects ------------------------------------------------------------------------------- */

/* Of these the name is SQL: types, not a name that happens to have a dot. */
static gboolean
is_named_by_types(DmigObjectKind kind)
{
  return kind == DMIG_OBJECT_CAST || kind == DMIG_OBJECT_TRANSFORM;
}

static char *
path_of(const DmigPgReader *self, DmigObjectKind kind, const PGresult *rows, int row)
{
  const char *schema = dmig_pg_cell(rows, row, OBJECT_SCHEMA);
  /* A role has default privileges of its own and in each schema, the default one too. */
  if (kind == DMIG_OBJECT_DEFAULT_PRIVILEGES)
    return dmig_path_new(schema, dmig_pg_cell(rows, row, OBJECT_NAME));
  if (is_named_by_types(kind))
    return text_of(self, rows, row, OBJECT_NAME);
  if (schema == NULL)
    return dmig_path_new(NULL, dmig_pg_cell(rows, row, OBJECT_NAME));
  return dmig_pg_reader_path(self, schema, dmig_pg_cell(rows, row, OBJECT_NAME));
}

static char *
detail_of(const DmigPgReader *self, DmigObjectKind kind, const PGresult *rows, int row)
{
  return kind == DMIG_OBJECT_OPERATOR ? text_of(self, rows, row, OBJECT_DETAIL)
                                      : g_strdup(dmig_pg_cell(rows, row, OBJECT_DETAIL));
}

static void
read_object(DmigPgReader *self, DmigObjectKind kind, const PGresult *rows, int row)
{
  g_autofree char *path = path_of(self, kind, rows, row);
  g_autofree char *detail = detail_of(self, kind, rows, row);
  g_autofree char *what = text_of(self, rows, row, OBJECT_WHAT);
  DmigObject *object = dmig_object_new(kind, path, detail);
  object->create = text_of(self, rows, row, OBJECT_CREATE);
  object->drop = text_of(self, rows, row, OBJECT_DROP);
  object->core = text_of(self, rows, row, OBJECT_CORE);
  object->replace = text_of(self, rows, row, OBJECT_REPLACE);
  object->mould = text_of(self, rows, row, OBJECT_MOULD);
  dmig_pg_reader_add(self, object, dmig_pg_cell_oid(rows, row, OBJECT_CLASS),
                     dmig_pg_cell_oid(rows, row, OBJECT_OID), what);
}

void
dmig_pg_read_objects(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    DmigObjectKind kind = kind_named(dmig_pg_cell(rows, i, OBJECT_KIND));
    g_return_if_fail(kind != DMIG_OBJECT_KINDS);
    if (dmig_pg_cell(rows, i, OBJECT_CREATE) == NULL) /* it went while it was read */
      continue;
    read_object(self, kind, rows, i);
  }
}

/* --- facets -------------------------------------------------------------------------------- */

/* `needs` as in the row; what was not read is always there. */
static void
add_needs(const DmigPgReader *self, DmigFacet *facet, const char *own, const char *needs)
{
  g_auto(GStrv) all = g_strsplit(needs, " ", -1);
  for (char **one = all; *one != NULL; one++) {
    g_auto(GStrv) parts = g_strsplit(*one, ":", 3);
    if (g_strv_length(parts) != 3)
      continue;
    const DmigPgRegistered *needed
        = dmig_pg_reader_registered(self, (guint32) strtoul(parts[0], NULL, 10),
                                    (guint32) strtoul(parts[1], NULL, 10), atoi(parts[2]));
    if (needed == NULL || strcmp(needed->address, own) == 0)
      continue;
    if (facet->needs == NULL || !g_strv_contains((const char *const *) facet->needs, needed->address))
      dmig_facet_add_need(facet, g_strdup(needed->address));
  }
}

static DmigFacet *
read_facet(const DmigPgReader *self, const char *own, const PGresult *rows, int row)
{
  const char *words = dmig_pg_cell(rows, row, FACET_WORDS);
  const char *needs = dmig_pg_cell(rows, row, FACET_NEEDS);
  g_autofree char *name = text_of(self, rows, row, FACET_NAME);
  g_autofree char *value = text_of(self, rows, row, FACET_VALUE);
  g_autofree char *set = text_of(self, rows, row, FACET_SET);
  g_autofree char *reset = text_of(self, rows, row, FACET_RESET);
  DmigFacet *facet = dmig_facet_new(name, value, set, reset);
  facet->change = text_of(self, rows, row, FACET_CHANGE);
  facet->created = strstr(words, "created") != NULL;
  facet->replaces = strstr(words, "replaces") != NULL;
  facet->late = strstr(words, "late") != NULL;
  if (needs != NULL)
    add_needs(self, facet, own, needs);
  return facet;
}

void
dmig_pg_read_facets(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    const DmigPgRegistered *of = dmig_pg_reader_registered(
        self, dmig_pg_cell_oid(rows, i, FACET_CLASS), dmig_pg_cell_oid(rows, i, FACET_OID), 0);
    if (of != NULL && of->facets != NULL)
      dmig_facets_add(of->facets, read_facet(self, of->address, rows, i));
  }
}
