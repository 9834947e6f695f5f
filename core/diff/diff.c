#include "core/diff/diff.h"
