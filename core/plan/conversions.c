/* How values get from one type to another: domains as what they are made of, enums by way of their labels,
 * rows by the names of their values. */
#include <string.h>

#include "core/plan/planner.h"
#include "core/sql/text.h"

/* --- domains --------------------------------------------------------------------------------- */

char *
dmig_planner_base_of_domain(const DmigSchema *schema, const char *type)
{
  gboolean array = g_str_has_suffix(type, "[]");
  g_autofree char *element = g_strndup(type, strlen(type) - (array ? 2 : 0));

  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    if (object->kind != DMIG_OBJECT_DOMAIN)
      continue;
    g_autofree char *name = dmig_sql_identifier(schema->dialect, object->path);
    const char *base = dmig_object_property(object, "base");
    if (base == NULL || strcmp(name, element) != 0)
      continue;
    /* An array of a domain of arrays is none of their elements. */
    if (array && g_str_has_suffix(base, "[]"))
      return NULL;
    g_autofree char *below = g_strconcat(base, array ? "[]" : "", NULL);
    char *lowest = dmig_planner_base_of_domain(schema, below);
    return lowest != NULL ? lowest : g_steal_pointer(&below);
  }
  return NULL;
}

/* --- rows of a type -------------------------------------------------------------------------- */

/* The type of rows that `type` names; NULL: it is none. */
static const DmigObject *
row_type(const DmigSchema *schema, const char *type)
{
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *object = schema->objects->pdata[i];
    if (object->kind != DMIG_OBJECT_COMPOSITE_TYPE)
      continue;
    g_autofree char *name = dmig_sql_identifier(schema->dialect, object->path);
    if (strcmp(name, type) == 0)
      return object;
  }
  return NULL;
}

/* The attribute's name; NULL: the property is none. Borrowed. */
static const char *
attribute_of(const DmigProperty *property)
{
  return g_str_has_prefix(property->name, "field ") ? property->name + strlen("field ") : NULL;
}

/* Without its collation. Owned. */
static char *
type_of_attribute(const char *value)
{
  const char *collation = strstr(value, " COLLATE ");

  return collation != NULL ? g_strndup(value, (gsize) (collation - value)) : g_strdup(value);
}

static guint
count_attributes(const DmigObject *type)
{
  guint count = 0;

  for (guint i = 0; type->properties != NULL && i < type->properties->len; i++)
    count += attribute_of(type->properties->pdata[i]) != NULL;
  return count;
}

/* Whether both have attributes of the same names and types in the same order. */
static gboolean
same_values(const DmigObject *old, const DmigObject *new)
{
  guint count = count_attributes(old);

  if (count != count_attributes(new))
    return FALSE;
  for (guint i = 0, j = 0; count > 0 && i < old->properties->len; i++) {
    const DmigProperty *one = old->properties->pdata[i];
    if (attribute_of(one) == NULL)
      continue;
    while (attribute_of(new->properties->pdata[j]) == NULL)
      j++;
    const DmigProperty *other = new->properties->pdata[j++];
    g_autofree char *from = type_of_attribute(one->value), *to = type_of_attribute(other->value);
    if (strcmp(one->name, other->name) != 0 || strcmp(from, to) != 0)
      return FALSE;
  }
  return TRUE;
}

/* Adds to `values` what becomes of the attribute, if it has another type; and whether that costs anything
 * to `out`. */
static void
convert_attribute(DmigPlanner *self, const DmigProperty *old, const DmigProperty *new, const char *row,
                  GPtrArray *values, DmigConversion *out)
{
  g_autofree char *from = type_of_attribute(old->value), *to = type_of_attribute(new->value);
  g_auto(DmigConversion) conversion = { 0 };

  if (strcmp(from, to) == 0)
    return;
  g_autofree char *value = self->dialect->value_in_row(row, attribute_of(old), from);
  dmig_planner_find_conversion(self, from, to, value, &conversion);
  if (conversion.kind == DMIG_CONVERSION_CHECKED && out->kind == DMIG_CONVERSION_LOSSLESS) {
    out->kind = DMIG_CONVERSION_CHECKED;
  } else if (conversion.kind == DMIG_CONVERSION_LOSSY || conversion.kind == DMIG_CONVERSION_NONE) {
    out->kind = DMIG_CONVERSION_LOSSY;
    if (out->loses == NULL)
      out->loses = g_strdup_printf("what %s can't hold in attribute %s", to, attribute_of(old));
  }
  g_ptr_array_add(values, g_strdup(attribute_of(old)));
  g_ptr_array_add(values, conversion.kind == DMIG_CONVERSION_NONE ? g_strdup("NULL")
                          : conversion.using_sql != NULL ? g_steal_pointer(&conversion.using_sql)
                                                         : g_strdup_printf("CAST(%s AS %s)", value, to));
}

char *
dmig_planner_release_row(DmigPlanner *self, const DmigObject *old, const DmigObject *new, const char *row,
                         const char *type, DmigConversion *out)
{
  g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; old->properties != NULL && i < old->properties->len; i++) {
    const DmigProperty *attribute = old->properties->pdata[i];
    if (attribute_of(attribute) == NULL)
      continue;
    const DmigProperty *now = NULL;
    for (guint j = 0; new->properties != NULL && now == NULL && j < new->properties->len; j++) {
      const DmigProperty *candidate = new->properties->pdata[j];
      if (strcmp(candidate->name, attribute->name) == 0)
        now = candidate;
    }
    if (now != NULL) {
      convert_attribute(self, attribute, now, row, values, out);
    } else {
      out->kind = DMIG_CONVERSION_LOSSY;
      if (out->loses == NULL)
        out->loses = g_strdup_printf("attribute %s", attribute_of(attribute));
    }
  }
  g_ptr_array_add(values, NULL);
  return self->dialect->release_row(row, type, (char *const *) values->pdata);
}

/* Rows of one type become those of another by the names of their values. FALSE: there is nothing to say of
 * them. */
static gboolean
convert_row(DmigPlanner *self, const char *from, const char *to, const char *value, DmigConversion *out)
{
  const DmigObject *old = row_type(self->changes->renamed, from);
  const DmigObject *new = row_type(self->changes->to, to);

  if (old == NULL || new == NULL || self->dialect->row_holder == NULL || same_values(old, new))
    return FALSE;
  g_autofree char *row = self->dialect->hold_row(value);
  out->kind = DMIG_CONVERSION_LOSSLESS;
  out->using_sql = dmig_planner_release_row(self, old, new, row, to, out);
  return TRUE;
}

/* --- all types ------------------------------------------------------------------------------- */

void
dmig_planner_find_conversion(DmigPlanner *self, const char *from, const char *to, const char *column,
                             DmigConversion *out)
{
  if (convert_row(self, from, to, column, out))
    return;
  g_autofree char *from_base = dmig_planner_base_of_domain(self->changes->renamed, from);
  g_autofree char *to_base = dmig_planner_base_of_domain(self->changes->to, to);

  if (from_base != NULL || to_base != NULL) {
    dmig_planner_find_conversion(self, from_base != NULL ? from_base : from,
                                 to_base != NULL ? to_base : to, column, out);
    g_autofree char *value = g_steal_pointer(&out->using_sql);
    if (to_base != NULL && value != NULL)
      out->using_sql = g_strdup_printf("CAST(%s AS %s)", value, to);
    else
      out->using_sql = g_steal_pointer(&value);
    return;
  }
  gboolean from_array = FALSE, to_array = FALSE;
  const DmigEnum *old = dmig_planner_enum_of_type(self->changes->renamed, from, &from_array);
  const DmigEnum *new = dmig_planner_enum_of_type(self->changes->to, to, &to_array);
  g_autofree char *text = self->dialect->canonical_type("text");

  if ((old == NULL && new == NULL) || from_array || to_array) {
    self->dialect->conversion(from, to, column, out);
    return;
  }

  g_autofree char *as_text = old != NULL ? g_strdup_printf("CAST(%s AS %s)", column, text)
                                         : g_strdup(column);
  if (new == NULL) {
    self->dialect->conversion(text, to, as_text, out);
    if (out->using_sql == NULL && out->kind != DMIG_CONVERSION_NONE)
      out->using_sql = g_strdup_printf("CAST(%s AS %s)", as_text, to);
    return;
  }

  g_auto(DmigConversion) first = { 0 };
  if (old == NULL) {
    self->dialect->conversion(from, text, column, &first);
    g_free(as_text);
    as_text = g_strdup_printf("CAST(%s AS %s)",
                              first.using_sql != NULL ? first.using_sql : column, text);
  }
  g_autofree char *labels = dmig_planner_label_list(new->labels);
  g_autofree char *no_label = g_strdup_printf("%s NOT IN %s", as_text, labels);
  out->kind = DMIG_CONVERSION_CHECKED;
  out->using_sql = g_strdup_printf("CAST(%s AS %s)", as_text, to);
  out->bad_sql = first.bad_sql != NULL
                     ? g_strdup_printf("CASE WHEN %s THEN TRUE ELSE %s END", first.bad_sql, no_label)
                     : g_steal_pointer(&no_label);
}
