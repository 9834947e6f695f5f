#include "core/db/postgres/roles.h"

#include <string.h>

#include "core/db/postgres/connection.h"
#include "core/db/postgres/load.h"
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/scratch_database.h"
#include "core/db/scratch.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* --- in a script ----------------------------------------------------------------------------- */

typedef struct {
  GPtrArray *names;
  GHashTable *seen;
  DmigToken first, second, last; /* of the statement */
  guint n;
  gboolean expects; /* the next name is a role */
  gboolean in_list; /* and another one stands behind a comma */
} Finder;

static gboolean
is_special(const char *name)
{
  static const char *const special[]
      = { "public", "current_user", "session_user", "current_role", "group", "none", "default",
          NULL };
  return *name == '\0' || g_strv_contains(special, name) || g_str_has_prefix(name, "pg_");
}

static void
add(Finder *self, DmigToken token)
{
  g_autofree char *name = dmig_token_identifier(token);
  /* Adding a key that is there would put this one, which is freed, in its place. */
  if (is_special(name) || g_hash_table_contains(self->seen, name))
    return;
  g_hash_table_add(self->seen, name);
  g_ptr_array_add(self->names, g_steal_pointer(&name));
}

static gboolean
is_one_of(DmigToken token, const char *const *words)
{
  for (; *words != NULL; words++)
    if (dmig_token_is(token, *words))
      return TRUE;
  return FALSE;
}

static gboolean
names_roles(const Finder *self)
{
  static const char *const verbs[] = { "grant", "revoke", "alter", "reassign", NULL };
  static const char *const created[] = { "policy", "schema", "user", "role", "group", NULL };
  return is_one_of(self->first, verbs)
         || (dmig_token_is(self->first, "create") && is_one_of(self->second, created));
}

/* Whether a role stands behind `token`, or a list of them. */
static gboolean
leads_to_role(const Finder *self, DmigToken token)
{
  static const char *const always[] = { "authorization", "role", "user", "group", "by", NULL };
  static const char *const altered[] = { "default", "policy", NULL };
  if (is_one_of(token, always))
    return TRUE;
  if (dmig_token_is(token, "for"))
    return dmig_token_is(self->second, "user");
  if (dmig_token_is(token, "from"))
    return dmig_token_is(self->first, "revoke") || is_one_of(self->second, altered);
  return dmig_token_is(token, "to")
         && (!dmig_token_is(self->first, "alter") || dmig_token_is(self->last, "owner")
             || is_one_of(self->second, altered));
}

static void
follow(Finder *self, DmigToken token)
{
  gboolean name = token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED;
  self->n++;
  if (self->n == 1)
    self->first = token;
  if (self->n == 2)
    self->second = token;
  if (self->n > 1 && names_roles(self)) {
    gboolean leads = leads_to_role(self, token);
    gboolean further = self->in_list && dmig_token_is(token, ",");
    if (self->expects && name && !leads && !dmig_token_is(token, "mapping"))
      add(self, token);
    self->in_list = leads || further || (self->expects && name);
    self->expects = leads || further;
  }
  self->last = token;
}

GPtrArray *
dmig_pg_roles_of_script(const char *script)
{
  Finder self = { .names = g_ptr_array_new_with_free_func(g_free),
                  .seen = g_hash_table_new(g_str_hash, g_str_equal) };
  DmigLexer lexer;
  dmig_lexer_init(&lexer, script);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (dmig_token_is(token, ";")) {
      self.n = 0;
      self.expects = self.in_list = FALSE;
    } else if (token.kind != DMIG_TOKEN_SPACE) {
      follow(&self, token);
    }
  }
  g_hash_table_unref(self.seen);
  return self.names;
}

char *
dmig_pg_missing_role(const char *message)
{
  static const char before[] = "role \"", after[] = "\" does not exist";
  const char *begin = strstr(message, before);
  const char *end = begin != NULL ? strstr(begin, after) : NULL;
  return end != NULL ? g_strndup(begin + strlen(before), (gsize) (end - begin) - strlen(before))
                     : NULL;
}

/* --- on the scratch server ------------------------------------------------------------------- */

/* A role that is there already is as good. */
static gboolean
create_role(DmigDatabase *maintenance, const char *name)
{
  g_autofree char *sql = dmig_sql_printf(&dmig_postgres_dialect, "CREATE ROLE %I NOLOGIN", name);
  return dmig_pg_exec(maintenance, sql, NULL);
}

gboolean
dmig_pg_provide(gpointer scratch, const char *text, const GError *failure)
{
  DmigScratch *self = scratch;
  if (self->url != NULL)
    return FALSE;
  g_autoptr(GPtrArray) roles = NULL;
  if (failure != NULL) {
    roles = g_ptr_array_new_with_free_func(g_free);
    char *missing = dmig_pg_missing_role(failure->message);
    if (missing != NULL)
      g_ptr_array_add(roles, missing);
  } else {
    roles = dmig_pg_roles_of_script(text);
  }
  const char *url = roles->len > 0 ? dmig_pg_scratch_url(self, NULL) : NULL;
  DmigPg *maintenance = NULL;
  if (url == NULL || !dmig_pg_connect(url, NULL, 0, &maintenance, NULL))
    return FALSE;
  gboolean made = FALSE;
  for (guint i = 0; i < roles->len; i++)
    made |= create_role(&maintenance->base, g_ptr_array_index(roles, i));
  dmig_pg_close(&maintenance->base);
  return made;
}
