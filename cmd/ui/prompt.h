/* Questions to the user: only on a terminal, never where output is read by a program. */
#pragma once

#include <glib.h>

/* Whether somebody is there to answer: standard input and standard error are terminals. */
gboolean dmig_prompt_possible(void);
/* The line typed in, without its end, white space stripped; NULL at the end of input. Owned. */
char *dmig_prompt_line(const char *question);
/* Asks "question [y/N] " until y or n or nothing is typed in; the end of input is a no. */
gboolean dmig_prompt_yes(const char *question, gboolean by_default);
