#include <string.h>

#include "store/internal.h"

typedef struct {
  guint count;
  git_commit **commits;
} Parents;

static void
parents_clear(Parents *self)
{
  for (guint i = 0; i < self->count; i++)
    git_commit_free(self->commits[i]);
  g_clear_pointer(&self->commits, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parents, parents_clear)

static gboolean
parents_load(Parents *self, DmigStore *store, const char *parent, char *const *merged,
             GError **error)
{
  guint further = merged != NULL ? g_strv_length((char **) merged) : 0;
  self->commits = g_new0(git_commit *, further + 1);
  if (parent == NULL)
    return TRUE;

  for (guint i = 0; i <= further; i++) {
    const char *id = i == 0 ? parent : merged[i - 1];
    git_commit *commit = dmig_store_commit_lookup(store, id, error);
    if (commit == NULL)
      return FALSE;
    self->commits[self->count++] = commit;
  }
  return TRUE;
}

/* As `git commit` cleans it up, without taking out comments: those are the editor's. */
static gboolean
clean_message(const char *message, git_buf *out, GError **error)
{
  if (!g_utf8_validate(message, -1, NULL)) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "the revision's message is not UTF-8");
    return FALSE;
  }
  int status = git_message_prettify(out, message, 0, '#');
  if (status < 0)
    return dmig_git_fail(error, status, "cannot use the revision's message");
  if (out->size == 0) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "the revision's message is empty; say what changes with -m \"…\"");
    return FALSE;
  }
  return TRUE;
}

static char *
log_message(const Parents *parents, git_commit *commit)
{
  const char *kind = parents->count == 0 ? " (initial)" : parents->count > 1 ? " (merge)" : "";
  return g_strdup_printf("commit%s: %s", kind, git_commit_summary(commit));
}

static gboolean
write_commit(DmigStore *self, const Parents *parents, GPtrArray *files, const char *message,
             const git_signature *author, const git_signature *committer, git_oid *out_id,
             GError **error)
{
  git_oid tree_id;
  if (!dmig_tree_write(self, files, &tree_id, error))
    return FALSE;

  g_autoptr(git_tree) tree = NULL;
  int status = git_tree_lookup(&tree, self->repository, &tree_id);
  if (status == 0)
    status = git_commit_create(out_id, self->repository, NULL, author, committer, NULL, message,
                               tree, parents->count, (const git_commit **) parents->commits);
  return status == 0 || dmig_git_fail(error, status, "cannot write the revision");
}

char *
dmig_store_commit(DmigStore *self, const char *parent, char *const *merged, GPtrArray *files,
                  const char *message, const char *note, GError **error)
{
  g_auto(Parents) parents = { 0, NULL };
  g_auto(git_buf) clean = GIT_BUF_INIT;
  if (!clean_message(message, &clean, error)
      || !parents_load(&parents, self, parent, merged, error))
    return NULL;

  g_autofree char *tip = dmig_store_tip_name(self, error);
  if (tip == NULL)
    return NULL;
  g_autoptr(git_signature) author = dmig_store_identity(self, DMIG_AUTHOR, error);
  if (author == NULL)
    return NULL;
  g_autoptr(git_signature) committer = dmig_store_identity(self, DMIG_COMMITTER, error);
  if (committer == NULL)
    return NULL;

  git_oid id;
  g_autoptr(git_commit) commit = NULL;
  dmig_durable_defer();
  gboolean written = write_commit(self, &parents, files, clean.ptr, author, committer, &id, error);
  if (!dmig_durable_settle(self, written, error))
    return NULL;
  if (git_commit_lookup(&commit, self->repository, &id) < 0) {
    dmig_git_damaged(self, error, "cannot read the revision that was just written");
    return NULL;
  }

  /* Whoever sees the revision sees its note, however this ends. */
  g_autofree char *text = dmig_oid_to_text(&id);
  if (note != NULL && !dmig_store_note_write(self, text, note, error))
    return NULL;

  g_autofree char *entry = log_message(&parents, commit);
  const git_oid *old = parents.count > 0 ? git_commit_id(parents.commits[0]) : NULL;
  if (!dmig_ref_move(self, tip, old, &id, committer, entry, error))
    return NULL;
  return g_steal_pointer(&text);
}
