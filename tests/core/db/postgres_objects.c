/* Objects of every kind but tables: what is read of them makes them again in an empty database, leads
 * from one state to another, and takes them away. */
#include "tests/core/db/postgres_case.h"

#include "tests/support/postgres.h"

static char *other_url;
static DmigDatabase *other;

static int
setup(void **state)
{
  if (pg_setup(state) != 0)
    return -1;
  other_url = test_postgres_create();
  return dmig_postgres_driver.open(other_url, 0, &other, &pg_error) ? 0 : -1;
}

static int
teardown(void **state)
{
  g_clear_pointer(&other, dmig_database_free);
  test_postgres_drop(other_url);
  g_clear_pointer(&other_url, g_free);
  return pg_teardown(state);
}

static DmigSchema *
inspect(DmigDatabase *database)
{
  DmigSchema *schema = NULL;
  pg_assert(dmig_database_inspect(database, &schema, &pg_error));
  return pg_keep(schema);
}

/* The SQL from one to the other. Owned. */
static char *
way(DmigSchema *from, DmigSchema *to)
{
  DmigChanges *changes = dmig_diff(from, to, NULL);
  DmigPlan *plan = dmig_plan_new(changes, NULL, &pg_error);
  dmig_changes_free(changes);
  pg_assert(plan != NULL);
  char *sql = dmig_plan_sql(plan);
  dmig_plan_free(plan);
  return sql;
}

static void
assert_same(DmigSchema *found, DmigSchema *wanted, const char *after)
{
  DmigChanges *changes = dmig_diff(found, wanted, NULL);
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < changes->items->len; i++) {
    g_autofree char *line = dmig_change_to_text(changes->items->pdata[i]);
    g_string_append_printf(text, "%s\n", line);
  }
  dmig_changes_free(changes);
  if (text->len > 0)
    fail_msg("still to do:\n%safter:\n%s", text->str, after);
}

static void
run(DmigDatabase *database, const char *sql)
{
  g_autofree char *script
      = g_strconcat("SET search_path = public; SET check_function_bodies = off;\n", sql, NULL);
  if (!dmig_database_exec(database, script, &pg_error))
    fail_msg("%s\nof:\n%s", pg_error->message, sql);
}

/* Brings `other` to the state of `pg`. Gives the SQL, borrowed until the test ends. */
static void
bring_over(void)
{
  DmigSchema *wanted = inspect(pg), *from = inspect(other);
  g_autofree char *sql = way(from, wanted);
  run(other, sql);
  assert_same(inspect(other), wanted, sql);
}

/* From nothing to what `sql` makes, and back to nothing. */
static void
round_trip(const char *sql)
{
  DmigSchema *empty = inspect(other);
  run(pg, sql);
  bring_over();
  g_autofree char *back = way(inspect(other), empty);
  run(other, back);
  assert_same(inspect(other), empty, back);
}

/* From what `before` makes to what `after` makes, and back. What the way must not say, `without`
 * names; NULL: nothing. */
static void
lead(const char *before, const char *after, const char *without)
{
  run(other, before);
  run(pg, after);
  DmigSchema *old = inspect(other), *wanted = inspect(pg);
  g_autofree char *there = way(old, wanted), *back = way(wanted, old);
  if (without != NULL && (strstr(there, without) != NULL || strstr(back, without) != NULL))
    fail_msg("%s in:\n%s\nor:\n%s", without, there, back);
  run(other, there);
  assert_same(inspect(other), wanted, there);
  run(other, back);
  assert_same(inspect(other), old, back);
}

static const DmigObject *
object(DmigObjectKind kind, const char *path, const char *detail)
{
  const DmigObject *found = dmig_schema_object(inspect(pg), kind, path, detail);
  assert_non_null(found);
  return found;
}

static gboolean
depends(DmigSchema *schema, const char *object_address, const char *on)
{
  for (guint i = 0; i < schema->dependencies->len; i++) {
    const DmigDependency *one = schema->dependencies->pdata[i];
    if (g_str_equal(one->object, object_address) && g_str_equal(one->on, on))
      return TRUE;
  }
  return FALSE;
}

/* --- schemas and extensions ---------------------------------------------------------------- */

static void
test_schemas(void **state)
{
  round_trip("CREATE SCHEMA \"My \"\"Schema\"; COMMENT ON SCHEMA \"My \"\"Schema\" IS 'it''s';"
             "CREATE SCHEMA b; GRANT USAGE ON SCHEMA b TO PUBLIC; GRANT ALL ON SCHEMA b TO "
             "pg_monitor WITH GRANT OPTION;"
             "GRANT CREATE ON SCHEMA public TO PUBLIC; REVOKE USAGE ON SCHEMA public FROM PUBLIC;"
             "COMMENT ON SCHEMA public IS NULL;"
             "CREATE TABLE b.t (a integer); CREATE VIEW \"My \"\"Schema\".v AS SELECT a FROM b.t;"
             "CREATE SCHEMA dmig; CREATE TABLE dmig.runs (a integer)");
}

static void
test_extensions(void **state)
{
  lead("CREATE SCHEMA e; CREATE EXTENSION citext WITH SCHEMA e; CREATE EXTENSION pgcrypto",
       "CREATE SCHEMA e; CREATE EXTENSION citext; CREATE EXTENSION pgcrypto WITH SCHEMA e;"
       "COMMENT ON EXTENSION pgcrypto IS 'crypto'; CREATE TABLE t (a citext)",
       "DROP EXTENSION");
}

/* --- types --------------------------------------------------------------------------------- */

static void
test_domains(void **state)
{
  round_trip("CREATE DOMAIN d AS integer; CREATE DOMAIN \"D \"\" 1\" AS varchar(20) COLLATE \"C\" "
             "DEFAULT 'it''s' NOT NULL CONSTRAINT \"c 1\" CHECK (VALUE <> '\"') CHECK (VALUE <> "
             "');'); ALTER DOMAIN d ADD CONSTRAINT late CHECK (VALUE > 0) NOT VALID;"
             "CREATE DOMAIN dd AS d CHECK (VALUE < 10); COMMENT ON DOMAIN d IS E'a\\nb';"
             "CREATE TABLE t (a d, b dd[]); REVOKE USAGE ON DOMAIN d FROM PUBLIC");
}

static void
test_domains_change(void **state)
{
  lead("CREATE DOMAIN d AS integer DEFAULT 1 CHECK (VALUE > 0); CREATE TABLE t (a d)",
       "CREATE DOMAIN d AS integer NOT NULL CONSTRAINT d_check CHECK (VALUE > 1) CONSTRAINT more "
       "CHECK (VALUE < 9); CREATE TABLE t (a d)",
       "DROP DOMAIN");
}

static void
test_composites(void **state)
{
  round_trip("CREATE TYPE c AS (a integer, \"B b\" text COLLATE \"C\"); CREATE TYPE e AS ();"
             "CREATE TYPE cc AS (x c, y c[]); COMMENT ON TYPE c IS 'c'; COMMENT ON COLUMN c.a IS "
             "'its a'; CREATE TABLE t (v cc); CREATE FUNCTION f(c) RETURNS cc[] LANGUAGE sql AS "
             "'SELECT NULL'");
}

static void
test_composites_change(void **state)
{
  lead("CREATE TYPE c AS (a integer, b text)", "CREATE TYPE c AS (a bigint, b text, d date)", NULL);
}

/* A column that comes back stands behind the others. */
static void
test_statistics_know_no_order(void **state)
{
  lead("CREATE TABLE t (v integer, w integer); CREATE STATISTICS s (mcv) ON v, w FROM t",
       "CREATE TABLE t (w integer, v integer); CREATE STATISTICS s (mcv) ON w, v FROM t; "
       "CREATE INDEX i ON t (v)",
       "STATISTICS");
}

/* A view over it stands in the way of the type as a table does. */
static void
test_composites_change_under_views(void **state)
{
  const char *rest = "; CREATE FUNCTION f(c) RETURNS integer LANGUAGE sql AS 'SELECT 1'; "
                     "CREATE VIEW v AS SELECT ROW(1, 'x')::c AS c; CREATE VIEW w AS SELECT f(c) FROM v";
  g_autofree char *before = g_strconcat("CREATE TYPE c AS (a integer, b text)", rest, NULL);
  g_autofree char *after = g_strconcat("CREATE TYPE c AS (a bigint, b text)", rest, NULL);

  lead(before, after, "DROP FUNCTION");
}

/* Values within rows and ranges are looked at by no ALTER. */
static void
test_domains_change_within_rows(void **state)
{
  const char *uses = "; CREATE DOMAIN e AS d; CREATE TYPE c AS (x e, y integer); "
                     "CREATE TABLE t (a d, b c, l c[])";
  g_autofree char *before = g_strconcat("CREATE DOMAIN d AS text CHECK (VALUE <> 'a')", uses, NULL);
  g_autofree char *after = g_strconcat(
      "CREATE DOMAIN d AS text CONSTRAINT k CHECK (VALUE <> 'b')", uses,
      "; COMMENT ON CONSTRAINT k ON DOMAIN d IS 'no b'", NULL);

  lead(before, after, "ALTER DOMAIN d ADD");
}

/* What a check's own statements say is not said twice. */
static void
test_checks_of_domains_are_told_once(void **state)
{
  lead("CREATE DOMAIN d AS text",
       "CREATE DOMAIN d AS text CONSTRAINT k CHECK (VALUE <> 'b'); "
       "COMMENT ON CONSTRAINT k ON DOMAIN d IS 'no b'",
       "COMMENT ON CONSTRAINT k ON DOMAIN d IS 'no b';\nCOMMENT");
}

static void
test_ranges(void **state)
{
  round_trip("CREATE TYPE r AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);"
             "CREATE TYPE floatrange AS RANGE (SUBTYPE = float8);"
             "CREATE TYPE t1 AS RANGE (SUBTYPE = text, COLLATION = \"C\", SUBTYPE_OPCLASS = "
             "text_pattern_ops, MULTIRANGE_TYPE_NAME = many);"
             "CREATE TABLE t (a r, b floatmultirange, c many, CHECK (a <> r(1, 2)));"
             "COMMENT ON TYPE r IS 'r'");
}

static void
test_base_types(void **state)
{
  round_trip("CREATE TYPE shell; CREATE TYPE \"B b\"; CREATE FUNCTION b_in(cstring) RETURNS \"B b\" "
             "LANGUAGE internal IMMUTABLE STRICT AS 'textin'; CREATE FUNCTION b_out(\"B b\") RETURNS "
             "cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout'; CREATE TYPE \"B b\" (INPUT = "
             "b_in, OUTPUT = b_out, LIKE = text, CATEGORY = 'x', DEFAULT = 'it''s', DELIMITER = ';');"
             "COMMENT ON TYPE \"B b\" IS 'b'; CREATE TABLE t (a \"B b\", b \"B b\"[]); CREATE "
             "FUNCTION f(\"B b\") RETURNS text LANGUAGE sql AS 'SELECT 1'");
}

/* --- sequences ----------------------------------------------------------------------------- */

static void
test_sequences(void **state)
{
  round_trip("CREATE SEQUENCE s; CREATE SEQUENCE down INCREMENT -2 MAXVALUE 100 MINVALUE -5 START "
             "50 CACHE 10 CYCLE; CREATE SEQUENCE small AS smallint; CREATE UNLOGGED SEQUENCE u;"
             "CREATE TABLE t (id serial, big bigserial, a integer GENERATED ALWAYS AS IDENTITY);"
             "CREATE TABLE \"T 2\" (\"Id\" serial PRIMARY KEY); GRANT USAGE ON SEQUENCE s TO "
             "pg_monitor; COMMENT ON SEQUENCE s IS 's'; GRANT SELECT ON SEQUENCE t_a_seq TO PUBLIC;"
             "CREATE SEQUENCE mine OWNED BY t.a");
}

static void
test_sequences_change(void **state)
{
  lead("CREATE SEQUENCE s; SELECT nextval('s'); CREATE SEQUENCE o; CREATE TABLE t (a integer);"
       "CREATE SEQUENCE x MINVALUE 100 MAXVALUE 200; CREATE SEQUENCE k AS integer",
       "CREATE SEQUENCE s MINVALUE 1000 START 5000; CREATE SEQUENCE o INCREMENT -1; CREATE TABLE t "
       "(a integer); ALTER SEQUENCE o OWNED BY t.a; CREATE SEQUENCE x MAXVALUE 50; CREATE SEQUENCE "
       "k",
       "DROP SEQUENCE");
}

/* --- routines ------------------------------------------------------------------------------ */

static void
test_routines(void **state)
{
  round_trip(
      "CREATE FUNCTION f(a integer, b text DEFAULT 'x') RETURNS integer LANGUAGE sql IMMUTABLE STRICT "
      "LEAKPROOF PARALLEL SAFE COST 5 AS 'SELECT 1';"
      "CREATE FUNCTION f(a text) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 7 "
      "SET search_path = public, \"$user\" SET work_mem = '4MB' AS $$\n  BEGIN\n\tRETURN; -- "
      "public.x */ /*\r\n  END $$;"
      "CREATE FUNCTION \"F \"\" 2\"(VARIADIC \"A b\" text[]) RETURNS void LANGUAGE sql AS '';"
      "CREATE FUNCTION out3(OUT a integer, INOUT b text, c integer) LANGUAGE sql AS 'SELECT 1, $1';"
      "CREATE FUNCTION tab() RETURNS TABLE (a integer, b text) LANGUAGE sql BEGIN ATOMIC SELECT 1, "
      "'x'::text; SELECT f(1, 'y'), 'z'::text; END;"
      "CREATE FUNCTION one(integer) RETURNS integer LANGUAGE sql RETURN $1 + 1;"
      "CREATE PROCEDURE p(INOUT a integer, b text) LANGUAGE plpgsql AS 'BEGIN COMMIT; END';"
      "CREATE PROCEDURE q(OUT a integer) LANGUAGE sql BEGIN ATOMIC SELECT 1; END;"
      "CREATE FUNCTION w(integer) RETURNS integer LANGUAGE internal WINDOW AS 'window_lag';"
      "COMMENT ON FUNCTION f(text) IS 'quote '' and $$'; COMMENT ON PROCEDURE p IS 'p';"
      "REVOKE ALL ON FUNCTION f(text) FROM PUBLIC; GRANT EXECUTE ON PROCEDURE p TO pg_monitor;"
      "CREATE FUNCTION calls() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN f(1); END';"
      "CREATE TABLE t (a integer DEFAULT calls(), CHECK (one(a) > 0));"
      "CREATE FUNCTION rows_of() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t'");
}

/* The server prints millions as 1e+06. */
static void
test_routine_estimates(void **state)
{
  run(pg, "CREATE FUNCTION f() RETURNS SETOF integer LANGUAGE sql ROWS 1000000 COST 0.0025 AS "
          "'SELECT 1'; CREATE FUNCTION g() RETURNS SETOF integer LANGUAGE sql ROWS 1234567 AS "
          "'SELECT 1'");
  assert_string_equal(dmig_object_property(object(DMIG_OBJECT_ROUTINE, "f", ""), "rows"), "1000000");
  assert_string_equal(dmig_object_property(object(DMIG_OBJECT_ROUTINE, "f", ""), "cost"), "0.0025");
  assert_string_equal(dmig_object_property(object(DMIG_OBJECT_ROUTINE, "g", ""), "rows"), "1234567");
}

static void
test_routines_change(void **state)
{
  lead("CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION "
       "g(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT f(1), "
       "g(2); GRANT SELECT ON v TO PUBLIC; CREATE FUNCTION h(a integer) RETURNS integer LANGUAGE sql "
       "AS 'SELECT 1'",
       "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql STABLE AS 'SELECT 2'; CREATE "
       "FUNCTION g(b integer) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'; CREATE VIEW v AS "
       "SELECT f(1), g(2); GRANT SELECT ON v TO PUBLIC; CREATE FUNCTION h(a integer, b integer "
       "DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
       "DROP FUNCTION f(");
}

static void
test_routine_is_replaced(void **state)
{
  lead("CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';"
       "CREATE TABLE t (a integer CHECK (f(a) > 0)); GRANT EXECUTE ON FUNCTION f TO pg_monitor",
       "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 2; "
       "END'; CREATE TABLE t (a integer CHECK (f(a) > 0)); GRANT EXECUTE ON FUNCTION f TO "
       "pg_monitor",
       "DROP");
}

static void
test_aggregates(void **state)
{
  round_trip("CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0', "
             "COMBINEFUNC = int4pl, MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = integer, MINITCOND "
             "= '0', PARALLEL = SAFE, SSPACE = 8);"
             "CREATE AGGREGATE counts(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');"
             "CREATE AGGREGATE pick(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, "
             "STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);"
             "CREATE AGGREGATE least_of(integer) (SFUNC = int4smaller, STYPE = integer, SORTOP = <);"
             "COMMENT ON AGGREGATE counts(*) IS 'all'; CREATE FUNCTION mine(text, text) RETURNS "
             "text LANGUAGE sql AS 'SELECT $1'; CREATE AGGREGATE \"Agg x\"(text) (SFUNC = mine, "
             "STYPE = text, INITCOND = 'it''s'); REVOKE EXECUTE ON FUNCTION \"Agg x\"(text) FROM "
             "PUBLIC; CREATE VIEW v AS SELECT \"Agg x\"('a')");
}

/* --- views --------------------------------------------------------------------------------- */

static void
test_views(void **state)
{
  round_trip(
      "CREATE TABLE t (a integer PRIMARY KEY, b text, \"C d\" date); COMMENT ON INDEX t_pkey IS 'k';"
      "COMMENT ON CONSTRAINT t_pkey ON t IS 'key'; CREATE VIEW z AS SELECT a, b FROM t WHERE a > 0 WITH LOCAL CHECK OPTION;"
      "CREATE VIEW a WITH (security_barrier, security_invoker = true) AS SELECT * FROM z;"
      "ALTER VIEW a ALTER COLUMN b SET DEFAULT 'it''s'; COMMENT ON VIEW a IS 'v'; COMMENT ON COLUMN "
      "a.b IS 'its b'; GRANT SELECT (a), UPDATE (b) ON a TO pg_monitor; GRANT INSERT ON a TO PUBLIC;"
      "CREATE RECURSIVE VIEW n (x) AS VALUES (1) UNION ALL SELECT x + 1 FROM n WHERE x < 5;"
      "CREATE VIEW grouped AS SELECT a, b FROM t GROUP BY a;"
      "CREATE VIEW \"V \"\" \n1\" AS SELECT t.*, 'public.t */' AS \"X.y\" FROM t;"
      "CREATE MATERIALIZED VIEW m WITH (fillfactor = 70) AS SELECT a, b FROM \"V \"\" \n1\" WITH NO "
      "DATA; CREATE UNIQUE INDEX \"I m\" ON m (a) INCLUDE (b); CREATE INDEX i2 ON m USING "
      "hash (lower(b)) WHERE a > 0; ALTER MATERIALIZED VIEW m CLUSTER ON \"I m\"; COMMENT ON INDEX i2 IS 'i';"
      "ALTER MATERIALIZED VIEW m ALTER COLUMN a SET STATISTICS 500, ALTER COLUMN b SET "
      "(n_distinct = 5), ALTER COLUMN b SET STORAGE EXTERNAL; CREATE MATERIALIZED VIEW mm AS SELECT "
      "count(*) FROM t; GRANT SELECT ON mm TO PUBLIC");
}

static void
test_view_is_replaced(void **state)
{
  lead("CREATE TABLE t (a integer, b text); CREATE VIEW v AS SELECT a FROM t; GRANT SELECT ON v TO "
       "pg_monitor; CREATE VIEW w AS SELECT a FROM v",
       "CREATE TABLE t (a integer, b text); CREATE VIEW v WITH (security_barrier = true) AS SELECT "
       "a + 1 AS a FROM t; GRANT SELECT ON v TO pg_monitor; CREATE VIEW w AS SELECT a FROM v",
       "DROP");
}

static void
test_views_change(void **state)
{
  lead("CREATE TABLE t (a integer, b text); CREATE VIEW v AS SELECT a, b FROM t; CREATE VIEW w AS "
       "SELECT b FROM v; COMMENT ON VIEW w IS 'w'; CREATE MATERIALIZED VIEW m AS SELECT b FROM w;"
       "CREATE INDEX i ON m (b)",
       "CREATE TABLE t (a bigint, b text); CREATE VIEW v AS SELECT b, a FROM t; CREATE VIEW w AS "
       "SELECT b FROM v; COMMENT ON VIEW w IS 'w'; CREATE MATERIALIZED VIEW m AS SELECT b FROM w;"
       "CREATE INDEX i ON m (b)",
       NULL);
}

/* --- triggers, rules, policies ------------------------------------------------------------- */

#define TRIGGER_FUNCTION                                                                           \
  "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"

static void
test_triggers(void **state)
{
  round_trip(
      TRIGGER_FUNCTION
      "CREATE TABLE t (a integer, \"B b\" text, \"when\" text); CREATE VIEW v AS SELECT a FROM t;"
      "CREATE TABLE p (a integer) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p FOR VALUES "
      "FROM (1) TO (9); CREATE TABLE \"execute\" (a integer);"
      "CREATE TRIGGER \"T \"\" 1\" BEFORE INSERT OR UPDATE OF a, \"B b\" ON t FOR EACH ROW WHEN "
      "(NEW.\"when\" <> 'EXECUTE FUNCTION') EXECUTE FUNCTION tf('x', 'it''s');"
      "CREATE TRIGGER io INSTEAD OF DELETE ON v FOR EACH ROW EXECUTE FUNCTION tf();"
      "CREATE CONSTRAINT TRIGGER c AFTER UPDATE ON t FROM p DEFERRABLE INITIALLY DEFERRED FOR EACH "
      "ROW EXECUTE FUNCTION tf(); CREATE TRIGGER tt AFTER UPDATE ON t REFERENCING OLD TABLE AS o "
      "NEW TABLE AS \"N\" EXECUTE FUNCTION tf(); CREATE TRIGGER tr AFTER TRUNCATE ON \"execute\" "
      "EXECUTE FUNCTION tf(); CREATE TRIGGER pt AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION "
      "tf(); ALTER TABLE t DISABLE TRIGGER tt; ALTER TABLE p1 ENABLE ALWAYS TRIGGER pt; ALTER TABLE "
      "t ENABLE REPLICA TRIGGER c; COMMENT ON TRIGGER c ON t IS 'c'");
}

static void
test_trigger_properties(void **state)
{
  run(pg, TRIGGER_FUNCTION
      "CREATE TABLE \"execute\" (a integer, b text); CREATE TRIGGER g BEFORE UPDATE OF a, b OR INSERT "
      "ON \"execute\" FOR EACH ROW WHEN (NEW.b <> ') EXECUTE') EXECUTE FUNCTION tf('a, b')");
  const DmigObject *trigger = object(DMIG_OBJECT_TRIGGER, "execute", "g");
  assert_string_equal(dmig_object_property(trigger, "timing"), "before");
  assert_string_equal(dmig_object_property(trigger, "events"), "insert, update of a, b");
  assert_string_equal(dmig_object_property(trigger, "for_each"), "row");
  assert_string_equal(dmig_object_property(trigger, "when"), "((new.b <> ') EXECUTE'::text))");
  assert_string_equal(dmig_object_property(trigger, "function"), "tf('a, b')");
}

static void
test_rules(void **state)
{
  round_trip("CREATE TABLE t (a integer); CREATE TABLE log (a integer); CREATE VIEW v AS SELECT a "
             "FROM t; CREATE RULE \"R \"\" 1\" AS ON INSERT TO t DO ALSO INSERT INTO log VALUES "
             "(NEW.a); CREATE RULE d AS ON DELETE TO v DO INSTEAD NOTHING; CREATE RULE u AS ON "
             "UPDATE TO v DO INSTEAD (UPDATE t SET a = NEW.a; NOTIFY x);"
             "ALTER TABLE t DISABLE RULE \"R \"\" 1\"; COMMENT ON RULE d ON v IS 'd'");
}

static void
test_policies(void **state)
{
  round_trip("CREATE TABLE t (a integer, b text); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE "
             "POLICY \"P \"\" 1\" ON t USING (a > 0); CREATE POLICY r ON t AS RESTRICTIVE FOR SELECT "
             "TO pg_monitor, pg_read_all_data USING (b = 'x') ; CREATE POLICY i ON t FOR INSERT WITH "
             "CHECK ((a > 0) AND (b <> 'y')); CREATE POLICY u ON t FOR UPDATE TO CURRENT_USER USING "
             "(true) WITH CHECK (a IN (SELECT 1)); COMMENT ON POLICY r ON t IS 'r'");
}

static void
test_policies_change(void **state)
{
  lead("CREATE TABLE t (a integer, b text); CREATE POLICY p ON t USING (a > 0); CREATE POLICY q ON t "
       "TO pg_monitor USING (true) WITH CHECK (a > 1); CREATE POLICY c ON t FOR SELECT USING (true);"
       "CREATE POLICY same ON t USING (a > 0)",
       "CREATE TABLE t (a integer, b text); CREATE POLICY p ON t USING (b <> '') WITH CHECK (true); "
       "CREATE POLICY q ON t USING (false) WITH CHECK (a > 1); CREATE POLICY c ON t FOR UPDATE USING "
       "(true); CREATE POLICY same ON t TO pg_monitor USING (a > 0)",
       "DROP POLICY same");
}

/* --- what all kinds have in common --------------------------------------------------------- */

static void
test_privileges(void **state)
{
  round_trip(
      "CREATE TABLE t (a integer, \"B b\" text, i integer GENERATED BY DEFAULT AS IDENTITY);"
      "CREATE TYPE e AS ENUM ('x'); GRANT SELECT, INSERT ON t TO pg_monitor WITH GRANT OPTION; GRANT "
      "UPDATE ON t TO pg_monitor; GRANT SELECT (a, \"B b\"), REFERENCES (a) ON t TO PUBLIC; GRANT "
      "UPDATE (a) ON t TO pg_read_all_data; REVOKE ALL ON t FROM CURRENT_USER; GRANT SELECT ON t TO "
      "CURRENT_USER; GRANT USAGE ON TYPE e TO pg_monitor; REVOKE USAGE ON TYPE e FROM PUBLIC;"
      "GRANT USAGE ON SEQUENCE t_i_seq TO pg_monitor");
}

static void
test_privileges_change(void **state)
{
  lead("CREATE TABLE t (a integer, b text); GRANT SELECT, DELETE ON t TO pg_monitor; GRANT UPDATE (a) ON t TO "
       "pg_monitor; GRANT SELECT ON t TO pg_read_all_data WITH GRANT OPTION; GRANT INSERT ON t TO "
       "PUBLIC; CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
       "CREATE TABLE t (a integer, b text); GRANT SELECT ON t TO pg_monitor; GRANT UPDATE (a), REFERENCES "
       "(b) ON t TO pg_monitor; GRANT SELECT ON t TO pg_read_all_data; CREATE FUNCTION f() RETURNS "
       "integer LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION f FROM PUBLIC",
       "DROP");
}

static void
test_revoked_whole_leaves_parts(void **state)
{
  lead("CREATE TABLE t (a integer, b text); CREATE VIEW v AS SELECT a, b FROM t; GRANT SELECT, INSERT "
       "ON t TO pg_monitor; GRANT SELECT (a), UPDATE (b) ON t TO pg_monitor; GRANT SELECT ON v TO "
       "pg_monitor WITH GRANT OPTION; GRANT SELECT (a) ON v TO pg_monitor WITH GRANT OPTION",
       "CREATE TABLE t (a integer, b text); CREATE VIEW v AS SELECT a, b FROM t; GRANT SELECT (a), "
       "UPDATE (b) ON t TO pg_monitor; GRANT SELECT (a) ON v TO pg_monitor WITH GRANT OPTION",
       NULL);
}

static void
test_revoked_whole_and_parts(void **state)
{
  lead("CREATE TABLE t (a integer, b text); CREATE VIEW v AS SELECT a, b FROM t; GRANT SELECT, INSERT "
       "ON t TO pg_monitor; GRANT SELECT (a), UPDATE (b) ON t TO pg_monitor; GRANT SELECT ON v TO "
       "pg_monitor; GRANT SELECT (a) ON v TO pg_monitor",
       "CREATE TABLE t (a integer, b text); CREATE VIEW v AS SELECT a, b FROM t", NULL);
}

static void
test_owners_are_asked_for(void **state)
{
  run(pg, "CREATE ROLE dmig_objects_owner; CREATE TABLE t (a serial); CREATE VIEW v AS SELECT 1 AS a;"
          "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE TYPE e AS ENUM "
          "('a'); ALTER TABLE t OWNER TO dmig_objects_owner; ALTER VIEW v OWNER TO "
          "dmig_objects_owner; ALTER FUNCTION f() OWNER TO dmig_objects_owner; ALTER TYPE e OWNER "
          "TO dmig_objects_owner");
  DmigSchema *without = inspect(pg);
  pg->with_owners = other->with_owners = TRUE;
  DmigSchema *with = inspect(pg);
  g_autofree char *sql = way(inspect(other), with);
  run(other, sql);
  DmigSchema *found = inspect(other);
  const char *left = dmig_facets_value(dmig_schema_view(without, "v")->facets, "owner");
  const char *owner = dmig_facets_value(dmig_schema_view(with, "v")->facets, "owner");
  g_autofree char *read = g_strdup(owner);
  dmig_database_free(other);
  other = NULL;
  test_postgres_drop(other_url);
  g_free(other_url);
  other_url = test_postgres_create();
  run(pg, "REASSIGN OWNED BY dmig_objects_owner TO CURRENT_USER; DROP ROLE dmig_objects_owner");
  assert_null(left);
  assert_string_equal(read, "dmig_objects_owner");
  assert_same(found, with, sql);
}

static void
test_dependencies(void **state)
{
  run(pg, "CREATE TYPE mood AS ENUM ('x'); CREATE TABLE t (a integer, m mood[]); CREATE VIEW v AS "
          "SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v; CREATE FUNCTION f(t) RETURNS mood "
          "LANGUAGE sql AS 'SELECT NULL'; CREATE FUNCTION g() RETURNS integer LANGUAGE plpgsql AS "
          "'BEGIN RETURN (SELECT max(a) FROM w); END'; CREATE TABLE u (x integer DEFAULT g());"
          "CREATE POLICY p ON t USING (a > 0)");
  DmigSchema *schema = inspect(pg);
  g_autofree char *v = dmig_address_new(DMIG_OBJECT_VIEW, "v", NULL);
  g_autofree char *w = dmig_address_new(DMIG_OBJECT_VIEW, "w", NULL);
  g_autofree char *t = dmig_address_new(DMIG_OBJECT_TABLE, "t", NULL);
  g_autofree char *a = dmig_address_new(DMIG_OBJECT_COLUMN, "t", "a");
  g_autofree char *b = dmig_address_new(DMIG_OBJECT_COLUMN, "t", "m");
  g_autofree char *mood = dmig_address_new(DMIG_OBJECT_ENUM, "mood", NULL);
  g_autofree char *f = dmig_address_new(DMIG_OBJECT_ROUTINE, "f", "t");
  g_autofree char *g = dmig_address_new(DMIG_OBJECT_ROUTINE, "g", "");
  g_autofree char *x = dmig_address_new(DMIG_OBJECT_COLUMN, "u", "x");
  g_autofree char *p = dmig_address_new(DMIG_OBJECT_POLICY, "t", "p");
  assert_true(depends(schema, v, a));
  assert_true(depends(schema, w, v));
  assert_true(depends(schema, b, mood));
  assert_true(depends(schema, f, t));
  assert_true(depends(schema, f, mood));
  assert_true(depends(schema, g, w));
  assert_true(depends(schema, x, g));
  assert_true(depends(schema, p, a));
  assert_false(depends(schema, w, a));
}

/* What a person may have called anything. */
#define NAME "\"q\"\" '.*/ ;-- $$ é😀\n\\\""

static void
test_hostile_names(void **state)
{
  round_trip("CREATE SCHEMA " NAME "; CREATE TYPE " NAME "." NAME " AS (" NAME " integer);"
             "CREATE SEQUENCE " NAME "; CREATE DOMAIN " NAME ".d AS integer CONSTRAINT " NAME
             " CHECK (VALUE > 0); CREATE TABLE " NAME "." "\"t 1\" (a integer);"
             "COMMENT ON SCHEMA " NAME " IS E'*/ ''\\\\ \n $dmig$ é'");
}

static void
test_hostile_names_of_parts(void **state)
{
  round_trip("CREATE SCHEMA s; CREATE TABLE s." NAME " (" NAME " integer, b text); CREATE VIEW "
             "s.v AS SELECT " NAME ", b AS \"public.x\" FROM s." NAME "; COMMENT ON COLUMN s.v." NAME
             " IS 'c'; CREATE FUNCTION s." NAME "(" NAME " integer DEFAULT 1) RETURNS trigger "
             "LANGUAGE plpgsql AS 'BEGIN END'; CREATE FUNCTION s." NAME "() RETURNS trigger LANGUAGE "
             "plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER " NAME " BEFORE UPDATE OF " NAME
             " ON s." NAME " FOR EACH ROW WHEN (NEW." NAME " > 0) EXECUTE FUNCTION s." NAME "();"
             "CREATE POLICY " NAME " ON s." NAME " USING (" NAME " > 0); CREATE RULE " NAME
             " AS ON DELETE TO s." NAME " DO INSTEAD NOTHING; CREATE MATERIALIZED VIEW " NAME
             " AS SELECT * FROM s.v; CREATE INDEX " "i ON " NAME " (" NAME "); GRANT SELECT (" NAME
             ") ON s.v TO PUBLIC; ALTER TABLE s." NAME " DISABLE TRIGGER " NAME);
}

#define OBJECT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    OBJECT_TEST(test_schemas),           OBJECT_TEST(test_extensions),
    OBJECT_TEST(test_domains),           OBJECT_TEST(test_domains_change),
    OBJECT_TEST(test_composites),        OBJECT_TEST(test_composites_change),
    OBJECT_TEST(test_composites_change_under_views), OBJECT_TEST(test_domains_change_within_rows),
    OBJECT_TEST(test_checks_of_domains_are_told_once), OBJECT_TEST(test_statistics_know_no_order),
    OBJECT_TEST(test_ranges),            OBJECT_TEST(test_sequences),
    OBJECT_TEST(test_sequences_change),  OBJECT_TEST(test_routines),
    OBJECT_TEST(test_routine_estimates),
    OBJECT_TEST(test_routines_change),   OBJECT_TEST(test_routine_is_replaced),
    OBJECT_TEST(test_aggregates),        OBJECT_TEST(test_views),
    OBJECT_TEST(test_view_is_replaced),  OBJECT_TEST(test_views_change),
    OBJECT_TEST(test_triggers),          OBJECT_TEST(test_trigger_properties),
    OBJECT_TEST(test_rules),             OBJECT_TEST(test_policies),
    OBJECT_TEST(test_policies_change),   OBJECT_TEST(test_privileges),
    OBJECT_TEST(test_privileges_change), OBJECT_TEST(test_owners_are_asked_for),
    OBJECT_TEST(test_revoked_whole_leaves_parts), OBJECT_TEST(test_revoked_whole_and_parts),
    OBJECT_TEST(test_dependencies),      OBJECT_TEST(test_base_types),
    OBJECT_TEST(test_hostile_names),     OBJECT_TEST(test_hostile_names_of_parts),
  };
  return PG_MAIN("postgres_objects", tests);
}
