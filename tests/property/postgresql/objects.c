/* Random pairs of PostgreSQL databases with all kinds of objects. Each pair is walked: from the first
 * to the second and back, with rows, and from the second to nothing and from nothing to the first.
 * After each walk a second diff must be empty, and rows of what neither side changed must be there. */
#include "core/db/postgres/postgres.h"
#include "draw.h"
#include "spell.h"
#include "tests/support/postgres.h"
#include "tests/support/walk.h"
#include "tests/property/walker.h"

typedef struct {
  char *url;
  DmigDatabase *db;
} Room;

static Room a, b;
static DmigSchema *nothing;

/* --- databases ----------------------------------------------------------------------------- */

static void
room_open(Room *self)
{
  g_autoptr(GError) error = NULL;
  self->url = test_postgres_create();
  if (!dmig_postgres_driver.open(self->url, 0, &self->db, &error))
    g_error("%s", error->message);
}

static void
room_close(Room *self)
{
  g_clear_pointer(&self->db, dmig_database_free);
  test_postgres_drop(self->url);
  g_clear_pointer(&self->url, g_free);
}

/* Empties the database; makes another one where that does not go. */
static void
room_sweep(Room *self)
{
  static const char sweep[]
      = "DO $$ DECLARE name text; BEGIN\n"
        "FOR name IN SELECT format('PUBLICATION %I', pubname) FROM pg_publication\n"
        "  UNION ALL SELECT format('EVENT TRIGGER %I', evtname) FROM pg_event_trigger\n"
        "  UNION ALL SELECT format('FOREIGN DATA WRAPPER %I CASCADE', fdwname) FROM "
        "pg_foreign_data_wrapper LOOP EXECUTE 'DROP ' || name; END LOOP;\n"
        "DROP OWNED BY \"dmig reader\", \"dmig b'ob\";\n"
        "FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> "
        "'information_schema' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP; END $$;\n"
        "CREATE SCHEMA public AUTHORIZATION pg_database_owner;\n"
        "COMMENT ON SCHEMA public IS 'standard public schema';\n"
        "GRANT USAGE ON SCHEMA public TO PUBLIC;\n";
  self->db->driver->rollback(self->db);
  if (dmig_database_exec(self->db, sweep, NULL))
    return;
  room_close(self);
  room_open(self);
}

static gboolean
load(Room *room, const Sketch *sketch, GString *report)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *sql = sketch_sql(sketch), *rows = sketch_rows_sql(sketch);
  if (dmig_database_exec(room->db, sql, &error) && dmig_database_exec(room->db, rows, &error))
    return TRUE;
  g_string_append_printf(report, "the script does not run: %s\n", error->message);
  return FALSE;
}

static char *
survivors(Room *room, const Sketch *sketch, const Sketch *other, GString *report)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigRows) rows = NULL;
  g_autofree char *sql = sketch_survivors_sql(sketch, other);
  if (!dmig_database_query(room->db, &rows, &error, sql, NULL)) {
    g_string_append_printf(report, "can't count rows: %s\n", error->message);
    return NULL;
  }
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < rows->rows->len; i++)
    g_string_append_printf(text, "%s %s %s\n", dmig_rows_get(rows, i, 0), dmig_rows_get(rows, i, 1),
                           dmig_rows_get(rows, i, 2));
  return g_string_free(text, FALSE);
}

/* --- walks --------------------------------------------------------------------------------- */

static gboolean
walk(Room *room, DmigSchema *to, const char *which, GString *report)
{
  g_autofree char *sql = NULL;
  g_autoptr(GString) said = g_string_new(NULL);
  if (test_walk(room->db, to, &sql, said))
    return TRUE;
  g_string_append_printf(report, "%s: %s--- sql\n%s", which, said->str, sql != NULL ? sql : "");
  return FALSE;
}

/* With rows, which must be the same after it. */
static gboolean
walk_rows(Room *room, DmigSchema *to, const Sketch *sketch, const Sketch *other, const char *which,
          GString *report)
{
  g_autofree char *before = survivors(room, sketch, other, report);
  if (before == NULL || !walk(room, to, which, report))
    return FALSE;
  g_autofree char *after = survivors(room, other, sketch, report);
  if (g_strcmp0(before, after) == 0)
    return TRUE;
  g_string_append_printf(report, "%s: rows were\n%sand are\n%s", which, before, after);
  return FALSE;
}

static gboolean
same_dump(const Room *mine, const Room *theirs, GString *report)
{
  g_autofree char *one = test_dump(mine->url), *other = test_dump(theirs->url);
  if (g_strcmp0(one, other) == 0)
    return TRUE;
  g_string_append(report, "pg_dump tells them apart:\n");
  walker_report_lines(report, one, other);
  return FALSE;
}

static gboolean
walk_both_ways(const Sketch *from, const Sketch *to, WalkNotes *notes)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DmigSchema) from_schema = NULL, to_schema = NULL;
  GString *report = notes->report;
  if (!dmig_database_inspect(a.db, &from_schema, &error)
      || !dmig_database_inspect(b.db, &to_schema, &error)) {
    g_string_append_printf(report, "can't inspect: %s\n", error->message);
    return FALSE;
  }
  return walk_rows(&a, to_schema, from, to, "forth", report)
         && (!notes->dump || same_dump(&a, &b, report))
         && walk_rows(&a, from_schema, to, from, "back", report)
         && walk(&b, nothing, "to nothing", report) && walk(&b, from_schema, "from nothing", report);
}

static WalkOutcome
walk_pair(gconstpointer from, gconstpointer to, WalkNotes *notes)
{
  WalkOutcome outcome = WALK_NOT_DRAWN;
  if (load(&a, from, notes->report) && load(&b, to, notes->report))
    outcome = walk_both_ways(from, to, notes) ? WALK_DONE : WALK_FAILED;
  room_sweep(&a);
  room_sweep(&b);
  return outcome;
}

/* --- what the walker asks for -------------------------------------------------------------- */

static gpointer
state_draw(GRand *random)
{
  return sketch_new(random);
}

static gpointer
state_copy(gconstpointer state)
{
  return sketch_copy(state);
}

static void
state_free(gpointer state)
{
  sketch_free(state);
}

static void
state_mutate(gpointer state, GRand *random)
{
  sketch_mutate(state, random);
}

static GArray *
state_parts(gconstpointer state)
{
  const GPtrArray *nodes = ((const Sketch *) state)->nodes;
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < nodes->len; i++)
    g_array_append_val(ids, ((Node *) nodes->pdata[i])->id);
  return ids;
}

static void
state_remove(gpointer state, guint part)
{
  sketch_remove(state, part);
}

static void
state_take_back(gpointer state, gconstpointer from, guint part)
{
  const Node *before = sketch_node(from, part);
  sketch_remove(state, part);
  if (before != NULL)
    sketch_put_back(state, before);
}

static void
state_tidy(gpointer state)
{
  sketch_tidy(state);
}

static char *
state_sql(gconstpointer state)
{
  return sketch_sql(state);
}

static gboolean
start(void)
{
  g_autoptr(GError) error = NULL;
  if (!test_postgres_start())
    return FALSE;
  room_open(&a);
  room_open(&b);
  if (!dmig_database_exec(a.db,
                          "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dmig reader') "
                          "THEN CREATE ROLE \"dmig reader\"; CREATE ROLE \"dmig b'ob\"; END IF; END $$",
                          &error)
      || !dmig_database_inspect(a.db, &nothing, &error))
    g_error("%s", error->message);
  return TRUE;
}

static void
stop(void)
{
  g_clear_pointer(&nothing, dmig_schema_unref);
  room_close(&a);
  room_close(&b);
  test_postgres_stop();
}

int
main(int argc, char **argv)
{
  static const Walked databases = {
    .title = "PostgreSQL databases",
    .most_mutations = 16,
    .draw = state_draw,
    .copy = state_copy,
    .free = state_free,
    .mutate = state_mutate,
    .parts = state_parts,
    .remove = state_remove,
    .take_back = state_take_back,
    .tidy = state_tidy,
    .sql = state_sql,
    .start = start,
    .stop = stop,
    .walk = walk_pair,
  };
  return walker_main(&databases, argc, argv);
}
