#include "core/diff/diff.h"

#include <string.h>

#include "core/base/text.h"
#include "core/diff/rename.h"
#include "core/schema/facet_sql.h"

DmigChange *
dmig_change_new(DmigChangeKind kind)
{
  DmigChange *self = g_new0(DmigChange, 1);

  self->kind = kind;
  return self;
}

void
dmig_change_free(DmigChange *self)
{
  if (self == NULL)
    return;
  g_free(self->fill_sql);
  g_free(self->using_sql);
  g_clear_pointer(&self->labels, g_ptr_array_unref);
  g_clear_pointer(&self->users, g_ptr_array_unref);
  g_free(self->address);
  g_free(self);
}

const char *
dmig_change_kind_name(DmigChangeKind kind)
{
  switch (kind) {
  case DMIG_CHANGE_CREATE_ENUM:
    return "create-enum";
  case DMIG_CHANGE_DROP_ENUM:
    return "drop-enum";
  case DMIG_CHANGE_RENAME_ENUM:
    return "rename-enum";
  case DMIG_CHANGE_ALTER_ENUM:
    return "alter-enum";
  case DMIG_CHANGE_COMMENT_ENUM:
    return "comment-enum";
  case DMIG_CHANGE_CREATE_TABLE:
    return "create-table";
  case DMIG_CHANGE_DROP_TABLE:
    return "drop-table";
  case DMIG_CHANGE_RENAME_TABLE:
    return "rename-table";
  case DMIG_CHANGE_COMMENT_TABLE:
    return "comment-table";
  case DMIG_CHANGE_ADD_COLUMN:
    return "add-column";
  case DMIG_CHANGE_DROP_COLUMN:
    return "drop-column";
  case DMIG_CHANGE_RENAME_COLUMN:
    return "rename-column";
  case DMIG_CHANGE_ALTER_COLUMN:
    return "alter-column";
  case DMIG_CHANGE_COMMENT_COLUMN:
    return "comment-column";
  case DMIG_CHANGE_ADD_CONSTRAINT:
    return "add-constraint";
  case DMIG_CHANGE_DROP_CONSTRAINT:
    return "drop-constraint";
  case DMIG_CHANGE_RENAME_CONSTRAINT:
    return "rename-constraint";
  case DMIG_CHANGE_CREATE_INDEX:
    return "create-index";
  case DMIG_CHANGE_DROP_INDEX:
    return "drop-index";
  case DMIG_CHANGE_RENAME_INDEX:
    return "rename-index";
  case DMIG_CHANGE_REBUILD_TABLE:
    return "rebuild-table";
  case DMIG_CHANGE_CREATE_OBJECT:
    return "create-object";
  case DMIG_CHANGE_DROP_OBJECT:
    return "drop-object";
  case DMIG_CHANGE_RENAME_OBJECT:
    return "rename-object";
  case DMIG_CHANGE_REPLACE_OBJECT:
    return "replace-object";
  case DMIG_CHANGE_SET_FACET:
    return "set-facet";
  case DMIG_CHANGE_RESET_FACET:
    return "reset-facet";
  case DMIG_CHANGE_COPY_ROWS:
    return "copy-rows";
  }
  return "change";
}

const char *
dmig_change_object(const DmigChange *self)
{
  if (self->new_table != NULL || self->old_table != NULL)
    return dmig_rename_original(self->new_table != NULL ? self->new_table->name
                                                        : self->old_table->name);
  if (self->new_object != NULL || self->old_object != NULL)
    return self->new_object != NULL ? self->new_object->path : self->old_object->path;
  if (self->address != NULL)
    return self->address + 1;
  if (self->new_enum != NULL || self->old_enum != NULL)
    return dmig_rename_original(self->new_enum != NULL ? self->new_enum->name
                                                       : self->old_enum->name);
  return "";
}

/* What an unnamed constraint is called in messages: by its kind. */
static const char *
constraint_word(const DmigConstraint *constraint)
{
  switch (constraint->kind) {
  case DMIG_CONSTRAINT_PRIMARY_KEY:
    return "primary key";
  case DMIG_CONSTRAINT_UNIQUE:
    return "unique constraint";
  case DMIG_CONSTRAINT_CHECK:
    return "check";
  case DMIG_CONSTRAINT_FOREIGN_KEY:
    return "foreign key";
  case DMIG_CONSTRAINT_EXCLUSION:
    return "exclusion constraint";
  }
  return "constraint";
}

const char *
dmig_change_member(const DmigChange *self)
{
  if (self->new_column != NULL || self->old_column != NULL)
    return dmig_rename_original(self->new_column != NULL ? self->new_column->name
                                                         : self->old_column->name);
  if (self->new_constraint != NULL || self->old_constraint != NULL) {
    const DmigConstraint *constraint =
        self->new_constraint != NULL ? self->new_constraint : self->old_constraint;
    return constraint->name;
  }
  if (self->new_index != NULL || self->old_index != NULL)
    return self->new_index != NULL ? self->new_index->name : self->old_index->name;
  return NULL;
}

static char *
constraint_text(const DmigConstraint *constraint, const char *table)
{
  const char *word = constraint_word(constraint);

  if (constraint->kind == DMIG_CONSTRAINT_CHECK) {
    g_autofree char *sql = dmig_text_printable(constraint->check_sql);
    return constraint->name != NULL ? g_strdup_printf("%s %s on %s", word, constraint->name, table)
                                    : g_strdup_printf("%s (%s) on %s", word, sql, table);
  }
  if (constraint->kind == DMIG_CONSTRAINT_EXCLUSION)
    return g_strdup_printf("%s %s on %s", word, constraint->name, table);
  g_autofree char *columns = g_strjoinv(", ", constraint->columns);
  if (constraint->kind == DMIG_CONSTRAINT_FOREIGN_KEY)
    return g_strdup_printf("%s %s(%s) to %s", word, table, columns, constraint->ref_table);
  return g_strdup_printf("%s on %s(%s)", word, table, columns);
}

static char *
column_alteration_text(const DmigChange *self)
{
  const DmigColumn *old = self->old_column, *new = self->new_column;
  GString *text = g_string_new(NULL);

  g_string_append_printf(text, "alter column %s.%s:", dmig_change_object(self), new->name);
  if (self->aspects & DMIG_ASPECT_TYPE)
    g_string_append_printf(text, " type %s to %s,", old->type, new->type);
  if (self->aspects & DMIG_ASPECT_NOT_NULL)
    g_string_append(text, new->not_null ? " required," : " optional,");
  if (self->aspects & DMIG_ASPECT_SAID)
    g_string_append(text, new->unsaid ? " NOT NULL unsaid," : " NOT NULL said,");
  if (self->aspects & DMIG_ASPECT_DEFAULT) {
    if (new->default_sql != NULL)
      g_string_append_printf(text, " default %s,", new->default_sql);
    else
      g_string_append(text, " no default,");
  }
  if (self->aspects & DMIG_ASPECT_IDENTITY)
    g_string_append(text, new->identity != DMIG_IDENTITY_NONE ? " identity," : " no identity,");
  if (self->aspects & DMIG_ASPECT_GENERATED)
    g_string_append(text, new->generated != DMIG_GENERATED_NONE ? " generated," : " not generated,");
  if (self->aspects & DMIG_ASPECT_COLLATION)
    g_string_append_printf(text, " collation %s,",
                           new->collation != NULL ? new->collation : "default");
  if (self->aspects & DMIG_ASPECT_DECLARED)
    g_string_append(text, " declared too,");
  g_string_truncate(text, text->len - 1);
  return g_string_free(text, FALSE);
}

static char *
object_sentence(const char *verb, const DmigObject *object)
{
  g_autofree char *address = dmig_object_address(object);
  g_autofree char *text = dmig_address_text(address);
  const char *kind = dmig_object_property(object, "kind");

  if (object->kind == DMIG_OBJECT_ROUTINE && kind != NULL)
    return g_strdup_printf("%s %s%s", verb, kind, strchr(text, ' '));
  return g_strdup_printf("%s %s", verb, text);
}

static char *
facet_sentence(const DmigChange *self)
{
  g_autofree char *whose = dmig_address_text(self->address);
  const DmigFacet *facet = self->new_facet != NULL ? self->new_facet : self->old_facet;

  if (strcmp(facet->name, DMIG_FACET_NOT_VALID) == 0)
    return g_strdup_printf(self->new_facet != NULL ? "make %s not valid" : "validate %s", whose);
  if (self->new_facet != NULL)
    return g_strdup_printf("alter %s: %s %s", whose, facet->name, facet->value);
  return g_strdup_printf("alter %s: no %s", whose, facet->name);
}

static char *
sentence(const DmigChange *self)
{
  const char *object = dmig_change_object(self);
  const char *member = dmig_change_member(self);

  switch (self->kind) {
  case DMIG_CHANGE_CREATE_ENUM:
    return g_strdup_printf("create enum %s", object);
  case DMIG_CHANGE_DROP_ENUM:
    return g_strdup_printf("drop enum %s", object);
  case DMIG_CHANGE_RENAME_ENUM:
    return g_strdup_printf("rename enum %s to %s", dmig_rename_original(self->old_enum->name),
                           self->new_enum->name);
  case DMIG_CHANGE_ALTER_ENUM:
    return g_strdup_printf("alter the labels of enum %s", object);
  case DMIG_CHANGE_COMMENT_ENUM:
    return g_strdup_printf("comment on enum %s", object);
  case DMIG_CHANGE_CREATE_TABLE:
    return g_strdup_printf("create table %s", object);
  case DMIG_CHANGE_DROP_TABLE:
    return g_strdup_printf("drop table %s", object);
  case DMIG_CHANGE_RENAME_TABLE:
    return g_strdup_printf("rename table %s to %s", dmig_rename_original(self->old_table->name),
                           self->new_table->name);
  case DMIG_CHANGE_COMMENT_TABLE:
    return g_strdup_printf("comment on table %s", object);
  case DMIG_CHANGE_ADD_COLUMN:
    return g_strdup_printf("add column %s.%s %s", object, member, self->new_column->type);
  case DMIG_CHANGE_DROP_COLUMN:
    return g_strdup_printf("drop column %s.%s", object, member);
  case DMIG_CHANGE_RENAME_COLUMN:
    return g_strdup_printf("rename column %s.%s to %s", object,
                           dmig_rename_original(self->old_column->name), self->new_column->name);
  case DMIG_CHANGE_ALTER_COLUMN:
    return column_alteration_text(self);
  case DMIG_CHANGE_COMMENT_COLUMN:
    return g_strdup_printf("comment on column %s.%s", object, member);
  case DMIG_CHANGE_ADD_CONSTRAINT: {
    g_autofree char *what = constraint_text(self->new_constraint, object);
    return g_strdup_printf("add %s", what);
  }
  case DMIG_CHANGE_DROP_CONSTRAINT: {
    g_autofree char *what = constraint_text(self->old_constraint, object);
    return g_strdup_printf("drop %s", what);
  }
  case DMIG_CHANGE_RENAME_CONSTRAINT:
    return g_strdup_printf("rename constraint %s on %s to %s", self->old_constraint->name, object,
                           self->new_constraint->name);
  case DMIG_CHANGE_CREATE_INDEX:
    return g_strdup_printf("create %sindex %s on %s", self->new_index->unique ? "unique " : "",
                           member, object);
  case DMIG_CHANGE_DROP_INDEX:
    return g_strdup_printf("drop index %s on %s", member, object);
  case DMIG_CHANGE_RENAME_INDEX:
    return g_strdup_printf("rename index %s to %s", self->old_index->name, self->new_index->name);
  case DMIG_CHANGE_REBUILD_TABLE:
    return g_strdup_printf("rebuild table %s", object);
  case DMIG_CHANGE_CREATE_OBJECT:
    return object_sentence("create", self->new_object);
  case DMIG_CHANGE_DROP_OBJECT:
    return object_sentence("drop", self->old_object);
  case DMIG_CHANGE_RENAME_OBJECT: {
    g_autofree char *what = object_sentence("rename", self->old_object);
    return g_strdup_printf("%s to %s", what, self->new_object->path);
  }
  case DMIG_CHANGE_REPLACE_OBJECT:
    return object_sentence("replace", self->new_object);
  case DMIG_CHANGE_SET_FACET:
  case DMIG_CHANGE_RESET_FACET:
    return facet_sentence(self);
  case DMIG_CHANGE_COPY_ROWS:
    return g_strdup_printf("copy the rows of table %s", object);
  }
  return g_strdup("change");
}

char *
dmig_change_to_text(const DmigChange *self)
{
  g_autofree char *text = sentence(self);
  g_autofree char *readable = dmig_path_text(text);

  return dmig_text_printable(readable);
}
