/* What is said of tables as wholes, and of their columns: how they are stored, who sees which rows. */
#include "core/domain/lower_parts.h"

#include <string.h>

#include "core/base/text.h"
#include "core/sql/text.h"

static const char *
text_of(const DmigLowering *self, const GPtrArray *attributes, const char *name)
{
  return dmig_attributes_get(attributes, name, self->dialect);
}

/* --- facets of tables ------------------------------------------------------------------------- */

static void
lower_row_security(DmigLowering *self, const DmigEntity *entity, DmigTable *table, const char *what)
{
  const char *value = text_of(self, entity->attributes, "row_security");
  if (value == NULL
      || !dmig_lowering_require(self, self->dialect->has.policies, entity->at, "row security"))
    return;
  gboolean forced = strcmp(value, "enabled") != 0, enabled = strcmp(value, "forced_only") != 0;
  g_autofree char *enable = g_strdup_printf("ALTER %s ENABLE ROW LEVEL SECURITY;\n", what);
  g_autofree char *disable = g_strdup_printf("ALTER %s DISABLE ROW LEVEL SECURITY;\n", what);
  g_autofree char *force = g_strdup_printf("ALTER %s FORCE ROW LEVEL SECURITY;\n", what);
  g_autofree char *unforce = g_strdup_printf("ALTER %s NO FORCE ROW LEVEL SECURITY;\n", what);
  g_autofree char *set = g_strconcat(enabled ? enable : "", forced ? force : "", NULL);
  g_autofree char *reset = g_strconcat(enabled ? disable : "", forced ? unforce : "", NULL);
  const char *says = enabled ? value : "forced, not enabled";
  DmigFacet *facet
      = dmig_facets_add(&table->facets, dmig_facet_new("row security", says, set, reset));
  facet->change = g_strconcat(enabled ? enable : disable, forced ? force : unforce, NULL);
}

static void
lower_replica_identity(DmigLowering *self, const DmigEntity *entity, DmigTable *table)
{
  const char *value = text_of(self, entity->attributes, "replica_identity");
  if (value == NULL)
    return;
  gboolean word = strcmp(value, "full") == 0 || strcmp(value, "nothing") == 0;
  g_autofree char *upper = g_ascii_strup(value, -1);
  g_autofree char *to = word ? g_steal_pointer(&upper)
                             : dmig_sql_printf(self->dialect, "USING INDEX %I", value);
  g_autofree char *what = dmig_sql_printf(self->dialect, "TABLE ONLY %I", table->name);
  g_autofree char *set = g_strconcat("REPLICA IDENTITY ", to, NULL);
  DmigFacet *facet = dmig_lower_facet(self, &table->facets, what, "replica identity", value, set,
                                      "REPLICA IDENTITY DEFAULT");
  if (word)
    return;
  facet->late = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL));
  DmigObjectKind kind = dmig_table_index(table, value) != NULL ? DMIG_OBJECT_INDEX
                                                               : DMIG_OBJECT_CONSTRAINT;
  dmig_facet_add_need(facet, dmig_address_new(kind, table->name, value));
}

static void
lower_storage(DmigLowering *self, const DmigEntity *entity, DmigTable *table, const char *what)
{
  const char *method = text_of(self, entity->attributes, "access_method");
  const char *tablespace = text_of(self, entity->attributes, "tablespace");
  if (!self->dialect->has.storage)
    return;
  if (text_of(self, entity->attributes, "unlogged") != NULL) {
    DmigFacet *facet = dmig_lower_facet(self, &table->facets, what, "logged", "unlogged",
                                        "SET UNLOGGED", "SET LOGGED");
    facet->created = facet->rewrites = TRUE;
  }
  if (method != NULL) {
    g_autofree char *set = dmig_sql_printf(self->dialect, "SET ACCESS METHOD %I", method);
    DmigFacet *facet = dmig_lower_facet(self, &table->facets, what, "access method", method, set,
                                        "SET ACCESS METHOD heap");
    facet->created = facet->rewrites = TRUE;
  }
  if (tablespace != NULL) {
    g_autofree char *set = dmig_sql_printf(self->dialect, "SET TABLESPACE %I", tablespace);
    DmigFacet *facet = dmig_lower_facet(self, &table->facets, what, "tablespace", tablespace, set,
                                        "SET TABLESPACE pg_default");
    facet->rewrites = TRUE;
  }
  dmig_lower_options(self, &table->facets, what, entity->attributes, TRUE);
  lower_replica_identity(self, entity, table);
}

static void
lower_of_type(DmigLowering *self, const DmigEntity *entity, DmigTable *table, const char *what)
{
  const char *of = text_of(self, entity->attributes, "of");
  if (of == NULL
      || !dmig_lowering_require(self, self->dialect->has.own_types, entity->at, "tables of a type"))
    return;
  g_autofree char *type = dmig_lowering_type_text(self, of);
  g_autofree char *set = g_strconcat("OF ", type, NULL);
  DmigFacet *facet
      = dmig_lower_facet(self, &table->facets, what, "of type", type, set, "NOT OF");
  facet->late = TRUE;
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_TABLE, table->name, NULL));
}

void
dmig_lower_table_facets(DmigLowering *self, const DmigEntity *entity, DmigTable *table)
{
  g_autofree char *what = dmig_sql_printf(self->dialect, "TABLE %I", table->name);
  lower_storage(self, entity, table, what);
  lower_row_security(self, entity, table, what);
  lower_of_type(self, entity, table, what);
  dmig_lower_roles(self, &table->facets, DMIG_OBJECT_TABLE, what, entity->owner, entity->grants);
  if (!self->dialect->has.rowid_tables)
    return;
  table->without_rowid = text_of(self, entity->attributes, "without_rowid") != NULL;
  table->strict = text_of(self, entity->attributes, "strict") != NULL;
}

/* --- facets of columns ------------------------------------------------------------------------ */

void
dmig_lower_column_facets(DmigLowering *self, const DmigField *field, const DmigTable *table,
                         DmigColumn *column)
{
  static const struct {
    const char *name, *set, *reset;
    gboolean upper;
  } settings[] = {
    { "storage", "SET STORAGE", "SET STORAGE EXTENDED", TRUE },
    { "compression", "SET COMPRESSION", "SET COMPRESSION default", FALSE },
    { "statistics", "SET STATISTICS", "SET STATISTICS -1", FALSE },
  };
  g_autofree char *what = dmig_sql_printf(self->dialect, "TABLE ONLY %I ALTER COLUMN %I",
                                          table->name, column->name);
  if (!self->dialect->has.storage)
    return;
  for (guint i = 0; i < G_N_ELEMENTS(settings); i++) {
    const char *value = text_of(self, field->attributes, settings[i].name);
    if (value == NULL)
      continue;
    g_autofree char *word = settings[i].upper ? g_ascii_strup(value, -1) : g_strdup(value);
    g_autofree char *set = g_strdup_printf("%s %s", settings[i].set, word);
    dmig_lower_facet(self, &column->facets, what, settings[i].name, value, set,
                     settings[i].reset);
  }
  dmig_lower_options(self, &column->facets, what, field->attributes, FALSE);
}
