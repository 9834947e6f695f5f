/* Two domains that are told apart for people: which object of the one is which of the other. */
#pragma once

#include "cmd/outline.h"
#include "core/domain/change_pairs.h"

/* In the order in which they are looked at; the passage knows them the other way round where it is
 * looked at in reverse. All borrowed. */
typedef struct {
  const DmigDomain *from, *to;
  const DmigChangePairs *pairs;
  const DmigChangeFile *change;
  gboolean reverse;
  DmigOutline *outline;
} DmigTelling;

/* By name, of `from` or of `to`. Borrowed; NULL where there is none. */
DmigEntity *dmig_telling_entity_of_old(const DmigTelling *self, const char *name);
DmigEntity *dmig_telling_entity_of_new(const DmigTelling *self, const char *name);

/* Borrowed; NULL where there is none. */
DmigEntity *dmig_telling_old_entity(const DmigTelling *self, const DmigEntity *entity);
gboolean dmig_telling_entity_goes(const DmigTelling *self, const DmigEntity *entity);
DmigField *dmig_telling_old_field(const DmigTelling *self, const DmigEntity *entity,
                                  const char *name);
DmigField *dmig_telling_new_field(const DmigTelling *self, const DmigEntity *entity,
                                  const char *name);

/* What an enum or view of this name was called, or is called now; and whether the two names are of
 * one object, since a name may be another's now. Borrowed. */
const char *dmig_telling_old_name(const DmigTelling *self, const char *name);
const char *dmig_telling_new_name(const DmigTelling *self, const char *name);
gboolean dmig_telling_is_pair(const DmigTelling *self, const char *old, const char *new);

/* "gold becomes enterprise, + returned, - lost"; NULL where they are the same. `path` is what the
 * change file calls the enum or the field that has them. Owned. */
char *dmig_telling_labels(const DmigTelling *self, const char *path, char *const *is,
                          char *const *becomes);

/* Adds a line for all that an entity has, or for all that has changed since it was `was`. */
void dmig_telling_new_entity(const DmigEntity *entity, DmigOutlineItem *item);
void dmig_telling_entity(const DmigTelling *self, const DmigEntity *was, const DmigEntity *entity,
                         DmigOutlineItem *item);
