#include "core/db/sqlite/sqlite.h"
