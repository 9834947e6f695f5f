#include "core/schema/sequence.h"

#include <string.h>

#include "core/sql/text.h"

typedef DmigSequenceOptions Options;

/* Bounds that a sequence has by itself depend on its type and direction. */
static Options
usual_of(const Options *options)
{
  gboolean down = options->increment != NULL && *options->increment == '-';
  const char *low = "-9223372036854775808", *high = "9223372036854775807";
  Options usual = { "bigint", "1", "1", "-1", NULL, "1", FALSE };

  if (options->type != NULL && strcmp(options->type, "integer") == 0) {
    low = "-2147483648";
    high = "2147483647";
  } else if (options->type != NULL && strcmp(options->type, "smallint") == 0) {
    low = "-32768";
    high = "32767";
  }
  if (down)
    usual.min = low;
  else
    usual.max = high;
  usual.start = down ? (options->max != NULL ? options->max : usual.max)
                     : (options->min != NULL ? options->min : usual.min);
  return usual;
}

const char *
dmig_sequence_first(const DmigSequenceOptions *options)
{
  return usual_of(options).start;
}

static const char *
or_usual(const char *value, const char *usual)
{
  return value != NULL ? value : usual;
}

static Options
all_of(const Options *options, const Options *usual)
{
  return (Options) { or_usual(options->type, usual->type),
                     or_usual(options->increment, usual->increment),
                     or_usual(options->min, usual->min),
                     or_usual(options->max, usual->max),
                     or_usual(options->start, usual->start),
                     or_usual(options->cache, usual->cache),
                     options->cycle };
}

static void
add_option(DmigObject *sequence, GString *sql, const char *words, const char *property,
           const char *value, const char *usual)
{
  if (strcmp(value, usual) == 0)
    return;
  g_string_append_printf(sql, " %s %s", words, value);
  dmig_object_set_property(sequence, property, value);
}

/* In the order of CREATE SEQUENCE. */
static char *
uncommon(DmigObject *sequence, const Options *all, const Options *usual)
{
  GString *sql = g_string_new(NULL);

  add_option(sequence, sql, "AS", "type", all->type, usual->type);
  add_option(sequence, sql, "INCREMENT BY", "increment", all->increment, usual->increment);
  add_option(sequence, sql, "MINVALUE", "min", all->min, usual->min);
  add_option(sequence, sql, "MAXVALUE", "max", all->max, usual->max);
  add_option(sequence, sql, "START WITH", "start", all->start, usual->start);
  add_option(sequence, sql, "CACHE", "cache", all->cache, usual->cache);
  if (all->cycle) {
    g_string_append(sql, " CYCLE");
    dmig_object_set_property(sequence, "cycle", "true");
  }
  return g_string_free(sql, FALSE);
}

/* Where the bounds are other than what most sequences have, the number that the sequence stands at may
 * be out of them, and ALTER would refuse. Nothing else moves it. */
static void
append_move(GString *sql, const DmigDialect *dialect, const char *path, const Options *all)
{
  g_autofree char *name = dmig_sql_identifier(dialect, path);

  dmig_sql_appendf(sql, dialect,
                   "ALTER SEQUENCE %I AS bigint MINVALUE -9223372036854775808 "
                   "MAXVALUE 9223372036854775807;\n"
                   "SELECT pg_catalog.setval(%S, %s, false) FROM %I "
                   "WHERE last_value NOT BETWEEN %s AND %s;\n",
                   path, name, all->start, path, all->min, all->max);
}

static void
append_alter(GString *sql, const DmigDialect *dialect, const char *path, const Options *all)
{
  dmig_sql_appendf(sql, dialect,
                   "ALTER SEQUENCE %I AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s "
                   "CACHE %s %s;\n",
                   path, all->type, all->increment, all->min, all->max, all->start, all->cache,
                   all->cycle ? "CYCLE" : "NO CYCLE");
}

void
dmig_sequence_add_options(const DmigDialect *dialect, DmigObject *sequence,
                          const DmigSequenceOptions *options, GString *create)
{
  Options usual = usual_of(options), all = all_of(options, &usual);
  const Options nothing = { 0 }, plain_usual = usual_of(&nothing);
  const Options plain = all_of(&nothing, &plain_usual);
  g_autofree char *text = uncommon(sequence, &all, &usual);
  g_autoptr(GString) set = g_string_new(NULL), reset = g_string_new(NULL);

  if (*text == '\0')
    return;
  g_string_append(create, text);
  if (strcmp(all.min, plain.min) != 0 || strcmp(all.max, usual.max) != 0)
    append_move(set, dialect, sequence->path, &all);
  append_alter(set, dialect, sequence->path, &all);
  if (*all.min == '-' || *all.min == '0')
    append_move(reset, dialect, sequence->path, &plain);
  append_alter(reset, dialect, sequence->path, &plain);
  DmigFacet *facet = dmig_facet_new("options", text + 1, set->str, reset->str);
  facet->created = TRUE;
  dmig_facets_add(&sequence->facets, facet);
}
