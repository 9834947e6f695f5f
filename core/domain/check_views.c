/* Views that read one another in a circle: no order exists in which to create them. */
#include "core/domain/domain_reader.h"

#include <string.h>

#include "core/sql/lexer.h"
#include "core/sql/path.h"

/* Where a walk over the tokens of a query stands. */
typedef struct {
  GHashTable *views; /* path, lower case -> DmigDomainView * */
  GHashTable *local; /* names that the query itself gives: WITH x AS (…) */
  GPtrArray *reads;  /* DmigDomainView *, borrowed; NULL for what is none */
  gboolean in_from;  /* a comma leads to a further table */
  gboolean expects;  /* the next name is a table's, or its schema's */
  gboolean expected; /* so was the last one */
  char *qualifier;   /* the schema before the name that is expected; NULL: none */
  char *last_name;   /* the name just read: CTE if AS ( follows */
  char *listed;      /* the name before the list of columns that is being read: `x (a, b) AS (` */
  gboolean after_as;
} Walk;

static gboolean
ends_from(DmigToken token)
{
  static const char *const words[]
      = { "where",  "on",  "using",  "group",  "having", "order",     "limit", "union",
          "window", "set", "values", "select", "except", "intersect", "offset" };
  for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
    if (dmig_token_is(token, words[i]))
      return TRUE;
  }
  return FALSE;
}

/* Names count as the database folds them; whatever the case, to be on the safe side. */
static char *
path_key(const char *schema, const char *name)
{
  g_autofree char *path = dmig_path_new(schema, name);
  return g_ascii_strdown(path, -1);
}

static void
take_name(Walk *self, DmigToken token)
{
  g_free(self->last_name);
  g_autofree char *name = dmig_token_identifier(token);
  self->last_name = g_ascii_strdown(name, -1);
  self->after_as = FALSE;
  g_autofree char *key = path_key(self->qualifier, name);
  DmigDomainView *view = self->expects ? g_hash_table_lookup(self->views, key) : NULL;
  if (self->expects)
    g_ptr_array_add(self->reads, view);
  self->expected = self->expects;
  self->expects = FALSE;
  g_clear_pointer(&self->qualifier, g_free);
}

/* What was taken for a table's name is its schema's. */
static void
take_dot(Walk *self)
{
  g_free(self->qualifier);
  self->qualifier = self->expected ? g_strdup(self->last_name) : NULL;
  if (self->expected)
    g_ptr_array_set_size(self->reads, (int) self->reads->len - 1);
  self->expects = self->expected;
}

static void
take_symbol(Walk *self, DmigToken token)
{
  char symbol = token.length == 1 ? *token.start : '\0';
  if (symbol == '.') {
    take_dot(self);
    return;
  }
  if (symbol == '(' && self->after_as && self->last_name != NULL)
    g_hash_table_add(self->local, g_strdup(self->last_name));
  if (symbol == '(') {
    g_free(self->listed);
    self->listed = self->after_as ? NULL : g_steal_pointer(&self->last_name);
  } else if (symbol == ')' && self->listed != NULL) {
    g_free(self->last_name);
    self->last_name = g_steal_pointer(&self->listed);
  }
  if (symbol == ',')
    self->expects = self->in_from;
  else if (symbol == '(' || symbol == ')')
    self->in_from = self->expects = FALSE;
  self->after_as = FALSE;
}

static void
take_word(Walk *self, DmigToken token)
{
  if (dmig_token_is(token, "from") || dmig_token_is(token, "join"))
    self->in_from = self->expects = TRUE;
  else if (ends_from(token))
    self->in_from = self->expects = FALSE;
  else if (dmig_token_is(token, "as"))
    self->after_as = TRUE;
  else if (!dmig_token_is(token, "lateral") && !dmig_token_is(token, "only")
           && !dmig_token_is(token, "not") && !dmig_token_is(token, "materialized"))
    take_name(self, token);
}

/* The views that `sql` reads: names behind FROM and JOIN, and behind commas there. */
static GPtrArray *
views_read(GHashTable *views, const char *sql)
{
  Walk walk = { .views = views, .reads = g_ptr_array_new() };
  walk.local = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token; (token = dmig_lexer_next(&lexer)).kind != DMIG_TOKEN_END;) {
    if (token.kind == DMIG_TOKEN_WORD)
      take_word(&walk, token);
    else if (token.kind == DMIG_TOKEN_QUOTED)
      take_name(&walk, token);
    else if (token.kind == DMIG_TOKEN_SYMBOL)
      take_symbol(&walk, token);
  }
  for (guint i = walk.reads->len; i > 0; i--) {
    DmigDomainView *view = g_ptr_array_index(walk.reads, i - 1);
    g_autofree char *name = view != NULL ? path_key(view->schema, view->view) : NULL;
    if (view == NULL || g_hash_table_contains(walk.local, name))
      g_ptr_array_remove_index_fast(walk.reads, i - 1);
  }
  g_hash_table_unref(walk.local);
  g_free(walk.last_name);
  g_free(walk.listed);
  g_free(walk.qualifier);
  return walk.reads;
}

/* One view on the way of a depth-first walk. */
typedef struct {
  DmigDomainView *view;
  guint next; /* of what it reads */
} Visit;

enum { UNSEEN, ON_THE_WAY, DONE };

static void
report_cycle(DmigDomainReader *self, const GArray *way, const DmigDomainView *view)
{
  GString *names = g_string_new(NULL);
  gboolean inside = FALSE;
  for (guint i = 0; i < way->len && names->len < 200; i++) {
    const DmigDomainView *on_way = g_array_index(way, Visit, i).view;
    inside = inside || on_way == view;
    if (inside)
      g_string_append_printf(names, "%s → ", dmig_reading_show(&self->reading, on_way->name));
  }
  g_string_append(names, dmig_reading_show(&self->reading, view->name));
  dmig_reading_report(&self->reading, view->at, DMIG_RULE_VIEW_CYCLE, NULL,
                      "views that read one another in a circle: %s", names->str);
  g_string_free(names, TRUE);
}

static void
walk_from(DmigDomainReader *self, DmigDomainView *start, GHashTable *reads, GHashTable *state)
{
  g_autoptr(GArray) way = g_array_new(FALSE, FALSE, sizeof(Visit));
  Visit first = { start, 0 };
  g_array_append_val(way, first);
  g_hash_table_insert(state, start, GINT_TO_POINTER(ON_THE_WAY));
  while (way->len > 0) {
    Visit *visit = &g_array_index(way, Visit, way->len - 1);
    const GPtrArray *read = g_hash_table_lookup(reads, visit->view);
    if (read == NULL || visit->next == read->len) {
      g_hash_table_insert(state, visit->view, GINT_TO_POINTER(DONE));
      g_array_set_size(way, way->len - 1);
      continue;
    }
    Visit next = { g_ptr_array_index(read, visit->next++), 0 };
    int seen = GPOINTER_TO_INT(g_hash_table_lookup(state, next.view));
    if (seen == ON_THE_WAY)
      report_cycle(self, way, next.view);
    if (seen != UNSEEN)
      continue;
    g_hash_table_insert(state, next.view, GINT_TO_POINTER(ON_THE_WAY));
    g_array_append_val(way, next);
  }
}

/* A circle counts if one dialect has it. */
static void
check_dialect(DmigDomainReader *self, GHashTable *views, const char *dialect)
{
  g_autoptr(GHashTable) state = g_hash_table_new(NULL, NULL);
  g_autoptr(GHashTable) reads
      = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; i < self->domain->views->len; i++) {
    DmigDomainView *view = g_ptr_array_index(self->domain->views, i);
    const char *own = view->sql != NULL && view->sql->by_dialect != NULL
                          ? g_hash_table_lookup(view->sql->by_dialect, dialect)
                          : NULL;
    const char *sql = own != NULL ? own : view->sql != NULL ? view->sql->shared : NULL;
    if (sql != NULL)
      g_hash_table_insert(reads, view, views_read(views, sql));
  }
  for (guint i = 0; i < self->domain->views->len; i++) {
    DmigDomainView *view = g_ptr_array_index(self->domain->views, i);
    if (g_hash_table_lookup(state, view) == NULL)
      walk_from(self, view, reads, state);
  }
}

void
dmig_domain_check_views(DmigDomainReader *self)
{
  g_autoptr(GHashTable) views = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < self->domain->views->len; i++) {
    DmigDomainView *view = g_ptr_array_index(self->domain->views, i);
    g_hash_table_insert(views, path_key(view->schema, view->view), view);
  }
  guint before = dmig_diagnostics_count(self->reading.diagnostics, DMIG_SEVERITY_ERROR);
  for (guint i = 0; self->domain->dialects[i] != NULL; i++) {
    check_dialect(self, views, self->domain->dialects[i]);
    if (dmig_diagnostics_count(self->reading.diagnostics, DMIG_SEVERITY_ERROR) != before)
      return;
  }
}
