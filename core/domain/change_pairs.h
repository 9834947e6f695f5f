/* Which object of one state is which of the next, as a change file has it. */
#pragma once

#include "core/domain/change_file.h"

typedef struct {
  const DmigDomain *from, *to;
  GHashTable *old_entities; /* name -> DmigEntity *, of `from` */
  GHashTable *new_entities; /* of `to` */
  GHashTable *old_of;       /* DmigEntity * of `to` -> of `from` */
  GHashTable *new_of;       /* the other way round */
  GHashTable *renamed_from; /* old name -> DmigRename *, objects and fields alike */
  GHashTable *renamed_to;   /* new name -> DmigRename * */
} DmigChangePairs;

/* Borrows all three. Renames of things that are not there are passed over. */
DmigChangePairs *dmig_change_pairs_new(const DmigDomain *from, const DmigDomain *to,
                                       const DmigChangeFile *change);
void dmig_change_pairs_free(DmigChangePairs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigChangePairs, dmig_change_pairs_free)

/* States that one entity became another, in place of what the names say. */
void dmig_change_pairs_join(DmigChangePairs *self, DmigEntity *old, DmigEntity *new);

/* A field of either state. */
typedef struct {
  DmigEntity *old_entity, *new_entity; /* NULL: not on this side */
  DmigField *old, *new;
  const char *name; /* behind the dot; borrowed from the text */
} DmigMember;

/* Takes `Customer.phone` apart; the entity by its new name, or the old one. FALSE: no such entity
 * on either side. Its fields may still be NULL. */
gboolean dmig_change_pairs_member(const DmigChangePairs *self, const char *text,
                                  DmigMember *out_member);
/* What a field was before, or becomes: under a stated rename, or else under its name. */
DmigField *dmig_change_pairs_old_field(const DmigChangePairs *self, const DmigEntity *new_entity,
                                       const char *name);
DmigField *dmig_change_pairs_new_field(const DmigChangePairs *self, const DmigEntity *old_entity,
                                       const char *name);
