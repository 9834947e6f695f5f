#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/table.h"
#include "cmd/ui/message.h"

/* What a project starts from that has nothing yet. */
static const char starter[]
    = "# What the database of this project holds. After a change, 'dmig diff' shows what it means\n"
      "# and 'dmig commit' keeps it, together with the way there and back.\n"
      "domain: %s\n"
      "dialects: [sqlite, postgresql]\n"
      "\n"
      "entities:\n"
      "  Note: # an example; put your own in its place\n"
      "    fields:\n"
      "      id: bigint identity primary\n"
      "      title: string(200) required\n"
      "      body: text\n"
      "      written_at: {type: timestamptz, required: true, default: now()}\n";

/* The folder's name as that of a domain: letters, digits and underscores. */
static char *
domain_name(const char *folder)
{
  g_autofree char *absolute = g_canonicalize_filename(folder, NULL);
  g_autofree char *base = g_path_get_basename(absolute);
  GString *name = g_string_new("");
  for (const char *p = base; *p != '\0'; p++) {
    if (g_ascii_isalpha(*p) || (g_ascii_isdigit(*p) && name->len > 0))
      g_string_append_c(name, g_ascii_tolower(*p));
    else if (name->len > 0 && name->str[name->len - 1] != '_')
      g_string_append_c(name, '_');
  }
  while (name->len > 0 && name->str[name->len - 1] == '_')
    g_string_truncate(name, name->len - 1);
  if (name->len == 0)
    g_string_append(name, "app");
  return g_string_free(name, FALSE);
}

static gboolean
has_domain(const char *folder)
{
  g_autofree char *file = g_build_filename(folder, "domain.yaml", NULL);
  g_autofree char *below = g_build_filename(folder, "domain", NULL);
  return g_file_test(file, G_FILE_TEST_EXISTS) || g_file_test(below, G_FILE_TEST_IS_DIR);
}

static gboolean
write_starter(const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename(folder, "domain.yaml", NULL);
  g_autofree char *name = domain_name(folder);
  g_autofree char *text = g_strdup_printf(starter, name);
  g_autoptr(GError) reason = NULL;
  if (g_file_set_contents(path, text, -1, &reason))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s", reason->message);
  return FALSE;
}

static gboolean
make_folder(const char *folder, GError **error)
{
  if (g_mkdir_with_parents(folder, 0777) == 0)
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "cannot make the folder '%s': %s", folder,
              g_strerror(errno));
  return FALSE;
}

/* Whether the application has a Git repository of its own, for the hook. */
static gboolean
is_in_git(const char *folder)
{
  g_autofree char *current = g_canonicalize_filename(folder, NULL);
  for (;;) {
    g_autofree char *git = g_build_filename(current, ".git", NULL);
    if (g_file_test(git, G_FILE_TEST_EXISTS))
      return TRUE;
    char *parent = g_path_get_dirname(current);
    gboolean at_root = strcmp(parent, current) == 0;
    g_free(current);
    current = parent;
    if (at_root)
      return FALSE;
  }
}

static void
say_what_is_next(const char *folder, gboolean new_domain)
{
  if (new_domain)
    dmig_message("Next: write your entities into domain.yaml, then");
  else
    dmig_message("Next:");
  dmig_message("  dmig validate                      # are there mistakes in it?");
  dmig_message("  dmig commit -m 'First revision'");
  dmig_message("  dmig target add dev sqlite:dev.db  # a database and its name");
  dmig_message("  dmig apply                         # brings it to that revision");
  if (is_in_git(folder))
    dmig_message("  dmig hook install                  # checks the domain at each 'git commit'");
}

static gboolean
init(const char *folder, GError **error)
{
  if (!make_folder(folder, error))
    return FALSE;
  g_autoptr(DmigStore) store = dmig_store_init(folder, error);
  if (store == NULL)
    return FALSE;
  printf("Started a dmig repository in %s\n", dmig_store_path(store));

  gboolean new_domain = !has_domain(folder);
  if (new_domain && !write_starter(folder, error))
    return FALSE;
  if (new_domain)
    printf("Wrote %s/domain.yaml to start from\n", dmig_store_folder(store));
  say_what_is_next(folder, new_domain);
  return TRUE;
}

static gboolean
run_init(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  if (!dmig_command_parse(context, NULL, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  if (!dmig_command_at_most(context, argc, argv, 1, error))
    return FALSE;
  if (context->git_dir != NULL) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "init makes '" DMIG_STORE_FOLDER "' in a folder: give that, not --git-dir");
    return FALSE;
  }
  return init(argc > 1 ? argv[1] : ".", error);
}

const DmigCommand dmig_command_init = {
  .name = "init",
  .group = DMIG_GROUP_START,
  .summary = "Start a repository, with a domain to begin from",
  .usage = "[FOLDER]",
  .examples = "dmig init       # in the current folder\n"
              "dmig init shop  # in the folder shop, made if need be",
  .description
  = "The repository is '.dmig', a bare Git repository that an enclosing one ignores. A\n"
    "small domain.yaml is written where there is no domain yet.",
  .run = run_init,
};
