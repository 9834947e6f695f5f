#include "core/domain/change_file.h"

#include "core/domain/change_reader.h"
#include "core/domain/json_schema.h"

static void
rename_free(gpointer data)
{
  DmigRename *self = data;
  g_free(self->from);
  g_free(self->to);
  g_free(self);
}

static void
fill_free(gpointer data)
{
  DmigFill *self = data;
  g_free(self->field);
  dmig_value_free(self->value);
  g_free(self);
}

static void
convert_free(gpointer data)
{
  DmigConvert *self = data;
  g_free(self->field);
  dmig_sql_text_free(self->upgrade);
  dmig_sql_text_free(self->downgrade);
  g_free(self);
}

static void
value_map_free(gpointer data)
{
  DmigValueMap *self = data;
  g_free(self->field);
  g_free(self->from);
  g_free(self->to);
  g_free(self);
}

DmigChangeFile *
dmig_change_file_new(void)
{
  DmigChangeFile *self = g_new0(DmigChangeFile, 1);
  self->renames = g_ptr_array_new_with_free_func(rename_free);
  self->drops = g_ptr_array_new_with_free_func(g_free);
  self->fills = g_ptr_array_new_with_free_func(fill_free);
  self->converts = g_ptr_array_new_with_free_func(convert_free);
  self->values = g_ptr_array_new_with_free_func(value_map_free);
  self->allows = g_ptr_array_new_with_free_func(dmig_allow_free);
  self->checks = g_ptr_array_new_with_free_func(dmig_change_check_free);
  return self;
}

void
dmig_change_file_free(DmigChangeFile *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->renames);
  g_ptr_array_unref(self->drops);
  g_ptr_array_unref(self->fills);
  g_ptr_array_unref(self->converts);
  g_ptr_array_unref(self->values);
  g_ptr_array_unref(self->allows);
  g_ptr_array_unref(self->checks);
  dmig_sql_text_free(self->upgrade_before);
  dmig_sql_text_free(self->upgrade_after);
  dmig_sql_text_free(self->downgrade_before);
  dmig_sql_text_free(self->downgrade_after);
  g_free(self);
}

static void
check_scripts(DmigChangeReader *self)
{
  const DmigChangeFile *change = self->change;
  const DmigSqlText *scripts[] = { change->upgrade_before, change->upgrade_after,
                                   change->downgrade_before, change->downgrade_after };
  for (guint i = 0; i < G_N_ELEMENTS(scripts); i++)
    dmig_sql_text_check(&self->reading, self->to, "the script", scripts[i], DMIG_SQL_SCRIPT);
}

DmigChangeFile *
dmig_change_file_read(const DmigSource *source, const DmigDomain *from, const DmigDomain *to,
                      DmigDiagnostics *diagnostics)
{
  DmigChangeReader reader = { .change = dmig_change_file_new(), .from = from, .to = to };
  dmig_reading_init(&reader.reading, diagnostics, &reader);
  g_autoptr(DmigYamlDocument) document = dmig_yaml_parse(source->path, source->bytes, diagnostics);
  if (document->root != NULL)
    dmig_form_read(&reader.reading, &dmig_form_change, document->root, reader.change);
  dmig_change_check_renames(&reader);
  dmig_change_check_drops(&reader);
  dmig_change_check_values(&reader);
  dmig_change_check_allows(&reader);
  dmig_change_check_checks(&reader);
  check_scripts(&reader);
  dmig_change_pairs_free(reader.pairs);
  dmig_reading_clear(&reader.reading);
  return reader.change;
}

char *
dmig_change_file_json_schema(void)
{
  return dmig_form_json_schema(&dmig_form_change, "A change file of dmig",
                               "The way from one state of a domain to the next; "
                               "docs/change-file.md describes the format.");
}
