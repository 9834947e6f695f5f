/* Databases for proofs: made on the server that the scratch names or on a private one. */
#pragma once

#include "core/db/driver.h"

/* Slot of the driver. */
gboolean dmig_pg_open_scratch(gpointer scratch, DmigDatabase **out, GError **error);
