#include "hooks/hooks.h"
