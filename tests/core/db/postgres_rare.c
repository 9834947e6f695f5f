/* Kinds of objects that few databases have: found, made elsewhere, changed in place. Names are odd
 * on purpose. */
#include "tests/core/db/postgres_rare_case.h"

#define MOOD                                                                                       \
  "CREATE SCHEMA \"o'd d\";\n"                                                                     \
  "CREATE TYPE mood AS ENUM ('a', 'b');\n"                                                         \
  "CREATE TYPE \"o'd d\".\"T y\" AS (x integer);\n"                                                \
  "CREATE FUNCTION mood_int(mood) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';\n"         \
  "CREATE FUNCTION mood_eq(mood, mood) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS "     \
  "'enum_eq';\n"                                                                                   \
  "CREATE FUNCTION mood_lt(mood, mood) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS "     \
  "'enum_lt';\n"                                                                                   \
  "CREATE FUNCTION mood_cmp(mood, mood) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS "    \
  "'enum_cmp';\n"                                                                                  \
  "CREATE FUNCTION mood_neg(mood) RETURNS mood LANGUAGE sql IMMUTABLE AS 'SELECT $1';\n"           \
  "CREATE FUNCTION mi_lt(mood, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';\n"\
  "CREATE FUNCTION mi_cmp(mood, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';\n"

static const DmigObject *
object(const DmigSchema *schema, DmigObjectKind kind, const char *path, const char *detail)
{
  const DmigObject *found = dmig_schema_object(schema, kind, path, detail);
  if (found == NULL)
    fail_msg("no %s %s %s", dmig_object_kind_name(kind), path, detail != NULL ? detail : "");
  return found;
}

static void
test_casts(void **state)
{
  const DmigSchema *schema = rare_rebuild(
      MOOD "CREATE CAST (mood AS integer) WITH FUNCTION mood_int(mood) AS ASSIGNMENT;\n"
           "CREATE CAST (mood AS text) WITH INOUT AS IMPLICIT;\n"
           "CREATE CAST (\"o'd d\".\"T y\" AS mood) WITH INOUT;\n"
           "CREATE TYPE span AS RANGE (subtype = date);\n"
           "COMMENT ON CAST (mood AS integer) IS 'it''s';\n");
  object(schema, DMIG_OBJECT_CAST, "(mood AS integer)", NULL);
  object(schema, DMIG_OBJECT_CAST, "(\"o'd d\".\"T y\" AS mood)", NULL);
  for (guint i = 0, n = 0; i < schema->objects->len; i++) {
    const DmigObject *one = schema->objects->pdata[i];
    n += one->kind == DMIG_OBJECT_CAST;
    assert_true(n <= 3);
  }
}

static void
test_cast_changes(void **state)
{
  rare_change(MOOD, "CREATE CAST (mood AS integer) WITH FUNCTION mood_int(mood) AS ASSIGNMENT",
              "CREATE CAST (mood AS integer) WITH FUNCTION mood_int(mood) AS IMPLICIT");
}

static void
test_languages(void **state)
{
  rare_rebuild("CREATE TRUSTED LANGUAGE \"pl q\" HANDLER plpgsql_call_handler INLINE "
               "plpgsql_inline_handler VALIDATOR plpgsql_validator;\n"
               "CREATE LANGUAGE raw HANDLER plpgsql_call_handler;\n"
               "GRANT USAGE ON LANGUAGE \"pl q\" TO \"b ob\";\n"
               "COMMENT ON LANGUAGE raw IS 'it''s';\n"
               "CREATE FUNCTION f() RETURNS integer LANGUAGE \"pl q\" AS 'BEGIN RETURN 1; END';\n");
}

static void
test_language_is_replaced(void **state)
{
  const char *sql = rare_change(
      "", "CREATE LANGUAGE raw HANDLER plpgsql_call_handler; CREATE FUNCTION f() RETURNS integer "
          "LANGUAGE raw AS 'x'",
      "CREATE TRUSTED LANGUAGE raw HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler; "
      "CREATE FUNCTION f() RETURNS integer LANGUAGE raw AS 'x'");
  assert_null(strstr(sql, "DROP"));
}

static void
test_access_methods(void **state)
{
  rare_rebuild("CREATE ACCESS METHOD \"heap 2\" TYPE TABLE HANDLER heap_tableam_handler;\n"
               "CREATE ACCESS METHOD bt2 TYPE INDEX HANDLER bthandler;\n"
               "COMMENT ON ACCESS METHOD bt2 IS 'mine';\n");
}

static void
test_collations(void **state)
{
  rare_rebuild("CREATE SCHEMA \"o'd d\";\n"
               "CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk', deterministic = "
               "false);\n"
               "CREATE COLLATION \"o'd d\".\"C c\" (lc_collate = 'C', lc_ctype = 'POSIX');\n"
               "CREATE COLLATION posix2 (locale = 'POSIX');\n"
               "COMMENT ON COLLATION german IS 'it''s';\n"
               "CREATE TABLE t (a text COLLATE german, b text COLLATE \"o'd d\".\"C c\");\n");
}

static void
test_collation_changes(void **state)
{
  rare_change("", "CREATE COLLATION c (locale = 'C'); CREATE TABLE t (a text COLLATE c)",
              "CREATE COLLATION c (locale = 'POSIX'); CREATE TABLE t (a text COLLATE c)");
}

static void
test_conversions_and_transforms(void **state)
{
  rare_rebuild(MOOD
               "CREATE DEFAULT CONVERSION \"my conv\" FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;\n"
               "CREATE CONVERSION \"o'd d\".c FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;\n"
               "CREATE TRANSFORM FOR \"o'd d\".\"T y\" LANGUAGE sql (FROM SQL WITH FUNCTION "
               "pg_catalog.prsd_lextype(internal));\n"
               "COMMENT ON CONVERSION \"my conv\" IS 'it''s';\n"
               "COMMENT ON TRANSFORM FOR \"o'd d\".\"T y\" LANGUAGE sql IS 'it''s';\n");
}

static void
test_operators(void **state)
{
  const DmigSchema *schema = rare_rebuild(
      MOOD "CREATE OPERATOR === (FUNCTION = mood_eq, LEFTARG = mood, RIGHTARG = mood, COMMUTATOR = "
           "===, NEGATOR = <<>>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);\n"
           "CREATE OPERATOR <<>> (FUNCTION = mood_lt, LEFTARG = mood, RIGHTARG = mood, NEGATOR = "
           "===);\n"
           "CREATE OPERATOR <! (FUNCTION = mood_lt, LEFTARG = mood, RIGHTARG = mood, COMMUTATOR = "
           ">!);\n"
           "CREATE OPERATOR \"o'd d\".<! (FUNCTION = mi_lt, LEFTARG = mood, RIGHTARG = integer);\n"
           "CREATE OPERATOR @@@ (FUNCTION = mood_neg, RIGHTARG = mood);\n"
           "CREATE OPERATOR = (FUNCTION = mood_eq, LEFTARG = mood, RIGHTARG = mood);\n"
           "COMMENT ON OPERATOR === (mood, mood) IS 'it''s';\n"
           "COMMENT ON OPERATOR @@@ (NONE, mood) IS 'prefix';\n"
           "CREATE VIEW v AS SELECT 'a'::mood === 'b'::mood AS x, @@@ 'a'::mood AS y;\n");
  assert_null(dmig_schema_object(schema, DMIG_OBJECT_OPERATOR, ">!", "(mood, mood)"));
  g_autofree char *path = dmig_path_new("o'd d", "<!");
  object(schema, DMIG_OBJECT_OPERATOR, path, "(mood, integer)");
}

static void
test_operator_changes(void **state)
{
  const char *sql = rare_change(
      MOOD "CREATE OPERATOR === (FUNCTION = mood_eq, LEFTARG = mood, RIGHTARG = mood, RESTRICT = "
           "eqsel); CREATE VIEW v AS SELECT 'a'::mood === 'b'::mood AS x",
      "ALTER OPERATOR === (mood, mood) SET (JOIN = eqjoinsel, RESTRICT = NONE)",
      "ALTER OPERATOR === (mood, mood) SET (RESTRICT = neqsel)");
  assert_null(strstr(sql, "DROP"));
}

static void
test_operator_classes(void **state)
{
  rare_rebuild(
      MOOD
      "CREATE OPERATOR <! (FUNCTION = mood_lt, LEFTARG = mood, RIGHTARG = mood);\n"
      "CREATE OPERATOR === (FUNCTION = mood_eq, LEFTARG = mood, RIGHTARG = mood, HASHES);\n"
      "CREATE OPERATOR \"o'd d\".<! (FUNCTION = mi_lt, LEFTARG = mood, RIGHTARG = integer);\n"
      "CREATE OPERATOR FAMILY \"fam 1\" USING btree;\n"
      "CREATE OPERATOR CLASS mood_ops2 FOR TYPE mood USING btree FAMILY \"fam 1\" AS OPERATOR 1 "
      "<!(mood, mood), OPERATOR 3 ===(mood, mood), FUNCTION 1 mood_cmp(mood, mood);\n"
      "ALTER OPERATOR FAMILY \"fam 1\" USING btree ADD OPERATOR 1 \"o'd d\".<! (mood, integer), "
      "FUNCTION 1 (mood, integer) mi_cmp(mood, integer);\n"
      "CREATE OPERATOR CLASS \"o'd d\".\"h c\" FOR TYPE mood USING hash AS OPERATOR 1 ===;\n"
      "CREATE OPERATOR FAMILY \"o'd d\".empty USING gist;\n"
      "CREATE OPERATOR CLASS points DEFAULT FOR TYPE mood USING gin AS STORAGE integer;\n"
      "COMMENT ON OPERATOR CLASS mood_ops2 USING btree IS 'it''s';\n"
      "COMMENT ON OPERATOR FAMILY \"fam 1\" USING btree IS 'family';\n"
      "CREATE TABLE t (m mood);\n"
      "CREATE INDEX i ON t USING btree (m mood_ops2);\n");
}

static void
test_operator_family_changes(void **state)
{
  const char *common = MOOD
      "CREATE OPERATOR <! (FUNCTION = mi_lt, LEFTARG = mood, RIGHTARG = integer);\n"
      "CREATE OPERATOR <# (FUNCTION = mi_lt, LEFTARG = mood, RIGHTARG = integer);\n"
      "CREATE OPERATOR FAMILY f USING btree;\n";
  rare_change(common, "ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 1 <! (mood, integer)",
              "ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 1 <# (mood, integer), FUNCTION 1 "
              "(mood, integer) mi_cmp(mood, integer)");
}

static void
test_text_search(void **state)
{
  const DmigSchema *schema = rare_rebuild(
      "CREATE SCHEMA \"o'd d\";\n"
      "CREATE TEXT SEARCH PARSER \"pars e\" (START = prsd_start, GETTOKEN = prsd_nexttoken, END = "
      "prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);\n"
      "CREATE TEXT SEARCH TEMPLATE tmpl (INIT = dsimple_init, LEXIZE = dsimple_lexize);\n"
      "CREATE TEXT SEARCH TEMPLATE tmpl0 (LEXIZE = dsimple_lexize);\n"
      "CREATE TEXT SEARCH DICTIONARY \"my dict\" (TEMPLATE = snowball, LANGUAGE = english, StopWords "
      "= 'english');\n"
      "CREATE TEXT SEARCH DICTIONARY d2 (TEMPLATE = tmpl, Accept = false);\n"
      "CREATE TEXT SEARCH DICTIONARY \"o'd d\".d3 (TEMPLATE = tmpl0);\n"
      "CREATE TEXT SEARCH CONFIGURATION cfg (PARSER = \"pars e\");\n"
      "ALTER TEXT SEARCH CONFIGURATION cfg ADD MAPPING FOR asciiword, word WITH d2, \"my dict\", "
      "\"o'd d\".d3;\n"
      "ALTER TEXT SEARCH CONFIGURATION cfg ADD MAPPING FOR int WITH simple;\n"
      "CREATE TEXT SEARCH CONFIGURATION \"o'd d\".en (COPY = english);\n"
      "COMMENT ON TEXT SEARCH CONFIGURATION cfg IS 'it''s';\n"
      "COMMENT ON TEXT SEARCH DICTIONARY d2 IS 'it''s';\n"
      "CREATE TABLE t (a text);\n"
      "CREATE INDEX i ON t USING gin (to_tsvector('cfg', a));\n");
  const DmigObject *cfg = object(schema, DMIG_OBJECT_TS_CONFIGURATION, "cfg", NULL);
  assert_string_equal(dmig_facets_value(cfg->facets, "mapping for word"),
                      "d2, \"my dict\", \"o'd d\".d3");
}

static void
test_text_search_changes(void **state)
{
  const char *common
      = "CREATE TEXT SEARCH DICTIONARY a (TEMPLATE = snowball, LANGUAGE = english);\n"
        "CREATE TEXT SEARCH DICTIONARY b (TEMPLATE = simple);\n"
        "CREATE TEXT SEARCH CONFIGURATION cfg (PARSER = default);\n"
        "CREATE TABLE t (x text);\nCREATE INDEX i ON t USING gin (to_tsvector('cfg', x));\n";
  const char *sql = rare_change(
      common,
      "ALTER TEXT SEARCH CONFIGURATION cfg ADD MAPPING FOR word, email WITH a;\n"
      "ALTER TEXT SEARCH DICTIONARY b (Accept = false, StopWords = english);\n",
      "ALTER TEXT SEARCH CONFIGURATION cfg ADD MAPPING FOR word, url WITH a, simple;\n"
      "ALTER TEXT SEARCH DICTIONARY a (LANGUAGE = german);\n"
      "ALTER TEXT SEARCH DICTIONARY b (StopWords = german);\n");
  assert_null(strstr(sql, "CREATE"));
  assert_non_null(strstr(sql, "ALTER MAPPING FOR word WITH a, simple"));
  assert_non_null(strstr(sql, "DROP MAPPING FOR email"));
}

static void
test_text_search_dictionary_takes_the_place_of_another(void **state)
{
  rare_change("CREATE TEXT SEARCH CONFIGURATION cfg (PARSER = default);\n",
              "CREATE TEXT SEARCH DICTIONARY a (TEMPLATE = simple);\n"
              "ALTER TEXT SEARCH CONFIGURATION cfg ADD MAPPING FOR word WITH a, simple;\n",
              "CREATE TEXT SEARCH DICTIONARY c (TEMPLATE = simple);\n"
              "ALTER TEXT SEARCH CONFIGURATION cfg ADD MAPPING FOR word WITH c, simple;\n");
}

static void
test_text_search_dictionary_of_another_template(void **state)
{
  const char *common = "CREATE TEXT SEARCH CONFIGURATION cfg (PARSER = default);\n"
                       "CREATE TABLE t (x text);\n"
                       "CREATE INDEX i ON t USING gin (to_tsvector('cfg', x));\n";
  rare_change(common,
              "CREATE TEXT SEARCH DICTIONARY a (TEMPLATE = simple);\n"
              "ALTER TEXT SEARCH CONFIGURATION cfg ADD MAPPING FOR word, url WITH a, simple;\n",
              "CREATE TEXT SEARCH DICTIONARY a (TEMPLATE = snowball, LANGUAGE = english);\n"
              "ALTER TEXT SEARCH CONFIGURATION cfg ADD MAPPING FOR word, url WITH a, simple;\n");
}

static void
test_statistics(void **state)
{
  const char *common = "CREATE SCHEMA \"o'd d\";\nCREATE TABLE t (v text, w integer);\n";
  const char *before = "CREATE STATISTICS st (ndistinct, mcv) ON v, w FROM t;\n"
                       "CREATE STATISTICS \"o'd d\".\"st 2\" ON (w + 1), (lower(v)) FROM t;\n"
                       "CREATE STATISTICS one ON (w * 2) FROM t;\n"
                       "ALTER STATISTICS st SET STATISTICS 77;\n"
                       "COMMENT ON STATISTICS st IS 'it''s';\n";
  const char *after = "CREATE STATISTICS st (dependencies) ON v, w FROM t;\n"
                      "CREATE STATISTICS one ON (w * 2) FROM t;\n"
                      "ALTER STATISTICS one SET STATISTICS 0;\n";
  rare_change(common, before, after);
}

static void
test_statistics_over_a_changing_column(void **state)
{
  rare_change("", "CREATE TABLE t (v integer, w integer); CREATE STATISTICS s ON v, w FROM t; "
                  "CREATE STATISTICS x ON (v + 1) FROM t",
              "CREATE TABLE t (v bigint, w integer); CREATE STATISTICS s ON v, w FROM t; "
              "CREATE STATISTICS x ON (v + 1) FROM t");
}

static void
test_event_triggers(void **state)
{
  const char *common
      = "CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';\n"
        "CREATE FUNCTION \"e v\"() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';\n";
  rare_change(common,
              "CREATE EVENT TRIGGER \"ev t\" ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP "
              "TABLE') EXECUTE FUNCTION ev();\n"
              "CREATE EVENT TRIGGER ev2 ON sql_drop EXECUTE FUNCTION ev();\n"
              "ALTER EVENT TRIGGER ev2 DISABLE;\n",
              "CREATE EVENT TRIGGER \"ev t\" ON ddl_command_start EXECUTE FUNCTION \"e v\"();\n"
              "ALTER EVENT TRIGGER \"ev t\" ENABLE ALWAYS;\n"
              "COMMENT ON EVENT TRIGGER \"ev t\" IS 'it''s';\n"
              "CREATE EVENT TRIGGER ev2 ON sql_drop EXECUTE FUNCTION ev();\n");
}

static void
test_default_privileges(void **state)
{
  const DmigSchema *schema = rare_rebuild(
      "CREATE SCHEMA \"o'd d\";\n"
      "ALTER DEFAULT PRIVILEGES FOR ROLE \"b ob\" IN SCHEMA \"o'd d\" GRANT SELECT, INSERT ON TABLES "
      "TO PUBLIC;\n"
      "ALTER DEFAULT PRIVILEGES FOR ROLE \"b ob\" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;\n"
      "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO \"b ob\" WITH GRANT OPTION;\n"
      "ALTER DEFAULT PRIVILEGES GRANT SELECT ON SEQUENCES TO \"b ob\";\n"
      "ALTER DEFAULT PRIVILEGES GRANT CREATE ON SCHEMAS TO \"b ob\";\n"
      "ALTER DEFAULT PRIVILEGES FOR ROLE \"b ob\" REVOKE USAGE ON TYPES FROM PUBLIC;\n"
      "ALTER DEFAULT PRIVILEGES FOR ROLE \"b ob\" REVOKE SELECT ON TABLES FROM \"b ob\";\n");
  g_autofree char *path = dmig_path_new("o'd d", "b ob");
  object(schema, DMIG_OBJECT_DEFAULT_PRIVILEGES, path, "tables");
}

static void
test_default_privileges_change(void **state)
{
  rare_change("CREATE TABLE t (a integer)",
              "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO \"b ob\";\n"
              "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;\n",
              "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT ON TABLES TO \"b ob\" WITH GRANT OPTION;\n"
              "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT UPDATE ON TABLES TO PUBLIC;\n");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    RARE_TEST(test_casts),
    RARE_TEST(test_cast_changes),
    RARE_TEST(test_languages),
    RARE_TEST(test_language_is_replaced),
    RARE_TEST(test_access_methods),
    RARE_TEST(test_collations),
    RARE_TEST(test_collation_changes),
    RARE_TEST(test_conversions_and_transforms),
    RARE_TEST(test_operators),
    RARE_TEST(test_operator_changes),
    RARE_TEST(test_operator_classes),
    RARE_TEST(test_operator_family_changes),
    RARE_TEST(test_text_search),
    RARE_TEST(test_text_search_changes),
    RARE_TEST(test_text_search_dictionary_takes_the_place_of_another),
    RARE_TEST(test_text_search_dictionary_of_another_template),
    RARE_TEST(test_statistics),
    RARE_TEST(test_statistics_over_a_changing_column),
    RARE_TEST(test_event_triggers),
    RARE_TEST(test_default_privileges),
    RARE_TEST(test_default_privileges_change),
  };
  return PG_MAIN("postgres-rare", tests);
}
