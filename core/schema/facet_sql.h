/* Facets that many kinds of objects have, spelled here once for inspection and lowering. `what` is
 * how GRANT, COMMENT ON and ALTER call the object: dmig_object_sql(). */
#pragma once

#include "core/schema/object.h"

/* "VIEW auth.v", "FUNCTION f(integer)", "TRIGGER log ON users", "CONSTRAINT c ON users", "COLUMN
 * users.name". `word` in the kind's place where there are several ("PROCEDURE"); NULL: the usual one.
 * NULL where statements have no such form: casts, user mappings, settings. Owned. */
char *dmig_object_sql(const DmigDialect *dialect, DmigObjectKind kind, const char *path,
                      const char *detail, const char *word);

/* "owner" */
DmigFacet *dmig_facet_new_owner(const DmigDialect *dialect, const char *what, const char *role);

/* How GRANT calls what COMMENT ON and ALTER call `what`. Owned. */
char *dmig_object_granted_sql(const char *what);

/* "grant to ROLE": `privileges` as `SELECT, INSERT, DELETE WITH GRANT OPTION`; "NOTHING" where a
 * default privilege of PUBLIC was taken away. `column`: the privileges are for this column of `what`
 * only; NULL: for all of it. `role` is plain; "PUBLIC" is everybody. */
DmigFacet *dmig_facet_new_grant(const DmigDialect *dialect, const char *what, const char *column,
                                const char *role, const char *privileges);

/* "with NAME", a storage parameter or an option: ALTER `what` SET (name = value) and RESET. `value`
 * is SQL. */
DmigFacet *dmig_facet_new_option(const char *what, const char *name, const char *value);

/* "not valid", of a check or a reference: the rows that were there first need not meet it. To be without
 * is to have them looked through; there is no way back but to make the constraint again. `definition`:
 * what stands behind its name; NULL: `set` is empty, for what is only ever taken away. */
#define DMIG_FACET_NOT_VALID "not valid"
DmigFacet *dmig_facet_new_not_valid(const DmigDialect *dialect, const char *table,
                                    const char *constraint, const char *definition);
