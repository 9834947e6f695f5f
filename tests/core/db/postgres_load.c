/* Scripts that were written for psql. */
#include "tests/core/db/postgres_case.h"

#include "core/db/postgres/load.h"
#include "core/db/postgres/roles.h"

static char *plain, *joined;
static GPtrArray *roles;
static GError *error;

static int
clear(void **state)
{
  g_clear_pointer(&plain, g_free);
  g_clear_pointer(&joined, g_free);
  g_clear_pointer(&roles, g_ptr_array_unref);
  g_clear_error(&error);
  return 0;
}

/* What is left, without blanks at the ends of lines; lines stay. */
static void
check(const char *text, const char *wanted)
{
  plain = dmig_pg_plain_script(text, &error);
  if (plain == NULL)
    fail_msg("%s", error->message);
  assert_int_equal(strlen(plain), strlen(text));
  g_auto(GStrv) lines = g_strsplit(plain, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_strchomp(lines[i]);
  joined = g_strjoinv("\n", lines);
  assert_string_equal(joined, wanted);
  clear(NULL);
}

static void
commands_of_psql_are_blanked(void **state)
{
  check("\\connect -reuse-previous=on \"dbname='a;b'\"\nSELECT 1;\n\\echo it's\nSELECT 2;",
        "\nSELECT 1;\n\nSELECT 2;");
  check("\\restrict abc'd\nSELECT '\\connect x';\n\\unrestrict abc'd\n",
        "\nSELECT '\\connect x';\n\n");
  check("SELECT E'\\\\'; SELECT $$\n\\set x\n$$;", "SELECT E'\\\\'; SELECT $$\n\\set x\n$$;");
  check("SELECT 1 \\g out.txt\nSELECT 2;", "SELECT 1 ;\nSELECT 2;");
  check("SELECT 1;\n\\q\nnonsense(", "SELECT 1;\n\n");
}

static void
commands_that_mean_more_fail(void **state)
{
  assert_null(dmig_pg_plain_script("SELECT 1;\n\\ir other.sql\n", &error));
  assert_non_null(strstr(error->message, "line 2: "));
  assert_non_null(strstr(error->message, "\\ir"));
  clear(NULL);
  assert_null(dmig_pg_plain_script("SELECT 'DROP TABLE x' \\gexec\n", &error));
  assert_non_null(strstr(error->message, "line 1: "));
}

static void
rows_of_copy_are_blanked(void **state)
{
  check("COPY t (a, \"b;\") FROM stdin;\n1\tit's\n2\t$$ \"; /*\n\\.\nSELECT 1;",
        "\n\n\n\nSELECT 1;");
  check("copy t from stdin with (format csv);\n1,2\n\\.\r\nSELECT 1;", "\n\n\nSELECT 1;");
  check("COPY t FROM '/etc/passwd';\nCOPY t FROM PROGRAM 'id'; SELECT 1;",
        "\n                          SELECT 1;");
  check("COPY t FROM stdin;\nnever ends", "\n");
}

static void
settings_and_the_server_are_blanked(void **state)
{
  check("SET statement_timeout = 0;\nSET search_path = a, b;\nSET LOCAL transaction_timeout = 0;",
        "\nSET search_path = a, b;\n");
  check("CREATE DATABASE x;\nALTER ROLE a SET b = c;\nCREATE USER u;\nCREATE USER MAPPING FOR u "
        "SERVER s;\nDROP TABLESPACE t;\nCREATE SCHEMA public;\nCREATE SCHEMA public_x;",
        "\n\n\nCREATE USER MAPPING FOR u SERVER s;\n\n\nCREATE SCHEMA public_x;");
  check("GRANT CONNECT ON DATABASE x TO y;\nGRANT SELECT ON x TO y;\nCOMMENT ON DATABASE x IS 'y';",
        "\nGRANT SELECT ON x TO y;\n");
  check("\357\273\277SELECT 1;", "   SELECT 1;");
  check("", "");
}

static void
check_roles(const char *script, const char *wanted)
{
  roles = dmig_pg_roles_of_script(script);
  g_ptr_array_add(roles, NULL);
  joined = g_strjoinv(",", (char **) roles->pdata);
  assert_string_equal(joined, wanted);
  clear(NULL);
}

static void
roles_are_found(void **state)
{
  check_roles("ALTER TABLE public.t OWNER TO \"Some One\";", "Some One");
  check_roles("GRANT SELECT, INSERT ON t, u TO a, GROUP b, \"c,d\" WITH GRANT OPTION;", "a,b,c,d");
  check_roles("REVOKE ALL ON FUNCTION f(a, b) FROM PUBLIC, x;", "x");
  check_roles("CREATE POLICY p ON t FOR SELECT TO a, current_user USING (b = 'c');", "a");
  check_roles("ALTER DEFAULT PRIVILEGES FOR ROLE a, b IN SCHEMA s GRANT SELECT ON TABLES TO c;",
              "a,b,c");
  check_roles("CREATE SCHEMA s AUTHORIZATION a; CREATE USER MAPPING FOR b SERVER s;", "a,b");
  check_roles("CREATE ROLE a; CREATE USER b LOGIN; REASSIGN OWNED BY c TO d;", "a,b,c,d");
  check_roles("ALTER TABLE a RENAME TO b; ALTER TABLE a ADD COLUMN c int, ADD d int;", "");
  check_roles("SELECT 'GRANT x TO y'; CREATE TABLE t (a int); INSERT INTO a SELECT b FROM c;", "");
}

static void
a_missing_role_is_named(void **state)
{
  joined = dmig_pg_missing_role("line 3: role \"odd \"\" name\" does not exist (in: GRANT…)");
  assert_string_equal(joined, "odd \"\" name");
  assert_null(dmig_pg_missing_role("line 3: relation \"x\" does not exist"));
}

static void
what_a_script_sets_does_not_stay(void **state)
{
  pg_assert(pg->driver->load(pg,
                             "CREATE SCHEMA s; SET search_path = s; SET timezone = 'Asia/Tokyo';\n"
                             "SELECT pg_catalog.set_config('datestyle', 'German', false);\n"
                             "BEGIN; CREATE TABLE t (id int); COMMIT;\n"
                             "CREATE TEMP TABLE gone (id int);",
                             &pg_error));
  assert_string_equal(pg_value("SHOW search_path"), "\"$user\", public");
  assert_string_equal(pg_value("SHOW timezone"), "UTC");
  assert_string_equal(pg_value("SHOW datestyle"), "ISO, MDY");
  assert_string_equal(pg_value("SELECT to_regclass('s.t')::text"), "s.t");
  assert_null(pg_value("SELECT to_regclass('gone')::text"));
}

static void
functions_may_come_before_their_tables(void **state)
{
  pg_assert(pg->driver->load(
      pg, "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM later';\n"
          "CREATE TABLE later (id int);",
      &pg_error));
  assert_int_equal(pg_count("SELECT f()"), 0);
}

static void
a_failure_has_its_line_and_is_over(void **state)
{
  assert_false(pg->driver->load(pg, "BEGIN;\nCREATE TABLE a (id int);\n\nnonsense;", &pg_error));
  assert_non_null(strstr(pg_error->message, "line 4: "));
  assert_string_equal(pg_value("SELECT pg_current_xact_id_if_assigned() IS NULL"), "t");
  assert_null(pg_value("SELECT to_regclass('a')::text"));
}

static void
an_open_transaction_is_a_failure(void **state)
{
  assert_false(pg->driver->load(pg, "BEGIN;\nCREATE TABLE a (id int);\n", &pg_error));
  assert_non_null(strstr(pg_error->message, "COMMIT"));
  assert_null(pg_value("SELECT to_regclass('a')::text"));
}

static void
a_missing_role_is_advised(void **state)
{
  assert_false(pg->driver->load(
      pg, "CREATE TABLE a (id int);\nGRANT SELECT ON a TO \"No Such; Role\";", &pg_error));
  assert_non_null(strstr(pg_error->message, "line 2: "));
  assert_non_null(strstr(pg_error->message, "CREATE ROLE \"No Such; Role\""));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_teardown(commands_of_psql_are_blanked, clear),
    cmocka_unit_test_teardown(commands_that_mean_more_fail, clear),
    cmocka_unit_test_teardown(rows_of_copy_are_blanked, clear),
    cmocka_unit_test_teardown(settings_and_the_server_are_blanked, clear),
    cmocka_unit_test_teardown(roles_are_found, clear),
    cmocka_unit_test_teardown(a_missing_role_is_named, clear),
    PG_TEST(what_a_script_sets_does_not_stay),
    PG_TEST(functions_may_come_before_their_tables),
    PG_TEST(a_failure_has_its_line_and_is_over),
    PG_TEST(an_open_transaction_is_a_failure),
    PG_TEST(a_missing_role_is_advised),
  };
  return PG_MAIN("postgres load", tests);
}
