/* The forms of what an entity is made of, for the form of entities. */
#pragma once

#include "core/domain/domain_reader.h"

extern const DmigForm dmig_form_entity_fields; /* GPtrArray of DmigField (field_form.c) */
/* The primary key, of a DmigEntity; its unique constraints, GPtrArray of DmigDomainUnique
 * (key_form.c). */
extern const DmigForm dmig_form_primary;
extern const DmigForm dmig_form_uniques;
/* GPtrArray of DmigForeign; of DmigDomainCheck: checks, exclusion constraints
 * (constraint_form.c). */
extern const DmigForm dmig_form_foreigns;
extern const DmigForm dmig_form_checks;
extern const DmigForm dmig_form_exclusions;

/* What several of them have (reference_form.c). */
extern const DmigForm dmig_form_reference;  /* char *: an entity's name, whose place is noted */
extern const DmigForm dmig_form_action;     /* DmigAction */
extern const DmigForm dmig_form_deferrable; /* DmigDeferrable */
extern const DmigForm dmig_form_conflict;   /* char *: what SQLite does on a conflict */
/* `on_delete`: an action, or {set_null: …} with the fields that it is for. */
void dmig_form_read_on_delete(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                              DmigAction *action, char ***fields);
extern const DmigKey dmig_on_delete_keys[];
