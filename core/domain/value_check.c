/* Whether a value that the author wrote is one of the type it stands for. */
#include "core/domain/form.h"

static gboolean
function_fits(DmigFunction function, const DmigType *type)
{
  if (type->kind == DMIG_TYPE_TEXT)
    return TRUE;
  if (type->kind == DMIG_TYPE_STRING)
    return type->length == 0 || type->length >= 36;
  switch (function) {
  case DMIG_FUNCTION_NOW:
  case DMIG_FUNCTION_CURRENT_TIMESTAMP:
    return type->kind == DMIG_TYPE_TIMESTAMP || type->kind == DMIG_TYPE_TIMESTAMPTZ
           || type->kind == DMIG_TYPE_DATE || type->kind == DMIG_TYPE_TIME;
  case DMIG_FUNCTION_TODAY:
    return type->kind == DMIG_TYPE_DATE;
  case DMIG_FUNCTION_UUID:
    return type->kind == DMIG_TYPE_UUID;
  }
  return FALSE;
}

static void
report_misfit(DmigReading *reading, const DmigValue *value, const DmigType *type,
              const char *value_text, const char *problem)
{
  g_autofree char *text = dmig_type_to_text(type);
  dmig_reading_report(reading, value->at, DMIG_RULE_DEFAULT_MISFIT, NULL, "%s %s (the type is %s)",
                      value_text, problem, dmig_reading_show(reading, text));
}

void
dmig_value_check(DmigReading *reading, const DmigValue *value, const DmigType *type)
{
  g_autofree char *problem = NULL;
  g_autofree char *text = NULL;
  if (type == NULL)
    return;
  if (value->kind == DMIG_VALUE_FUNCTION && !function_fits(value->function, type)) {
    text = g_strdup_printf("%s()", dmig_function_name(value->function));
    report_misfit(reading, value, type, text, "gives a value of another type");
  } else if (value->kind == DMIG_VALUE_LITERAL
             && !dmig_type_accepts(type, value->literal, &problem)) {
    text = g_strdup_printf("'%s'", dmig_reading_show(reading, value->literal));
    report_misfit(reading, value, type, text, problem);
  }
}
