/* Plans between two schemas of a dialect that spells nothing, for the tests of the planner's rooms. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/plan/plan.h"
#include "tests/support/schema.h"

typedef struct {
  DmigSchema *from, *to;
  DmigTransition *transition;
  DmigChanges *changes;
  DmigPlan *plan;
} Fixture;

/* A dialect that can alter all, and one that rebuilds tables. */
int plan_setup_binding(void **state);
int plan_setup_rebuilding(void **state);
int plan_teardown(void **state);
#define BINDING(name) cmocka_unit_test_setup_teardown(name, plan_setup_binding, plan_teardown)
#define REBUILDING(name) cmocka_unit_test_setup_teardown(name, plan_setup_rebuilding, plan_teardown)

/* Makes the fixture's plan. */
void plan(Fixture *f);
/* Makes it, and compares the titles of its steps. */
void assert_steps(Fixture *f, const char *expected);
/* The first one of its kind; fails the test where there is none. */
DmigStep *find_step(Fixture *f, const char *kind);
DmigColumn *column(DmigTable *table, const char *name);
/* Two tables, a and b, that refer to each other. */
void add_cycle(DmigSchema *schema);
