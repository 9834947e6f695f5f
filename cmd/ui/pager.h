/* The pager: what standard output runs through on a terminal. */
#pragma once

#include <glib.h>

/* DMIG_PAGER, GIT_PAGER, PAGER, then `less`; an empty one or `cat` is none. Nothing happens where
 * standard output is no terminal or the pager can't be started. */
void dmig_pager_start(void);
/* Closes standard output and waits until the user has left the pager. FALSE where none runs. */
gboolean dmig_pager_finish(void);
