/* What the modules that read change.yaml share. */
#pragma once

#include "core/domain/change_pairs.h"
#include "core/domain/form.h"

typedef struct {
  DmigReading reading;
  DmigChangeFile *change;
  const DmigDomain *from, *to;
  DmigChangePairs *pairs;
} DmigChangeReader;

extern const DmigForm dmig_form_change; /* DmigChangeFile */
extern const DmigForm dmig_form_allows; /* GPtrArray * of DmigAllow */
void dmig_allow_free(gpointer data);

extern const DmigForm dmig_form_change_checks; /* GPtrArray * of DmigChangeCheck */
void dmig_change_check_free(gpointer data);

/* Each reports what does not fit the two states; renames come first and become complete paths. */
void dmig_change_check_renames(DmigChangeReader *self);
void dmig_change_check_drops(DmigChangeReader *self);
void dmig_change_check_values(DmigChangeReader *self);
void dmig_change_check_allows(DmigChangeReader *self);
void dmig_change_check_checks(DmigChangeReader *self);
