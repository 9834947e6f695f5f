#include "core/db/postgres/identity.h"

#include <string.h>

#include "core/db/postgres/postgres.h"
#include "core/schema/sequence.h"
#include "core/sql/text.h"

#define DIALECT (&dmig_postgres_dialect)

/* --- options ------------------------------------------------------------------------------- */

static gint64
largest_of(guint32 type_oid)
{
  return type_oid == 21 ? G_MAXINT16 : type_oid == 23 ? G_MAXINT32 : G_MAXINT64;
}

static gint64
least_of(guint32 type_oid)
{
  return type_oid == 21 ? G_MININT16 : type_oid == 23 ? G_MININT32 : G_MININT64;
}

static void
add_number(GString *out, const char *words, gint64 number)
{
  g_string_append_printf(out, "%s%s %" G_GINT64_FORMAT, out->len > 0 ? " " : "", words, number);
}

char *
dmig_pg_sequence_options(const DmigPgSequence *self)
{
  gboolean ascending = self->increment > 0;
  gint64 min = ascending ? 1 : least_of(self->type_oid);
  gint64 max = ascending ? largest_of(self->type_oid) : -1;
  g_autoptr(GString) out = g_string_new(NULL);
  if (self->start != (ascending ? self->min : self->max))
    add_number(out, "START WITH", self->start);
  if (self->increment != 1)
    add_number(out, "INCREMENT BY", self->increment);
  if (self->min != min)
    add_number(out, "MINVALUE", self->min);
  if (self->max != max)
    add_number(out, "MAXVALUE", self->max);
  if (self->cache != 1)
    add_number(out, "CACHE", self->cache);
  if (self->cycle)
    g_string_append(out, out->len > 0 ? " CYCLE" : "CYCLE");
  return out->len > 0 ? g_strdup(out->str) : NULL;
}

char *
dmig_pg_sequence_option(const char *options, const char *keyword)
{
  if (options == NULL)
    return NULL;
  g_auto(GStrv) words = g_strsplit_set(options, " \n\t", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    if (g_ascii_strcasecmp(words[i], keyword) != 0)
      continue;
    if (i > 0 && g_ascii_strcasecmp(words[i - 1], "NO") == 0)
      return NULL;
    guint at = i + 1;
    while (words[at] != NULL
           && (*words[at] == '\0' || g_ascii_strcasecmp(words[at], "WITH") == 0
               || g_ascii_strcasecmp(words[at], "BY") == 0))
      at++;
    gboolean number = words[at] != NULL && (g_ascii_isdigit(*words[at]) || *words[at] == '-');
    return g_strdup(number ? words[at] : "");
  }
  return NULL;
}

/* Where they don't say with what to start. */
static void
append_first(GString *out, const char *options)
{
  g_autofree char *increment = dmig_pg_sequence_option(options, "INCREMENT");
  g_autofree char *min = dmig_pg_sequence_option(options, "MINVALUE");
  g_autofree char *max = dmig_pg_sequence_option(options, "MAXVALUE");
  const DmigSequenceOptions given = { .increment = increment, .min = min, .max = max };
  g_string_append_printf(out, "SET START WITH %s", dmig_sequence_first(&given));
}

char *
dmig_pg_sequence_changes(const char *old_options, const char *new_options)
{
  static const struct {
    const char *keyword, *set, *reset;
  } options[] = {
    { "MINVALUE", "SET MINVALUE", "SET NO MINVALUE" },
    { "MAXVALUE", "SET MAXVALUE", "SET NO MAXVALUE" },
    { "INCREMENT", "SET INCREMENT BY", "SET INCREMENT BY 1" },
    { "START", "SET START WITH", NULL },
    { "CACHE", "SET CACHE", "SET CACHE 1" },
    { "CYCLE", "SET CYCLE", "SET NO CYCLE" },
  };
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
    g_autofree char *old = dmig_pg_sequence_option(old_options, options[i].keyword);
    g_autofree char *new = dmig_pg_sequence_option(new_options, options[i].keyword);
    if (g_strcmp0(old, new) == 0)
      continue;
    g_string_append(out, out->len > 0 ? " " : "");
    if (new == NULL && options[i].reset == NULL)
      append_first(out, new_options);
    else if (new == NULL)
      g_string_append(out, options[i].reset);
    else
      g_string_append_printf(out, "%s%s%s", options[i].set, *new != '\0' ? " " : "", new);
  }
  return g_string_free(out, FALSE);
}

/* --- names --------------------------------------------------------------------------------- */

/* `length` bytes of `name`, or fewer, so that no character is cut. */
static gsize
clip(const char *name, gsize length)
{
  while (length > 0 && (name[length] & 0xC0) == 0x80)
    length--;
  return length;
}

/* As makeObjectName() does: both names are cut to the same length, until "_seq" has room. */
char *
dmig_pg_sequence_name(const char *table, const char *column)
{
  const char *name = dmig_path_name(table);
  gsize room = DIALECT->max_identifier - strlen("__seq");
  gsize of_table = strlen(name), of_column = strlen(column);
  while (of_table + of_column > room)
    if (of_table > of_column)
      of_table--;
    else
      of_column--;
  return g_strdup_printf("%.*s_%.*s_seq", (int) clip(name, of_table), name,
                         (int) clip(column, of_column), column);
}

void
dmig_pg_add_sequence_name(const DmigTable *table, DmigColumn *column, const char *name)
{
  g_autofree char *usual = dmig_pg_sequence_name(table->name, column->name);
  if (strcmp(usual, name) == 0)
    return;
  g_autofree char *old = dmig_path_sibling(table->name, usual);
  g_autofree char *new = dmig_path_sibling(table->name, name);
  g_autofree char *set = dmig_sql_printf(DIALECT, "ALTER SEQUENCE %I RENAME TO %I;\n", old, name);
  g_autofree char *reset
      = dmig_sql_printf(DIALECT, "ALTER SEQUENCE %I RENAME TO %I;\n", new, usual);
  DmigFacet *facet
      = dmig_facets_add(&column->facets, dmig_facet_new("sequence", name, set, reset));
  facet->created = TRUE;
  facet->replaces = TRUE;
}
