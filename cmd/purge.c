#include <stdio.h>
#include <string.h>

#include "cmd/database.h"
#include "cmd/table.h"
#include "cmd/ui/age.h"
#include "cmd/ui/date.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "cmd/ui/prompt.h"
#include "cmd/ui/table.h"
#include "core/apply/keep/keep.h"
#include "core/base/text.h"

typedef struct {
  char *target, *older_than, *run;
  gboolean all, dry_run, json, yes;
  int wait_seconds;
  char *before; /* what older_than means */
} Options;

static void
options_clear(Options *self)
{
  g_free(self->target);
  g_free(self->older_than);
  g_free(self->run);
  g_free(self->before);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* Whether it is said what goes; else the command only shows what there is. */
static gboolean
names_some(const Options *options)
{
  return options->all || options->older_than != NULL || options->run != NULL;
}

static gboolean
read_options(Options *options, GError **error)
{
  if (options->all && (options->older_than != NULL || options->run != NULL)) {
    g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                        "--all is everything; leave it out to name what goes by --older-than or --run");
    return FALSE;
  }
  if (options->run != NULL && *options->run == '\0') {
    g_set_error_literal(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                        "--run is empty; name a run as 'dmig purge' lists it");
    return FALSE;
  }
  if (options->older_than == NULL)
    return TRUE;
  options->before = dmig_age_moment(options->older_than);
  if (options->before != NULL)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
              "'%s' is neither an age nor a date; write it as 30d, 2w, 12h or 2026-01-31",
              options->older_than);
  return FALSE;
}

/* --- showing ----------------------------------------------------------------------------------- */

static json_t *
kept_to_json(const DmigKept *kept)
{
  json_t *item = json_object();
  json_object_set_new(item, "number", json_integer((json_int_t) kept->number));
  dmig_json_set(item, "kind", dmig_keepsake_kind_name(kept->kind));
  dmig_json_set(item, "name", kept->name);
  dmig_json_set(item, "revision", kept->revision);
  dmig_json_set(item, "direction", kept->down ? "downgrade" : "upgrade");
  dmig_json_set(item, "run", kept->run);
  dmig_json_set(item, "since", kept->since);
  json_object_set_new(item, "rows", json_integer(kept->rows));
  json_object_set_new(item, "bytes", kept->bytes >= 0 ? json_integer(kept->bytes) : json_null());
  json_object_set_new(item, "restored", json_boolean(kept->restored));
  return item;
}

static void
print_json(DmigDatabase *db, GPtrArray *list, gboolean purged)
{
  g_autoptr(json_t) document = dmig_json_document();
  json_t *items = json_array();
  for (guint i = 0; i < list->len; i++)
    json_array_append_new(items, kept_to_json(list->pdata[i]));
  dmig_json_set(document, "database", db->name);
  json_object_set_new(document, "purged", json_boolean(purged));
  json_object_set_new(document, "kept", items);
  dmig_json_print(document);
}

static void
add_kept(DmigGrid *grid, const DmigKept *kept)
{
  static const char *const what[] = {
    [DMIG_KEEPSAKE_ROWS] = "rows of",
    [DMIG_KEEPSAKE_COLUMN] = "values of",
    [DMIG_KEEPSAKE_VALUES] = "earlier values of",
  };
  g_autofree char *name = g_strdup_printf("%s %s", what[kept->kind], kept->name);
  g_autofree char *rows = g_strdup_printf("%" G_GINT64_FORMAT, kept->rows);
  g_autofree char *size = kept->bytes >= 0 ? g_format_size((guint64) kept->bytes) : g_strdup("?");
  g_autofree char *since = dmig_date_since(kept->since);
  g_autofree char *by = g_strdup_printf("%s %.7s", kept->down ? "revert of" : "apply of",
                                        kept->revision);
  g_autofree char *run = g_strndup(kept->run, 8);
  const char *const cells[] = { name, rows, size, since, by, run,
                                kept->restored ? "put back as far as possible" : NULL };
  dmig_grid_add(grid, cells);
}

static void
print_list(GPtrArray *list)
{
  g_autoptr(DmigGrid) grid = dmig_grid_new("kept", ">rows", ">size", "since", "by", "run", "", NULL);
  for (guint i = 0; i < list->len; i++)
    add_kept(grid, list->pdata[i]);
  dmig_grid_print(grid);
}

/* "3 things, 1200 rows, 1.2 MB". */
static char *
sum_of(GPtrArray *list)
{
  guint64 rows = 0, bytes = 0;
  gboolean known = TRUE;
  for (guint i = 0; i < list->len; i++) {
    const DmigKept *kept = list->pdata[i];
    rows += (guint64) kept->rows;
    known = known && kept->bytes >= 0;
    bytes += kept->bytes >= 0 ? (guint64) kept->bytes : 0;
  }
  g_autofree char *things = dmig_text_count(list->len, "thing", "things");
  g_autofree char *rows_text = dmig_text_count(rows, "row", "rows");
  g_autofree char *size = g_format_size(bytes);
  return g_strconcat(things, ", ", rows_text, known ? ", " : NULL, size, NULL);
}

static void
report(DmigDatabase *db, GPtrArray *list, const Options *options, gboolean purged)
{
  g_autofree char *sum = sum_of(list);
  if (options->json) {
    print_json(db, list, purged);
    return;
  }
  if (!purged)
    print_list(list);
  if (purged)
    printf("Purged %s.\n", sum);
  else if (list->len == 0)
    printf("Nothing %s.\n", names_some(options) ? "to purge" : "is kept");
  else if (names_some(options))
    printf("This would purge %s.\n", sum);
  else
    dmig_message_aside("\"dmig purge --older-than 30d\" lets go of what is older than 30 days");
}

/* --- letting go -------------------------------------------------------------------------------- */

static gboolean
agree(DmigDatabase *db, GPtrArray *list, const Options *options, GError **error)
{
  const char *name = db->driver->database_name(db);
  g_autofree char *sum = sum_of(list);
  if (options->yes)
    return TRUE;
  if (dmig_prompt_possible() && !options->json) {
    print_list(list);
    fflush(stdout);
    dmig_message("No revert will have it again.");
    g_autofree char *question
        = g_strdup_printf("Type the database's name, %s, to purge it:", name);
    g_autofree char *answer = dmig_prompt_line(question);
    if (g_strcmp0(answer, name) == 0)
      return TRUE;
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_DATA_LOSS, "that is not '%s'; nothing was purged",
                name);
    return FALSE;
  }
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_DATA_LOSS,
              "no revert could put back %s any more, and nothing was purged; --yes lets it, --dry-run "
              "shows what it is",
              sum);
  return FALSE;
}

/* What is asked about is what goes: the lock is held meanwhile. */
static gboolean
purge_locked(DmigDatabase *db, const Options *options, GPtrArray **out, gboolean *out_purged,
             GError **error)
{
  g_autoptr(GPtrArray) all = NULL;
  if (!dmig_kept_list(db, &all, error))
    return FALSE;
  g_autoptr(GPtrArray) chosen = dmig_kept_select(all, options->before, options->run);
  if (chosen->len > 0 && !agree(db, chosen, options, error))
    return FALSE;
  *out_purged = chosen->len > 0;
  return dmig_kept_purge(db, options->before, options->run, out, error);
}

static gboolean
show(DmigDatabase *db, const Options *options, GError **error)
{
  g_autoptr(GPtrArray) all = NULL;
  if (!dmig_kept_list(db, &all, error))
    return FALSE;
  g_autoptr(GPtrArray) chosen = dmig_kept_select(all, options->before, options->run);
  report(db, chosen, options, FALSE);
  return TRUE;
}

static gboolean
purge(DmigContext *context, const Options *options, GError **error)
{
  gboolean look = options->dry_run || !names_some(options), purged = FALSE;
  g_autoptr(DmigDatabase) db = NULL;
  g_autoptr(GPtrArray) list = NULL;
  if (!dmig_target_open(context, options->target, look ? DMIG_OPEN_READ_ONLY : 0, &db, error))
    return FALSE;
  if (look)
    return show(db, options, error);
  if (!db->driver->lock(db, (guint) MAX(options->wait_seconds, 0), error))
    return FALSE;
  gboolean done = purge_locked(db, options, &list, &purged, error);
  db->driver->unlock(db);
  if (done)
    report(db, list, options, purged);
  return done;
}

static gboolean
run_purge(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "target", 't', 0, G_OPTION_ARG_STRING, &options.target, "The database to work on",
      "TARGET|URL" },
    { "older-than", 0, 0, G_OPTION_ARG_STRING, &options.older_than,
      "What is kept for longer than 30d, 2w, 12h, or since before a date", "AGE|DATE" },
    { "run", 0, 0, G_OPTION_ARG_STRING, &options.run, "What one run kept", "RUN" },
    { "all", 0, 0, G_OPTION_ARG_NONE, &options.all, "All that is kept", NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &options.dry_run,
      "Show what would go, and change nothing", NULL },
    { "wait", 0, 0, G_OPTION_ARG_INT, &options.wait_seconds, "Wait so long for another run to end",
      "SECONDS" },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &options.yes, "Never ask", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print what goes as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  return done
         || (dmig_command_at_most(context, argc, argv, 0, error) && read_options(&options, error)
             && purge(context, &options, error));
}

const DmigCommand dmig_command_purge = {
  .name = "purge",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Let go of what migrations took out and dmig keeps",
  .usage = "[-t TARGET|URL] [--older-than AGE|DATE] [--run RUN] [--all] "
           "[--dry-run] [--yes] [--json]",
  .examples = "dmig purge                          # what is kept, and how large it is\n"
              "dmig purge -t prod --older-than 30d # what nobody wanted back for a month\n"
              "dmig purge --all --yes              # all of it, unasked",
  .description
  = "Tables, columns and values that 'dmig apply' and 'dmig revert' take out are kept beside\n"
    "the data, so that the way back has them again. They take up space until they are purged,\n"
    "and hold what somebody may have wanted gone. What was put back wholly is not kept any\n"
    "longer. Without an option nothing is purged. See docs/keep.md.",
  .run = run_purge,
};
