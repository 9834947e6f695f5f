/* The table entries of all commands; each is defined in the command's own file. */
#pragma once

#include "cmd/command.h"

extern const DmigCommand dmig_command_apply;
extern const DmigCommand dmig_command_backup;
extern const DmigCommand dmig_command_baseline;
extern const DmigCommand dmig_command_check;
extern const DmigCommand dmig_command_commit;
extern const DmigCommand dmig_command_config;
extern const DmigCommand dmig_command_diff;
extern const DmigCommand dmig_command_drift;
extern const DmigCommand dmig_command_help;
extern const DmigCommand dmig_command_hook;
extern const DmigCommand dmig_command_init;
extern const DmigCommand dmig_command_inspect;
extern const DmigCommand dmig_command_log;
extern const DmigCommand dmig_command_plan;
extern const DmigCommand dmig_command_restore;
extern const DmigCommand dmig_command_purge;
extern const DmigCommand dmig_command_report;
extern const DmigCommand dmig_command_revert;
extern const DmigCommand dmig_command_schema;
extern const DmigCommand dmig_command_show;
extern const DmigCommand dmig_command_status;
extern const DmigCommand dmig_command_target;
extern const DmigCommand dmig_command_validate;
extern const DmigCommand dmig_command_verify;
extern const DmigCommand dmig_command_version;
