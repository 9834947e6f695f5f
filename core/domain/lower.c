#include "core/domain/lower.h"
