#include <string.h>

#include "store/internal.h"

#define PATIENCE_MICROSECONDS (10 * G_TIME_SPAN_SECOND)
#define RETRY_MICROSECONDS (20 * G_TIME_SPAN_MILLISECOND)

/* Notes lie in folders named after the first two digits, as Git itself has them once there are
 * many: with thousands of revisions each new note would else write a list of all of them. Git
 * reads both and any mixture. */
static char *
note_path(const git_oid *revision)
{
  g_autofree char *id = dmig_oid_to_text(revision);
  return g_strdup_printf("%.2s/%s", id, id + 2);
}

/* The notes' newest commit and its tree; both NULL before the first note. */
static gboolean
load_notes(DmigStore *self, git_commit **out_commit, git_tree **out_tree, GError **error)
{
  git_oid id;
  int status = git_reference_name_to_id(&id, self->repository, DMIG_NOTES_REF);
  if (status == GIT_ENOTFOUND)
    return TRUE;
  if (status == 0)
    status = git_commit_lookup(out_commit, self->repository, &id);
  if (status == 0)
    status = git_commit_tree(out_tree, *out_commit);
  return status == 0 || dmig_git_damaged(self, error, "cannot read '%s'", DMIG_NOTES_REF);
}

/* `tree` with the note in it, in place of one that another tool may have put at the top. */
static int
add_note(DmigStore *self, git_tree *tree, const git_oid *revision, const git_oid *blob,
         git_oid *out_id)
{
  g_autofree char *path = note_path(revision);
  g_autofree char *flat = dmig_oid_to_text(revision);
  git_tree_update updates[] = {
    { GIT_TREE_UPDATE_UPSERT, *blob, GIT_FILEMODE_BLOB, path },
    { GIT_TREE_UPDATE_REMOVE, { { 0 } }, GIT_FILEMODE_UNREADABLE, flat },
  };
  gsize count = tree != NULL && git_tree_entry_byname(tree, flat) != NULL ? 2 : 1;
  return git_tree_create_updated(out_id, self->repository, tree, count, updates);
}

/* The objects of a note: its text, the tree of all notes, the commit upon `before` (or NULL). */
static gboolean
write_objects(DmigStore *self, const git_oid *revision, const char *text, const git_commit *before,
              git_tree *tree_before, const git_signature *who, git_oid *out_id, GError **error)
{
  git_oid blob, tree_id;
  g_autoptr(git_tree) tree = NULL;
  const git_commit *parents[] = { before };
  int status = git_blob_create_from_buffer(&blob, self->repository, text, strlen(text));
  if (status == 0)
    status = add_note(self, tree_before, revision, &blob, &tree_id);
  if (status == 0)
    status = git_tree_lookup(&tree, self->repository, &tree_id);
  if (status == 0)
    status = git_commit_create(out_id, self->repository, NULL, who, who, NULL,
                               "Notes added by 'dmig'\n", tree, before != NULL ? 1 : 0, parents);
  if (status == 0)
    return TRUE;
  const git_error *last = git_error_last();
  return last != NULL && last->klass != GIT_ERROR_OS
             ? dmig_git_damaged(self, error, "cannot write the revision's note")
             : dmig_git_fail(error, status, "cannot write the revision's note");
}

static gboolean
write_note(DmigStore *self, const git_oid *revision, const char *text, GError **error)
{
  g_autoptr(git_commit) before = NULL;
  g_autoptr(git_tree) tree = NULL;
  g_autoptr(git_signature) who = dmig_store_identity(self, DMIG_COMMITTER, error);
  if (who == NULL || !load_notes(self, &before, &tree, error))
    return FALSE;

  git_oid id;
  dmig_durable_defer();
  gboolean written = write_objects(self, revision, text, before, tree, who, &id, error);
  return dmig_durable_settle(self, written, error)
         && dmig_ref_move(self, DMIG_NOTES_REF, before != NULL ? git_commit_id(before) : NULL, &id,
                          who, "notes: Notes added by 'dmig'", error);
}

gboolean
dmig_store_note_write(DmigStore *self, const char *revision, const char *text, GError **error)
{
  g_autoptr(git_commit) commit = dmig_store_commit_lookup(self, revision, error);
  if (commit == NULL)
    return FALSE;

  /* Notes of other revisions may be written meanwhile; none of them is to be lost. */
  gint64 deadline = g_get_monotonic_time() + PATIENCE_MICROSECONDS;
  for (;;) {
    g_autoptr(GError) reason = NULL;
    if (write_note(self, git_commit_id(commit), text, &reason))
      return TRUE;
    if (!g_error_matches(reason, DMIG_ERROR, DMIG_ERROR_LOCKED)
        || g_get_monotonic_time() >= deadline) {
      g_propagate_error(error, g_steal_pointer(&reason));
      return FALSE;
    }
    g_usleep(g_random_int_range(1, RETRY_MICROSECONDS));
  }
}

char *
dmig_store_note_read(DmigStore *self, const char *revision)
{
  g_autoptr(git_commit) commit = dmig_store_commit_lookup(self, revision, NULL);
  g_autoptr(git_note) note = NULL;
  if (commit == NULL
      || git_note_read(&note, self->repository, DMIG_NOTES_REF, git_commit_id(commit)) != 0)
    return NULL;
  return g_strdup(git_note_message(note));
}
