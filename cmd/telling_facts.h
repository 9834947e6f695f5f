/* What is said of an entity, a view, an enum or an object beside what has words of its own: its
 * privileges, owner, attributes, triggers and policies. Told by comparing one fact after the other. */
#pragma once

#include "cmd/outline.h"

/* Owned arrays, for dmig_facts_tell(). */
GPtrArray *dmig_facts_of_field(const DmigField *field);
GPtrArray *dmig_facts_of_entity(const DmigEntity *entity);
GPtrArray *dmig_facts_of_view(const DmigDomainView *view);
GPtrArray *dmig_facts_of_enum(const DmigDomainEnum *item);
GPtrArray *dmig_facts_of_object(const DmigDomainObject *object);

/* A line for each fact that comes, goes or becomes another; `is` NULL: all come. Each begins with
 * `prefix`. */
void dmig_facts_tell(DmigOutlineItem *item, const char *prefix, const GPtrArray *is,
                     const GPtrArray *becomes);

/* The objects of a domain that are no entity, enum or view: "function", "shout(text)". */
const char *dmig_domain_object_noun(const DmigDomainObject *object); /* interned */
char *dmig_domain_object_title(const DmigDomainObject *object);      /* owned */
