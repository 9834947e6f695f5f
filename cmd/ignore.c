#include "cmd/ignore.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/project.h"
#include "cmd/ui/diagnostics.h"
#include "core/base/text.h"
#include "core/domain/reader.h"

#define FILE_NAME ".dmigignore"
#define MOST_BYTES (1024 * 1024)

typedef struct {
  int kind; /* DmigObjectKind; -1: any */
  gboolean negated;
  gboolean qualified; /* the pattern has a dot, and is held against the qualified name */
  char *pattern;
} Rule;

struct _DmigIgnore {
  GPtrArray *rules; /* Rule* */
};

static void
rule_free(gpointer data)
{
  Rule *self = data;
  g_free(self->pattern);
  g_free(self);
}

void
dmig_ignore_free(DmigIgnore *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->rules);
  g_free(self);
}

/* --- the file --------------------------------------------------------------------------------- */

/* "materialized-view", "materialized_view" and "Materialized View" are one. */
static gboolean
same_word(const char *a, const char *b)
{
  for (; *a != '\0' && *b != '\0'; a++, b++) {
    char x = *a == '-' || *a == '_' ? ' ' : g_ascii_tolower(*a);
    char y = *b == '-' || *b == '_' ? ' ' : g_ascii_tolower(*b);
    if (x != y)
      return FALSE;
  }
  return *a == *b;
}

static int
kind_of(const char *word)
{
  static const char *const routines[] = { "function", "procedure", "aggregate" };
  for (guint i = 0; i < G_N_ELEMENTS(routines); i++)
    if (same_word(word, routines[i]))
      return DMIG_OBJECT_ROUTINE;
  for (int kind = 0; kind < DMIG_OBJECT_KINDS; kind++)
    if (same_word(word, dmig_object_kind_name(kind)))
      return kind;
  return -1;
}

typedef struct {
  DmigIgnore *ignore;
  DmigDiagnostics *diagnostics;
  DmigLocation at;
} Reader;

static void
complain_kind(Reader *self, const char *word)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (int kind = 0; kind < DMIG_OBJECT_KINDS; kind++)
    g_ptr_array_add(names, (gpointer)dmig_object_kind_name(kind));
  g_ptr_array_add(names, NULL);
  const char *near = dmig_text_suggest(word, (const char *const *) names->pdata);
  g_autofree char *shown = dmig_text_printable(word);
  g_autofree char *hint = near != NULL ? g_strdup_printf("did you mean '%s'?", near)
                                       : g_strdup("write a colon in a name as \\:");
  dmig_diagnostics_add(self->diagnostics, self->at, DMIG_SEVERITY_ERROR, "unknown-kind", hint,
                       "'%s' is no kind of object", shown);
}

/* The colon behind a kind; NULL: the line has none. */
static const char *
find_colon(const char *line)
{
  for (const char *p = line; *p != '\0'; p++) {
    if (*p == '\\' && p[1] != '\0')
      p++;
    else if (*p == ':')
      return p;
  }
  return NULL;
}

static gboolean
read_kind(Reader *self, const char **line, int *out_kind)
{
  const char *colon = find_colon(*line);
  *out_kind = -1;
  if (colon == NULL)
    return TRUE;
  g_autofree char *word = g_strndup(*line, (gsize) (colon - *line));
  g_strstrip(word);
  *out_kind = kind_of(word);
  *line = colon + 1 + strspn(colon + 1, " \t");
  if (*out_kind < 0)
    complain_kind(self, word);
  else if (*out_kind == DMIG_OBJECT_COLUMN || *out_kind == DMIG_OBJECT_CONSTRAINT)
    dmig_diagnostics_add(self->diagnostics, self->at, DMIG_SEVERITY_ERROR, "unknown-kind", NULL,
                         "a %s can't be ignored, since it belongs to its table", word);
  else
    return TRUE;
  return FALSE;
}

/* White space at the end does not count, unless it is escaped; nor does what follows a # there. */
static void
strip_end(char *line)
{
  for (char *p = line; *p != '\0'; p++) {
    if (*p == '\\' && p[1] != '\0')
      p++;
    else if (*p == '#' && (p == line || g_ascii_isspace(p[-1])))
      *p = '\0';
    if (*p == '\0')
      break;
  }
  gsize length = strlen(line);
  while (length > 0 && g_ascii_isspace(line[length - 1])
         && !(length > 1 && line[length - 2] == '\\'))
    line[--length] = '\0';
}

static void
read_line(Reader *self, char *text)
{
  strip_end(text);
  const char *line = text + strspn(text, " \t");
  int kind;
  gboolean negated = *line == '!';
  line += negated;
  if (*line == '\0' || !read_kind(self, &line, &kind))
    return;
  if (*line == '\0') {
    dmig_diagnostics_add(self->diagnostics, self->at, DMIG_SEVERITY_ERROR, "missing-pattern",
                         "'*' stands for all", "a name or a pattern is missing");
    return;
  }
  Rule *rule = g_new0(Rule, 1);
  rule->kind = kind;
  rule->negated = negated;
  rule->pattern = g_strdup(line);
  rule->qualified = strchr(line, '.') != NULL;
  g_ptr_array_add(self->ignore->rules, rule);
}

DmigIgnore *
dmig_ignore_parse(const char *path, const char *text, DmigDiagnostics *diagnostics)
{
  DmigIgnore *ignore = g_new0(DmigIgnore, 1);
  ignore->rules = g_ptr_array_new_with_free_func(rule_free);
  Reader reader = { ignore, diagnostics, { g_intern_string(path), 0, 1 } };
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    reader.at.line = i + 1;
    read_line(&reader, lines[i]);
  }
  return ignore;
}

/* NULL: there is none, or the error. */
static char *
read_text(const char *path, GError **error)
{
  g_autoptr(GError) problem = NULL;
  struct stat status;
  char *text = NULL;
  if (!dmig_project_check_file(path, error))
    return NULL;
  if (stat(path, &status) == 0 && status.st_size > MOST_BYTES) {
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s is larger than 1 MB; write patterns", path);
    return NULL;
  }
  if (g_file_get_contents(path, &text, NULL, &problem))
    return text;
  if (!g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FATAL, "%s", problem->message);
  return NULL;
}

DmigIgnore *
dmig_ignore_load(DmigContext *context, GError **error)
{
  g_autofree char *path = dmig_project_path(context, FILE_NAME);
  g_autoptr(DmigDiagnostics) diagnostics = dmig_diagnostics_new();
  g_autoptr(GError) problem = NULL;
  g_autofree char *text = read_text(path, &problem);
  if (problem != NULL) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return NULL;
  }
  g_autoptr(DmigIgnore) self = dmig_ignore_parse(path, text != NULL ? text : "", diagnostics);
  if (!dmig_diagnostics_have_errors(diagnostics))
    return g_steal_pointer(&self);
  dmig_diagnostics_print(stderr, diagnostics, NULL);
  dmig_diagnostics_refuse(diagnostics, path, error);
  return NULL;
}

/* --- matching --------------------------------------------------------------------------------- */

/* The names by which a pattern may call an object: plain, qualified, and both with a routine's
 * arguments. */
typedef struct {
  char *plain[2], *qualified[2];
} Names;

static void
names_init(Names *self, DmigObjectKind kind, const char *path, const char *detail,
           const char *default_schema)
{
  g_autofree char *schema = dmig_path_schema(path);
  const char *name = dmig_path_name(path);
  gboolean part = dmig_object_kind_is_part(kind) && detail != NULL;
  const char *own = part ? detail : name;
  *self = (Names){ { NULL }, { NULL } };
  self->plain[0] = g_strdup(own);
  self->qualified[0] = g_strdup_printf("%s.%s%s%s", schema != NULL ? schema : default_schema, name,
                                       part ? "." : "", part ? detail : "");
  if (kind == DMIG_OBJECT_ROUTINE && detail != NULL) {
    self->plain[1] = g_strdup_printf("%s(%s)", self->plain[0], detail);
    self->qualified[1] = g_strdup_printf("%s(%s)", self->qualified[0], detail);
  } else if (part && schema == NULL) {
    self->qualified[1] = g_strdup_printf("%s.%s", name, detail);
  }
}

static void
names_clear(Names *self)
{
  for (guint i = 0; i < 2; i++) {
    g_free(self->plain[i]);
    g_free(self->qualified[i]);
  }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Names, names_clear)

/* A name with a dot in it matches by itself, too. */
static gboolean
rule_matches(const Rule *rule, DmigObjectKind kind, const Names *names)
{
  if (rule->kind >= 0 && (DmigObjectKind) rule->kind != kind)
    return FALSE;
  for (guint i = 0; i < 2; i++)
    if ((names->plain[i] != NULL && fnmatch(rule->pattern, names->plain[i], 0) == 0)
        || (rule->qualified && names->qualified[i] != NULL
            && fnmatch(rule->pattern, names->qualified[i], 0) == 0))
      return TRUE;
  return FALSE;
}

/* -1: no rule speaks of it. */
static int
verdict(const DmigIgnore *self, DmigObjectKind kind, const char *path, const char *detail,
        const char *default_schema)
{
  g_auto(Names) names;
  names_init(&names, kind, path, detail, default_schema);
  for (guint i = self->rules->len; i > 0; i--) {
    const Rule *rule = g_ptr_array_index(self->rules, i - 1);
    if (rule_matches(rule, kind, &names))
      return !rule->negated;
  }
  return -1;
}

gboolean
dmig_ignore_matches(const DmigIgnore *self, DmigObjectKind kind, const char *path,
                    const char *detail, const char *default_schema)
{
  int own = verdict(self, kind, path, detail, default_schema);
  if (own >= 0)
    return own;
  if (dmig_object_kind_is_part(kind))
    for (DmigObjectKind whole = DMIG_OBJECT_TABLE; whole <= DMIG_OBJECT_MATERIALIZED_VIEW; whole++)
      if (!dmig_object_kind_is_part(whole)
          && (own = verdict(self, whole, path, NULL, default_schema)) >= 0)
        return own;
  g_autofree char *schema = dmig_path_schema(path);
  return kind != DMIG_OBJECT_SCHEMA && schema != NULL
         && verdict(self, DMIG_OBJECT_SCHEMA, schema, NULL, default_schema) > 0;
}

/* --- taking out ------------------------------------------------------------------------------- */

static guint
take_out_indexes(const DmigIgnore *self, DmigTable *table, const char *default_schema)
{
  guint n = 0;
  for (guint i = table->indexes->len; i > 0; i--) {
    const DmigIndex *index = g_ptr_array_index(table->indexes, i - 1);
    if (verdict(self, DMIG_OBJECT_INDEX, table->name, index->name, default_schema) != 1)
      continue;
    g_ptr_array_remove_index(table->indexes, i - 1);
    n++;
  }
  return n;
}

guint
dmig_ignore_apply(const DmigIgnore *self, DmigSchema *schema, const char *own)
{
  guint n = 0;
  if (self->rules->len == 0)
    return 0;
  for (guint i = schema->enums->len; i > 0; i--) {
    const DmigEnum *type = g_ptr_array_index(schema->enums, i - 1);
    if (dmig_ignore_matches(self, DMIG_OBJECT_ENUM, type->name, NULL, own) && ++n > 0)
      g_ptr_array_remove_index(schema->enums, i - 1);
  }
  for (guint i = schema->tables->len; i > 0; i--) {
    DmigTable *table = g_ptr_array_index(schema->tables, i - 1);
    if (dmig_ignore_matches(self, DMIG_OBJECT_TABLE, table->name, NULL, own) && ++n > 0)
      g_ptr_array_remove_index(schema->tables, i - 1);
    else
      n += take_out_indexes(self, table, own);
  }
  for (guint i = schema->objects->len; i > 0; i--) {
    const DmigObject *object = g_ptr_array_index(schema->objects, i - 1);
    if (dmig_ignore_matches(self, object->kind, object->path, object->detail, own) && ++n > 0)
      g_ptr_array_remove_index(schema->objects, i - 1);
  }
  dmig_schema_forget(schema);
  return n;
}
