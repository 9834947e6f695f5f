#include "core/apply/tracking.h"
