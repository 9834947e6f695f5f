/* Constraints: at their field where that can say all of them, else by themselves. */
#include "core/domain/lifting.h"

#include <string.h>

#include "core/base/text.h"
#include "core/sql/lexer.h"
#include "core/sql/text.h"

/* A table whose constraints are lifted. */
typedef struct {
  DmigLifting *lifting;
  const DmigTable *table;
  DmigEntity *entity;
} Members;

/* What definitions say. */

static DmigToken
next_token(DmigLexer *lexer)
{
  DmigToken token = dmig_lexer_next(lexer);
  while (token.kind == DMIG_TOKEN_SPACE)
    token = dmig_lexer_next(lexer);
  return token;
}

const char *
dmig_lift_behind(const char *definition, const char *first, const char *second)
{
  DmigLexer lexer;
  guint depth = 0;
  gboolean met = FALSE;
  if (definition == NULL)
    return NULL;
  dmig_lexer_init(&lexer, definition);
  for (DmigToken token = next_token(&lexer); token.kind != DMIG_TOKEN_END;
       token = next_token(&lexer)) {
    if (dmig_token_is(token, "("))
      depth++;
    else if (dmig_token_is(token, ")") && depth > 0)
      depth--;
    if (met && (second == NULL || dmig_token_is(token, second)))
      return second == NULL ? token.start : lexer.next;
    met = depth == 0 && dmig_token_is(token, first);
    if (met && second == NULL)
      return lexer.next;
  }
  return NULL;
}

/* The names in parentheses that `text` begins with; NULL: there are none. Owned. */
static char **
listed_names(const char *text)
{
  DmigLexer lexer;
  if (text == NULL)
    return NULL;
  dmig_lexer_init(&lexer, text);
  DmigToken token = next_token(&lexer);
  if (!dmig_token_is(token, "("))
    return NULL;
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (token = next_token(&lexer); token.kind != DMIG_TOKEN_END && !dmig_token_is(token, ")");
       token = next_token(&lexer)) {
    g_autofree char *name = NULL;
    if (token.kind == DMIG_TOKEN_WORD || token.kind == DMIG_TOKEN_QUOTED)
      name = dmig_token_identifier(token);
    if (name != NULL)
      g_strv_builder_add(names, name);
  }
  return g_strv_builder_end(names);
}

/* `"NOCASE"` is NOCASE. */
static char *
bare_name(const char *sql)
{
  DmigLexer lexer;
  dmig_lexer_init(&lexer, sql);
  DmigToken token = next_token(&lexer);
  return token.kind == DMIG_TOKEN_QUOTED && *lexer.next == '\0' ? dmig_token_identifier(token)
                                                                : g_strdup(sql);
}

static char **
fields_behind(const Members *self, const char *definition, const char *first, const char *second)
{
  g_auto(GStrv) columns = listed_names(dmig_lift_behind(definition, first, second));
  return columns != NULL ? dmig_lift_field_names(self->lifting, self->table->name, columns) : NULL;
}

static void
warn(const Members *self, const DmigConstraint *constraint, const char *what)
{
  g_autofree char *address
      = dmig_address_new(DMIG_OBJECT_CONSTRAINT, self->table->name,
                         constraint->name != NULL ? constraint->name : "");
  dmig_lift_warn(self->lifting, address, what);
}

static char *
comment_of(const DmigConstraint *constraint)
{
  return g_strdup(dmig_facets_value(constraint->facets, "comment"));
}

static char *
index_comment_of(const DmigConstraint *constraint)
{
  return g_strdup(dmig_facets_value(constraint->facets, "index comment"));
}

static gboolean
is_not_valid(const DmigConstraint *constraint)
{
  return dmig_facets_find(constraint->facets, "not valid") != NULL;
}

static gboolean
has_facets(const DmigConstraint *constraint)
{
  return constraint->facets != NULL && constraint->facets->len > 0;
}

/* Names. */

static char *
joined(const Members *self, char *const *columns, const char *suffix)
{
  g_autofree char *middle = g_strjoinv("_", (char **) columns);
  const char *table = dmig_path_name(self->table->name);
  g_autofree char *stem = *middle != '\0' ? g_strconcat(table, "_", middle, NULL) : g_strdup(table);
  return dmig_lift_derive(self->lifting, stem, suffix);
}

/* The name to state; NULL where lowering finds it. `relation`: it is also one's name. */
static char *
stated_name(const Members *self, const char *name, char *derived_owned, gboolean relation)
{
  g_autofree char *derived = derived_owned;
  g_autofree char *path = dmig_path_sibling(self->table->name, derived);
  gboolean found = name == NULL
                   || (strcmp(name, derived) == 0 && dmig_lift_names_constraints(self->lifting)
                       && (!relation || dmig_lift_is_unique(self->lifting, path)));
  return found ? NULL : g_strdup(name);
}

/* Keys. */

static gboolean
says_more(const Members *self, const DmigConstraint *key)
{
  return has_facets(key) || key->definition != NULL || key->deferrable != DMIG_NOT_DEFERRABLE
         || dmig_lift_is_only(self->lifting, self->table, key->name);
}

/* A field of the table's own. */
static DmigField *
own_field(const Members *self, const char *name)
{
  DmigField *field = dmig_entity_field(self->entity, name);
  return field != NULL && g_ptr_array_find(self->entity->fields, field, NULL) ? field : NULL;
}

/* A key's order and collations, where it has any: then its parts have the names of fields. */
static void
lift_key_parts(const Members *self, const DmigConstraint *key, DmigDomainUnique *unique)
{
  g_autoptr(GPtrArray) parts = dmig_lift_key_parts(key->definition);
  gboolean more = FALSE;
  if (parts->len != g_strv_length(key->columns))
    return;
  for (guint i = 0; i < parts->len; i++) {
    DmigIndexPart *part = parts->pdata[i];
    const DmigField *field
        = dmig_lift_field(self->lifting, self->table->name, key->columns[i]);
    g_autofree char *collation = part->collation != NULL ? bare_name(part->collation) : NULL;
    g_free(part->field);
    part->field = g_strdup(field != NULL ? field->name : key->columns[i]);
    g_free(part->collation);
    part->collation = g_steal_pointer(&collation);
    more = more || part->descending || part->collation != NULL;
  }
  if (more)
    unique->parts = g_steal_pointer(&parts);
}

static void
append_key_columns(const Members *self, GString *sql, const DmigConstraint *key,
                   const DmigDomainUnique *unique)
{
  const DmigDialect *dialect = self->lifting->dialect;
  for (guint i = 0; key->columns[i] != NULL; i++) {
    const DmigIndexPart *part = unique->parts != NULL ? unique->parts->pdata[i] : NULL;
    dmig_sql_appendf(sql, dialect, "%s%I", i == 0 ? " (" : ", ", key->columns[i]);
    if (part != NULL && part->collation != NULL)
      dmig_sql_appendf(sql, dialect, " COLLATE %I", part->collation);
    g_string_append(sql, part != NULL && part->descending ? " DESC" : "");
  }
  g_string_append_c(sql, ')');
}

/* Whether nothing is left of a definition that the form has no key for. */
static void
check_definition(const Members *self, const DmigConstraint *key, const DmigDomainUnique *unique,
                 const char *keyword)
{
  const DmigDialect *dialect = self->lifting->dialect;
  g_autoptr(GString) sql = g_string_new(keyword);
  g_auto(GStrv) include = listed_names(dmig_lift_behind(key->definition, "INCLUDE", NULL));
  if (key->definition == NULL)
    return;
  g_string_append(sql, unique->nulls_not_distinct ? " NULLS NOT DISTINCT" : "");
  if (unique->in_column)
    g_string_append(sql, " DESC");
  else
    append_key_columns(self, sql, key, unique);
  if (include != NULL) {
    g_string_append(sql, " INCLUDE (");
    dmig_sql_append_identifiers(sql, dialect, include);
    g_string_append_c(sql, ')');
  }
  if (key->deferrable != DMIG_NOT_DEFERRABLE)
    g_string_append(sql, key->deferrable == DMIG_DEFERRABLE ? " DEFERRABLE"
                                                            : " DEFERRABLE INITIALLY DEFERRED");
  if (unique->on_conflict != NULL)
    g_string_append_printf(sql, " ON CONFLICT %s", unique->on_conflict);
  if (!dmig_sql_equal(sql->str, key->definition))
    warn(self, key, key->definition);
}

static void
lift_key_facets(const Members *self, const DmigConstraint *key, DmigDomainUnique *unique,
                const char *keyword)
{
  const char *conflict = dmig_lift_behind(key->definition, "ON", "CONFLICT");
  unique->deferrable = key->deferrable;
  unique->description = comment_of(key);
  unique->index_description = index_comment_of(key);
  unique->include = fields_behind(self, key->definition, "INCLUDE", NULL);
  unique->nulls_not_distinct = dmig_lift_behind(key->definition, "NULLS", "NOT") != NULL;
  unique->cluster = dmig_facets_find(key->facets, "cluster") != NULL;
  unique->only = dmig_lift_is_only(self->lifting, self->table, key->name);
  unique->part_of = dmig_lift_part_of(key->facets);
  if (conflict != NULL) {
    g_autofree char *word = g_ascii_strdown(conflict + strspn(conflict, " "), -1);
    if (strcmp(word, "abort") != 0)
      unique->on_conflict = g_steal_pointer(&word);
  }
  dmig_lift_options(key->facets, unique->attributes);
  if (key->definition != NULL) {
    unique->in_column = dmig_lift_behind(key->definition, "KEY", "DESC") != NULL;
    lift_key_parts(self, key, unique);
  }
  check_definition(self, key, unique, keyword);
}

/* Whether NOT NULL stands at a column that can't be null anyway, as its table's rowid. */
static gboolean
states_rowid(const Members *self, const DmigConstraint *key, const DmigField *field)
{
  const DmigColumn *column = dmig_table_column(self->table, field->column);
  return (self->lifting->dialect->capabilities & DMIG_CAP_ROWID_TABLES) != 0 && column != NULL
         && g_strv_length(key->columns) == 1 && !self->table->without_rowid && !column->unsaid
         && g_ascii_strcasecmp(column->type, "INTEGER") == 0;
}

static void
lift_primary(const Members *self, const DmigConstraint *key)
{
  static char *const none[] = { NULL };
  char **fields = dmig_lift_field_names(self->lifting, self->table->name, key->columns);
  if (fields == NULL)
    return;
  g_strfreev(self->entity->primary);
  self->entity->primary = fields;
  for (char **name = fields; *name != NULL; name++) {
    DmigField *field = own_field(self, *name);
    if (field == NULL)
      continue;
    field->nullable = !field->required;
    field->states_required = states_rowid(self, key, field);
    field->primary = field->required = TRUE;
  }
  g_autofree char *name
      = stated_name(self, key->name, joined(self, none, "pkey"), TRUE);
  if (name == NULL && !says_more(self, key))
    return;
  self->entity->key = dmig_domain_unique_new();
  self->entity->key->name = g_steal_pointer(&name);
  lift_key_facets(self, key, self->entity->key, "PRIMARY KEY");
}

/* `in_table`: it is a constraint where lowering would make an index. */
static void
lift_unique(const Members *self, const DmigConstraint *key, gboolean in_table)
{
  char **fields = dmig_lift_field_names(self->lifting, self->table->name, key->columns);
  if (fields == NULL)
    return;
  g_autofree char *name = stated_name(self, key->name, joined(self, key->columns, "key"), TRUE);
  DmigField *field = fields[1] == NULL ? own_field(self, fields[0]) : NULL;
  gboolean plain = name == NULL && !in_table && !says_more(self, key);
  if (plain && field != NULL && !field->unique) {
    field->unique = TRUE;
    g_strfreev(fields);
    return;
  }
  DmigDomainUnique *unique = dmig_domain_unique_new();
  g_strfreev(unique->fields);
  unique->fields = fields;
  unique->name = g_steal_pointer(&name);
  unique->in_table = in_table;
  lift_key_facets(self, key, unique, "UNIQUE");
  g_ptr_array_add(self->entity->uniques, unique);
}

/* Foreign keys. */

static gboolean
is_relationship(const Members *self, const DmigConstraint *key)
{
  if (key->columns[0] == NULL || key->columns[1] != NULL)
    return FALSE;
  const DmigField *field
      = dmig_lift_field(self->lifting, self->table->name, key->columns[0]);
  const DmigEntity *target = g_hash_table_lookup(self->lifting->entities, key->ref_table);
  if (field == NULL || field->references == NULL || target == NULL
      || strcmp(field->references, target->name) != 0
      || !g_ptr_array_find(self->entity->fields, field, NULL))
    return FALSE;
  if (field->constraint != NULL)
    return g_strcmp0(field->constraint, key->name) == 0;
  g_autofree char *stated = stated_name(self, key->name, joined(self, key->columns, "fkey"), FALSE);
  return stated == NULL && key->definition == NULL && !has_facets(key);
}

static void
lift_foreign(const Members *self, const DmigConstraint *key)
{
  const DmigEntity *target = g_hash_table_lookup(self->lifting->entities, key->ref_table);
  g_auto(GStrv) fields
      = dmig_lift_field_names(self->lifting, self->table->name, key->columns);
  g_auto(GStrv) to = dmig_lift_field_names(self->lifting, key->ref_table, key->ref_columns);
  if (target == NULL || fields == NULL || to == NULL) {
    warn(self, key, "a reference to what is not in this domain");
    return;
  }
  DmigForeign *foreign = dmig_foreign_new();
  g_strfreev(foreign->fields);
  foreign->fields = g_steal_pointer(&fields);
  foreign->to = g_steal_pointer(&to);
  foreign->references = g_strdup(target->name);
  foreign->name = stated_name(self, key->name, joined(self, key->columns, "fkey"), FALSE);
  foreign->on_delete = key->on_delete;
  foreign->on_update = key->on_update;
  foreign->deferrable = key->deferrable;
  foreign->match_full = dmig_lift_behind(key->definition, "MATCH", "FULL") != NULL;
  foreign->on_delete_fields = fields_behind(self, key->definition, "SET", "NULL");
  if (foreign->on_delete_fields == NULL)
    foreign->on_delete_fields = fields_behind(self, key->definition, "SET", "DEFAULT");
  foreign->not_valid = is_not_valid(key);
  foreign->description = comment_of(key);
  g_ptr_array_add(self->entity->foreigns, foreign);
}

/* Checks. */

/* The field whose check would get this name. One without a name is about the first field that it
 * mentions, or else stands wherever there is room. */
static DmigField *
field_of_check(const Members *self, const DmigConstraint *check)
{
  DmigField *free = NULL;
  if (check->definition != NULL || has_facets(check))
    return NULL;
  for (guint i = 0; i < self->entity->fields->len; i++) {
    DmigField *field = self->entity->fields->pdata[i];
    char *columns[] = { field->column, NULL };
    if (field->check != NULL)
      continue;
    g_autofree char *derived = joined(self, columns, "check");
    if (check->name != NULL ? strcmp(check->name, derived) == 0
                                  && dmig_lift_names_constraints(self->lifting)
                            : dmig_sql_mentions(check->check_sql, field->column))
      return field;
    free = free != NULL ? free : field;
  }
  return check->name == NULL ? free : NULL;
}

/* An unnamed check that no field can have is given a name. */
static char *
name_for_check(const Members *self, const DmigConstraint *check)
{
  if (check->name != NULL)
    return g_strdup(check->name);
  for (guint n = 1;; n++) {
    g_autofree char *name = g_strdup_printf("%s_check%u", dmig_path_name(self->table->name), n);
    gboolean taken = FALSE;
    for (guint i = 0; i < self->entity->checks->len; i++)
      taken = taken
              || strcmp(((DmigDomainCheck *) self->entity->checks->pdata[i])->name, name) == 0;
    if (!taken)
      return g_steal_pointer(&name);
  }
}

static void
lift_check(const Members *self, const DmigConstraint *check)
{
  DmigField *field = field_of_check(self, check);
  if (field != NULL) {
    field->check = dmig_lift_sql(check->check_sql);
    return;
  }
  g_autofree char *name = name_for_check(self, check);
  DmigDomainCheck *item = dmig_domain_check_new(name);
  item->sql = dmig_lift_sql(check->check_sql);
  item->no_inherit = dmig_lift_behind(check->definition, "NO", "INHERIT") != NULL;
  item->not_valid = is_not_valid(check);
  item->description = comment_of(check);
  g_ptr_array_add(self->entity->checks, item);
}

static void
lift_exclusion(const Members *self, const DmigConstraint *exclusion)
{
  const char *definition = dmig_lift_behind(exclusion->definition, "EXCLUDE", NULL);
  if (definition == NULL || exclusion->name == NULL)
    return;
  DmigDomainCheck *item = dmig_domain_check_new(exclusion->name);
  item->sql = dmig_lift_sql(definition + strspn(definition, " "));
  item->description = comment_of(exclusion);
  item->index_description = index_comment_of(exclusion);
  g_ptr_array_add(self->entity->exclusions, item);
}

/* What is set about it and has no key. */
static void
lift_other_facets(const Members *self, const DmigConstraint *constraint)
{
  static const char *const known[]
      = { "comment", "index comment", "cluster", "not valid", "partition of index", NULL };
  g_autofree char *address
      = dmig_address_new(DMIG_OBJECT_CONSTRAINT, self->table->name, constraint->name);
  for (guint i = 0; constraint->facets != NULL && i < constraint->facets->len; i++) {
    const DmigFacet *facet = constraint->facets->pdata[i];
    if (!g_strv_contains(known, facet->name) && !g_str_has_prefix(facet->name, "with "))
      dmig_lift_facet(self->lifting, address, facet);
  }
}

static void
lift_constraint(const Members *self, const DmigConstraint *constraint)
{
  lift_other_facets(self, constraint);
  switch (constraint->kind) {
  case DMIG_CONSTRAINT_PRIMARY_KEY:
    lift_primary(self, constraint);
    break;
  case DMIG_CONSTRAINT_UNIQUE:
    lift_unique(self, constraint,
                (self->lifting->dialect->capabilities & DMIG_CAP_UNIQUE_CONSTRAINTS) == 0);
    break;
  case DMIG_CONSTRAINT_FOREIGN_KEY:
    if (!is_relationship(self, constraint))
      lift_foreign(self, constraint);
    break;
  case DMIG_CONSTRAINT_CHECK:
    lift_check(self, constraint);
    break;
  case DMIG_CONSTRAINT_EXCLUSION:
    lift_exclusion(self, constraint);
    break;
  }
}

static gboolean
comes_with_parent(const Members *self, const DmigConstraint *constraint)
{
  static char *const none[] = { NULL };
  gboolean primary = constraint->kind == DMIG_CONSTRAINT_PRIMARY_KEY;
  if (dmig_facets_find(constraint->facets, "partition of index") == NULL)
    return constraint->inherited && !constraint->declared;
  g_autofree char *derived
      = joined(self, primary ? none : constraint->columns, primary ? "pkey" : "key");
  return dmig_lift_key_comes_along(self->lifting, self->table, constraint, derived);
}

void
dmig_lift_constraints(DmigLifting *lifting, const DmigTable *table, DmigEntity *entity)
{
  Members self = { lifting, table, entity };
  for (guint i = 0; i < table->constraints->len; i++) {
    const DmigConstraint *constraint = table->constraints->pdata[i];
    if (!comes_with_parent(&self, constraint))
      lift_constraint(&self, constraint);
  }
}

gboolean
dmig_lift_unique_index(DmigLifting *lifting, const DmigTable *table, DmigEntity *entity,
                       const DmigIndex *index)
{
  Members self = { lifting, table, entity };
  if ((lifting->dialect->capabilities & DMIG_CAP_UNIQUE_CONSTRAINTS) != 0 || !index->unique
      || index->where_sql != NULL || index->definition != NULL)
    return FALSE;
  g_autoptr(GPtrArray) columns = g_ptr_array_new();
  for (guint i = 0; i < index->elements->len; i++) {
    const DmigIndexElement *element = index->elements->pdata[i];
    if (element->column == NULL || element->descending || element->collation != NULL)
      return FALSE;
    g_ptr_array_add(columns, element->column);
  }
  g_ptr_array_add(columns, NULL);
  g_autofree char *derived = joined(&self, (char **) columns->pdata, "key");
  if (strcmp(derived, index->name) != 0)
    return FALSE;
  DmigConstraint key = { .kind = DMIG_CONSTRAINT_UNIQUE, .columns = (char **) columns->pdata };
  lift_unique(&self, &key, FALSE);
  return TRUE;
}
