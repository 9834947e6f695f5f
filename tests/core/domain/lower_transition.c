#include "tests/core/domain/lower_support.h"

#include <string.h>

#define HEAD "domain: shop\ndialects: [sqlite, postgresql]\n"

static void
append_pairs(GString *out, const char *what, GPtrArray *pairs)
{
  for (guint i = 0; i < pairs->len; i++) {
    const DmigNamePair *pair = g_ptr_array_index(pairs, i);
    g_string_append_printf(out, "%s %s: %s\n", what, pair->from, pair->to);
  }
}

static void
append_sql(GString *out, const char *what, GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++) {
    const DmigColumnSql *item = g_ptr_array_index(items, i);
    g_string_append_printf(out, "%s %s.%s: %s\n", what, item->table, item->column, item->sql);
  }
}

static char *
transition_text(const DmigTransition *transition)
{
  GString *out = g_string_new(NULL);
  append_pairs(out, "table", transition->table_renames);
  for (guint i = 0; i < transition->column_renames->len; i++) {
    const DmigColumnRename *rename = g_ptr_array_index(transition->column_renames, i);
    g_string_append_printf(out, "column %s.%s: %s\n", rename->table, rename->from, rename->to);
  }
  append_pairs(out, "enum", transition->enum_renames);
  append_pairs(out, "view", transition->view_renames);
  append_sql(out, "fill", transition->fills);
  append_sql(out, "convert", transition->conversions);
  for (guint i = 0; i < transition->labels->len; i++) {
    const DmigLabelMap *map = g_ptr_array_index(transition->labels, i);
    g_string_append_printf(out, "label %s%s%s%s: %s: %s\n",
                           map->enum_name != NULL ? map->enum_name : "",
                           map->table != NULL ? map->table : "", map->column != NULL ? "." : "",
                           map->column != NULL ? map->column : "", map->from, map->to);
  }
  if (transition->before_sql != NULL)
    g_string_append_printf(out, "before %s\n", transition->before_sql);
  if (transition->after_sql != NULL)
    g_string_append_printf(out, "after %s\n", transition->after_sql);
  return g_string_free(out, FALSE);
}

/* A change between two states, as text. */
typedef struct {
  Fixture *fixture;
  const DmigDomain *from, *to;
  const DmigChangeFile *change;
} Case;

static Case
read_case(Fixture *self, const char *from, const char *to, const char *change)
{
  Case new = { .fixture = self };
  new.from = read_domain(self, from);
  new.to = read_domain(self, to);
  new.change = read_change(self, change, new.from, new.to);
  assert_clean(self);
  return new;
}

static void
assert_transition(const Case *self, const DmigDialect *dialect, gboolean reverse,
                  const char *expected)
{
  g_autoptr(DmigTransition) transition = dmig_transition_lower(
      self->change, self->from, self->to, dialect, reverse, self->fixture->diagnostics);
  g_autofree char *text = transition_text(transition);
  gboolean same = strcmp(text, expected) == 0 && transition->reverse == reverse;
  if (!same)
    print_message("%s%s: found\n%s\nexpected\n%s\n", dialect->title, reverse ? " reverse" : "",
                  text, expected);
  g_clear_pointer(&text, g_free);
  g_clear_pointer(&transition, dmig_transition_free);
  assert_true(same);
}

static void
test_nothing_said(void **state)
{
  const char *const shop = HEAD "entities: {Shop: {fields: {id: bigint primary}}}\n";
  Case self = read_case(*state, shop, shop, "");
  assert_transition(&self, &rich, FALSE, "");
  assert_transition(&self, &plain, TRUE, "");
}

static void
test_renames(void **state)
{
  Case self = read_case(*state,
                        HEAD "entities:\n"
                             "  Company: {fields: {id: bigint primary}}\n"
                             "  Client:\n"
                             "    fields:\n"
                             "      id: bigint primary\n"
                             "      phone: text\n"
                             "      tier: enum(free, pro)\n"
                             "      firm: {references: Company}\n",
                        HEAD "entities:\n"
                             "  Company: {fields: {id: bigint primary}}\n"
                             "  Customer:\n"
                             "    fields:\n"
                             "      id: bigint primary\n"
                             "      mobile: text\n"
                             "      tier: enum(free, pro)\n"
                             "      company: {references: Company}\n",
                        "renames:\n"
                        "  Client: Customer\n"
                        "  Customer.phone: Customer.mobile\n"
                        "  Customer.firm: Customer.company\n");
  assert_transition(&self, &rich, FALSE,
                    "table client: customer\n"
                    "column customer.phone: mobile\n"
                    "column customer.firm_id: company_id\n"
                    "enum client_tier: customer_tier\n");
  assert_transition(&self, &rich, TRUE,
                    "table customer: client\n"
                    "column client.mobile: phone\n"
                    "column client.company_id: firm_id\n"
                    "enum customer_tier: client_tier\n");
  assert_transition(&self, &plain, FALSE,
                    "table client: customer\n"
                    "column customer.phone: mobile\n"
                    "column customer.firm_id: company_id\n");
}

/* Where only the database's name changed, nobody needs to say so. */
static void
test_names_in_the_database(void **state)
{
  Case self = read_case(*state,
                        HEAD "enums: {State: {labels: [a], type: s}}\n"
                             "entities: {Shop: {table: shop, fields: {id: bigint primary,"
                             " a: {type: text, column: b}, s: State}}}\n"
                             "views: {V: {sql: SELECT 1 AS x, view: v1}}\n",
                        HEAD "enums: {State: {labels: [a], type: t}}\n"
                             "entities: {Shop: {table: shops, fields: {id: bigint primary,"
                             " a: {type: text, column: c}, s: State}}}\n"
                             "views: {V: {sql: SELECT 1 AS x, view: v2}}\n",
                        "");
  assert_transition(&self, &rich, FALSE,
                    "table shop: shops\ncolumn shops.b: c\nenum s: t\nview v1: v2\n");
  assert_transition(&self, &rich, TRUE,
                    "table shops: shop\ncolumn shop.c: b\nenum t: s\nview v2: v1\n");
  assert_transition(&self, &plain, FALSE, "table shop: shops\ncolumn shops.b: c\nview v1: v2\n");
}

/* The entity's name changed, its table did not. */
static void
test_rename_that_leaves_the_table(void **state)
{
  Case self = read_case(*state, HEAD "entities: {A: {table: t, fields: {id: bigint primary}}}\n",
                        HEAD "entities: {B: {table: t, fields: {id: bigint primary}}}\n",
                        "renames: {A: B}\n");
  assert_transition(&self, &rich, FALSE, "");
}

/* Two fields trade their names: each goes its own way. */
static void
test_swapped_fields(void **state)
{
  const char *const shop =
      HEAD "entities: {Shop: {fields: {id: bigint primary, a: text, b: text}}}\n";
  Case self = read_case(*state, shop, shop, "renames: {Shop.a: Shop.b, Shop.b: Shop.a}\n");
  assert_transition(&self, &rich, FALSE, "column shop.a: b\ncolumn shop.b: a\n");
  assert_transition(&self, &rich, TRUE, "column shop.b: a\ncolumn shop.a: b\n");
}

static void
test_fills_and_converts(void **state)
{
  Case self = read_case(
      *state,
      HEAD "entities: {Shop: {fields: {id: bigint primary, total: text, fax: text required}}}\n",
      HEAD "entities: {Shop: {fields: {id: bigint primary, total: bigint required,"
           " mobile: {type: text, required: true, column: cell}}}}\n",
      "drops: [Shop.fax]\n"
      "fill:\n"
      "  Shop.mobile: unknown\n"
      "  Shop.fax: {sql: \"'none'\"}\n"
      "  Shop.total: 3\n"
      "convert:\n"
      "  Shop.total: {upgrade: total * 100, downgrade: {postgresql: total / 100}}\n");
  assert_transition(&self, &rich, FALSE,
                    "fill shop.cell: 'unknown'\nfill shop.total: 3\n"
                    "convert shop.total: total * 100\n");
  assert_transition(&self, &rich, TRUE, "fill shop.fax: 'none'\nconvert shop.total: total / 100\n");
  assert_transition(&self, &plain, TRUE, "fill shop.fax: 'none'\n");
}

static void
test_fill_of_a_relationship(void **state)
{
  Case self = read_case(*state,
                        HEAD "entities:\n"
                             "  Company: {fields: {id: bigint primary}}\n"
                             "  Shop: {fields: {id: bigint primary}}\n",
                        HEAD "entities:\n"
                             "  Company: {fields: {id: bigint primary}}\n"
                             "  Shop: {fields: {id: bigint primary,"
                             " of: {references: Company, required: true}}}\n",
                        "fill: {Shop.of: {sql: (SELECT min(id) FROM company)}}\n");
  assert_transition(&self, &rich, FALSE, "fill shop.of_id: (SELECT min(id) FROM company)\n");
  assert_transition(&self, &rich, TRUE, "");
}

static void
test_labels(void **state)
{
  Case self = read_case(
      *state,
      HEAD "enums: {State: {labels: [open, shut], type: s}}\n"
           "entities:\n"
           "  Shop: {fields: {id: bigint primary, tier: \"enum(free, gold)\", s: State}}\n"
           "  Door: {fields: {id: bigint primary, state: State}}\n",
      HEAD "enums: {State: {labels: [open, closed], type: t}}\n"
           "entities:\n"
           "  Shop: {fields: {id: bigint primary, tier: \"enum(free, pro)\", s: State}}\n"
           "  Door: {fields: {id: bigint primary, state: State}}\n",
      "values:\n"
      "  Shop.tier: {gold: pro}\n"
      "  State: {shut: closed}\n");
  assert_transition(&self, &rich, FALSE,
                    "enum s: t\nlabel shop_tier: gold: pro\nlabel t: shut: closed\n");
  assert_transition(&self, &rich, TRUE,
                    "enum t: s\nlabel shop_tier: pro: gold\nlabel s: closed: shut\n");
  assert_transition(&self, &plain, FALSE,
                    "label shop.tier: gold: pro\n"
                    "label shop.s: shut: closed\n"
                    "label door.state: shut: closed\n");
  assert_transition(&self, &plain, TRUE,
                    "label shop.tier: pro: gold\n"
                    "label shop.s: closed: shut\n"
                    "label door.state: closed: shut\n");
}

/* Two labels that become one can't be told apart again. */
static void
test_merged_labels(void **state)
{
  Case self = read_case(*state,
                        HEAD "entities: {Shop: {fields: {id: bigint primary,"
                             " a: \"enum(x, y, z)\", b: \"enum(p, q)\"}}}\n",
                        HEAD "entities: {Shop: {fields: {id: bigint primary,"
                             " a: \"enum(w, z)\", b: \"enum(p)\"}}}\n",
                        "values:\n"
                        "  Shop.a: {x: w, y: w}\n"
                        "  Shop.b: {q: p}\n");
  assert_transition(&self, &rich, FALSE,
                    "label shop_a: x: w\nlabel shop_a: y: w\nlabel shop_b: q: p\n");
  assert_transition(&self, &rich, TRUE, "");
}

static void
test_statements(void **state)
{
  const char *const shop = HEAD "entities: {Shop: {fields: {id: bigint primary}}}\n";
  Case self = read_case(*state, shop, shop,
                        "sql:\n"
                        "  upgrade: {before: \"SELECT 1;\", after: {postgresql: \"SELECT 2;\"}}\n"
                        "  downgrade: {after: {sqlite: \"SELECT 3;\"}}\n");
  assert_transition(&self, &rich, FALSE, "before SELECT 1;\nafter SELECT 2;\n");
  assert_transition(&self, &plain, FALSE, "before SELECT 1;\n");
  assert_transition(&self, &rich, TRUE, "");
  assert_transition(&self, &plain, TRUE, "after SELECT 3;\n");
}

static void
test_from_nothing(void **state)
{
  Fixture *fixture = *state;
  g_autoptr(DmigDomain) nothing = dmig_domain_new();
  g_autoptr(DmigChangeFile) change = dmig_change_file_new();
  const DmigDomain *shop =
      read_domain(fixture, HEAD "entities: {Shop: {fields: {id: bigint primary}}}\n");
  Case self = { fixture, nothing, shop, change };
  assert_transition(&self, &rich, FALSE, "");
  assert_transition(&self, &rich, TRUE, "");
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

/* Entities may have a point in their name. */
static void
test_names_with_points(void **state)
{
  Case self = read_case(*state,
                        HEAD "enums: {Tier: [free, pro]}\n"
                             "entities:\n"
                             "  a.Client: {table: clients, fields: {id: bigint primary, tier: Tier}}\n",
                        HEAD "enums: {Tier: [free, gold]}\n"
                             "entities:\n"
                             "  a.Customer:\n"
                             "    table: clients\n"
                             "    fields: {id: bigint primary, level: Tier, note: text required}\n",
                        "renames:\n"
                        "  a.Client: a.Customer\n"
                        "  a.Customer.tier: a.Customer.level\n"
                        "fill:\n"
                        "  a.Customer.note: none\n"
                        "values:\n"
                        "  Tier: {pro: gold}\n");
  assert_transition(&self, &rich, FALSE,
                    "column clients.tier: level\n"
                    "fill clients.note: 'none'\n"
                    "label tier: pro: gold\n");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    FIXED(test_nothing_said),           FIXED(test_renames),
    FIXED(test_names_in_the_database),  FIXED(test_rename_that_leaves_the_table),
    FIXED(test_swapped_fields),         FIXED(test_fills_and_converts),
    FIXED(test_fill_of_a_relationship), FIXED(test_labels),
    FIXED(test_merged_labels),          FIXED(test_statements),
    FIXED(test_from_nothing),           FIXED(test_names_with_points),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
