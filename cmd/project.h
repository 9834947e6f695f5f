/* The working folder: where the domain and change.yaml are, as the user would name them. */
#pragma once

#include "cmd/command.h"
#include "core/domain/reader.h"

/* The folder around `.dmig/`, else the current one. Absolute; owned. */
char *dmig_project_folder(DmigContext *context);
/* A file of that folder, as seen from the current folder: `../domain.yaml`. Owned. */
char *dmig_project_path(DmigContext *context, const char *name);
/* DMIG_ERROR_FATAL where reading `path` might never end: a pipe, a device. What is not there is
 * fine. */
gboolean dmig_project_check_file(const char *path, GError **error);
/* What the domain's path is within that folder: `dmig.domain` of the configuration, else
 * `domain.yaml` or `domain`, whichever is there; DMIG_ERROR_NOT_FOUND for neither,
 * DMIG_ERROR_USAGE for both. Owned. */
char *dmig_project_domain(DmigContext *context, GError **error);

/* change.yaml of the working folder. NULL without an error where there is none, or where it was
 * committed already and only an interrupted commit left it lying (see cmd/consume.h). */
gboolean dmig_project_change(DmigContext *context, DmigSource **out, GError **error);
