/* Findings, for people and for programs. */
#pragma once

#include <jansson.h>

#include "cmd/command.h"
#include "core/db/finding.h"

/* A line each on standard output, what to do below it. */
void dmig_findings_print(DmigContext *context, GPtrArray *findings);
/* [{"level", "rule", "revision", "step", "text", "advice", "rows", "keys"}]; `values`: with the rows'
 * keys, which are values. Owned. */
json_t *dmig_findings_to_json(GPtrArray *findings, gboolean values);
/* "2 problems, 1 warning"; NULL where there are none of either. Owned. */
char *dmig_findings_count(GPtrArray *findings);
/* Static: "ready", "warnings", "not ready". */
const char *dmig_findings_verdict(GPtrArray *findings);
/* 0, 1 where there is a problem, 2 where there are warnings. */
int dmig_findings_status(GPtrArray *findings);
