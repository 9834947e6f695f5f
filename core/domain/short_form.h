/* A field in one line: `string(255) required unique`, `references Company on_delete cascade`. */
#pragma once

#include "core/domain/form.h"

/* A DmigFormRead for scalars; the place is a DmigField. */
void dmig_short_form_read(DmigReading *reading, const DmigForm *form, const DmigYamlNode *node,
                          gpointer place);

/* The flags, for hints and for the test of the documentation. NULL-terminated. */
const char *const *dmig_short_form_flags(void);

/* Words for the keys of the long form. */
extern const DmigWord dmig_action_words[];
extern const DmigWord dmig_identity_words[];
extern const DmigWord dmig_deferrable_words[];

/* `postgresql(tsvector)`, where the field's type is one dialect's own and the reader finds its end. Owned;
 * NULL: it is not. */
char *dmig_short_form_native(const DmigField *field);

/* A field's type from its text: sets `type` or `native`, or reports. */
void dmig_field_read_type(DmigReading *reading, DmigField *field, DmigLocation at,
                          const char *text);
