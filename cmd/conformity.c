#include "cmd/conformity.h"

#include "cmd/chain.h"
#include "cmd/deviation.h"
#include "cmd/revision.h"
#include "core/apply/checks/verify.h"
#include "core/base/text.h"
#include "core/plan/migration_file.h"

/* What a person reads of it in one line. */
#define DIFFERENCES_NAMED 3

static DmigSide *
side_of(DmigContext *context, const char *revision, GError **error)
{
  if (revision != NULL)
    return dmig_side_revision(context, revision, error);
  DmigSide *side = g_new0(DmigSide, 1);
  side->kind = DMIG_SIDE_REVISION;
  side->label = g_strdup("nothing");
  side->snapshot = dmig_snapshot_empty();
  return side;
}

static void
note_good(DmigContext *context, const DmigSide *side, GPtrArray *findings)
{
  g_autofree char *title = dmig_revision_title(context, side->revision);
  dmig_finding_add(findings, DMIG_FINDING_GOOD, "drift", "it is as %s says", title);
}

/* Lowering and inspecting spell nearly everything alike, so that the costly way is the rare one. What
 * somebody wrote by hand no lowering knows of. */
static GHashTable *
differences_by_letter(DmigContext *context, DmigDatabase *db, const DmigSide *side)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigSchema) is = NULL;
  g_autoptr(DmigIgnore) ignore = dmig_ignore_load(context, &error);
  g_autofree char *schema = dmig_database_default_schema(db);
  g_autoptr(DmigSchema) wanted
      = ignore != NULL ? dmig_snapshot_lower(side->snapshot, db->dialect, &error) : NULL;
  if (wanted == NULL || !dmig_database_inspect(db, &is, &error)
      || (is->problems != NULL && is->problems->len > 0))
    return NULL;
  dmig_ignore_apply(ignore, is, schema);
  dmig_ignore_apply(ignore, wanted, schema);
  g_autoptr(DmigChanges) changes = dmig_diff(wanted, is, NULL);
  GHashTable *texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < changes->items->len; i++)
    g_hash_table_add(texts, dmig_change_to_text(changes->items->pdata[i]));
  return texts;
}

GHashTable *
dmig_conformity_differences(DmigContext *context, DmigDatabase *db, const char *revision)
{
  g_autoptr(DmigSide) side = side_of(context, revision, NULL);
  return side != NULL ? differences_by_letter(context, db, side) : NULL;
}

static gboolean
are_all_known(GHashTable *differences, GHashTable *known)
{
  GHashTableIter iter;
  gpointer text;
  g_hash_table_iter_init(&iter, differences);
  while (g_hash_table_iter_next(&iter, &text, NULL))
    if (known == NULL || !g_hash_table_contains(known, text))
      return FALSE;
  return TRUE;
}

/* TRUE: nothing more has to be looked at. */
static gboolean
settle_by_letter(DmigContext *context, DmigDatabase *db, const DmigSide *side, GHashTable *known,
                 GPtrArray *findings)
{
  g_autoptr(GHashTable) differences = differences_by_letter(context, db, side);
  if (differences == NULL || !are_all_known(differences, known))
    return FALSE;
  if (g_hash_table_size(differences) == 0)
    note_good(context, side, findings);
  else
    dmig_finding_add(findings, DMIG_FINDING_NOTE, "drift",
                     "what differed before differs still, and nothing else");
  return TRUE;
}

static void
note_differences(DmigContext *context, const DmigSide *side, const DmigChanges *changes,
                 GPtrArray *findings)
{
  g_autofree char *title = dmig_revision_title(context, side->revision);
  g_autofree char *count
      = dmig_text_count(changes->items->len, "difference", "differences");
  g_autoptr(GString) named = g_string_new(NULL);
  for (guint i = 0; i < MIN(changes->items->len, DIFFERENCES_NAMED); i++) {
    const DmigChange *change = changes->items->pdata[i];
    g_autofree char *raw = dmig_change_to_text(change);
    g_autofree char *text = dmig_path_text(raw);
    g_string_append_printf(named, "%s%s", i > 0 ? "; " : "", text);
  }
  if (changes->items->len > DIFFERENCES_NAMED)
    g_string_append(named, "; …");
  DmigFinding *finding
      = dmig_finding_add(findings, DMIG_FINDING_PROBLEM, "drift",
                         "it is not as %s says, %s: %s", title, count, named->str);
  dmig_finding_advise(finding, "'dmig drift' shows them, and how to take them back or to adopt them");
}

void
dmig_conformity_schema(DmigContext *context, DmigDatabase *db, const char *revision,
                       GHashTable *known, GPtrArray *findings)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigSide) side = side_of(context, revision, &error);
  if (side == NULL) {
    dmig_finding_add(findings, DMIG_FINDING_WARNING, "drift", "it can't be compared: %s",
                     error->message);
    return;
  }
  if (settle_by_letter(context, db, side, known, findings))
    return;
  DmigSide target = { .kind = DMIG_SIDE_DATABASE, .label = db->name, .database = db };
  g_autoptr(DmigSchema) wanted = NULL;
  g_autoptr(DmigSchema) is = NULL;
  if (!dmig_sides_schemas(context, side, &target, db->dialect, DMIG_OWNERS_LEFT_OUT, &wanted, &is,
                          &error)) {
    dmig_finding_add(findings, DMIG_FINDING_WARNING, "drift", "it can't be compared: %s",
                     error->message);
    return;
  }
  g_autoptr(DmigChanges) changes = dmig_diff(wanted, is, NULL);
  if (changes->items->len == 0)
    note_good(context, side, findings);
  else
    note_differences(context, side, changes, findings);
}

void
dmig_conformity_checks(DmigContext *context, DmigDatabase *db, const char *revision,
                       GPtrArray *findings)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path
      = g_strdup_printf("migrations/%s/upgrade.sql", db->dialect->name);
  DmigStore *store = revision != NULL ? dmig_context_store(context, NULL) : NULL;
  g_autoptr(GBytes) bytes = store != NULL ? dmig_store_read(store, revision, path, NULL) : NULL;
  if (bytes == NULL)
    return;
  g_autofree char *sql = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
  g_autoptr(DmigPlan) plan = dmig_migration_file_read(path, sql, db->dialect, &error);
  if (plan != NULL)
    dmig_verify_checks(db, plan, findings);
}
