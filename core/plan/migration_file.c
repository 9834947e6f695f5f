#include "core/plan/migration_file.h"
