#include "core/domain/domain.h"
