/* Reading what queries spell out by themselves. Kinds of objects that few databases have share two
 * forms of rows, so that each of them is a query and nothing else. All texts in rows are SQL with
 * every name qualified; the default schema's name is taken away here.
 *
 * An object: its kind (dmig_object_kind_name()), class, oid, schema (null: kinds that live in none),
 * name, detail (null: none), create, drop, core (null: create), what (null: statements don't name
 * it), replace and mould (null: none).
 *
 * A facet: its object's class and oid, name, value, set, change (null: set), reset (null: none),
 * words (`created`, `replaces`, `late`), needs (`class:oid:sub …`; null: none). */
#pragma once

#include "core/db/postgres/reader.h"

void dmig_pg_read_objects(DmigPgReader *self, const PGresult *rows);
void dmig_pg_read_facets(DmigPgReader *self, const PGresult *rows);
