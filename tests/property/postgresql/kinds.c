#include "kinds.h"

static const Kind *const rows[N_NODES] = {
  [NODE_SCHEMA] = &kind_schema,
  [NODE_ENUM] = &kind_enum,
  [NODE_DOMAIN] = &kind_domain,
  [NODE_COMPOSITE] = &kind_composite,
  [NODE_ATTRIBUTE] = &kind_attribute,
  [NODE_RANGE] = &kind_range,
  [NODE_COLLATION] = &kind_collation,
  [NODE_SEQUENCE] = &kind_sequence,
  [NODE_FUNCTION] = &kind_function,
  [NODE_TRIGGER_FUNCTION] = &kind_trigger_function,
  [NODE_PROCEDURE] = &kind_procedure,
  [NODE_AGGREGATE] = &kind_aggregate,
  [NODE_OPERATOR] = &kind_operator,
  [NODE_CAST] = &kind_cast,
  [NODE_DICTIONARY] = &kind_dictionary,
  [NODE_CONFIGURATION] = &kind_configuration,
  [NODE_WRAPPER] = &kind_wrapper,
  [NODE_SERVER] = &kind_server,
  [NODE_USER_MAPPING] = &kind_user_mapping,
  [NODE_FOREIGN_TABLE] = &kind_foreign_table,
  [NODE_TABLE] = &kind_table,
  [NODE_COLUMN] = &kind_column,
  [NODE_PARTITION] = &kind_partition,
  [NODE_CHECK] = &kind_check,
  [NODE_KEY] = &kind_key,
  [NODE_EXCLUSION] = &kind_exclusion,
  [NODE_INDEX] = &kind_index,
  [NODE_STATISTICS] = &kind_statistics,
  [NODE_FOREIGN_KEY] = &kind_foreign_key,
  [NODE_VIEW] = &kind_view,
  [NODE_MATERIALIZED_VIEW] = &kind_materialized_view,
  [NODE_RULE] = &kind_rule,
  [NODE_TRIGGER] = &kind_trigger,
  [NODE_POLICY] = &kind_policy,
  [NODE_PUBLICATION] = &kind_publication,
  [NODE_EVENT_FUNCTION] = &kind_event_function,
  [NODE_EVENT_TRIGGER] = &kind_event_trigger,
  [NODE_GRANT] = &kind_grant,
  [NODE_DEFAULT_PRIVILEGE] = &kind_default_privilege,
  [NODE_COMMENT] = &kind_comment,
};

const Kind *
kind_row(NodeKind kind)
{
  return rows[kind];
}

const Kind *
kind_of(const Node *node)
{
  return rows[node->kind];
}
