/* One line on a terminal that says how far a long run is. It appears after a second and is gone
 * at the end; where standard error is no terminal there is none. */
#pragma once

#include <glib.h>

typedef struct _DmigProgress DmigProgress;

DmigProgress *dmig_progress_new(void);
/* Takes the line away. Takes NULL. */
void dmig_progress_free(DmigProgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigProgress, dmig_progress_free)

/* `total` 0: how much there is to do is not known. `text` is copied. */
void dmig_progress_update(DmigProgress *self, guint done, guint total, const char *text);
