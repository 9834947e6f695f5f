#include "core/domain/reader.h"
