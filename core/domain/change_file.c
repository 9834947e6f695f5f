#include "core/domain/change_file.h"
