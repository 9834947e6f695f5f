#include "core/plan/hazard.h"

#include <string.h>

#include "core/base/text.h"
#include "core/plan/hazard_scan.h"

#define ALLOW "-- dmig:allow"

void
dmig_hazard_free(DmigHazard *self)
{
  if (self == NULL)
    return;
  g_free(self->message);
  g_free(self->allowed);
  g_free(self);
}

/* --- what the rules call --------------------------------------------------------------------- */

static gboolean
was_found(const DmigHazardScan *self, const DmigHazard *hazard)
{
  for (guint i = self->found->len; i > 0; i--) {
    const DmigHazard *other = self->found->pdata[i - 1];
    if (other->step != hazard->step)
      return FALSE;
    if (other->rule == hazard->rule && g_str_equal(other->message, hazard->message))
      return TRUE;
  }
  return FALSE;
}

void
dmig_hazard_add(DmigHazardScan *self, const char *rule, const char *format, ...)
{
  DmigHazard *hazard = g_new0(DmigHazard, 1);
  va_list arguments;

  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *readable = dmig_path_text(text);
  hazard->rule = dmig_hazard_rule(rule);
  hazard->message = dmig_text_printable(readable);
  hazard->step = self->number;
  hazard->line = MAX(self->line, 1);
  g_return_if_fail(hazard->rule != NULL);
  if (was_found(self, hazard))
    dmig_hazard_free(hazard);
  else
    g_ptr_array_add(self->found, hazard);
}

gboolean
dmig_hazard_is_used(const DmigHazardScan *self, const char *table)
{
  return !g_hash_table_contains(self->created, table);
}

void
dmig_hazard_lock(DmigHazardScan *self, const char *table, DmigLock lock)
{
  if (self->whole || !self->step->transactional || !dmig_hazard_is_used(self, table))
    return;
  if (lock >= DMIG_LOCK_SHARE)
    g_hash_table_add(self->strong, g_strdup(table));
  if (lock < DMIG_LOCK_ACCESS_EXCLUSIVE)
    return;
  g_hash_table_add(self->exclusive, g_strdup(table));
  if (g_hash_table_size(self->exclusive) < 2 || self->said_several)
    return;
  self->said_several = TRUE;
  dmig_hazard_add(self, "several-exclusive-locks",
                  "%s is locked in the transaction that has locked another table", table);
}

void
dmig_hazard_rename(DmigHazardScan *self, const char *table)
{
  GHashTable *const sets[] = { self->strong, self->exclusive };
  g_autofree char *now = g_steal_pointer(&self->renamed);

  for (guint i = 0; now != NULL && i < G_N_ELEMENTS(sets); i++)
    if (g_hash_table_remove(sets[i], table))
      g_hash_table_add(sets[i], g_strdup(now));
}

/* Work on the locked table itself has rules of its own. */
void
dmig_hazard_work(DmigHazardScan *self, const char *table, const char *doing)
{
  GHashTableIter iter;
  gpointer key;
  const char *held = NULL;

  if (self->whole || !self->step->transactional || self->said_work ||
      (table != NULL && !dmig_hazard_is_used(self, table)))
    return;
  g_hash_table_iter_init(&iter, self->strong);
  while (g_hash_table_iter_next(&iter, &key, NULL))
    if (g_strcmp0(key, table) != 0 && (held == NULL || strcmp(key, held) < 0))
      held = key;
  if (held == NULL)
    return;
  self->said_work = TRUE;
  dmig_hazard_add(self, "lock-held-during-work",
                  "%s is done while the transaction holds its lock on %s", doing, held);
}

/* --- comments that allow --------------------------------------------------------------------- */

typedef struct {
  char **rules;
  char *reason; /* NULL: none */
  guint line;
} Allow;

static void
allow_clear(gpointer data)
{
  Allow *self = data;

  g_strfreev(self->rules);
  g_free(self->reason);
}

/* `ban-drop-column, renaming-table because nobody …`, or with a colon for `because`. */
static Allow
read_allow(DmigToken comment, guint line)
{
  const char *start = comment.start + strlen(ALLOW);
  g_autofree char *text = g_strndup(start, comment.length - strlen(ALLOW));
  g_autofree char *names = NULL;
  const char *because = strstr(text, " because "), *colon = strchr(text, ':');
  Allow allow = { NULL, NULL, line };

  if (because != NULL && (colon == NULL || because < colon)) {
    names = g_strndup(text, (gsize) (because - text));
    allow.reason = g_strdup(because + strlen(" because "));
  } else if (colon != NULL) {
    names = g_strndup(text, (gsize) (colon - text));
    allow.reason = g_strdup(colon + 1);
  } else {
    names = g_strdup(text);
  }
  g_strdelimit(names, ",\t\r\n", ' ');
  g_auto(GStrv) words = g_strsplit(names, " ", -1);
  GPtrArray *rules = g_ptr_array_new();
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !g_str_equal(words[i], "because"))
      g_ptr_array_add(rules, g_strdup(words[i]));
  g_ptr_array_add(rules, NULL);
  allow.rules = (char **) g_ptr_array_free(rules, FALSE);
  if (allow.reason != NULL && *g_strstrip(allow.reason) == '\0')
    g_clear_pointer(&allow.reason, g_free);
  return allow;
}

static GArray *
find_allows(const DmigStep *step)
{
  GArray *allows = g_array_new(FALSE, FALSE, sizeof(Allow));
  guint line = 1;
  const char *counted = step->sql->str;
  DmigLexer lexer;

  g_array_set_clear_func(allows, allow_clear);
  dmig_lexer_init(&lexer, step->sql->str);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (token.kind != DMIG_TOKEN_SPACE || !g_str_has_prefix(token.start, ALLOW))
      continue;
    for (; counted < token.start; counted++)
      line += *counted == '\n';
    Allow allow = read_allow(token, line);
    g_array_append_val(allows, allow);
  }
  return allows;
}

static void
apply_rule(DmigHazardScan *self, guint first, const Allow *allow, const char *rule)
{
  gboolean found = FALSE;

  self->line = allow->line;
  if (dmig_hazard_rule(rule) == NULL) {
    dmig_hazard_add(self, "unknown-rule", "there is no rule '%s'", rule);
    return;
  }
  for (guint i = first; i < self->found->len; i++) {
    DmigHazard *hazard = self->found->pdata[i];
    if (!g_str_equal(hazard->rule->name, rule))
      continue;
    found = TRUE;
    if (allow->reason != NULL && hazard->allowed == NULL)
      hazard->allowed = g_strdup(allow->reason);
  }
  if (!found)
    dmig_hazard_add(self, "needless-allow", "'%s' finds nothing here", rule);
}

/* `first`: where the step's hazards begin. */
static void
apply_allows(DmigHazardScan *self, const DmigStep *step, guint first)
{
  g_autoptr(GArray) allows = find_allows(step);

  for (guint i = 0; i < allows->len; i++) {
    const Allow *allow = &g_array_index(allows, Allow, i);
    for (guint k = 0; allow->rules[k] != NULL; k++)
      apply_rule(self, first, allow, allow->rules[k]);
    if (allow->reason == NULL || allow->rules[0] == NULL) {
      self->line = allow->line;
      dmig_hazard_add(self, "allow-without-reason", "say why: -- dmig:allow RULE because …");
    }
  }
}

/* --- steps ----------------------------------------------------------------------------------- */

static gboolean
has_rule(const DmigHazardScan *self, guint first, const char *const *names)
{
  for (guint i = first; i < self->found->len; i++)
    if (g_strv_contains(names, ((DmigHazard *) self->found->pdata[i])->rule->name))
      return TRUE;
  return FALSE;
}

static void
judge_loss(DmigHazardScan *self, const DmigStep *step, guint first)
{
  static const char *const drops[] = { "ban-drop-column", "ban-drop-table", "ban-drop-schema",
                                       NULL };
  /* What is kept beside the data comes back. */
  if (step->loss == DMIG_LOSS_NONE || step->takes->len > 0)
    return;
  g_autoptr(GString) losses = g_string_new(NULL);
  for (guint i = 0; i < step->losses->len; i++)
    g_string_append_printf(losses, "%s%s", i > 0 ? "; " : "", (char *) step->losses->pdata[i]);
  if (step->loss == DMIG_LOSS_IRREVERSIBLE)
    dmig_hazard_add(self, "irreversible-change", "the way back may be refused: %s", losses->str);
  else if (!has_rule(self, first, drops))
    dmig_hazard_add(self, "lossy-change", "what goes: %s", losses->str);
}

/* What the statements alone do not show, but the step's metadata says. */
static void
judge_metadata(DmigHazardScan *self, const DmigStep *step, guint first)
{
  static const char *const rewrites[] = {
    "adding-field-with-default", "adding-identity-column", "adding-stored-generated-field",
    "backfill-in-transaction",   "changing-column-type",   "rewriting-table", NULL };

  if (g_str_equal(step->kind, "rebuild-table")) {
    dmig_hazard_add(self, "table-rebuild", "all rows of %s are copied while the database is locked",
                    step->object);
  } else if (g_str_equal(step->kind, "alter-enum") && step->rewrites) {
    dmig_hazard_add(self, "enum-value-removal",
                    "every row that has a value of %s is written again", step->object);
  } else if (step->rewrites && step->batch == NULL && step->lock == DMIG_LOCK_ACCESS_EXCLUSIVE &&
             !has_rule(self, first, rewrites)) {
    dmig_hazard_add(self, "rewriting-table", "every row of %s is written again", step->object);
  }
  judge_loss(self, step, first);
}

static void
forget_transaction(DmigHazardScan *self)
{
  g_hash_table_remove_all(self->exclusive);
  g_hash_table_remove_all(self->strong);
  g_hash_table_remove_all(self->unvalidated);
  self->said_several = self->said_work = FALSE;
}

static void
judge_step(DmigHazardScan *self, const DmigStep *step)
{
  g_autoptr(GPtrArray) statements = dmig_hazard_statements(step->sql->str);
  guint first = self->found->len;

  if (!step->transactional)
    forget_transaction(self);
  self->step = step;
  self->generated = !g_str_has_prefix(step->kind, "sql-");
  /* A rebuild makes and drops tables of its own; its statements say nothing to a person. */
  gboolean opaque = g_str_equal(step->kind, "rebuild-table") ||
                    (g_str_equal(step->kind, "alter-enum") && step->rewrites);
  for (guint i = 0; i < statements->len && !opaque; i++) {
    const DmigSqlStatement *statement = statements->pdata[i];
    self->line = statement->line;
    dmig_hazard_other(self, dmig_cursor_of(statement));
  }
  self->line = 1;
  judge_metadata(self, step, first);
  dmig_hazard_schema(self, step);
  apply_allows(self, step, first);
  if (!step->transactional)
    forget_transaction(self);
}

static GHashTable *
set_new(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static GHashTable *
tables_of(const DmigSchema *schema)
{
  GHashTable *tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; schema != NULL && i < schema->tables->len; i++) {
    DmigTable *table = schema->tables->pdata[i];
    g_hash_table_insert(tables, dmig_path_text(table->name), table);
  }
  return tables;
}

GPtrArray *
dmig_plan_hazards(const DmigPlan *plan, const DmigSchema *before, const DmigSchema *after)
{
  DmigHazardScan scan = {
    .plan = plan,
    .before = before,
    .after = after,
    .tables_before = tables_of(before),
    .tables_after = tables_of(after),
    .found = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_hazard_free),
    .created = set_new(),
    .required = set_new(),
    .constraints = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    .exclusive = set_new(),
    .strong = set_new(),
    .unvalidated = set_new(),
    .whole = plan->dialect->has.table_rebuilds,
  };

  for (guint i = 0; i < plan->steps->len; i++) {
    scan.number = i;
    judge_step(&scan, plan->steps->pdata[i]);
  }
  g_hash_table_unref(scan.tables_before);
  g_hash_table_unref(scan.tables_after);
  g_hash_table_unref(scan.created);
  g_hash_table_unref(scan.required);
  g_hash_table_unref(scan.constraints);
  g_hash_table_unref(scan.exclusive);
  g_hash_table_unref(scan.strong);
  g_hash_table_unref(scan.unvalidated);
  return scan.found;
}

/* --- allowances of a transition -------------------------------------------------------------- */

static gboolean
is_meant(const DmigAllowance *allowance, const DmigHazard *hazard, const char *object)
{
  gsize length = allowance->object != NULL ? strlen(allowance->object) : 0;

  if (!g_str_equal(allowance->rule, hazard->rule->name))
    return FALSE;
  return allowance->object == NULL ||
         (g_str_has_prefix(object, allowance->object) &&
          (object[length] == '\0' || object[length] == '.'));
}

static void
write_allowance(DmigStep *step, const DmigAllowance *allowance)
{
  g_autofree char *line = g_strdup(allowance->reason);
  g_autofree char *head = g_strdup_printf(ALLOW " %s because ", allowance->rule);

  if (strstr(step->sql->str, head) != NULL)
    return;
  g_strdelimit(line, "\r\n\t", ' ');
  g_autofree char *printable = dmig_text_printable(line);
  g_autofree char *comment = g_strdup_printf("%s%s\n", head, printable);
  g_string_prepend(step->sql, comment);
}

void
dmig_plan_allow(DmigPlan *plan, const GPtrArray *allows, const DmigSchema *before,
                const DmigSchema *after)
{
  if (allows->len == 0)
    return;
  g_autoptr(GPtrArray) hazards = dmig_plan_hazards(plan, before, after);
  for (guint i = 0; i < hazards->len; i++) {
    const DmigHazard *hazard = hazards->pdata[i];
    DmigStep *step = plan->steps->pdata[hazard->step];
    for (guint k = 0; k < allows->len; k++)
      if (is_meant(allows->pdata[k], hazard, step->object))
        write_allowance(step, allows->pdata[k]);
  }
}
