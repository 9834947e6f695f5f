/* What a domain is lowered to as the statements that make it, and those that undo its facets. */
#pragma once

#include "tests/core/domain/lower_support.h"

#define HEAD "domain: shop\ndialects: [postgresql]\n"
#define ENTITY                                                                                    \
  "entities:\n  User:\n    schema: auth\n    table: users\n"                                      \
  "    fields: {id: bigint primary, name: text, age: integer}\n"

/* Every text of `expected` (NULL ends it) stands in what `yaml` is lowered to. */
void assert_makes(Fixture *self, const DmigDialect *dialect, const char *yaml,
                  const char *const *expected);
#define MAKES_ALONE(yaml, ...)                                                                    \
  assert_makes(*state, &rich, HEAD yaml, (const char *const[]) { __VA_ARGS__, NULL })
#define MAKES(yaml, ...) MAKES_ALONE("schemas: [auth, log, gis, s, archive]\n" yaml, __VA_ARGS__)
