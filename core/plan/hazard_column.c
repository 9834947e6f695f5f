#include "core/plan/hazard_scan.h"

#include <string.h>

/* Calls that give the same for all rows of a statement. Anything else may differ from row to row. */
static const char *const stable[] = {
  "array",         "cast",          "clock_time",     "coalesce",     "current_schema",
  "current_setting", "decode",      "int4range",      "json_build_array", "json_build_object",
  "jsonb_build_array", "jsonb_build_object", "lower", "make_interval", "now",
  "numeric",       "statement_timestamp", "timezone", "to_date",      "to_timestamp",
  "transaction_timestamp", "upper", "varchar",        "date_trunc",   "date",
};

static gboolean
is_stable(DmigToken token)
{
  for (guint i = 0; i < G_N_ELEMENTS(stable); i++)
    if (dmig_token_is(token, stable[i]))
      return TRUE;
  return FALSE;
}

/* Up to the next clause of the column's definition. */
static gboolean
ends_expression(const DmigCursor *self)
{
  static const char *const keywords[] = { "not null", "null",       "primary", "unique", "check",
                                          "references", "constraint", "generated", "collate",
                                          "default" };
  for (guint i = 0; i < G_N_ELEMENTS(keywords); i++)
    if (dmig_cursor_sees(self, keywords[i]))
      return TRUE;
  return FALSE;
}

static DmigCursor
default_of(DmigCursor definition)
{
  DmigCursor none = { definition.tokens, definition.n, definition.n };

  if (!dmig_cursor_seek(&definition, "default"))
    return none;
  DmigCursor value = definition;
  while (!dmig_cursor_done(&definition) &&
         (definition.at == value.at || !ends_expression(&definition)))
    dmig_cursor_skip(&definition);
  value.n = MIN(definition.at, definition.n);
  return value;
}

/* A word before a parenthesis is a call, unless it is a type's with its modifier behind a `::`. */
static gboolean
is_volatile(const DmigCursor *value)
{
  for (guint i = value->at; i + 1 < value->n; i++)
    if (value->tokens[i].kind == DMIG_TOKEN_WORD && dmig_token_is(value->tokens[i + 1], "(") &&
        !is_stable(value->tokens[i]) &&
        !(i > value->at && dmig_token_is(value->tokens[i - 1], "::")))
      return TRUE;
  return FALSE;
}

static gboolean
is_serial(const DmigCursor *definition)
{
  return dmig_cursor_sees(definition, "serial") || dmig_cursor_sees(definition, "bigserial") ||
         dmig_cursor_sees(definition, "smallserial");
}

void
dmig_hazard_type(DmigHazardScan *self, const char *table, const char *column, DmigCursor type)
{
  if (self->whole)
    return;
  if (dmig_cursor_sees(&type, "char") || dmig_cursor_sees(&type, "bpchar") ||
      (dmig_cursor_sees(&type, "character") && !dmig_cursor_sees(&type, "character varying")))
    dmig_hazard_add(self, "ban-char-field", "%s.%s pads its values with spaces", table, column);
  else if (dmig_cursor_sees(&type, "varchar (") || dmig_cursor_sees(&type, "character varying ("))
    dmig_hazard_add(self, "prefer-text-field", "%s.%s has its length in its type", table, column);
  else if ((dmig_cursor_sees(&type, "timestamp") && !dmig_cursor_has(&type, "with time zone")))
    dmig_hazard_add(self, "prefer-timestamptz", "%s.%s knows no time zone", table, column);
  else if (dmig_cursor_sees(&type, "money"))
    dmig_hazard_add(self, "ban-money-field", "%s.%s depends on a setting of the server", table,
                    column);
  else if (dmig_cursor_sees(&type, "json"))
    dmig_hazard_add(self, "prefer-jsonb", "%s.%s can't be compared or indexed", table, column);
  else if (is_serial(&type))
    dmig_hazard_add(self, "prefer-identity", "%s.%s is loosely tied to its sequence", table,
                    column);
}

void
dmig_hazard_key_type(DmigHazardScan *self, const char *table, const char *column, DmigCursor type)
{
  if (self->whole)
    return;
  if (dmig_cursor_sees(&type, "int") || dmig_cursor_sees(&type, "integer") ||
      dmig_cursor_sees(&type, "int4") || dmig_cursor_sees(&type, "serial"))
    dmig_hazard_add(self, "prefer-bigint-over-int", "the key %s.%s ends at 2147483647", table,
                    column);
  else if (dmig_cursor_sees(&type, "smallint") || dmig_cursor_sees(&type, "int2") ||
           dmig_cursor_sees(&type, "smallserial"))
    dmig_hazard_add(self, "prefer-bigint-over-smallint", "the key %s.%s ends at 32767", table,
                    column);
}

static void
judge_added(DmigHazardScan *self, const char *table, const char *column, DmigCursor definition)
{
  DmigCursor value = default_of(definition);
  gboolean numbered = is_serial(&definition) || dmig_cursor_has(&definition, "as identity");
  gboolean computed = dmig_cursor_has(&definition, "generated always as") && !numbered;
  gboolean required = dmig_cursor_has(&definition, "not null");

  if (numbered)
    dmig_hazard_add(self, "adding-identity-column", "numbering %s.%s writes every row of %s again",
                    table, column, table);
  else if (computed && !dmig_cursor_has(&definition, "virtual"))
    dmig_hazard_add(self, "adding-stored-generated-field",
                    "computing %s.%s writes every row of %s again", table, column, table);
  else if (!computed && is_volatile(&value))
    dmig_hazard_add(self, "adding-field-with-default",
                    "the default of %s.%s differs from row to row: every row of %s is written again",
                    table, column, table);
  else if (required && !computed && dmig_cursor_done(&value))
    dmig_hazard_add(self, "adding-not-nullable-field",
                    "%s.%s is required and has no value for the rows of %s", table, column, table);
  if (numbered || computed || is_volatile(&value))
    dmig_hazard_work(self, table, "writing every row again");
  if (dmig_cursor_has(&definition, "unique") && !self->whole)
    dmig_hazard_add(self, "disallowed-unique-constraint",
                    "the index of %s.%s is built while nobody can use %s", table, column, table);
  if (dmig_cursor_has(&definition, "primary key") && !self->whole)
    dmig_hazard_add(self, "adding-primary-key-constraint",
                    "the index of %s.%s is built while nobody can use %s", table, column, table);
  if (dmig_cursor_has(&definition, "references") && !dmig_cursor_done(&value) && !self->whole)
    dmig_hazard_add(self, "adding-foreign-key-constraint",
                    "every row of %s is looked up while writers wait", table);
}

void
dmig_hazard_column(DmigHazardScan *self, const char *table, const char *column,
                   DmigCursor definition, gboolean added)
{
  dmig_hazard_type(self, table, column, definition);
  if (dmig_cursor_has(&definition, "primary key") || is_serial(&definition) ||
      dmig_cursor_has(&definition, "as identity"))
    dmig_hazard_key_type(self, table, column, definition);
  if (added)
    judge_added(self, table, column, definition);
}
