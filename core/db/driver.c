#include "core/db/driver.h"
