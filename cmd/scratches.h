/* Scratch servers that a command's parts share: a server takes a while to start. */
#pragma once

#include "cmd/command.h"
#include "core/db/scratch.h"

/* A scratch of the dialect, as the configuration says, without owners; the same at each call. It
 * lives until the process ends. Borrowed. */
DmigScratch *dmig_scratch_for(DmigContext *context, const DmigDialect *dialect);
