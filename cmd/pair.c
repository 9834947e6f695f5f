#include "cmd/pair.h"

#include <string.h>

#include "core/plan/migration_file.h"

void
dmig_pair_free(DmigPair *self)
{
  if (self == NULL)
    return;
  dmig_schema_unref(self->parent);
  dmig_schema_unref(self->wanted);
  dmig_transition_free(self->transition);
  g_free(self->upgrade);
  g_free(self->downgrade);
  g_free(self->upgrade_online);
  g_free(self->downgrade_online);
  dmig_plan_free(self->plan);
  dmig_proof_free(self->proof);
  g_free(self);
}

/* The lock-light form of the file that `plain` is; NULL where it is the same. */
static char *
online_file(DmigComparison *comparison, const char *direction, const char *plain)
{
  dmig_comparison_go_online(comparison);
  g_autofree char *online = dmig_migration_file_write(comparison->plan, direction);
  return g_str_equal(online, plain) ? NULL : g_steal_pointer(&online);
}

static DmigPair *
pair_new(DmigPassage *passage, const DmigDialect *dialect, GError **error)
{
  g_autoptr(DmigComparison) up = dmig_passage_compare(passage, dialect, FALSE, error);
  g_autoptr(DmigComparison) down
      = up != NULL ? dmig_passage_compare(passage, dialect, TRUE, error) : NULL;
  if (down == NULL || !dmig_comparison_check(up, error) || !dmig_comparison_check(down, error))
    return NULL;
  DmigPair *self = g_new0(DmigPair, 1);
  self->dialect = dialect;
  self->first = !dmig_domain_has_dialect(passage->from->domain, dialect->name);
  self->parent = dmig_schema_ref(up->changes->from);
  self->wanted = dmig_schema_ref(up->changes->to);
  self->upgrade = dmig_migration_file_write(up->plan, "upgrade");
  self->downgrade = dmig_migration_file_write(down->plan, "downgrade");
  self->way_back = down->plan->loss;
  self->plan = dmig_migration_file_read("upgrade.sql", self->upgrade, dialect, error);
  if (self->plan == NULL) {
    dmig_pair_free(self);
    return NULL;
  }
  self->upgrade_online = online_file(up, "upgrade", self->upgrade);
  self->downgrade_online = online_file(down, "downgrade", self->downgrade);
  self->transition = g_steal_pointer(&up->transition);
  return self;
}

GPtrArray *
dmig_pairs_new(DmigPassage *passage, GError **error)
{
  g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_pair_free);
  char *const *names = passage->to->domain->dialects;
  for (guint i = 0; names[i] != NULL; i++) {
    const DmigDialect *dialect = dmig_dialect_find(names[i]);
    DmigPair *pair = dialect != NULL ? pair_new(passage, dialect, error) : NULL;
    if (pair == NULL)
      return NULL;
    g_ptr_array_add(pairs, pair);
  }
  return g_steal_pointer(&pairs);
}

static void
add_file(GPtrArray *files, const DmigPair *pair, const char *direction, const char *text)
{
  g_autofree char *path = g_strdup_printf("migrations/%s/%s.sql", pair->dialect->name, direction);
  g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
  g_ptr_array_add(files, dmig_store_file_new(path, bytes));
}

void
dmig_pairs_add_files(GPtrArray *pairs, GPtrArray *files)
{
  for (guint i = 0; i < pairs->len; i++) {
    const DmigPair *pair = g_ptr_array_index(pairs, i);
    add_file(files, pair, "upgrade", pair->upgrade);
    add_file(files, pair, "downgrade", pair->downgrade);
    if (pair->upgrade_online != NULL)
      add_file(files, pair, "upgrade.online", pair->upgrade_online);
    if (pair->downgrade_online != NULL)
      add_file(files, pair, "downgrade.online", pair->downgrade_online);
  }
}
