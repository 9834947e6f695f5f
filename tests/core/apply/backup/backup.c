/* Folders of backups: what is made, found, kept and removed. On either database. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/apply/backup/backup.h"
#include "core/apply/tracking/tracking.h"
#include "tests/core/apply/fixture.h"

typedef struct {
  Fixture *fixture;
  char *top, *folder;
  GError *error;
  GPtrArray *list, *removed;
  DmigBackup *backup;
} Case;

static void
remove_tree(const char *path)
{
  struct stat info;
  if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
      g_autofree char *inner = g_build_filename(path, name, NULL);
      remove_tree(inner);
    }
  }
  g_remove(path);
}

static int
setup(void **state)
{
  Case *self = g_new0(Case, 1);
  void *fixture = NULL;
  int failed = fixture_setup(&fixture);
  self->fixture = fixture;
  self->top = g_dir_make_tmp("dmig-backups-XXXXXX", NULL);
  self->folder = g_build_filename(self->top, "backups", NULL);
  *state = self;
  return failed;
}

static int
teardown(void **state)
{
  Case *self = *state;
  void *fixture = self->fixture;
  fixture_teardown(&fixture);
  remove_tree(self->top);
  g_clear_error(&self->error);
  g_clear_pointer(&self->list, g_ptr_array_unref);
  g_clear_pointer(&self->removed, g_ptr_array_unref);
  g_clear_pointer(&self->backup, dmig_backup_free);
  g_free(self->top);
  g_free(self->folder);
  g_free(self);
  return 0;
}

static void
assert_done(Case *self, gboolean done)
{
  if (!done)
    fail_msg("%s", self->error->message);
}

static void
assert_failed(Case *self, gboolean done, DmigErrorCode code, const char *part)
{
  assert_false(done);
  if (self->error->code != (int) code || strstr(self->error->message, part) == NULL)
    fail_msg("code %d, not %d, or no '%s' in: %s", self->error->code, code, part,
             self->error->message);
  g_clear_error(&self->error);
}

static gboolean
make(Case *self, gboolean needed)
{
  const DmigBackupOptions options = { .folder = self->folder,
                                      .reason = "backup",
                                      .needed = needed };
  g_clear_pointer(&self->backup, dmig_backup_free);
  return dmig_backup_make(self->fixture->db, &options, &self->backup, &self->error);
}

static GPtrArray *
list(Case *self)
{
  g_clear_pointer(&self->list, g_ptr_array_unref);
  assert_done(self, dmig_backup_list(self->folder, &self->list, &self->error));
  return self->list;
}

static guint
prune(Case *self, guint keep, guint64 seconds, gboolean dry_run)
{
  const DmigBackupPruning pruning = { .keep = keep, .keep_seconds = seconds, .dry_run = dry_run };
  g_clear_pointer(&self->removed, g_ptr_array_unref);
  assert_done(self, dmig_backup_prune(self->folder, &pruning, &self->removed, &self->error));
  return self->removed->len;
}

/* As if it had been made so many days ago. */
static void
age(Case *self, const DmigBackup *backup, int days)
{
  g_autofree char *path = g_build_filename(backup->path, "manifest.json", NULL);
  g_autofree char *text = NULL;
  assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autoptr(GDateTime) then = g_date_time_add_days(now, -days);
  g_autofree char *created = g_date_time_format(then, "%Y-%m-%dT%H:%M:%SZ");
  g_auto(GStrv) parts = g_strsplit(text, backup->created, -1);
  g_autofree char *changed = g_strjoinv(created, parts);
  assert_true(g_file_set_contents(path, changed, -1, NULL));
}

static guint
mode_of(const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  struct stat info;
  assert_int_equal(stat(path, &info), 0);
  return info.st_mode & 0777;
}

static void
test_says_what_it_is(void **state)
{
  Case *self = *state;
  fixture_exec(self->fixture->db, "CREATE TABLE a (id integer); INSERT INTO a VALUES (1), (2)");
  assert_done(self, make(self, TRUE));
  DmigBackup *made = self->backup;
  assert_true(made->needed);
  assert_null(made->revision);
  assert_string_equal(made->dialect, fixture_dialect()->name);
  assert_int_equal(strlen(made->sha256), 64);
  assert_int_equal(mode_of(made->path, "data"), 0600);
  assert_int_equal(mode_of(made->path, "manifest.json"), 0600);
  assert_int_equal(mode_of(self->folder, "."), 0700);
  assert_int_equal(mode_of(made->path, "."), 0700);
  assert_int_equal(list(self)->len, 1);
  const DmigBackup *read = self->list->pdata[0];
  assert_string_equal(read->sha256, made->sha256);
  assert_string_equal(read->identity, made->identity);
  assert_int_equal(read->size, made->size);
  gboolean found = FALSE;
  for (guint i = 0; i < read->tables->len; i++) {
    const DmigBackupTable *table = read->tables->pdata[i];
    found |= g_strcmp0(table->name, "a") == 0 && table->rows == 2;
  }
  assert_true(found);
  assert_done(self, dmig_backup_verify(read, NULL, &self->error));
}

static void
test_restores_and_records(void **state)
{
  Case *self = *state;
  DmigDatabase *db = self->fixture->db;
  const DmigRestoreOptions options = { .command = "restore" };
  assert_done(self, dmig_tracking_ensure(db, &self->error));
  fixture_exec(db, "CREATE TABLE a (id integer); INSERT INTO a VALUES (1), (2)");
  assert_done(self, make(self, FALSE));
  fixture_exec(db, "DELETE FROM a; CREATE TABLE b (id integer)");
  assert_done(self, dmig_backup_restore(self->backup, db, &options, &self->error));
  g_autofree char *rows = fixture_value(db, "SELECT count(*) FROM a");
  assert_string_equal(rows, "2");
  g_autofree char *runs = db->dialect->tracking_table("runs");
  g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s WHERE command = 'restore'", runs);
  g_autofree char *recorded = fixture_value(db, sql);
  assert_string_equal(recorded, "1");
}

static void
test_a_changed_byte_is_found(void **state)
{
  Case *self = *state;
  const DmigRestoreOptions options = { .command = "restore" };
  fixture_exec(self->fixture->db, "CREATE TABLE a (id integer)");
  assert_done(self, make(self, FALSE));
  g_autofree char *path = g_build_filename(self->backup->path, "data", NULL);
  int fd = open(path, O_WRONLY);
  assert_int_equal(pwrite(fd, "x", 1, 200), 1);
  close(fd);
  fixture_exec(self->fixture->db, "INSERT INTO a VALUES (1)");
  assert_failed(self, dmig_backup_verify(self->backup, NULL, &self->error), DMIG_ERROR_FAILED,
                "checksum");
  assert_failed(self, dmig_backup_restore(self->backup, self->fixture->db, &options, &self->error),
                DMIG_ERROR_FAILED, "checksum");
  g_autofree char *rows = fixture_value(self->fixture->db, "SELECT count(*) FROM a");
  assert_string_equal(rows, "1");
}

static void
test_keeps_so_many(void **state)
{
  Case *self = *state;
  for (guint i = 0; i < 4; i++)
    assert_done(self, make(self, FALSE));
  assert_int_equal(prune(self, 0, 0, FALSE), 0);
  assert_int_equal(prune(self, 2, 0, TRUE), 2);
  assert_int_equal(list(self)->len, 4);
  assert_int_equal(prune(self, 2, 0, FALSE), 2);
  assert_int_equal(list(self)->len, 2);
  /* The newest are those that stay. */
  assert_string_equal(((DmigBackup *) self->list->pdata[0])->id, self->backup->id);
}

static void
test_keeps_so_long(void **state)
{
  Case *self = *state;
  for (int i = 0; i < 3; i++) {
    assert_done(self, make(self, FALSE));
    age(self, self->backup, 10 * (i + 1));
  }
  assert_int_equal(prune(self, 0, 15 * 86400, FALSE), 2);
  assert_int_equal(list(self)->len, 1);
  /* The newest never goes, however old it is. */
  assert_int_equal(prune(self, 0, 60, FALSE), 0);
}

static void
test_keeps_what_is_needed(void **state)
{
  Case *self = *state;
  assert_done(self, make(self, TRUE));
  g_autofree char *identity = g_strdup(self->backup->identity);
  for (guint i = 0; i < 2; i++)
    assert_done(self, make(self, FALSE));
  assert_int_equal(prune(self, 1, 0, FALSE), 1);
  assert_int_equal(list(self)->len, 2);
  assert_done(self, dmig_backup_release(self->folder, "another database", &self->error));
  assert_int_equal(prune(self, 1, 0, FALSE), 0);
  assert_done(self, dmig_backup_release(self->folder, identity, &self->error));
  assert_int_equal(prune(self, 1, 0, FALSE), 1);
}

static char *
place(Case *self, const char *name)
{
  char *path = g_build_filename(self->folder, name, NULL);
  g_autofree char *file = g_build_filename(path, "data", NULL);
  assert_int_equal(g_mkdir_with_parents(path, 0700), 0);
  assert_true(g_file_set_contents(file, "half", -1, NULL));
  return path;
}

static void
test_half_done_ones_go_with_their_process(void **state)
{
  Case *self = *state;
  g_autofree char *dead = place(self, ".partial-dead");
  g_autofree char *living = place(self, ".partial-living");
  int lock = open(living, O_RDONLY | O_DIRECTORY);
  assert_int_equal(flock(lock, LOCK_EX), 0);
  assert_int_equal(list(self)->len, 0);
  prune(self, 1, 0, FALSE);
  gboolean gone = !g_file_test(dead, G_FILE_TEST_EXISTS);
  gboolean there = g_file_test(living, G_FILE_TEST_EXISTS);
  close(lock);
  assert_true(gone && there);
}

static void
test_what_is_not_ours_stays(void **state)
{
  Case *self = *state;
  g_autofree char *foreign = place(self, "photos");
  assert_int_equal(list(self)->len, 0);
  prune(self, 1, 1, FALSE);
  assert_true(g_file_test(foreign, G_FILE_TEST_EXISTS));
}

static void
test_damaged_manifests_are_listed(void **state)
{
  Case *self = *state;
  static const char *const texts[] = {
    "", "{", "[]", "{\"format\": 99}", "{\"format\": 1}", "{\"format\": 1, \"database\": 7}"
  };
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autofree char *name = g_strdup_printf("b%u", i);
    g_autofree char *path = place(self, name);
    g_autofree char *manifest = g_build_filename(path, "manifest.json", NULL);
    assert_true(g_file_set_contents(manifest, texts[i], -1, NULL));
  }
  assert_int_equal(list(self)->len, G_N_ELEMENTS(texts));
  for (guint i = 0; i < self->list->len; i++)
    assert_non_null(((DmigBackup *) self->list->pdata[i])->problem);
  assert_int_equal(prune(self, 1, 1, FALSE), 0);
}

static void
test_unfit_folders(void **state)
{
  Case *self = *state;
  assert_int_equal(mkdir(self->folder, 0777), 0);
  assert_int_equal(chmod(self->folder, 0777), 0);
  assert_failed(self, make(self, FALSE), DMIG_ERROR_FATAL, "everybody can write");
  assert_int_equal(chmod(self->folder, 01777), 0);
  assert_done(self, make(self, FALSE));
  remove_tree(self->folder);
  if (geteuid() == 0) {
    assert_int_equal(symlink(self->top, self->folder), 0);
    assert_int_equal(lchown(self->folder, 65534, 65534), 0);
    assert_failed(self, make(self, FALSE), DMIG_ERROR_FATAL, "another user");
    g_unlink(self->folder);
  }
  assert_int_equal(mkfifo(self->folder, 0600), 0);
  assert_failed(self, make(self, FALSE), DMIG_ERROR_FATAL, "no folder");
}

/* Nothing is left of a backup that could not be made. */
static void
test_nothing_is_left_of_a_failure(void **state)
{
  Case *self = *state;
  const DmigBackupOptions options = { .folder = self->folder,
                                      .tools = "/nowhere",
                                      .reason = "backup" };
  if (strcmp(fixture_dialect()->name, "sqlite") == 0)
    return;
  assert_failed(self, dmig_backup_make(self->fixture->db, &options, &self->backup, &self->error),
                DMIG_ERROR_NOT_FOUND, "install");
  assert_int_equal(g_rmdir(self->folder), 0);
}

int
main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    TEST(test_says_what_it_is),
    TEST(test_restores_and_records),
    TEST(test_a_changed_byte_is_found),
    TEST(test_keeps_so_many),
    TEST(test_keeps_so_long),
    TEST(test_keeps_what_is_needed),
    TEST(test_half_done_ones_go_with_their_process),
    TEST(test_what_is_not_ours_stays),
    TEST(test_damaged_manifests_are_listed),
    TEST(test_unfit_folders),
    TEST(test_nothing_is_left_of_a_failure),
  };
  return FIXTURE_MAIN(argc, argv, tests);
}
