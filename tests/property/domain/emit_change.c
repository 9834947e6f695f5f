/* What an author would say of the way from one draft to another, in change.yaml. */
#include <string.h>

#include "emit.h"

typedef struct {
  const Draft *from, *to;
  GString *renames, *fill, *values, *convert;
} Change;

static void
append_entry(GString *out, const char *key, const char *scalar)
{
  g_string_append(out, "  ");
  emit_append_quoted(out, key);
  g_string_append_printf(out, ": %s\n", scalar);
}

static void
append_label_maps(Change *self, const char *key, const Labels *from, const Labels *to)
{
  g_autoptr(GString) maps = g_string_new(NULL);
  for (guint i = 0; i < from->n; i++)
    for (guint k = 0; k < to->n; k++) {
      if (from->items[i].id != to->items[k].id || from->items[i].name == to->items[k].name)
        continue;
      g_string_append(maps, maps->len > 0 ? ", " : "{");
      emit_append_quoted(maps, from->items[i].name);
      g_string_append(maps, ": ");
      emit_append_quoted(maps, to->items[k].name);
    }
  if (maps->len == 0)
    return;
  g_string_append_c(maps, '}');
  append_entry(self->values, key, maps->str);
}

static gboolean
had_field_named(const Entity *entity, const char *name)
{
  for (guint i = 0; i < entity->fields->len; i++)
    if (strcmp(g_array_index(entity->fields, Field, i).name, name) == 0)
      return TRUE;
  return FALSE;
}

/* Not always: an author may forget it, too, and then rows must stand in the way. */
static void
append_fill(Change *self, const char *key, const Entity *was_in, const Field *was,
            const Field *field)
{
  if (!field->required || field->primary || field->default_kind != DEFAULT_NONE ||
      field->generated_from != 0 || field->references != 0 || field->identity != 0)
    return;
  gboolean arrives = was == NULL && !had_field_named(was_in, field->name);
  gboolean tightens = was != NULL && !was->required && !was->primary && was->generated_from == 0;
  if ((!arrives && !tightens) || field->id % 7 == 0)
    return;
  g_autofree char *value = emit_literal(self->to, &field->type, field->default_choice);
  if (value != NULL)
    append_entry(self->fill, key, value);
}

static void
append_convert(Change *self, const char *key, const Field *was, const Field *field)
{
  gboolean whole = field->type.kind == TYPE_INTEGER || field->type.kind == TYPE_BIGINT;
  if (was->type.kind != TYPE_TEXT || !whole || was->references || field->references ||
      was->generated_from || field->generated_from || field->primary)
    return;
  g_autoptr(GString) convert = g_string_new(NULL);
  g_autoptr(GString) sql = g_string_new("length(");
  emit_append_name(sql, emit_column(field));
  g_string_append_c(sql, ')');
  g_string_append(convert, "{upgrade: ");
  emit_append_quoted(convert, sql->str);
  g_string_assign(sql, "CAST(");
  emit_append_name(sql, emit_column(was));
  g_string_append(sql, " AS text)");
  g_string_append(convert, ", downgrade: ");
  emit_append_quoted(convert, sql->str);
  g_string_append_c(convert, '}');
  append_entry(self->convert, key, convert->str);
}

static void
append_field_change(Change *self, const Entity *was_in, const Entity *entity, const Field *field)
{
  const Field *was = entity_field(was_in, field->id);
  g_autofree char *key = g_strdup_printf("%s.%s", entity->name, field->name);
  append_fill(self, key, was_in, was, field);
  if (was == NULL)
    return;
  if (was->name != field->name) {
    g_autofree char *old = g_strdup_printf("%s.%s", entity->name, was->name);
    g_autofree char *scalar = emit_quoted(key);
    append_entry(self->renames, old, scalar);
  }
  if (was->type.kind == TYPE_ENUM && field->type.kind == TYPE_ENUM && !was->references &&
      !field->references)
    append_label_maps(self, key, &was->type.labels, &field->type.labels);
  if (was->type.kind != field->type.kind)
    append_convert(self, key, was, field);
}

static void
append_entity_changes(Change *self)
{
  for (guint i = 0; i < self->to->entities->len; i++) {
    const Entity *entity = self->to->entities->pdata[i];
    const Entity *was = draft_entity(self->from, entity->id);
    if (was == NULL)
      continue;
    if (was->name != entity->name) {
      g_autofree char *scalar = emit_quoted(entity->name);
      append_entry(self->renames, was->name, scalar);
    }
    for (guint k = 0; k < entity->fields->len; k++)
      append_field_change(self, was, entity, &g_array_index(entity->fields, Field, k));
  }
}

static void
append_enum_changes(Change *self)
{
  for (guint i = 0; i < self->to->enums->len; i++) {
    const Enumeration *enumeration = &g_array_index(self->to->enums, Enumeration, i);
    const Enumeration *was = draft_enum(self->from, enumeration->id);
    if (was == NULL)
      continue;
    if (was->name != enumeration->name)
      append_entry(self->renames, was->name, enumeration->name);
    append_label_maps(self, enumeration->name, &was->labels, &enumeration->labels);
  }
}

static void
append_section(GString *out, const char *name, const GString *entries)
{
  if (entries->len > 0)
    g_string_append_printf(out, "%s:\n%s", name, entries->str);
}

char *
draft_change_to_yaml(const Draft *from, const Draft *to)
{
  g_autoptr(GString) renames = g_string_new(NULL);
  g_autoptr(GString) fill = g_string_new(NULL);
  g_autoptr(GString) values = g_string_new(NULL);
  g_autoptr(GString) convert = g_string_new(NULL);
  Change change = {.from = from,
                   .to = to,
                   .renames = renames,
                   .fill = fill,
                   .values = values,
                   .convert = convert};
  append_entity_changes(&change);
  append_enum_changes(&change);
  GString *out = g_string_new(NULL);
  append_section(out, "renames", renames);
  append_section(out, "fill", fill);
  append_section(out, "values", values);
  append_section(out, "convert", convert);
  return g_string_free(out, FALSE);
}
