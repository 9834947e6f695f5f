/* What the modules that read a Domain share: the forms of its parts, and the passes over it once
 * all files are read. Each pass reports what it finds and goes on.
 */
#pragma once

#include "core/domain/form.h"

typedef struct {
  DmigReading reading;
  DmigDomain *domain;
  GHashTable *entities; /* name -> DmigEntity *, borrowed; likewise the next two */
  GHashTable *enums;
  GHashTable *views;
  GHashTable *types;   /* name as authors write it -> DmigDomainObject * of `types:`, borrowed */
  GHashTable *fields;  /* DmigEntity * -> name -> DmigField * */
  gboolean incomplete; /* a file could not be read: what is not found may be in there */
} DmigDomainReader;

/* More than any dialect's table can have (PostgreSQL: MaxHeapAttributeNumber). */
#define DMIG_MAX_FIELDS 1600

extern const DmigForm dmig_form_entity;  /* DmigEntity */
extern const DmigForm dmig_form_indexes; /* GPtrArray of DmigDomainIndex */
extern const DmigForm dmig_form_enum;    /* DmigDomainEnum */
extern const DmigForm dmig_form_view;    /* DmigDomainView */
extern const DmigForm dmig_form_domain;  /* DmigDomain: a whole file */

/* Adds the entity to the domain under its name; FALSE after a diagnostic where there is one of that
 * name already, and then it stays the caller's. */
gboolean dmig_domain_reader_claim(DmigReading *reading, DmigEntity *entity);

DmigField *dmig_domain_reader_field(DmigDomainReader *self, const DmigEntity *entity,
                                    const char *name);
DmigEntity *dmig_domain_reader_entity(DmigDomainReader *self, const char *name);
void dmig_domain_reader_report_unknown_entity(DmigDomainReader *self, DmigLocation at,
                                              const char *name);
void dmig_domain_reader_report_unknown_field(DmigDomainReader *self, const DmigEntity *entity,
                                             DmigLocation at, const char *name);
/* The names of an entity's fields, of all entities, of all types. Owned; the strings are not. */
char **dmig_domain_reader_field_names(const DmigEntity *entity);

/* Whether all dialects of the domain take tables without columns and enums without labels. */
gboolean dmig_domain_reader_takes_empty(const DmigDomainReader *self);
/* Whether all of them are lax about what foreign keys refer to. */
gboolean dmig_domain_reader_is_lax(const DmigDomainReader *self);

/* Names and labels: keys, types of relationships, columns, targets of foreign keys. */
void dmig_domain_resolve(DmigDomainReader *self);
void dmig_domain_resolve_references(DmigDomainReader *self);
/* What entities are partitions of or inherit from, and what sequences go with. */
void dmig_domain_resolve_ancestors(DmigDomainReader *self);
/* Names: what a database or dmig keeps for itself, what collides. */
void dmig_domain_check_names(DmigDomainReader *self);
/* Schemas that things stand in, and nobody makes. */
void dmig_domain_check_schemas(DmigDomainReader *self);
/* Fields and what is built of them: indexes, constraints. */
void dmig_domain_check_fields(DmigDomainReader *self);
void dmig_domain_check_members(DmigDomainReader *self);
/* What is neither a field nor a view: functions, triggers, sequences … */
void dmig_domain_check_objects(DmigDomainReader *self);
/* SQL that the author wrote, and what views read. */
void dmig_domain_check_sql(DmigDomainReader *self);
void dmig_domain_check_views(DmigDomainReader *self);
