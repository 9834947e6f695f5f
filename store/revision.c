#include <string.h>

#include "store/internal.h"

void
dmig_revision_free(DmigRevision *self)
{
  if (self == NULL)
    return;
  g_free(self->id);
  g_free(self->tree);
  g_strfreev(self->parents);
  g_free(self->author_name);
  g_free(self->author_email);
  g_free(self->summary);
  g_free(self->message);
  g_free(self);
}

char *
dmig_oid_to_text(const git_oid *id)
{
  char text[GIT_OID_HEXSZ + 1];
  return g_strdup(git_oid_tostr(text, sizeof text, id));
}

/* Other tools may write commits in any encoding, or in none that is true. */
static char *
to_utf8(const char *text, const char *encoding)
{
  if (text == NULL)
    return g_strdup("");
  if (encoding != NULL && g_ascii_strcasecmp(encoding, "UTF-8") != 0) {
    char *converted = g_convert(text, -1, "UTF-8", encoding, NULL, NULL, NULL);
    if (converted != NULL)
      return converted;
  }
  return g_utf8_make_valid(text, -1);
}

DmigRevision *
dmig_revision_new(git_commit *commit)
{
  const git_signature *author = git_commit_author(commit);
  const char *encoding = git_commit_message_encoding(commit);
  guint count = git_commit_parentcount(commit);

  DmigRevision *self = g_new0(DmigRevision, 1);
  self->id = dmig_oid_to_text(git_commit_id(commit));
  self->tree = dmig_oid_to_text(git_commit_tree_id(commit));
  self->parents = g_new0(char *, count + 1);
  for (guint i = 0; i < count; i++)
    self->parents[i] = dmig_oid_to_text(git_commit_parent_id(commit, i));
  self->author_name = to_utf8(author->name, encoding);
  self->author_email = to_utf8(author->email, encoding);
  self->author_time = author->when.time;
  self->author_offset = author->when.offset;
  self->summary = to_utf8(git_commit_summary(commit), encoding);
  self->message = to_utf8(git_commit_message(commit), encoding);
  return self;
}

DmigRevision *
dmig_store_revision(DmigStore *self, const char *spec, GError **error)
{
  g_autoptr(git_commit) commit = dmig_store_commit_lookup(self, spec, error);
  return commit != NULL ? dmig_revision_new(commit) : NULL;
}

gboolean
dmig_store_head(DmigStore *self, DmigRevision **out, GError **error)
{
  git_oid id;
  int status = git_reference_name_to_id(&id, self->repository, "HEAD");
  if (status == GIT_ENOTFOUND) {
    g_autofree char *tip = dmig_store_tip_name(self, error);
    if (tip == NULL)
      return FALSE;
    *out = NULL;
    return TRUE;
  }
  if (status < 0)
    return dmig_git_damaged(self, error, "cannot read HEAD");

  g_autoptr(git_commit) commit = NULL;
  if (git_commit_lookup(&commit, self->repository, &id) < 0)
    return dmig_git_damaged(self, error, "cannot read the revision at HEAD");
  *out = dmig_revision_new(commit);
  return TRUE;
}

char *
dmig_store_tip_name(DmigStore *self, GError **error)
{
  g_autoptr(git_reference) head = NULL;
  if (git_reference_lookup(&head, self->repository, "HEAD") < 0) {
    dmig_git_damaged(self, error, "cannot read HEAD");
    return NULL;
  }
  const char *branch = git_reference_symbolic_target(head);
  return g_strdup(branch != NULL ? branch : "HEAD");
}

char *
dmig_store_branch(DmigStore *self)
{
  static const char prefix[] = "refs/heads/";
  g_autofree char *tip = dmig_store_tip_name(self, NULL);
  if (tip == NULL || !g_str_has_prefix(tip, prefix))
    return NULL;
  return g_strdup(tip + strlen(prefix));
}
