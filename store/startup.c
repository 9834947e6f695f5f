#include "store/internal.h"

/* git_libgit2_init() takes 5 to 7 ms where libgit2 is built with mbedTLS (as Debian's is), nearly
 * all of it spent in parsing the system's bundle of CA certificates; half of what remains is
 * libssh2's, which starts OpenSSL. dmig never opens a connection through libgit2: git itself does
 * the network. So the three functions that do this are defined here, and exported from the
 * executable (see cmd/meson.build): what an executable exports is found before what the libraries
 * define, also by a library that is loaded later.
 *
 * The parsers fail, hence libgit2 goes on without any trusted certificate: should it ever open a
 * TLS connection, no server would be believed. Where libgit2 uses other libraries nobody calls
 * these. They stand beside dmig_git_start() so that this object is always part of the link. */
#define CERTIFICATES_NOT_LOADED (-1)

G_GNUC_EXTENSION __attribute__((visibility("default"))) int
mbedtls_x509_crt_parse_file(void *chain, const char *path);
G_GNUC_EXTENSION __attribute__((visibility("default"))) int
mbedtls_x509_crt_parse_path(void *chain, const char *path);
G_GNUC_EXTENSION __attribute__((visibility("default"))) int libssh2_init(int flags);

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

int
libssh2_init(int flags)
{
  return 0;
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
