/* Reports for people. */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "core/base/error.h"

typedef enum {
  DMIG_REPORT_JSON,
  DMIG_REPORT_MARKDOWN,
  DMIG_REPORT_HTML, /* one file that needs no other, without any script */
} DmigReportFormat;

/* "json", "markdown", "md", "html". DMIG_ERROR_USAGE for anything else. */
gboolean dmig_report_format_parse(const char *name, DmigReportFormat *out, GError **error);
/* Every text in it is escaped. Owned. */
char *dmig_report_render(const json_t *report, DmigReportFormat format);
