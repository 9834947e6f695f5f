/* Scripts that were written for the sqlite3 shell. */
#include <string.h>

#include "core/db/sqlite/internal.h"
#include "core/sql/lexer.h"

const char *const dmig_sqlite_marks[] = {
  "autoincrement",     "create virtual table", "datetime (",   "fts5",
  "insert or replace", "on conflict replace",  "on conflict ignore",
  "pragma",            "sqlite_master",        "sqlite_schema", "sqlite_sequence",
  "strftime (",        "without rowid",        ") strict",     NULL,
};

static guint
line_at(const char *text, const char *place)
{
  guint line = 1;
  for (const char *p = text; p < place; p++)
    line += *p == '\n';
  return line;
}

static gboolean
blank_command(const char *text, char *dot, char *end, GError **error)
{
  static const char *const meaningful[] = { ".read", ".import", ".restore", ".load", NULL };
  for (const char *const *name = meaningful; *name != NULL; name++) {
    if (!g_str_has_prefix(dot, *name))
      continue;
    g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
                "line %u: dmig can't carry out the shell's %s: write the SQL itself, or put the "
                "files into a folder",
                line_at(text, dot), *name);
    return FALSE;
  }
  memset(dot, ' ', (gsize) (end - dot));
  return TRUE;
}

/* The shell's own commands stand at the beginning of a line, between statements. They are blanked
 * out, so that everything else stays on its line. */
static char *
plain_script(const char *text, GError **error)
{
  char *script = g_strdup(text);
  gboolean between = TRUE;
  DmigLexer lexer;
  if (g_str_has_prefix(script, "\357\273\277"))
    memset(script, ' ', 3);
  dmig_lexer_init(&lexer, script);
  for (;;) {
    DmigToken token = dmig_lexer_next(&lexer);
    if (token.kind == DMIG_TOKEN_END)
      return script;
    if (token.kind == DMIG_TOKEN_SPACE)
      continue;
    char *at = script + (token.start - script);
    gboolean command = between && *at == '.' && (at == script || at[-1] == '\n');
    between = command || dmig_token_is(token, ";");
    if (!command)
      continue;
    char *end = at + strcspn(at, "\n");
    if (!blank_command(script, at, end, error)) {
      g_free(script);
      return NULL;
    }
    dmig_lexer_init(&lexer, end);
  }
}

/* A schema does not reach into other files. VACUUM attaches one that has no name. */
static int
keep_inside(void *data, int action, const char *file, const char *detail, const char *database,
            const char *trigger)
{
  return action == SQLITE_ATTACH && file != NULL && *file != '\0' ? SQLITE_DENY : SQLITE_OK;
}

static gboolean
check_ended(DmigSqlite *self, const char *text, GError **error)
{
  if (sqlite3_get_autocommit(self->handle))
    return TRUE;
  sqlite3_exec(self->handle, "ROLLBACK", NULL, NULL, NULL);
  g_set_error(error, DMIG_ERROR, DMIG_ERROR_FAILED,
              "line %u: the script ends inside of a transaction: add a COMMIT",
              line_at(text, text + strlen(text)));
  return FALSE;
}

gboolean
dmig_sqlite_load(DmigDatabase *database, const char *text, GError **error)
{
  DmigSqlite *self = (DmigSqlite *) database;
  g_autofree char *script = plain_script(text, error);
  if (script == NULL)
    return FALSE;
  sqlite3_set_authorizer(self->handle, keep_inside, NULL);
  gboolean loaded = dmig_sqlite_exec(database, script, error) && check_ended(self, text, error);
  sqlite3_set_authorizer(self->handle, NULL, NULL);
  if (!sqlite3_get_autocommit(self->handle))
    sqlite3_exec(self->handle, "ROLLBACK", NULL, NULL, NULL);
  /* A dump writes virtual tables right into the schema; only so are they seen. */
  sqlite3_exec(self->handle, "PRAGMA writable_schema = RESET", NULL, NULL, NULL);
  return loaded;
}
