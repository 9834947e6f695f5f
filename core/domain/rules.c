#include "core/domain/rules.h"

static const struct {
  const char *name;
  DmigSeverity severity;
} rules[] = {
#define DMIG_RULE_INFO(id, name, severity, summary)                                                \
  [DMIG_RULE_##id] = { name, DMIG_SEVERITY_##severity },
  DMIG_RULES(DMIG_RULE_INFO)
#undef DMIG_RULE_INFO
};

const char *
dmig_rule_name(DmigRule rule)
{
  return rules[rule].name;
}

DmigSeverity
dmig_rule_severity(DmigRule rule)
{
  return rules[rule].severity;
}
