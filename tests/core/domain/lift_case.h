/* What the tests of lifting share: a schema that is lifted, written, read and lowered. */
#pragma once

#include "core/domain/lift.h"
#include "core/domain/write.h"
#include "tests/core/domain/support.h"
#include "tests/support/schema.h"

typedef struct {
  Fixture *base;
  DmigSchema *schema;
  DmigSchema *back; /* what became of it */
  char *yaml;       /* by way of this */
} LiftFixture;

int lift_setup(void **state); /* for PostgreSQL */
int lift_teardown(void **state);
#define LIFT_TEST(name) cmocka_unit_test_setup_teardown(name, lift_setup, lift_teardown)

/* Begins anew for another dialect. */
void use_dialect(LiftFixture *self, const char *name);
/* Whether there are any. */
gboolean print_diagnostics(DmigDiagnostics *diagnostics);
/* Whether there and back is where it began; prints why not. */
gboolean comes_back(LiftFixture *self);
/* Whether the YAML has these lines; prints it where not. */
gboolean says(LiftFixture *self, const char *lines);

DmigColumn *column(DmigTable *table, const char *name);
void set_default(DmigTable *table, const char *name, const char *sql);
void set_key(DmigTable *table, const char *name, const char *key);
