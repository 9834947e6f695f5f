/* Views that stand in for a renamed table under its old name: known by their comment, part of no
 * inspected Schema (sql/view_definitions.sql), gone at the next run. */
#pragma once

#define DMIG_PG_STAND_IN "dmig: stands in for "

/* Slot of the dialect: drops them all. */
extern const char dmig_pg_stand_ins_end[];
