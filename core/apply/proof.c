#include "core/apply/proof.h"
