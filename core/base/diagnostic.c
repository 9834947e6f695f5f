#include "core/base/diagnostic.h"
