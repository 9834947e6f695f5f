/* A dialect: how one database spells things and what it can do. Pure: no I/O, no state, so that
 * plans can be made with no database at hand. The implementations stand in core/db/<name>/; they
 * are found with dmig_dialect_find() (core/db/registry.h).
 *
 * Nobody compares a dialect's name to decide something: a capability or a slot decides.
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

/* What a dialect has. Each decides a strategy; what is spelled differently is a slot further down. */
typedef struct {
  /* What ALTER TABLE can't do is planned as a rebuild of the table. */
  gboolean table_rebuilds;
  /* Statements lock the relations that they change, and no others; else the whole database is one. */
  gboolean relation_locks;
  /* Names of tables and columns that differ in letter case alone are one name. */
  gboolean folded_names;
  /* A view follows when its table or column is renamed, and stands in the way of dropping a
   * column it reads or of changing that column's type. */
  gboolean binding_views;

  /* COMMENT ON exists. */
  gboolean comments;
  /* Objects stand in schemas. */
  gboolean schemas;
  /* Roles own objects, and may do things with them; else all that is not there to be said. */
  gboolean privileges;
  gboolean extensions;
  gboolean sequences;
  /* Functions, which triggers call; else a trigger holds its statements itself. */
  gboolean routines;
  /* Enums are types of their own; else a check on the column stands for them. */
  gboolean enum_types;
  /* Types that authors make beside enums: narrowed, composite and range types. */
  gboolean own_types;
  gboolean materialized_views;
  gboolean rules;
  gboolean policies; /* of row security */
  /* Settings that the database keeps: PRAGMA user_version. */
  gboolean pragmas;

  /* Partitioned and inheriting tables. */
  gboolean partitions;
  /* WITHOUT ROWID and STRICT tables. */
  gboolean rowid_tables;
  /* How tables, columns and indexes are stored can be said: parameters, access methods. */
  gboolean storage;

  /* Identity columns need not be the primary key. */
  gboolean identity_anywhere;
  /* Generated columns may be virtual (computed when read). */
  gboolean virtual_columns;
  /* DEFAULT NULL is told apart from none. */
  gboolean null_defaults;
  /* A default that is one call or one cast literal stands without parentheses; else only plain
   * literals do. */
  gboolean bare_defaults;

  /* Constraints that the author did not name get a name when lowered; else they stay unnamed. */
  gboolean named_constraints;
  /* A unique constraint stands in the table; else it is lowered to a unique index. */
  gboolean unique_constraints;
  gboolean exclusions;
  /* Foreign keys can be added to an existing table, so cycles are cut by adding them last. */
  gboolean later_foreign_keys;
  /* A foreign key is taken as it is written: what it refers to need not be there, nor be a key. */
  gboolean loose_references;
  /* A constraint may say what becomes of a statement that meets it: ON CONFLICT IGNORE. */
  gboolean conflict_clauses;

  /* ALTER INDEX … RENAME. */
  gboolean index_renames;
  /* Indexes may have INCLUDE columns, methods, NULLS FIRST/LAST. */
  gboolean index_include;
  gboolean index_methods;
  gboolean index_nulls;
} DmigCapabilities;

/* What a portable function is called; lowered from `default: {function: now}` or `default: now()`. */
typedef enum {
  DMIG_FUNCTION_NOW,               /* the transaction's time */
  DMIG_FUNCTION_CURRENT_TIMESTAMP, /* the same, where the server keeps the two spellings apart */
  DMIG_FUNCTION_TODAY,             /* its date */
  DMIG_FUNCTION_UUID,              /* a random UUID, version 4 */
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
  DmigCapabilities has;
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

  /* A literal of `type` for a value written in YAML (`text` is valid for the type already; NULL: null).
   * Owned. */
  char *(*literal)(const DmigType *type, const char *text);

  /* How values get from one native type to another. `column` is the quoted column. Must fill
   * `out_conversion`. */
  void (*conversion)(const char *from_type, const char *to_type, const char *column,
                     DmigConversion *out_conversion);

  /* A value for rows that exist, of this native type, when a dropped required column comes back
   * and nobody stated one: `0`, `''`, `false`. NULL where the type has none. Owned. */
  char *(*neutral_value)(const char *type);

  /* Whether this change of a table that exists can be spelled as ALTER statements (given that the
   * table's other changes are carried out too). Dialects without `table_rebuilds` must
   * return TRUE for every change that the diff produces. */
  gboolean (*can_alter)(const DmigChange *change);

  /* Append the statements of one change to `step->sql`, each ended by ";\n", and set the step's
   * lock, rewrites, scans and transactional. The planner has filled in everything else, also
   * loss and checks. Must handle each change kind for which can_alter() is TRUE. */
  void (*spell)(const DmigChange *change, DmigStep *step);

  /* `table_rebuilds` only: the statements that make `old_table` into `new_table` (same
   * name: renames went before) and keep its rows. `sources` maps each column name of `new_table`
   * that takes a value to the SQL expression over the old row (char* -> char*); columns that are
   * missing in it take their default. Creates the indexes of `new_table` too. */
  void (*spell_rebuild)(const DmigTable *old_table, const DmigTable *new_table,
                        GHashTable *sources, DmigStep *step);

  /* Without `table_rebuilds`: a new table takes the place of one that no ALTER makes into it.
   * First `old_table` is renamed to `aside`, lets go of the names of its keys and indexes, and
   * `new_table` is made, empty (its references are added later). Then, once its partitions are there,
   * the rows come over (`sources` as above) and `aside` is dropped; rows of partitions that went from
   * it come over without `drop`. */
  void (*spell_remake)(const DmigTable *old_table, const char *aside, const DmigTable *new_table,
                       DmigStep *step);
  void (*spell_copy)(const char *aside, const DmigTable *new_table, GHashTable *sources,
                     gboolean drop, DmigStep *step);

  /* May, without `table_rebuilds`. An expression over a row that is true where it fits into the partition
   * of `parent` with these bounds, which stand as in the table's facet behind the parent's name; NULL:
   * DEFAULT, or not known. Owned. With it: the statements that put rows of `table` for which `condition`
   * holds into a new table `aside`, and those that bring them from there, with what columns it has, to their
   * places in the partitioned table `whole`. */
  char *(*partition_fits)(const DmigTable *parent, const char *bounds);
  /* May. Whether that expression asks `parent` itself, as with hashes. NULL: never. */
  gboolean (*partition_asks_table)(const DmigTable *parent);
  void (*spell_set_aside)(const DmigTable *table, const char *condition, const char *aside,
                          DmigStep *step);
  void (*spell_bring_back)(const char *aside, const DmigTable *table, const DmigTable *whole,
                           DmigStep *step);

  /* May, with `own_types`. A native type that holds a row with its values by name, while the row's
   * own type is made again; and expressions: of that type over `value`, a row; the value of one name in
   * it, of its native `type`; a row of `type` out of it, with what `values` says (name, expression, …,
   * NULL) in place of what it has under those names. Owned. */
  const char *row_holder;
  char *(*hold_row)(const char *value);
  char *(*value_in_row)(const char *row, const char *name, const char *type);
  char *(*release_row)(const char *row, const char *type, char *const *values);

  /* The name of one of dmig's own tables, quoted and qualified: "dmig"."runs" or "dmig_runs". */
  char *(*tracking_table)(const char *name);
  /* Statements that create what tracking tables live in; "" where nothing is needed. Static. */
  const char *tracking_prologue;
  /* One SELECT that gives one row if the tracking tables are there, none if not; it never fails. */
  const char *tracking_exists;

  /* May. `object` was written as the statement `create` alone: fills in what follows from that, how
   * it takes the place of another one above all. */
  void (*complete_object)(DmigObject *object);

  /* May. `table` was put together from what its author wrote: brings the texts of columns, checks and
   * indexes to the spelling in which they are compared, and keeps what was written beside it. */
  void (*complete_table)(DmigTable *table);

  /* What the schema is called that paths leave out, where nobody chose another: `public`, `main`. */
  const char *default_schema;
  /* Its comment in a new database; NULL: none. */
  const char *default_schema_comment;
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
