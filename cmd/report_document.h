/* What a run, or a check, leaves behind: one JSON document, from which all else is rendered. */
#pragma once

#include <jansson.h>

#include "cmd/oversight.h"
#include "core/db/driver.h"

/* `values`: also the keys of rows in the way, which are values. `record` is the run's. Owned. */
json_t *dmig_report_of_run(const DmigOversight *oversight, DmigDatabase *db, const char *target,
                           const DmigRunRecord *record, gboolean values);
/* Of a check that ran by itself. Owned. */
json_t *dmig_report_of_check(DmigDatabase *db, const char *target, const char *from,
                             const char *to, GPtrArray *findings, gboolean values);

/* Keeps a run's report in `.dmig/reports`, wholly there or not, and takes the oldest away (the setting
 * report.keep: how many stay; 100, or "all"). Owned path. */
gboolean dmig_report_keep(DmigContext *context, const json_t *report, char **out_path,
                          GError **error);
/* Writes one where the user wants it, as the file's name ends: .json, .md, .html. */
gboolean dmig_report_write(const json_t *report, const char *path, GError **error);

/* DMIG_ERROR_USAGE where a file's name ends otherwise. */
gboolean dmig_report_check_path(const char *path, GError **error);

/* Paths of the reports that are kept, oldest first: char*. Owned. */
GPtrArray *dmig_report_list(DmigContext *context, GError **error);
