#include "core/apply/proof/proof.h"

#include <string.h>

#include "core/sql/lexer.h"

/* One line an object: what it is, what it should have been. The lists of both schemas are walked
 * by name; what has no name is looked up by shape. */

typedef struct {
  GPtrArray *lines;
  const char *table;
} Explainer;

static void G_GNUC_PRINTF(2, 3) say(Explainer *self, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_ptr_array_add(self->lines, self->table ? g_strdup_printf("table %s: %s", self->table, text)
                                           : g_strdup(text));
}

static char *
column_text(const DmigColumn *column)
{
  GString *text = g_string_new(column->type);
  if (column->collation != NULL)
    g_string_append_printf(text, " collate %s", column->collation);
  if (column->not_null)
    g_string_append(text, " not null");
  if (column->default_sql != NULL)
    g_string_append_printf(text, " default %s", column->default_sql);
  if (column->identity != DMIG_IDENTITY_NONE)
    g_string_append(text, column->identity == DMIG_IDENTITY_ALWAYS ? " identity always"
                                                                   : " identity by default");
  if (column->generated != DMIG_GENERATED_NONE)
    g_string_append_printf(text, " generated as (%s) %s", column->generated_sql,
                           column->generated == DMIG_GENERATED_STORED ? "stored" : "virtual");
  if (column->comment != NULL)
    g_string_append_printf(text, " comment \"%s\"", column->comment);
  return g_string_free(text, FALSE);
}

static const char *
deferrable_text(DmigDeferrable deferrable)
{
  switch (deferrable) {
  case DMIG_NOT_DEFERRABLE:
    return "";
  case DMIG_DEFERRABLE:
    return " deferrable";
  case DMIG_INITIALLY_DEFERRED:
    return " deferrable initially deferred";
  }
  return "";
}

static char *
constraint_text(const DmigConstraint *constraint)
{
  g_autofree char *columns = g_strjoinv(", ", constraint->columns);
  const char *deferrable = deferrable_text(constraint->deferrable);
  switch (constraint->kind) {
  case DMIG_CONSTRAINT_PRIMARY_KEY:
    return g_strdup_printf("primary key (%s)%s", columns, deferrable);
  case DMIG_CONSTRAINT_UNIQUE:
    return g_strdup_printf("unique (%s)%s", columns, deferrable);
  case DMIG_CONSTRAINT_CHECK:
    return g_strdup_printf("check (%s)", constraint->check_sql);
  case DMIG_CONSTRAINT_EXCLUSION:
    return g_strdup(constraint->definition);
  case DMIG_CONSTRAINT_FOREIGN_KEY:
    break;
  }
  g_autofree char *to = g_strjoinv(", ", constraint->ref_columns);
  return g_strdup_printf("foreign key (%s) references %s (%s) on delete %s on update %s%s", columns,
                         constraint->ref_table, to, dmig_action_sql(constraint->on_delete),
                         dmig_action_sql(constraint->on_update), deferrable);
}

static void
append_element(GString *text, const DmigIndexElement *element)
{
  g_string_append(text, element->column ? element->column : element->expression);
  if (element->collation != NULL)
    g_string_append_printf(text, " collate %s", element->collation);
  if (element->operator_class != NULL)
    g_string_append_printf(text, " %s", element->operator_class);
  if (element->descending)
    g_string_append(text, " desc");
  if (element->nulls != 0)
    g_string_append(text, element->nulls < 0 ? " nulls first" : " nulls last");
}

static char *
index_text(const DmigIndex *index)
{
  GString *text = g_string_new(index->unique ? "unique (" : "(");
  for (guint i = 0; i < index->elements->len; i++) {
    g_string_append(text, i > 0 ? ", " : "");
    append_element(text, index->elements->pdata[i]);
  }
  g_string_append_c(text, ')');
  if (index->method != NULL)
    g_string_append_printf(text, " using %s", index->method);
  if (index->include[0] != NULL) {
    g_autofree char *include = g_strjoinv(", ", index->include);
    g_string_append_printf(text, " include (%s)", include);
  }
  if (index->where_sql != NULL)
    g_string_append_printf(text, " where %s", index->where_sql);
  return g_string_free(text, FALSE);
}

static void
explain_columns(Explainer *self, const DmigTable *is, const DmigTable *wanted)
{
  for (guint i = 0; i < wanted->columns->len; i++) {
    const DmigColumn *want = wanted->columns->pdata[i];
    const DmigColumn *have = dmig_table_column(is, want->name);
    g_autofree char *want_text = column_text(want);
    if (have == NULL) {
      say(self, "column %s %s is missing", want->name, want_text);
      continue;
    }
    g_autofree char *have_text = column_text(have);
    if (!dmig_column_equal(have, want))
      say(self, "column %s is %s, wanted %s", want->name, have_text, want_text);
  }
  for (guint i = 0; i < is->columns->len; i++) {
    const DmigColumn *have = is->columns->pdata[i];
    if (dmig_table_column(wanted, have->name) == NULL)
      say(self, "column %s is there, but not wanted", have->name);
  }
}

static gboolean
has_constraint(const DmigTable *table, const DmigConstraint *constraint)
{
  for (guint i = 0; i < table->constraints->len; i++)
    if (dmig_constraint_equal(table->constraints->pdata[i], constraint))
      return TRUE;
  return FALSE;
}

static void
explain_constraints(Explainer *self, const DmigTable *table, const DmigTable *other,
                    const char *verdict)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (has_constraint(other, constraint))
      continue;
    g_autofree char *text = constraint_text(constraint);
    say(self, "constraint %s%s%s %s", constraint->name ? constraint->name : "",
        constraint->name ? " " : "", text, verdict);
  }
}

static void
explain_indexes(Explainer *self, const DmigTable *is, const DmigTable *wanted)
{
  for (guint i = 0; i < wanted->indexes->len; i++) {
    const DmigIndex *want = wanted->indexes->pdata[i];
    const DmigIndex *have = dmig_table_index(is, want->name);
    g_autofree char *want_text = index_text(want);
    g_autofree char *have_text = have ? index_text(have) : NULL;
    if (have == NULL)
      say(self, "index %s %s is missing", want->name, want_text);
    else if (have->invalid && !want->invalid)
      say(self, "index %s is invalid: a build of it failed", want->name);
    else if (!dmig_index_equal(have, want))
      say(self, "index %s is %s, wanted %s", want->name, have_text, want_text);
  }
  for (guint i = 0; i < is->indexes->len; i++) {
    const DmigIndex *have = is->indexes->pdata[i];
    if (dmig_table_index(wanted, have->name) == NULL)
      say(self, "index %s is there, but not wanted", have->name);
  }
}

static void
explain_comment(Explainer *self, const char *what, const char *is, const char *wanted)
{
  if (g_strcmp0(is, wanted) != 0)
    say(self, "%s is %s%s%s, wanted %s%s%s", what, is ? "\"" : "", is ? is : "none", is ? "\"" : "",
        wanted ? "\"" : "", wanted ? wanted : "none", wanted ? "\"" : "");
}

static void
explain_table(Explainer *self, const DmigTable *is, const DmigTable *wanted)
{
  self->table = wanted->name;
  explain_columns(self, is, wanted);
  explain_constraints(self, wanted, is, "is missing");
  explain_constraints(self, is, wanted, "is there, but not wanted");
  explain_indexes(self, is, wanted);
  explain_comment(self, "comment", is->comment, wanted->comment);
  if (is->without_rowid != wanted->without_rowid)
    say(self, "is %s rowid, wanted %s", is->without_rowid ? "without" : "with",
        wanted->without_rowid ? "without" : "with");
  if (is->strict != wanted->strict)
    say(self, "is %sstrict, wanted %sstrict", is->strict ? "" : "not ",
        wanted->strict ? "" : "not ");
  self->table = NULL;
}

static void
explain_tables(Explainer *self, const DmigSchema *is, const DmigSchema *wanted)
{
  for (guint i = 0; i < wanted->tables->len; i++) {
    const DmigTable *want = wanted->tables->pdata[i];
    const DmigTable *have = dmig_schema_table(is, want->name);
    if (have == NULL)
      say(self, "table %s is missing", want->name);
    else
      explain_table(self, have, want);
  }
  for (guint i = 0; i < is->tables->len; i++) {
    const DmigTable *have = is->tables->pdata[i];
    if (dmig_schema_table(wanted, have->name) == NULL)
      say(self, "table %s is there, but not wanted", have->name);
  }
}

static void
explain_enum(Explainer *self, const DmigEnum *is, const DmigEnum *wanted)
{
  g_autofree char *have = g_strjoinv(", ", is->labels);
  g_autofree char *want = g_strjoinv(", ", wanted->labels);
  if (strcmp(have, want) != 0)
    say(self, "enum %s is (%s), wanted (%s)", wanted->name, have, want);
  else if (!dmig_enum_equal(is, wanted))
    say(self, "enum %s has comment \"%s\", wanted \"%s\"", wanted->name,
        is->comment ? is->comment : "", wanted->comment ? wanted->comment : "");
}

static void
explain_enums(Explainer *self, const DmigSchema *is, const DmigSchema *wanted)
{
  for (guint i = 0; i < wanted->enums->len; i++) {
    const DmigEnum *want = wanted->enums->pdata[i];
    const DmigEnum *have = dmig_schema_enum(is, want->name);
    if (have == NULL)
      say(self, "enum %s is missing", want->name);
    else
      explain_enum(self, have, want);
  }
  for (guint i = 0; i < is->enums->len; i++) {
    const DmigEnum *have = is->enums->pdata[i];
    if (dmig_schema_enum(wanted, have->name) == NULL)
      say(self, "enum %s is there, but not wanted", have->name);
  }
}

static void
explain_facets(Explainer *self, const char *whose, const GPtrArray *is, const GPtrArray *wanted)
{
  for (guint i = 0; wanted != NULL && i < wanted->len; i++) {
    const DmigFacet *want = wanted->pdata[i];
    const DmigFacet *have = dmig_facets_find(is, want->name);
    if (have == NULL)
      say(self, "%s has no %s, wanted %s", whose, want->name, want->value);
    else if (!dmig_sql_equal(have->value, want->value))
      say(self, "%s has %s %s, wanted %s", whose, want->name, have->value, want->value);
  }
  for (guint i = 0; is != NULL && i < is->len; i++) {
    const DmigFacet *have = is->pdata[i];
    if (dmig_facets_find(wanted, have->name) == NULL)
      say(self, "%s has %s %s, which is not wanted", whose, have->name, have->value);
  }
}

static void
explain_object(Explainer *self, const char *name, const DmigObject *is, const DmigObject *wanted)
{
  if (!dmig_object_same_core(is, wanted))
    say(self, "%s is %s, wanted %s", name, is->core != NULL ? is->core : is->create,
        wanted->core != NULL ? wanted->core : wanted->create);
  explain_facets(self, name, is->facets, wanted->facets);
}

static void
explain_objects(Explainer *self, const DmigSchema *is, const DmigSchema *wanted)
{
  for (guint i = 0; i < wanted->objects->len; i++) {
    const DmigObject *want = wanted->objects->pdata[i];
    g_autofree char *address = dmig_object_address(want);
    g_autofree char *name = dmig_address_text(address);
    const DmigObject *have = dmig_schema_object_at(is, address);
    if (have == NULL)
      say(self, "%s is missing", name);
    else
      explain_object(self, name, have, want);
  }
  for (guint i = 0; i < is->objects->len; i++) {
    g_autofree char *address = dmig_object_address(is->objects->pdata[i]);
    g_autofree char *name = dmig_address_text(address);
    if (dmig_schema_object_at(wanted, address) == NULL)
      say(self, "%s is there, but not wanted", name);
  }
}

GPtrArray *
dmig_schema_explain_differences(DmigSchema *is, DmigSchema *wanted)
{
  Explainer explainer = { .lines = g_ptr_array_new_with_free_func(g_free) };
  explain_enums(&explainer, is, wanted);
  explain_tables(&explainer, is, wanted);
  explain_objects(&explainer, is, wanted);
  return explainer.lines;
}
