#include <stdio.h>

#include "cmd/project.h"
#include "cmd/snapshot.h"
#include "cmd/table.h"
#include "cmd/ui/diagnostics.h"
#include "cmd/ui/json.h"
#include "core/base/text.h"
#include "hooks/hooks.h"

static DmigSnapshot *
staged_snapshot(DmigContext *context, GError **error)
{
  g_autofree char *folder = dmig_project_folder(context);
  g_autofree char *domain = dmig_context_config(context, "dmig.domain");
  GPtrArray *sources = NULL;
  if (!dmig_hook_staged_sources(folder, domain, &sources, error))
    return NULL;
  const char *first = sources->len > 0 ? ((DmigSource *) g_ptr_array_index(sources, 0))->path : "";
  const char *usual = g_str_has_prefix(first, "domain/") ? "domain" : "domain.yaml";
  return dmig_snapshot_staged(context, folder, domain != NULL ? domain : usual, sources);
}

/* All the files that are named, as one domain. */
static DmigSnapshot *
named_snapshot(DmigContext *context, char **paths, GError **error)
{
  const char *root = paths[0];
  g_autoptr(DmigDiagnostics) diagnostics = dmig_diagnostics_new();
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  for (; *paths != NULL; paths++) {
    g_autoptr(GPtrArray) sources = NULL;
    if (!dmig_sources_load(*paths, diagnostics, &sources, error))
      return NULL;
    for (guint i = 0; i < sources->len; i++) {
      const DmigSource *source = g_ptr_array_index(sources, i);
      g_ptr_array_add(all, dmig_source_new(source->path, source->bytes));
    }
  }
  DmigSnapshot *snapshot = dmig_snapshot_sources(context, "the domain", root, g_steal_pointer(&all));
  for (guint i = 0; i < dmig_diagnostics_length(diagnostics); i++) {
    const DmigDiagnostic *d = dmig_diagnostics_get(diagnostics, i);
    dmig_diagnostics_add(snapshot->diagnostics, d->at, d->severity, d->rule, d->hint, "%s",
                         d->message);
  }
  return snapshot;
}

static void
print_json(DmigSnapshot *snapshot)
{
  const DmigDomain *domain = snapshot->domain;
  gboolean valid = !dmig_diagnostics_have_errors(snapshot->diagnostics);
  g_autoptr(json_t) document = dmig_json_document();
  json_object_set_new(document, "valid", json_boolean(valid));
  dmig_json_set(document, "domain", domain->name);
  json_object_set_new(document, "entities", json_integer(domain->entities->len));
  json_object_set_new(document, "diagnostics", dmig_diagnostics_to_json(snapshot->diagnostics));
  dmig_json_print(document);
}

static void
print_summary(DmigSnapshot *snapshot)
{
  const DmigDomain *domain = snapshot->domain;
  g_autofree char *entities = dmig_text_count(domain->entities->len, "entity", "entities");
  g_autofree char *dialects = g_strjoinv(", ", domain->dialects);
  printf("%s is valid: %s for %s\n", domain->name, entities, dialects);
}

/* change.yaml beside the working files, against HEAD: its mistakes join those of the domain. */
static gboolean
check_change(DmigContext *context, DmigSnapshot *snapshot, GError **error)
{
  g_autoptr(DmigRevision) head = NULL;
  DmigSource *change = NULL;
  if (dmig_diagnostics_have_errors(snapshot->diagnostics) || !dmig_context_has_store(context))
    return TRUE;
  DmigStore *store = dmig_context_store(context, error);
  if (store == NULL || !dmig_store_head(store, &head, error)
      || !dmig_project_change(context, &change, error))
    return FALSE;
  if (change == NULL)
    return TRUE;
  g_ptr_array_add(snapshot->sources, change);
  g_autoptr(DmigSnapshot) from
      = head != NULL ? dmig_snapshot_revision(context, head->id, error) : dmig_snapshot_empty();
  if (from == NULL || !dmig_snapshot_check(from, error))
    return FALSE;
  g_autoptr(DmigChangeFile) file
      = dmig_change_file_read(change, from->domain, snapshot->domain, snapshot->diagnostics);
  char *const *dialects = snapshot->domain->dialects;
  for (guint i = 0; dialects[i] != NULL; i++) {
    const DmigDialect *dialect = dmig_dialect_find(dialects[i]);
    if (dmig_diagnostics_have_errors(snapshot->diagnostics) || dialect == NULL)
      continue;
    dmig_transition_free(dmig_transition_lower(file, from->domain, snapshot->domain, dialect, FALSE,
                                               snapshot->diagnostics));
  }
  return TRUE;
}

static void
show(DmigContext *context, DmigSnapshot *snapshot, gboolean json)
{
  if (json)
    print_json(snapshot);
  else
    dmig_diagnostics_print(stdout, snapshot->diagnostics, snapshot->sources);
  if (dmig_diagnostics_have_errors(snapshot->diagnostics)) {
    context->exit_status = 1;
    if (!json) {
      guint errors = dmig_diagnostics_count(snapshot->diagnostics, DMIG_SEVERITY_ERROR);
      g_autofree char *count = dmig_text_count(errors, "mistake", "mistakes");
      fflush(stdout);
      fprintf(stderr, "%s in %s\n", count, snapshot->label);
    }
  } else if (!json) {
    print_summary(snapshot);
  }
}

static gboolean
run_validate(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done, json = FALSE, staged = FALSE;
  const GOptionEntry entries[] = {
    { "staged", 0, 0, G_OPTION_ARG_NONE, &staged, "Check what is staged in Git, not the files",
      NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print the mistakes as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  if (staged && argc > 1) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "--staged goes with no path");
    return FALSE;
  }
  g_autoptr(DmigSnapshot) snapshot = staged     ? staged_snapshot(context, error)
                                     : argc > 1 ? named_snapshot(context, argv + 1, error)
                                                : dmig_snapshot_working(context, error);
  if (snapshot == NULL)
    return FALSE;
  if (staged && snapshot->sources->len == 0 && !json) {
    printf("no file of the domain is staged\n");
    return TRUE;
  }
  dmig_snapshot_lower_all(snapshot);
  if (!staged && argc == 1 && !check_change(context, snapshot, error))
    return FALSE;
  show(context, snapshot, json);
  return TRUE;
}

const DmigCommand dmig_command_validate = {
  .name = "validate",
  .group = DMIG_GROUP_WORK,
  .summary = "Check the domain and show all mistakes at once",
  .usage = "[--staged] [--json] [--] [PATH...]",
  .examples = "dmig validate                 # the working files\n"
              "dmig validate shop.yaml       # another file or folder\n"
              "dmig validate --staged        # what 'git commit' would commit",
  .description
  = "Each mistake is a line 'file:line:column: rule: message (hint)'. The domain is also\n"
    "lowered for each of its dialects, which finds what only one of them can't have;\n"
    "change.yaml is checked against HEAD.\n"
    "The exit status is 1 if there are mistakes.",
  .run = run_validate,
};
