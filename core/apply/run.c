#include "core/apply/run.h"

DmigMigration *
dmig_migration_new(void)
{
  return g_new0(DmigMigration, 1);
}

void
dmig_migration_free(DmigMigration *self)
{
  if (self == NULL)
    return;
  g_free(self->from);
  g_free(self->to);
  g_free(self->title);
  g_free(self->file);
  g_free(self->sql);
  g_free(self);
}

void
dmig_step_record_free(DmigStepRecord *self)
{
  if (self == NULL)
    return;
  g_free(self->title);
  g_free(self->kind);
  g_free(self);
}

void
dmig_revision_record_free(DmigRevisionRecord *self)
{
  if (self == NULL)
    return;
  g_free(self->revision);
  g_free(self->title);
  g_free(self->checksum);
  g_ptr_array_unref(self->steps);
  g_free(self);
}

DmigRunRecord *
dmig_run_record_new(void)
{
  DmigRunRecord *self = g_new0(DmigRunRecord, 1);
  self->revisions = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_revision_record_free);
  self->warnings = g_ptr_array_new_with_free_func(g_free);
  return self;
}

void
dmig_run_record_free(DmigRunRecord *self)
{
  if (self == NULL)
    return;
  g_free(self->id);
  g_free(self->command);
  g_free(self->from);
  g_free(self->to);
  g_free(self->now);
  g_free(self->started);
  g_free(self->finished);
  g_ptr_array_unref(self->revisions);
  g_ptr_array_unref(self->warnings);
  g_free(self->backup);
  g_free(self->error);
  g_free(self);
}

const char *
dmig_run_phase_name(DmigRunPhase phase)
{
  switch (phase) {
  case DMIG_RUN_CHECKING:
    return "checking";
  case DMIG_RUN_BACKING_UP:
    return "backing up";
  case DMIG_RUN_MIGRATING:
    return "migrating";
  case DMIG_RUN_VALIDATING:
    return "validating";
  case DMIG_RUN_CLEANING_UP:
    return "cleaning up";
  case DMIG_RUN_COMPLETED:
    return "completed";
  case DMIG_RUN_FAILED:
    return "failed";
  case DMIG_RUN_ROLLED_BACK:
    return "rolled back";
  case DMIG_RUN_INTERRUPTED:
    return "interrupted";
  }
  g_return_val_if_reached("");
}
