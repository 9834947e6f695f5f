#include "store/internal.h"

gboolean
dmig_store_log(DmigStore *self, const char *from,
               gboolean (*callback)(const DmigRevision *revision, gpointer data), gpointer data,
               GError **error)
{
  g_autoptr(git_commit) start = dmig_store_commit_lookup(self, from != NULL ? from : "HEAD", error);
  if (start == NULL)
    return FALSE;

  g_autoptr(git_revwalk) walk = NULL;
  int status = git_revwalk_new(&walk, self->repository);
  if (status == 0)
    status = git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
  if (status == 0)
    status = git_revwalk_push(walk, git_commit_id(start));

  git_oid id;
  while (status == 0 && (status = git_revwalk_next(&id, walk)) == 0) {
    g_autoptr(git_commit) commit = NULL;
    status = git_commit_lookup(&commit, self->repository, &id);
    if (status < 0)
      break;
    g_autoptr(DmigRevision) revision = dmig_revision_new(commit);
    if (!callback(revision, data))
      return TRUE;
  }
  return status == GIT_ITEROVER || dmig_git_damaged(self, error, "cannot read the history");
}
