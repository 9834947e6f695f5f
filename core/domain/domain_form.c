/* The forms of a whole file: the domain, its enums and views. */
#include "core/domain/domain_reader.h"

#include <string.h>

#include "core/base/text.h"
#include "core/domain/dialect_facts.h"
#include "core/domain/object_form.h"

static void
read_labels(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigDomainEnum *self = place;
  dmig_form_read(reading, &dmig_form_names, node, &self->labels);
}

static const DmigForm labels_form = {
  .expects = "a list of labels",
  .sequence = read_labels,
  .item = &dmig_form_text,
};

static const DmigKey enum_keys[] = {
  { "labels", &labels_form, 0, TRUE, "The labels, in their order." },
  { "type", &dmig_form_text, offsetof(DmigDomainEnum, type_name), FALSE,
    "The type's name in the database; by default the enum's in snake_case." },
  { "description", &dmig_form_text, offsetof(DmigDomainEnum, description), FALSE,
    "What it is for; the type's comment." },
  { "schema", &dmig_form_text, offsetof(DmigDomainEnum, schema), FALSE,
    "The schema that the type stands in; by default the database's." },
  { "grants", &dmig_form_grants, offsetof(DmigDomainEnum, grants), FALSE,
    "What roles may do with it." },
  { "owner", &dmig_form_text, offsetof(DmigDomainEnum, owner), FALSE, "The role that owns it." },
  { 0 },
};

const DmigForm dmig_form_enum = {
  .definition = "enum",
  .expects = "a list of labels, or {labels: …}",
  .sequence = read_labels,
  .item = &dmig_form_text,
  .mapping = dmig_form_read_keys,
  .keys = enum_keys,
};

static void
read_view_sql(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigDomainView *self = place;
  dmig_form_read(reading, &dmig_form_sql, node, &self->sql);
}

#define VIEW_ATTRIBUTES offsetof(DmigDomainView, attributes)

static const DmigWord check_option_words[] = { { "local", 0 }, { "cascaded", 0 }, { NULL, 0 } };
static const DmigForm check_option_form = {
  .expects = "local or cascaded",
  .scalar = dmig_form_read_attribute_word,
  .words = check_option_words,
};

static void
read_view_field(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigDomainObject *self = place;
  dmig_form_read(reading, &dmig_form_text, node, &self->description);
}

#define FIELD_ATTRIBUTES offsetof(DmigDomainObject, attributes)

static const DmigKey view_field_keys[] = {
  { "description", &dmig_form_text, offsetof(DmigDomainObject, description), FALSE,
    "What it is for; the column's comment." },
  { "default", &dmig_form_attribute_sql, FIELD_ATTRIBUTES, FALSE,
    "What is written through the view where a statement brings none, as SQL." },
  { "storage", &dmig_form_attribute, FIELD_ATTRIBUTES, FALSE,
    "Of a materialized view: how long values are stored." },
  { "compression", &dmig_form_attribute, FIELD_ATTRIBUTES, FALSE,
    "Of a materialized view: how they are compressed." },
  { "statistics", &dmig_form_attribute, FIELD_ATTRIBUTES, FALSE,
    "Of a materialized view: how much the planner learns of the values." },
  { "with", &dmig_form_attribute_options, FIELD_ATTRIBUTES, FALSE,
    "Of a materialized view: options, `{n_distinct: 100}`." },
  { 0 },
};
static const DmigForm view_field_form = {
  .definition = "view_field",
  .expects = "a description, or a mapping",
  .scalar = read_view_field,
  .mapping = dmig_form_read_keys,
  .keys = view_field_keys,
};

static void
read_view_fields(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                 gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigYamlNode *name = dmig_yaml_key(node, i);
    DmigDomainObject *field = dmig_domain_object_new(DMIG_OBJECT_COLUMN, name->text);
    field->at = name->at;
    g_ptr_array_add(*(GPtrArray **) place, field);
    dmig_form_read(reading, form->entry, dmig_yaml_value(node, i), field);
  }
}
static const DmigForm view_fields_form = {
  .expects = "a mapping of columns to what there is to say of them",
  .nullable = TRUE,
  .mapping = read_view_fields,
  .entry = &view_field_form,
};

static const DmigKey view_keys[] = {
  { "sql", &dmig_form_sql, offsetof(DmigDomainView, sql), TRUE,
    "The query, shared or by dialect." },
  { "view", &dmig_form_text, offsetof(DmigDomainView, view), FALSE,
    "The view's name in the database; by default its own in snake_case." },
  { "description", &dmig_form_text, offsetof(DmigDomainView, description), FALSE,
    "What it is for; the view's comment." },
  { "schema", &dmig_form_text, offsetof(DmigDomainView, schema), FALSE,
    "The schema that the view stands in; by default the database's." },
  { "columns", &dmig_form_names, offsetof(DmigDomainView, columns), FALSE,
    "The names of its columns, where the query does not name them." },
  { "fields", &view_fields_form, offsetof(DmigDomainView, parts), FALSE,
    "What there is to say of single columns: their descriptions." },
  { "materialized", &dmig_form_boolean, offsetof(DmigDomainView, materialized), FALSE,
    "It keeps its rows until it is refreshed." },
  { "no_data", &dmig_form_attribute_truth, VIEW_ATTRIBUTES, FALSE,
    "A materialized view is not filled when it is made." },
  { "indexes", &dmig_form_indexes, offsetof(DmigDomainView, indexes), FALSE,
    "A materialized view's indexes, over its columns." },
  { "check_option", &check_option_form, VIEW_ATTRIBUTES, FALSE,
    "What is written through the view must be seen in it: `local`, or in those below it too: "
    "`cascaded`." },
  { "with", &dmig_form_attribute_options, VIEW_ATTRIBUTES, FALSE,
    "Options: `{security_barrier: true}`; of a materialized view storage parameters." },
  { "access_method", &dmig_form_attribute, VIEW_ATTRIBUTES, FALSE,
    "A materialized view's table access method." },
  { "tablespace", &dmig_form_attribute, VIEW_ATTRIBUTES, FALSE,
    "A materialized view's tablespace." },
  { "triggers", &dmig_form_triggers, offsetof(DmigDomainView, parts), FALSE, "Triggers, by name." },
  { "rules", &dmig_form_rules, offsetof(DmigDomainView, parts), FALSE, "Rules, by name." },
  { "grants", &dmig_form_grants, offsetof(DmigDomainView, grants), FALSE,
    "What roles may do with it." },
  { "owner", &dmig_form_text, offsetof(DmigDomainView, owner), FALSE, "The role that owns it." },
  { 0 },
};

const DmigForm dmig_form_view = {
  .definition = "view",
  .expects = "a query, or {sql: …}",
  .scalar = read_view_sql,
  .mapping = dmig_form_read_keys,
  .keys = view_keys,
};

/* Whether `name` is new: there is no first one. Else reports where that stands. */
static gboolean
claim(DmigReading *reading, const char *what, const DmigYamlNode *name, DmigLocation *first)
{
  if (first == NULL)
    return TRUE;
  dmig_reading_report(reading, name->at, DMIG_RULE_DUPLICATE_DEFINITION, NULL,
                      "%s '%s' is defined twice, first in %s:%u", what,
                      dmig_reading_show(reading, name->text), first->file, first->line);
  return FALSE;
}

gboolean
dmig_domain_reader_claim(DmigReading *reading, DmigEntity *entity)
{
  DmigDomainReader *reader = reading->reader;
  DmigEntity *first = g_hash_table_lookup(reader->entities, entity->name);
  DmigYamlNode name = { .at = entity->at, .text = entity->name };
  if (!claim(reading, "entity", &name, first != NULL ? &first->at : NULL))
    return FALSE;
  g_ptr_array_add(reader->domain->entities, entity);
  g_hash_table_insert(reader->entities, entity->name, entity);
  return TRUE;
}

static void
read_entities(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigYamlNode *name = dmig_yaml_key(node, i);
    DmigEntity *entity = dmig_entity_new(name->text);
    entity->at = name->at;
    gboolean first = dmig_domain_reader_claim(reading, entity);
    dmig_form_read(reading, &dmig_form_entity, dmig_yaml_value(node, i), entity);
    if (!first)
      dmig_entity_free(entity);
  }
}

static void
read_enums(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigDomainReader *reader = reading->reader;
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigYamlNode *name = dmig_yaml_key(node, i);
    DmigDomainEnum *first = g_hash_table_lookup(reader->enums, name->text);
    DmigDomainEnum *item = dmig_domain_enum_new(name->text);
    item->at = name->at;
    dmig_form_read(reading, &dmig_form_enum, dmig_yaml_value(node, i), item);
    if (claim(reading, "enum", name, first != NULL ? &first->at : NULL)) {
      g_ptr_array_add(reader->domain->enums, item);
      g_hash_table_insert(reader->enums, item->name, item);
    } else
      dmig_domain_enum_free(item);
  }
}

static void
read_views(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  DmigDomainReader *reader = reading->reader;
  for (guint i = 0; i < dmig_yaml_length(node); i++) {
    const DmigYamlNode *name = dmig_yaml_key(node, i);
    DmigDomainView *first = g_hash_table_lookup(reader->views, name->text);
    DmigDomainView *view = dmig_domain_view_new(name->text);
    view->at = name->at;
    dmig_form_read(reading, &dmig_form_view, dmig_yaml_value(node, i), view);
    if (claim(reading, "view", name, first != NULL ? &first->at : NULL)) {
      g_ptr_array_add(reader->domain->views, view);
      g_hash_table_insert(reader->views, view->name, view);
    } else
      dmig_domain_view_free(view);
  }
}

static const DmigForm entities_form = {
  .expects = "a mapping of entities",
  .nullable = TRUE,
  .mapping = read_entities,
  .entry = &dmig_form_entity,
};
static const DmigForm enums_form = {
  .expects = "a mapping of enums",
  .nullable = TRUE,
  .mapping = read_enums,
  .entry = &dmig_form_enum,
};
static const DmigForm views_form = {
  .expects = "a mapping of views",
  .nullable = TRUE,
  .mapping = read_views,
  .entry = &dmig_form_view,
};

/* What is said once of the whole domain may stand in several files, if they agree. */
static void
report_conflict(DmigReading *reading, const DmigYamlNode *node, gpointer place, const char *what)
{
  DmigLocation first = dmig_reading_place(reading, place, node->at);
  dmig_reading_report(reading, node->at, DMIG_RULE_CONFLICTING_KEY, NULL,
                      "%s differs from the one in %s:%u", what, first.file, first.line);
}

static void
read_once(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  char **text = place;
  if (*text != NULL && strcmp(*text, node->text) != 0)
    report_conflict(reading, node, place, form->expects);
  if (*text != NULL)
    return;
  *text = g_strdup(node->text);
  dmig_reading_note_place(reading, place, node->at);
}

static const DmigForm name_form = { .expects = "the domain's name", .scalar = read_once };
static const DmigForm description_form
    = { .expects = "the domain's description", .scalar = read_once };

static void
check_dialects(DmigReading *reading, const DmigYamlNode *node, char **names)
{
  for (guint i = 0; names[i] != NULL; i++) {
    if (dmig_dialect_facts(names[i]) == NULL) {
      g_autofree char *hint = dmig_reading_suggest_or_list(reading, names[i], dmig_dialect_names());
      dmig_reading_report(reading, node->at, DMIG_RULE_UNKNOWN_DIALECT, hint,
                          "unknown dialect '%s'", dmig_reading_show(reading, names[i]));
    }
    for (guint j = 0; j < MIN(i, 16); j++) {
      if (strcmp(names[i], names[j]) == 0)
        dmig_reading_report(reading, node->at, DMIG_RULE_UNKNOWN_DIALECT, NULL,
                            "the dialect '%s' stands here twice",
                            dmig_reading_show(reading, names[i]));
    }
  }
}

static void
read_dialects(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  char ***dialects = place;
  g_auto(GStrv) names = NULL;
  dmig_form_read(reading, &dmig_form_names, node, &names);
  if (names == NULL || names[0] == NULL) {
    dmig_reading_report(reading, node->at, DMIG_RULE_MISSING_VALUE, NULL,
                        "expected at least one dialect");
    return;
  }
  check_dialects(reading, node, names);
  if ((*dialects)[0] != NULL && !dmig_strv_equal(*dialects, names))
    report_conflict(reading, node, place, form->expects);
  if ((*dialects)[0] != NULL)
    return;
  g_strfreev(*dialects);
  *dialects = g_steal_pointer(&names);
  dmig_reading_note_place(reading, place, node->at);
}

/* Inside of the domain's folder, so that a revision can hold it. */
static gboolean
is_inside(const char *path)
{
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  for (char **part = parts; *part != NULL; part++)
    if (strcmp(*part, "..") == 0 || strcmp(*part, ".") == 0 || (**part == '\0' && part[1] != NULL))
      return FALSE;
  return *path != '\0' && *path != '/';
}

/* Those of several files come one after the other. */
static void
read_sources(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node, gpointer place)
{
  char ***sources = place;
  g_auto(GStrv) names = NULL;
  g_autoptr(GStrvBuilder) all = g_strv_builder_new();
  dmig_form_read(reading, &dmig_form_names, node, &names);
  if (*sources != NULL)
    g_strv_builder_addv(all, (const char **) *sources);
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    if (is_inside(names[i]))
      g_strv_builder_add(all, names[i]);
    else
      dmig_reading_report(reading, node->at, DMIG_RULE_BAD_SOURCE,
                          "put the file there, and name it from there: 'sql/schema.sql'",
                          "'%s' is not below the domain's folder",
                          dmig_reading_show(reading, names[i]));
  }
  g_strfreev(*sources);
  *sources = g_strv_builder_end(all);
  if ((*sources)[0] == NULL)
    g_clear_pointer(sources, g_strfreev);
  dmig_reading_note_place(reading, place, node->at);
}

static const char *const source_examples[] = { "schema.sql", "sql/", NULL };

static const DmigForm sources_form = {
  .expects = "a list of SQL files and folders",
  .scalar = read_sources,
  .examples = source_examples,
  .sequence = read_sources,
  .item = &dmig_form_text,
};

static const char *const dialect_examples[] = { "sqlite", "postgresql", NULL };

static const DmigForm dialects_form = {
  .expects = "the list of dialects",
  .scalar = read_dialects,
  .examples = dialect_examples,
  .sequence = read_dialects,
  .item = &dmig_form_text,
};

/* No key is needed in every file of a folder: the reader looks for `domain` in all of them. */
static const DmigKey domain_keys[] = {
  { "domain", &name_form, offsetof(DmigDomain, name), FALSE,
    "The domain's name; in one file of a folder at least." },
  { "description", &description_form, offsetof(DmigDomain, description), FALSE,
    "What it is about." },
  { "dialects", &dialects_form, offsetof(DmigDomain, dialects), FALSE,
    "The databases it is for: `sqlite`, `postgresql`; by default both." },
  { "sources", &sources_form, offsetof(DmigDomain, sources), FALSE,
    "SQL files, or folders of them, whose tables and other objects belong to it, too." },
  { "enums", &enums_form, offsetof(DmigDomain, enums), FALSE,
    "Enums that several fields share, by name." },
  { "entities", &entities_form, offsetof(DmigDomain, entities), FALSE, "The entities, by name." },
  { "views", &views_form, offsetof(DmigDomain, views), FALSE, "The views, by name." },
  { "schemas", &dmig_form_schemas, offsetof(DmigDomain, objects), FALSE,
    "The schemas beside the database's default one." },
  { "extensions", &dmig_form_extensions, offsetof(DmigDomain, objects), FALSE, "Extensions." },
  { "types", &dmig_form_types, offsetof(DmigDomain, objects), FALSE,
    "Types of one's own: narrowed ones, composite ones, ranges." },
  { "sequences", &dmig_form_sequences, offsetof(DmigDomain, objects), FALSE, "Sequences, by name." },
  { "functions", &dmig_form_functions, offsetof(DmigDomain, objects), FALSE,
    "Functions and procedures, by name." },
  { "default_privileges", &dmig_form_default_privileges, offsetof(DmigDomain, objects), FALSE,
    "What roles may do with objects that are made later." },
  { "pragmas", &dmig_form_pragmas, offsetof(DmigDomain, objects), FALSE,
    "Settings that the database keeps: `{user_version: 3}`." },
  { "sql", &dmig_form_statements, offsetof(DmigDomain, objects), FALSE,
    "Everything else, as SQL under a name." },
  { 0 },
};

const DmigForm dmig_form_domain = {
  .expects = "a mapping with 'domain' and 'entities'",
  .nullable = TRUE,
  .mapping = dmig_form_read_keys,
  .keys = domain_keys,
};
