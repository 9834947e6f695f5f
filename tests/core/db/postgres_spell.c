/* Ways from one schema to another and back, over rows: what each step says of its lock and of
 * rewriting must be what the server does, and the ends must meet. */
#include "core/plan/online.h"
#include "tests/core/db/postgres_case.h"

typedef struct {
  const char *name;
  const char *from; /* SQL that builds it */
  const char *rows; /* … and fills it */
  const char *to;
  void (*say)(DmigTransition *transition, gboolean reverse);
  const char *after; /* a count of rows that must be there after the upgrade; NULL: nothing */
} Way;

static DmigPlan *plan;
static DmigChanges *changes;
static DmigTransition *transition;

static int
teardown(void **state)
{
  g_clear_pointer(&plan, dmig_plan_free);
  g_clear_pointer(&changes, dmig_changes_free);
  g_clear_pointer(&transition, dmig_transition_free);
  return pg_teardown(state);
}

/* --- what a step says of itself -------------------------------------------------------------- */

/* Locks on what was there before the step. */
#define HELD                                                                                       \
  "SELECT coalesce(max(CASE mode WHEN 'AccessShareLock' THEN 1 WHEN 'RowExclusiveLock' THEN 2 "    \
  "WHEN 'ShareUpdateExclusiveLock' THEN 3 WHEN 'ShareLock' THEN 4 WHEN 'ShareRowExclusiveLock' "   \
  "THEN 5 WHEN 'AccessExclusiveLock' THEN 6 END), 0) FROM pg_locks l JOIN before b "               \
  "ON b.oid = l.relation WHERE l.pid = pg_backend_pid()"

#define REWRITTEN                                                                                  \
  "SELECT count(*) FROM before b JOIN pg_class c USING (oid) WHERE c.relkind = 'r' AND "           \
  "c.relfilenode <> b.relfilenode"

static const DmigLock locks[] = {
  DMIG_LOCK_NONE,  DMIG_LOCK_ACCESS_SHARE,        DMIG_LOCK_ROW_EXCLUSIVE, DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE,
  DMIG_LOCK_SHARE, DMIG_LOCK_SHARE_ROW_EXCLUSIVE, DMIG_LOCK_ACCESS_EXCLUSIVE,
};

/* The dialect says it of tables and what they are made of; the planner of all else. */
static gboolean
of_objects(const DmigStep *step)
{
  return g_str_has_suffix(step->kind, "-object") || g_str_has_suffix(step->kind, "-facet");
}

/* Rows that were set aside come from a table that nobody but the plan knows, and that goes then. */
static DmigLock
lock_of(const DmigStep *step)
{
  gboolean back = g_str_equal(step->kind, "copy-rows") && step->lock == DMIG_LOCK_ROW_EXCLUSIVE;
  return back ? DMIG_LOCK_ACCESS_EXCLUSIVE : step->lock;
}

static void
run_step(const char *way, const DmigStep *step)
{
  pg_exec("CREATE TEMPORARY TABLE before AS SELECT oid, relfilenode FROM pg_class "
          "WHERE relnamespace = 'a'::regnamespace");
  pg_assert(dmig_postgres_driver.begin(pg, &pg_error));
  pg_exec(step->sql->str);
  DmigLock held = locks[pg_count(HELD)];
  gboolean rewritten = pg_count(REWRITTEN) > 0;
  pg_assert(dmig_postgres_driver.commit(pg, &pg_error));
  pg_exec("DROP TABLE before");
  if (held != lock_of(step) && !of_objects(step))
    fail_msg("%s: lock %s, not %s: %s", way, dmig_lock_name(held), dmig_lock_name(step->lock),
             step->sql->str);
  gboolean updates =
      strstr(step->sql->str, "UPDATE") != NULL || g_str_equal(step->kind, "copy-rows");
  if (rewritten != step->rewrites && !updates && !of_objects(step))
    fail_msg("%s: %s: %s", way, rewritten ? "rewrites" : "does not rewrite", step->sql->str);
}

/* --- the ways ---------------------------------------------------------------------------------- */

static void
assert_no_difference(const char *way, DmigSchema *is, DmigSchema *wanted)
{
  g_clear_pointer(&changes, dmig_changes_free);
  changes = dmig_diff(is, wanted, NULL);
  if (changes->items->len == 0)
    return;
  g_autofree char *first = dmig_change_to_text(g_ptr_array_index(changes->items, 0));
  fail_msg("%s: still to do: %s", way, first);
}

/* In transactions or without, as it says; fills at once, and not in batches. */
static void
run_online_step(const DmigStep *step)
{
  if (step->transactional)
    pg_assert(dmig_postgres_driver.begin(pg, &pg_error));
  pg_exec(step->sql->str);
  if (step->transactional)
    pg_assert(dmig_postgres_driver.commit(pg, &pg_error));
}

static gboolean
has_step(const char *kind)
{
  for (guint i = 0; i < plan->steps->len; i++)
    if (g_str_equal(((DmigStep *) g_ptr_array_index(plan->steps, i))->kind, kind))
      return TRUE;
  return FALSE;
}

static void
go_online(const Way *way, DmigSchema *from, DmigSchema *to)
{
  g_clear_pointer(&plan, dmig_plan_free);
  g_clear_pointer(&changes, dmig_changes_free);
  changes = dmig_diff(from, to, NULL);
  plan = dmig_plan_new_online(changes, NULL, &pg_error);
  pg_assert(plan != NULL);
  if (!has_step("swap-column"))
    fail_msg("%s: no column is swapped", way->name);
  for (guint i = 0; i < plan->steps->len; i++)
    run_online_step(g_ptr_array_index(plan->steps, i));
  assert_no_difference(way->name, pg_inspect(), to);
}

static void
go(const Way *way, DmigSchema *from, DmigSchema *to, gboolean reverse)
{
  g_clear_pointer(&plan, dmig_plan_free);
  g_clear_pointer(&changes, dmig_changes_free);
  g_clear_pointer(&transition, dmig_transition_free);
  transition = dmig_transition_new();
  transition->reverse = reverse;
  if (way->say != NULL)
    way->say(transition, reverse);
  changes = dmig_diff(from, to, transition);
  plan = dmig_plan_new(changes, transition, &pg_error);
  pg_assert(plan != NULL);
  for (guint i = 0; i < plan->steps->len; i++)
    run_step(way->name, g_ptr_array_index(plan->steps, i));
  assert_no_difference(way->name, pg_inspect(), to);
}

static void
walk(const Way *way, gboolean online)
{
  pg_exec("DROP SCHEMA IF EXISTS a CASCADE; CREATE SCHEMA a; SET search_path = a");
  pg_exec(way->to);
  DmigSchema *to = pg_inspect();
  pg_exec("DROP SCHEMA a CASCADE; CREATE SCHEMA a");
  pg_exec(way->from);
  DmigSchema *from = pg_inspect();
  pg_exec(way->rows);
  if (online)
    go_online(way, from, to);
  else
    go(way, from, to, FALSE);
  if (way->after != NULL && pg_count(way->after) == 0)
    fail_msg("%s: not so: %s", way->name, way->after);
  if (online)
    go_online(way, to, from);
  else
    go(way, to, from, TRUE);
}

static void
walk_all(const Way *ways, gsize n, gboolean online)
{
  for (gsize i = 0; i < n; i++)
    walk(&ways[i], online);
}
#define WALK(ways) walk_all(ways, G_N_ELEMENTS(ways), FALSE)

#define T "CREATE TABLE t (id integer PRIMARY KEY"
#define ROWS "INSERT INTO t (id) VALUES (1), (2), (3)"

static void
say_fills(DmigTransition *self, gboolean reverse)
{
  if (reverse)
    return;
  dmig_transition_add_fill(self, "t", "constant", "'it''s; a \"value\"'");
  dmig_transition_add_fill(self, "t", "same", "5");
  dmig_transition_add_fill(self, "t", "other", "7");
  dmig_transition_add_fill(self, "t", "computed", "id * 2");
  dmig_transition_add_fill(self, "t", "volatile", "gen_random_uuid()");
  dmig_transition_add_fill(self, "t", "optional", "now()");
  dmig_transition_add_fill(self, "t", "chosen", "(SELECT max(id) FROM t)");
}

static void
test_add_column(void **state)
{
  static const Way ways[] = {
    { "plain", T ")", ROWS, T ", a text, b integer DEFAULT 5, c text NOT NULL DEFAULT 'x''y', "
      "d timestamptz NOT NULL DEFAULT now(), e numeric(12,2) DEFAULT round(1.5, 1))", NULL,
      "SELECT count(*) FROM t WHERE a IS NULL AND b = 5 AND c = 'x''y' AND d IS NOT NULL" },
    { "rewriting", T ")", ROWS, T ", u uuid NOT NULL DEFAULT gen_random_uuid(), "
      "n bigint GENERATED ALWAYS AS IDENTITY, m integer GENERATED BY DEFAULT AS IDENTITY, "
      "g integer GENERATED ALWAYS AS (id * 2) STORED, r double precision DEFAULT random())", NULL,
      "SELECT count(*) FROM t WHERE n = 3 AND g = 6 AND m = 3" },
    { "filled", T ")", ROWS, T ", constant text NOT NULL, same integer NOT NULL DEFAULT 5, "
      "other integer NOT NULL DEFAULT 5, computed integer NOT NULL DEFAULT 1, volatile uuid "
      "NOT NULL, optional timestamptz, chosen integer)", say_fills,
      "SELECT count(*) FROM t WHERE constant = 'it''s; a \"value\"' AND same = 5 AND other = 7 AND "
      "computed = 6 AND optional IS NOT NULL AND chosen = 3" },
    { "odd names", "CREATE TABLE \"o\"\"t\"\"; 🦊\" (id integer)",
      "INSERT INTO \"o\"\"t\"\"; 🦊\" VALUES (1)",
      "CREATE TABLE \"o\"\"t\"\"; 🦊\" (id integer, \"or'der \"\"x\"\"\" text COLLATE \"C\" "
      "DEFAULT 'a', \"select\" integer, \"Position\" integer, \"position\" integer)", NULL, NULL },
  };
  WALK(ways);
}

static void
say_conversions(DmigTransition *self, gboolean reverse)
{
  dmig_transition_add_conversion(self, "t", "price", reverse ? "price / 100.0" : "price * 100");
  if (!reverse)
    dmig_transition_add_fill(self, "t", "needed", "'none'");
}

static void
test_alter_type(void **state)
{
#define A(columns) T ", " columns ")"
  static const Way ways[] = {
    { "no rewrite", A("a varchar(10), b numeric(5,2), c varchar(5) DEFAULT 'x', d text"), ROWS,
      A("a varchar(20), b numeric(9,2), c text DEFAULT 'y', d varchar"), NULL, NULL },
    { "rewrite", A("a integer, b text, c text DEFAULT '5', d integer DEFAULT 7"),
      "INSERT INTO t (id, a, b) VALUES (1, 10, '2024-02-29'), (2, NULL, NULL)",
      A("a bigint, b date, c integer DEFAULT 5, d text DEFAULT '7'"), NULL,
      "SELECT count(*) FROM t WHERE a = 10 AND b = '2024-02-29' AND c = 5 AND d = '7'" },
    { "default goes", A("a text DEFAULT 'x'"), ROWS, A("a varchar(4)"), NULL, NULL },
    { "default comes", A("a varchar(4)"), ROWS, A("a text DEFAULT 'x'"), NULL, NULL },
    { "collation", A("a text, b text COLLATE \"C\", c varchar(3) COLLATE \"POSIX\""), ROWS,
      A("a text COLLATE \"C\", b text, c varchar(5) COLLATE \"POSIX\""), NULL, NULL },
    { "stated", A("price numeric(8,2) DEFAULT 1.5, needed text"),
      "INSERT INTO t VALUES (1, 12.34, NULL), (2, 0.5, 'x')",
      A("price integer DEFAULT 150, needed varchar(10) NOT NULL DEFAULT 'd'"), say_conversions,
      "SELECT count(*) FROM t WHERE price = 1234 AND needed = 'none'" },
    { "dependents", A("a integer CHECK (a > 0), g integer GENERATED ALWAYS AS (a + 1) STORED UNIQUE"
      ", h integer GENERATED ALWAYS AS (id + 1) STORED); CREATE INDEX i ON t (a) WHERE a > 5; "
      "CREATE INDEX j ON t ((a + 1)); CREATE INDEX k ON t (g) INCLUDE (a); "
      "CREATE VIEW v AS SELECT a, g FROM t; CREATE VIEW w AS SELECT a FROM v; "
      "COMMENT ON COLUMN t.g IS 'computed'; COMMENT ON VIEW v IS 'seen'; SELECT (1"),
      "INSERT INTO t VALUES (1, 10)",
      A("a bigint CHECK (a > 0), g integer GENERATED ALWAYS AS (a + 1) STORED UNIQUE"
      ", h integer GENERATED ALWAYS AS (id + 1) STORED); CREATE INDEX i ON t (a) WHERE a > 5; "
      "CREATE INDEX j ON t ((a + 1)); CREATE INDEX k ON t (g) INCLUDE (a); "
      "CREATE VIEW v AS SELECT a, g FROM t; CREATE VIEW w AS SELECT a FROM v; "
      "COMMENT ON COLUMN t.g IS 'computed'; COMMENT ON VIEW v IS 'seen'; SELECT (1"), NULL,
      "SELECT count(*) FROM w WHERE a = 10" },
    { "both sides of a reference",
      "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p integer REFERENCES p)",
      "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)",
      "CREATE TABLE p (id varchar(20) PRIMARY KEY); CREATE TABLE c (p varchar(20) REFERENCES p)",
      NULL, "SELECT count(*) FROM c WHERE p = '1'" },
  };
  WALK(ways);
}

/* Through a second column, which the parts of the first follow. */
static void
test_alter_type_online(void **state)
{
#define HUNG(type, other)                                                                          \
  "CREATE TABLE t (a " type " NOT NULL, b " type ", c integer, PRIMARY KEY (a, b), UNIQUE (b, c), " \
  "CHECK (a < b)); CREATE INDEX i ON t (c, a DESC) INCLUDE (b) WHERE b > 5; COMMENT ON INDEX i IS "  \
  "'both'; CREATE TABLE u (a " type ", b " type ", FOREIGN KEY (a, b) REFERENCES t)" other
  static const Way ways[] = {
    { "parts of two columns that change", HUNG("integer", ""),
      "INSERT INTO t VALUES (1, 2, 3), (2, 7, 3); INSERT INTO u VALUES (2, 7), (NULL, NULL)",
      HUNG("bigint", ""), NULL, "SELECT count(*) FROM u JOIN t USING (a, b) WHERE b = 7 AND c = 3" },
    { "a table that goes refers to it",
      "CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE u (a integer REFERENCES t)",
      "INSERT INTO t VALUES (1); INSERT INTO u VALUES (1)", "CREATE TABLE t (a bigint PRIMARY KEY)",
      NULL, "SELECT count(*) FROM t WHERE a = 1" },
  };
  walk_all(ways, G_N_ELEMENTS(ways), TRUE);
}

static void
say_needed(DmigTransition *self, gboolean reverse)
{
  if (!reverse) {
    dmig_transition_add_fill(self, "t", "a", "'x' || id");
    dmig_transition_add_fill(self, "t", "p", "1");
  }
}

static void
test_not_null(void **state)
{
  static const Way ways[] = {
    { "filled", A("a text, b text NOT NULL DEFAULT 'x'"), ROWS, A("a text NOT NULL, b text"),
      say_needed, "SELECT count(*) FROM t WHERE a = 'x2'" },
    { "deferred", "CREATE TABLE q (id integer PRIMARY KEY); CREATE TABLE t (id integer PRIMARY "
      "KEY, p integer REFERENCES q DEFERRABLE INITIALLY DEFERRED)",
      "INSERT INTO q VALUES (1); INSERT INTO t VALUES (1, NULL)",
      "CREATE TABLE q (id integer PRIMARY KEY); CREATE TABLE t (id integer PRIMARY "
      "KEY, p integer NOT NULL REFERENCES q DEFERRABLE INITIALLY DEFERRED)", say_needed,
      "SELECT count(*) FROM t WHERE p = 1" },
  };
  WALK(ways);
}

static void
test_identity(void **state)
{
  static const Way ways[] = {
    { "comes", "CREATE TABLE t (id integer NOT NULL, n integer NOT NULL DEFAULT 5)",
      "INSERT INTO t VALUES (7), (-3)",
      "CREATE TABLE t (id integer NOT NULL GENERATED ALWAYS AS IDENTITY, n integer NOT NULL "
      "GENERATED BY DEFAULT AS IDENTITY)", NULL,
      "SELECT count(*) FROM t WHERE (SELECT nextval(pg_get_serial_sequence('t', 'id'))) = 8" },
    { "comes with NOT NULL", "CREATE TABLE \"T\" (\"Id\" smallint)",
      "INSERT INTO \"T\" VALUES (1)",
      "CREATE TABLE \"T\" (\"Id\" bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY)", NULL,
      "SELECT nextval(pg_get_serial_sequence('\"T\"', 'Id')) - 1" },
    { "changes", "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY)",
      "INSERT INTO t DEFAULT VALUES",
      "CREATE TABLE t (id bigint GENERATED BY DEFAULT AS IDENTITY)", NULL, NULL },
    { "goes for a default", "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY)",
      "INSERT INTO t DEFAULT VALUES", "CREATE TABLE t (id text DEFAULT 'x')", NULL, NULL },
    { "serial", "CREATE TABLE t (id serial PRIMARY KEY)", "INSERT INTO t DEFAULT VALUES",
      "CREATE TABLE t (id integer PRIMARY KEY)", NULL, NULL },
  };
  WALK(ways);
}

static void
test_generated(void **state)
{
#define G(expression) A("a integer, g integer GENERATED ALWAYS AS (" expression ") STORED, b text")
  static const Way ways[] = {
    { "forgets", G("a * 2"), "INSERT INTO t (id, a) VALUES (1, 4)", A("a integer, g integer, b text"),
      NULL, "SELECT count(*) FROM t WHERE g = 8" },
    { "forgets and more", G("a * 2"), "INSERT INTO t (id, a) VALUES (1, 4)",
      A("a integer, g text NOT NULL DEFAULT 'x', b text"), NULL,
      "SELECT count(*) FROM t WHERE g = '8'" },
    { "changes", G("a * 2"), "INSERT INTO t (id, a) VALUES (1, 4)", G("a * 3"), NULL,
      "SELECT count(*) FROM t WHERE g = 12" },
  };
  WALK(ways);
}

static void
test_constraints(void **state)
{
  static const Way ways[] = {
    { "all kinds", "CREATE TABLE p (id integer PRIMARY KEY, u integer, UNIQUE (u)); CREATE TABLE c "
      "(id integer, p integer, x integer)", "INSERT INTO p VALUES (1, 1); INSERT INTO c VALUES (1, 1, 1)",
      "CREATE TABLE p (id integer PRIMARY KEY, u integer, UNIQUE (u) DEFERRABLE); CREATE TABLE c "
      "(id integer PRIMARY KEY, p integer CONSTRAINT \"Fk ; x\" REFERENCES p ON DELETE CASCADE ON "
      "UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED, x integer CONSTRAINT \"x > 0\" CHECK (x > 0), "
      "UNIQUE (p, x))", NULL, NULL },
    { "renamed", T ", x integer, CONSTRAINT a CHECK (x > 0), CONSTRAINT b UNIQUE (x)); CREATE INDEX i ON t (x)",
      ROWS, T ", x integer, CONSTRAINT aa CHECK (x > 0), CONSTRAINT bb UNIQUE (x)); CREATE INDEX ii "
      "ON t (x)", NULL, NULL },
    { "another key", "CREATE TABLE p (id integer PRIMARY KEY, n integer NOT NULL UNIQUE); CREATE "
      "TABLE c (p integer REFERENCES p (id))", "INSERT INTO p VALUES (1, 2); INSERT INTO c VALUES (1)",
      "CREATE TABLE p (id integer NOT NULL UNIQUE, n integer PRIMARY KEY); CREATE "
      "TABLE c (p integer REFERENCES p (id))", NULL, NULL },
    { "a circle", "CREATE TABLE z (id integer)", "",
      "CREATE TABLE z (id integer); CREATE TABLE a (id integer PRIMARY KEY, b integer, s integer "
      "REFERENCES a); CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a); ALTER TABLE "
      "a ADD FOREIGN KEY (b) REFERENCES b", NULL, NULL },
  };
  WALK(ways);
}

static void
test_indexes(void **state)
{
  static const Way ways[] = {
    { "all kinds", A("a text, b jsonb, c integer, d text COLLATE \"C\""), ROWS,
      A("a text, b jsonb, c integer, d text COLLATE \"C\"); CREATE INDEX i1 ON t (a DESC, c NULLS "
      "FIRST); CREATE INDEX i2 ON t USING gin (b jsonb_path_ops); CREATE UNIQUE INDEX i3 ON t "
      "(lower(a)) INCLUDE (c, b) WHERE c > 0 AND a <> 'x'; CREATE INDEX i4 ON t (a text_pattern_ops,"
      " d COLLATE \"POSIX\", (c + 1) DESC NULLS LAST); CREATE INDEX i5 ON t USING hash (c); CREATE "
      "INDEX \"I 6\" ON t USING brin (c); COMMENT ON INDEX i1 IS 'first'; CREATE INDEX i7 ON t "
      "((a || d) COLLATE \"C\"); SELECT (1"), NULL, NULL },
  };
  WALK(ways);
}

static void
say_labels(DmigTransition *self, gboolean reverse)
{
  dmig_transition_map_label(self, "mood", NULL, NULL, reverse ? "glad" : "happy",
                            reverse ? "happy" : "glad");
}

static void
say_merge(DmigTransition *self, gboolean reverse)
{
  if (!reverse)
    dmig_transition_map_label(self, "mood", NULL, NULL, "sad", "ok");
}

static void
say_swap(DmigTransition *self, gboolean reverse)
{
  dmig_transition_map_label(self, "mood", NULL, NULL, "sad", "happy");
  dmig_transition_map_label(self, "mood", NULL, NULL, "happy", "sad");
}

static void
say_enum_rename(DmigTransition *self, gboolean reverse)
{
  dmig_transition_rename_enum(self, reverse ? "Odd mood" : "mood", reverse ? "mood" : "Odd mood");
}

static void
test_enums(void **state)
{
#define MOOD(labels) "CREATE TYPE mood AS ENUM (" labels "); "
#define M A("m mood NOT NULL DEFAULT 'ok', n mood[] DEFAULT '{ok}'")
  static const Way ways[] = {
    { "comes and goes", T ")", ROWS, "CREATE TYPE mood AS ENUM ('a', 'it''s', '🦊'); COMMENT ON TYPE "
      "mood IS 'felt'; " A("m mood DEFAULT 'a'"), NULL, NULL },
    { "labels are added", MOOD("'sad', 'ok'") M, ROWS,
      MOOD("'awful', 'bad', 'sad', 'so so', 'ok', 'happy', 'mad'") M, NULL, NULL },
    { "labels are renamed", MOOD("'sad', 'ok', 'happy'") M,
      "INSERT INTO t VALUES (1, 'happy', '{happy,sad}')", MOOD("'sad', 'ok', 'glad', 'new'") M,
      say_labels, "SELECT count(*) FROM t WHERE m = 'glad' AND n = '{glad,sad}'" },
    { "labels go and move", MOOD("'sad', 'ok', 'happy'") "COMMENT ON TYPE mood IS 'felt'; " M
      "; CREATE TABLE s (m mood)", "INSERT INTO t VALUES (1, 'sad', '{happy,sad,NULL}')",
      MOOD("'happy', 'ok'") "COMMENT ON TYPE mood IS 'felt'; " M "; CREATE TABLE s (m mood)",
      say_merge, "SELECT count(*) FROM t WHERE m = 'ok' AND n = '{happy,ok,NULL}'" },
    { "labels swap", MOOD("'sad', 'ok', 'happy'") M, "INSERT INTO t VALUES (1, 'sad', '{happy,sad}')",
      MOOD("'happy', 'sad', 'ok'") M, say_swap,
      "SELECT count(*) FROM t WHERE m = 'happy' AND n = '{sad,happy}'" },
    { "with dependents", MOOD("'sad', 'ok', 'happy'") A("m mood DEFAULT 'ok' CHECK (m <> 'sad')") ";"
      "CREATE INDEX i ON t (id) WHERE m = 'happy'; CREATE INDEX j ON t (m); CREATE VIEW v AS SELECT "
      "* FROM t WHERE m = 'ok'", "INSERT INTO t VALUES (1, 'ok')",
      MOOD("'happy', 'ok', 'sad'") A("m mood DEFAULT 'ok' CHECK (m <> 'sad')") ";"
      "CREATE INDEX i ON t (id) WHERE m = 'happy'; CREATE INDEX j ON t (m); CREATE VIEW v AS SELECT "
      "* FROM t WHERE m = 'ok'", NULL, "SELECT count(*) FROM v" },
    { "added and used", MOOD("'sad', 'ok'") M, ROWS, MOOD("'sad', 'ok', 'new'")
      A("m mood NOT NULL DEFAULT 'new', n mood[] DEFAULT '{ok}'"), NULL, NULL },
    { "renamed", MOOD("'sad', 'ok'") M, ROWS, "CREATE TYPE \"Odd mood\" AS ENUM ('sad', 'ok'); "
      A("m \"Odd mood\" NOT NULL DEFAULT 'ok', n \"Odd mood\"[] DEFAULT '{ok}'"),
      say_enum_rename, NULL },
    { "text", MOOD("'sad', 'ok'") A("m mood DEFAULT 'ok', x text DEFAULT 'sad'"),
      "INSERT INTO t VALUES (1, 'sad', 'ok')",
      MOOD("'sad', 'ok'") A("m varchar(10) DEFAULT 'ok', x mood DEFAULT 'sad'"), NULL,
      "SELECT count(*) FROM t WHERE m = 'sad' AND x = 'ok'" },
  };
  WALK(ways);
}

static void
say_renames(DmigTransition *self, gboolean reverse)
{
  dmig_transition_rename_table(self, reverse ? "the people" : "t", reverse ? "t" : "the people");
  dmig_transition_rename_column(self, reverse ? "t" : "the people", reverse ? "Name" : "name",
                                reverse ? "name" : "Name");
  dmig_transition_rename_view(self, reverse ? "w" : "v", reverse ? "v" : "w");
}

static void
test_renames_and_comments(void **state)
{
  static const Way ways[] = {
    { "renames", A("name text CHECK (name <> ''), UNIQUE (name)") "; CREATE INDEX i ON t (name) WHERE "
      "name <> 'x'; CREATE VIEW v AS SELECT name FROM t", "INSERT INTO t VALUES (1, 'a')",
      "CREATE TABLE \"the people\" (id integer CONSTRAINT t_pkey PRIMARY KEY, \"Name\" text "
      "CONSTRAINT n CHECK (\"Name\" <> ''), CONSTRAINT u UNIQUE (\"Name\")); CREATE INDEX i ON "
      "\"the people\" (\"Name\") WHERE \"Name\" <> 'x'; CREATE VIEW w AS SELECT \"Name\" FROM "
      "\"the people\"", say_renames, "SELECT count(*) FROM w" },
    { "comments", MOOD("'a'") A("a text") "; CREATE VIEW v AS SELECT 1 AS one; COMMENT ON COLUMN t.id "
      "IS 'gone'", ROWS, MOOD("'a'") A("a text") "; CREATE VIEW v AS SELECT 1 AS one; COMMENT ON TABLE t "
      "IS 'it''s \\ 🦊'; COMMENT ON COLUMN t.a IS 'a; \"b\"'; COMMENT ON VIEW v IS 'one'; COMMENT ON "
      "TYPE mood IS 'm'", NULL, NULL },
    { "whole tables", "CREATE TABLE gone (a integer PRIMARY KEY, b text); CREATE INDEX i ON gone (b); "
      "CREATE TABLE other (g integer REFERENCES gone)", "INSERT INTO gone VALUES (1, 'x')",
      "CREATE TABLE fresh (a integer PRIMARY KEY, b text DEFAULT 'x' COLLATE \"C\"); CREATE INDEX i "
      "ON fresh (b); COMMENT ON TABLE fresh IS 'new'; COMMENT ON COLUMN fresh.a IS 'key'; COMMENT ON "
      "INDEX i IS 'by b'; CREATE TABLE other (g integer REFERENCES fresh)", NULL, NULL },
  };
  WALK(ways);
}

static void
test_facets(void **state)
{
  static const Way ways[] = {
    { "of tables", T ", a text)", ROWS,
      "CREATE UNLOGGED TABLE t (id integer PRIMARY KEY, a text) WITH (fillfactor = 70, "
      "toast.autovacuum_enabled = off); CREATE UNIQUE INDEX i ON t (id) WITH (fillfactor = 40); ALTER "
      "TABLE t REPLICA IDENTITY USING INDEX i; ALTER TABLE t CLUSTER ON i; ALTER TABLE t ENABLE ROW "
      "LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY", NULL, NULL },
    { "of tables, others",
      T ", a text) WITH (fillfactor = 50, autovacuum_enabled = off); ALTER TABLE t REPLICA IDENTITY FULL; "
      "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE INDEX i ON t (a) WITH (fillfactor = 40); ALTER "
      "TABLE t CLUSTER ON t_pkey", ROWS,
      T ", a text) WITH (fillfactor = 60, vacuum_truncate = off); ALTER TABLE t REPLICA IDENTITY NOTHING; "
      "ALTER TABLE t FORCE ROW LEVEL SECURITY; CREATE INDEX i ON t (a) WITH (fillfactor = 50); ALTER TABLE "
      "t CLUSTER ON i", NULL, NULL },
    { "of columns", T ", a text, b text DEFAULT 'x', c varchar(9))", ROWS,
      T ", a text COMPRESSION pglz, b text DEFAULT 'x', c varchar(12)); ALTER TABLE t ALTER a SET "
      "STORAGE EXTERNAL, ALTER b SET STATISTICS 7, ALTER b SET (n_distinct = -0.5), ALTER c SET STORAGE "
      "MAIN", NULL, NULL },
    { "of a type", "CREATE TYPE pair AS (a integer, b text); CREATE TABLE t (a integer, b text)",
      "INSERT INTO t VALUES (1)",
      "CREATE TYPE pair AS (a integer, b text); CREATE TABLE t OF pair", NULL, NULL },
    { "a new column", T ")", ROWS, T ", a text COMPRESSION pglz); ALTER TABLE t ALTER a SET STATISTICS 3; "
      "COMMENT ON COLUMN t.a IS 'new'", NULL, NULL },
  };
  WALK(ways);
}

static void
test_odd_constraints(void **state)
{
  static const Way ways[] = {
    { "come", T ", a integer, b integer)", "INSERT INTO t VALUES (1, 1, 1)",
      T ", a integer, b integer, CONSTRAINT n CHECK (a > 0) NO INHERIT, CONSTRAINT x EXCLUDE USING gist "
      "(int4range(a, b) WITH &&) WHERE (a > 1), CONSTRAINT u UNIQUE (a) INCLUDE (b) WITH (fillfactor = "
      "50), CONSTRAINT k UNIQUE (a, b)); ALTER TABLE t ADD CONSTRAINT v CHECK (b > 0) NOT VALID, ADD "
      "CONSTRAINT f FOREIGN KEY (a, b) REFERENCES t (a, b) MATCH FULL NOT VALID; COMMENT ON CONSTRAINT "
      "v ON t IS 'it''s'", NULL, NULL },
    { "are validated", T ", a integer); ALTER TABLE t ADD CONSTRAINT v CHECK (a > 0) NOT VALID, ADD "
      "CONSTRAINT f FOREIGN KEY (a) REFERENCES t NOT VALID", "INSERT INTO t VALUES (1, 1)",
      T ", a integer CONSTRAINT v CHECK (a > 0) CONSTRAINT f REFERENCES t)", NULL, NULL },
    { "are of new tables", T ")", ROWS,
      T "); CREATE TABLE s (a integer); ALTER TABLE s ADD CONSTRAINT v CHECK (a > 0) NOT VALID; COMMENT ON "
      "CONSTRAINT v ON s IS 'v'", NULL, NULL },
  };
  WALK(ways);
}

static void
test_identity_options(void **state)
{
  static const Way ways[] = {
    { "change", "CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY (START WITH 30 MAXVALUE 90 CYCLE "
      "CACHE 5), b integer GENERATED ALWAYS AS IDENTITY)", "INSERT INTO t DEFAULT VALUES",
      "CREATE TABLE t (a bigint GENERATED BY DEFAULT AS IDENTITY (START WITH 3 INCREMENT BY 2 MINVALUE 2 "
      "MAXVALUE 9), b integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME odd))", NULL, NULL },
    { "come", "CREATE TABLE t (a bigint NOT NULL)", "INSERT INTO t VALUES (12)",
      "CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5))", NULL,
      "SELECT count(*) FROM t WHERE (SELECT nextval(pg_get_serial_sequence('t', 'a'))) = 17" },
  };
  WALK(ways);
}

#define P "CREATE TABLE p (id integer NOT NULL, d date NOT NULL, k text"
#define P1 "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); "
#define P2 "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2021-01-01') TO ('2022-01-01'); "

static void
test_partitions(void **state)
{
  static const Way ways[] = {
    { "come", T ")", ROWS, T "); " P ", PRIMARY KEY (id, d)) PARTITION BY RANGE (d); " P1
      "CREATE TABLE p3 PARTITION OF p DEFAULT PARTITION BY HASH (id); CREATE TABLE p4 PARTITION OF p3 FOR "
      "VALUES WITH (MODULUS 1, REMAINDER 0); CREATE INDEX i ON p (k); CREATE TABLE r (a integer, b date, "
      "FOREIGN KEY (a, b) REFERENCES p)", NULL, NULL },
    { "get another", P ") PARTITION BY RANGE (d); " P1, "INSERT INTO p VALUES (1, '2020-05-05')",
      P ") PARTITION BY RANGE (d); " P1 P2, NULL, "SELECT count(*) FROM p" },
    { "get indexes and keys", P ") PARTITION BY RANGE (d); " P1 P2,
      "INSERT INTO p VALUES (1, '2020-05-05')",
      P ", PRIMARY KEY (d, id), CHECK (id > 0)) PARTITION BY RANGE (d); " P1 P2 "CREATE INDEX i ON p (k); "
      "CREATE UNIQUE INDEX j ON p (d, k)", NULL, "SELECT count(*) FROM p WHERE id = 1" },
    { "get columns", P ") PARTITION BY RANGE (d); " P1, "INSERT INTO p VALUES (1, '2020-05-05')",
      P ", n bigint DEFAULT 5 NOT NULL) PARTITION BY RANGE (d); " P1 "ALTER TABLE p1 ALTER n SET DEFAULT 6",
      NULL, "SELECT count(*) FROM p WHERE n = 5" },
  };
  WALK(ways);
}

static void
test_children(void **state)
{
  static const Way ways[] = {
    { "come", T ", a integer DEFAULT 1, CHECK (a > 0))", ROWS,
      T ", a integer DEFAULT 1, CHECK (a > 0)); CREATE TABLE c (b integer) INHERITS (t); ALTER TABLE c ALTER "
      "a SET DEFAULT 2", NULL, NULL },
    { "follow", T ", a integer); CREATE TABLE c (b integer) INHERITS (t)",
      "INSERT INTO c VALUES (1, 2, 3)",
      T ", a bigint NOT NULL DEFAULT 4, n text, CHECK (a > 0)); CREATE TABLE c (b integer) INHERITS (t)",
      NULL, "SELECT count(*) FROM t WHERE a = 2" },
    { "leave", T ", a integer); CREATE TABLE c (id integer NOT NULL, a integer, b integer); ALTER TABLE c "
      "INHERIT t", "INSERT INTO c VALUES (1, 2, 3)",
      T ", a integer); CREATE TABLE c (id integer NOT NULL, a integer, b integer)", NULL,
      "SELECT count(*) FROM c WHERE a = 2" },
    { "have other checks", T ", a integer, CHECK (a > 1)); CREATE TABLE c () INHERITS (t)",
      "INSERT INTO c VALUES (1, 2)",
      T ", a integer, CHECK (a > 0)); CREATE TABLE c () INHERITS (t)", NULL, NULL },
    { "are valid where their parent is not", T ", a integer, CONSTRAINT w CHECK (a > 1)); CREATE TABLE c () "
      "INHERITS (t)", "INSERT INTO c VALUES (1, 2)",
      T ", a integer); ALTER TABLE t ADD CONSTRAINT v CHECK (a > 0) NOT VALID, ADD CONSTRAINT w CHECK (a > "
      "0) NOT VALID; CREATE TABLE c () INHERITS (t); ALTER TABLE c VALIDATE CONSTRAINT v; ALTER TABLE c "
      "VALIDATE CONSTRAINT w", NULL, NULL },
    { "say nothing more of what their parent says", T ", a integer); CREATE TABLE c (n text UNIQUE, a integer "
      "PRIMARY KEY) INHERITS (t); CREATE TABLE g (b integer) INHERITS (c); CREATE TABLE r (a integer "
      "REFERENCES c); CREATE VIEW v AS SELECT n FROM c; COMMENT ON COLUMN c.n IS 'a note'",
      "INSERT INTO c VALUES (1, 2, 'y'); INSERT INTO g VALUES (1, 3, 'x', 4); INSERT INTO r VALUES (2)",
      T ", a integer NOT NULL, n text); CREATE TABLE c (UNIQUE (n), PRIMARY KEY (a)) INHERITS (t); CREATE "
      "TABLE g (b integer) INHERITS (c); CREATE TABLE r (a integer REFERENCES c); CREATE VIEW v AS SELECT n "
      "FROM c; COMMENT ON COLUMN c.n IS 'a note'", NULL,
      "SELECT count(*) FROM t WHERE a = 3 AND n = 'x'" },
    { "say it too", T ", a varchar(9), f integer GENERATED ALWAYS AS (id * 2) STORED, CONSTRAINT k CHECK (id > "
      "0)); CREATE TABLE c () INHERITS (t); CREATE TABLE g (b integer) INHERITS (c)",
      "INSERT INTO g VALUES (1, 'x', DEFAULT, 5)",
      T ", a varchar(9), f integer GENERATED ALWAYS AS (id * 2) STORED, CONSTRAINT k CHECK (id > 0)); CREATE "
      "TABLE c (a varchar(9), f integer, CONSTRAINT k CHECK (id > 0)) INHERITS (t); CREATE TABLE g (b "
      "integer) INHERITS (c)", NULL, "SELECT count(*) FROM t WHERE a = 'x' AND f = 2" },
    { "keep a column of another type", T ", a bigint); CREATE TABLE c () INHERITS (t)",
      "INSERT INTO c VALUES (1, 2)", T "); CREATE TABLE c (a integer) INHERITS (t)", NULL,
      "SELECT count(*) FROM c WHERE a = 2" },
    { "become partitions", P ") PARTITION BY RANGE (d); CREATE TABLE h (d date NOT NULL); CREATE TABLE c (id "
      "integer NOT NULL, k text) INHERITS (h)", "INSERT INTO h VALUES ('2020-05-05')",
      P ") PARTITION BY RANGE (d); CREATE TABLE h (d date NOT NULL); CREATE TABLE c PARTITION OF p DEFAULT",
      NULL, NULL },
  };
  WALK(ways);
}

int
main(void)
{
#define SPELL_TEST(name) cmocka_unit_test_setup_teardown(name, pg_setup, teardown)
  const struct CMUnitTest tests[] = {
    SPELL_TEST(test_add_column),  SPELL_TEST(test_alter_type),
    SPELL_TEST(test_not_null),    SPELL_TEST(test_identity),
    SPELL_TEST(test_generated),   SPELL_TEST(test_constraints),
    SPELL_TEST(test_indexes),     SPELL_TEST(test_enums),
    SPELL_TEST(test_renames_and_comments), SPELL_TEST(test_facets),
    SPELL_TEST(test_odd_constraints),      SPELL_TEST(test_identity_options),
    SPELL_TEST(test_partitions),           SPELL_TEST(test_children),
    SPELL_TEST(test_alter_type_online),
  };
  return PG_MAIN("postgres_spell", tests);
}
