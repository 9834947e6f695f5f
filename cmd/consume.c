#include "cmd/consume.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "cmd/project.h"
#include "core/base/text.h"

#define NOTE_FILE "dmig-consuming"
#define NO_PARENT "none"

static char *
note_path(DmigStore *store)
{
  return g_build_filename(dmig_store_path(store), NOTE_FILE, NULL);
}

static char *
checksum(GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data(bytes, &length);
  return dmig_text_sha256(data != NULL ? data : "", length);
}

gboolean
dmig_consume_begin(DmigContext *context, const char *parent, GBytes *change, GError **error)
{
  g_autofree char *path = note_path(context->store);
  g_autofree char *sum = checksum(change);
  g_autofree char *note = g_strdup_printf("%s %s\n", parent != NULL ? parent : NO_PARENT, sum);
  g_autoptr(GError) problem = NULL;
  if (g_file_set_contents(path, note, -1, &problem))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s", problem->message);
  return FALSE;
}

gboolean
dmig_consume_finish(DmigContext *context, GError **error)
{
  g_autofree char *change = dmig_project_path(context, "change.yaml");
  if (g_unlink(change) != 0 && errno != ENOENT) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL,
                "%s was committed but could not be removed: %s; remove it before the next commit",
                change, g_strerror(errno));
    return FALSE;
  }
  dmig_consume_cancel(context);
  return TRUE;
}

void
dmig_consume_cancel(DmigContext *context)
{
  g_autofree char *path = note_path(context->store);
  g_unlink(path);
}

gboolean
dmig_consume_is_leftover(DmigContext *context, GBytes *change)
{
  if (!dmig_context_has_store(context))
    return FALSE;
  DmigStore *store = dmig_context_store(context, NULL);
  if (store == NULL)
    return FALSE;
  g_autofree char *path = note_path(store);
  g_autofree char *note = NULL;
  if (!g_file_get_contents(path, &note, NULL, NULL))
    return FALSE;
  g_autoptr(DmigRevision) head = NULL;
  if (!dmig_store_head(store, &head, NULL) || head == NULL)
    return FALSE;
  const char *parent = head->parents[0] != NULL ? head->parents[0] : NO_PARENT;
  g_autofree char *sum = checksum(change);
  g_autofree char *expected = g_strdup_printf("%s %s\n", parent, sum);
  return g_str_equal(note, expected);
}

gboolean
dmig_consume_recover(DmigContext *context, GError **error)
{
  g_autofree char *note = note_path(context->store);
  if (!g_file_test(note, G_FILE_TEST_EXISTS))
    return TRUE;
  g_autofree char *path = dmig_project_path(context, "change.yaml");
  g_autofree char *text = NULL;
  gsize length = 0;
  if (!dmig_project_check_file(path, error))
    return FALSE;
  if (g_file_get_contents(path, &text, &length, NULL)) {
    g_autoptr(GBytes) bytes = g_bytes_new(text, length);
    if (dmig_consume_is_leftover(context, bytes))
      return dmig_consume_finish(context, error);
  }
  dmig_consume_cancel(context);
  return TRUE;
}
