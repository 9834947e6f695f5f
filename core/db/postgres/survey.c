/* What a run would meet: privileges, room, sessions that hold locks. */
#include "core/db/postgres/survey.h"

#include <jansson.h>
#include <string.h>
#include <sys/statvfs.h>

#include "core/base/text.h"
#include "core/db/postgres/connection.h"
#include "core/db/postgres/postgres_sql.h"
#include "core/sql/lexer.h"

/* Source: PostgreSQL manual, appendix E "Release Notes" of each version. */
static const DmigVersionFeature features[] = {
  { "begin atomic", 140000, "PostgreSQL 14" },
  { "detach partition concurrently", 140000, "PostgreSQL 14" },
  { "set compression", 140000, "PostgreSQL 14" },
  { "or replace trigger", 140000, "PostgreSQL 14" },
  { "nulls not distinct", 150000, "PostgreSQL 15" },
  { "security_invoker", 150000, "PostgreSQL 15" },
  { "merge into", 150000, "PostgreSQL 15" },
  { "set access method", 150000, "PostgreSQL 15" },
  { "icu_locale", 150000, "PostgreSQL 15" },
  { "any_value (", 160000, "PostgreSQL 16" },
  { "set expression", 170000, "PostgreSQL 17" },
  { "json_table (", 170000, "PostgreSQL 17" },
  { "without overlaps", 180000, "PostgreSQL 18" },
  { "not enforced", 180000, "PostgreSQL 18" },
  { "uuidv7 (", 180000, "PostgreSQL 18" },
  { NULL, 0, NULL },
};

typedef struct {
  DmigDatabase *db;
  const DmigSurvey *survey;
  GPtrArray *touches;  /* DmigTouch* */
  GPtrArray *findings;
  char *names;         /* of all that is touched and its tables, as JSON */
  guint64 rewritten;   /* bytes */
} Look;

/* --- what is touched ------------------------------------------------------------------------- */

/* `shop.customers.phone` may be a table, a column of one, or a column of one in a schema. */
static char *
names_of(GPtrArray *touches)
{
  json_t *array = json_array();
  g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < touches->len; i++) {
    g_autofree char *name = g_strdup(((DmigTouch *) touches->pdata[i])->name);
    for (char *dot = name; dot != NULL; dot = strrchr(name, '.')) {
      if (dot != name)
        *dot = '\0';
      if (*name != '\0' && g_utf8_validate(name, -1, NULL) && g_hash_table_add(known, g_strdup(name)))
        json_array_append_new(array, json_string(name));
      if (strchr(name, '.') == NULL)
        break;
    }
  }
  char *text = json_dumps(array, JSON_COMPACT);
  json_decref(array);
  char *owned = g_strdup(text);
  free(text);
  return owned;
}

/* What is done to a relation and its parts. */
static DmigTouch
touch_of(const Look *self, const char *relation)
{
  DmigTouch all = { .name = NULL };
  gsize length = strlen(relation);
  for (guint i = 0; i < self->touches->len; i++) {
    const DmigTouch *touch = self->touches->pdata[i];
    if (strncmp(touch->name, relation, length) != 0
        || (touch->name[length] != '\0' && touch->name[length] != '.'))
      continue;
    all.lock = MAX(all.lock, touch->lock);
    all.rewrites |= touch->rewrites;
  }
  return all;
}

static void
look_at_relations(Look *self, gboolean superuser)
{
  const char *const parameters[] = { self->names };
  g_autoptr(DmigRows) rows = NULL;
  g_autoptr(GError) error = NULL;
  if (!dmig_pg_query(self->db, dmig_pg_sql_survey_relations, parameters, 1, &rows, &error)) {
    dmig_finding_add(self->findings, DMIG_FINDING_NOTE, "privileges",
                     "whose the tables are is not known: %s", error->message);
    return;
  }
  for (guint i = 0; i < rows->rows->len; i++) {
    const char *name = dmig_rows_get(rows, i, 0), *size = dmig_rows_get(rows, i, 1);
    if (touch_of(self, name).rewrites && size != NULL)
      self->rewritten += g_ascii_strtoull(size, NULL, 10);
    if (superuser || g_strcmp0(dmig_rows_get(rows, i, 2), "t") == 0)
      continue;
    g_autofree char *shown = dmig_text_printable(name);
    DmigFinding *finding
        = dmig_finding_add(self->findings, DMIG_FINDING_PROBLEM, "privileges",
                           "%s belongs to %s, and only its owner can change it", shown,
                           dmig_rows_get(rows, i, 3));
    dmig_finding_advise(finding, "connect as %s or as a member of it", dmig_rows_get(rows, i, 3));
  }
}

/* --- privileges ------------------------------------------------------------------------------ */

G_GNUC_PRINTF(3, 0)
static void
lack_text(Look *self, const char *advice, const char *format, va_list arguments)
{
  g_autofree char *raw = g_strdup_vprintf(format, arguments);
  g_autofree char *text = dmig_text_printable(raw);
  DmigFinding *finding
      = dmig_finding_add(self->findings, DMIG_FINDING_PROBLEM, "privileges", "%s", text);
  dmig_finding_advise(finding, "%s", advice);
}

G_GNUC_PRINTF(3, 4)
static void
lack(Look *self, const char *advice, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  lack_text(self, advice, format, arguments);
  va_end(arguments);
}

/* Names that stand behind `first second` in the statements, by a lexer's view. */
static GPtrArray *
names_behind(const char *sql, const char *const *phrase)
{
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  guint matched = 0;
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (token.kind == DMIG_TOKEN_SPACE)
      continue;
    gboolean optional = dmig_token_is(token, "if") || dmig_token_is(token, "not")
                        || dmig_token_is(token, "exists");
    if (phrase[matched] == NULL && optional)
      continue;
    gboolean name = token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED;
    if (phrase[matched] == NULL && name)
      g_ptr_array_add(names, dmig_token_identifier(token));
    if (phrase[matched] != NULL && dmig_token_is(token, phrase[matched]))
      matched++;
    else
      matched = dmig_token_is(token, phrase[0]) ? 1 : 0;
  }
  return names;
}

static char *
names_to_json(GPtrArray *names)
{
  json_t *array = json_array();
  for (guint i = 0; i < names->len; i++)
    json_array_append_new(array, json_string(names->pdata[i]));
  char *text = json_dumps(array, JSON_COMPACT);
  json_decref(array);
  char *owned = g_strdup(text);
  free(text);
  return owned;
}

static void
look_at_extensions(Look *self, const char *sql, gboolean superuser)
{
  static const char *const phrase[] = { "create", "extension", NULL };
  g_autoptr(GPtrArray) names = names_behind(sql, phrase);
  g_autofree char *json = names->len > 0 ? names_to_json(names) : NULL;
  const char *const parameters[] = { json };
  g_autoptr(DmigRows) rows = NULL;
  if (json == NULL
      || !dmig_pg_query(self->db, dmig_pg_sql_survey_extensions, parameters, 1, &rows, NULL))
    return;
  for (guint i = 0; i < rows->rows->len; i++) {
    const char *name = dmig_rows_get(rows, i, 0);
    if (g_strcmp0(dmig_rows_get(rows, i, 1), "t") != 0)
      lack(self, "install its package on the server", "the server has no extension %s", name);
    else if (!superuser && g_strcmp0(dmig_rows_get(rows, i, 2), "t") == 0)
      lack(self, "let a superuser make it first", "only a superuser can make the extension %s",
           name);
  }
}

static void
look_at_owners(Look *self, const char *sql)
{
  static const char *const phrase[] = { "owner", "to", NULL };
  static const char query[]
      = "SELECT r.rolname, pg_catalog.pg_has_role(r.oid, 'MEMBER') FROM pg_catalog.pg_roles r WHERE "
        "r.rolname::text = ANY (ARRAY(SELECT pg_catalog.jsonb_array_elements_text($1::jsonb)))";
  g_autoptr(GPtrArray) names = names_behind(sql, phrase);
  g_autofree char *json = names->len > 0 ? names_to_json(names) : NULL;
  const char *const parameters[] = { json };
  g_autoptr(DmigRows) rows = NULL;
  if (json == NULL || !dmig_pg_query(self->db, query, parameters, 1, &rows, NULL))
    return;
  for (guint i = 0; i < rows->rows->len; i++)
    if (g_strcmp0(dmig_rows_get(rows, i, 1), "t") != 0)
      lack(self, "GRANT that role to the role that dmig connects as",
           "what is given to %s must be given by a member of it", dmig_rows_get(rows, i, 0));
}

static gboolean
makes_something(const DmigSurvey *survey)
{
  for (guint i = 0; i < survey->plans->len; i++) {
    const DmigPlan *plan = survey->plans->pdata[i];
    for (guint k = 0; k < plan->steps->len; k++) {
      const char *kind = ((DmigStep *) plan->steps->pdata[k])->kind;
      if (g_str_has_prefix(kind, "create-"))
        return TRUE;
    }
  }
  return FALSE;
}

static void
look_at_privileges(Look *self, const DmigRows *server)
{
  gboolean superuser = g_strcmp0(dmig_rows_get(server, 0, 0), "t") == 0;
  gboolean may_create = g_strcmp0(dmig_rows_get(server, 0, 2), "t") == 0;
  const char *role = dmig_rows_get(server, 0, 1), *schema = dmig_rows_get(server, 0, 3);
  guint before = self->findings->len;
  g_autofree char *sql = dmig_survey_sql(self->survey);
  static const char *const schemas[] = { "create", "schema", NULL };
  g_autoptr(GPtrArray) made = names_behind(sql, schemas);
  if (g_strcmp0(dmig_rows_get(server, 0, 5), "t") == 0)
    lack(self, "connect to the primary server", "this server is a standby, which can't be written");
  if (!may_create && (made->len > 0 || !self->survey->tracked))
    lack(self, "GRANT CREATE ON DATABASE … TO that role",
         "%s may make no schema in this database%s", role,
         self->survey->tracked ? "" : ", and dmig keeps its record in one of its own");
  if (dmig_rows_get(server, 0, 9) != NULL)
    lack(self, "GRANT USAGE, CREATE ON SCHEMA dmig, and on its tables SELECT, INSERT and UPDATE",
         "dmig's record is in the schema dmig, which the role may not write");
  if (schema == NULL)
    lack(self, "set the role's search_path to a schema that is there",
         "%s has no current schema to make things in", role);
  else if (g_strcmp0(dmig_rows_get(server, 0, 4), "t") != 0 && makes_something(self->survey))
    lack(self, "GRANT CREATE ON SCHEMA … TO that role", "the role may make nothing in the schema %s",
         schema);
  look_at_extensions(self, sql, superuser);
  if (!superuser) {
    static const char *const triggers[] = { "create", "event", "trigger", NULL };
    g_autoptr(GPtrArray) event_triggers = names_behind(sql, triggers);
    if (event_triggers->len > 0)
      lack(self, "connect as a superuser", "only a superuser can make the event trigger %s",
           (char *) event_triggers->pdata[0]);
    look_at_owners(self, sql);
  }
  look_at_relations(self, superuser);
  if (self->findings->len == before) {
    g_autofree char *shown = dmig_text_printable(role);
    dmig_finding_add(self->findings, DMIG_FINDING_GOOD, "privileges", "%s may do all of it", shown);
  }
}

/* --- room ------------------------------------------------------------------------------------ */

static void
look_at_room(Look *self, const DmigRows *server)
{
  const char *folder = dmig_rows_get(server, 0, 6), *size = dmig_rows_get(server, 0, 8);
  gboolean near = g_strcmp0(dmig_rows_get(server, 0, 7), "t") == 0;
  struct statvfs room;
  g_autofree char *wanted = dmig_size_text(self->rewritten);
  if (self->survey->backup && self->survey->backup_folder != NULL && size != NULL
      && statvfs(self->survey->backup_folder, &room) == 0
      && (guint64) room.f_bavail * room.f_frsize < g_ascii_strtoull(size, NULL, 10)) {
    DmigFinding *finding = dmig_finding_add(
        self->findings, DMIG_FINDING_WARNING, "disk-space",
        "a backup of this database may not fit into %s", self->survey->backup_folder);
    dmig_finding_advise(finding, "make room, or choose another folder for backups");
  }
  if (folder == NULL || !near || statvfs(folder, &room) != 0) {
    dmig_finding_add(self->findings, self->rewritten > 0 ? DMIG_FINDING_NOTE : DMIG_FINDING_GOOD,
                     "disk-space",
                     self->rewritten > 0
                         ? "tables of %s are written again; how much room the server has is not known"
                         : "no table is written again",
                     wanted);
    return;
  }
  guint64 left = (guint64) room.f_bavail * room.f_frsize;
  g_autofree char *left_text = dmig_size_text(left);
  if (left > self->rewritten) {
    dmig_finding_add(self->findings, DMIG_FINDING_GOOD, "disk-space",
                     "%s are free, tables of %s are written again", left_text, wanted);
    return;
  }
  DmigFinding *finding = dmig_finding_add(
      self->findings, DMIG_FINDING_PROBLEM, "disk-space",
      "tables of %s are written again, and the server has only %s left", wanted, left_text);
  dmig_finding_advise(finding, "make room on the server first");
}

/* --- sessions -------------------------------------------------------------------------------- */

static const char *const modes[]
    = { "AccessShareLock",       "RowShareLock",  "RowExclusiveLock", "ShareUpdateExclusiveLock",
        "ShareLock",             "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock" };

/* Source: PostgreSQL manual, table 13.2 "Conflicting Lock Modes": which of the modes above keep a
 * statement waiting that wants the lock. */
static gboolean
conflicts(DmigLock wanted, const char *held)
{
  static const guint masks[] = {
    [DMIG_LOCK_NONE] = 0,
    [DMIG_LOCK_ACCESS_SHARE] = 0x80,
    [DMIG_LOCK_ROW_EXCLUSIVE] = 0xf0,
    [DMIG_LOCK_SHARE_UPDATE_EXCLUSIVE] = 0xf8,
    [DMIG_LOCK_SHARE] = 0xec,
    [DMIG_LOCK_SHARE_ROW_EXCLUSIVE] = 0xfc,
    [DMIG_LOCK_ACCESS_EXCLUSIVE] = 0xff,
  };
  for (guint i = 0; i < G_N_ELEMENTS(modes); i++)
    if (g_strcmp0(modes[i], held) == 0)
      return (masks[wanted] & (1u << i)) != 0;
  return FALSE;
}

static char *
session_text(const DmigRows *rows, guint i)
{
  const char *application = dmig_rows_get(rows, i, 4), *state = dmig_rows_get(rows, i, 5);
  const char *user = dmig_rows_get(rows, i, 3);
  GString *text = g_string_new(user != NULL ? user : "somebody");
  if (dmig_rows_get(rows, i, 7) != NULL) {
    g_string_append_printf(text, "'s prepared transaction '%s'", dmig_rows_get(rows, i, 7));
  } else {
    g_string_append(text, " (");
    if (application != NULL && *application != '\0')
      g_string_append_printf(text, "%s, ", application);
    g_string_append_printf(text, "server process %s", dmig_rows_get(rows, i, 2));
    if (state != NULL)
      g_string_append_printf(text, ", %s", state);
    g_string_append_c(text, ')');
  }
  g_autofree char *raw = g_string_free(text, FALSE);
  return dmig_text_printable(raw);
}

static void
advise_on_session(DmigFinding *finding, const DmigRows *rows, guint i)
{
  const char *pid = dmig_rows_get(rows, i, 2);
  if (dmig_rows_get(rows, i, 7) != NULL)
    dmig_finding_advise(finding, "COMMIT PREPARED or ROLLBACK PREPARED it: nothing else ends it");
  else if (g_strcmp0(dmig_rows_get(rows, i, 8), "t") == 0)
    dmig_finding_advise(finding, "let it end: it prevents transaction ids from wrapping around, and "
                                 "does not give way");
  else
    dmig_finding_advise(finding, "let it end, or SELECT pg_terminate_backend(%s)",
                        pid != NULL ? pid : "…");
}

/* An ordinary autovacuum gives way by itself, and short transactions come and go. */
static gboolean
gives_way(const DmigRows *rows, guint i)
{
  if (g_strcmp0(dmig_rows_get(rows, i, 10), "t") == 0)
    return TRUE;
  return g_strcmp0(dmig_rows_get(rows, i, 9), "t") == 0
         && g_strcmp0(dmig_rows_get(rows, i, 8), "t") != 0;
}

static void
note_session(Look *self, const DmigRows *rows, guint i)
{
  const char *relation = dmig_rows_get(rows, i, 0), *since = dmig_rows_get(rows, i, 6);
  g_autofree char *session = session_text(rows, i);
  g_autofree char *age = since != NULL ? g_strdup_printf(", for %s", since) : g_strdup("");
  gboolean prepared = dmig_rows_get(rows, i, 7) != NULL;
  DmigFinding *finding;
  if (relation != NULL) {
    g_autofree char *shown = dmig_text_printable(relation);
    finding = dmig_finding_add(self->findings,
                               prepared ? DMIG_FINDING_PROBLEM : DMIG_FINDING_WARNING, "blockers",
                               "%s holds a lock on %s (%s)%s", session, shown,
                               dmig_rows_get(rows, i, 1), age);
  } else {
    finding = dmig_finding_add(self->findings, DMIG_FINDING_NOTE, "long-transaction",
                               "%s has been in a transaction%s", session, age);
  }
  advise_on_session(finding, rows, i);
}

static void
look_at_sessions(Look *self)
{
  const char *const parameters[] = { self->names };
  g_autoptr(DmigRows) rows = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  if (!dmig_pg_query(self->db, dmig_pg_sql_survey_locks, parameters, 1, &rows, &error)) {
    dmig_finding_add(self->findings, DMIG_FINDING_NOTE, "blockers",
                     "who holds locks is not known: %s", error->message);
    return;
  }
  gboolean blocked = FALSE;
  for (guint i = 0; i < rows->rows->len; i++) {
    const char *relation = dmig_rows_get(rows, i, 0), *pid = dmig_rows_get(rows, i, 2);
    DmigLock wanted = relation != NULL ? touch_of(self, relation).lock : DMIG_LOCK_NONE;
    gboolean in_the_way = relation != NULL && conflicts(wanted, dmig_rows_get(rows, i, 1));
    if ((relation != NULL && !in_the_way) || gives_way(rows, i))
      continue;
    g_autofree char *key
        = g_strdup_printf("%s %s", pid != NULL ? pid : dmig_rows_get(rows, i, 7),
                          relation != NULL ? relation : "");
    if (!g_hash_table_add(told, g_steal_pointer(&key)))
      continue;
    blocked |= relation != NULL;
    note_session(self, rows, i);
  }
  if (!blocked)
    dmig_finding_add(self->findings, DMIG_FINDING_GOOD, "blockers",
                     "nobody holds a lock that a step would wait for");
}

void
dmig_pg_survey(DmigDatabase *database, const DmigSurvey *survey, GPtrArray *findings)
{
  g_autoptr(GPtrArray) touches = dmig_survey_touches(survey);
  g_autofree char *names = names_of(touches);
  Look look = { database, survey, touches, findings, names, 0 };
  DmigPg *self = (DmigPg *) database;
  g_autoptr(DmigRows) server = NULL;
  g_autoptr(GError) error = NULL;
  dmig_survey_versions(survey, features, (guint) PQserverVersion(self->conn), self->version,
                       findings);
  if (!dmig_pg_query(database, dmig_pg_sql_survey_server, NULL, 0, &server, &error)
      || server->rows->len != 1) {
    dmig_finding_add(findings, DMIG_FINDING_NOTE, "privileges",
                     "what the role may do is not known: %s",
                     error != NULL ? error->message : "the server names no role");
    return;
  }
  look_at_privileges(&look, server);
  look_at_room(&look, server);
  look_at_sessions(&look);
  if (dmig_rows_get(server, 0, 10) != NULL) {
    g_autofree char *slots = dmig_text_printable(dmig_rows_get(server, 0, 10));
    DmigFinding *finding = dmig_finding_add(findings, DMIG_FINDING_NOTE, "replication",
                                            "replication slots lag behind: %s", slots);
    dmig_finding_advise(finding, "the server keeps its log for them; drop those nobody reads");
  }
}
