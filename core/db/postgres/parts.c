/* Parts of inspection that are still to come. */
#include "core/db/postgres/reader.h"

const DmigPgPart dmig_pg_object_parts[] = { { NULL, NULL } };
const DmigPgPart dmig_pg_common_parts[] = { { NULL, NULL } };
