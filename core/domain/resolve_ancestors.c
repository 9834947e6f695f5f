/* What entities are partitions of or inherit from: whose fields they have, too. */
#include "core/domain/domain_reader.h"

#include <string.h>

#define MAX_ANCESTORS 64

/* What an entity names itself; NULL-terminated. Owned; the strings are not. */
static char **
parents_of(const DmigEntity *entity)
{
  GPtrArray *names = g_ptr_array_new();
  if (entity->partition_of != NULL)
    g_ptr_array_add(names, entity->partition_of);
  for (guint i = 0; entity->inherits != NULL && entity->inherits[i] != NULL; i++)
    g_ptr_array_add(names, entity->inherits[i]);
  g_ptr_array_add(names, NULL);
  return (char **) g_ptr_array_free(names, FALSE);
}

static void
report(DmigDomainReader *self, const DmigEntity *entity, DmigRule rule, const char *what)
{
  dmig_reading_report(&self->reading,
                      dmig_reading_place(&self->reading, &entity->partition_of, entity->at), rule,
                      NULL, "'%s' %s", dmig_reading_show(&self->reading, entity->name), what);
}

/* Adds the parents of `of` behind what is there already; FALSE where that must end. */
static gboolean
add_parents(DmigDomainReader *self, const DmigEntity *entity, const DmigEntity *of,
            GPtrArray *ancestors)
{
  g_autofree char **names = parents_of(of);
  for (guint i = 0; names[i] != NULL; i++) {
    DmigEntity *parent = dmig_domain_reader_entity(self, names[i]);
    if (parent == NULL && of == entity)
      dmig_domain_reader_report_unknown_entity(
          self, dmig_reading_place(&self->reading, &entity->partition_of, entity->at), names[i]);
    if (parent == entity) {
      report(self, entity, DMIG_RULE_REFERENCE_CYCLE, "would inherit from itself");
      return FALSE;
    }
    if (parent != NULL && !g_ptr_array_find(ancestors, parent, NULL))
      g_ptr_array_add(ancestors, parent);
    if (ancestors->len > MAX_ANCESTORS) {
      report(self, entity, DMIG_RULE_YAML_LIMIT, "inherits from more than 64 entities");
      return FALSE;
    }
  }
  return TRUE;
}

static void
resolve(DmigDomainReader *self, DmigEntity *entity)
{
  g_autoptr(GPtrArray) ancestors = g_ptr_array_new();
  gboolean sound = add_parents(self, entity, entity, ancestors);
  for (guint i = 0; sound && i < ancestors->len; i++)
    sound = add_parents(self, entity, ancestors->pdata[i], ancestors);
  if (!sound || ancestors->len == 0)
    return;
  const DmigEntity *whole = entity->partition_of != NULL ? ancestors->pdata[0] : NULL;
  if (whole != NULL && dmig_attributes_find(whole->attributes, "partition_by") == NULL)
    dmig_reading_report(&self->reading, entity->at, DMIG_RULE_CONTRADICTION,
                        "say there how, with 'partition_by'", "'%s' is not partitioned",
                        dmig_reading_show(&self->reading, whole->name));
  entity->ancestors = g_steal_pointer(&ancestors);
}

void
dmig_domain_resolve_ancestors(DmigDomainReader *self)
{
  for (guint i = 0; i < self->domain->entities->len; i++) {
    DmigEntity *entity = g_ptr_array_index(self->domain->entities, i);
    if (entity->partition_of != NULL || entity->inherits != NULL)
      resolve(self, entity);
  }
}
