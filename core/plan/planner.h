/* The planner's rooms, one file a thought; private to core/plan.
 *
 *     values.c      what happens to rows: fills, conversions, labels, checks, losses
 *     conversions.c how values get from one type to another
 *     checks.c      what the rows are asked before a step
 *     rebuilt_checks.c  the same before a rebuild
 *     enums.c       labels: which go, move or come
 *     keepsakes.c   what goes and may come back
 *     row_keys.c    which columns tell rows apart before and after
 *     staging.c     columns that come back before what they stand in
 *     names.c       names that are wanted while something holds them
 *     dependents.c  columns, constraints and indexes that must be made again around a change
 *     types.c       types that are in use
 *     privileges.c  default privileges, which act by themselves
 *     objects.c     views, functions, triggers and the like, the same
 *     inherited.c   what comes to tables with their parents' changes
 *     parts.c       what comes about by itself, and what must be set again
 *     holdback.c    parts of tables that come later than their table, or go before it
 *     partitions.c  partitions that come and go
 *     unvalidated.c checks that rows need not meet, of parents and children
 *     remake.c      tables that a new one takes the place of
 *     bounds.c      what partitions' bounds say of rows
 *     reshard.c     rows that find another partition
 *     online.c      lock-light forms of the steps
 *     collect.c     which change makes or takes what
 *     graph.c       which change needs which other
 *     links.c       the same, where no dependency tells it
 *     running.c     the same, for what steps run
 *     order.c       in which order the steps run
 *     steps.c       what a change is as a step
 *     planner.c     the way through them
 */
#pragma once

#include "core/plan/plan.h"

typedef struct {
  const DmigDialect *dialect;
  DmigChanges *changes;
  const DmigTransition *transition; /* never NULL */
  GPtrArray *items;    /* DmigChange*: the working set; borrowed from `changes` or from `owned` */
  GPtrArray *owned;    /* DmigChange* that the planner made */
  GPtrArray *tables;   /* DmigTable* that the planner made */
  GHashTable *rebuilt; /* names of the tables that are rebuilt (TABLE_REBUILD) */
  GHashTable *remade;  /* names of those that a new table takes the place of */
  GHashTable *goes_with; /* address of what goes by itself -> address of what takes it along */
  GHashTable *taken;  /* names of tables of which a step takes already all that is taken together */
  GHashTable *staged; /* name -> DmigTable*: the old table with what was added before its rebuild */
  gboolean online;       /* steps in their lock-light forms, where they have one */
  gboolean stuck;        /* what was marked could not be carried out */
  GPtrArray *late;       /* DmigStep*: for the end of the plan; online.c's, and what follows */
  GPtrArray *movers;     /* tables whose rows find another partition; reshard.c's */
  GHashTable *partners;  /* DmigChange* -> DmigChange*: a drop and what takes its place; online.c's */
} DmigPlanner;

/* Adds a change of the planner's own to the working set. */
DmigChange *dmig_planner_add(DmigPlanner *self, DmigChangeKind kind, const DmigTable *old_table,
                             const DmigTable *new_table);
/* Whether the rebuild of its table carries `change` out. */
gboolean dmig_planner_rebuilds(const DmigPlanner *self, const DmigChange *change);

/* The change of this kind whose old object this is, or NULL. */
DmigChange *dmig_planner_find(const DmigPlanner *self, DmigChangeKind kind,
                              gconstpointer old_object);
void dmig_planner_remove(DmigPlanner *self, const DmigChange *change); /* NULL: nothing */

/* Whether some change of the working set drops this constraint. */
gboolean dmig_planner_drops(const DmigPlanner *self, const DmigConstraint *constraint);

/* values.c */

/* Fills in `fill_sql`, `using_sql`, `recreate` and `users` of the changes. */
void dmig_planner_prepare_values(DmigPlanner *self);
/* Whether two values of an altered column may become one by its change of type. */
gboolean dmig_planner_may_merge_values(DmigPlanner *self, const DmigChange *change);
/* Adds what rows mean for `change` to `step`: its losses and the checks before it. */
void dmig_planner_judge(DmigPlanner *self, const DmigChange *change, DmigStep *step);
/* For a rebuild: new column -> expression over the old row. */
GHashTable *dmig_planner_rebuild_sources(DmigPlanner *self, const DmigTable *old_table,
                                         const DmigTable *new_table, DmigStep *step);

/* enums.c */

/* The enum that a column's type names, its element's for an array; NULL: none. */
const DmigEnum *dmig_planner_enum_of_type(const DmigSchema *schema, const char *type,
                                          gboolean *out_array);
/* `('free', 'pro')`. Owned. */
char *dmig_planner_label_list(char *const *labels);
/* Fills in `recreate` and `users`. */
void dmig_planner_prepare_enum(DmigPlanner *self, DmigChange *change);
void dmig_planner_judge_enum(DmigPlanner *self, const DmigChange *change, DmigStep *step);
/* Where a check stands for the enum: `value` with its labels mapped, NULL where none is. Owned. */
char *dmig_planner_mapped_value(DmigPlanner *self, const DmigTable *table, const char *column,
                                const char *value);
void dmig_planner_judge_label_maps(DmigPlanner *self, const DmigTable *old_table, DmigStep *step);

/* keepsakes.c */

/* Adds to `step` what `change` takes and brings. */
void dmig_planner_keep(DmigPlanner *self, const DmigChange *change, DmigStep *step);
/* The same for what a rebuild does beside carrying out its changes. */
void dmig_planner_keep_rebuilt(DmigPlanner *self, const DmigTable *new_table, DmigStep *step);
/* Labels of the column become one by the rebuild of its table. */
void dmig_planner_take_labels(DmigPlanner *self, const DmigTable *old_table, const char *column,
                              DmigStep *step);
/* Whether labels come back that had become one with others, so that rows may get them at once. */
gboolean dmig_planner_splits_labels(const DmigPlanner *self, const DmigEnum *made);

/* staging.c */

/* Columns that come back on the way back, and stand in keys or checks of a table that is rebuilt or
 * must have a value: they are added first, so that what was kept is in them when it counts. Adds the
 * changes (DmigChange, to be freed by g_free()) to `additions`, and gives the old table with them, or
 * NULL; it is the planner's. */
DmigTable *dmig_planner_stage_columns(DmigPlanner *self, const DmigTable *new_table,
                                      GPtrArray *additions);
/* Whether the column is among them by now. */
gboolean dmig_planner_is_staged(const DmigPlanner *self, const DmigTable *table,
                                const char *column);
/* The same where a column can be altered: TRUE, and `change` in two. */
gboolean dmig_planner_split_addition(DmigPlanner *self, const DmigChange *change,
                                     DmigChange *out_addition, DmigChange *out_requirement);

/* names.c */

/* Frees names of indexes and constraints that new objects want: what is dropped holds them until it goes,
 * and an index that can't be renamed is made again. */
void dmig_planner_free_names(DmigPlanner *self);

/* checks.c */

/* Asks for rows that a new key, reference or check, or a changed type under a key, would meet. */
void dmig_planner_ask_rows(DmigPlanner *self, const DmigChange *change, DmigStep *step);

/* rebuilt_checks.c */

/* The same for all that a rebuild brings, over the rows as it will write them. */
void dmig_planner_ask_rebuilt_rows(DmigPlanner *self, const DmigTable *old_table,
                                   const DmigTable *new_table, GHashTable *sources,
                                   DmigStep *step);

/* dependents.c: columns, constraints and indexes */
void dmig_planner_add_dependents(DmigPlanner *self);
void dmig_planner_recreate_column(DmigPlanner *self, const DmigTable *old_table,
                                  const DmigTable *new_table, const DmigColumn *old,
                                  const DmigColumn *new);
void dmig_planner_recreate_constraint(DmigPlanner *self, const DmigTable *old_table,
                                      const DmigTable *new_table, const DmigConstraint *old);
void dmig_planner_recreate_index(DmigPlanner *self, const DmigTable *old_table,
                                 const DmigTable *new_table, const DmigIndex *old);

/* types.c: types that can't be altered while columns hold values of them are made again */
void dmig_planner_remake_types(DmigPlanner *self);

/* privileges.c: default privileges that stay are taken away while something is made that they act on */
void dmig_planner_suspend_privileges(DmigPlanner *self);

/* conversions.c */

/* From one native type to another, with what that costs. */
void dmig_planner_find_conversion(DmigPlanner *self, const char *from, const char *to, const char *column,
                                  DmigConversion *out);
/* A row of `type`, which is `new`, out of `row`, an expression that holds one of `old` (see
 * DmigDialect.row_holder). Makes `out`'s kind worse where that costs something. Owned. */
char *dmig_planner_release_row(DmigPlanner *self, const DmigObject *old, const DmigObject *new,
                               const char *row, const char *type, DmigConversion *out);
/* The type that the values of a domain, or of an array of it, are of. NULL: it is no such type. Owned */
char *dmig_planner_base_of_domain(const DmigSchema *schema, const char *type);

/* meanwhile.c: columns that stay let go of what is made again, and come back to it: a default, a collation,
 * the type at `address`. A default that changes anyway does so if what it calls `comes_back`: the new one
 * may need that, too */
void dmig_planner_leave_default(DmigPlanner *self, const DmigTable *old_table,
                                const DmigTable *new_table, const DmigColumn *old,
                                const DmigColumn *new, gboolean comes_back);
void dmig_planner_leave_collation(DmigPlanner *self, const DmigTable *old_table,
                                  const DmigTable *new_table, const DmigColumn *old,
                                  const DmigColumn *new);
void dmig_planner_leave_type(DmigPlanner *self, const DmigTable *old_table,
                             const DmigTable *new_table, const DmigColumn *old, const DmigColumn *new,
                             const char *address);

/* objects.c: by the dependencies of the old schema */
void dmig_planner_add_objects(DmigPlanner *self);
/* An object, of the old schema, goes, and comes back where it is of the new one, too. */
void dmig_planner_recreate_object(DmigPlanner *self, const DmigObject *old);

/* holdback.c: what a table that is made, or dropped, must not say at once */

/* Parts of tables that stand in a circle with other objects, and keys of partitioned tables: they come
 * after what they wait for, and go before it. */
void dmig_planner_hold_back(DmigPlanner *self);
/* Puts into the place of `change`, which makes a table, one that makes a copy of it, for the caller to
 * take things from. The planner's. */
DmigTable *dmig_planner_reduce_table(DmigPlanner *self, DmigChange *change);
/* The change that makes the table, anew or again; NULL: none. */
DmigChange *dmig_planner_maker_of_table(DmigPlanner *self, const char *name);
/* The constraint comes by itself, after its table was made. Nothing where it does already. */
void dmig_planner_hold_constraint(DmigPlanner *self, const char *table, const char *name);

/* unvalidated.c */

/* Lets checks that rows need not meet come to parents after the children that are to have them so. */
void dmig_planner_bring_unvalidated(DmigPlanner *self);

/* inherited.c */

/* Takes out what a parent table's change does to its children, and adds what is left to say of them. */
void dmig_planner_follow_parents(DmigPlanner *self);
/* Whether the table at `ancestor` is a parent of `table`, or a parent's. */
gboolean dmig_planner_descends(const DmigSchema *schema, const DmigTable *table,
                               const char *ancestor);

/* parts.c */

/* Takes out what comes about by itself: parts of what is dropped, what is owned by it, what a parent
 * table's change does to its children. */
void dmig_planner_drop_needless(DmigPlanner *self);
/* A column that goes from a sequence of its own to an identity, or back, lets go of the one first:
 * both may have the same name. */
void dmig_planner_split_identities(DmigPlanner *self);
/* Adds a step for each late facet of what is made; takes out the facets of what is made again. */
void dmig_planner_add_facets(DmigPlanner *self);
/* Takes a facet that stays away and sets it again, for it is in the way meanwhile. */
void dmig_planner_say_again(DmigPlanner *self, const char *address, const DmigTable *table,
                            const DmigFacet *before, const DmigFacet *after);

/* partitions.c */

/* The facet that makes `table`, or NULL, a partition; NULL: there is none. */
const DmigFacet *dmig_planner_attachment(const DmigTable *table);
/* Frees partitions that go from what refers to them, and settles what detached ones keep. */
void dmig_planner_add_partitions(DmigPlanner *self);
/* Whether an index or key, by its facets, is to hang on one of the parent table's. */
gboolean dmig_planner_hangs_on_parent(const GPtrArray *facets);
/* Whether the table, of the old schema, stays but leaves its parent. */
gboolean dmig_planner_detaches(DmigPlanner *self, const DmigTable *table);
/* Takes a partition, of the old schema, from its parent before anything else. */
void dmig_planner_detach(DmigPlanner *self, const DmigTable *table);
/* Whether the table, of the old schema, is a partition that goes together with the old form of a table
 * that is remade: its rows come over with all others. */
gboolean dmig_planner_goes_with_remade(DmigPlanner *self, const DmigTable *table);

/* remake.c: tables that no ALTER changes, where there is no rebuild (TABLE_REBUILD): a new table takes
 * the place of the old one. */
void dmig_planner_remake_tables(DmigPlanner *self);
void dmig_planner_spell_remake(DmigPlanner *self, const DmigChange *change, DmigStep *step);
void dmig_planner_spell_copy(DmigPlanner *self, const DmigChange *change, DmigStep *step);

/* reshard.c */

/* Finds the rows that must move to other partitions, and adds what brings them there. */
void dmig_planner_find_movers(DmigPlanner *self);
/* Whether rows of what `drop` drops, or all of them, move to other partitions first. */
gboolean dmig_planner_saves_rows(const DmigPlanner *self, const DmigChange *drop, gboolean all);
/* Asks whether rows have a place where `change` makes a table partitioned, or a partition. */
void dmig_planner_ask_places(const DmigPlanner *self, const DmigChange *change, DmigStep *step);
/* Before `change`, where it attaches a partition or drops one: the steps that take rows out of its way. */
void dmig_planner_set_rows_aside(DmigPlanner *self, const DmigChange *change, DmigPlan *plan);
/* Brings them back, all of the partitioned table `whole`. */
void dmig_planner_spell_return(DmigPlanner *self, const DmigTable *whole, DmigStep *step);

/* online.c */

/* Marks what lock-light forms make needless around a change. Nothing where the plan is a plain one. */
void dmig_planner_begin_online(DmigPlanner *self);
/* Adds the lock-light steps of `change`, whose plain one is `plain`, to `steps`. FALSE: it has none,
 * and nothing was added. */
gboolean dmig_planner_add_online(DmigPlanner *self, const DmigChange *change, const DmigStep *plain,
                                 GPtrArray *steps);
/* Adds what was to wait for the end. FALSE: the plain form is better, because something would be
 * missing for as long as a step takes that runs by itself. */
gboolean dmig_planner_end_online(DmigPlanner *self, GPtrArray *steps);

/* order.c */

/* Sorts the working set into the order in which it can run, and cuts the cycles of foreign keys in
 * it: what can't be there yet is added last, what would be in the way is dropped first. */
void dmig_planner_order(DmigPlanner *self);

/* steps.c */

/* Whether what hangs on the view that `change` drops comes back to the one that takes its place, also
 * what is in no Schema. */
gboolean dmig_planner_keeps_dependents(const DmigPlanner *self, const DmigChange *change);
/* Adds the steps of the working set, in its order, to `plan`. */
void dmig_planner_add_steps(DmigPlanner *self, DmigPlan *plan);
/* Adds the author's statements as a step; NULL or empty: nothing. */
void dmig_planner_add_hand_written(DmigPlan *plan, const char *kind, const char *title,
                                   const char *sql);
/* Adds what the author wants to be true of the rows, as a step that does nothing else. */
void dmig_planner_add_author_checks(DmigPlan *plan, const DmigTransition *transition,
                                    gboolean after);
