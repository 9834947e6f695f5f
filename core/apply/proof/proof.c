#include "core/apply/proof/prover.h"

#include <string.h>

void
dmig_proof_free(DmigProof *self)
{
  if (self == NULL)
    return;
  g_free(self->dialect);
  g_free(self->server);
  g_ptr_array_unref(self->problems);
  g_ptr_array_unref(self->notes);
  g_free(self);
}

static DmigProof *
proof_new(const DmigDialect *dialect)
{
  DmigProof *self = g_new0(DmigProof, 1);
  self->dialect = g_strdup(dialect->name);
  self->problems = g_ptr_array_new_with_free_func(g_free);
  self->notes = g_ptr_array_new_with_free_func(g_free);
  return self;
}

void
dmig_prover_add_problem(DmigProver *self, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_ptr_array_add(self->proof->problems,
                  g_strconcat(self->online ? "in the online form " : "", text, NULL));
}

gboolean
dmig_prover_take_failure(DmigProver *self, const char *doing, GError *failure, GError **error)
{
  if (g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_FAILED)
      || g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_INVALID)) {
    dmig_prover_add_problem(self, "%s: %s", doing, failure->message);
    g_error_free(failure);
    return TRUE;
  }
  g_propagate_error(error, failure);
  return FALSE;
}

/* Each round either ends the proof or takes rows away, so there is a last one. */
static gboolean
prove_in_rounds(DmigProver *self, GError **error)
{
  gboolean went_on = TRUE;
  do {
    DmigDatabase *db = NULL;
    self->again = FALSE;
    /* Rooms need not look alike: what one holds is compared with what was built in it. */
    g_clear_pointer(&self->wanted, dmig_schema_unref);
    g_ptr_array_set_size(self->proof->problems, 0);
    if (!self->room->open(self->room->data, &db, error))
      return FALSE;
    g_free(self->proof->server);
    self->proof->server = g_strdup(db->driver->version(db));
    went_on = dmig_prover_walk(self, db, error);
    self->room->close(self->room->data, db);
  } while (went_on && self->again);
  return went_on;
}

/* What an author asks is about rows that a scratch database has not: it must run, whatever it gives. */
static void
asks_about_data(DmigStep *step)
{
  if (!g_str_has_prefix(step->kind, "check-"))
    return;
  for (guint i = 0; i < step->checks->len; i++)
    g_string_append_printf(step->sql, "%s;\n", ((DmigCheck *) step->checks->pdata[i])->sql);
  g_ptr_array_set_size(step->checks, 0);
}

static DmigPrepared *
prepare(DmigProver *self, const DmigMigration *migration, GError **error)
{
  GError *failure = NULL;
  DmigPrepared *prepared
      = dmig_prepared_new(self->given->wanted->dialect, migration, &failure);
  if (prepared == NULL)
    dmig_prover_take_failure(self, "the migration can't be read", failure, error);
  for (guint i = 0; prepared != NULL && i < prepared->plan->steps->len; i++)
    asks_about_data(prepared->plan->steps->pdata[i]);
  return prepared;
}

static gboolean
prove_files(DmigProver *self, const DmigMigration *up, const DmigMigration *down, GError **error)
{
  g_autoptr(DmigPrepared) upgrade = prepare(self, up, error);
  g_autoptr(DmigPrepared) downgrade = upgrade ? prepare(self, down, error) : NULL;
  if (downgrade == NULL)
    return self->proof->problems->len > 0;
  self->upgrade = upgrade;
  self->downgrade = downgrade;
  g_autofree char *revision = g_uuid_string_random();
  self->revision = upgrade->takes || downgrade->takes ? revision : NULL;
  return prove_in_rounds(self, error);
}

static gboolean
prove_pair(DmigProver *self, GError **error)
{
  const DmigProofCase *given = self->given;
  DmigMigration up = { .file = (char *)"upgrade.sql", .sql = (char *) given->upgrade };
  DmigMigration down
      = { .file = (char *)"downgrade.sql", .sql = (char *) given->downgrade, .down = TRUE };
  if (!prove_files(self, &up, &down, error))
    return FALSE;
  if (self->proof->problems->len > 0
      || (given->upgrade_online == NULL && given->downgrade_online == NULL))
    return TRUE;
  self->online = TRUE;
  if (given->upgrade_online != NULL) {
    up.file = (char *)"upgrade.online.sql";
    up.sql = (char *) given->upgrade_online;
  }
  if (given->downgrade_online != NULL) {
    down.file = (char *)"downgrade.online.sql";
    down.sql = (char *) given->downgrade_online;
  }
  return prove_files(self, &up, &down, error);
}

gboolean
dmig_prove_in(const DmigProofRoom *room, const DmigProofCase *given, DmigProof **out,
              GError **error)
{
  g_autoptr(DmigProof) proof = proof_new(given->wanted->dialect);
  g_autoptr(GHashTable) skip = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  DmigProver prover = { .room = room, .given = given, .proof = proof, .skip = skip };
  GError *failure = NULL;
  gboolean carried_out = prove_pair(&prover, &failure);
  g_clear_pointer(&prover.parent, dmig_schema_unref);
  g_clear_pointer(&prover.wanted, dmig_schema_unref);
  if (!carried_out && !g_error_matches(failure, DMIG_ERROR, DMIG_ERROR_NOT_FOUND)) {
    g_propagate_error(error, failure);
    return FALSE;
  }
  if (!carried_out) {
    proof->outcome = DMIG_PROOF_UNPROVED;
    g_ptr_array_add(proof->problems, g_strdup(failure->message));
    g_error_free(failure);
  } else {
    proof->outcome = proof->problems->len > 0 ? DMIG_PROOF_REFUTED : DMIG_PROOF_PROVED;
  }
  *out = g_steal_pointer(&proof);
  return TRUE;
}

static gboolean
open_scratch(gpointer scratch, DmigDatabase **out, GError **error)
{
  return dmig_scratch_open(scratch, out, error);
}

static void
close_scratch(gpointer scratch, DmigDatabase *db)
{
  dmig_database_free(db);
}

/* Roles that the schemas and the migrations name belong to the server; it is to have them. */
static void
provide(DmigScratch *scratch, const DmigProofCase *given)
{
  if (!dmig_scratch_can_provide(scratch))
    return;
  DmigSchema *const schemas[] = { given->parent, given->wanted };
  for (guint i = 0; i < G_N_ELEMENTS(schemas); i++) {
    g_autoptr(DmigPlan) plan = dmig_plan_build(schemas[i], NULL);
    g_autofree char *sql = plan != NULL ? dmig_plan_sql(plan) : g_strdup("");
    dmig_scratch_provide(scratch, sql);
  }
  for (guint i = 0; given->history != NULL && i < given->history->len; i++)
    dmig_scratch_provide(scratch, g_ptr_array_index(given->history, i));
  dmig_scratch_provide(scratch, given->upgrade);
  dmig_scratch_provide(scratch, given->downgrade);
}

gboolean
dmig_prove(DmigScratch *scratch, const DmigProofCase *given, DmigProof **out, GError **error)
{
  const DmigProofRoom room = {.open = open_scratch, .close = close_scratch, .data = scratch};
  provide(scratch, given);
  return dmig_prove_in(&room, given, out, error);
}
