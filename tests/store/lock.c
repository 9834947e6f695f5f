#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store/support.h"

/* A process that holds the lock until it is killed. */
static pid_t
start_holder(void)
{
  int ready[2];
  char byte;
  assert_int_equal(pipe(ready), 0);
  pid_t child = fork();
  if (child == 0) {
    g_autoptr(DmigStore) store = dmig_store_open(NULL, NULL);
    if (!dmig_store_lock(store, 0, NULL) || write(ready[1], "x", 1) != 1)
      _exit(1);
    pause();
  }
  close(ready[1]);
  assert_int_equal(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  return child;
}

static void
stop(pid_t child)
{
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

static void
a_second_process_is_told_who_holds_it(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  pid_t holder = start_holder();
  gboolean locked = dmig_store_lock(place->store, 0, &error);
  stop(holder);
  assert_false(locked);
  g_autofree char *who = g_strdup_printf("another dmig (process %d)", holder);
  assert_error(&error, DMIG_ERROR_LOCKED, who);
}

static void
the_lock_dies_with_its_holder(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  stop(start_holder());
  assert_true(dmig_store_lock(place->store, 0, &error));
  dmig_store_unlock(place->store);
}

static void
waiting_lasts_as_long_as_was_said(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  pid_t holder = start_holder();
  gint64 start = g_get_monotonic_time();
  gboolean locked = dmig_store_lock(place->store, 1, &error);
  gint64 waited = g_get_monotonic_time() - start;
  stop(holder);
  assert_false(locked);
  assert_error(&error, DMIG_ERROR_LOCKED, "try again");
  assert_in_range(waited, 900 * 1000, 10 * 1000 * 1000);
}

static void
waiting_ends_when_the_holder_does(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  pid_t holder = start_holder();
  if (fork() == 0) {
    g_usleep(200 * 1000);
    kill(holder, SIGKILL);
    _exit(0);
  }
  gboolean locked = dmig_store_lock(place->store, 30, &error);
  wait(NULL);
  wait(NULL);
  assert_true(locked);
}

static void
it_can_be_taken_within_itself(void **state)
{
  Place *place = *state;
  GError *error = NULL;
  g_autoptr(DmigStore) other = dmig_store_open(NULL, NULL);
  assert_true(dmig_store_lock(place->store, 0, NULL));
  assert_true(dmig_store_lock(place->store, 0, NULL));
  dmig_store_unlock(place->store);
  assert_false(dmig_store_lock(other, 0, &error));
  assert_error(&error, DMIG_ERROR_LOCKED, "is working on the store");
  dmig_store_unlock(place->store);
  assert_true(dmig_store_lock(other, 0, NULL));
}

static void
closing_the_store_lets_go(void **state)
{
  Place *place = *state;
  DmigStore *other = dmig_store_open(NULL, NULL);
  assert_true(dmig_store_lock(other, 0, NULL));
  dmig_store_free(other);
  assert_true(dmig_store_lock(place->store, 0, NULL));
}

static void
a_program_that_was_started_does_not_hold_it(void **state)
{
  Place *place = *state;
  assert_true(dmig_store_lock(place->store, 0, NULL));
  GPid child;
  char *argv[] = { "sleep", "30", NULL };
  assert_true(g_spawn_async(NULL, argv, NULL,
                            G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD
                                | G_SPAWN_LEAVE_DESCRIPTORS_OPEN,
                            NULL, NULL, &child, NULL));
  dmig_store_unlock(place->store);
  gboolean locked = dmig_store_lock(place->store, 0, NULL);
  stop(child);
  assert_true(locked);
}

static void
a_ref_that_a_dead_dmig_left_locked_is_free_at_once(void **state)
{
  Place *place = *state;
  g_autofree char *first = commit_text(place, NULL, "one");
  write_file(".dmig/refs/heads/main.lock", "");
  write_file(".dmig/dmig-moving-refs-heads-main", "refs/heads/main");
  assert_true(dmig_store_lock(place->store, 0, NULL));
  g_autofree char *second = commit_text(place, first, "two");
  assert_non_null(second);
  dmig_store_unlock(place->store);
  assert_false(g_file_test(".dmig/refs/heads/main.lock", G_FILE_TEST_EXISTS));
  assert_false(g_file_test(".dmig/dmig-moving-refs-heads-main", G_FILE_TEST_EXISTS));
}

static void
a_ref_that_git_has_locked_stays_its_own(void **state)
{
  Place *place = *state;
  g_autofree char *first = commit_text(place, NULL, "one");
  write_file(".dmig/refs/heads/main.lock", "");
  g_autoptr(GPtrArray) files = files_new("domain.yaml", "two", NULL);
  GError *error = NULL;
  assert_true(dmig_store_lock(place->store, 0, NULL));
  assert_null(dmig_store_commit(place->store, first, NULL, files, "two", NULL, &error));
  dmig_store_unlock(place->store);
  assert_error(&error, DMIG_ERROR_LOCKED, "main.lock");
  assert_true(g_file_test(".dmig/refs/heads/main.lock", G_FILE_TEST_EXISTS));
  assert_false(g_file_test(".dmig/dmig-moving-refs-heads-main", G_FILE_TEST_EXISTS));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup_store, place_teardown)
  const struct CMUnitTest tests[] = {
    TEST(a_second_process_is_told_who_holds_it),
    TEST(the_lock_dies_with_its_holder),
    TEST(waiting_lasts_as_long_as_was_said),
    TEST(waiting_ends_when_the_holder_does),
    TEST(it_can_be_taken_within_itself),
    TEST(closing_the_store_lets_go),
    TEST(a_program_that_was_started_does_not_hold_it),
    TEST(a_ref_that_a_dead_dmig_left_locked_is_free_at_once),
    TEST(a_ref_that_git_has_locked_stays_its_own),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
