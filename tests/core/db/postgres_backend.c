#include "core/db/postgres/postgres.h"
#include "tests/core/db/backend.h"
#include "tests/support/postgres.h"

const Backend postgres_backend = {
  .driver = &dmig_postgres_driver,
  .start = test_postgres_start,
  .stop = test_postgres_stop,
  .create = test_postgres_create,
  .drop = test_postgres_drop,
};
