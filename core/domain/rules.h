/* The rules that the readers of this folder report by: each is declared here, once.
 * docs/domain-format.md lists them; a test holds the two together. */
#pragma once

#include <glib.h>

#include "core/base/diagnostic.h"

/* X(identifier, name, severity, what went wrong) */
#define DMIG_RULES(X)                                                                             \
  X(YAML_SYNTAX, "yaml-syntax", ERROR, "The file is no YAML.")                                    \
  X(YAML_ENCODING, "yaml-encoding", ERROR, "The file is not UTF-8, or holds a NUL.")              \
  X(YAML_LIMIT, "yaml-limit", ERROR,                                                              \
    "The file or a text in it is too long, it nests too deep, or has too many values.")           \
  X(YAML_UNSUPPORTED, "yaml-unsupported", ERROR,                                                  \
    "Tags, several documents, keys that are no scalars, an alias inside of its own anchor.")      \
  X(DUPLICATE_KEY, "duplicate-key", ERROR, "A mapping has one key twice.")                        \
  X(UNKNOWN_KEY, "unknown-key", ERROR, "No such key exists here.")                                \
  X(MISSING_KEY, "missing-key", ERROR, "A key that must be given is not.")                        \
  X(MISSING_VALUE, "missing-value", ERROR, "A key has no value, or an empty one.")                \
  X(WRONG_KIND, "wrong-kind", ERROR,                                                              \
    "A list, mapping or scalar stands where another is expected.")                                \
  X(UNKNOWN_WORD, "unknown-word", ERROR,                                                          \
    "The value is none of the words that are allowed here.")                                      \
  X(CONFLICTING_KEY, "conflicting-key", ERROR,                                                    \
    "Two files say different things of the whole domain.")                                        \
  X(DUPLICATE_DEFINITION, "duplicate-definition", ERROR,                                          \
    "Two files define one entity, enum or view.")                                                 \
  X(BAD_SOURCE, "bad-source", ERROR,                                                              \
    "An SQL file of the domain is not below its folder, or can't be built.")                      \
  X(EMPTY_NAME, "empty-name", ERROR, "A name is empty.")                                          \
  X(BAD_NAME, "bad-name", ERROR,                                                                  \
    "A name has control characters or blanks around it, or an enum's name is no plain word.")     \
  X(RESERVED_NAME, "reserved-name", ERROR, "dmig or a database keeps this name for itself.")      \
  X(OVERLONG_NAME, "overlong-name", ERROR, "A dialect of the domain would cut the name off.")     \
  X(DUPLICATE_COLUMN, "duplicate-column", ERROR, "Two fields have one column.")                   \
  X(DUPLICATE_TABLE, "duplicate-table", ERROR,                                                    \
    "Two tables, views, types or indexes of the database have one name.")                         \
  X(DUPLICATE_CONSTRAINT, "duplicate-constraint", ERROR,                                          \
    "One entity has two constraints of one name.")                                                \
  X(DUPLICATE_FIELD, "duplicate-field", ERROR,                                                    \
    "A key, index or constraint names one field twice.")                                          \
  X(UNKNOWN_DIALECT, "unknown-dialect", ERROR, "dmig does not know the dialect.")                 \
  X(UNUSED_DIALECT, "unused-dialect", WARNING, "The dialect is none of the domain's.")            \
  X(UNKNOWN_TYPE, "unknown-type", ERROR, "Neither a portable type nor an enum of the domain.")    \
  X(BAD_TYPE, "bad-type", ERROR, "A type's length, digits, labels or spelling make no sense.")    \
  X(BAD_LABEL, "bad-label", ERROR, "An enum has no label, one twice, or one that is too long.")   \
  X(UNKNOWN_SCHEMA, "unknown-schema", ERROR,                                                      \
    "Something stands in a schema that the domain does not have.")                                \
  X(UNKNOWN_ENTITY, "unknown-entity", ERROR, "No entity has this name.")                          \
  X(UNKNOWN_FIELD, "unknown-field", ERROR, "The entity has no field of this name.")               \
  X(NO_FIELDS, "no-fields", ERROR, "An entity has no fields.")                                    \
  X(TOO_MANY_FIELDS, "too-many-fields", ERROR, "More fields than a table can have columns.")      \
  X(NO_KEY, "no-key", ERROR, "A reference leads to an entity without a primary key.")             \
  X(COMPOSITE_KEY, "composite-key", ERROR, "One field can't refer to a key of several.")          \
  X(REFERENCE_CYCLE, "reference-cycle", ERROR,                                                    \
    "Keys take their types from one another, in a circle.")                                       \
  X(REFERENCE_MISMATCH, "reference-mismatch", ERROR,                                              \
    "A foreign key's fields do not match in number or type, or what they refer to is not "        \
    "unique.")                                                                                    \
  X(CONFLICTING_KEYS, "primary-conflict", ERROR, "`primary` is said twice, and differently.")     \
  X(DEFAULT_MISFIT, "default-misfit", ERROR, "The value does not fit the field's type.")          \
  X(DEFAULT_LOOKS_LIKE_SQL, "default-looks-like-sql", WARNING,                                    \
    "The default is a text, but looks like the call of a function.")                              \
  X(CONTRADICTION, "contradiction", ERROR, "Two keys of a field can't both hold.")                \
  X(IDENTITY_TYPE, "identity-type", ERROR, "Only whole numbers can be an identity.")              \
  X(SET_NULL_REQUIRED, "set-null-required", WARNING,                                              \
    "`set null` or `set default` on a field that may not be null.")                               \
  X(BAD_SQL, "bad-sql", ERROR,                                                                    \
    "SQL that ends inside of a quote or parenthesis, or is more than one statement.")             \
  X(VIEW_CYCLE, "view-cycle", ERROR, "Views that read one another, in a circle.")                 \
  X(MISSING_TYPE, "missing-type", ERROR, "A field has no type for a dialect.")                    \
  X(MISSING_EXPRESSION, "missing-expression", ERROR,                                              \
    "A default or generated column has no SQL for a dialect.")                                    \
  X(DUPLICATE_NAME, "duplicate-name", ERROR, "A dialect's schema would use a name twice.")        \
  X(BAD_RENAME, "bad-rename", ERROR,                                                              \
    "A rename between things that do not exist, or of one thing twice.")                          \
  X(BAD_DROP, "bad-drop", ERROR, "What is to be dropped was not there, or still is.")             \
  X(BAD_FILL, "bad-fill", ERROR, "A value for a field that takes none.")                          \
  X(BAD_CONVERT, "bad-convert", ERROR, "A conversion of a field that is not on both sides.")      \
  X(BAD_MAPPING, "bad-mapping", ERROR, "A label that the enum has not on that side.")             \
  X(NO_EFFECT, "no-effect", WARNING, "The change file says something that changes nothing.")

typedef enum {
#define DMIG_RULE_ENUM(id, name, severity, summary) DMIG_RULE_##id,
  DMIG_RULES(DMIG_RULE_ENUM)
#undef DMIG_RULE_ENUM
      DMIG_N_RULES,
} DmigRule;

const char *dmig_rule_name(DmigRule rule);          /* `unknown-key` */
DmigSeverity dmig_rule_severity(DmigRule rule);
