#include "cmd/plan_report.h"

#include <string.h>

#include "cmd/project.h"
#include "core/base/text.h"
#include "core/sql/path.h"

void
dmig_place_clear(DmigPlace *self)
{
  g_clear_pointer(&self->file, g_free);
}

/* The member that `object` names of `whole`: "" for the whole itself; NULL: it is about another. */
static const char *
member_of(const char *object, const char *whole)
{
  gsize length = strlen(whole);
  if (length == 0 || strncmp(object, whole, length) != 0)
    return NULL;
  if (object[length] == '\0')
    return object + length;
  return object[length] == '.' ? object + length + 1 : NULL;
}

/* The first column of the constraint or index of this name. */
static const char *
column_behind(const DmigSchema *schema, const char *path, const char *name)
{
  const DmigTable *table = schema != NULL ? dmig_schema_table(schema, path) : NULL;
  const DmigIndex *index = table != NULL ? dmig_table_index(table, name) : NULL;
  if (index != NULL && index->elements->len > 0)
    return ((DmigIndexElement *) index->elements->pdata[0])->column;
  for (guint i = 0; table != NULL && i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (g_strcmp0(constraint->name, name) == 0 && constraint->columns != NULL)
      return constraint->columns[0];
  }
  return NULL;
}

static const DmigField *
field_with(const DmigEntity *entity, const char *column)
{
  for (guint i = 0; column != NULL && i < entity->fields->len; i++) {
    const DmigField *field = entity->fields->pdata[i];
    if (g_strcmp0(field->column, column) == 0)
      return field;
  }
  return NULL;
}

static DmigLocation
place_in_entity(const DmigEntity *entity, const DmigLeg *leg, const char *member)
{
  const DmigField *field = field_with(entity, member);
  for (guint i = 0; field == NULL && i < entity->indexes->len; i++) {
    const DmigDomainIndex *index = entity->indexes->pdata[i];
    if (g_strcmp0(index->name, member) == 0)
      return index->at;
  }
  for (guint i = 0; field == NULL && i < entity->checks->len; i++) {
    const DmigDomainCheck *check = entity->checks->pdata[i];
    if (g_strcmp0(check->name, member) == 0)
      return check->at;
  }
  if (field == NULL)
    field = field_with(entity, column_behind(leg->after, entity->path, member));
  if (field == NULL)
    field = field_with(entity, column_behind(leg->before, entity->path, member));
  return field != NULL ? field->at : entity->at;
}

static gboolean
is_whole(const char *path, const char *object, const char **out_member)
{
  g_autofree char *text = path != NULL ? dmig_path_text(path) : NULL;
  *out_member = text != NULL ? member_of(object, text) : NULL;
  return *out_member != NULL;
}

static gboolean
find_in_domain(const DmigDomain *domain, const DmigLeg *leg, const char *object, DmigLocation *out)
{
  const char *member = NULL;
  for (guint i = 0; i < domain->entities->len; i++) {
    const DmigEntity *entity = domain->entities->pdata[i];
    if (is_whole(entity->path, object, &member)) {
      *out = place_in_entity(entity, leg, member);
      return TRUE;
    }
  }
  for (guint i = 0; i < domain->enums->len; i++) {
    const DmigDomainEnum *type = domain->enums->pdata[i];
    if (is_whole(type->path, object, &member)) {
      *out = type->at;
      return TRUE;
    }
  }
  for (guint i = 0; i < domain->views->len; i++) {
    const DmigDomainView *view = domain->views->pdata[i];
    if (is_whole(view->path, object, &member)) {
      *out = view->at;
      return TRUE;
    }
  }
  return FALSE;
}

/* The path in a revision's tree, which is that in the working folder. */
static DmigPlace
place_in(const DmigSnapshot *snapshot, DmigLocation at)
{
  for (guint i = 0; i < snapshot->sources->len && i < snapshot->paths->len; i++) {
    const DmigSource *source = snapshot->sources->pdata[i];
    if (at.file == NULL || g_strcmp0(source->path, at.file) == 0)
      return (DmigPlace){ g_strdup(snapshot->paths->pdata[i]), MAX(at.line, 1),
                          MAX(at.column, 1) };
  }
  return (DmigPlace){ NULL, 1, 1 };
}

static gboolean
find_script(const DmigLeg *leg, const DmigStep *step, DmigPlace *out)
{
  const DmigChangeFile *change = leg->passage != NULL ? leg->passage->change : NULL;
  gboolean before = g_str_equal(step->kind, "sql-before"), down = leg->migration->down;
  if (change == NULL || !g_str_has_prefix(step->kind, "sql-"))
    return FALSE;
  const DmigSqlText *text = before ? (down ? change->downgrade_before : change->upgrade_before)
                                   : (down ? change->downgrade_after : change->upgrade_after);
  /* A committed change file is in the working folder no longer. */
  if (text == NULL || leg->migration->to != NULL || down)
    return FALSE;
  *out = (DmigPlace){ g_strdup("change.yaml"), MAX(text->at.line, 1), MAX(text->at.column, 1) };
  return TRUE;
}

/* Programs that show hazards beside the code count paths from the folder of the Git repository that
 * the working folder is in. */
static void
count_from_repository(DmigContext *context, DmigPlace *place)
{
  g_autofree char *project = dmig_project_folder(context);
  g_autofree char *folder = g_canonicalize_filename(project, NULL);
  g_autofree char *inner = g_strdup("");
  while (place->file != NULL && !g_str_equal(folder, "/")) {
    g_autofree char *git = g_build_filename(folder, ".git", NULL);
    if (g_file_test(git, G_FILE_TEST_EXISTS)) {
      char *whole = g_strconcat(inner, place->file, NULL);
      g_free(place->file);
      place->file = whole;
      return;
    }
    g_autofree char *name = g_path_get_basename(folder);
    g_autofree char *deeper = g_strconcat(name, "/", inner, NULL);
    g_free(inner);
    inner = g_steal_pointer(&deeper);
    char *parent = g_path_get_dirname(folder);
    g_free(folder);
    folder = parent;
  }
}

static DmigPlace
find_place(const DmigWay *way, const DmigLeg *leg, const DmigStep *step)
{
  const DmigLeg *last = way->legs->pdata[way->legs->len - 1];
  const DmigPassage *const passages[] = { last->passage, leg->passage };
  DmigPlace place = { NULL, 1, 1 };
  DmigLocation at = { NULL, 0, 0 };
  if (find_script(leg, step, &place))
    return place;
  /* Where the last state on the way still has it, for that is what a person looks at; else where its
   * own revision had it. */
  for (guint i = 0; i < G_N_ELEMENTS(passages); i++)
    if (passages[i] != NULL && passages[i]->to->domain != NULL
        && find_in_domain(passages[i]->to->domain, leg, step->object, &at))
      return place_in(passages[i]->to, at);
  return last->passage != NULL ? place_in(last->passage->to, at) : place;
}

DmigPlace
dmig_place_of_step(DmigContext *context, const DmigWay *way, const DmigLeg *leg,
                   const DmigStep *step)
{
  DmigPlace place = find_place(way, leg, step);
  count_from_repository(context, &place);
  return place;
}
