#include "core/db/ddl.h"
