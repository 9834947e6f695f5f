/* What only a database knows of schemas that were lowered. */
#pragma once

#include "core/schema/schema.h"

/* `known_from` and `known_to` are `from` and `to` as a database reports them that was made so. What
 * `from` and `to` say stays; to it comes
 * - whether an object may be put in another's place: its mould, where both sides are known;
 * - that an object of both sides is the same, although its author put it in other words;
 * - who depends on whom, from the catalogues where they know both, not from names in texts.
 * - what can be set about an object by itself, where its author put it in one statement with all else.
 * Of the database's own spelling only the last gets into statements. */
void dmig_schemas_learn(DmigSchema *from, const DmigSchema *known_from, DmigSchema *to,
                        const DmigSchema *known_to);
