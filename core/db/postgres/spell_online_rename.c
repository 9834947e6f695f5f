/* A table's old name goes on working: a view that can be written to stands in for it. */
#include "core/db/postgres/postgres.h"
#include "core/db/postgres/spell.h"
#include "core/db/postgres/spell_online.h"
#include "core/db/postgres/stand_in.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

#define DIALECT (&dmig_postgres_dialect)

const char dmig_pg_stand_ins_end[]
    = "DO $dmig$ DECLARE name text; BEGIN\n"
      "  FOR name IN SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)\n"
      "      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace\n"
      "      WHERE c.relkind = 'v' AND pg_catalog.obj_description(c.oid, 'pg_class')\n"
      "            LIKE '" DMIG_PG_STAND_IN "%' LOOP\n"
      "    EXECUTE 'DROP VIEW ' || name;\n"
      "  END LOOP;\n"
      "END $dmig$;\n";

static gboolean
is_name_free(const DmigSchema *after, const char *path)
{
  if (dmig_schema_table(after, path) != NULL || dmig_schema_enum(after, path) != NULL)
    return FALSE;
  for (guint i = 0; i < after->objects->len; i++)
    if (g_strcmp0(((DmigObject *) g_ptr_array_index(after->objects, i))->path, path) == 0)
      return FALSE;
  return TRUE;
}

/* A view would be in the way of what else happens to the table. */
static gboolean
is_only_renamed(const DmigOnline *online, const DmigTable *table)
{
  for (guint i = 0; i < online->changes->len; i++) {
    const DmigChange *change = g_ptr_array_index(online->changes, i);
    gboolean it = change->new_table != NULL && g_str_equal(change->new_table->name, table->name);
    if (it && (change->kind == DMIG_CHANGE_DROP_COLUMN || change->kind == DMIG_CHANGE_ALTER_COLUMN
               || change->kind == DMIG_CHANGE_REBUILD_TABLE))
      return FALSE;
    /* Columns of the old type are altered with it. */
    if (change->kind == DMIG_CHANGE_ALTER_ENUM && change->recreate)
      return FALSE;
  }
  return TRUE;
}

/* A view reads with its owner's rights, by which row security would be passed over. */
static gboolean
is_open(const DmigTable *table)
{
  return dmig_facets_find(table->facets, "row security") == NULL;
}

static void
append_grants(GString *sql, const DmigTable *table, const char *old_name)
{
  for (guint i = 0; table->facets != NULL && i < table->facets->len; i++) {
    const DmigFacet *facet = g_ptr_array_index(table->facets, i);
    if (!g_str_has_prefix(facet->name, "grant to "))
      continue;
    g_autofree char *grant = dmig_sql_replace_identifier(facet->set, table->name, old_name);
    g_string_append(sql, grant);
  }
}

gboolean
dmig_pg_online_rename_table(const DmigOnline *online, GPtrArray *steps)
{
  const DmigTable *old = online->change->old_table, *new = online->change->new_table;
  g_autofree char *from = dmig_path_schema(old->name), *to = dmig_path_schema(new->name);
  if (g_strcmp0(from, to) != 0 || !is_name_free(online->after, old->name)
      || !is_only_renamed(online, new) || !is_open(new))
    return FALSE;
  g_autofree char *shown = dmig_path_text(new->name);
  g_autofree char *comment = g_strconcat(DMIG_PG_STAND_IN, shown, " until the next revision or run", NULL);
  DmigStep *step
      = dmig_pg_online_together(online, steps, "rename-table", DMIG_LOCK_ACCESS_EXCLUSIVE,
                                g_strdup_printf("%s; a view stands in for the old name",
                                                online->plain->title));
  dmig_online_inherit(online, step);
  g_string_append(step->sql, online->plain->sql->str);
  dmig_sql_appendf(step->sql, DIALECT, "CREATE VIEW %I AS SELECT * FROM %I;\n", old->name,
                   new->name);
  dmig_sql_appendf(step->sql, DIALECT, "COMMENT ON VIEW %I IS %S;\n", old->name, comment);
  append_grants(step->sql, new, old->name);
  return TRUE;
}
