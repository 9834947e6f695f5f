#include "core/db/scratch.h"
