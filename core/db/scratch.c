#include "core/db/scratch.h"

#include <string.h>

#include "core/db/registry.h"
#include "core/plan/migration_file.h"

DmigScratch *
dmig_scratch_new(const DmigDialect *dialect, const char *url)
{
  DmigScratch *self = g_new0(DmigScratch, 1);
  self->dialect = dialect;
  self->url = g_strdup(url);
  return self;
}

void
dmig_scratch_free(DmigScratch *self)
{
  if (self == NULL)
    return;
  if (self->server != NULL)
    self->free_server(self->server);
  g_free(self->url);
  g_free(self);
}

gboolean
dmig_scratch_open(DmigScratch *self, DmigDatabase **out, GError **error)
{
  const DmigDriver *driver = dmig_driver_for_dialect(self->dialect);
  DmigDatabase *db = NULL;
  if (!driver->open_scratch(self, &db, error))
    return FALSE;
  db->with_owners = self->with_owners;
  *out = db;
  return TRUE;
}

void
dmig_scratch_provide(DmigScratch *self, const char *script)
{
  const DmigDriver *driver = dmig_driver_for_dialect(self->dialect);
  if (driver->provide != NULL)
    driver->provide(self, script, NULL);
}

gboolean
dmig_scratch_can_provide(const DmigScratch *self)
{
  return self->url == NULL && dmig_driver_for_dialect(self->dialect)->provide != NULL;
}

gboolean
dmig_scratch_provide_for(DmigScratch *self, const GError *failure)
{
  const DmigDriver *driver = dmig_driver_for_dialect(self->dialect);
  return driver->provide != NULL && driver->provide(self, NULL, failure);
}

/* Steps that follow each other and can run in a transaction run in one. */
static gboolean
run_steps(DmigDatabase *db, const DmigPlan *plan, GError **error)
{
  g_autoptr(GPtrArray) together = g_ptr_array_new();
  guint failed;
  for (guint i = 0; i <= plan->steps->len; i++) {
    const DmigStep *step = i < plan->steps->len ? g_ptr_array_index(plan->steps, i) : NULL;
    if (step != NULL && step->transactional) {
      g_ptr_array_add(together, step->sql->str);
      continue;
    }
    if (together->len > 0
        && !db->driver->run(db, (const char *const *) together->pdata, together->len, &failed,
                            error))
      return FALSE;
    g_ptr_array_set_size(together, 0);
    if (step != NULL && !db->driver->exec(db, step->sql->str, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
dmig_scratch_run(DmigDatabase *db, const char *script, GError **error)
{
  const char *const scripts[] = { script };
  guint failed;
  if (strstr(script, "\"transactional\": false") == NULL)
    return db->driver->run(db, scripts, 1, &failed, error);
  g_autoptr(DmigPlan) plan = dmig_migration_file_read("script", script, db->dialect, error);
  return plan != NULL && run_steps(db, plan, error);
}

static void
mark_designed(DmigSchema *schema)
{
  for (guint i = 0; i < schema->tables->len; i++) {
    const DmigTable *table = g_ptr_array_index(schema->tables, i);
    for (guint k = 0; k < table->columns->len; k++)
      ((DmigColumn *) g_ptr_array_index(table->columns, k))->designed = TRUE;
  }
}

gboolean
dmig_scratch_build(DmigScratch *self, GPtrArray *scripts, DmigSchema **out, GError **error)
{
  g_autoptr(DmigDatabase) db = NULL;
  for (guint i = 0; i < scripts->len; i++)
    dmig_scratch_provide(self, g_ptr_array_index(scripts, i));
  if (!dmig_scratch_open(self, &db, error))
    return FALSE;
  for (guint i = 0; i < scripts->len; i++) {
    if (!dmig_scratch_run(db, g_ptr_array_index(scripts, i), error))
      return FALSE;
  }
  if (!db->driver->inspect(db, out, error))
    return FALSE;
  mark_designed(*out);
  return TRUE;
}

gboolean
dmig_scratch_normalise(DmigScratch *self, DmigSchema *schema, DmigSchema **out, GError **error)
{
  g_autoptr(DmigPlan) plan = dmig_plan_build(schema, error);
  if (plan == NULL)
    return FALSE;
  g_autofree char *sql = dmig_plan_sql(plan);
  g_autoptr(GPtrArray) scripts = g_ptr_array_new();
  g_ptr_array_add(scripts, sql);
  return dmig_scratch_build(self, scripts, out, error);
}
