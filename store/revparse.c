#include <string.h>

#include "core/base/text.h"
#include "store/internal.h"

/* Where the name ends that a suffix (`~2`, `^`, `@{1}`, `:path`) may follow. */
static gsize
name_length(const char *spec)
{
  gsize length = 0;
  while (spec[length] != '\0' && strchr("~^:", spec[length]) == NULL
         && strncmp(spec + length, "@{", 2) != 0)
    length++;
  return length;
}

/* libgit2 1.5 takes `@` alone for HEAD, but refuses `@~1` and `@^`. */
static char *
spell_out_head(const char *spec)
{
  if (spec[0] == '@' && spec[1] != '{' && name_length(spec) == 1)
    return g_strconcat("HEAD", spec + 1, NULL);
  return g_strdup(spec);
}

typedef struct {
  git_repository *repository;
  const char *digits;
  GPtrArray *ids; /* char* of the commits whose id begins with `digits` */
} Search;

static int
collect_commit(const git_oid *id, void *data)
{
  Search *search = data;
  char text[GIT_OID_HEXSZ + 1];
  git_oid_tostr(text, sizeof text, id);
  if (g_ascii_strncasecmp(text, search->digits, strlen(search->digits)) != 0)
    return 0;

  g_autoptr(git_commit) commit = NULL;
  if (git_commit_lookup(&commit, search->repository, id) == 0)
    g_ptr_array_add(search->ids, g_strdup(text));
  return 0;
}

/* The commits whose id begins with `digits`, sorted: char*. */
static GPtrArray *
commits_with_prefix(DmigStore *self, const char *digits)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
  Search search = { self->repository, digits, ids };
  g_autoptr(git_odb) odb = NULL;
  if (git_repository_odb(&odb, self->repository) == 0)
    git_odb_foreach(odb, collect_commit, &search);
  g_ptr_array_sort(ids, dmig_compare_strings);
  return ids;
}

/* Digits that several objects share may still be those of one revision only, as trees and files
 * can't be meant. */
static int
parse_ambiguous(git_object **out, DmigStore *self, const char *spec, GError **error)
{
  gsize length = name_length(spec);
  g_autofree char *digits = g_strndup(spec, length);
  g_autoptr(GPtrArray) ids = commits_with_prefix(self, digits);

  if (ids->len == 1) {
    g_autofree char *whole = g_strconcat(g_ptr_array_index(ids, 0), spec + length, NULL);
    return git_revparse_single(out, self->repository, whole);
  }
  if (ids->len == 0)
    return GIT_ENOTFOUND;
  g_ptr_array_add(ids, NULL);
  g_autofree char *list = g_strjoinv(", ", (char **) ids->pdata);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
              "'%s' is the beginning of several revisions: %s; give more digits", digits, list);
  return GIT_EAMBIGUOUS;
}

/* Names of branches and tags. Owned. */
static char **
known_names(DmigStore *self)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  g_autoptr(git_reference_iterator) iterator = NULL;
  g_ptr_array_add(names, g_strdup("HEAD"));
  if (git_reference_iterator_new(&iterator, self->repository) == 0) {
    for (git_reference *next; git_reference_next(&next, iterator) == 0;) {
      g_autoptr(git_reference) reference = next;
      if (!git_reference_is_note(reference))
        g_ptr_array_add(names, g_strdup(git_reference_shorthand(reference)));
    }
  }
  g_ptr_array_add(names, NULL);
  return (char **) g_ptr_array_steal(names, NULL);
}

static gboolean
head_is_unborn(DmigStore *self)
{
  git_oid id;
  return git_reference_name_to_id(&id, self->repository, "HEAD") == GIT_ENOTFOUND;
}

/* Whether `name` is the branch that the first revision will be on. */
static gboolean
names_head(DmigStore *self, const char *name)
{
  g_autofree char *branch = dmig_store_branch(self);
  return *name == '\0' || strcmp(name, "HEAD") == 0 || g_strcmp0(name, branch) == 0;
}

static gboolean
name_exists(DmigStore *self, const char *name)
{
  g_autoptr(git_object) object = NULL;
  return git_revparse_single(&object, self->repository, name) == 0;
}

static void
fail_not_found(DmigStore *self, const char *spec, const char *parsed, GError **error)
{
  gsize length = name_length(parsed);
  g_autofree char *name = g_strndup(parsed, length);
  g_autofree char *shown = dmig_text_printable(spec);

  if (names_head(self, name) && head_is_unborn(self)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "there is no revision yet; 'dmig commit' makes the first one");
    return;
  }
  if (parsed[length] != '\0' && *name != '\0' && name_exists(self, name)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "there is no revision '%s': '%s' does not reach that far; 'dmig log %s' shows "
                "what there is",
                shown, name, name);
    return;
  }

  g_auto(GStrv) names = known_names(self);
  const char *near = dmig_text_suggest(name, (const char *const *)names);
  if (near != NULL && strcmp(near, name) != 0)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "there is no revision '%s'; did you mean '%s%s'?", shown, near, parsed + length);
  else
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "there is no revision '%s'; 'dmig log' shows what there is", shown);
}

/* What most specs are is looked up without git_revparse_single(), which tries the names of refs
 * before whole ids and leaks what it has read when it fails. */
static int
parse(git_object **out, DmigStore *self, const char *spec)
{
  git_oid id;
  if (strcmp(spec, "HEAD") == 0) {
    int status = git_reference_name_to_id(&id, self->repository, spec);
    return status == 0 ? git_object_lookup(out, self->repository, &id, GIT_OBJECT_ANY) : status;
  }
  if (strlen(spec) == GIT_OID_HEXSZ && git_oid_fromstr(&id, spec) == 0) {
    int status = git_object_lookup(out, self->repository, &id, GIT_OBJECT_ANY);
    if (status != GIT_ENOTFOUND)
      return status;
  }
  /* `:path` means the index, which a store has not. */
  if (spec[0] == ':' && spec[1] != '/')
    return GIT_EINVALIDSPEC;
  return git_revparse_single(out, self->repository, spec);
}

/* Whether the last name was found, but not the object that it, or a commit on the way, names. */
static gboolean
misses_object(void)
{
  const git_error *last = git_error_last();
  return last != NULL && last->klass == GIT_ERROR_ODB;
}

git_commit *
dmig_store_commit_lookup(DmigStore *self, const char *spec, GError **error)
{
  g_autofree char *parsed = spell_out_head(spec);
  g_autoptr(git_object) object = NULL;
  g_autoptr(GError) reason = NULL;

  git_error_clear();
  int status = parse(&object, self, parsed);
  if (status == GIT_EAMBIGUOUS)
    status = parse_ambiguous(&object, self, parsed, &reason);
  if (reason != NULL) {
    g_propagate_error(error, g_steal_pointer(&reason));
    return NULL;
  }
  if (status == GIT_EINVALIDSPEC || (status == GIT_ENOTFOUND && !misses_object())) {
    fail_not_found(self, spec, parsed, error);
    return NULL;
  }
  if (status < 0) {
    dmig_git_damaged(self, error, "cannot read revision '%s'", spec);
    return NULL;
  }

  git_object *commit = NULL;
  if (git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0)
    return (git_commit *) commit;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND, "'%s' is a %s, not a revision", spec,
              git_object_type(object) == GIT_OBJECT_TREE ? "folder" : "file");
  return NULL;
}
