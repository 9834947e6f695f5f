/* What objects of every kind may have: a comment, privileges, an owner. */
#include <string.h>

#include "core/db/postgres/inspect_objects.h"
#include "core/db/postgres/object_sql.h"
#include "core/sql/text.h"

#define GRANT_OPTION " WITH GRANT OPTION"

/* --- comments ------------------------------------------------------------------------------ */

/* `usual`: the comment that it has by itself; NULL: none. An empty text stands for no comment where
 * there usually is one. */
static DmigFacet *
new_comment(const char *what, const char *text, const char *usual)
{
  DmigFacet *facet = dmig_facet_new_comment(what, text);
  if (usual != NULL && *usual != '\0') {
    g_free(facet->reset);
    facet->reset = dmig_sql_printf(NULL, "COMMENT ON %s IS %S;\n", what, usual);
  }
  return facet;
}

/* A comment that is not on the object itself but on `what`, which has no place of its own. */
static void
add_part_comment(const DmigPgRegistered *on, char *name_owned, const char *what, const char *text)
{
  DmigFacet *facet = dmig_facet_new_comment(what, text);
  g_free(facet->name);
  facet->name = name_owned;
  dmig_facets_add(on->facets, facet);
}

static void
read_column_comment(DmigPgReader *self, const DmigPgRegistered *on, const char *column,
                    const char *text)
{
  g_autofree char *path = dmig_address_path(on->address);
  g_autofree char *what
      = dmig_object_sql(self->schema->dialect, DMIG_OBJECT_COLUMN, path, column, NULL);
  add_part_comment(on, g_strdup_printf("column %s comment", column), what, text);
}

void
dmig_pg_read_comments(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    const DmigPgRegistered *on = dmig_pg_reader_registered(
        self, dmig_pg_cell_oid(rows, i, 0), dmig_pg_cell_oid(rows, i, 1), 0);
    const char *text = dmig_pg_cell(rows, i, 3), *column = dmig_pg_cell(rows, i, 4);
    g_autofree char *index = dmig_pg_cell_path(self, rows, i, 6);
    if (on == NULL || on->facets == NULL || on->what == NULL
        || dmig_address_kind(on->address) == DMIG_OBJECT_ENUM)
      continue;
    if (column != NULL) {
      read_column_comment(self, on, column, text);
    } else if (index != NULL) {
      g_autofree char *what = dmig_sql_printf(self->schema->dialect, "INDEX %I", index);
      add_part_comment(on, g_strdup("index comment"), what, text);
    } else if (dmig_facets_find(*on->facets, "comment") == NULL) {
      dmig_facets_add(on->facets, new_comment(on->what, text, dmig_pg_cell(rows, i, 5)));
    }
  }
}

/* --- privileges ---------------------------------------------------------------------------- */

typedef struct {
  const DmigDialect *dialect;
  char *on;           /* "TABLE users" */
  const char *column; /* NULL: all of it */
  char *to;           /* the role, quoted */
  char **has;         /* "SELECT", "INSERT WITH GRANT OPTION" */
  char **usual;       /* what it would have by default */
} Grant;

static void
grant_clear(Grant *self)
{
  g_free(self->on);
  g_free(self->to);
  g_strfreev(self->has);
  g_strfreev(self->usual);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Grant, grant_clear)

static gboolean
may_hand_on(const char *privilege)
{
  return g_str_has_suffix(privilege, GRANT_OPTION);
}

/* `SELECT, INSERT` of those in `all` that are not in `without`. `handed_on`: only those with, or
 * those without, the right to hand them on. NULL: there are none. */
static char *
list_privileges(const Grant *self, char **all, char **without, gboolean handed_on)
{
  g_autoptr(GString) list = g_string_new(NULL);
  for (char **one = all; *one != NULL; one++) {
    if (may_hand_on(*one) != handed_on
        || g_strv_contains((const char *const *) without, *one))
      continue;
    gsize length = strlen(*one) - (handed_on ? strlen(GRANT_OPTION) : 0);
    g_string_append_printf(list, "%s%.*s", list->len > 0 ? ", " : "", (int) length, *one);
    if (self->column != NULL)
      dmig_sql_appendf(list, self->dialect, " (%I)", self->column);
  }
  return list->len > 0 ? g_strdup(list->str) : NULL;
}

static void
append_grants(const Grant *self, GString *sql, char **all, char **without)
{
  g_autofree char *plain = list_privileges(self, all, without, FALSE);
  g_autofree char *handed_on = list_privileges(self, all, without, TRUE);
  if (plain != NULL)
    g_string_append_printf(sql, "GRANT %s ON %s TO %s;\n", plain, self->on, self->to);
  if (handed_on != NULL)
    g_string_append_printf(sql, "GRANT %s ON %s TO %s" GRANT_OPTION ";\n", handed_on, self->on,
                           self->to);
}

/* By name: a table's REVOKE ALL would take the role's privileges on columns along. */
static void
append_revokes(const Grant *self, GString *sql, char **all, char **without)
{
  g_autofree char *plain = list_privileges(self, all, without, FALSE);
  g_autofree char *handed_on = list_privileges(self, all, without, TRUE);
  if (plain != NULL || handed_on != NULL)
    g_string_append_printf(sql, "REVOKE %s%s%s ON %s FROM %s;\n", plain != NULL ? plain : "",
                           plain != NULL && handed_on != NULL ? ", " : "",
                           handed_on != NULL ? handed_on : "", self->on, self->to);
}

static char **
split_privileges(const char *list)
{
  return g_strsplit(list != NULL ? list : "", ", ", -1);
}

/* `name`: "grant to ROLE". */
static DmigFacet *
new_grant(const Grant *self, const char *name, const char *list)
{
  g_autoptr(GString) set = g_string_new(NULL), reset = g_string_new(NULL);
  append_grants(self, set, self->has, self->usual);
  append_revokes(self, set, self->usual, self->has);
  append_revokes(self, reset, self->has, self->usual);
  append_grants(self, reset, self->usual, self->has);
  DmigFacet *facet = dmig_facet_new(name, list != NULL ? list : "NOTHING", set->str, reset->str);
  facet->replaces = TRUE;
  facet->lockless = TRUE;
  return facet;
}

/* To revoke a privilege on a whole relation takes the same on its columns along: the facet of the whole
 * gives it back. */
static void
give_back(const Grant *self, DmigFacet *whole)
{
  if (whole == NULL || self->column == NULL)
    return;
  g_auto(GStrv) on_whole = split_privileges(whole->value);
  g_autoptr(GStrvBuilder) both = g_strv_builder_new();
  for (char **one = self->has; *one != NULL; one++) {
    gsize length = strcspn(*one, " "); /* names of privileges on columns are single words */
    for (char **other = on_whole; *other != NULL; other++)
      if (strncmp(*one, *other, length) == 0 && ((*other)[length] == '\0' || (*other)[length] == ' '))
        g_strv_builder_add(both, *one);
  }
  g_auto(GStrv) lost = g_strv_builder_end(both);
  g_autoptr(GString) reset = g_string_new(whole->reset);
  append_grants(self, reset, lost, self->usual);
  g_free(whole->reset);
  whole->reset = g_strdup(reset->str);
}

/* Where the facet belongs: what GRANT names, and what stands before "grant to" in its name. */
typedef struct {
  GPtrArray **facets;
  GPtrArray *whole; /* the relation's facets, read before those of its columns */
  char *on;
  char *prefix;
} GrantPlace;

static void
grant_place_clear(GrantPlace *self)
{
  g_free(self->on);
  g_free(self->prefix);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GrantPlace, grant_place_clear)

static gboolean
find_grant_place(DmigPgReader *self, const PGresult *rows, int row, GrantPlace *out)
{
  guint32 class_oid = dmig_pg_cell_oid(rows, row, 0), oid = dmig_pg_cell_oid(rows, row, 1);
  int sub = (int) dmig_pg_cell_oid(rows, row, 2);
  const char *column = dmig_pg_cell(rows, row, 3);
  g_autofree char *sequence = dmig_pg_cell_text(self, rows, row, 4);
  const DmigPgRegistered *whole = dmig_pg_reader_registered(self, class_oid, oid, 0);
  const DmigPgRegistered *part
      = sub > 0 ? dmig_pg_reader_registered(self, class_oid, oid, sub) : whole;
  const DmigPgRegistered *holder = part != NULL ? part : whole;
  if (whole == NULL || whole->what == NULL || holder->facets == NULL)
    return FALSE;
  out->facets = holder->facets;
  out->whole = whole->facets != NULL ? *whole->facets : NULL;
  out->on = sequence != NULL ? g_strconcat("SEQUENCE ", sequence, NULL) : dmig_object_granted_sql(whole->what);
  out->prefix = sequence != NULL                ? g_strdup("sequence ")
                : column != NULL && part == NULL ? g_strdup_printf("column %s ", column)
                                                 : g_strdup("");
  return TRUE;
}

void
dmig_pg_read_grants(DmigPgReader *self, const PGresult *rows)
{
  const DmigDialect *dialect = self->schema->dialect;
  for (int i = 0; i < PQntuples(rows); i++) {
    const char *role = dmig_pg_cell(rows, i, 5), *list = dmig_pg_cell(rows, i, 6);
    g_auto(GrantPlace) place = { NULL, NULL, NULL, NULL };
    if (!find_grant_place(self, rows, i, &place))
      continue;
    g_auto(Grant) grant
        = { .dialect = dialect,
            .on = g_strdup(place.on),
            .column = dmig_pg_cell(rows, i, 3),
            .to = role != NULL ? dmig_sql_identifier(dialect, role) : g_strdup("PUBLIC"),
            .has = split_privileges(list),
            .usual = split_privileges(dmig_pg_cell(rows, i, 7)) };
    g_autofree char *plain_name = g_strconcat("grant to ", role != NULL ? role : "PUBLIC", NULL);
    g_autofree char *name = g_strconcat(place.prefix, plain_name, NULL);
    give_back(&grant, dmig_facets_find(place.whole, plain_name));
    dmig_facets_add(place.facets, new_grant(&grant, name, list));
  }
}

/* --- owners -------------------------------------------------------------------------------- */

/* A sequence that belongs to a column has its table's owner, and follows it. Only a free one can get
 * there. */
static void
set_owner_of_owned(const DmigPgReader *self, const char *what, DmigFacet *owned, const char *role)
{
  char *set = dmig_sql_printf(self->schema->dialect, "ALTER %s OWNER TO %I;\n%s", what, role,
                              owned->set);
  g_free(owned->set);
  owned->set = set;
}

void
dmig_pg_read_owners(DmigPgReader *self, const PGresult *rows)
{
  for (int i = 0; i < PQntuples(rows); i++) {
    const DmigPgRegistered *of = dmig_pg_reader_registered(
        self, dmig_pg_cell_oid(rows, i, 0), dmig_pg_cell_oid(rows, i, 1), 0);
    const char *role = dmig_pg_cell(rows, i, 2);
    if (of == NULL || of->facets == NULL || of->what == NULL)
      continue;
    DmigFacet *owned = dmig_address_kind(of->address) == DMIG_OBJECT_SEQUENCE
                           ? dmig_facets_find(*of->facets, "owned by")
                           : NULL;
    if (owned != NULL)
      set_owner_of_owned(self, of->what, owned, role);
    else
      dmig_facets_add(of->facets, dmig_facet_new_owner(self->schema->dialect, of->what, role));
  }
}
