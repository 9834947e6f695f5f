/* What of a column is other than it was. */
#include "core/diff/aspects.h"

#include <string.h>

#include "core/sql/lexer.h"

/* Whether one says DEFAULT NULL, so that the database tells of it, and it was not just a design that left
 * it out. */
static gboolean
says_null_otherwise(const DmigColumn *old, const DmigColumn *new)
{
  const DmigColumn *without = old->default_sql == NULL ? old : new;

  return (old->default_sql == NULL) != (new->default_sql == NULL) &&
         (!without->designed || old->designed == new->designed);
}

/* Whether one says NOT NULL where it need not, so that the database tells of it (PRAGMA table_info), and
 * it was not just a design that left it out. */
static gboolean
says_otherwise(const DmigColumn *old, const DmigColumn *new)
{
  const DmigColumn *without = old->unsaid ? old : new;

  return old->unsaid != new->unsaid && (!without->designed || old->designed == new->designed);
}

DmigColumnAspects
dmig_column_aspects(const DmigColumn *old, const DmigColumn *new, const DmigCapabilities *has)
{
  DmigColumnAspects aspects = 0;

  if (!dmig_sql_equal(old->type, new->type))
    aspects |= DMIG_ASPECT_TYPE;
  if (old->not_null != new->not_null || g_strcmp0(old->on_null, new->on_null) != 0)
    aspects |= DMIG_ASPECT_NOT_NULL;
  else if (old->not_null && says_otherwise(old, new))
    aspects |= DMIG_ASPECT_SAID;
  if (!dmig_column_same_default(old, new) || (has->null_defaults && says_null_otherwise(old, new)))
    aspects |= DMIG_ASPECT_DEFAULT;
  if (old->identity != new->identity ||
      g_strcmp0(old->identity_options, new->identity_options) != 0)
    aspects |= DMIG_ASPECT_IDENTITY;
  if (old->generated != new->generated || !dmig_sql_equal(old->generated_sql, new->generated_sql))
    aspects |= DMIG_ASPECT_GENERATED;
  if (g_strcmp0(old->collation, new->collation) != 0)
    aspects |= DMIG_ASPECT_COLLATION;
  return aspects;
}
