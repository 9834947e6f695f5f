/* How two states of one column differ. */
#pragma once

#include "core/diff/diff.h"

/* `has`: what the dialect of both tells apart. */
DmigColumnAspects dmig_column_aspects(const DmigColumn *old, const DmigColumn *new,
                                      const DmigCapabilities *has);
