#include "tests/core/domain/support.h"

#include <string.h>

static DmigField *
field(const DmigDomain *domain, const char *entity, const char *name)
{
  DmigEntity *owner = dmig_domain_entity(domain, entity);
  assert_non_null(owner);
  DmigField *found = dmig_entity_field(owner, name);
  assert_non_null(found);
  return found;
}

static void
assert_type(const DmigField *self, const char *expected)
{
  g_autofree char *text = dmig_type_to_text(self->type);
  assert_string_equal(text, expected);
}

static void
assert_names(char *const *names, const char *expected)
{
  g_autofree char *joined = g_strjoinv(",", (char **) names);
  assert_string_equal(joined, expected);
}

static void
test_everything(void **state)
{
  Fixture *self = *state;
  g_autofree char *text = source_file("tests/core/domain/everything.yaml");
  const DmigDomain *domain = read_domain(self, text);
  assert_clean(self);
  assert_string_equal(domain->name, "everything");
  assert_names(domain->dialects, "sqlite,postgresql");

  const DmigDomainEnum *state_enum = dmig_domain_enum(domain, "State");
  assert_string_equal(state_enum->type_name, "order_state");
  assert_names(state_enum->labels, "open,in progress,closed");

  const DmigEntity *customer = dmig_domain_entity(domain, "Customer");
  assert_string_equal(customer->table, "customers");
  assert_string_equal(customer->description, "People who buy from us");
  assert_names(customer->primary, "id");
  assert_int_equal(customer->uniques->len, 3);
  assert_int_equal(customer->indexes->len, 4);
  const DmigDomainUnique *unique = g_ptr_array_index(customer->uniques, 1);
  assert_string_equal(unique->name, "customers_once");
  assert_int_equal(unique->deferrable, DMIG_DEFERRABLE);

  const DmigDomainView *view = dmig_domain_view(domain, "Summary");
  assert_string_equal(view->view, "the_summary");
  assert_null(view->sql->shared);
}

static void
test_short_form(void **state)
{
  Fixture *self = *state;
  const DmigDomain *domain = read_domain(
      self, "domain: a\nentities:\n"
            "  A:\n    fields:\n"
            "      id: bigint identity always primary\n"
            "      name: string(20) required unique default 'it''s in stock'\n"
            "      n: integer default -3\n"
            "      at: timestamptz default now()\n"
            "      quoted: text default 'now()'\n"
            "      word: enum(a b, 'c (d') required default 'c (d'\n"
            "      other: references B required on_delete cascade on_update set_null deferred\n"
            "  B:\n    fields:\n      id: 'integer primary'\n");
  assert_true(has_rule(self, "set-null-required"));
  assert_int_equal(dmig_diagnostics_length(self->diagnostics), 1);

  const DmigField *id = field(domain, "A", "id");
  assert_int_equal(id->identity, DMIG_IDENTITY_ALWAYS);
  assert_true(id->primary && id->required);
  const DmigField *name = field(domain, "A", "name");
  assert_true(name->required && name->unique && !name->primary);
  assert_int_equal(name->default_value->kind, DMIG_VALUE_LITERAL);
  assert_string_equal(name->default_value->literal, "it's in stock");
  assert_string_equal(field(domain, "A", "n")->default_value->literal, "-3");
  assert_int_equal(field(domain, "A", "at")->default_value->kind, DMIG_VALUE_FUNCTION);
  assert_int_equal(field(domain, "A", "at")->default_value->function, DMIG_FUNCTION_NOW);
  assert_int_equal(field(domain, "A", "quoted")->default_value->kind, DMIG_VALUE_LITERAL);
  assert_type(field(domain, "A", "word"), "enum(a b, 'c (d')");
  const DmigField *other = field(domain, "A", "other");
  assert_string_equal(other->references, "B");
  assert_string_equal(other->column, "other_id");
  assert_int_equal(other->on_delete, DMIG_ACTION_CASCADE);
  assert_int_equal(other->on_update, DMIG_ACTION_SET_NULL);
  assert_int_equal(other->deferrable, DMIG_INITIALLY_DEFERRED);
  assert_type(other, "integer");
}

static void
test_values(void **state)
{
  Fixture *self = *state;
  const DmigDomain *domain
      = read_domain(self, "domain: a\nentities:\n  A:\n    fields:\n"
                          "      none: {type: text, default: null}\n"
                          "      null_text: {type: text, default: 'null'}\n"
                          "      empty: {type: text, default: ''}\n"
                          "      list: {type: 'integer[]', default: [1, 2]}\n"
                          "      words: {type: 'text[]', default: [a, 'b']}\n"
                          "      object: {type: json, default: {}}\n"
                          "      nested: {type: json, default: [1, {a: [true, x]}]}\n"
                          "      json: {type: json, default: '{\"a\": 1}'}\n"
                          "      today: {type: date, default: today()}\n"
                          "      long: {type: uuid, default: {function: uuid}}\n"
                          "      sql: {type: text, default: {sql: {sqlite: a, else: b}}}\n");
  assert_clean(self);
  assert_int_equal(field(domain, "A", "none")->default_value->kind, DMIG_VALUE_NULL);
  assert_string_equal(field(domain, "A", "null_text")->default_value->literal, "null");
  assert_string_equal(field(domain, "A", "empty")->default_value->literal, "");
  assert_string_equal(field(domain, "A", "list")->default_value->literal, "[1,2]");
  assert_string_equal(field(domain, "A", "words")->default_value->literal, "[\"a\",\"b\"]");
  assert_string_equal(field(domain, "A", "object")->default_value->literal, "{}");
  assert_string_equal(field(domain, "A", "nested")->default_value->literal,
                      "[1,{\"a\":[true,\"x\"]}]");
  assert_string_equal(field(domain, "A", "json")->default_value->literal, "{\"a\": 1}");
  assert_int_equal(field(domain, "A", "today")->default_value->function, DMIG_FUNCTION_TODAY);
  assert_int_equal(field(domain, "A", "long")->default_value->function, DMIG_FUNCTION_UUID);

  static const DmigDialect sqlite = { .name = "sqlite" }, postgresql = { .name = "postgresql" };
  const DmigSqlText *sql = field(domain, "A", "sql")->default_value->sql;
  assert_string_equal(dmig_sql_text_get(sql, &sqlite), "a");
  assert_string_equal(dmig_sql_text_get(sql, &postgresql), "b");
  assert_null(dmig_sql_text_get(NULL, &sqlite));
}

static void
test_columns_of_relationships(void **state)
{
  Fixture *self = *state;
  const DmigDomain *domain = read_domain(
      self, "domain: a\nentities:\n"
            "  User: {fields: {id: uuid primary, boss: references User}}\n"
            "  Profile: {fields: {user: references User primary, bio: text}}\n"
            "  Photo: {fields: {profile: references Profile, owner_id: references User}}\n"
            "  Country: {fields: {code: string(2) primary}}\n"
            "  City: {fields: {country: references Country, capital_of: {references: Country, "
            "column: capital}}}\n"
            "  Number: {fields: {n: {type: {postgresql: int8, sqlite: INT}, primary: true}}}\n"
            "  Use: {fields: {number: references Number}}\n"
            "  Own: {dialects: sqlite, fields: {id: 'sqlite(INT) primary', none: sqlite() required,"
            " long: {type: \"sqlite(NUM(1, 2) 'a)')\"}}}\n");
  assert_clean(self);
  assert_string_equal(field(domain, "User", "boss")->column, "boss_id");
  assert_string_equal(field(domain, "Profile", "user")->column, "user_id");
  assert_type(field(domain, "Photo", "profile"), "uuid");
  assert_string_equal(field(domain, "Photo", "profile")->column, "profile_id");
  assert_string_equal(field(domain, "Photo", "owner_id")->column, "owner_id");
  assert_type(field(domain, "City", "country"), "string(2)");
  assert_string_equal(field(domain, "City", "country")->column, "country_code");
  assert_string_equal(field(domain, "City", "capital_of")->column, "capital");
  assert_null(field(domain, "Use", "number")->type);
  assert_string_equal(g_hash_table_lookup(field(domain, "Use", "number")->native, "sqlite"), "INT");
  assert_string_equal(g_hash_table_lookup(field(domain, "Own", "id")->native, "sqlite"), "INT");
  assert_true(field(domain, "Own", "id")->primary && field(domain, "Own", "none")->required);
  assert_string_equal(g_hash_table_lookup(field(domain, "Own", "none")->native, "sqlite"), "");
  assert_string_equal(g_hash_table_lookup(field(domain, "Own", "long")->native, "sqlite"),
                      "NUM(1, 2) 'a)'");
}

static void
test_keys(void **state)
{
  Fixture *self = *state;
  const DmigDomain *domain = read_domain(
      self,
      "domain: a\nentities:\n"
      "  Flags: {fields: {a: integer primary, b: text primary, c: text}}\n"
      "  Listed: {fields: {a: integer, b: text, c: text}, primary: [b, a]}\n"
      "  None: {fields: {a: integer}}\n"
      "  Many: {fields: {x: integer, y: text}, foreign: [{fields: [y, x], references: Listed}]}\n");
  assert_clean(self);
  assert_names(dmig_domain_entity(domain, "Flags")->primary, "a,b");
  assert_names(dmig_domain_entity(domain, "Listed")->primary, "b,a");
  assert_true(field(domain, "Listed", "b")->primary && field(domain, "Listed", "b")->required);
  assert_false(field(domain, "Listed", "c")->required);
  assert_names(dmig_domain_entity(domain, "None")->primary, "");
  const DmigForeign *foreign = g_ptr_array_index(dmig_domain_entity(domain, "Many")->foreigns, 0);
  assert_names(foreign->to, "b,a");
}

static void
test_indexes(void **state)
{
  Fixture *self = *state;
  const DmigDomain *domain = read_domain(
      self,
      "domain: a\nentities:\n  A:\n    fields: {a: text, b: text, 'c desc': text}\n    indexes:\n"
      "      - [a desc, b asc]\n"
      "      - {fields: [{field: c desc, nulls: first}, {expression: lower(a)}], method: gin,\n"
      "         dialects: postgresql, where: {sqlite: a > 1}}\n"
      "      - b\n");
  assert_clean(self);
  const GPtrArray *indexes = dmig_domain_entity(domain, "A")->indexes;
  const DmigDomainIndex *first = g_ptr_array_index(indexes, 0);
  const DmigIndexPart *a = g_ptr_array_index(first->parts, 0);
  const DmigIndexPart *b = g_ptr_array_index(first->parts, 1);
  assert_string_equal(a->field, "a");
  assert_true(a->descending);
  assert_string_equal(b->field, "b");
  assert_false(b->descending);
  const DmigDomainIndex *second = g_ptr_array_index(indexes, 1);
  const DmigIndexPart *c = g_ptr_array_index(second->parts, 0);
  assert_string_equal(c->field, "c desc");
  assert_int_equal(c->nulls, -1);
  assert_string_equal(((DmigIndexPart *) g_ptr_array_index(second->parts, 1))->expression->shared,
                      "lower(a)");
  assert_string_equal(second->method, "gin");
  assert_true(g_hash_table_contains(second->dialects, "postgresql"));
  assert_int_equal(g_hash_table_size(second->dialects), 1);
  assert_non_null(second->include);
}

/* What a database quotes is a fine name. */
static void
test_odd_names(void **state)
{
  Fixture *self = *state;
  const DmigDomain *domain
      = read_domain(self, "domain: ' '\nentities:\n"
                          "  'Bobby\"; DROP TABLE x; --':\n"
                          "    table: 'a\"b''c;d'\n"
                          "    fields:\n"
                          "      '🐘': text\n"
                          "      'select': text\n"
                          "      'x.y z': {type: text, column: \"Ünïcödé\"}\n");
  assert_clean(self);
  assert_string_equal(field(domain, "Bobby\"; DROP TABLE x; --", "🐘")->column, "🐘");
}

static GPtrArray *
sources_of(const char *first, const char *second)
{
  GPtrArray *sources = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_source_free);
  const char *texts[] = { first, second };
  const char *paths[] = { "domain/a.yaml", "domain/b.yaml" };
  for (guint i = 0; i < 2; i++) {
    g_autoptr(GBytes) bytes = g_bytes_new(texts[i], strlen(texts[i]));
    g_ptr_array_add(sources, dmig_source_new(paths[i], bytes));
  }
  return sources;
}

static void
assert_merged(Fixture *self, const char *first, const char *second, const char *line)
{
  g_autoptr(GPtrArray) sources = sources_of(first, second);
  DmigDomain *domain = dmig_domain_read(sources, self->diagnostics);
  g_ptr_array_add(self->domains, domain);
  if (line != NULL)
    assert_lines(self, line);
  else
    assert_clean(self);
  forget(self);
}

static void
test_merging(void **state)
{
  Fixture *self = *state;
  assert_merged(self, "domain: a\nentities: {A: {fields: {id: bigint primary, t: T}}}\n",
                "entities: {B: {fields: {a: references A}}}\nenums: {T: [x]}\n", NULL);
  const DmigDomain *domain = g_ptr_array_index(self->domains, 0);
  assert_int_equal(domain->entities->len, 2);
  assert_names(field(domain, "A", "t")->type->labels, "x");
  assert_names(domain->dialects, "postgresql,sqlite");

  assert_merged(self, "domain: a\ndialects: [sqlite]\n", "domain: a\ndialects: sqlite\n", NULL);
  assert_merged(self, "domain: a\n", "# nothing\n", NULL);
  assert_merged(self, "domain: a\n", "domain: b\n",
                "1:9: conflicting-key: the domain's name differs from the one in domain/a.yaml:1");
  assert_merged(self, "domain: a\ndialects: [sqlite]\n", "dialects: [postgresql]\n",
                "1:11: conflicting-key: the list of dialects differs from the one in "
                "domain/a.yaml:2");
  assert_merged(self, "domain: a\nentities: {A: {fields: {a: text}}}\n",
                "entities: {A: {fields: {a: text}}}\n",
                "1:12: duplicate-definition: entity 'A' is defined twice, first in "
                "domain/a.yaml:2");
  assert_merged(self, "domain: a\nviews: {A: SELECT 1}\n", "views: {A: SELECT 1}\n",
                "1:9: duplicate-definition: view 'A' is defined twice, first in domain/a.yaml:2");
  assert_merged(self, "domain: a\nenums: {A: [a]}\n", "enums: {A: [a]}\n",
                "1:9: duplicate-definition: enum 'A' is defined twice, first in domain/a.yaml:2");
}

/* What a broken file may have defined is not called unknown in the others. */
static void
test_broken_file_among_others(void **state)
{
  Fixture *self = *state;
  assert_merged(self, "entities: {A: {fields: {a: references B, t: Tier}}}\n", "domain: [\n",
                "2:1: yaml-syntax: did not find expected node content, while parsing a flow node");
}

static void
test_all_mistakes_at_once(void **state)
{
  Fixture *self = *state;
  read_domain(self, "domain: a\nentities:\n  A:\n    tabel: x\n    fields:\n"
                    "      a: strng\n      b: {type: integer, default: x}\n"
                    "      c: references Nothing\n    unique: [[a, d]]\n");
  assert_int_equal(dmig_diagnostics_length(self->diagnostics), 5);
  static const char *const rules[]
      = { "unknown-key", "unknown-type", "default-misfit", "unknown-entity", "unknown-field" };
  for (guint i = 0; i < G_N_ELEMENTS(rules); i++)
    assert_true(has_rule(self, rules[i]));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_everything),
    TEST(test_short_form),
    TEST(test_values),
    TEST(test_columns_of_relationships),
    TEST(test_keys),
    TEST(test_indexes),
    TEST(test_odd_names),
    TEST(test_merging),
    TEST(test_broken_file_among_others),
    TEST(test_all_mistakes_at_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
