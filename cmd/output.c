#include "cmd/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/base/text.h"
#include "core/domain/write.h"

static gboolean
fail(const char *path, const char *problem, GError **error)
{
  g_autofree char *shown = dmig_text_printable(path);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "can't write '%s': %s", shown, problem);
  return FALSE;
}

static gboolean
refuse(const char *path, GError **error)
{
  g_autofree char *shown = dmig_text_printable(path);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "'%s' is there already and says something else; --force writes over it", shown);
  return FALSE;
}

typedef enum { IS_MISSING, IS_SAME, IS_DIFFERENT, IS_UNFIT } Standing;

static Standing
look(const char *path, const char *text, GError **error)
{
  struct stat status;
  gsize length = strlen(text), read = 0;
  if (lstat(path, &status) != 0) {
    if (errno == ENOENT)
      return IS_MISSING;
    fail(path, g_strerror(errno), error);
    return IS_UNFIT;
  }
  if (S_ISLNK(status.st_mode) && stat(path, &status) != 0) {
    fail(path, "it is a link that leads nowhere", error);
    return IS_UNFIT;
  }
  if (!S_ISREG(status.st_mode)) {
    fail(path, S_ISDIR(status.st_mode) ? "it is a folder" : "it is no file but a pipe or a device",
         error);
    return IS_UNFIT;
  }
  g_autofree char *held = NULL;
  if ((gsize) status.st_size != length || !g_file_get_contents(path, &held, &read, NULL))
    return IS_DIFFERENT;
  return read == length && memcmp(held, text, length) == 0 ? IS_SAME : IS_DIFFERENT;
}

/* Puts the finished file in its place. Without `force` nothing may have come there meanwhile. */
static gboolean
put_in_place(const char *fresh, const char *path, gboolean force, GError **error)
{
  if (!force && renameat2(AT_FDCWD, fresh, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
    return TRUE;
  int problem = errno;
  gboolean unknown = problem == EINVAL || problem == ENOSYS;
  if (!force && problem == EEXIST) {
    unlink(fresh);
    return refuse(path, error);
  }
  if ((force || unknown) && rename(fresh, path) == 0)
    return TRUE;
  problem = force || unknown ? errno : problem;
  unlink(fresh);
  return fail(path, g_strerror(problem), error);
}

static gboolean
write_file(const char *path, const char *text, gboolean force, GError **error)
{
  /* What a link leads to is written, not the link. */
  g_autofree char *real = force ? realpath(path, NULL) : NULL;
  const char *place = real != NULL ? real : path;
  g_autofree char *folder = g_path_get_dirname(place);
  g_autofree char *fresh = g_strdup_printf("%s.%d.new", place, (int) getpid());
  g_autoptr(GError) problem = NULL;
  struct stat status;
  if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
    return fail(path, "its folder does not exist; make it first", error);
  int mode = stat(place, &status) == 0 ? (int) (status.st_mode & 0777) : 0666;
  if (!g_file_set_contents_full(fresh, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, mode, &problem))
    return fail(path, problem->message, error);
  return put_in_place(fresh, place, force, error);
}

gboolean
dmig_output_write(const char *path, const char *text, gboolean force, gboolean *out_written,
                  GError **error)
{
  Standing standing = look(path, text, error);
  *out_written = FALSE;
  if (standing == IS_SAME)
    return TRUE;
  if (standing == IS_UNFIT || (standing == IS_DIFFERENT && !force && !refuse(path, error)))
    return FALSE;
  *out_written = TRUE;
  return write_file(path, text, standing == IS_DIFFERENT, error);
}

/* --- folders ---------------------------------------------------------------------------------- */

static gboolean
is_part(GPtrArray *files, const char *name)
{
  for (guint i = 0; i < files->len; i++)
    if (strcmp(((const DmigWrittenFile *) g_ptr_array_index(files, i))->path, name) == 0)
      return TRUE;
  return FALSE;
}

/* Whatever YAML is in the folder becomes a part of the domain. */
static gboolean
check_strangers(const char *folder, const char *below, GPtrArray *files, GError **error)
{
  g_autofree char *path = g_build_filename(folder, below, NULL);
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
       name = g_dir_read_name(dir)) {
    g_autofree char *inner = *below != '\0' ? g_build_filename(below, name, NULL) : g_strdup(name);
    g_autofree char *full = g_build_filename(folder, inner, NULL);
    struct stat status;
    if (name[0] == '.' || lstat(full, &status) != 0)
      continue;
    if (S_ISDIR(status.st_mode)) {
      if (!check_strangers(folder, inner, files, error))
        return FALSE;
      continue;
    }
    gboolean yaml = g_str_has_suffix(name, ".yaml") || g_str_has_suffix(name, ".yml");
    if (!yaml || is_part(files, inner))
      continue;
    g_autofree char *shown = dmig_text_printable(full);
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "'%s' would become a part of the domain; move it away, or choose another folder",
                shown);
    return FALSE;
  }
  return TRUE;
}

gboolean
dmig_output_write_folder(const char *folder, GPtrArray *files, gboolean force, GError **error)
{
  if (!check_strangers(folder, "", files, error))
    return FALSE;
  /* All are looked at before the first is written. */
  for (guint i = 0; i < files->len; i++) {
    const DmigWrittenFile *file = g_ptr_array_index(files, i);
    g_autofree char *path = g_build_filename(folder, file->path, NULL);
    Standing standing = look(path, file->text, error);
    if (standing == IS_UNFIT || (standing == IS_DIFFERENT && !force && !refuse(path, error)))
      return FALSE;
  }
  for (guint i = 0; i < files->len; i++) {
    const DmigWrittenFile *file = g_ptr_array_index(files, i);
    g_autofree char *path = g_build_filename(folder, file->path, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    gboolean written;
    if (g_mkdir_with_parents(parent, 0777) != 0)
      return fail(parent, g_strerror(errno), error);
    if (!dmig_output_write(path, file->text, force, &written, error))
      return FALSE;
  }
  return TRUE;
}
