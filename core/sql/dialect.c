#include "core/sql/dialect.h"

void
dmig_conversion_clear(DmigConversion *self)
{
  g_clear_pointer(&self->using_sql, g_free);
  g_clear_pointer(&self->bad_sql, g_free);
  g_clear_pointer(&self->loses, g_free);
}
