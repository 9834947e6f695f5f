#include "core/sql/lexer.h"
