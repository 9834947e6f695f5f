#include "core/domain/type.h"
