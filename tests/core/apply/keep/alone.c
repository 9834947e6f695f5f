/* Keeping what one database alone has. */
#include "tests/core/apply/keep/keep_case.h"

#include "core/apply/tracking/tracking.h"

static void
test_sqlite_keeps_storage_classes_and_rowids(void **state)
{
  Keep *self = *state;
  if (!on_sqlite())
    return;
  between(self, "CREATE TABLE d (a, b integer, c text);\nCREATE TABLE c (id integer PRIMARY KEY, v);",
          "CREATE TABLE c (id integer PRIMARY KEY);");
  fixture_exec(self->db,
               "INSERT INTO d (rowid, a, b, c) VALUES (-5, 1, 'x', 2), (7, '1', 3, x'00ff'), "
               "(9, 1.0, NULL, 'a' || char(0) || 'b'), (10, 9e999, -9223372036854775808, '');\n"
               "INSERT INTO c VALUES (1, 1), (2, '1'), (3, 1.0), (4, x'31'), (5, NULL);");
  g_autofree char *was = fixture_value(
      self->db, "SELECT group_concat(rowid || typeof(a) || quote(a) || typeof(b) || quote(b) || "
                "typeof(c) || hex(c)) FROM d");
  run(self, self->up);
  run(self, self->down);
  assert_rows(self,
              "SELECT group_concat(rowid || typeof(a) || quote(a) || typeof(b) || quote(b) || "
              "typeof(c) || hex(c)) FROM d",
              was);
  assert_rows(self, "SELECT typeof(v) FROM c ORDER BY id", "integer;text;real;blob;null");
}

static void
test_sqlite_conflict_clauses_take_nothing_away(void **state)
{
  Keep *self = *state;
  if (!on_sqlite())
    return;
  between(self,
          "CREATE TABLE c (id integer PRIMARY KEY, v integer, UNIQUE (v) ON CONFLICT REPLACE);",
          "CREATE TABLE c (id integer PRIMARY KEY);");
  fixture_exec(self->db, "INSERT INTO c VALUES (1, 1), (2, 2);");
  run(self, self->up);
  run(self, self->down);
  assert_rows(self, "SELECT id, v FROM c ORDER BY id", "1,1;2,2");
}

/* Such a table has no number of its rows to go by. */
static void
test_sqlite_a_part_of_a_key_without_rowid(void **state)
{
  Keep *self = *state;
  if (!on_sqlite())
    return;
  between(self,
          "CREATE TABLE c (k text, \"the day\" text, n integer, PRIMARY KEY (k, \"the day\")) "
          "WITHOUT ROWID;",
          "CREATE TABLE c (k text PRIMARY KEY, n integer) WITHOUT ROWID;");
  fixture_exec(self->db, "INSERT INTO c VALUES ('a', 'x', 1), ('b', 'y', 2);");
  run(self, self->up);
  run(self, self->down);
  assert_rows(self, "SELECT * FROM c ORDER BY k", "a,x,1;b,y,2");
}

static void
test_postgresql_types_of_all_kinds(void **state)
{
  Keep *self = *state;
  if (on_sqlite())
    return;
  const char *types = "CREATE TYPE e AS ENUM ('a', 'b'); CREATE DOMAIN d AS numeric CHECK (VALUE > 0); "
                      "CREATE TYPE r AS (x integer, y text); CREATE TABLE k (id integer PRIMARY KEY);";
  g_autofree char *before = g_strconcat(
      types,
      "CREATE TABLE c (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, j json, jb jsonb, b bytea, "
      "a integer[], t text[], f double precision, n numeric, ts timestamptz, iv interval, rg int4range, "
      "ee e, ea e[], dd d, rr r, p point, cls regclass, bp character(5), x xml, m money);"
      "CREATE TABLE s (id serial PRIMARY KEY, v e);",
      NULL);
  g_autofree char *after = g_strconcat(types, "CREATE TABLE s (id serial PRIMARY KEY);", NULL);
  between(self, before, after);
  fixture_exec(
      self->db,
      "INSERT INTO c (j, jb, b, a, t, f, n, ts, iv, rg, ee, ea, dd, rr, p, cls, bp, x, m) VALUES "
      "('{\"b\": 1,  \"a\":2}', '{\"b\": 1}', '\\x00ff5c', '{1,NULL,3}', '{\"a,b\",\"\",NULL}', 'NaN', "
      "'Infinity', '2001-02-03 04:05:06.789+02', '1 year 2 days', '[1,5)', 'b', '{a,b}', 1.50, "
      "'(1,\"x,\"\"y\")', '(1,2)', 'k', 'ab', '<a>1</a>', 12.34), "
      "(NULL, NULL, '', '{}', '{}', '-Infinity', 0.10, 'infinity', NULL, 'empty', NULL, NULL, NULL, NULL, "
      "NULL, NULL, '', NULL, NULL);"
      "INSERT INTO s (v) SELECT 'a' FROM generate_series(1, 3);");
  g_autofree char *was = fixture_value(self->db, "SELECT string_agg(c::text, ';' ORDER BY id) FROM c");
  run(self, self->up);
  /* Texts of values must not depend on who asks for them. */
  fixture_exec(self->db, "SET DateStyle = 'SQL, DMY'; SET IntervalStyle = 'sql_standard'; "
                         "SET extra_float_digits = -10; SET bytea_output = escape;");
  run(self, self->down);
  fixture_exec(self->db, "RESET ALL;");
  assert_rows(self, "SELECT string_agg(c::text, ';' ORDER BY id) FROM c", was);
  assert_rows(self, "SELECT id, v FROM s ORDER BY id", "1,a;2,a;3,a");
  fixture_exec(self->db, "INSERT INTO c (n) VALUES (1);");
  assert_rows(self, "SELECT max(id) FROM c", "3");
  assert_rows(self, "SELECT attidentity FROM pg_attribute WHERE attrelid = 'c'::regclass AND "
                    "attname = 'id'", "a");
}

static void
test_postgresql_partitions_and_children(void **state)
{
  Keep *self = *state;
  if (on_sqlite())
    return;
  between(self,
          "CREATE TABLE p (id integer, at integer, v text, w text, PRIMARY KEY (id, at)) PARTITION BY "
          "RANGE (at); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); "
          "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20); "
          "CREATE TABLE q (id integer PRIMARY KEY, v text) PARTITION BY LIST (id); "
          "CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1); CREATE TABLE q2 PARTITION OF q DEFAULT; "
          "CREATE TABLE i (id integer PRIMARY KEY, v text); CREATE TABLE i1 (n integer) INHERITS (i);",
          "CREATE TABLE p (id integer, at integer, w text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
          "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); "
          "CREATE TABLE i (id integer PRIMARY KEY); CREATE TABLE i1 (n integer) INHERITS (i);");
  fixture_exec(self->db, "INSERT INTO p VALUES (1, 1, 'a', 'A'), (2, 11, 'b', 'B'), (3, 2, NULL, 'C'); "
                         "INSERT INTO q VALUES (1, 'x'), (2, 'y'); "
                         "INSERT INTO i VALUES (1, 'x'), (2, 'y'); INSERT INTO i1 VALUES (1, 'z', 5);");
  run(self, self->up);
  run(self, self->down);
  assert_rows(self, "SELECT id, at, v, w, tableoid::regclass FROM p ORDER BY id",
              "1,1,a,A,p1;2,11,b,B,p2;3,2,-,C,p1");
  assert_rows(self, "SELECT id, v, tableoid::regclass FROM q ORDER BY id", "1,x,q1;2,y,q2");
  assert_rows(self, "SELECT id, v, tableoid::regclass FROM i ORDER BY v", "1,x,i;2,y,i;1,z,i1");
}

static void
test_postgresql_row_security(void **state)
{
  Keep *self = *state;
  if (on_sqlite())
    return;
  const char *policy = "ALTER TABLE c ENABLE ROW LEVEL SECURITY; ALTER TABLE c FORCE ROW LEVEL SECURITY; "
                       "CREATE POLICY own ON c USING (id > 1);";
  g_autofree char *before =
      g_strconcat("CREATE TABLE c (id integer PRIMARY KEY, v text);", policy, NULL);
  g_autofree char *after = g_strconcat("CREATE TABLE c (id integer PRIMARY KEY);", policy, NULL);
  between(self, before, after);
  fixture_exec(self->db,
               "DO $$ BEGIN CREATE ROLE keep_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
               "INSERT INTO c VALUES (1, 'a'), (2, 'b'); ALTER TABLE c OWNER TO keep_owner; "
               "GRANT ALL ON SCHEMA public, dmig TO keep_owner; "
               "GRANT ALL ON ALL TABLES IN SCHEMA dmig TO keep_owner; SET ROLE keep_owner;");
  run(self, self->up);
  assert_kept(self, "column,c.v,upgrade,2,waits");
  run(self, self->down);
  fixture_exec(self->db, "RESET ROLE;");
  assert_rows(self, "SELECT id, v FROM c ORDER BY id", "1,a;2,b");
  assert_rows(self, "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'c'", "t");
}

static void
test_postgresql_deferred_keys_and_default_privileges(void **state)
{
  Keep *self = *state;
  if (on_sqlite())
    return;
  between(self,
          "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (id integer PRIMARY KEY, p integer "
          "REFERENCES p DEFERRABLE INITIALLY DEFERRED, self integer REFERENCES c DEFERRABLE INITIALLY "
          "DEFERRED); COMMENT ON TABLE c IS 'x'; CREATE INDEX ON c (p);",
          "CREATE TABLE p (id integer PRIMARY KEY);");
  fixture_exec(self->db,
               "DO $$ BEGIN CREATE ROLE keep_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
               "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1, 2), (2, 1, 1); "
               "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO keep_reader, PUBLIC;");
  run(self, self->up);
  assert_rows(self, "SELECT has_table_privilege('keep_reader', 'dmig.kept_1', 'select')", "f");
  fixture_exec(self->db, "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM keep_reader, PUBLIC;");
  run(self, self->down);
  assert_rows(self, "SELECT id, p, self FROM c ORDER BY id", "1,1,2;2,1,1");
}

int
main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    KEEP(test_sqlite_keeps_storage_classes_and_rowids),
    KEEP(test_sqlite_conflict_clauses_take_nothing_away),
    KEEP(test_sqlite_a_part_of_a_key_without_rowid),
    KEEP(test_postgresql_types_of_all_kinds),
    KEEP(test_postgresql_partitions_and_children),
    KEEP(test_postgresql_row_security),
    KEEP(test_postgresql_deferred_keys_and_default_privileges),
  };
  return FIXTURE_MAIN(argc, argv, tests);
}
