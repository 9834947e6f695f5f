#include "store/internal.h"

/* git_libgit2_init() takes 5 to 7 ms where libgit2 is built with mbedTLS (as Debian's is), nearly
 * all of it spent in parsing the system's bundle of CA certificates. dmig never opens a connection
 * through libgit2: git itself does the network. So the two functions that parse the bundle are
 * defined here. Where the executable exports them (see cmd/meson.build), they come before
 * libmbedx509's, as what an executable exports is looked at first, also for a library that is
 * loaded later.
 *
 * They fail, hence libgit2 goes on without any trusted certificate: should it ever open a TLS
 * connection, no server would be believed. Where libgit2 uses another TLS library nobody calls
 * them. They stand beside dmig_git_start() so that this object is always part of the link. */
#define CERTIFICATES_NOT_LOADED (-1)

G_GNUC_EXTENSION __attribute__((visibility("default"))) int
mbedtls_x509_crt_parse_file(void *chain, const char *path);
G_GNUC_EXTENSION __attribute__((visibility("default"))) int
mbedtls_x509_crt_parse_path(void *chain, const char *path);

int
mbedtls_x509_crt_parse_file(void *chain, const char *path)
{
  return CERTIFICATES_NOT_LOADED;
}

int
mbedtls_x509_crt_parse_path(void *chain, const char *path)
{
  return CERTIFICATES_NOT_LOADED;
}

gboolean
dmig_git_start(GError **error)
{
  static gboolean started;
  if (started)
    return TRUE;
  if (!dmig_libgit2_load(error))
    return FALSE;

  int status = git_libgit2_init();
  if (status < 0)
    return dmig_git_fail(error, status, "cannot start libgit2");

  /* trust.c decides whose store may be used: libgit2 only knows the paths of Git's repositories. */
  git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
  /* A revision that was reported as made survives a power cut. */
  git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
  started = TRUE;
  return TRUE;
}
