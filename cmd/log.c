#include <stdio.h>

#include "cmd/graph.h"
#include "cmd/outline.h"
#include "cmd/revision.h"
#include "cmd/table.h"
#include "cmd/ui/json.h"

typedef struct {
  DmigContext *context;
  gboolean oneline, patch, json;
  int limit; /* negative: none */
  guint shown;
  GHashTable *decorations;
  DmigGraph *graph; /* NULL: not asked for */
  json_t *array;
  GError *error;
} Log;

static gboolean
print_patch(Log *log, const DmigRevision *revision)
{
  g_autoptr(DmigPassage) passage = dmig_passage_of_revision(log->context, revision, &log->error);
  g_autoptr(GPtrArray) comparisons
      = passage != NULL ? dmig_passage_compare_all(passage, FALSE, &log->error) : NULL;
  if (comparisons == NULL)
    return FALSE;
  g_autoptr(DmigOutline) outline = dmig_outline_make(passage, FALSE, comparisons);
  if (outline->items->len > 0)
    printf("\n");
  dmig_outline_print(outline, comparisons);
  return TRUE;
}

/* The further lines stand beside the columns that the revision's parents take over. */
static gboolean
print_revision(Log *log, const DmigRevision *revision)
{
  g_autofree char *first
      = log->graph != NULL ? dmig_graph_begin(log->graph, revision) : g_strdup("");
  if (!log->oneline && log->shown > 0 && log->graph == NULL)
    printf("\n");
  fputs(first, stdout);
  g_autofree char *rest = log->graph != NULL && revision->parents[0] != NULL
                              ? dmig_graph_continue(log->graph)
                              : g_strnfill(log->graph != NULL ? 2 : 0, ' ');
  if (log->oneline) {
    dmig_revision_print_oneline(log->context, revision, log->decorations);
    printf("\n");
  } else {
    dmig_revision_print(log->context, revision, log->decorations, rest);
    if (log->graph != NULL && revision->parents[0] != NULL)
      printf("%s\n", g_strchomp(rest));
  }
  g_autofree char *lead = log->graph != NULL ? dmig_graph_end(log->graph, revision) : g_strdup("");
  fputs(lead, stdout);
  return !log->patch || print_patch(log, revision);
}

static gboolean
visit(const DmigRevision *revision, gpointer data)
{
  Log *log = data;
  if (log->limit >= 0 && log->shown >= (guint) log->limit)
    return FALSE;
  if (log->array != NULL)
    json_array_append_new(log->array, dmig_revision_to_json(log->context, revision));
  else if (!print_revision(log, revision))
    return FALSE;
  log->shown++;
  return TRUE;
}

static gboolean
show_log(Log *log, const char *from, GError **error)
{
  DmigStore *store = dmig_context_store(log->context, error);
  g_autoptr(DmigRevision) revision = store != NULL ? dmig_store_revision(store, from, error) : NULL;
  if (revision == NULL)
    return FALSE;
  if (log->array == NULL) {
    log->decorations = dmig_store_decorations(store);
    dmig_context_page(log->context);
  }
  if (!dmig_store_log(store, revision->id, visit, log, error))
    return FALSE;
  if (log->error != NULL) {
    g_propagate_error(error, g_steal_pointer(&log->error));
    return FALSE;
  }
  if (log->array != NULL) {
    g_autoptr(json_t) document = dmig_json_document();
    json_object_set(document, "revisions", log->array);
    dmig_json_print(document);
  }
  return TRUE;
}

static gboolean
run_log(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done, graph = FALSE;
  Log log = { .context = context, .limit = -1 };
  const GOptionEntry entries[] = {
    { "oneline", 0, 0, G_OPTION_ARG_NONE, &log.oneline, "A line a revision", NULL },
    { "graph", 0, 0, G_OPTION_ARG_NONE, &graph, "Draw how the branches meet", NULL },
    { "patch", 'p', 0, G_OPTION_ARG_NONE, &log.patch, "Also what each changes", NULL },
    { "max-count", 'n', 0, G_OPTION_ARG_INT, &log.limit, "At most so many", "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &log.json, "Print them as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  if (!dmig_command_at_most(context, argc, argv, 1, error))
    return FALSE;
  g_autoptr(DmigGraph) columns = graph ? dmig_graph_new() : NULL;
  g_autoptr(json_t) array = log.json ? json_array() : NULL;
  log.graph = columns;
  log.array = array;
  gboolean shown = show_log(&log, argc > 1 ? argv[1] : "HEAD", error);
  g_clear_pointer(&log.decorations, g_hash_table_unref);
  return shown;
}

const DmigCommand dmig_command_log = {
  .name = "log",
  .group = DMIG_GROUP_HISTORY,
  .summary = "Show the history of revisions",
  .usage = "[--oneline] [--graph] [-p] [-n N] [--json] [REV]",
  .examples = "dmig log                    # from HEAD back\n"
              "dmig log --oneline --graph  # a line each, with branches\n"
              "dmig log -p -3              # the last three, with what they change",
  .run = run_log,
};
