#include "core/db/postgres/postgres.h"
