/* In which order names can be changed one by one. */
#pragma once

#include "core/diff/transition.h"
#include "core/sql/dialect.h"

/* The `pairs` (DmigNamePair*) that name something there is and change it, each name once, in an order in
 * which none meets a name that is still taken; some go by way of a name that nobody has. `taken` (char*,
 * owned by it) are the names there are now, and those there are afterwards when it returns. Databases may
 * fold case, so names that differ in case alone collide. DmigNamePair*, owned. */
GPtrArray *dmig_renames_order(const DmigDialect *dialect, GPtrArray *taken, GPtrArray *pairs);
