/* A dialect: how one database spells things and what it can do. Pure: no I/O, no state, so that
 * plans can be made with no database at hand. The implementations stand in core/db/<name>/; they
 * are found with dmig_dialect_find() (core/db/registry.h).
 *
 * Nobody compares a dialect's name to decide something: a capability bit or a slot decides.
 */
#pragma once

#include <glib.h>

typedef struct _DmigType DmigType;
typedef struct _DmigColumn DmigColumn;
typedef struct _DmigTable DmigTable;
typedef struct _DmigChange DmigChange;
typedef struct _DmigObject DmigObject;
typedef struct _DmigStep DmigStep;
typedef struct _DmigOnline DmigOnline;
typedef struct _DmigSchema DmigSchema;
typedef struct _DmigDialect DmigDialect;

typedef enum {
  /* What ALTER TABLE can't do is planned as a rebuild of the table. */
  DMIG_CAP_TABLE_REBUILD = 1 << 0,
  /* COMMENT ON exists. */
  DMIG_CAP_COMMENTS = 1 << 1,
  /* Enums are types of their own; else a check on the column stands for them. */
  DMIG_CAP_ENUM_TYPES = 1 << 2,
  /* Constraints that the author did not name get a name when lowered; else they stay unnamed. */
  DMIG_CAP_NAMED_CONSTRAINTS = 1 << 3,
  /* A unique constraint stands in the table; else it is lowered to a unique index. */
  DMIG_CAP_UNIQUE_CONSTRAINTS = 1 << 4,
  /* Indexes may have INCLUDE columns, methods, NULLS FIRST/LAST. */
  DMIG_CAP_INDEX_INCLUDE = 1 << 5,
  DMIG_CAP_INDEX_METHODS = 1 << 6,
  DMIG_CAP_INDEX_NULLS = 1 << 7,
  /* Identity columns need not be the primary key. */
  DMIG_CAP_IDENTITY_ANYWHERE = 1 << 8,
  /* Foreign keys can be added to an existing table, so cycles are cut by adding them last. */
  DMIG_CAP_ADD_FOREIGN_KEY = 1 << 9,
  /* A view follows when its table or column is renamed, and stands in the way of dropping a
   * column it reads or of changing that column's type. */
  DMIG_CAP_VIEWS_BIND_COLUMNS = 1 << 10,
  /* Arrays are types; else they are stored as JSON text. */
  DMIG_CAP_ARRAYS = 1 << 11,
  /* ALTER INDEX … RENAME. */
  DMIG_CAP_RENAME_INDEX = 1 << 12,
  /* Generated columns may be virtual (computed when read). */
  DMIG_CAP_VIRTUAL_COLUMNS = 1 << 13,
  /* A default that is one call or one cast literal stands without parentheses; else only plain
   * literals do. */
  DMIG_CAP_BARE_DEFAULTS = 1 << 14,
  /* Objects stand in schemas. */
  DMIG_CAP_SCHEMAS = 1 << 15,
  /* Roles own objects, and may do things with them; else all that is not there to be said. */
  DMIG_CAP_PRIVILEGES = 1 << 16,
  /* Functions, which triggers call; else a trigger holds its statements itself. */
  DMIG_CAP_ROUTINES = 1 << 17,
  /* Types that authors make beside enums: narrowed, composite and range types. */
  DMIG_CAP_OWN_TYPES = 1 << 18,
  DMIG_CAP_SEQUENCES = 1 << 19,
  DMIG_CAP_EXTENSIONS = 1 << 20,
  /* Partitioned and inheriting tables. */
  DMIG_CAP_PARTITIONS = 1 << 21,
  /* Policies of row security, rules, exclusion constraints. */
  DMIG_CAP_POLICIES = 1 << 22,
  DMIG_CAP_RULES = 1 << 23,
  DMIG_CAP_EXCLUSIONS = 1 << 24,
  DMIG_CAP_MATERIALIZED_VIEWS = 1 << 25,
  /* How tables, columns and indexes are stored can be said: parameters, access methods. */
  DMIG_CAP_STORAGE = 1 << 26,
  /* Settings that the database keeps: PRAGMA user_version. */
  DMIG_CAP_PRAGMAS = 1 << 27,
  /* WITHOUT ROWID and STRICT tables. */
  DMIG_CAP_ROWID_TABLES = 1 << 28,
  /* A constraint may say what becomes of a statement that meets it: ON CONFLICT IGNORE. */
  DMIG_CAP_CONFLICT_CLAUSES = 1 << 29,
  /* Names of tables and columns that differ in letter case alone are one name. */
  DMIG_CAP_FOLDED_NAMES = 1 << 30,
} DmigCapabilities;

/* What a portable function is called; lowered from `default: {function: now}` or `default: now()`. */
typedef enum {
  DMIG_FUNCTION_NOW,   /* the transaction's time */
  DMIG_FUNCTION_TODAY, /* its date */
  DMIG_FUNCTION_UUID,  /* a random UUID, version 4 */
} DmigFunction;

/* How well values of one column type become values of another. */
typedef enum {
  DMIG_CONVERSION_LOSSLESS, /* every value fits, and comes back unchanged from the reverse */
  DMIG_CONVERSION_LOSSY,    /* every value has a place, but not every one comes back */
  DMIG_CONVERSION_CHECKED,  /* runs if each value fits; `check` counts those that do not */
  DMIG_CONVERSION_NONE,     /* no value has a meaning in the new type */
} DmigConversionKind;

typedef struct {
  DmigConversionKind kind;
  char *using_sql; /* expression over the quoted column that gives the new value; NULL: as it is */
  char *bad_sql;   /* CHECKED: predicate that is true for a row that does not fit; also LOSSY, where
                      some values have no place for all that (out of range); NULL: only the
                      conversion itself can tell */
  char *loses;     /* LOSSY: what does not come back, "digits behind the point" */
} DmigConversion;

void dmig_conversion_clear(DmigConversion *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DmigConversion, dmig_conversion_clear)

struct _DmigDialect {
  const char *name;  /* `sqlite`, `postgresql`: as in `dialects:` and in migrations/<name>/ */
  const char *title; /* `SQLite`, `PostgreSQL` */
  DmigCapabilities capabilities;
  gsize max_identifier; /* bytes; 0: no limit */
  const char *const *reserved_words; /* lower case, sorted, NULL-terminated */

  /* The native type for a portable one, spelled as the database itself reports it, so that
   * lowering and inspecting agree. `enum_name` is the type's name where the dialect has enum
   * types, else NULL. Must handle every kind. Owned. */
  char *(*lower_type)(const DmigType *type, const char *enum_name);

  /* The dialect's one spelling for a native type an author wrote (`int4` -> `integer`,
   * `varchar(20)` -> `character varying(20)`). Owned; unknown types come back as they are. */
  char *(*canonical_type)(const char *native);

  /* The expression for a portable function as a default. Static. */
  const char *(*function)(DmigFunction function, const DmigType *type);

  /* A literal of `type` for a value written in YAML (`text` is valid for the type already). Owned. */
  char *(*literal)(const DmigType *type, const char *text);

  /* How values get from one native type to another. `column` is the quoted column. Must fill
   * `out_conversion`. */
  void (*conversion)(const char *from_type, const char *to_type, const char *column,
                     DmigConversion *out_conversion);

  /* A value for rows that exist, of this native type, when a dropped required column comes back
   * and nobody stated one: `0`, `''`, `false`. NULL where the type has none. Owned. */
  char *(*neutral_value)(const char *type);

  /* Whether this change of a table that exists can be spelled as ALTER statements (given that the
   * table's other changes are carried out too). Dialects without DMIG_CAP_TABLE_REBUILD must
   * return TRUE for every change that the diff produces. */
  gboolean (*can_alter)(const DmigChange *change);

  /* Append the statements of one change to `step->sql`, each ended by ";\n", and set the step's
   * lock, rewrites, scans and transactional. The planner has filled in everything else, also
   * loss and checks. Must handle each change kind for which can_alter() is TRUE. */
  void (*spell)(const DmigChange *change, DmigStep *step);

  /* DMIG_CAP_TABLE_REBUILD only: the statements that make `old_table` into `new_table` (same
   * name: renames went before) and keep its rows. `sources` maps each column name of `new_table`
   * that takes a value to the SQL expression over the old row (char* -> char*); columns that are
   * missing in it take their default. Creates the indexes of `new_table` too. */
  void (*spell_rebuild)(const DmigTable *old_table, const DmigTable *new_table,
                        GHashTable *sources, DmigStep *step);

  /* Without DMIG_CAP_TABLE_REBUILD: a new table takes the place of one that no ALTER makes into it.
   * First `old_table` is renamed to `aside`, lets go of the names of its keys and indexes, and
   * `new_table` is made, empty (its references are added later). Then, once its partitions are there,
   * the rows come over (`sources` as above) and `aside` is dropped; rows of partitions that went from
   * it come over without `drop`. */
  void (*spell_remake)(const DmigTable *old_table, const char *aside, const DmigTable *new_table,
                       DmigStep *step);
  void (*spell_copy)(const char *aside, const DmigTable *new_table, GHashTable *sources,
                     gboolean drop, DmigStep *step);

  /* Statements lock the relations that they change, and no others; else the whole database is one. */
  gboolean locks_relations;

  /* May, with DMIG_CAP_OWN_TYPES. A native type that holds a row with its values by name, while the row's
   * own type is made again; and expressions over the unquoted `column` that turn the row into it, and it
   * into a row of `type`. Owned. */
  const char *row_holder;
  char *(*hold_row)(const char *column);
  char *(*release_row)(const char *column, const char *type);

  /* The name of one of dmig's own tables, quoted and qualified: "dmig"."runs" or "dmig_runs". */
  char *(*tracking_table)(const char *name);
  /* Statements that create what tracking tables live in; "" where nothing is needed. Static. */
  const char *tracking_prologue;
  /* One SELECT that gives one row if the tracking tables are there, none if not; it never fails. */
  const char *tracking_exists;

  /* May. `object` was written as the statement `create` alone: fills in what follows from that, how
   * it takes the place of another one above all. */
  void (*complete_object)(DmigObject *object);

  /* What the schema is called that paths leave out, where nobody chose another: `public`, `main`. */
  const char *default_schema;
  /* May. Statements that set what a script of dmig's leans on, for whoever runs it in a shell, where
   * `schema` is the one that paths leave out. Owned. */
  char *(*script_prologue)(const char *schema);

  /* May; without it no step has a lock-light form. Adds the steps (DmigStep*) that do what
   * `online->change` says and let others go on writing meanwhile; FALSE: the plain form is all there
   * is, or light enough, and nothing was added. See core/plan/online.h. */
  gboolean (*spell_online)(const DmigOnline *online, GPtrArray *steps);
  /* May, with spell_online(). Whether it changes this column's type by a second column that takes the
   * first one's place, keys, indexes, checks and references along, so that the planner need not. Then
   * the change is `alone`. */
  gboolean (*can_swap)(const DmigChange *change, const DmigSchema *before);
  /* May, with spell_online(). Statements that take away what stands in for renamed tables, for who is
   * about to run a migration; nothing happens where nothing does. */
  const char *stand_ins_end;
  /* With it: a text that stands in each migration which leaves some behind. */
  const char *stand_in_mark;

  /* May. One SELECT: schema (NULL: the default one), name, rows (NULL: not known) and bytes of each
   * table; where only the whole is known, that is an upper bound for each. */
  const char *table_sizes;
};
