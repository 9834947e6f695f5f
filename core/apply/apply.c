#include "core/apply/apply.h"
