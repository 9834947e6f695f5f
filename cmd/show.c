#include <stdio.h>
#include <string.h>

#include "cmd/outline.h"
#include "cmd/revision.h"
#include "cmd/table.h"
#include "cmd/ui/json.h"

typedef struct {
  char *sql; /* NULL: not asked for; "": in the domain's first dialect */
  gboolean json, stat, downgrade;
} Options;

/* The committed file, byte for byte. */
static gboolean
print_sql(DmigContext *context, const DmigRevision *revision, DmigPassage *passage,
          const Options *options, GError **error)
{
  const char *dialect = *options->sql != '\0' ? options->sql : passage->to->domain->dialects[0];
  g_autofree char *path = g_strdup_printf("migrations/%s/%s.sql", dialect,
                                          options->downgrade ? "downgrade" : "upgrade");
  g_autoptr(GBytes) bytes = dmig_store_read(context->store, revision->id, path, error);
  if (bytes == NULL)
    return FALSE;
  gsize length;
  const char *data = g_bytes_get_data(bytes, &length);
  fwrite(data, 1, length, stdout);
  return TRUE;
}

static void
print_json(DmigContext *context, const DmigRevision *revision, GPtrArray *comparisons)
{
  g_autoptr(json_t) document = dmig_json_document();
  json_t *dialects = json_array();
  for (guint i = 0; i < comparisons->len; i++)
    json_array_append_new(dialects, dmig_comparison_to_json(g_ptr_array_index(comparisons, i)));
  json_object_set_new(document, "revision", dmig_revision_to_json(context, revision));
  json_object_set_new(document, "dialects", dialects);
  dmig_json_print(document);
}

static void
print_changes(GPtrArray *comparisons, DmigPassage *passage, gboolean stat)
{
  g_autoptr(DmigOutline) outline = dmig_outline_make(passage, FALSE, comparisons);
  if (outline->items->len == 0)
    return;
  printf("\n");
  if (stat)
    dmig_outline_print_stat(outline, comparisons, 0);
  else
    dmig_outline_print(outline, comparisons);
}

static gboolean
show(DmigContext *context, const DmigRevision *revision, const Options *options, GError **error)
{
  g_autoptr(DmigPassage) passage = dmig_passage_of_revision(context, revision, error);
  if (passage == NULL)
    return FALSE;
  if (options->sql != NULL)
    return print_sql(context, revision, passage, options, error);
  g_autoptr(GPtrArray) comparisons = dmig_passage_compare_all(passage, FALSE, error);
  if (comparisons == NULL)
    return FALSE;
  if (options->json) {
    print_json(context, revision, comparisons);
    return TRUE;
  }
  g_autoptr(GHashTable) decorations = dmig_store_decorations(context->store);
  dmig_context_page(context);
  dmig_revision_print(context, revision, decorations, "");
  print_changes(comparisons, passage, options->stat);
  return TRUE;
}

static void
options_clear(Options *self)
{
  g_free(self->sql);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
run_show(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "sql", 0, 0, G_OPTION_ARG_STRING, &options.sql, "Print its upgrade as it was committed",
      "[=DIALECT]" },
    { "downgrade", 0, 0, G_OPTION_ARG_NONE, &options.downgrade, "With --sql: the way back", NULL },
    { "stat", 0, 0, G_OPTION_ARG_NONE, &options.stat, "Only how much changed where", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print all of it as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  if (!dmig_command_at_most(context, argc, argv, 1, error))
    return FALSE;
  DmigStore *store = dmig_context_store(context, error);
  g_autoptr(DmigRevision) revision
      = store != NULL ? dmig_store_revision(store, argc > 1 ? argv[1] : "HEAD", error) : NULL;
  return revision != NULL && show(context, revision, &options, error);
}

const DmigCommand dmig_command_show = {
  .name = "show",
  .group = DMIG_GROUP_HISTORY,
  .summary = "Show a revision: its message, its proof and what it changes",
  .usage = "[--sql[=DIALECT] [--downgrade] | --stat | --json] [REV]",
  .examples = "dmig show                          # HEAD\n"
              "dmig show --stat HEAD~2            # how much changed where\n"
              "dmig show --sql=postgresql 3f2a91c # the SQL that was committed\n"
              "dmig show --sql --downgrade        # the SQL of the way back",
  .run = run_show,
};
