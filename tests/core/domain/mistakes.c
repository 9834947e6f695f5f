/* One of each mistake, with the line that its author reads. Every rule must have one. */
#include "tests/core/domain/support.h"

#include <string.h>

#include "core/domain/rules.h"

/* What comes behind a domain's name in most of the cases. */
#define FIELDS "domain: d\nentities:\n  K: {fields: {k: bigint primary}}\n  A:\n    fields:\n      "

static GHashTable *rules_met;

static void
meet_rules(Fixture *self)
{
  for (guint i = 0; i < dmig_diagnostics_length(self->diagnostics); i++)
    g_hash_table_add(rules_met, (gpointer) dmig_diagnostics_get(self->diagnostics, i)->rule);
}

static void
test_domains(void **state)
{
  static const struct {
    const char *yaml, *line;
  } cases[] = {
    /* The file as a whole. */
    { "x: [", "2:1: yaml-syntax: did not find expected node content, while parsing a flow node" },
    { "domain: \xff", "1:9: yaml-encoding: not UTF-8: save the file in this encoding" },
    { "domain: !x d", "1:9: yaml-unsupported: tags have no meaning here: take the '!…' out" },
    { "- a", "1:1: wrong-kind: expected a mapping with 'domain' and 'entities', found a list" },
    { "entities: {}", " missing-key: the domain has no name (begin with 'domain: shop', say)" },
    { "domain: d\ndomain: d", "2:1: duplicate-key: 'domain' is given twice, first in line 1" },
    { "domain: d\nentitys: {}",
      "2:1: unknown-key: unknown key 'entitys' (did you mean 'entities'?)" },
    { "domain: d\nzzz: {}",
      "2:1: unknown-key: unknown key 'zzz' (one of domain, description, dialects, sources, enums, "
      "entities, views, schemas, extensions, types, sequences, functions, default_privileges, pragmas, sql)" },
    { "domain:", " missing-key: the domain has no name (begin with 'domain: shop', say)\n"
                 "1:8: missing-value: expected the domain's name, found nothing" },
    { "domain: d\ndialects: [sqlite, postgres]",
      "2:11: unknown-dialect: unknown dialect 'postgres' (did you mean 'postgresql'?)" },
    { "domain: d\ndialects: [sqlite, sqlite]",
      "2:11: unknown-dialect: the dialect 'sqlite' stands here twice" },
    { "domain: d\ndialects: sqlite\nsources: [a.sql, ../b.sql, /c.sql, 'd/../e.sql', '']",
      "3:10: bad-source: '../b.sql' is not below the domain's folder (put the file there, and name it "
      "from there: 'sql/schema.sql')\n"
      "3:10: bad-source: '/c.sql' is not below the domain's folder (put the file there, and name it "
      "from there: 'sql/schema.sql')\n"
      "3:10: bad-source: 'd/../e.sql' is not below the domain's folder (put the file there, and name "
      "it from there: 'sql/schema.sql')\n"
      "3:10: bad-source: '' is not below the domain's folder (put the file there, and name it from "
      "there: 'sql/schema.sql')" },
    { "domain: d\nsources: sql/",
      "2:10: contradiction: SQL files are for one database, and the domain is for several (name the "
      "one they are for: 'dialects: [postgresql]')" },
    { "domain: d\ndialects: []", "2:11: missing-value: expected at least one dialect" },
    { "domain: d\nentities: {A: [x]}",
      "2:15: wrong-kind: expected a mapping with 'fields', found a list" },
    { "domain: d\nentities: {A: {table: x}}",
      "2:15: missing-key: 'fields' is missing: a mapping of fields" },
    { "domain: d\nentities: {A: {fields: {}}}", "2:24: no-fields: an entity without fields" },

    /* Types. */
    { FIELDS "a: strng", "6:10: unknown-type: unknown type 'strng' (did you mean 'string'?)" },
    { FIELDS "a: varchar(20) required",
      "6:10: unknown-type: unknown type 'varchar' (did you mean 'string'?)" },
    { FIELDS "a: {type: K}",
      "6:17: unknown-type: unknown type 'K' (a relationship is spelled {references: K})" },
    { FIELDS "a: string(0)", "6:10: bad-type: a string's length must be at least 1" },
    { FIELDS "a: required", "6:10: missing-key: 'a' has neither a type nor 'references'" },
    { FIELDS "a: {required: true}", "6:10: missing-key: 'a' has neither a type nor 'references'" },
    { FIELDS "a:", "6:9: missing-value: expected a type with flags, or a mapping, found nothing" },
    { FIELDS "a: text requird",
      "6:15: unknown-word: unknown flag 'requird' (did you mean 'required'?)" },
    { FIELDS "a: text always", "6:15: unknown-word: 'always' stands behind 'identity' only" },
    { FIELDS "a: text default", "6:10: missing-value: something must stand behind 'default'" },
    { FIELDS "a: {type: text, required: yes}",
      "6:33: unknown-word: expected true or false, found 'yes' (one of true, false)" },
    { FIELDS "a: {type: text, required: 'true'}",
      "6:33: unknown-word: expected true or false, found 'true' (did you mean 'true'?)" },
    { FIELDS "a: {type: {sqlite: TEXT}}",
      "6:7: missing-type: 'a': it has no type for postgresql; add it, or 'else'" },
    { FIELDS "a: {type: {mysql: TEXT, else: text}}",
      "6:18: unknown-key: unknown key 'mysql' (one of postgresql, sqlite, else)" },
    { "domain: d\nenums: {T: []}", "2:9: bad-label: the enum 'T' has no labels" },
    { "domain: d\nenums: {T: [a, a]}", "2:9: bad-label: the label 'a' stands here twice" },
    { "domain: d\nenums: {'a b': [a]}",
      "2:9: bad-name: 'a b' can't be written as a type (use letters, digits and '_')" },
    { "domain: d\nenums: {text: [a]}",
      "2:9: reserved-name: the enum 'text' has the name of a portable type" },

    /* Defaults. */
    { FIELDS "a: integer default x",
      "6:26: default-misfit: 'x' is no whole number (the type is integer)" },
    { FIELDS "a: enum(free, pro) default fre",
      "6:34: default-misfit: 'fre' is no label of the enum, did you mean 'free'? (the type is "
      "enum(free, pro))" },
    { FIELDS "a: integer default now()",
      "6:26: default-misfit: now() gives a value of another type (the type is integer)" },
    { FIELDS "a: {type: text, default: random()}",
      "6:32: default-looks-like-sql: 'random()' is taken as a text (write {sql: \"random()\"} to "
      "call it, or put it in quotes)" },
    { FIELDS "a: {type: text, default: {sql: a, function: now}}",
      "6:32: contradiction: a value is a function or SQL, not both" },
    { FIELDS "a: {type: text, default: {function: rand}}",
      "6:43: unknown-word: expected now, current_timestamp, today or uuid, found 'rand' (one of now, current_timestamp, today, uuid)" },

    /* What a field says of itself. */
    { FIELDS "a: {type: integer, default: 1, generated: '2'}",
      "6:7: contradiction: 'a': a generated column has no default" },
    { FIELDS "a: text identity",
      "6:7: identity-type: 'a': only smallint, integer and bigint can be an identity" },
    { FIELDS "a: integer identity default 3",
      "6:7: contradiction: 'a': an identity has no default" },
    { FIELDS "a: {type: integer, collation: C}",
      "6:7: contradiction: 'a': only texts have a collation" },
    { FIELDS "a: {type: bigint, on_delete: cascade}",
      "6:7: contradiction: 'a': on_delete, on_update and deferrable belong to 'references'" },
    { FIELDS "a: {type: bigint, references: K}",
      "6:10: contradiction: a relationship takes its type from the key it refers to (take 'type' "
      "out)" },
    { FIELDS "a: references K required on_delete set_null",
      "6:7: set-null-required: 'a': it is required, so that 'set null' can't work" },
    { FIELDS "a: references K required on_delete set_default",
      "6:7: set-null-required: 'a': it is required and has no default, so that 'set default' can't "
      "work" },
    { FIELDS "a: references K on_delete cascad",
      "6:33: unknown-word: expected an action, found 'cascad' (did you mean 'cascade'?)" },

    /* References. */
    { FIELDS "a: {references: Kk}",
      "6:23: unknown-entity: there is no entity 'Kk' (did you mean 'K'?)" },
    { FIELDS "a: text\n      b: references A", "7:21: no-key: 'A' has no primary key to refer to" },
    { FIELDS "a: text primary\n      b: text primary\n      c: references A",
      "8:21: composite-key: the key of 'A' has several fields, and one can't refer to it (list as "
      "many fields under 'foreign:' of this entity, {fields: […], references: A})" },
    { "domain: d\nentities:\n  A: {fields: {b: references B primary}}\n"
      "  B: {fields: {a: references A primary}}",
      "3:30: reference-cycle: the type of 'b' comes from a key that takes it from here again (give "
      "one of the keys a type of its own)" },
    { "domain: d\nentities:\n  A: {fields: {a: references A primary}}",
      "3:30: reference-cycle: the type of 'a' comes from a key that takes it from here again (give "
      "one of the keys a type of its own)" },
    { FIELDS "a: bigint\n    foreign: [{fields: [a, a], references: K}]",
      "7:15: reference-mismatch: 2 fields can't refer to 1 of 'K'\n"
      "7:15: duplicate-field: the field 'a' stands here twice" },
    { FIELDS "a: text\n    foreign: [{fields: a, references: K}]",
      "7:15: reference-mismatch: 'a' is text, but 'k' of 'K' is bigint" },
    { FIELDS "a: bigint\n      b: bigint\n    foreign: [{fields: a, references: A, to: b}]",
      "8:15: reference-mismatch: the fields of 'A' that this refers to are not unique together "
      "(list them under its 'unique:')" },
    { FIELDS "a: bigint\n    foreign: [{fields: a, references: K, to: kk}]",
      "7:15: reference-mismatch: the fields of 'K' that this refers to are not unique together "
      "(list them under its 'unique:')\n"
      "7:15: unknown-field: 'K' has no field 'kk' (did you mean 'k'?)" },
    { FIELDS "a: bigint required\n    foreign: [{fields: a, references: K, on_delete: set null}]",
      "7:15: set-null-required: 'a' is required, so that 'set null' can't work" },

    /* Keys, constraints and indexes. */
    { FIELDS "a: bigint primary\n      b: text\n    primary: b",
      "6:7: primary-conflict: 'a' is primary, but the entity's 'primary' does not list it" },
    { FIELDS "a: bigint\n    primary: [a, b]", "4:3: unknown-field: 'A' has no field 'b'" },
    { FIELDS "a: bigint\n    unique: [[]]", "7:14: missing-value: expected at least one field" },
    { FIELDS "a: bigint\n    unique: [[a, a]]",
      "7:14: duplicate-field: the field 'a' stands here twice" },
    { FIELDS "a: bigint\n    indexes: [[a, aa]]",
      "7:15: unknown-field: 'A' has no field 'aa' (did you mean 'a'?)" },
    { FIELDS "a: bigint\n    indexes: [{fields: []}]",
      "7:15: missing-value: an index of no fields" },
    { FIELDS "a: bigint\n    indexes: [[{field: a, expression: b}]]",
      "7:16: contradiction: 'field' and 'expression' can't both hold" },
    { FIELDS "a: bigint\n    indexes: [{fields: a, dialects: [oracle]}]",
      "7:37: unknown-dialect: unknown dialect 'oracle' (one of postgresql, sqlite)" },
    { FIELDS "a: bigint\n    indexes: "
             "[[a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a]]",
      "7:15: too-many-fields: more than 32 fields: no key or index has as many\n"
      "7:15: missing-value: an index of no fields" },
    { FIELDS "a: bigint\n    indexes: [{name: i, fields: a}, {name: I, fields: [a]}]",
      "7:37: duplicate-table: index 'I' has the name of the index in test.yaml:7" },
    { FIELDS "a: bigint\n    checks: {c: a > 1}\n    unique: [{name: c, fields: a}]",
      "8:14: duplicate-constraint: the entity has a constraint 'c' already" },

    /* Names. */
    { "domain: d\nentities: {'': {fields: {a: text}}}",
      "2:12: empty-name: entity has an empty name" },
    { FIELDS "\"a\\x01\": text",
      "6:7: bad-name: field 'a\\x01' has a control character in its name" },
    { FIELDS "' a': text", "6:7: bad-name: field ' a' has blanks around its name" },
    { FIELDS "a: text\n    table: dmig_runs",
      "4:3: reserved-name: table 'dmig_runs': names that begin with 'dmig_' are dmig's own" },
    { FIELDS "a: text\n    table: SQLite_x",
      "4:3: reserved-name: table 'SQLite_x': names that begin with 'sqlite_' are sqlite's own" },
    { FIELDS "ctid: text", "6:7: reserved-name: 'ctid' is a system column of postgresql" },
    { FIELDS "a: text\n    table: "
             "ääääääääääääääääääääääääääääääää",
      "4:3: overlong-name: table 'ääääääääääääääääääääääääääääää…' is 64 bytes long, and "
      "postgresql takes 63" },
    { FIELDS "a: text\n      b: {type: text, column: A}",
      "7:7: duplicate-column: 'b' has the column 'A', as 'a' has (name another with 'column:')" },
    { FIELDS "a: text\n    table: k",
      "4:3: duplicate-table: table 'k' has the name of the table in test.yaml:3" },
    { FIELDS "a: text\nviews: {a: SELECT 1}",
      "7:9: duplicate-table: view 'a' has the name of the table in test.yaml:4" },
    { FIELDS "a: text\nenums: {A: [a]}",
      "7:9: duplicate-table: type 'a' has the name of the table in test.yaml:4" },

    /* SQL. */
    { FIELDS "a: {type: text, check: (a}",
      "6:30: bad-sql: the check: a parenthesis is not closed" },
    { FIELDS "a: text\n    checks: {c: a; b}",
      "7:17: bad-sql: the check: it is more than one statement" },
    { FIELDS "a: {type: text, check: '-- nothing'}", "6:30: missing-value: the check is empty" },
    { FIELDS "a: {type: text, check: {}}",
      "6:30: missing-value: expected SQL, or a mapping of dialects to SQL, found nothing" },
    { "domain: d\ndialects: [sqlite]\nviews: {a: {sql: {postgresql: SELECT 1, else: SELECT 2}}}",
      "3:18: unused-dialect: the view's query has a text for postgresql, which is none of the "
      "domain's dialects" },
    { "domain: d\nviews:\n  a: SELECT * FROM b, c\n  b: SELECT 1 FROM (SELECT 2)\n"
      "  c: SELECT * FROM x JOIN \"a\" ON true",
      "3:3: view-cycle: views that read one another in a circle: a → c → a" },
    { "domain: d\nviews: {a: SELECT * FROM a}",
      "2:9: view-cycle: views that read one another in a circle: a → a" },
    { "domain: d\nschemas: [s]\nviews:\n  a: SELECT * FROM s.b, x.a\n"
      "  b: {schema: s, sql: 'SELECT * FROM ONLY x.c JOIN a ON true'}",
      "4:3: view-cycle: views that read one another in a circle: a → b → a" },
    /* Objects of other kinds. */
    { "domain: d\nfunctions: {f: }",
      "2:13: missing-key: 'f' has neither 'body' nor 'create'\n"
      "2:13: missing-key: 'returns' is missing, or 'kind: procedure'\n"
      "2:16: missing-value: expected a CREATE statement, a mapping, or a list of these for its "
      "overloads, found nothing" },
    { "domain: d\nfunctions: {f: {body: SELECT 1}}",
      "2:13: missing-key: 'returns' is missing, or 'kind: procedure'" },
    { "domain: d\nfunctions: {f: {kind: procedure, returns: text, body: 'SELECT (1'}}",
      "2:13: contradiction: a procedure returns nothing\n"
      "2:55: bad-sql: the body: a parenthesis is not closed" },
    { "domain: d\ndialects: postgresql\nfunctions:\n  f: {returns: void, body: 'SELECT 1 -- one'}\n"
      "  g: {returns: void, body: -- nothing yet}\n  h: {returns: void, body: 'SELECT /*'}",
      "6:28: bad-sql: the body: it ends inside a comment" },
    { "domain: d\nfunctions: {f: {create: CREATE FUNCTION f(), strict: true}}",
      "2:54: contradiction: 'create' is the whole statement, and says 'strict' itself" },
    { "domain: d\nfunctions:\n  f:\n"
      "    - {arguments: a int, returns: int, body: SELECT 1}\n"
      "    - {arguments: 'b int, OUT c text', returns: int, body: SELECT 2, volatilty: stable}",
      "3:3: duplicate-definition: 'f' is defined twice, first in test.yaml:3\n"
      "5:70: unknown-key: unknown key 'volatilty' (did you mean 'volatility'?)" },
    { "domain: d\nfunctions: {a.b.c: {returns: int, body: SELECT 1}}",
      "2:13: bad-name: 'a.b.c' is no name of an object (write name, schema.name, or put what is "
      "odd in double quotes)" },
    { "domain: d\nsequences: {s: {start: one, owned_by: A.b}}\nentities: {A: {fields: {a: text}}}",
      "2:24: unknown-word: 'start' is a number, not 'one'\n"
      "2:39: unknown-field: 'A' has no field 'b'" },
    { "domain: d\nsequences: {s: {owned_by: B.b}, S: }",
      "2:27: unknown-entity: there is no entity 'B'\n"
      "2:33: duplicate-table: sequence 'S' has the name of the sequence in test.yaml:2" },
    { "domain: d\ntypes: {t: {required: true}, u: {base: text, subtype: text}}",
      "2:12: missing-key: 'base', 'fields' or 'subtype' is missing\n"
      "2:33: contradiction: of 'base', 'fields' and 'subtype' a type has one" },
    { "domain: d\nschemas: [a.b, a]",
      "2:11: bad-name: a schema or extension stands in no schema (put a name with a dot in it in "
      "double quotes)" },
    /* Each that is missing once, where it is first met. */
    { "domain: d\nschemas: [sales]\nenums: {K: {labels: [a], schema: sale}}\n"
      "types: {hr.t: {base: text}}\n"
      "entities:\n  A: {schema: hr, fields: {a: text}}\n  B: {schema: hr, fields: {a: text}}\n"
      "  C: {schema: public, fields: {a: text}}\n"
      "  E: {schema: Own, fields: {a: text}}\n  F: {schema: lite, fields: {a: text}, dialects: sqlite}\n"
      "views: {V: {schema: seen, sql: SELECT 1}}\nfunctions: {done.f: {returns: int, body: SELECT 1}}\n"
      "sql: {own: CREATE SCHEMA \"Own\"}",
      "3:9: unknown-schema: the domain has no schema 'sale' (did you mean 'sales'?)\n"
      "4:9: unknown-schema: the domain has no schema 'hr' (add it under `schemas:`)\n"
      "11:9: unknown-schema: the domain has no schema 'seen' (add it under `schemas:`)\n"
      "12:13: unknown-schema: the domain has no schema 'done' (add it under `schemas:`)" },
    /* Extensions may bring schemas, but are put into none that isn't there. */
    { "domain: d\nextensions: {citext: {schema: ext}, orafce: }\n"
      "entities:\n  A: {schema: oracle, fields: {a: text}}",
      "2:31: unknown-schema: the domain has no schema 'ext' (add it under `schemas:`)" },
    { "domain: d\nsql: {a: DROP TABLE x, b: 'CREATE CAST (a AS b', c: {drop: DROP x}}",
      "2:7: bad-sql: 'a' does not begin with a CREATE statement that dmig knows (say how it is "
      "dropped, with 'drop')\n"
      "2:27: bad-sql: the statement: a parenthesis is not closed\n"
      "2:53: missing-key: 'create' is missing: SQL, or a mapping of dialects to SQL" },
    { "domain: d\nentities:\n  A:\n    fields: {a: text}\n"
      "    triggers: {t: {timing: befor, function: f}, u: {events: insert, timing: after}}\n",
      "5:16: missing-key: 'events' is missing: `insert`, `update` …\n"
      "5:28: unknown-word: expected before, after or instead of, found 'befor' (did you mean "
      "'before'?)\n"
      "5:49: missing-key: 'function', which it calls, or 'body', which it runs, is missing" },
    { "domain: d\nentities:\n  A:\n    fields: {a: text}\n"
      "    rules: {r: DROP RULE r}\n    policies: {p: {using: a; b}}\n"
      "    grants: {app: [selct, {update: b}]}\n",
      "5:13: bad-sql: expected a CREATE RULE statement\n"
      "6:27: bad-sql: the policy's condition: it is more than one statement\n"
      "7:14: unknown-field: 'A' has no field 'b'\n"
      "7:20: unknown-word: expected a privilege, found 'selct' (did you mean 'select'?)" },
    { "domain: d\nviews: {V: {sql: SELECT 1, indexes: [a]}}",
      "2:9: contradiction: only a materialized view has indexes, or no data" },
    { "domain: d\nentities:\n  A: {fields: {a: text}, partitions: {p: default}}\n"
      "  B: {inherits: [C, B]}\n  D: {partition_of: A}\n",
      "3:39: contradiction: 'A' is not partitioned (say there how, with 'partition_by')\n"
      "4:3: unknown-entity: there is no entity 'C'\n"
      "4:3: reference-cycle: 'B' would inherit from itself\n"
      "5:3: contradiction: 'A' is not partitioned (say there how, with 'partition_by')\n"
      "5:6: missing-key: 'partition_of' and 'values' go together" },
    { "domain: d\nentities:\n  A: {inherits: B}\n  B: {inherits: C}\n  C: {inherits: A}\n",
      "3:3: reference-cycle: 'A' would inherit from itself\n"
      "4:3: reference-cycle: 'B' would inherit from itself\n"
      "5:3: reference-cycle: 'C' would inherit from itself" },
    { FIELDS "a: {type: text, serial: true}\n      b: {type: integer, serial: true, default: 1}",
      "6:7: identity-type: 'a': only smallint, integer and bigint can be serial\n"
      "7:7: contradiction: 'b': a serial takes its value from its sequence, and from nowhere else" },
    { FIELDS "a: {type: text, constraint: c}\n      b: {references: A, on_delete: {set_null: [a]}}\n"
             "    primary: {name: x}",
      "6:7: contradiction: 'a': the constraint's name belongs to 'references'\n"
      "7:7: unknown-field: 'b': only this field itself can be set here\n"
      "7:23: no-key: 'A' has no primary key to refer to\n"
      "8:14: missing-key: 'fields' is missing, and no field is 'primary'" },
    { FIELDS "a: text\n    checks: {c: {sqlite: a, description: b}, d: {description: e}}",
      "7:17: contradiction: texts by dialect stand here alone (put the texts by dialect under "
      "'sql')\n"
      "7:49: missing-key: 'sql' is missing: SQL, or a mapping of dialects to SQL" },
  };
  Fixture *self = *state;
  guint wrong = 0;
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    read_domain(self, cases[i].yaml);
    meet_rules(self);
    wrong += !are_lines(self, cases[i].line);
    forget(self);
  }
  assert_int_equal(wrong, 0);
}

/* No view reads another here: columns, strings, comments and common table expressions. */
static void
test_views_without_a_circle(void **state)
{
  Fixture *self = *state;
  read_domain(self, "domain: d\nviews:\n"
                    "  a: WITH b AS (SELECT 1 AS x) SELECT b.x FROM b\n"
                    "  b: SELECT a, 'FROM a' FROM c /* FROM a */\n"
                    "  c: SELECT x AS b, a FROM main.t AS a WHERE b IN (1)\n");
  assert_clean(self);
}

/* What a schema shows often has the name of what it is made of. */
static void
test_views_of_their_tables_name(void **state)
{
  Fixture *self = *state;
  read_domain(self, "domain: d\nschemas: [api, private]\nviews:\n"
                    "  a: {schema: api, sql: SELECT * FROM private.a}\n"
                    "  b: SELECT b.x FROM private.b JOIN api.a ON true\n"
                    "  api: SELECT * FROM api.a, api.b\n"
                    "  c: {schema: api, view: b, sql: SELECT * FROM b}\n");
  assert_clean(self);
}

static void
test_changes(void **state)
{
  static const struct {
    const char *yaml, *line;
  } cases[] = {
    { "rename: {}", "1:1: unknown-key: unknown key 'rename' (did you mean 'renames'?)" },
    { "renames: {Clint: Customer}",
      "1:11: bad-rename: 'Clint' was no entity, enum or view of the state before (did you mean "
      "'Client'?)" },
    { "renames: {Client: Custmer}",
      "1:11: bad-rename: 'Custmer' is no entity, enum or view of this state (did you mean "
      "'Customer'?)" },
    { "renames: {Stay: Customer}",
      "1:11: bad-rename: 'Stay' is still there, so that it was not renamed" },
    { "renames: {Client: Stay}",
      "1:11: bad-rename: 'Stay' was there before, so that nothing else became it" },
    { "renames: {Client: Customer, Gone: Customer}",
      "1:11: bad-rename: 'Customer' is the new name of two" },
    { "renames: {Stay.a: Stay.c}", "1:11: bad-rename: 'Stay.c' is no field now" },
    { "renames: {Stay.x: b}", "1:11: bad-rename: 'Stay.x' was no field before" },
    { "renames: {Stay.a: Customer.id}",
      "1:11: bad-rename: 'Customer.id' is no field of the same entity (a field stays in its "
      "entity: 'Stay.…')" },
    { "renames: {Stay.keep: Stay.b}",
      "1:11: bad-rename: 'Stay.keep' is still there, so that it was not renamed" },
    { "renames: {Stay.a: Stay.keep}",
      "1:11: bad-rename: 'Stay.keep' was there before, so that nothing else became it" },
    { "renames: {Stay: Stay}", "1:11: no-effect: 'Stay' keeps its name" },
    { "drops: [Stay]", "1:9: bad-drop: 'Stay' is still there" },
    { "drops: [Nope]", "1:9: bad-drop: 'Nope' was not there before" },
    { "drops: [Stay.keep]", "1:9: bad-drop: 'Stay.keep' is still there" },
    { "drops: [Stay.b]", "1:9: bad-drop: 'Stay.b' was no field before" },
    { "drops: Gone.id", "1:8: no-effect: 'Gone.id' goes with its entity" },
    { "renames: {Stay.a: Stay.b}\ndrops: [Stay.a]",
      "2:9: bad-drop: 'Stay.a' is renamed here, and not dropped" },
    { "fill: {Stay.nope: 1}", "1:8: bad-fill: 'Stay' has no field 'nope'" },
    { "fill: {nope: 1}", "1:8: bad-fill: 'nope' names no field (write Entity.field)" },
    { "fill: {Stay.m: x}", "1:16: default-misfit: 'x' is no whole number (the type is bigint)" },
    { "fill: {Stay.m: null}",
      "1:16: missing-value: expected a value, now(), today(), uuid(), or {sql: …}, found nothing" },
    { "fill: {Stay.m: {sql: '(1'}}", "1:22: bad-sql: the value: a parenthesis is not closed" },
    { "fill: {Stay.made: 1}", "1:8: bad-fill: 'Stay.made' is generated and takes no value" },
    { "fill: {Stay.keep: 1}", "1:8: no-effect: 'Stay.keep' lacks a value in no row" },
    { "fill: {Customer.id: 1}", "1:8: no-effect: there are no rows of 'Customer' to fill" },
    { "convert: {Stay.b: x}",
      "1:11: bad-convert: 'Stay.b' was not there before ('fill:' gives a new field its value)" },
    { "convert: {Stay.a: x}", "1:11: bad-convert: 'Stay.a' is not there any more" },
    { "convert: {Stay.keep: x}",
      "1:11: no-effect: the type of 'Stay.keep' stays the same (change values with 'sql:')" },
    { "convert: {Stay.n: {}}",
      "1:11: missing-value: expected an expression for 'upgrade' or 'downgrade'" },
    { "values: {T: {old: now}}", "1:14: bad-mapping: 'T' had no label 'old' (one of x, y)" },
    { "values: {T: {x: now}}", "1:14: bad-mapping: 'T' has no label 'now' (one of y, z)" },
    { "values: {T: {y: z}}",
      "1:14: bad-mapping: 'T' has the label 'y' still (change values with 'sql:')" },
    { "values: {Stay.keep: {y: z}}",
      "1:22: bad-mapping: 'Stay.keep' is no enum on both sides (name an enum of 'enums:', or a "
      "field whose type is enum(…))" },
    { "sql: {upgrade: {before: \"SELECT 1; SELECT (2\"}}",
      "1:25: bad-sql: the script: a parenthesis is not closed" },
    { "sql: [x]", "1:6: wrong-kind: expected {upgrade: …, downgrade: …}, found a list" },
  };
  Fixture *self = *state;
  guint wrong = 0;
  const DmigDomain *from
      = read_domain(self, "domain: d\nenums: {T: [x, y]}\nentities:\n"
                          "  Client: {fields: {id: bigint primary}}\n"
                          "  Gone: {fields: {id: bigint primary}}\n"
                          "  Stay: {fields: {keep: bigint required, a: text, n: integer}}\n");
  const DmigDomain *to = read_domain(self, "domain: d\nenums: {T: [y, z]}\nentities:\n"
                                           "  Customer: {fields: {id: bigint primary}}\n"
                                           "  Stay: {fields: {keep: bigint required, b: text, n: "
                                           "bigint, m: bigint required, made: {type: text, "
                                           "generated: b}}}\n");
  assert_clean(self);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    read_change(self, cases[i].yaml, from, to);
    meet_rules(self);
    wrong += !are_lines(self, cases[i].line);
    forget(self);
  }
  assert_int_equal(wrong, 0);
}

static void
test_each_rule_is_met(void **state)
{
  /* These two need several files; test_merging of reader.c has them. That one needs a huge one. */
  g_hash_table_add(rules_met, (gpointer) "conflicting-key");
  g_hash_table_add(rules_met, (gpointer) "duplicate-definition");
  g_hash_table_add(rules_met, (gpointer) "yaml-limit");
  /* What a dialect lacks is found when the domain is lowered. */
  g_hash_table_add(rules_met, (gpointer) "missing-expression");
  g_hash_table_add(rules_met, (gpointer) "duplicate-name");
  for (int rule = 0; rule < DMIG_N_RULES; rule++) {
    if (!g_hash_table_contains(rules_met, dmig_rule_name(rule)))
      fail_msg("no case of this file is of the rule %s", dmig_rule_name(rule));
  }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_domains),
    TEST(test_views_without_a_circle),
    TEST(test_views_of_their_tables_name),
    TEST(test_changes),
    TEST(test_each_rule_is_met),
  };
  rules_met = g_hash_table_new(g_str_hash, g_str_equal);
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  g_hash_table_unref(rules_met);
  return failed;
}
