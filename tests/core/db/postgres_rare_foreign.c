/* Foreign data and publications. */
#include "tests/core/db/postgres_rare_case.h"

static gboolean
has_problem(const DmigSchema *schema, const char *words)
{
  for (guint i = 0; schema->problems != NULL && i < schema->problems->len; i++)
    if (strstr(schema->problems->pdata[i], words) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_foreign_data(void **state)
{
  rare_rebuild("CREATE EXTENSION postgres_fdw;\n"
               "CREATE FOREIGN DATA WRAPPER \"bare w\" OPTIONS (debug 'it''s', \"Odd N\" 'b\\s');\n"
               "CREATE FOREIGN DATA WRAPPER pw HANDLER postgres_fdw_handler VALIDATOR "
               "postgres_fdw_validator;\n"
               "CREATE SERVER \"srv 1\" TYPE 'ty''pe' VERSION '9.1' FOREIGN DATA WRAPPER postgres_fdw "
               "OPTIONS (host 'h', dbname 'd', port '5');\n"
               "CREATE SERVER bare FOREIGN DATA WRAPPER \"bare w\";\n"
               "CREATE USER MAPPING FOR \"b ob\" SERVER \"srv 1\" OPTIONS (user 'x');\n"
               "CREATE USER MAPPING FOR PUBLIC SERVER bare;\n"
               "GRANT USAGE ON FOREIGN SERVER \"srv 1\" TO \"b ob\";\n"
               "GRANT USAGE ON FOREIGN DATA WRAPPER pw TO PUBLIC;\n"
               "COMMENT ON SERVER bare IS 'it''s';\n"
               "COMMENT ON FOREIGN DATA WRAPPER pw IS 'it''s';\n");
}

static void
test_foreign_data_changes(void **state)
{
  const char *common = "CREATE EXTENSION postgres_fdw;\nCREATE FOREIGN DATA WRAPPER w;\n"
                       "CREATE SERVER s FOREIGN DATA WRAPPER w;\n"
                       "CREATE FOREIGN TABLE ft (a integer) SERVER s;\n"
                       "CREATE USER MAPPING FOR PUBLIC SERVER s;\n";
  const char *sql = rare_change(
      common,
      "ALTER FOREIGN DATA WRAPPER w HANDLER postgres_fdw_handler OPTIONS (a '1', b '2');\n"
      "ALTER SERVER s VERSION '1' OPTIONS (host 'h', \"p Q\" '2');\n"
      "ALTER USER MAPPING FOR PUBLIC SERVER s OPTIONS (user 'u');\n",
      "ALTER FOREIGN DATA WRAPPER w VALIDATOR postgres_fdw_validator NO HANDLER;\n"
      "ALTER SERVER s VERSION '2' OPTIONS (host 'other');\n");
  assert_null(strstr(sql, "CREATE"));
  assert_non_null(strstr(sql, "SET host 'other'"));
}

static void
test_secrets_stay(void **state)
{
  pg_exec("CREATE FOREIGN DATA WRAPPER w OPTIONS (password 'hush-1', plain 'seen');\n"
          "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (url 'http://bob:hush-2@x/y', \"API_Key\" "
          "'hush-3', sslpassword 'hush-4', passfile 'hush-5', address 'seen');\n"
          "CREATE USER MAPPING FOR \"b ob\" SERVER s OPTIONS (user 'seen', password 'hush-6', pin "
          "'hush-7');\n"
          "CREATE FOREIGN TABLE ft (a integer OPTIONS (label 'seen')) SERVER s OPTIONS (secret_key "
          "'hush-8', path 'seen');\n");
  const DmigSchema *schema = pg_inspect();
  guint seen = 0;
  for (guint i = 0; i < schema->objects->len; i++) {
    const DmigObject *one = schema->objects->pdata[i];
    assert_null(strstr(one->create, "hush"));
    seen += strstr(one->create, "'seen'") != NULL;
    for (guint k = 0; one->facets != NULL && k < one->facets->len; k++) {
      const DmigFacet *facet = one->facets->pdata[k];
      assert_null(strstr(facet->value, "hush"));
      assert_null(strstr(facet->set, "hush"));
    }
  }
  assert_int_equal(seen, 4);
  assert_false(has_problem(schema, "hush"));
  assert_true(has_problem(schema, "password of foreign-data wrapper w"));
  assert_true(has_problem(schema, "\"API_Key\", passfile, sslpassword, url of foreign server s"));
  assert_true(has_problem(schema, "password, pin of the user mapping of s for \"b ob\""));
  assert_true(has_problem(schema, "secret_key of foreign table public.ft"));
}

static void
test_foreign_tables(void **state)
{
  rare_rebuild(
      "CREATE SCHEMA \"o'd d\";\nCREATE EXTENSION file_fdw;\n"
      "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';\n"
      "CREATE FOREIGN DATA WRAPPER w;\nCREATE SERVER \"srv 1\" FOREIGN DATA WRAPPER w;\n"
      "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;\n"
      "CREATE FOREIGN TABLE ft (id integer OPTIONS (column_name 'i''d') NOT NULL, \"na me\" text "
      "COLLATE \"C\" DEFAULT 'x', n numeric(5,2) DEFAULT f(), CONSTRAINT pos CHECK (id > 0)) SERVER "
      "\"srv 1\" OPTIONS (schema_name 's', table_name 't''t');\n"
      "ALTER FOREIGN TABLE ft ADD CONSTRAINT later CHECK (f() > 0) NOT VALID;\n"
      "COMMENT ON FOREIGN TABLE ft IS 'it''s';\n"
      "COMMENT ON COLUMN ft.\"na me\" IS 'it''s';\n"
      "GRANT SELECT (id, n), UPDATE (n) ON ft TO \"b ob\";\nGRANT INSERT ON ft TO PUBLIC;\n"
      "ALTER FOREIGN TABLE ft ALTER id SET STATISTICS 10;\n"
      "CREATE TABLE par (a integer, b text) PARTITION BY RANGE (a);\n"
      "CREATE FOREIGN TABLE par_f PARTITION OF par FOR VALUES FROM (1) TO (10) SERVER files OPTIONS "
      "(filename '/x');\n"
      "CREATE TABLE anc (q integer, w text);\n"
      "CREATE FOREIGN TABLE \"o'd d\".heir (z integer) INHERITS (anc) SERVER files OPTIONS (filename "
      "'/y');\n"
      "CREATE FOREIGN TABLE nocol () SERVER files OPTIONS (filename '/z');\n"
      "CREATE VIEW v AS SELECT id FROM ft;\n");
}

#define FOREIGN_SERVER "CREATE FOREIGN DATA WRAPPER w;\nCREATE SERVER s FOREIGN DATA WRAPPER w;\n"

static void
test_foreign_table_changes_in_place(void **state)
{
  const char *sql = rare_change(
      FOREIGN_SERVER,
      "CREATE FOREIGN TABLE ft (a integer OPTIONS (x '1'), b text DEFAULT 'x') SERVER s OPTIONS (t "
      "'1');\nCREATE VIEW v AS SELECT a FROM ft;\nGRANT SELECT ON ft TO \"b ob\";\n",
      "CREATE FOREIGN TABLE ft (a integer OPTIONS (x '2', y '3'), b text NOT NULL, \"c c\" date "
      "DEFAULT now()) SERVER s OPTIONS (t '2', u 'v');\n"
      "CREATE VIEW v AS SELECT a FROM ft;\nGRANT SELECT ON ft TO \"b ob\";\n");
  assert_null(strstr(sql, "DROP FOREIGN TABLE"));
  assert_null(strstr(sql, "DROP VIEW"));
}

static void
test_foreign_table_made_again(void **state)
{
  rare_change(FOREIGN_SERVER,
              "CREATE FOREIGN TABLE ft (a integer, b text, CHECK (a > 0)) SERVER s;\n"
              "CREATE VIEW v AS SELECT a FROM ft;\nGRANT SELECT ON ft TO \"b ob\";\n"
              "COMMENT ON FOREIGN TABLE ft IS 'x';\nGRANT SELECT ON v TO \"b ob\";\n",
              "CREATE FOREIGN TABLE ft (a bigint, c text) SERVER s;\n"
              "CREATE VIEW v AS SELECT a FROM ft;\nGRANT SELECT ON ft TO \"b ob\";\n"
              "COMMENT ON FOREIGN TABLE ft IS 'x';\nGRANT SELECT ON v TO \"b ob\";\n");
}

static void
test_foreign_partition_is_detached(void **state)
{
  rare_change(FOREIGN_SERVER "CREATE TABLE par (a integer) PARTITION BY RANGE (a);\n",
              "CREATE FOREIGN TABLE p1 PARTITION OF par FOR VALUES FROM (1) TO (10) SERVER s;\n"
              "CREATE FOREIGN TABLE p2 PARTITION OF par FOR VALUES FROM (10) TO (20) SERVER s;\n",
              "CREATE FOREIGN TABLE p1 PARTITION OF par FOR VALUES FROM (1) TO (15) SERVER s;\n"
              "CREATE FOREIGN TABLE p2 (a integer) SERVER s;\n");
}

static void
test_publications(void **state)
{
  rare_rebuild(
      "CREATE SCHEMA \"o'd d\";\n"
      "CREATE TABLE t (id integer PRIMARY KEY, v text, w integer, \"x y\" integer);\n"
      "CREATE TABLE \"o'd d\".t2 (id integer);\n"
      "CREATE PUBLICATION p1 FOR TABLE ONLY t (id, \"x y\") WHERE (id > 5 AND v <> 'a''b'), \"o'd "
      "d\".t2 WITH (publish = 'insert', publish_via_partition_root);\n"
      "CREATE PUBLICATION \"p all\" FOR ALL TABLES WITH (publish = '');\n"
      "CREATE PUBLICATION ps FOR TABLES IN SCHEMA \"o'd d\", public;\n"
      "CREATE PUBLICATION bare;\n"
      "COMMENT ON PUBLICATION \"p all\" IS 'it''s';\n");
}

static void
test_publication_changes(void **state)
{
  const char *common = "CREATE SCHEMA o;\nCREATE TABLE t (id integer PRIMARY KEY, v text);\n"
                       "CREATE TABLE u (id integer PRIMARY KEY, gone integer);\nCREATE TABLE x ();\n";
  const char *sql = rare_change(
      common,
      "CREATE PUBLICATION p FOR TABLE t (id), x, u (id, gone);\n"
      "CREATE PUBLICATION q FOR TABLES IN SCHEMA o;\n",
      "CREATE PUBLICATION p FOR TABLE t WHERE (id > 1) WITH (publish = 'insert, truncate');\n"
      "ALTER TABLE u DROP COLUMN gone;\n"
      "CREATE PUBLICATION q FOR TABLES IN SCHEMA public;\n");
  assert_null(strstr(sql, "CREATE PUBLICATION"));
}

static void
test_published_column_changes(void **state)
{
  rare_change("", "CREATE TABLE t (id integer PRIMARY KEY, v integer); CREATE TABLE gone (a integer); "
                  "CREATE PUBLICATION p FOR TABLE t (id, v) WHERE (v > 1 AND id > 1), gone",
              "CREATE TABLE t (id integer PRIMARY KEY, w bigint); CREATE PUBLICATION p FOR TABLE t "
              "(id, w) WHERE (id > 1)");
}

/* A table that is made again must be published again. */
static void
test_published_table_is_made_again(void **state)
{
  rare_change("CREATE SCHEMA o;\n",
              "CREATE TABLE t (id integer PRIMARY KEY);\n"
              "CREATE PUBLICATION p FOR TABLE t WHERE (id > 1), TABLES IN SCHEMA o WITH "
              "(publish_via_partition_root);\n",
              "CREATE TABLE t (id integer PRIMARY KEY) PARTITION BY RANGE (id);\n"
              "CREATE PUBLICATION p FOR TABLE t WHERE (id > 1), TABLES IN SCHEMA o WITH "
              "(publish_via_partition_root);\n");
}

static void
test_a_role_that_owns_nothing(void **state)
{
  pg_exec("CREATE FOREIGN DATA WRAPPER w;\n"
          "CREATE SERVER s FOREIGN DATA WRAPPER w;\n"
          "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (user 'x', password 'hush');\n"
          "CREATE FOREIGN TABLE ft (a integer) SERVER s;\nCREATE TABLE t (a integer, b integer);\n"
          "CREATE STATISTICS st ON a, b FROM t;\nCREATE PUBLICATION p FOR TABLE t (a) WHERE (a > 1);\n"
          "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;\n");
  guint all = pg_inspect()->objects->len;
  pg_exec("SET ROLE \"b ob\"");
  const DmigSchema *schema = pg_inspect();
  assert_int_equal(schema->objects->len, all);
  const DmigObject *publication = dmig_schema_object(schema, DMIG_OBJECT_PUBLICATION, "p", NULL);
  assert_string_equal(dmig_facets_value(publication->facets, "table t"), "(a) WHERE ((a > 1))");
}

static void
test_subscriptions_are_left_out(void **state)
{
  pg_exec("CREATE SUBSCRIPTION sub CONNECTION 'host=x password=hush' PUBLICATION p WITH (connect = "
          "false)");
  const DmigSchema *schema = pg_inspect();
  gboolean named = has_problem(schema, "subscription sub is left out");
  gboolean told = has_problem(schema, "hush");
  pg_exec("ALTER SUBSCRIPTION sub SET (slot_name = NONE); DROP SUBSCRIPTION sub");
  assert_true(named);
  assert_false(told);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    RARE_TEST(test_foreign_data),
    RARE_TEST(test_foreign_data_changes),
    RARE_TEST(test_secrets_stay),
    RARE_TEST(test_foreign_tables),
    RARE_TEST(test_foreign_table_changes_in_place),
    RARE_TEST(test_foreign_table_made_again),
    RARE_TEST(test_foreign_partition_is_detached),
    RARE_TEST(test_publications),
    RARE_TEST(test_publication_changes),
    RARE_TEST(test_published_column_changes),
    RARE_TEST(test_published_table_is_made_again),
    RARE_TEST(test_a_role_that_owns_nothing),
    RARE_TEST(test_subscriptions_are_left_out),
  };
  return PG_MAIN("postgres-rare-foreign", tests);
}
