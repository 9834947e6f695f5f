#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "store/internal.h"

/* A revision is a dozen objects. Waiting for the disk after each of them takes ten times as long as
 * waiting once, before a ref names them: until then nobody misses them. */

void
dmig_durable_defer(void)
{
  git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0);
}

gboolean
dmig_durable_settle(DmigStore *self, gboolean written, GError **error)
{
  git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
  if (!written)
    return FALSE;

  g_autofree char *objects = g_build_filename(self->path, "objects", NULL);
  int fd = open(objects, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean settled = fd >= 0 && syncfs(fd) == 0;
  int cause = errno;
  if (fd >= 0)
    close(fd);
  if (!settled)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot write '%s' to the disk: %s", objects,
                g_strerror(cause));
  return settled;
}
