/* Sequences, and what numbers rows. */
#include "core/domain/lower_parts.h"

#include <string.h>

#include "core/schema/facet_sql.h"
#include "core/schema/sequence.h"
#include "core/sql/text.h"

/* In the order of CREATE SEQUENCE. */
static const struct {
  const char *key, *words;
  gboolean truth;
} identity_options[] = {
  { "start", "START WITH", FALSE }, { "increment", "INCREMENT BY", FALSE },
  { "min", "MINVALUE", FALSE },     { "max", "MAXVALUE", FALSE },
  { "cache", "CACHE", FALSE },      { "cycle", "CYCLE", TRUE },
};

char *
dmig_lower_counter(const GPtrArray *attributes)
{
  GString *sql = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(identity_options); i++) {
    const char *value = dmig_attributes_get(attributes, identity_options[i].key, NULL);
    if (value != NULL)
      g_string_append_printf(sql, "%s%s%s%s", sql->len > 0 ? " " : "", identity_options[i].words,
                             identity_options[i].truth ? "" : " ", identity_options[i].truth ? "" : value);
  }
  return g_string_free(sql, sql->len == 0);
}

static DmigObject *
new_sequence(DmigLowering *self, const char *path, const char *type, gboolean unlogged,
             const GPtrArray *attributes)
{
  DmigObject *sequence = dmig_object_new(DMIG_OBJECT_SEQUENCE, path, NULL);
  g_autofree char *what = dmig_object_sql(self->dialect, sequence->kind, path, NULL, NULL);
  GString *create = g_string_new("CREATE");
  g_string_append_printf(create, "%s %s", unlogged ? " UNLOGGED" : "", what);
  if (unlogged)
    dmig_lower_facet(self, &sequence->facets, what, "logged", "unlogged", "SET UNLOGGED",
                     "SET LOGGED")
        ->created
        = TRUE;
  const DmigSequenceOptions options
      = { .type = type,
          .increment = dmig_attributes_get(attributes, "increment", NULL),
          .min = dmig_attributes_get(attributes, "min", NULL),
          .max = dmig_attributes_get(attributes, "max", NULL),
          .start = dmig_attributes_get(attributes, "start", NULL),
          .cache = dmig_attributes_get(attributes, "cache", NULL),
          .cycle = dmig_attributes_get(attributes, "cycle", NULL) != NULL };
  dmig_sequence_add_options(self->dialect, sequence, &options, create);
  g_string_append(create, ";\n");
  sequence->create = g_string_free(create, FALSE);
  sequence->drop = g_strdup_printf("DROP %s;\n", what);
  sequence->core = g_strdup("SEQUENCE");
  return sequence;
}

static void
own(DmigLowering *self, DmigSchema *schema, DmigObject *sequence, const char *table,
    const char *column)
{
  g_autofree char *what = dmig_object_sql(self->dialect, sequence->kind, sequence->path, NULL, NULL);
  g_autofree char *by = dmig_sql_printf(self->dialect, "%I.%I", table, column);
  g_autofree char *set = g_strconcat("OWNED BY ", by, NULL);
  DmigFacet *facet
      = dmig_lower_facet(self, &sequence->facets, what, "owned by", by, set, "OWNED BY NONE");
  facet->late = TRUE;
  dmig_facet_add_need(facet, dmig_object_address(sequence));
  dmig_facet_add_need(facet, dmig_address_new(DMIG_OBJECT_COLUMN, table, column));
  g_autofree char *owner = dmig_address_new(DMIG_OBJECT_COLUMN, table, column);
  dmig_object_set_property(sequence, "owned_by", owner);
}

/* `Order.number`: any dot may be the one between the two. */
static void
own_by_name(DmigLowering *self, DmigSchema *schema, DmigObject *sequence, const char *owned_by)
{
  const char *dot = owned_by != NULL ? owned_by + strlen(owned_by) : NULL;
  while (dot != NULL && (dot = g_strrstr_len(owned_by, dot - owned_by, ".")) != NULL) {
    g_autofree char *name = g_strndup(owned_by, (gsize) (dot - owned_by));
    const DmigEntity *entity = dmig_lowering_entity(self, name);
    const DmigField *field = entity != NULL ? dmig_entity_field(entity, dot + 1) : NULL;
    if (field == NULL)
      continue;
    own(self, schema, sequence, entity->path, field->column);
    return;
  }
}

void
dmig_lower_sequence(DmigLowering *self, DmigSchema *schema, const DmigDomainObject *object)
{
  const char *type = dmig_attributes_get(object->attributes, "type", NULL);
  const char *owned_by = dmig_attributes_get(object->attributes, "owned_by", NULL);
  gboolean unlogged = dmig_attributes_find(object->attributes, "unlogged") != NULL;
  DmigObject *sequence = new_sequence(self, object->name, type, unlogged, object->attributes);
  g_autofree char *what = dmig_object_sql(self->dialect, sequence->kind, object->name, NULL, NULL);
  own_by_name(self, schema, sequence, owned_by);
  dmig_lower_roles(self, &sequence->facets, sequence->kind, what, object->owner, object->grants);
  dmig_lower_comment(self, &sequence->facets, what, object->description);
  g_ptr_array_add(schema->objects, sequence);
}

void
dmig_lower_serial(DmigLowering *self, DmigSchema *schema, const DmigEntity *entity,
                  const DmigField *field, DmigColumn *column)
{
  const char *given = dmig_attributes_get(field->attributes, "sequence", NULL);
  g_autofree char *stem = g_strconcat(entity->table, "_", field->column, NULL);
  g_autofree char *name
      = given != NULL
            ? g_strdup(given)
            : dmig_lowering_derive_name(self, self->relations, NULL, entity->path, stem, "seq");
  g_autofree char *path = dmig_path_sibling(entity->path, name);
  DmigObject *sequence = new_sequence(self, path, column->type, FALSE, field->attributes);
  g_autofree char *spelled = dmig_sql_identifier(self->dialect, path);
  own(self, schema, sequence, entity->path, field->column);
  column->default_sql = dmig_sql_printf(self->dialect, "nextval(%S::regclass)", spelled);
  g_ptr_array_add(schema->objects, sequence);
}
