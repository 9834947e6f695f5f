/* What a database grants by itself on all that is made in it: the wanted side says what each object is to
 * grant, so that meanwhile the database had better keep out of it. */
#include <string.h>

#include "core/plan/planner.h"
#include "core/sql/path.h"

/* What default privileges call the kind of what `change` makes; NULL: nothing that they are about. */
static const char *
made_kind(const DmigPlanner *self, const DmigChange *change)
{
  if (change->kind == DMIG_CHANGE_CREATE_ENUM ||
      (change->kind == DMIG_CHANGE_ALTER_ENUM && change->recreate))
    return "types";
  if (change->kind == DMIG_CHANGE_CREATE_TABLE ||
      (change->kind == DMIG_CHANGE_REBUILD_TABLE && !dmig_planner_rebuilds(self, change)))
    return "tables";
  if (change->kind != DMIG_CHANGE_CREATE_OBJECT)
    return NULL;
  switch ((guint) change->new_object->kind) {
  case DMIG_OBJECT_VIEW:
  case DMIG_OBJECT_MATERIALIZED_VIEW:
  case DMIG_OBJECT_FOREIGN_TABLE:
    return "tables";
  case DMIG_OBJECT_SEQUENCE:
    return "sequences";
  case DMIG_OBJECT_ROUTINE:
    return "functions";
  case DMIG_OBJECT_DOMAIN:
  case DMIG_OBJECT_COMPOSITE_TYPE:
  case DMIG_OBJECT_RANGE_TYPE:
  case DMIG_OBJECT_BASE_TYPE:
    return "types";
  case DMIG_OBJECT_SCHEMA:
    return "schemas";
  default:
    return NULL;
  }
}

/* Whether a sequence comes about behind a column. */
static gboolean
makes_identity(const DmigChange *change)
{
  if (change->kind == DMIG_CHANGE_ADD_COLUMN)
    return change->new_column->identity != DMIG_IDENTITY_NONE;
  if (change->kind == DMIG_CHANGE_ALTER_COLUMN)
    return (change->aspects & DMIG_ASPECT_IDENTITY) &&
           change->new_column->identity != DMIG_IDENTITY_NONE;
  if (change->kind != DMIG_CHANGE_CREATE_TABLE && change->kind != DMIG_CHANGE_REBUILD_TABLE)
    return FALSE;
  for (guint i = 0; i < change->new_table->columns->len; i++)
    if (((DmigColumn *) change->new_table->columns->pdata[i])->identity != DMIG_IDENTITY_NONE)
      return TRUE;
  return FALSE;
}

static const char *
made_path(const DmigChange *change)
{
  if (change->new_object != NULL)
    return change->new_object->path;
  return change->new_enum != NULL ? change->new_enum->name : change->new_table->name;
}

/* The path of default privileges is a role's name, in the schema that they are about, if in one. */
static gboolean
acts_on(const DmigPlanner *self, const DmigObject *defaults, const DmigChange *change)
{
  const char *kind = made_kind(self, change);
  gboolean sequence = g_strcmp0(defaults->detail, "sequences") == 0 && makes_identity(change);

  if (!sequence && (kind == NULL || g_strcmp0(defaults->detail, kind) != 0))
    return FALSE;
  g_autofree char *schema = dmig_path_schema(defaults->path);
  g_autofree char *theirs = dmig_path_schema(made_path(change));
  return schema == NULL ||
         g_strcmp0(schema, theirs != NULL ? theirs : self->dialect->default_schema) == 0;
}

void
dmig_planner_suspend_privileges(DmigPlanner *self)
{
  const GPtrArray *objects = self->changes->renamed->objects;
  guint length = self->items->len;

  for (guint i = 0; i < objects->len; i++) {
    const DmigObject *old = objects->pdata[i], *new = NULL;
    gboolean acts = FALSE;
    if (old->kind != DMIG_OBJECT_DEFAULT_PRIVILEGES)
      continue;
    g_autofree char *address = dmig_object_address(old);
    new = dmig_schema_object_at(self->changes->to, address);
    if (new == NULL || dmig_planner_find(self, DMIG_CHANGE_DROP_OBJECT, old) != NULL)
      continue;
    for (guint j = 0; !acts && j < length; j++)
      acts = acts_on(self, old, self->items->pdata[j]);
    if (!acts)
      continue;
    dmig_planner_add(self, DMIG_CHANGE_DROP_OBJECT, NULL, NULL)->old_object = old;
    dmig_planner_add(self, DMIG_CHANGE_CREATE_OBJECT, NULL, NULL)->new_object = new;
  }
}
