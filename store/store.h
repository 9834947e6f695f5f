/* The store: a bare Git repository in `.dmig/`, through libgit2. Only this folder includes git2.h.
 *
 * Opening loads and initialises libgit2, which is made cheap: see store/startup.c.
 */
#pragma once

#include <glib.h>

#include "core/base/error.h"

typedef struct _DmigStore DmigStore;

#define DMIG_STORE_FOLDER ".dmig"
#define DMIG_STORE_FORMAT 1

/* Makes `.dmig/` in `folder`; DMIG_ERROR_FATAL where it is one already or can't be written. Half
 * an init leaves nothing that open() would take for a store. The first branch is `main`. */
DmigStore *dmig_store_init(const char *folder, GError **error);

/* Opens `git_dir` where it is given; else $DMIG_DIR; else walks up from the current folder.
 * DMIG_ERROR_FATAL "not a dmig repository (or any of the parent folders)…", a broken repository, a
 * format from a newer dmig. */
DmigStore *dmig_store_open(const char *git_dir, GError **error);
void dmig_store_free(DmigStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigStore, dmig_store_free)

/* Where `.dmig/` is, without opening it or starting libgit2. Owned; NULL and the error as open(). */
char *dmig_store_find(const char *git_dir, GError **error);

/* The working folder of the store at `path`: the one that `.dmig` stands in. A store of another name
 * (a bare clone on a server) has the current one, as with git --git-dir. Owned. */
char *dmig_store_folder_around(const char *path);

const char *dmig_store_path(const DmigStore *self);   /* of `.dmig/`, absolute. Borrowed. */
const char *dmig_store_folder(const DmigStore *self); /* the working folder around it. Borrowed. */

/* Configuration in Git's format, `.dmig/config`; reading falls back to the user's and the
 * system's Git configuration. Owned, or NULL where it is not set. */
char *dmig_store_config_get(DmigStore *self, const char *key);
gboolean dmig_store_config_set(DmigStore *self, const char *key, const char *value, GError **error);
gboolean dmig_store_config_unset(DmigStore *self, const char *key, GError **error);
/* All that reading sees, each key once, sorted: DmigSetting*. Values of `target.*.url` may hold a
 * password. */
typedef struct {
  char *key;
  char *value;
  const char *origin; /* "override", "store", "user", "system". Static. */
} DmigSetting;
void dmig_setting_free(DmigSetting *self);
GPtrArray *dmig_store_config_list(DmigStore *self);
/* Overrides for this process (`-c key=value`); before everything else. */
void dmig_store_config_override(DmigStore *self, const char *key, const char *value);

typedef struct {
  char *name; /* "dev" */
  char *url;  /* may hold a password: only ever shown through dmig_url_redact() */
  gboolean is_default;
} DmigTarget;
void dmig_target_free(DmigTarget *self);
GPtrArray *dmig_store_targets(DmigStore *self); /* DmigTarget*, by name */
DmigTarget *dmig_store_target(DmigStore *self, const char *name); /* owned; NULL name: the default; or NULL */
/* The config becomes mode 0600 when a URL goes into it. The first target is the default. */
gboolean dmig_store_target_add(DmigStore *self, const char *name, const char *url, GError **error);
gboolean dmig_store_target_remove(DmigStore *self, const char *name, GError **error);
gboolean dmig_store_target_set_default(DmigStore *self, const char *name, GError **error);

typedef struct {
  char *id;        /* 40 hexadecimal digits */
  char *tree;
  char **parents;  /* ids, NULL-terminated */
  char *author_name, *author_email;
  gint64 author_time; /* seconds since 1970, UTC */
  int author_offset;  /* minutes east */
  char *summary;
  char *message; /* whole */
} DmigRevision;
void dmig_revision_free(DmigRevision *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigRevision, dmig_revision_free)

/* Git's revision syntax, also what libgit2 1.5 refuses (`@~1`). DMIG_ERROR_NOT_FOUND with a "did
 * you mean" where a name is near; ambiguous ids say so. `HEAD` before the first commit is
 * DMIG_ERROR_NOT_FOUND "there is no revision yet…". */
DmigRevision *dmig_store_revision(DmigStore *self, const char *spec, GError **error);
/* HEAD, or NULL without an error before the first commit. */
gboolean dmig_store_head(DmigStore *self, DmigRevision **out, GError **error);
/* The branch that HEAD is on: "main"; NULL where it is detached. Owned. */
char *dmig_store_branch(DmigStore *self);

/* Shortest unambiguous id of at least 7 digits. Owned. */
char *dmig_store_short_id(DmigStore *self, const char *id);

/* Walks from `from` (NULL: HEAD) back, children before parents, newest first; `callback` gives
 * FALSE to stop. */
gboolean dmig_store_log(DmigStore *self, const char *from,
                        gboolean (*callback)(const DmigRevision *revision, gpointer data),
                        gpointer data, GError **error);
/* Names that point at revisions: id -> char** ("HEAD -> main", "tag: v1"). Owned. */
GHashTable *dmig_store_decorations(DmigStore *self);

/* A file of a revision; DMIG_ERROR_NOT_FOUND. */
GBytes *dmig_store_read(DmigStore *self, const char *revision, const char *path, GError **error);
/* The paths of all files of a revision, sorted; below `prefix` ("domain/") where it is given. */
GPtrArray *dmig_store_files(DmigStore *self, const char *revision, const char *prefix,
                            GError **error);

/* A file to write. */
typedef struct {
  char *path;
  GBytes *bytes;
} DmigStoreFile;
DmigStoreFile *dmig_store_file_new(const char *path, GBytes *bytes);
void dmig_store_file_free(DmigStoreFile *self);

/* The id of the tree that `files` make: a pure function of them. Writes nothing. */
char *dmig_store_tree_id(DmigStore *self, GPtrArray *files, GError **error);
/* The id of the tree of just the domain files of a revision, to compare with the working files'. */
char *dmig_store_domain_tree_id(DmigStore *self, const char *revision, GError **error);

/* Writes the revision and moves the current branch to it, if the branch is still at `parent` (NULL:
 * unborn): else DMIG_ERROR_LOCKED and nothing has changed but unreachable objects. Author and
 * committer as Git finds them (GIT_AUTHOR_*, GIT_COMMITTER_*, configuration, EMAIL);
 * SOURCE_DATE_EPOCH where GIT_*_DATE is not set. `merged`: further parents, or NULL. `note` (NULL:
 * none) is written before the branch moves. Owned id. */
char *dmig_store_commit(DmigStore *self, const char *parent, char *const *merged, GPtrArray *files,
                        const char *message, const char *note, GError **error);

/* Git notes under refs/notes/dmig: the proof's record, JSON. */
gboolean dmig_store_note_write(DmigStore *self, const char *revision, const char *text,
                               GError **error);
char *dmig_store_note_read(DmigStore *self, const char *revision); /* owned, or NULL */

/* One edge of the way between two revisions. */
typedef struct {
  char *revision; /* whose migration runs: the child of the edge */
  char *parent;   /* the other end; NULL: before the first revision */
  gboolean down;
} DmigEdge;
void dmig_edge_free(DmigEdge *self);

/* The way from one revision to another (each NULL: before the first): down to where the branches
 * met, up from there. DmigEdge*, in order; empty where they are the same. DMIG_ERROR_DRIFT where
 * `from` is not in the store. */
GPtrArray *dmig_store_way(DmigStore *self, const char *from, const char *to, GError **error);

/* An advisory lock on the store for what is longer than a ref update (a commit with its proof):
 * waits up to `wait_seconds`; dies with the process. DMIG_ERROR_LOCKED names the holder's pid. */
gboolean dmig_store_lock(DmigStore *self, guint wait_seconds, GError **error);
void dmig_store_unlock(DmigStore *self);
