#include "cmd/deviation.h"

#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "core/base/text.h"

void
dmig_deviation_free(DmigDeviation *self)
{
  if (self == NULL)
    return;
  dmig_comparison_free(self->adopt);
  dmig_comparison_free(self->repair);
  dmig_schema_unref(self->wanted);
  dmig_schema_unref(self->is);
  g_free(self->default_schema);
  g_free(self);
}

static gboolean
check_dialect(const DmigSide *revision, const DmigDialect *dialect, GError **error)
{
  if (dmig_domain_has_dialect(revision->snapshot->domain, dialect->name))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "revision %s is not for %s; add '%s' to the domain's dialects and commit",
              revision->label, dialect->title, dialect->name);
  return FALSE;
}

/* What can't be read could be anything, so that nothing is said about it. */
static void
warn(DmigContext *context, const DmigSchema *schema)
{
  for (guint i = 0; schema->problems != NULL && i < schema->problems->len; i++) {
    g_autofree char *text = dmig_text_printable(g_ptr_array_index(schema->problems, i));
    dmig_message_warning("%s", text);
    context->exit_status = DMIG_EXIT_WARNINGS;
  }
}

DmigDeviation *
dmig_deviation_new(DmigContext *context, DmigSide *revision, DmigSide *target, gboolean owners,
                   GError **error)
{
  const DmigDialect *dialect = target->database->dialect;
  g_autoptr(DmigDeviation) self = g_new0(DmigDeviation, 1);
  if (!dmig_snapshot_check(revision->snapshot, error) || !check_dialect(revision, dialect, error)
      || !dmig_sides_schemas(context, revision, target, dialect,
                             owners ? DMIG_OWNERS_COUNT : DMIG_OWNERS_LEFT_OUT, &self->wanted,
                             &self->is, error))
    return NULL;
  warn(context, self->is);
  self->default_schema = dmig_sides_default_schema(revision, target, dialect);
  self->adopt = dmig_comparison_new(self->wanted, self->is, NULL);
  self->repair = dmig_comparison_new(self->is, self->wanted, NULL);
  return g_steal_pointer(&self);
}

gboolean
dmig_deviation_is_none(const DmigDeviation *self)
{
  return self->adopt->changes->items->len == 0;
}

static DmigOutline *
outline_of(const DmigDeviation *self, const DmigSide *revision)
{
  DmigOutline *outline = dmig_outline_of_schemas(self->adopt->changes);
  dmig_outline_name_entities(outline, revision->snapshot);
  return outline;
}

void
dmig_deviation_print(const DmigDeviation *self, const DmigSide *revision)
{
  g_autoptr(DmigOutline) outline = outline_of(self, revision);
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  dmig_outline_print(outline, none);
}

json_t *
dmig_deviation_to_json(const DmigDeviation *self, const DmigSide *revision)
{
  g_autoptr(DmigOutline) outline = dmig_outline_of_schemas(self->adopt->changes);
  json_t *items = json_array();
  for (guint i = 0; i < outline->items->len; i++) {
    const DmigOutlineItem *item = g_ptr_array_index(outline->items, i);
    const char *entity = dmig_snapshot_entity(revision->snapshot, item->object);
    char sign[] = { item->sign, '\0' };
    json_t *object = json_object();
    json_t *changes = json_array();
    for (guint j = 0; j < item->lines->len; j++) {
      const DmigOutlineLine *line = g_ptr_array_index(item->lines, j);
      char mark[] = { line->sign, '\0' };
      json_t *change = json_object();
      dmig_json_set(change, "sign", mark);
      dmig_json_set(change, "text", line->text);
      json_array_append_new(changes, change);
    }
    dmig_json_set(object, "sign", sign);
    dmig_json_set(object, "kind", item->noun);
    dmig_json_set(object, "name", item->name);
    dmig_json_set(object, "entity", entity);
    json_object_set_new(object, "changes", changes);
    json_array_append_new(items, object);
  }
  return items;
}
