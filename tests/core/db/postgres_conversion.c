/* Each pair of types, with values that are at home in the first one: what the conversion promises
 * must come true on a server. */
#include "core/db/postgres/conversion.h"
#include "tests/core/db/postgres_case.h"

typedef struct {
  const char *type;
  const char *values; /* as of VALUES; NULL comes by itself */
} Sample;

static const Sample samples[] = {
  { "boolean", "(true), (false)" },
  { "smallint", "(0), (1), (-32768), (32767)" },
  { "integer", "(0), (1), (32768), (-2147483648), (2147483647), (16777217)" },
  { "bigint", "(1), (2147483648), (9223372036854775807), (-9223372036854775808)" },
  { "numeric", "(0), (1), (1.5), (-0.005), (123456789012345678901234567890.5), (99999.995)" },
  { "numeric(5,2)", "(0), (1), (-999.99), (0.5), (999.995 - 0.01)" },
  { "numeric(5,1)", "(0), (9999.9), (-0.1)" },
  { "numeric(4,0)", "(0), (1), (9999), (-9999)" },
  { "numeric(3,3)", "(0), (0.999), (-0.5)" },
  { "numeric(20,4)", "(0), (1234567890123456.7891), (1)" },
  { "real", "(0), (1), (1.5), (0.1), (-3.4e38), (1e-30)" },
  { "double precision", "(0), (1), (0.1), (0.1 + 0.2::float8), (1e300), (2147483648.4)" },
  { "character varying", "('a'), (''), ('a  '), ('12'), ('true'), ('2024-02-29'), ('nönsense')" },
  { "character varying(3)", "('abc'), ('a  '), ('1'), (''), (' 7 ')" },
  { "character varying(12)", "('abcdefghijkl'), ('1.5'), ('2023-02-29'), ('1900-02-29'), ('0')" },
  { "character(4)", "('ab'), ('1'), ('abcd'), ('')" },
  { "text",
    "('x'), ('32768'), ('-2147483649'), ('9223372036854775808'), ('1e3'), ('1.005'), ('.5'), "
    "('0x10'), ('yes'), (' off '), ('2024-02-29'), ('2023-02-29'), ('2024-02-30'), "
    "('2000-02-29'), ('0000-01-01'), ('2024-01-01 24:00'), ('2024-01-01T10:11:12.123456'), "
    "('2024-01-01 10:11:12+02'), ('2024-01-01 10:11:12 +02:30'), ('23:59:60'), ('23:59'), "
    "('123e4567-e89b-12d3-a456-426614174000'), ('tomorrow'), ('1 day'), ('{\"a\": 1}'), (''), "
    "('a' || chr(10)), ('1' || chr(10)), ('99999999999999999999999999999999')" },
  { "bytea", "('\\x00ff'), ('\\x'), ('abc')" },
  { "date", "('2024-02-29'), ('0001-01-01'), ('9999-12-31')" },
  { "time without time zone", "('00:00'), ('23:59:59.999999')" },
  { "timestamp without time zone", "('2024-02-29 13:45:30.123456'), ('0001-01-01')" },
  { "timestamp(0) without time zone", "('2024-02-29 13:45:30')" },
  { "timestamp with time zone", "('2024-02-29 13:45:30.123456+02'), ('1970-01-01 00:00+00')" },
  { "interval", "('1 day'), ('25:00:01.5'), ('1 year')" },
  { "uuid", "('123e4567-e89b-12d3-a456-426614174000')" },
  { "json", "('{\"a\": [1, 2]}'), ('1'), ('\"x\"'), ('true'), ('\"2024-02-29\"')" },
  { "jsonb", "('{\"a\": [1, 2]}'), ('1'), ('\"x\"'), ('true'), ('1.5')" },
  { "mood", "('sad'), ('happy')" },
  { "\"Odd Mood\"", "('sad'), ('1')" },
  { "text[]", "('{}'), ('{a,NULL}'), ('{1,2}'), ('{long text}')" },
  { "character varying(3)[]", "('{}'), ('{a,abc}'), ('{1}')" },
  { "integer[]", "('{}'), ('{1,NULL,2147483647}'), ('{{1,2},{3,4}}')" },
  { "bigint[]", "('{}'), ('{1,NULL,2147483648}'), ('{0,1}')" },
  { "numeric(5,2)[]", "('{1.25,NULL}')" },
  { "boolean[]", "('{t,f,NULL}')" },
  { "mood[]", "('{sad,NULL}')" },
  { "jsonb[]", "('{\"1\"}')" },
  { "inet", "('127.0.0.1')" },
};

/* What a reader of a failure needs to know. */
static void
assert_exec(const Sample *from, const Sample *to, const char *sql)
{
  if (!dmig_database_exec(pg, sql, &pg_error))
    fail_msg("%s -> %s: %s\nof: %s", from->type, to->type, pg_error->message, sql);
}

static char *
alter_sql(const char *type, const char *using_sql)
{
  return using_sql == NULL
             ? g_strdup_printf("ALTER TABLE t ALTER COLUMN c TYPE %s", type)
             : g_strdup_printf("ALTER TABLE t ALTER COLUMN c TYPE %s USING %s", type, using_sql);
}

static void
fill(const Sample *sample)
{
  g_autofree char *sql = g_strdup_printf(
      "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY, c %s, kept %s);\n"
      "INSERT INTO t (c) VALUES (NULL);\nINSERT INTO t (c) VALUES %s;\nUPDATE t SET kept = c;",
      sample->type, sample->type, sample->values);
  pg_exec(sql);
}

static void
check_shape(const Sample *from, const Sample *to, const DmigConversion *conversion)
{
  if (conversion->kind == DMIG_CONVERSION_NONE) {
    assert_null(conversion->using_sql);
    assert_null(conversion->bad_sql);
  }
  if ((conversion->kind == DMIG_CONVERSION_LOSSY) != (conversion->loses != NULL))
    fail_msg("%s -> %s: what is lost?", from->type, to->type);
  if (conversion->kind == DMIG_CONVERSION_LOSSLESS && conversion->bad_sql != NULL)
    fail_msg("%s -> %s: a check for nothing", from->type, to->type);
}

/* Rows that do not fit go; the rest must go through. */
static void
drop_bad_rows(const Sample *from, const Sample *to, const DmigConversion *conversion)
{
  g_autofree char *null = g_strdup_printf("SELECT count(*) FROM t WHERE c IS NULL AND (%s)",
                                          conversion->bad_sql);
  if (pg_count(null) != 0)
    fail_msg("%s -> %s: null is no misfit", from->type, to->type);
  g_autofree char *sql = g_strdup_printf("DELETE FROM t WHERE %s", conversion->bad_sql);
  assert_exec(from, to, sql);
}

static gboolean
was_rewritten(gint64 before)
{
  return pg_count("SELECT pg_relation_filenode('t')") != before;
}

static void
check_back(const Sample *from, const Sample *to)
{
  g_auto(DmigConversion) back = { 0 };
  dmig_pg_conversion(to->type, from->type, "c", &back);
  if (back.kind == DMIG_CONVERSION_NONE)
    fail_msg("%s -> %s is lossless, but there is no way back", from->type, to->type);
  g_autofree char *sql = alter_sql(from->type, back.using_sql);
  assert_exec(from, to, sql);
  gint64 lost = pg_count("SELECT count(*) FROM t WHERE c::text IS DISTINCT FROM kept::text");
  if (lost > 0)
    fail_msg("%s -> %s is lossless, but %d rows come back changed, such as %s", from->type,
             to->type, (int) lost,
             pg_value("SELECT kept::text || ' as ' || coalesce(c::text, 'null') FROM t "
                      "WHERE c::text IS DISTINCT FROM kept::text LIMIT 1"));
}

static void
check_pair(const Sample *from, const Sample *to)
{
  g_auto(DmigConversion) conversion = { 0 };
  dmig_pg_conversion(from->type, to->type, "c", &conversion);
  check_shape(from, to, &conversion);
  if (conversion.kind == DMIG_CONVERSION_NONE)
    return;
  fill(from);
  gboolean sure = conversion.kind != DMIG_CONVERSION_CHECKED || conversion.bad_sql != NULL;
  if (conversion.bad_sql != NULL)
    drop_bad_rows(from, to, &conversion);
  else if (!sure)
    pg_exec("DELETE FROM t WHERE c IS NOT NULL");
  gint64 before = pg_count("SELECT pg_relation_filenode('t')");
  g_autofree char *sql = alter_sql(to->type, conversion.using_sql);
  assert_exec(from, to, sql);
  if (conversion.using_sql == NULL &&
      was_rewritten(before) == dmig_pg_conversion_keeps_rows(from->type, to->type))
    fail_msg("%s -> %s: wrong about the rewrite", from->type, to->type);
  if (conversion.kind == DMIG_CONVERSION_LOSSLESS)
    check_back(from, to);
  pg_exec("DROP TABLE t");
}

static void
test_all_pairs(void **state)
{
  pg_exec("CREATE TYPE mood AS ENUM ('sad', 'happy');\n"
          "CREATE TYPE \"Odd Mood\" AS ENUM ('sad', '1');");
  for (guint i = 0; i < G_N_ELEMENTS(samples); i++)
    for (guint k = 0; k < G_N_ELEMENTS(samples); k++)
      check_pair(&samples[i], &samples[k]);
}

static void
assert_kind(const char *from, const char *to, DmigConversionKind kind)
{
  g_auto(DmigConversion) conversion = { 0 };
  dmig_pg_conversion(from, to, "c", &conversion);
  if (conversion.kind != kind)
    fail_msg("%s -> %s: kind %d, not %d", from, to, conversion.kind, kind);
}

static void
test_kinds(void **state)
{
  assert_kind("integer", "bigint", DMIG_CONVERSION_LOSSLESS);
  assert_kind("int4", "int8", DMIG_CONVERSION_LOSSLESS);
  assert_kind("bigint", "integer", DMIG_CONVERSION_CHECKED);
  assert_kind("character varying(20)", "character varying(40)", DMIG_CONVERSION_LOSSLESS);
  assert_kind("character varying(20)", "text", DMIG_CONVERSION_LOSSLESS);
  assert_kind("text", "character varying(20)", DMIG_CONVERSION_CHECKED);
  assert_kind("numeric(12,4)", "numeric(12,2)", DMIG_CONVERSION_LOSSY);
  assert_kind("numeric(12,2)", "numeric(14,4)", DMIG_CONVERSION_LOSSLESS);
  assert_kind("numeric(12,2)", "numeric(10,2)", DMIG_CONVERSION_CHECKED);
  assert_kind("timestamp without time zone", "date", DMIG_CONVERSION_LOSSY);
  assert_kind("date", "timestamp with time zone", DMIG_CONVERSION_LOSSLESS);
  assert_kind("text", "uuid", DMIG_CONVERSION_CHECKED);
  assert_kind("boolean", "date", DMIG_CONVERSION_NONE);
  assert_kind("boolean", "integer", DMIG_CONVERSION_LOSSLESS);
  assert_kind("integer", "uuid", DMIG_CONVERSION_NONE);
  assert_kind("bytea", "integer", DMIG_CONVERSION_NONE);
  assert_kind("mood", "text", DMIG_CONVERSION_LOSSLESS);
  assert_kind("text", "mood", DMIG_CONVERSION_CHECKED);
  assert_kind("integer", "integer[]", DMIG_CONVERSION_NONE);
  assert_kind("json", "json", DMIG_CONVERSION_LOSSLESS);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_kinds),
    PG_TEST(test_all_pairs),
  };
  return PG_MAIN("postgres_conversion", tests);
}
