/* Writes a C header in which each given file stands as a string named after it:
 *     embed OUTPUT PREFIX FILE...
 * Runs at build time only. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
fail(const char *what)
{
  perror(what);
  exit(1);
}

static void
write_name(FILE *out, const char *prefix, const char *path)
{
  const char *slash = strrchr(path, '/');
  const char *base = slash != NULL ? slash + 1 : path;
  fprintf(out, "static const char %s", prefix);
  for (; *base != '\0' && *base != '.'; base++)
    fputc(isalnum((unsigned char)*base) ? *base : '_', out);
  fputs("[] =\n  \"", out);
}

/* A server whose encoding lacks a character refuses the whole text, even where it stands in a comment. */
static void
write_text(FILE *out, FILE *in, const char *path)
{
  int c;
  while ((c = fgetc(in)) != EOF) {
    if (c > 0x7f) {
      fprintf(stderr, "%s: there is a character in it that is not ASCII\n", path);
      exit(1);
    }
    if (c == '\n')
      fputs("\\n\"\n  \"", out);
    else if (c == '"' || c == '\\')
      fprintf(out, "\\%c", c);
    else
      fputc(c, out);
  }
  fputs("\";\n\n", out);
}

int
main(int argc, char **argv)
{
  if (argc < 4) {
    fputs("usage: embed OUTPUT PREFIX FILE...\n", stderr);
    return 2;
  }
  FILE *out = fopen(argv[1], "w");
  if (out == NULL)
    fail(argv[1]);
  fputs("/* Made at build time from the .sql files. */\n#pragma once\n\n", out);
  for (int i = 3; i < argc; i++) {
    FILE *in = fopen(argv[i], "r");
    if (in == NULL)
      fail(argv[i]);
    write_name(out, argv[2], argv[i]);
    write_text(out, in, argv[i]);
    fclose(in);
  }
  if (fclose(out) != 0)
    fail(argv[1]);
  return 0;
}
