/* What the files of the store share. */
#pragma once

#include <string.h>

#include "store/libgit2.h"
#include "store/store.h"

struct _DmigStore {
  git_repository *repository;
  git_config *config;    /* the system's, the user's and .dmig/config, in Git's order */
  GHashTable *overrides; /* canonical key -> value */
  char *path;
  char *folder;
  int lock_fd; /* -1: not locked */
  guint lock_depth;
  GHashTable *loose_names; /* short_id.c: two digits -> names of the loose objects behind them */
};

#define DMIG_NOTES_REF "refs/notes/dmig"
#define DMIG_CONFIG_FORMAT "dmig.formatVersion"
#define DMIG_CONFIG_DEFAULT_TARGET "dmig.defaultTarget"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_repository, git_repository_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_reference, git_reference_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_reference_iterator, git_reference_iterator_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_transaction, git_transaction_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_config, git_config_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_config_entry, git_config_entry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_config_iterator, git_config_iterator_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_object, git_object_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_commit, git_commit_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_tree, git_tree_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_tree_entry, git_tree_entry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_blob, git_blob_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_odb, git_odb_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_note, git_note_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_revwalk, git_revwalk_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_signature, git_signature_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(git_buf, git_buf_dispose)

/* For g_ptr_array_sort(). */
static inline int
dmig_compare_strings(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* startup.c: loads and initialises libgit2, once. */
gboolean dmig_git_start(GError **error);

/* loose.c: has loose objects of a store that was just opened read safely. */
gboolean dmig_loose_install(DmigStore *self, GError **error);

/* git_error.c: sets `error` from libgit2's `status` and its last message; `format` says what could
 * not be done. Always FALSE. */
gboolean dmig_git_fail(GError **error, int status, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same for what a sound store has: says how to look for the damage. Always FALSE. */
gboolean dmig_git_damaged(const DmigStore *self, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* config.c: all levels for `git_dir`. */
git_config *dmig_config_open(const char *git_dir, GError **error);
/* From one level only, or (level 0) from all. Owned, or NULL. */
char *dmig_config_lookup(git_config *config, int level, const char *key);
const char *dmig_config_overridden(const DmigStore *self, const char *key); /* borrowed, or NULL */
/* As dmig_store_config_set(); a `secret` makes the file readable for its owner only. */
gboolean dmig_config_write(DmigStore *self, const char *key, const char *value, gboolean secret,
                           GError **error);

/* trust.c: whether a store that was found, not named, may be used: Git's safe.directory. */
gboolean dmig_store_is_trusted(const char *path, const char *folder, git_config *config,
                               GError **error);

/* date.c: a date as GIT_AUTHOR_DATE may hold one. */
gboolean dmig_date_parse(const char *text, git_time *out_time);

/* identity.c: who makes a revision, and when. */
typedef enum {
  DMIG_AUTHOR,
  DMIG_COMMITTER,
} DmigRole;
git_signature *dmig_store_identity(DmigStore *self, DmigRole role, GError **error);

/* revision.c */
DmigRevision *dmig_revision_new(git_commit *commit);
char *dmig_oid_to_text(const git_oid *id);
/* The name of the ref that a commit moves: the branch of HEAD, or HEAD itself. Owned. */
char *dmig_store_tip_name(DmigStore *self, GError **error);

/* revparse.c: the commit that `spec` names. Owned. */
git_commit *dmig_store_commit_lookup(DmigStore *self, const char *spec, GError **error);

/* tree.c: writes the tree of `files` and its blobs. */
gboolean dmig_tree_write(DmigStore *self, GPtrArray *files, git_oid *out_id, GError **error);

/* durable.c: objects that are written after defer() reach the disk at settle() at the latest, which
 * is to be called in any case; `written`: whether writing them went well, else FALSE without an
 * error of its own. */
void dmig_durable_defer(void);
gboolean dmig_durable_settle(DmigStore *self, gboolean written, GError **error);

/* ref.c: moves `name` from `old` (NULL: it must not exist) to `id`, with an entry in its log. Where
 * it is elsewhere or stays locked: DMIG_ERROR_LOCKED, and nothing has changed. */
gboolean dmig_ref_move(DmigStore *self, const char *name, const git_oid *old, const git_oid *id,
                       const git_signature *who, const char *log_message, GError **error);
