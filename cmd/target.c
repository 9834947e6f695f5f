#include <stdio.h>
#include <string.h>

#include "cmd/subcommand.h"
#include "cmd/table.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "cmd/ui/table.h"
#include "core/base/text.h"
#include "core/db/registry.h"

typedef struct {
  gboolean json;
} Options;

static void
print_json(GPtrArray *targets)
{
  g_autoptr(json_t) document = dmig_json_document();
  json_t *list = json_array();
  for (guint i = 0; i < targets->len; i++) {
    const DmigTarget *target = g_ptr_array_index(targets, i);
    g_autofree char *url = dmig_url_redact(target->url);
    json_t *item = json_object();
    dmig_json_set(item, "name", target->name);
    dmig_json_set(item, "url", url);
    json_object_set_new(item, "default", json_boolean(target->is_default));
    json_array_append_new(list, item);
  }
  json_object_set_new(document, "targets", list);
  dmig_json_print(document);
}

static void
print_table(GPtrArray *targets)
{
  g_autoptr(DmigGrid) grid = dmig_grid_new("", "NAME", "URL", NULL);
  for (guint i = 0; i < targets->len; i++) {
    const DmigTarget *target = g_ptr_array_index(targets, i);
    g_autofree char *url = dmig_url_redact(target->url);
    const char *cells[] = { target->is_default ? "*" : "", target->name, url };
    dmig_grid_add(grid, cells);
    if (target->is_default)
      dmig_grid_colour(grid, 1, DMIG_COLOUR_GREEN);
  }
  dmig_grid_print(grid);
}

static gboolean
run_list(DmigContext *context, char **arguments, gconstpointer data, GError **error)
{
  const Options *options = data;
  DmigStore *store = dmig_context_store(context, error);
  if (store == NULL)
    return FALSE;
  g_autoptr(GPtrArray) targets = dmig_store_targets(store);
  if (options->json)
    print_json(targets);
  else
    print_table(targets);
  if (targets->len == 0 && !options->json)
    dmig_message_hint("there is no target yet: dmig target add dev sqlite:dev.db");
  return TRUE;
}

static gboolean
check_url(const char *url, GError **error)
{
  if (dmig_url_is_database(url))
    return TRUE;
  g_autofree char *shown = dmig_url_redact(url);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
              "'%s' is no database URL that dmig knows: sqlite:FILE, or postgresql://…", shown);
  return FALSE;
}

static gboolean
run_add(DmigContext *context, char **arguments, gconstpointer data, GError **error)
{
  const char *name = arguments[0], *url = arguments[1];
  DmigStore *store = dmig_context_store(context, error);
  if (store == NULL || !check_url(url, error) || !dmig_store_target_add(store, name, url, error))
    return FALSE;

  g_autofree char *shown = dmig_url_redact(url);
  g_autofree char *config = g_build_filename(dmig_store_path(store), "config", NULL);
  if (strcmp(shown, url) != 0)
    dmig_message_warning("the password of '%s' now stands in %s, which only you may read; "
                         "~/.pgpass or PGPASSWORD would keep it out of there",
                         name, config);
  DmigTarget *target = dmig_store_target(store, name);
  dmig_message(target != NULL && target->is_default ? "Added '%s', %s; it is the default target"
                                                    : "Added '%s', %s",
               name, shown);
  dmig_target_free(target);
  return TRUE;
}

static gboolean
run_remove(DmigContext *context, char **arguments, gconstpointer data, GError **error)
{
  const char *name = arguments[0];
  DmigStore *store = dmig_context_store(context, error);
  if (store == NULL)
    return FALSE;
  DmigTarget *before = dmig_store_target(store, name);
  gboolean was_default = before != NULL && before->is_default;
  dmig_target_free(before);
  if (!dmig_store_target_remove(store, name, error))
    return FALSE;

  dmig_message("Removed '%s'; the database itself stays as it is", name);
  if (!was_default)
    return TRUE;
  DmigTarget *next = dmig_store_target(store, NULL);
  if (next != NULL)
    dmig_message("The default target is '%s' now", next->name);
  else
    dmig_message_hint("there is no default target now; 'dmig target default NAME' sets one");
  dmig_target_free(next);
  return TRUE;
}

static gboolean
run_default(DmigContext *context, char **arguments, gconstpointer data, GError **error)
{
  DmigStore *store = dmig_context_store(context, error);
  if (store == NULL)
    return FALSE;
  if (arguments[0] != NULL) {
    if (!dmig_store_target_set_default(store, arguments[0], error))
      return FALSE;
    dmig_message("The default target is '%s' now", arguments[0]);
    return TRUE;
  }

  DmigTarget *target = dmig_store_target(store, NULL);
  if (target == NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_NOT_FOUND,
                "there is no default target; 'dmig target default NAME' sets one");
    return FALSE;
  }
  printf("%s\n", target->name);
  dmig_target_free(target);
  return TRUE;
}

static const DmigSubcommand subcommands[] = {
  { "list", "[--json]", 0, 0, run_list },
  { "add", "NAME URL", 2, 2, run_add },
  { "remove", "NAME", 1, 1, run_remove },
  { "default", "[NAME]", 0, 1, run_default },
  { .name = NULL },
};

static gboolean
run_target(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  Options options = { FALSE };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print the list as JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  return done || dmig_subcommand_run(context, subcommands, argc, argv, &options, error);
}

const DmigCommand dmig_command_target = {
  .name = "target",
  .group = DMIG_GROUP_DATABASES,
  .summary = "Give databases names",
  .usage = "[list [--json] | add NAME URL | remove NAME | default [NAME]]",
  .examples = "dmig target add dev sqlite:dev.db\n"
              "dmig target add live postgresql://shop@db.example/shop\n"
              "dmig target default live  # what commands use without -t\n"
              "dmig target               # all of them; * is the default",
  .description
  = "Targets stand in '.dmig/config'. The first one is the default. A relative path of a\n"
    "SQLite database is relative to the project. Passwords are better kept elsewhere:\n"
    "PostgreSQL has ~/.pgpass and PGPASSWORD.",
  .run = run_target,
};
