#include "fixture.h"

#include <stdio.h>

#include "core/domain/type.h"

static DmigScratch *shared;

int
fixture_main(int argc, char **argv, const struct CMUnitTest *tests, size_t n)
{
  const DmigDialect *dialect = argc > 1 ? dmig_dialect_find(argv[1]) : NULL;
  if (dialect == NULL) {
    fprintf(stderr, "usage: %s DIALECT\n", argv[0]);
    return 129;
  }
  shared = dmig_scratch_new(dialect, NULL);
  int failed = _cmocka_run_group_tests(dialect->name, tests, n, NULL, NULL);
  g_clear_pointer(&shared, dmig_scratch_free);
  return failed;
}

const DmigDialect *
fixture_dialect(void)
{
  return shared->dialect;
}

int
fixture_setup(void **state)
{
  g_autoptr(GError) error = NULL;
  Fixture *self = g_new0(Fixture, 1);
  self->scratch = shared;
  *state = self;
  if (dmig_scratch_open(shared, &self->db, &error))
    return 0;
  fprintf(stderr, "no scratch database: %s\n", error->message);
  return 1;
}

int
fixture_teardown(void **state)
{
  Fixture *self = *state;
  dmig_database_free(self->db);
  g_free(self);
  return 0;
}

DmigColumn *
fixture_column(const DmigDialect *dialect, const char *name, TypeOf kind)
{
  const DmigType type = {.kind = kind == TYPE_OF_TEXT ? DMIG_TYPE_TEXT : DMIG_TYPE_BIGINT};
  g_autofree char *native = dialect->lower_type(&type, NULL);
  return dmig_column_new(name, native);
}

void
fixture_name_constraint(const DmigDialect *dialect, DmigConstraint *constraint, const char *table,
                        const char *suffix)
{
  g_free(constraint->name);
  constraint->name = dialect->has.named_constraints
                         ? g_strdup_printf("%s_%s", table, suffix)
                         : NULL;
}

char *
fixture_value(DmigDatabase *db, const char *sql)
{
  g_autoptr(DmigRows) rows = NULL;
  g_autoptr(GError) error = NULL;
  if (!db->driver->query(db, sql, NULL, 0, &rows, &error))
    fail_msg("%s: %s", sql, error->message);
  if (rows->rows->len == 0)
    fail_msg("%s: no row", sql);
  const char *value = dmig_rows_get(rows, 0, 0);
  return g_strdup(value ? value : "");
}

void
fixture_exec(DmigDatabase *db, const char *script)
{
  g_autoptr(GError) error = NULL;
  if (!dmig_database_exec(db, script, &error))
    fail_msg("%s", error->message);
}
