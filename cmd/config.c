#include <stdio.h>
#include <string.h>

#include "cmd/subcommand.h"
#include "cmd/table.h"
#include "cmd/ui/json.h"
#include "cmd/ui/table.h"
#include "core/base/text.h"

typedef struct {
  gboolean json;
} Options;

/* What may be shown of a value: never a password. */
static char *
shown_value(const char *key, const char *value)
{
  gboolean is_url = g_str_has_suffix(key, ".url") || strstr(value, "://") != NULL;
  return is_url ? dmig_url_redact(value) : g_strdup(value);
}

static void
print_json(GPtrArray *settings)
{
  g_autoptr(json_t) document = dmig_json_document();
  json_t *list = json_array();
  for (guint i = 0; i < settings->len; i++) {
    const DmigSetting *setting = g_ptr_array_index(settings, i);
    g_autofree char *value = shown_value(setting->key, setting->value);
    json_t *item = json_object();
    dmig_json_set(item, "key", setting->key);
    dmig_json_set(item, "value", value);
    dmig_json_set(item, "origin", setting->origin);
    json_array_append_new(list, item);
  }
  json_object_set_new(document, "settings", list);
  dmig_json_print(document);
}

static gboolean
run_list(DmigContext *context, char **arguments, gconstpointer data, GError **error)
{
  const Options *options = data;
  DmigStore *store = dmig_context_store(context, error);
  if (store == NULL)
    return FALSE;
  g_autoptr(GPtrArray) settings = dmig_store_config_list(store);
  if (options->json) {
    print_json(settings);
    return TRUE;
  }
  g_autoptr(DmigGrid) grid = dmig_grid_new("KEY", "VALUE", "FROM", NULL);
  for (guint i = 0; i < settings->len; i++) {
    const DmigSetting *setting = g_ptr_array_index(settings, i);
    g_autofree char *value = shown_value(setting->key, setting->value);
    const char *cells[] = { setting->key, value, setting->origin };
    dmig_grid_add(grid, cells);
  }
  dmig_grid_print(grid);
  return TRUE;
}

static gboolean
run_get(DmigContext *context, char **arguments, gconstpointer data, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  if (store == NULL)
    return FALSE;
  g_autofree char *value = dmig_store_config_get(store, arguments[0]);
  if (value == NULL) {
    /* As git config: scripts ask the exit status. */
    context->exit_status = 1;
    return TRUE;
  }
  g_autofree char *shown = shown_value(arguments[0], value);
  printf("%s\n", shown);
  return TRUE;
}

static gboolean
run_set(DmigContext *context, char **arguments, gconstpointer data, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  return store != NULL && dmig_store_config_set(store, arguments[0], arguments[1], error);
}

static gboolean
run_unset(DmigContext *context, char **arguments, gconstpointer data, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  return store != NULL && dmig_store_config_unset(store, arguments[0], error);
}

static const DmigSubcommand subcommands[] = {
  { "list", "[--json]", 0, 0, run_list },
  { "get", "KEY", 1, 1, run_get },
  { "set", "KEY VALUE", 2, 2, run_set },
  { "unset", "KEY", 1, 1, run_unset },
  { .name = NULL },
};

/* Git's older spelling: a key has a dot, the subcommands have none. */
static gboolean
run_by_key(DmigContext *context, int argc, char **argv, GError **error)
{
  if (!dmig_command_at_most(context, argc, argv, 2, error))
    return FALSE;
  return (argc == 2 ? run_get : run_set)(context, argv + 1, NULL, error);
}

static gboolean
run_config(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done, list = FALSE;
  Options options = { FALSE };
  const GOptionEntry entries[] = {
    { "list", 'l', 0, G_OPTION_ARG_NONE, &list, "The same as 'list', as with Git", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print the list as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  if (list)
    return dmig_command_at_most(context, argc, argv, 0, error)
           && run_list(context, argv + 1, &options, error);
  if (argc > 1 && strchr(argv[1], '.') != NULL)
    return run_by_key(context, argc, argv, error);
  return dmig_subcommand_run(context, subcommands, argc, argv, &options, error);
}

const DmigCommand dmig_command_config = {
  .name = "config",
  .group = DMIG_GROUP_UPKEEP,
  .summary = "Show and change settings",
  .usage = "[list [--json] | KEY [VALUE] | get KEY | set KEY VALUE | unset KEY]",
  .examples = "dmig config                         # all settings, and where they come from\n"
              "dmig config dmig.domain model.yaml  # where the domain is\n"
              "dmig config dmig.domain             # what it is set to\n"
              "dmig config unset dmig.domain",
  .description
  = "Settings stand in '.dmig/config', in Git's format. Reading falls back to the user's\n"
    "and the system's Git configuration; -c key=value comes before all of them. Passwords\n"
    "in URLs are shown as ***. The exit status is 1 where a key is not set.",
  .run = run_config,
};
