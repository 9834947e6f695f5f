#include "core/diff/transition.h"
