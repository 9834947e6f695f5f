/* Colour, where it means something, and never alone: what is coloured also carries a word or a
 * sign. */
#pragma once

#include <glib.h>
#include <stdio.h>

typedef enum {
  DMIG_COLOUR_AUTO, /* on a terminal, unless NO_COLOR is set or TERM is dumb */
  DMIG_COLOUR_ALWAYS,
  DMIG_COLOUR_NEVER,
} DmigColourMode;

typedef enum {
  DMIG_COLOUR_RESET,
  DMIG_COLOUR_BOLD,
  DMIG_COLOUR_DIM,
  DMIG_COLOUR_RED,
  DMIG_COLOUR_GREEN,
  DMIG_COLOUR_YELLOW,
  DMIG_COLOUR_BLUE,
  DMIG_COLOUR_CYAN,
} DmigColour;

/* "auto", "always", "never"; FALSE for anything else. */
gboolean dmig_colour_mode_parse(const char *text, DmigColourMode *out_mode);
/* Decides for standard output and standard error, once; before the pager replaces the former. */
void dmig_colour_setup(DmigColourMode mode);
gboolean dmig_colour_enabled(FILE *stream);

/* The escape sequence for `stream`, or "". Static. */
const char *dmig_colour_for(FILE *stream, DmigColour colour);
/* The same for standard output. */
const char *dmig_colour(DmigColour colour);
