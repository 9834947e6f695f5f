#include "core/db/registry.h"
