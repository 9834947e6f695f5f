/* Forms of objects that are called by their names in the database, for the forms of files, entities
 * and views. */
#pragma once

#include "core/domain/form.h"

/* A DmigFormRead of a DmigDomainObject: the text is its `create`. */
void dmig_form_read_create(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                           gpointer place);

/* Keys of a DmigDomainObject. */
#define DMIG_DESCRIPTION_KEY(what)                                                                \
  { "description", &dmig_form_text, offsetof(DmigDomainObject, description), FALSE,               \
    "What it is for; the " what "'s comment." }
#define DMIG_DIALECTS_KEY                                                                         \
  { "dialects", &dmig_form_dialects, offsetof(DmigDomainObject, dialects), FALSE,                 \
    "The dialects that have it; by default all." }

/* The form `name`_form of an attribute whose value is one of these words. */
#define DMIG_ATTRIBUTE_WORDS(name, what, ...)                                                     \
  static const DmigWord name##_words[] = { __VA_ARGS__, { NULL, 0 } };                            \
  static const DmigForm name##_form = {                                                           \
    .expects = what,                                                                              \
    .scalar = dmig_form_read_attribute_word,                                                      \
    .words = name##_words,                                                                        \
  }

/* Of a file; the place is the domain's GPtrArray * of DmigDomainObject. */
extern const DmigForm dmig_form_schemas;
extern const DmigForm dmig_form_extensions;
extern const DmigForm dmig_form_types;
extern const DmigForm dmig_form_sequences;
extern const DmigForm dmig_form_functions;
extern const DmigForm dmig_form_default_privileges;
extern const DmigForm dmig_form_pragmas;
extern const DmigForm dmig_form_statements;

/* Of an entity or view; the place is its GPtrArray * of DmigDomainObject. */
extern const DmigForm dmig_form_triggers;
extern const DmigForm dmig_form_policies;
extern const DmigForm dmig_form_rules;
