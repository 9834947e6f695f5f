#include <stdio.h>
#include <string.h>

#include "cmd/output.h"
#include "cmd/side.h"
#include "cmd/table.h"
#include "cmd/ui/message.h"
#include "core/base/text.h"
#include "core/domain/lift.h"
#include "core/domain/write.h"

typedef struct {
  char *output;  /* NULL: standard output */
  char *dialect; /* NULL: not stated */
  gboolean owners, split, force;
} Options;

static void
options_clear(Options *self)
{
  g_free(self->output);
  g_free(self->dialect);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
choose_dialect(const DmigSide *side, const char *stated, const DmigDialect **out, GError **error)
{
  const DmigDialect *wanted = stated != NULL ? dmig_dialect_find(stated) : NULL;
  g_autoptr(GPtrArray) dialects = dmig_sides_dialects(side, side);
  if (wanted != NULL && g_ptr_array_find(dialects, wanted, NULL)) {
    *out = wanted;
    return TRUE;
  }
  if (wanted == NULL && dialects->len == 1) {
    *out = g_ptr_array_index(dialects, 0);
    return TRUE;
  }
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
              wanted != NULL ? "%s is not for %s" : "%s is for several databases; choose one with %s",
              side->label, wanted != NULL ? wanted->title : "--dialect");
  return FALSE;
}

static gboolean
is_in(const char *path, const char *schema)
{
  g_autofree char *of = dmig_path_schema(path);
  return g_strcmp0(of, schema) == 0;
}

static gboolean
has_any_in(const DmigSchema *self, const char *schema)
{
  gboolean found = FALSE;
  for (guint i = 0; !found && i < self->tables->len; i++)
    found = is_in(((DmigTable *) self->tables->pdata[i])->name, schema);
  for (guint i = 0; !found && i < self->enums->len; i++)
    found = is_in(((DmigEnum *) self->enums->pdata[i])->name, schema);
  for (guint i = 0; !found && i < self->objects->len; i++)
    found = is_in(((DmigObject *) self->objects->pdata[i])->path, schema);
  return found;
}

/* What stands in a database's default schema is written without one, and so is what stands in the
 * usual default schema: a domain can't hold both where they are two. */
static gboolean
check_default_schema(const DmigSide *side, const DmigSchema *schema, const char *own, GError **error)
{
  const char *usual = schema->dialect->default_schema;
  if (usual == NULL || own == NULL || strcmp(own, usual) == 0 || !has_any_in(schema, usual))
    return TRUE;
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "the default schema of %s is %s, and there is something in %s, too; add "
              "options=-csearch_path%%3D%s to its URL to have them told apart",
              side->label, own, usual, usual);
  return FALSE;
}

static gboolean
read_schema(DmigContext *context, DmigSide *side, const Options *options, DmigSchema **out,
            GError **error)
{
  const DmigDialect *dialect;
  if (!dmig_sides_settle(side, NULL, options->dialect, error)
      || (side->snapshot != NULL && !dmig_snapshot_check(side->snapshot, error))
      || !choose_dialect(side, options->dialect, &dialect, error))
    return FALSE;
  g_autoptr(DmigIgnore) ignore = dmig_ignore_load(context, error);
  if (ignore == NULL)
    return FALSE;
  g_autoptr(DmigScratch) scratch = dmig_side_scratch(context, dialect);
  scratch->with_owners = options->owners;
  g_autoptr(DmigSchema) schema = NULL;
  if (!dmig_side_schema(context, side, dialect, scratch, &schema, error))
    return FALSE;
  g_autofree char *own = dmig_sides_default_schema(side, side, dialect);
  dmig_ignore_apply(ignore, schema, own);
  if (!check_default_schema(side, schema, own, error))
    return FALSE;
  *out = g_steal_pointer(&schema);
  return TRUE;
}

/* What the domain is called: as the database or the file, as far as that is a plain name. */
static char *
domain_name(const DmigSide *side)
{
  if (side->snapshot != NULL)
    return g_strdup(side->snapshot->domain->name);
  g_autofree char *base = side->database != NULL
                              ? g_strdup(side->database->driver->database_name(side->database))
                              : g_path_get_basename(side->sql->path);
  char *dot = strrchr(base, '.');
  if (dot != NULL && dot > base)
    *dot = '\0';
  g_strcanon(base, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_", '_');
  return g_strdup(*base != '\0' ? base : "database");
}

/* What could not be read or written is left out, and told. */
static void
warn(DmigContext *context, DmigDiagnostics *diagnostics, const DmigSchema *schema)
{
  for (guint i = 0; schema->problems != NULL && i < schema->problems->len; i++) {
    g_autofree char *text = dmig_text_printable(g_ptr_array_index(schema->problems, i));
    dmig_message_warning("%s", text);
    context->exit_status = DMIG_EXIT_WARNINGS;
  }
  for (guint i = 0; i < dmig_diagnostics_length(diagnostics); i++) {
    const DmigDiagnostic *diagnostic = dmig_diagnostics_get(diagnostics, i);
    g_autofree char *text = dmig_text_printable(diagnostic->message);
    dmig_message_warning("%s", text);
    context->exit_status = DMIG_EXIT_WARNINGS;
  }
}

static gboolean
write_output(const DmigDomain *domain, const Options *options, GError **error)
{
  gboolean folder = options->split || g_str_has_suffix(options->output, "/")
                    || g_file_test(options->output, G_FILE_TEST_IS_DIR);
  gboolean written = TRUE;
  if (folder) {
    g_autoptr(GPtrArray) files = dmig_domain_write_folder(domain);
    if (!dmig_output_write_folder(options->output, files, options->force, error))
      return FALSE;
    g_autofree char *count = dmig_text_count(files->len, "file", "files");
    g_autofree char *shown = dmig_text_printable(options->output);
    printf("Wrote %s into %s\n", count, shown);
    return TRUE;
  }
  g_autofree char *text = dmig_domain_write(domain);
  if (!dmig_output_write(options->output, text, options->force, &written, error))
    return FALSE;
  g_autofree char *entities = dmig_text_count(domain->entities->len, "entity", "entities");
  g_autofree char *shown = dmig_text_printable(options->output);
  printf(written ? "Wrote %s: %s\n" : "%s is up to date: %s\n", shown, entities);
  return TRUE;
}

static gboolean
inspect(DmigContext *context, DmigSide *side, const Options *options, GError **error)
{
  g_autoptr(DmigSchema) schema = NULL;
  if (!read_schema(context, side, options, &schema, error))
    return FALSE;
  g_autoptr(DmigDiagnostics) diagnostics = dmig_diagnostics_new();
  g_autofree char *name = domain_name(side);
  DmigDomain *domain = dmig_lift(name, schema, diagnostics);
  dmig_leave_until_exit(dmig_schema_ref(schema));
  dmig_leave_until_exit(domain);
  warn(context, diagnostics, schema);
  if (options->output != NULL && strcmp(options->output, "-") != 0)
    return write_output(domain, options, error);
  g_autofree char *text = dmig_domain_write(domain);
  fputs(text, stdout);
  return TRUE;
}

static gboolean
check_options(const Options *options, GError **error)
{
  if (options->dialect != NULL && dmig_dialect_find(options->dialect) == NULL)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "unknown dialect '%s'", options->dialect);
  else if (options->output != NULL && *options->output == '\0')
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE, "-o names no file");
  else if (options->split && options->output == NULL)
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_USAGE,
                "--split needs a folder to write into: -o domain");
  else
    return TRUE;
  return FALSE;
}

static gboolean
run_inspect(DmigContext *context, int argc, char **argv, GError **error)
{
  gboolean done;
  g_auto(Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
      "Write here; a folder gets a file for each part", "FILE|FOLDER" },
    { "split", 0, 0, G_OPTION_ARG_NONE, &options.split, "Several files, into a folder", NULL },
    { "owners", 0, 0, G_OPTION_ARG_NONE, &options.owners, "Also who owns each object", NULL },
    { "dialect", 0, 0, G_OPTION_ARG_STRING, &options.dialect,
      "What SQL files are written for, where they don't show it", "DIALECT" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &options.force, "Write over what is there", NULL },
    G_OPTION_ENTRY_NULL,
  };
  if (!dmig_command_parse(context, entries, &argc, &argv, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  if (!dmig_command_at_most(context, argc, argv, 1, error) || !check_options(&options, error))
    return FALSE;
  g_autoptr(DmigSide) side = argc > 1
                                 ? dmig_side_find(context, argv[1], error)
                                 : dmig_side_target(context, NULL, DMIG_OPEN_READ_ONLY, error);
  return side != NULL && inspect(context, side, &options, error);
}

const DmigCommand dmig_command_inspect = {
  .name = "inspect",
  .group = DMIG_GROUP_START,
  .summary = "Write a database as a domain in YAML",
  .usage = "[-o FILE|FOLDER] [--split] [--owners] [--force] [TARGET|URL|FILE]",
  .examples = "dmig inspect postgresql://db.example/shop -o domain.yaml\n"
              "dmig inspect shop.db              # to standard output\n"
              "dmig inspect schema.sql           # what a dump says\n"
              "dmig inspect prod -o domain --split  # a folder of files",
  .description
  = "Reads in one read-only snapshot. A file that is there already stays, unless --force\n"
    "is given. What .dmigignore lists is left out; what can't be read is left out with a\n"
    "warning, and ends the command with status 2.",
  .run = run_inspect,
};
