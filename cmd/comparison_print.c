#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/comparison.h"
#include "cmd/ui/colour.h"
#include "core/base/text.h"

/* How each kind is marked: + comes, - goes, ~ becomes, > is renamed. */
static const char signs[] = {
  [DMIG_CHANGE_CREATE_ENUM] = '+',       [DMIG_CHANGE_DROP_ENUM] = '-',
  [DMIG_CHANGE_RENAME_ENUM] = '>',       [DMIG_CHANGE_ALTER_ENUM] = '~',
  [DMIG_CHANGE_COMMENT_ENUM] = '~',      [DMIG_CHANGE_CREATE_TABLE] = '+',
  [DMIG_CHANGE_DROP_TABLE] = '-',        [DMIG_CHANGE_RENAME_TABLE] = '>',
  [DMIG_CHANGE_COMMENT_TABLE] = '~',     [DMIG_CHANGE_ADD_COLUMN] = '+',
  [DMIG_CHANGE_DROP_COLUMN] = '-',       [DMIG_CHANGE_RENAME_COLUMN] = '>',
  [DMIG_CHANGE_ALTER_COLUMN] = '~',      [DMIG_CHANGE_COMMENT_COLUMN] = '~',
  [DMIG_CHANGE_ADD_CONSTRAINT] = '+',    [DMIG_CHANGE_DROP_CONSTRAINT] = '-',
  [DMIG_CHANGE_RENAME_CONSTRAINT] = '>', [DMIG_CHANGE_CREATE_INDEX] = '+',
  [DMIG_CHANGE_DROP_INDEX] = '-',        [DMIG_CHANGE_RENAME_INDEX] = '>',
  [DMIG_CHANGE_CREATE_VIEW] = '+',       [DMIG_CHANGE_DROP_VIEW] = '-',
  [DMIG_CHANGE_COMMENT_VIEW] = '~',
};

static DmigColour
sign_colour(char sign)
{
  return sign == '+' ? DMIG_COLOUR_GREEN : sign == '-' ? DMIG_COLOUR_RED : DMIG_COLOUR_YELLOW;
}

static void
print_line(guint indent, char sign, const char *text)
{
  g_autofree char *printable = dmig_text_printable(text);
  printf("%*s%s%c %s%s\n", (int)indent, "", dmig_colour(sign_colour(sign)), sign, printable,
         dmig_colour(DMIG_COLOUR_RESET));
}

static void
print_losses(guint indent, const DmigPlan *plan, const char *table)
{
  g_autoptr(GPtrArray) losses = dmig_plan_losses(plan, table);
  for (guint i = 0; i < losses->len; i++) {
    g_autofree char *printable = dmig_text_printable(g_ptr_array_index(losses, i));
    printf("%*s%s! loses %s%s\n", (int)indent, "", dmig_colour(DMIG_COLOUR_RED), printable,
           dmig_colour(DMIG_COLOUR_RESET));
  }
}

static void
append_column(GString *out, const DmigColumn *column)
{
  g_string_append_printf(out, "%s %s", column->name, column->type);
  if (column->identity != DMIG_IDENTITY_NONE)
    g_string_append(out, " identity");
  else if (column->not_null)
    g_string_append(out, " not null");
  if (column->default_sql != NULL)
    g_string_append_printf(out, " default %s", column->default_sql);
  if (column->generated != DMIG_GENERATED_NONE)
    g_string_append_printf(out, " generated as (%s)", column->generated_sql);
}

static void
append_constraint(GString *out, const DmigConstraint *constraint)
{
  static const char *const nouns[] = {
    [DMIG_CONSTRAINT_PRIMARY_KEY] = "primary key",
    [DMIG_CONSTRAINT_UNIQUE] = "unique",
    [DMIG_CONSTRAINT_CHECK] = "check",
    [DMIG_CONSTRAINT_FOREIGN_KEY] = "foreign key",
  };
  g_autofree char *columns
      = constraint->columns != NULL ? g_strjoinv(", ", constraint->columns) : g_strdup("");
  const char *inside = constraint->kind == DMIG_CONSTRAINT_CHECK ? constraint->check_sql : columns;
  g_string_append_printf(out, "%s (%s)", nouns[constraint->kind], inside);
  if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY) {
    g_string_append_printf(out, " to %s", constraint->ref_table);
    if (constraint->on_delete != DMIG_ACTION_NO_ACTION)
      g_string_append_printf(out, ", on delete %s", dmig_action_sql(constraint->on_delete));
    if (constraint->on_update != DMIG_ACTION_NO_ACTION)
      g_string_append_printf(out, ", on update %s", dmig_action_sql(constraint->on_update));
  }
}

static void
append_index(GString *out, const DmigIndex *index)
{
  g_string_append_printf(out, "%sindex %s (", index->unique ? "unique " : "", index->name);
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = g_ptr_array_index(index->elements, i);
    g_string_append_printf(out, "%s%s%s", i > 0 ? ", " : "",
                           element->column != NULL ? element->column : element->expression,
                           element->descending ? " desc" : "");
  }
  g_string_append_c(out, ')');
  if (index->where_sql != NULL)
    g_string_append_printf(out, " where %s", index->where_sql);
}

static void append_aspect(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
append_aspect(GString *out, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_string_append(out, out->len > 0 && out->str[out->len - 1] != ' ' ? ", " : "");
  g_string_append_vprintf(out, format, arguments);
  va_end(arguments);
}

static void
append_alteration(GString *out, const DmigChange *change)
{
  const DmigColumn *is = change->old_column, *becomes = change->new_column;
  g_string_append_printf(out, "%s: ", becomes->name);
  if (change->aspects & DMIG_ASPECT_TYPE)
    append_aspect(out, "%s becomes %s", is->type, becomes->type);
  if (change->aspects & DMIG_ASPECT_NOT_NULL)
    append_aspect(out, becomes->not_null ? "not null" : "may be null");
  if ((change->aspects & DMIG_ASPECT_DEFAULT) && becomes->default_sql != NULL)
    append_aspect(out, "default %s", becomes->default_sql);
  else if (change->aspects & DMIG_ASPECT_DEFAULT)
    append_aspect(out, "no default");
  if (change->aspects & DMIG_ASPECT_IDENTITY)
    append_aspect(out, becomes->identity != DMIG_IDENTITY_NONE ? "identity" : "no identity");
  if ((change->aspects & DMIG_ASPECT_GENERATED) && becomes->generated_sql != NULL)
    append_aspect(out, "generated as (%s)", becomes->generated_sql);
  else if (change->aspects & DMIG_ASPECT_GENERATED)
    append_aspect(out, "no longer generated");
  if (change->aspects & DMIG_ASPECT_COLLATION)
    append_aspect(out, "collation %s", becomes->collation != NULL ? becomes->collation : "default");
}

static void
append_labels(GString *out, const DmigEnum *is, const DmigEnum *becomes)
{
  g_string_append(out, "labels: ");
  for (guint i = 0; becomes->labels[i] != NULL; i++)
    if (!dmig_strv_contains(is->labels, becomes->labels[i]))
      append_aspect(out, "+ %s", becomes->labels[i]);
  for (guint i = 0; is->labels[i] != NULL; i++)
    if (!dmig_strv_contains(becomes->labels, is->labels[i]))
      append_aspect(out, "- %s", is->labels[i]);
  if (out->str[out->len - 1] == ' ')
    g_string_append(out, "in another order");
}

/* What changes within a table, view or enum; NULL where the change is the whole object. Owned. */
static char *
describe(const DmigChange *change)
{
  g_autoptr(GString) out = g_string_new(NULL);
  const DmigColumn *column = change->new_column != NULL ? change->new_column : change->old_column;
  const DmigConstraint *constraint
      = change->new_constraint != NULL ? change->new_constraint : change->old_constraint;
  const DmigIndex *index = change->new_index != NULL ? change->new_index : change->old_index;

  if (change->kind == DMIG_CHANGE_RENAME_COLUMN)
    g_string_append_printf(out, "%s becomes %s", change->old_column->name,
                           change->new_column->name);
  else if (change->kind == DMIG_CHANGE_RENAME_INDEX)
    g_string_append_printf(out, "index %s becomes %s", change->old_index->name, index->name);
  else if (change->kind == DMIG_CHANGE_RENAME_CONSTRAINT)
    g_string_append_printf(out, "constraint %s becomes %s", change->old_constraint->name,
                           constraint->name);
  else if (change->kind == DMIG_CHANGE_ALTER_COLUMN)
    append_alteration(out, change);
  else if (change->kind == DMIG_CHANGE_ALTER_ENUM)
    append_labels(out, change->old_enum, change->new_enum);
  else if (change->kind == DMIG_CHANGE_COMMENT_COLUMN)
    g_string_append_printf(out, "%s: description", column->name);
  else if (change->kind == DMIG_CHANGE_COMMENT_TABLE || change->kind == DMIG_CHANGE_COMMENT_ENUM
           || change->kind == DMIG_CHANGE_COMMENT_VIEW)
    g_string_append(out, "description");
  else if (column != NULL)
    append_column(out, column);
  else if (constraint != NULL)
    append_constraint(out, constraint);
  else if (index != NULL)
    append_index(out, index);
  else
    return NULL;
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static void
print_new_table(const DmigTable *table)
{
  for (guint i = 0; i < table->columns->len; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    append_column(text, g_ptr_array_index(table->columns, i));
    print_line(4, '+', text->str);
  }
  for (guint i = 0; i < table->constraints->len; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    append_constraint(text, g_ptr_array_index(table->constraints, i));
    print_line(4, '+', text->str);
  }
  for (guint i = 0; i < table->indexes->len; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    append_index(text, g_ptr_array_index(table->indexes, i));
    print_line(4, '+', text->str);
  }
}

/* All changes of one table, view or enum, in the order in which they were found. */
typedef struct {
  const char *object;
  const char *noun;
  char sign; /* of the object as a whole */
  const DmigChange *whole;
  GPtrArray *members; /* DmigChange*, borrowed */
} Group;

static void
group_free(gpointer data)
{
  Group *self = data;
  g_ptr_array_unref(self->members);
  g_free(self);
}

static Group *
group_for(GPtrArray *groups, const DmigChange *change)
{
  const char *object = dmig_change_object(change);
  const char *noun = change->old_enum != NULL || change->new_enum != NULL   ? "enum"
                     : change->old_view != NULL || change->new_view != NULL ? "view"
                                                                            : "table";
  for (guint i = 0; i < groups->len; i++) {
    Group *group = g_ptr_array_index(groups, i);
    if (strcmp(group->object, object) == 0 && group->noun == noun)
      return group;
  }
  Group *group = g_new0(Group, 1);
  group->object = object;
  group->noun = noun;
  group->sign = '~';
  group->members = g_ptr_array_new();
  g_ptr_array_add(groups, group);
  return group;
}

static GPtrArray *
group_changes(const DmigChanges *changes)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func(group_free);
  for (guint i = 0; i < changes->items->len; i++) {
    const DmigChange *change = g_ptr_array_index(changes->items, i);
    Group *group = group_for(groups, change);
    g_autofree char *text = describe(change);
    if (text != NULL) {
      g_ptr_array_add(group->members, (gpointer)change);
      continue;
    }
    /* A view is dropped and made again when it changes. */
    group->sign = group->whole != NULL ? '~' : signs[change->kind];
    group->whole = change;
  }
  return groups;
}

/* "Customer (table customers)", "enum tier"; a rename says from what. Owned. */
static char *
group_title(const Group *group, const DmigSnapshot *from, const DmigSnapshot *to)
{
  const char *entity = dmig_snapshot_entity(to, group->object);
  if (entity == NULL)
    entity = dmig_snapshot_entity(from, group->object);
  g_autofree char *title = strcmp(group->noun, "table") == 0 && entity != NULL
                               ? g_strdup_printf("%s (table %s)", entity, group->object)
                               : g_strdup_printf("%s %s", group->noun, group->object);
  if (group->sign != '>')
    return g_steal_pointer(&title);
  const DmigChange *rename = group->whole;
  const char *was = rename->old_table != NULL ? rename->old_table->name : rename->old_enum->name;
  const char *old_entity = dmig_snapshot_entity(from, was);
  return g_strdup_printf("%s, was %s", title, old_entity != NULL ? old_entity : was);
}

void
dmig_comparison_print(const DmigComparison *self, const DmigSnapshot *from, const DmigSnapshot *to)
{
  g_autoptr(GPtrArray) groups = group_changes(self->changes);
  for (guint i = 0; i < groups->len; i++) {
    const Group *group = g_ptr_array_index(groups, i);
    g_autofree char *title = group_title(group, from, to);
    fputs(dmig_colour(DMIG_COLOUR_BOLD), stdout);
    print_line(0, group->sign, title);
    if (group->whole != NULL && group->whole->kind == DMIG_CHANGE_CREATE_TABLE)
      print_new_table(group->whole->new_table);
    for (guint j = 0; j < group->members->len; j++) {
      const DmigChange *change = g_ptr_array_index(group->members, j);
      g_autofree char *text = describe(change);
      print_line(4, signs[change->kind], text);
    }
    print_losses(4, self->plan, group->object);
  }
  if (self->problem != NULL)
    printf("%s! %s: %s%s\n", dmig_colour(DMIG_COLOUR_RED), self->dialect->title, self->problem,
           dmig_colour(DMIG_COLOUR_RESET));
}

void
dmig_comparison_print_brief(const DmigComparison *self, const DmigSnapshot *from,
                            const DmigSnapshot *to)
{
  g_autoptr(GPtrArray) groups = group_changes(self->changes);
  for (guint i = 0; i < groups->len; i++) {
    const Group *group = g_ptr_array_index(groups, i);
    g_autofree char *title = group_title(group, from, to);
    print_line(4, group->sign, title);
  }
}

/* How much of an object comes, changes and goes: a new table counts its columns. */
static void
count_marks(const Group *group, guint counts[3])
{
  const DmigChange *whole = group->whole;
  const DmigTable *table = whole == NULL                             ? NULL
                           : whole->kind == DMIG_CHANGE_CREATE_TABLE ? whole->new_table
                           : whole->kind == DMIG_CHANGE_DROP_TABLE   ? whole->old_table
                                                                     : NULL;
  if (whole != NULL)
    counts[group->sign == '+'   ? 0
           : group->sign == '-' ? 2
                                : 1]
        += table != NULL ? table->columns->len : 1;
  for (guint i = 0; i < group->members->len; i++) {
    const DmigChange *change = g_ptr_array_index(group->members, i);
    counts[signs[change->kind] == '+' ? 0 : signs[change->kind] == '-' ? 2 : 1]++;
  }
}

static void
print_marks(const guint counts[3])
{
  for (guint i = 0; i < 3; i++) {
    if (counts[i] == 0)
      continue;
    g_autofree char *marks = g_strnfill(MIN(counts[i], 20), "+~-"[i]);
    printf("%s%s%s", dmig_colour(sign_colour("+~-"[i])), marks, dmig_colour(DMIG_COLOUR_RESET));
  }
  printf("\n");
}

void
dmig_comparison_print_stat(const DmigComparison *self, const DmigSnapshot *from,
                           const DmigSnapshot *to)
{
  g_autoptr(GPtrArray) groups = group_changes(self->changes);
  g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func(g_free);
  glong width = 0;
  for (guint i = 0; i < groups->len; i++) {
    g_autofree char *title = group_title(g_ptr_array_index(groups, i), from, to);
    g_ptr_array_add(titles, dmig_text_printable(title));
    width = MAX(width, g_utf8_strlen(g_ptr_array_index(titles, i), -1));
  }
  for (guint i = 0; i < groups->len; i++) {
    const Group *group = g_ptr_array_index(groups, i);
    const char *title = g_ptr_array_index(titles, i);
    guint counts[3] = { 0 };
    count_marks(group, counts);
    printf(" %s%*s | %3u ", title, (int)(width - g_utf8_strlen(title, -1)), "",
           counts[0] + counts[1] + counts[2]);
    print_marks(counts);
  }
  g_autofree char *changes = dmig_text_count(self->changes->items->len, "change", "changes");
  g_autofree char *objects = dmig_text_count(groups->len, "object", "objects");
  printf(" %s of %s", changes, objects);
  if (self->plan != NULL)
    printf(", %s", dmig_loss_name(self->plan->loss));
  printf("\n");
}
