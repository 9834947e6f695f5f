#include "core/apply/checks/verify.h"

#include <string.h>

#include "core/apply/checks/question.h"
#include "core/base/text.h"
#include "core/db/driver.h"
#include "core/sql/lexer.h"
#include "core/sql/path.h"

/* Fewer than this part of what the catalogue guessed before is worth a word. */
#define GUESS_PART 2

/* --- rows ------------------------------------------------------------------------------------ */

/* Steps of these kinds leave every row where it is. */
static const char *const rows_stay[]
    = { "add-column",      "alter-column",     "drop-column",       "rename-column",
        "rename-table",    "rebuild-table",    "add-constraint",    "drop-constraint",
        "rename-constraint", "create-index",   "drop-index",        "rename-index",
        "comment-table",   "comment-column",   "comment-enum",      "set-facet",
        "reset-facet",     "create-enum",      "validate-constraint", "check-after",
        "check-before",    NULL };

/* Names that a step mentions which may do anything with rows, schemas apart and folded. */
static void
note_names(GHashTable *names, const char *sql)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  for (DmigToken token = dmig_lexer_next(&lexer); token.kind != DMIG_TOKEN_END;
       token = dmig_lexer_next(&lexer)) {
    if (token.kind != DMIG_TOKEN_WORD && token.kind != DMIG_TOKEN_QUOTED)
      continue;
    g_autofree char *name = dmig_token_identifier(token);
    g_hash_table_add(names, g_utf8_casefold(name, -1));
  }
}

static gboolean
is_free(GHashTable *names, const char *table)
{
  g_autofree char *folded = g_utf8_casefold(dmig_path_name(table), -1);
  return g_hash_table_contains(names, folded);
}

/* What a table is called now; names that it bore in between are noted where rows may move under them. */
static char *
name_after(GPtrArray *plans, const char *table, GHashTable *names, gboolean *out_free)
{
  char *name = g_strdup(table);
  *out_free = is_free(names, name);
  for (guint i = 0; i < plans->len; i++) {
    const DmigPlan *plan = plans->pdata[i];
    for (guint k = 0; k < plan->steps->len; k++) {
      const DmigStep *step = plan->steps->pdata[k];
      g_autofree char *of = NULL, *from = NULL, *to = NULL;
      if (!g_str_equal(step->kind, "rename-table")
          || !dmig_step_renames(step, &of, &from, &to)
          || g_ascii_strcasecmp(from, dmig_path_name(name)) != 0)
        continue;
      char *renamed = dmig_path_sibling(name, to);
      g_free(name);
      name = renamed;
      *out_free |= is_free(names, name);
    }
  }
  return name;
}

static const DmigTableCount *
find_count(GPtrArray *counts, const char *table)
{
  for (guint i = 0; i < counts->len; i++)
    if (g_str_equal(((DmigTableCount *) counts->pdata[i])->table, table))
      return counts->pdata[i];
  return NULL;
}

static gboolean
compare_counts(const DmigTableCount *was, const DmigTableCount *is, GPtrArray *findings)
{
  gboolean exact = was->exact && is->exact;
  gboolean known = was->rows > 0 && is->rows >= 0;
  gboolean fewer = exact ? is->rows < was->rows : is->rows < was->rows / GUESS_PART;
  if (!known || !fewer)
    return TRUE;
  g_autofree char *name = dmig_path_text(is->table);
  gboolean gone = exact && is->rows == 0;
  DmigFinding *finding = dmig_finding_add(
      findings, gone ? DMIG_FINDING_PROBLEM : DMIG_FINDING_WARNING, "row-count",
      "%s had %s%" G_GINT64_FORMAT " rows and now has %" G_GINT64_FORMAT, name,
      exact ? "" : "by the catalogue about ", was->rows, is->rows);
  dmig_finding_advise(finding, "no step of this run removes rows of it; did anybody else?");
  return FALSE;
}

void
dmig_verify_rows(GPtrArray *before, GPtrArray *after, GPtrArray *plans, GPtrArray *findings)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  guint counted = 0, guessed = 0;
  gboolean good = TRUE;
  for (guint i = 0; i < plans->len; i++) {
    const DmigPlan *plan = plans->pdata[i];
    for (guint k = 0; k < plan->steps->len; k++) {
      const DmigStep *step = plan->steps->pdata[k];
      if (!g_strv_contains(rows_stay, step->kind))
        note_names(names, step->sql->str);
    }
  }
  for (guint i = 0; i < before->len; i++) {
    const DmigTableCount *was = before->pdata[i];
    gboolean rows_may_go = FALSE;
    g_autofree char *name = name_after(plans, was->table, names, &rows_may_go);
    const DmigTableCount *is = rows_may_go ? NULL : find_count(after, name);
    if (is == NULL)
      continue;
    counted += was->exact && is->exact;
    guessed += !(was->exact && is->exact);
    good &= compare_counts(was, is, findings);
  }
  if (!good || counted + guessed == 0)
    return;
  g_autofree char *tables = dmig_text_count(counted, "table", "tables");
  g_autofree char *others
      = guessed > 0 ? g_strdup_printf(", and about as many in %u that are not counted", guessed)
                    : g_strdup("");
  dmig_finding_add(findings, DMIG_FINDING_GOOD, "row-count",
                   "no row is missing from %s that stay%s%s", tables, counted == 1 ? "s" : "",
                   others);
}

/* --- checks ---------------------------------------------------------------------------------- */

static void
ask(DmigDatabase *db, const DmigStep *step, const DmigCheck *check, GPtrArray *findings)
{
  gint64 count = 0;
  g_autoptr(GError) error = NULL;
  if (!dmig_database_count(db, check->sql, &count, &error)) {
    dmig_finding_add(findings, DMIG_FINDING_PROBLEM, "check", "\"%s\" can't be asked: %s",
                     step->title, error->message);
    return;
  }
  if (count == 0)
    return;
  g_autofree char *message = dmig_check_refusal(check, count);
  DmigFinding *finding
      = dmig_finding_add(findings, DMIG_FINDING_PROBLEM, "check", "%s", message);
  finding->rows = count;
  finding->step = g_strdup(step->title);
}

guint
dmig_verify_checks(DmigDatabase *db, const DmigPlan *plan, GPtrArray *findings)
{
  guint asked = 0, before = findings->len;
  for (guint i = 0; i < plan->steps->len; i++) {
    const DmigStep *step = plan->steps->pdata[i];
    for (guint k = 0; k < step->checks->len && g_str_equal(step->kind, "check-after"); k++) {
      ask(db, step, step->checks->pdata[k], findings);
      asked++;
    }
  }
  if (asked > 0 && findings->len == before) {
    g_autofree char *checks = dmig_text_count(asked, "check", "checks");
    dmig_finding_add(findings, DMIG_FINDING_GOOD, "check", "%s of change.yaml hold%s", checks,
                     asked == 1 ? "s" : "");
  }
  return asked;
}

char *
dmig_counts_text(GPtrArray *counts)
{
  gint64 rows = 0, bytes = 0;
  gboolean all = TRUE;
  for (guint i = 0; i < counts->len; i++) {
    const DmigTableCount *count = counts->pdata[i];
    all &= count->exact;
    rows += MAX(count->rows, 0);
    bytes += MAX(count->bytes, 0);
  }
  g_autofree char *tables = dmig_text_count(counts->len, "table", "tables");
  g_autofree char *size = dmig_size_text((guint64) bytes);
  return g_strdup_printf("%s, %s%" G_GINT64_FORMAT " rows%s%s", tables, all ? "" : "about ", rows,
                         bytes > 0 ? ", " : "", bytes > 0 ? size : "");
}
