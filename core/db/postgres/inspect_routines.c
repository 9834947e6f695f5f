/* Functions, procedures and aggregates. */
#include <string.h>

#include "core/db/postgres/inspect_objects.h"
#include "core/db/postgres/object_sql.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

#define OR_REPLACE "OR REPLACE "

/* --- functions and procedures -------------------------------------------------------------- */

static const char *
kind_name(char code)
{
  return code == 'p' ? "procedure" : code == 'w' ? "window" : "function";
}

/* Where the body begins in what pg_get_functiondef() prints; its clauses stand on lines that begin
 * with a space. NULL: at the end. */
static const char *
find_body(const char *definition)
{
  static const char *const beginnings[] = { "AS ", "RETURN ", "BEGIN ATOMIC" };
  for (const char *line = strchr(definition, '\n'); line != NULL; line = strchr(line + 1, '\n'))
    for (guint i = 0; i < G_N_ELEMENTS(beginnings); i++)
      if (g_str_has_prefix(line + 1, beginnings[i]))
        return line + 1;
  return NULL;
}

/* ` SET work_mem TO '4MB'` among the clauses. */
static void
read_settings(DmigObject *object, const char *definition)
{
  const char *body = find_body(definition);
  gsize length = body != NULL ? (gsize) (body - definition) : strlen(definition);
  g_autofree char *head = g_strndup(definition, length);
  g_auto(GStrv) lines = g_strsplit(head, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    char *to = g_str_has_prefix(*line, " SET ") ? strstr(*line, " TO ") : NULL;
    if (to == NULL)
      continue;
    *to = '\0';
    DmigLexer lexer;
    dmig_lexer_init(&lexer, *line + strlen(" SET "));
    g_autofree char *name = dmig_token_identifier(dmig_lexer_next(&lexer));
    g_autofree char *label = g_strconcat("set ", name, NULL);
    dmig_object_set_property(object, label, to + strlen(" TO "));
  }
}

static void
set_code(DmigObject *object, const char *property, char code, char usual, const char *const *names,
         const char *codes)
{
  const char *at = strchr(codes, code);
  if (code != usual && at != NULL)
    dmig_object_set_property(object, property, names[at - codes]);
}

static void
read_body(DmigObject *object, const char *definition, const PGresult *rows, int row)
{
  const char *source = dmig_pg_cell(rows, row, 9), *library = dmig_pg_cell(rows, row, 10);
  const char *body = *source == '\0' ? find_body(definition) : NULL; /* the standard's is no string */
  gboolean standard = body != NULL && !g_str_has_prefix(body, "AS ");
  dmig_object_set_property(object, "body", standard ? body : source);
  dmig_pg_set_property(object, "library", library);
}

static void
read_properties(DmigPgReader *self, DmigObject *object, const char *definition,
                const PGresult *rows, int row)
{
  static const char *const volatilities[] = { "immutable", "stable" };
  static const char *const parallels[] = { "safe", "restricted" };
  static const char *const flags[] = { "strict", "security_definer", "leakproof" };
  g_autofree char *arguments = dmig_pg_cell_text(self, rows, row, 6);
  g_autofree char *result = dmig_pg_cell_text(self, rows, row, 7);
  g_autofree char *support = dmig_pg_cell_text(self, rows, row, 18);
  dmig_object_set_property(object, "kind", kind_name(*dmig_pg_cell(rows, row, 3)));
  dmig_object_set_property(object, "arguments", arguments);
  dmig_pg_set_property(object, "returns", result);
  dmig_object_set_property(object, "language", dmig_pg_cell(rows, row, 8));
  set_code(object, "volatility", *dmig_pg_cell(rows, row, 11), 'v', volatilities, "is");
  for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
    if (dmig_pg_cell_true(rows, row, 12 + (int) i))
      dmig_object_set_property(object, flags[i], "true");
  set_code(object, "parallel", *dmig_pg_cell(rows, row, 15), 'u', parallels, "sr");
  dmig_pg_set_property(object, "cost", dmig_pg_cell(rows, row, 16));
  dmig_pg_set_property(object, "rows", dmig_pg_cell(rows, row, 17));
  dmig_pg_set_property(object, "support", support);
  read_settings(object, definition);
  read_body(object, definition, rows, row);
}

/* A default may come by CREATE OR REPLACE, but none may go: `|`, and a mark for each. */
static char *
read_mould(const PGresult *rows, int row)
{
  guint n = (guint) g_ascii_strtoull(dmig_pg_cell(rows, row, 21), NULL, 10);
  g_autofree char *marks = g_strnfill(n, 'd');
  return g_strdup_printf("%s|%s", dmig_pg_cell(rows, row, 20), marks);
}

void
dmig_pg_read_routines(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0; i < PQntuples(rows); i++) {
    const char *word = *dmig_pg_cell(rows, i, 3) == 'p' ? "PROCEDURE" : "FUNCTION";
    g_autofree char *path = dmig_pg_cell_path(self, rows, i, 1);
    g_autofree char *types = dmig_pg_cell_text(self, rows, i, 4);
    g_autofree char *definition = dmig_pg_cell_text(self, rows, i, 5);
    g_autofree char *identity = dmig_pg_cell_text(self, rows, i, 22);
    g_autofree char *what = dmig_object_sql(dialect, DMIG_OBJECT_ROUTINE, path,
                                            identity != NULL ? identity : types, word);
    if (definition == NULL)
      continue;
    g_strchomp(definition);
    DmigObject *object = dmig_object_new(DMIG_OBJECT_ROUTINE, path, types);
    const char *tail = definition + strlen("CREATE ");
    if (g_str_has_prefix(tail, OR_REPLACE))
      tail += strlen(OR_REPLACE);
    object->create = g_strdup_printf("CREATE %s;\n", tail);
    object->replace = g_strdup_printf("CREATE " OR_REPLACE "%s;\n", tail);
    object->mould = read_mould(rows, i);
    object->drop = g_strdup_printf("DROP %s;\n", what);
    read_properties(self, object, definition, rows, i);
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_PROC, dmig_pg_cell_oid(rows, i, 0), what);
  }
}

/* --- aggregates ---------------------------------------------------------------------------- */

typedef enum { PLAIN, LITERAL, FLAG, MODIFY, PARALLEL } PartForm;

static const struct {
  int column;
  const char *word;
  PartForm form;
} aggregate_parts[] = {
  { 6, "SFUNC", PLAIN },
  { 7, "STYPE", PLAIN },
  { 8, "SSPACE", PLAIN },
  { 9, "FINALFUNC", PLAIN },
  { 10, "FINALFUNC_EXTRA", FLAG },
  { 11, "FINALFUNC_MODIFY", MODIFY },
  { 12, "COMBINEFUNC", PLAIN },
  { 13, "SERIALFUNC", PLAIN },
  { 14, "DESERIALFUNC", PLAIN },
  { 15, "INITCOND", LITERAL },
  { 16, "MSFUNC", PLAIN },
  { 17, "MINVFUNC", PLAIN },
  { 18, "MSTYPE", PLAIN },
  { 19, "MSSPACE", PLAIN },
  { 20, "MFINALFUNC", PLAIN },
  { 21, "MFINALFUNC_EXTRA", FLAG },
  { 22, "MFINALFUNC_MODIFY", MODIFY },
  { 23, "MINITCOND", LITERAL },
  { 24, "SORTOP", PLAIN },
  { 25, "PARALLEL", PARALLEL },
  { 26, "HYPOTHETICAL", FLAG },
};

/* What stands behind the word; NULL: the word alone. */
static char *
part_value(const DmigPgReader *self, PartForm form, const char *value)
{
  switch (form) {
  case PLAIN:
    return dmig_pg_reader_text(self, value);
  case LITERAL:
    return dmig_sql_string(value);
  case MODIFY:
    return g_strdup(*value == 'r' ? "READ_ONLY" : *value == 's' ? "SHAREABLE" : "READ_WRITE");
  case PARALLEL:
    return g_strdup(*value == 's' ? "SAFE" : "RESTRICTED");
  case FLAG:
    break;
  }
  return NULL;
}

static char *
aggregate_body(const DmigPgReader *self, const PGresult *rows, int row)
{
  g_autoptr(GString) sql = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(aggregate_parts); i++) {
    const char *cell = dmig_pg_cell(rows, row, aggregate_parts[i].column);
    if (cell == NULL)
      continue;
    g_autofree char *value = part_value(self, aggregate_parts[i].form, cell);
    g_string_append_printf(sql, "%s  %s%s%s", sql->len > 0 ? ",\n" : "", aggregate_parts[i].word,
                           value != NULL ? " = " : "", value != NULL ? value : "");
  }
  return g_strdup(sql->str);
}

void
dmig_pg_read_aggregates(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0; i < PQntuples(rows); i++) {
    g_autofree char *path = dmig_pg_cell_path(self, rows, i, 1);
    g_autofree char *types = dmig_pg_cell_text(self, rows, i, 3);
    g_autofree char *arguments = dmig_pg_cell_text(self, rows, i, 4);
    g_autofree char *identity = dmig_pg_cell_text(self, rows, i, 5);
    g_autofree char *body = aggregate_body(self, rows, i);
    g_autofree char *what = dmig_object_sql(dialect, DMIG_OBJECT_ROUTINE, path,
                                            *identity != '\0' ? identity : "*", "AGGREGATE");
    DmigObject *object = dmig_object_new(DMIG_OBJECT_ROUTINE, path, types);
    object->create = dmig_sql_printf(dialect, "CREATE AGGREGATE %I(%s) (\n%s\n);\n", path,
                                     *arguments != '\0' ? arguments : "*", body);
    object->drop = g_strdup_printf("DROP %s;\n", what);
    dmig_object_set_property(object, "kind", "aggregate");
    dmig_object_set_property(object, "arguments", arguments);
    dmig_pg_reader_add(self, object, DMIG_PG_CLASS_PROC, dmig_pg_cell_oid(rows, i, 0), what);
  }
}
