#include "core/sql/text.h"
