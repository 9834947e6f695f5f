/* Storage, constraints and families of tables, as statements. */
#include "tests/core/domain/lower_statements.h"

#include <string.h>

static void
test_storage(void **state)
{
  MAKES(ENTITY "    unlogged: true\n"
               "    with: {fillfactor: 70, toast.x: 'A b'}\n"
               "    access_method: heap2\n"
               "    replica_identity: users_age_idx\n"
               "    indexes: [{fields: [age], unique: true, cluster: true, statistics: {1: 5},"
               " with: {fillfactor: 60}}]\n",
        "CREATE UNLOGGED TABLE auth.users (", "USING heap2 WITH (fillfactor = 70, toast.x = 'A b')",
        "said = with fillfactor\nALTER TABLE auth.users SET (fillfactor = 70);\n"
        "undo: ALTER TABLE auth.users RESET (fillfactor);\n",
        "late = replica identity\nALTER TABLE ONLY auth.users REPLICA IDENTITY USING INDEX"
        " users_age_idx;\n",
        "late = cluster\nALTER TABLE auth.users CLUSTER ON users_age_idx;\n",
        "CREATE UNIQUE INDEX users_age_idx ON auth.users (age) WITH (fillfactor = 60);\n",
        "ALTER INDEX auth.users_age_idx ALTER COLUMN 1 SET STATISTICS 5;\n");
  MAKES("entities: {A: {fields: {t: {type: text, storage: external, compression: lz4,"
        " statistics: 9, with: {n_distinct: 5}}}}}",
        "ALTER TABLE ONLY a ALTER COLUMN t SET STORAGE EXTERNAL;\n",
        "ALTER TABLE ONLY a ALTER COLUMN t SET COMPRESSION lz4;\n",
        "ALTER TABLE ONLY a ALTER COLUMN t SET STATISTICS 9;\n",
        "ALTER TABLE ONLY a ALTER COLUMN t SET (n_distinct = 5);\n"
        "undo: ALTER TABLE ONLY a ALTER COLUMN t RESET (n_distinct);\n");
}

static void
test_constraints(void **state)
{
  MAKES("entities:\n"
        "  A:\n"
        "    fields: {a: integer, b: integer, c: text}\n"
        "    primary: {fields: [a], name: 'the key', deferrable: deferred, include: [c]}\n"
        "    unique: [{fields: [b], nulls_not_distinct: true, include: [c], description: d}]\n"
        "    checks: {low: {sql: b < 9, no_inherit: true, not_valid: true}}\n"
        "    exclude: {apart: using gist (b with =)}\n"
        "  B:\n"
        "    fields: {a: {references: A, constraint: whose, on_delete: {set_null: a}}, x: integer}\n"
        "    foreign: [{fields: [x], references: A, match: full, not_valid: true}]\n",
        "CONSTRAINT \"the key\" PRIMARY KEY (a) INCLUDE (c) DEFERRABLE INITIALLY DEFERRED",
        "CONSTRAINT a_b_key UNIQUE NULLS NOT DISTINCT (b) INCLUDE (c)",
        "COMMENT ON CONSTRAINT a_b_key ON a IS 'd';\n",
        "said = not valid\nALTER TABLE a DROP CONSTRAINT low;\n"
        "ALTER TABLE a ADD CONSTRAINT low CHECK (b < 9) NO INHERIT NOT VALID;\n"
        "undo: ALTER TABLE a VALIDATE CONSTRAINT low;\n",
        "CONSTRAINT apart EXCLUDE using gist (b with =)",
        "CONSTRAINT whose FOREIGN KEY (a) REFERENCES a(a) ON DELETE SET NULL (a)",
        "FOREIGN KEY (x) REFERENCES a(a) MATCH FULL NOT VALID;\n");
}

#define PARTED HEAD                                                                               \
  "entities:\n"                                                                                   \
  "  Event:\n"                                                                                    \
  "    fields: {id: bigint required, day: date required}\n"                                       \
  "    partition_by: range (id)\n"                                                                \
  "    unique: [{fields: [id], name: ids}]\n"                                                     \
  "    indexes:\n"                                                                                \
  "      - {fields: [id], unique: true, name: uids}\n"                                            \
  "      - {fields: [day], name: days, only: true}\n"                                             \
  "      - {fields: [day], name: days2}\n"

/* Which of a partition's indexes and keys belongs to which of its whole's. */
static void
test_attachments(void **state)
{
  Fixture *self = *state;
  const DmigDomain *domain = read_domain(
      self, PARTED "    partitions:\n"
                   "      p:\n"
                   "        values: default\n"
                   "        primary: {fields: [id], name: p_pk, part_of: uids}\n"
                   "        indexes:\n"
                   "          - {fields: [day], name: other}\n"
                   "          - {fields: [day], name: \"mi\\\"ne\", part_of: days}\n"
                   "      q: from (1) to (2)\n");
  g_autoptr(DmigSchema) schema = dmig_domain_lower(domain, &rich, self->diagnostics);
  assert_clean(self);
  DmigTable *p = dmig_schema_table(schema, "p"), *q = dmig_schema_table(schema, "q");
  const char *facet = "partition of index";
  assert_string_equal(dmig_facets_value(dmig_table_primary_key(p)->facets, facet), "uids");
  assert_string_equal(dmig_facets_value(dmig_table_index(p, "mi\"ne")->facets, facet), "days");
  assert_string_equal(dmig_facets_value(dmig_table_index(p, "other")->facets, facet), "days2");
  assert_int_equal(p->indexes->len, 2);
  assert_int_equal(q->indexes->len, 2);
  assert_int_equal(q->constraints->len, 1);
  assert_string_equal(dmig_facets_value(dmig_table_index(q, "q_day_idx")->facets, facet), "days2");
}

static void
test_unknown_part(void **state)
{
  Fixture *self = *state;
  const DmigDomain *domain = read_domain(
      self, PARTED "    partitions: {p: {values: default, indexes: [{fields: [day], part_of: no}]}}\n");
  assert_clean(self);
  dmig_schema_unref(dmig_domain_lower(domain, &rich, self->diagnostics));
  assert_int_equal(dmig_diagnostics_length(self->diagnostics), 1);
  const DmigDiagnostic *diagnostic = dmig_diagnostics_get(self->diagnostics, 0);
  assert_string_equal(diagnostic->rule, "unknown-index");
  assert_string_equal(diagnostic->message,
                      "p: 'no' is no index or key of what it is a partition of");
}

static void
test_states_of_partitions(void **state)
{
  MAKES("entities:\n"
        "  Event:\n"
        "    fields: {id: integer}\n"
        "    partition_by: range (id)\n"
        "    partitions: {\"o'\\\"ld\": default}\n"
        "    triggers:\n"
        "      t: {timing: after, events: insert, function: f, partitions: {\"o'\\\"ld\": always}}\n",
        "late = enabled on o'\"ld\nALTER TABLE \"o'\"\"ld\" ENABLE ALWAYS TRIGGER t;\n"
        "undo: ALTER TABLE \"o'\"\"ld\" ENABLE TRIGGER t;\n");
}

static void
test_columns_of_views(void **state)
{
  MAKES("views:\n"
        "  V:\n"
        "    sql: SELECT 1 AS a, 2 AS \"grant to b\"\n"
        "    fields: {a: {default: 1 + 1, description: it's}, grant to b: B}\n"
        "  M: {sql: SELECT 1 AS a, materialized: true, fields: {a: {statistics: 7, with: {n_distinct: 5}}}}\n",
        "= column a default\nALTER VIEW v ALTER COLUMN a SET DEFAULT 1 + 1;\n"
        "undo: ALTER VIEW v ALTER COLUMN a DROP DEFAULT;\n",
        "= column a comment\nCOMMENT ON COLUMN v.a IS 'it''s';\n",
        "= column grant to b comment\nCOMMENT ON COLUMN v.\"grant to b\" IS 'B';\n",
        "ALTER MATERIALIZED VIEW m ALTER COLUMN a SET STATISTICS 7;\n",
        "ALTER MATERIALIZED VIEW m ALTER COLUMN a SET (n_distinct=5);\n"
        "undo: ALTER MATERIALIZED VIEW m ALTER COLUMN a RESET (n_distinct);\n");
}

static void
test_comments_of_indexes(void **state)
{
  MAKES("entities:\n"
        "  A:\n"
        "    fields: {id: integer primary, b: integer}\n"
        "    primary: {description: key, index_description: index}\n"
        "    exclude: {e: {sql: using btree (b with =), index_description: other}}\n",
        "COMMENT ON CONSTRAINT a_pkey ON a IS 'key';\n",
        "= index comment\nCOMMENT ON INDEX a_pkey IS 'index';\nundo: COMMENT ON INDEX a_pkey IS NULL;\n",
        "= index comment\nCOMMENT ON INDEX e IS 'other';\n");
}

static void
test_partitions(void **state)
{
  MAKES("entities:\n"
        "  Event:\n"
        "    schema: log\n"
        "    fields: {id: bigint identity, day: date required}\n"
        "    primary: [id, day]\n"
        "    checks: {late: day > '2000-01-01'}\n"
        "    indexes: [[day]]\n"
        "    partition_by: range(day)\n"
        "    partitions:\n"
        "      old: {values: from (minvalue) to ('2020-01-01'), schema: archive}\n"
        "      new:\n"
        "        values: from ('2020-01-01') to (maxvalue)\n"
        "        partition_by: hash (id)\n"
        "        partitions: {new_0: 'with (modulus 1, remainder 0)'}\n"
        "  Rest: {partition_of: Event, values: DEFAULT, indexes: [{fields: [day], name: mine}]}\n",
        "PARTITION BY RANGE (day);\n", "CREATE INDEX event_day_idx ON ONLY log.event (day);\n",
        "CREATE TABLE archive.old (\n  id bigint NOT NULL,\n  day date NOT NULL,\n"
        "  CONSTRAINT late CHECK (day > '2000-01-01'),\n  CONSTRAINT old_pkey PRIMARY KEY (id, day)\n);\n",
        "late = partition of\nALTER TABLE ONLY log.event ATTACH PARTITION archive.old FOR VALUES FROM"
        " (minvalue) to ('2020-01-01');\n"
        "undo: ALTER TABLE log.event DETACH PARTITION archive.old;\n",
        "ALTER TABLE ONLY log.new ATTACH PARTITION log.new_0 FOR VALUES WITH (modulus 1, remainder"
        " 0);\n",
        "ATTACH PARTITION rest DEFAULT;\n",
        "ALTER INDEX log.new_day_idx ATTACH PARTITION log.new_0_day_idx;\n",
        "ALTER INDEX log.event_pkey ATTACH PARTITION archive.old_pkey;\n",
        "ALTER INDEX log.event_day_idx ATTACH PARTITION mine;\n");
}

static void
test_inheritance(void **state)
{
  MAKES("entities:\n"
        "  Base: {fields: {a: integer, b: text}, checks: {c: a > 1, d: {sql: b > '', no_inherit: true}}}\n"
        "  Middle: {inherits: [Base], fields: {b: text required, m: text}}\n"
        "  Leaf: {inherits: Middle, fields: {l: text}}\n",
        "CREATE TABLE middle (\n  b text NOT NULL,\n  m text\n)\nINHERITS (base);\n",
        "said = inherits base\nALTER TABLE middle INHERIT base;\n"
        "undo: ALTER TABLE middle NO INHERIT base;\n",
        "CREATE TABLE leaf (\n  l text\n)\nINHERITS (middle);\n");
  Fixture *self = *state;
  g_autoptr(DmigSchema) schema
      = dmig_domain_lower(self->domains->pdata[self->domains->len - 1], &rich, self->diagnostics);
  const DmigTable *leaf = dmig_schema_table(schema, "leaf");
  assert_int_equal(leaf->columns->len, 4);
  assert_string_equal(((const DmigColumn *) leaf->columns->pdata[0])->name, "a");
  assert_true(((const DmigColumn *) leaf->columns->pdata[1])->not_null);
  assert_int_equal(leaf->constraints->len, 1);
  assert_false(leaf->has_children);
  assert_true(dmig_schema_table(schema, "base")->has_children);
}

/* Two schemas have their names apart. */
static void
test_names_by_schema(void **state)
{
  MAKES("entities:\n"
        "  A: {table: t, fields: {id: integer primary}, indexes: [[id]]}\n"
        "  B: {table: t, schema: s, fields: {id: integer primary, k: 'enum(x)'}, indexes: [[id]]}\n",
        "CREATE TABLE t (\n  id integer NOT NULL,\n  CONSTRAINT t_pkey PRIMARY KEY (id)\n);\n",
        "CREATE TABLE s.t (\n  id integer NOT NULL,\n  k s.t_k,\n  CONSTRAINT t_pkey PRIMARY KEY (id)\n);\n",
        "CREATE INDEX t_id_idx ON s.t (id);\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(test_storage),
    TEST(test_constraints),
    TEST(test_attachments),
    TEST(test_unknown_part),
    TEST(test_states_of_partitions),
    TEST(test_columns_of_views),
    TEST(test_comments_of_indexes),
    TEST(test_partitions),
    TEST(test_inheritance),
    TEST(test_names_by_schema),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
