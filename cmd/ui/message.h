/* Messages on standard error: one line each, in Git's manner. */
#pragma once

#include <glib.h>

#include "core/base/diagnostic.h"
#include "core/base/error.h"

/* `fatal: …` or `error: …`, as the exit status has it. */
void dmig_message_error(const GError *error);
/* `warning: …` */
void dmig_message_warning(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* `hint: …` */
void dmig_message_hint(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Plain; for what a command did, when standard output is kept for data. */
void dmig_message(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Flushes standard output; FALSE (and a message) where something written to it was lost. */
gboolean dmig_message_close_stdout(void);

/* On standard output, in brackets below what it belongs to: what could be typed next. */
void dmig_message_aside(const char *text);
