/* SQL as a source: from files to a Schema. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/db/registry.h"
#include "core/db/source.h"

typedef struct {
  char *folder, *path;
  DmigSqlSource *source;
  DmigScratch *scratch;
  DmigSchema *schema;
  GError *error;
} State;

static int
setup(void **state)
{
  State *self = g_new0(State, 1);
  self->folder = g_dir_make_tmp("dmig-test-XXXXXX", NULL);
  *state = self;
  return 0;
}

static void
remove_all(const char *path)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
       name = g_dir_read_name(dir)) {
    g_autofree char *inner = g_build_filename(path, name, NULL);
    remove_all(inner);
  }
  g_remove(path);
}

static int
teardown(void **state)
{
  State *self = *state;
  remove_all(self->folder);
  dmig_sql_source_free(self->source);
  dmig_schema_unref(self->schema);
  dmig_scratch_free(self->scratch);
  g_clear_error(&self->error);
  g_free(self->folder);
  g_free(self->path);
  g_free(self);
  return 0;
}

/* The path of a file of the folder; borrowed until the next call. */
static const char *
at(State *self, const char *name)
{
  g_free(self->path);
  self->path = *name != '\0' ? g_build_filename(self->folder, name, NULL) : g_strdup(self->folder);
  return self->path;
}

static void
put(State *self, const char *name, const char *text)
{
  g_autofree char *parent = g_path_get_dirname(at(self, name));
  g_mkdir_with_parents(parent, 0700);
  assert_true(g_file_set_contents(self->path, text, -1, NULL));
}

static void
load(State *self, const char *name)
{
  g_clear_pointer(&self->source, dmig_sql_source_free);
  if (!dmig_sql_source_load(at(self, name), &self->source, &self->error))
    fail_msg("%s", self->error->message);
}

static gboolean
build(State *self, const char *dialect, const char *name)
{
  load(self, name);
  g_clear_pointer(&self->schema, dmig_schema_unref);
  if (self->scratch == NULL)
    self->scratch = dmig_scratch_new(dmig_dialect_find(dialect), NULL);
  return dmig_sql_source_build(self->source, self->scratch, &self->schema, &self->error);
}

static void
assert_built(State *self, const char *dialect, const char *name)
{
  if (build(self, dialect, name))
    return;
  if (g_error_matches(self->error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND))
    skip();
  fail_msg("%s", self->error->message);
}

static void
names_and_folders_are_told_apart(void **state)
{
  State *self = *state;
  assert_true(dmig_sql_source_is("nowhere/x.sql"));
  assert_false(dmig_sql_source_is("x.yaml"));
  assert_false(dmig_sql_source_is(at(self, "")));
  put(self, "deep/er/a.sql", "");
  assert_true(dmig_sql_source_is(at(self, "")));
  put(self, "deep/.hidden.yaml", "");
  assert_true(dmig_sql_source_is(at(self, "")));
  put(self, "domain.yml", "");
  assert_false(dmig_sql_source_is(at(self, "")));
}

static void
files_run_in_the_order_of_their_names(void **state)
{
  State *self = *state;
  put(self, "2.sql", "CREATE INDEX t_b ON t (b);");
  put(self, "10.sql", "ALTER TABLE t ADD COLUMN b int;");
  put(self, "1.sql", "CREATE TABLE t (a int);");
  put(self, "README", "nonsense");
  put(self, ".hidden.sql", "nonsense");
  assert_built(self, "sqlite", "");
  const DmigTable *table = dmig_schema_table(self->schema, "t");
  assert_non_null(table);
  assert_int_equal(table->columns->len, 2);
  assert_int_equal(table->indexes->len, 1);
}

static void
a_failure_names_file_and_line(void **state)
{
  State *self = *state;
  put(self, "1.sql", "CREATE TABLE t (a int);\n");
  put(self, "2.sql", "\n-- no\nCREATE TABLE t (a int);\n");
  assert_false(build(self, "sqlite", ""));
  assert_int_equal(self->error->code, DMIG_ERROR_FAILED);
  assert_non_null(strstr(self->error->message, "/2.sql:3: table t already exists"));
}

static void
what_is_no_file_is_refused(void **state)
{
  State *self = *state;
  assert_int_equal(mkfifo(at(self, "pipe.sql"), 0600), 0);
  assert_false(dmig_sql_source_load(self->path, &self->source, &self->error));
  assert_int_equal(self->error->code, DMIG_ERROR_FATAL);
  g_clear_error(&self->error);
  assert_false(dmig_sql_source_load(at(self, "none.sql"), &self->source, &self->error));
  assert_int_equal(self->error->code, DMIG_ERROR_NOT_FOUND);
  g_clear_error(&self->error);
  assert_true(g_file_set_contents(at(self, "zero.sql"), "SELECT\0 1;", 10, NULL));
  assert_false(dmig_sql_source_load(self->path, &self->source, &self->error));
  assert_non_null(strstr(self->error->message, "zero bytes"));
}

static void
check_dialect(State *self, const char *text, const char *wanted)
{
  put(self, "x.sql", text);
  load(self, "x.sql");
  const DmigDialect *dialect = dmig_sql_source_dialect(self->source);
  if (wanted == NULL)
    assert_null(dialect);
  else
    assert_string_equal(dialect != NULL ? dialect->name : "none", wanted);
}

static void
the_text_shows_its_dialect(void **state)
{
  State *self = *state;
  check_dialect(self, "CREATE TABLE t (id integer PRIMARY KEY, owner text, language text);", NULL);
  check_dialect(self, "", NULL);
  check_dialect(self, "CREATE TABLE t (id serial);", "postgresql");
  check_dialect(self, "ALTER TABLE t OWNER TO x;", "postgresql");
  check_dialect(self, "SELECT 'a'::text", "postgresql");
  check_dialect(self, "DO $x$ BEGIN NULL; END $x$;", "postgresql");
  check_dialect(self, "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);", "sqlite");
  check_dialect(self, "CREATE TABLE t (a) WITHOUT ROWID;", "sqlite");
  check_dialect(self, "CREATE TABLE t (a int) STRICT;", "sqlite");
  check_dialect(self, "-- AUTOINCREMENT\nSELECT 'PRAGMA';", NULL);
}

static void
check_owners(State *self, const char *text, gboolean wanted)
{
  put(self, "x.sql", text);
  load(self, "x.sql");
  assert_int_equal(dmig_sql_source_names_owners(self->source), wanted);
}

static void
the_text_may_name_owners(void **state)
{
  State *self = *state;
  check_owners(self, "CREATE TABLE owner (id int); -- OWNER TO me\nSELECT 'owner to';", FALSE);
  check_owners(self, "ALTER TABLE t\n  Owner\nTO me;", TRUE);
  check_owners(self, "CREATE SCHEMA s AUTHORIZATION me;", TRUE);
  check_owners(self, "SET ROLE me; CREATE TABLE t (id int);", TRUE);
}

static void
the_shell_of_sqlite_is_left_out(void **state)
{
  State *self = *state;
  put(self, "x.sql",
      ".mode box\nPRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t (a\n.5\n);\n"
      "INSERT INTO t VALUES (1);\nCOMMIT;\n.quit\n");
  assert_false(build(self, "sqlite", "x.sql")); /* within a statement it is no command */
  g_clear_error(&self->error);
  put(self, "x.sql",
      ".mode box\nPRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t (a);\nCOMMIT;\n.q\n");
  assert_built(self, "sqlite", "x.sql");
  assert_non_null(dmig_schema_table(self->schema, "t"));
  put(self, "x.sql", "\n.read other.sql\n");
  assert_false(build(self, "sqlite", "x.sql"));
  assert_non_null(strstr(self->error->message, "x.sql:2: "));
}

static void
no_other_file_is_reached(void **state)
{
  State *self = *state;
  g_autofree char *other = g_build_filename(self->folder, "other.db", NULL);
  g_autofree char *attach = g_strdup_printf("ATTACH '%s' AS o; CREATE TABLE o.t (a);", other);
  g_autofree char *vacuum = g_strdup_printf("CREATE TABLE t (a); VACUUM INTO '%s';", other);
  put(self, "x.sql", attach);
  assert_false(build(self, "sqlite", "x.sql"));
  g_clear_error(&self->error);
  put(self, "x.sql", vacuum);
  assert_false(build(self, "sqlite", "x.sql"));
  assert_false(g_file_test(other, G_FILE_TEST_EXISTS));
  g_clear_error(&self->error);
  put(self, "x.sql", "CREATE TABLE t (a); VACUUM;");
  assert_built(self, "sqlite", "x.sql");
}

static void
roles_are_made_on_the_private_server(void **state)
{
  State *self = *state;
  put(self, "x.sql",
      "CREATE TABLE t (id integer);\nALTER TABLE t OWNER TO \"An Owner\";\n"
      "DO $$ BEGIN EXECUTE 'GRANT SELECT ON t TO hidden_one'; END $$;\n");
  assert_built(self, "postgresql", "x.sql");
  assert_non_null(dmig_schema_table(self->schema, "t"));
  /* On the same server once more: the roles are there by now. */
  assert_built(self, "postgresql", "x.sql");
}

static void
a_dump_is_built(void **state)
{
  State *self = *state;
  put(self, "dump.sql",
      "\\restrict x\nSET statement_timeout = 0;\nSET made_up_in_a_later_version.x = 0;\n"
      "SELECT pg_catalog.set_config('search_path', '', false);\n"
      "CREATE TABLE public.t (\n    id integer NOT NULL,\n    note text DEFAULT 'a'::text\n);\n"
      "ALTER TABLE public.t OWNER TO shop;\n"
      "COPY public.t (id, note) FROM stdin;\n1\tit's; \"odd\n\\.\n"
      "ALTER TABLE ONLY public.t\n    ADD CONSTRAINT t_pkey PRIMARY KEY (id);\n"
      "\\unrestrict x\n");
  assert_built(self, "postgresql", "dump.sql");
  const DmigTable *table = dmig_schema_table(self->schema, "t");
  assert_non_null(table);
  assert_int_equal(table->columns->len, 2);
  assert_non_null(dmig_table_primary_key(table));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(names_and_folders_are_told_apart),
    TEST(files_run_in_the_order_of_their_names),
    TEST(a_failure_names_file_and_line),
    TEST(what_is_no_file_is_refused),
    TEST(the_text_shows_its_dialect),
    TEST(the_text_may_name_owners),
    TEST(the_shell_of_sqlite_is_left_out),
    TEST(no_other_file_is_reached),
    TEST(roles_are_made_on_the_private_server),
    TEST(a_dump_is_built),
  };
  return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
