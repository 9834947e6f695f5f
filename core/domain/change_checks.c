/* `checks:` of a change file: what the author wants to be true of the rows before or after. */
#include <stddef.h>

#include "core/domain/change_reader.h"

void
dmig_change_check_free(gpointer data)
{
  DmigChangeCheck *self = data;
  dmig_sql_text_free(self->sql);
  g_free(self->expect);
  g_free(self->message);
  g_free(self);
}

static const DmigWord moments[] = {
  { "after", DMIG_CHECK_AFTER_UPGRADE },
  { "before", DMIG_CHECK_BEFORE_UPGRADE },
  { "after downgrade", DMIG_CHECK_AFTER_DOWNGRADE },
  { "before downgrade", DMIG_CHECK_BEFORE_DOWNGRADE },
  { NULL, 0 },
};

static const DmigForm when_form = {
  .expects = "a time for a check",
  .scalar = dmig_form_read_word,
  .words = moments,
};

static const DmigKey check_keys[] = {
  { "sql", &dmig_form_sql, offsetof(DmigChangeCheck, sql), TRUE,
    "A query of one value; without `expect`, how many rows stand in the way." },
  { "expect", &dmig_form_text, offsetof(DmigChangeCheck, expect), FALSE,
    "What it must give; 0 rows in the way where it is left out." },
  { "message", &dmig_form_text, offsetof(DmigChangeCheck, message), FALSE,
    "What is wrong where it gives another value." },
  { "when", &when_form, offsetof(DmigChangeCheck, when), FALSE,
    "before, after (the default), before downgrade, after downgrade." },
  { 0 },
};

static const DmigForm check_form = {
  .definition = "change-check",
  .expects = "{sql: …, expect: …, message: …, when: …}",
  .mapping = dmig_form_read_keys,
  .keys = check_keys,
};

static void
read_checks(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    DmigChangeCheck *check = g_new0(DmigChangeCheck, 1);
    check->at = dmig_yaml_item(node, i)->at;
    dmig_form_read(reading, form->item, dmig_yaml_item(node, i), check);
    g_ptr_array_add(*(GPtrArray **) place, check);
  }
}

const DmigForm dmig_form_change_checks = {
  .expects = "a list of checks",
  .nullable = TRUE,
  .sequence = read_checks,
  .item = &check_form,
};

void
dmig_change_check_checks(DmigChangeReader *self)
{
  for (guint i = 0; i < self->change->checks->len; i++) {
    const DmigChangeCheck *check = g_ptr_array_index(self->change->checks, i);
    dmig_sql_text_check(&self->reading, self->to, "the check", check->sql, DMIG_SQL_EXPRESSION);
  }
}
