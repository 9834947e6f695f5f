#include "tests/core/domain/support.h"

#include <string.h>
#include <time.h>

static GPtrArray *renames;

static int
teardown(void **state)
{
  g_clear_pointer(&renames, g_ptr_array_unref);
  return fixture_teardown(state);
}

static void
test_everything(void **state)
{
  Fixture *self = *state;
  g_autofree char *before = source_file("tests/core/domain/everything.before.yaml");
  g_autofree char *after = source_file("tests/core/domain/everything.yaml");
  g_autofree char *text = source_file("tests/core/domain/everything.change.yaml");
  const DmigDomain *from = read_domain(self, before);
  const DmigDomain *to = read_domain(self, after);
  const DmigChangeFile *change = read_change(self, text, from, to);
  assert_clean(self);
  assert_int_equal(change->renames->len, 3);
  assert_int_equal(change->drops->len, 2);
  const DmigRename *field = g_ptr_array_index(change->renames, 1);
  assert_string_equal(field->from, "Customer.full");
  assert_string_equal(field->to, "Customer.name");
  const DmigFill *sql = g_ptr_array_index(change->fills, 1);
  assert_int_equal(sql->value->kind, DMIG_VALUE_SQL);
  const DmigConvert *balance = g_ptr_array_index(change->converts, 0);
  assert_string_equal(balance->upgrade->shared, "balance / 100.0");
  assert_string_equal(balance->downgrade->shared, "balance * 100");
  const DmigConvert *label = g_ptr_array_index(change->converts, 1);
  assert_null(label->downgrade);
  const DmigValueMap *map = g_ptr_array_index(change->values, 0);
  assert_string_equal(map->field, "Tier");
  assert_string_equal(map->from, "gold");
  assert_string_equal(map->to, "enterprise");
  assert_non_null(strstr(change->upgrade_before->shared, "DELETE FROM old"));
  assert_null(change->upgrade_after->shared);
  assert_string_equal(change->downgrade_after->shared, "SELECT 2");
}

static void
test_nothing_said(void **state)
{
  Fixture *self = *state;
  const DmigDomain *domain = read_domain(self, "domain: d");
  static const char *const texts[] = { "", "# nothing\n", "renames:\ndrops:\nfill:\nsql:\n" };
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    const DmigChangeFile *change = read_change(self, texts[i], domain, domain);
    assert_clean(self);
    assert_int_equal(change->renames->len, 0);
  }
}

/* Names that are swapped, a field without its entity, an entity by its old name. */
static void
test_renames(void **state)
{
  Fixture *self = *state;
  const DmigDomain *from
      = read_domain(self, "domain: d\nentities:\n  A: {fields: {x: text, y: integer}}\n"
                          "  B: {fields: {a: text}}\n  Old: {fields: {p: text, q: text}}\n");
  const DmigDomain *to = read_domain(
      self, "domain: d\nentities:\n  A: {fields: {a: text}}\n"
            "  B: {fields: {y: text, x: integer}}\n  New: {fields: {r: text, q: text}}\n");
  const DmigChangeFile *change = read_change(
      self, "renames: {A: B, B: A, B.x: B.y, B.y: x, Old: New, Old.p: r}\n", from, to);
  assert_clean(self);
  const DmigRename *short_form = g_ptr_array_index(change->renames, 3);
  assert_string_equal(short_form->to, "B.x");
  const DmigRename *old_name = g_ptr_array_index(change->renames, 5);
  assert_string_equal(old_name->from, "New.p");
  assert_string_equal(old_name->to, "New.r");
  renames = dmig_renames_detect(from, to, change);
  assert_int_equal(renames->len, 0);
}

/* The value that a dropped required field takes on the way back. */
static void
test_fill_for_the_way_back(void **state)
{
  Fixture *self = *state;
  const DmigDomain *from
      = read_domain(self, "domain: d\nentities: {A: {fields: {a: text, b: integer required}}}\n");
  const DmigDomain *to = read_domain(self, "domain: d\nentities: {A: {fields: {a: text}}}\n");
  read_change(self, "fill: {A.b: 7}\ndrops: [A.b]\n", from, to);
  assert_clean(self);
  read_change(self, "fill: {A.b: x}\n", from, to);
  assert_lines(self, "1:13: default-misfit: 'x' is no whole number (the type is integer)");
}

static void
test_broken_files(void **state)
{
  Fixture *self = *state;
  const DmigDomain *domain = read_domain(self, "domain: d");
  assert_non_null(read_change(self, "renames: [", domain, domain));
  assert_true(has_rule(self, "yaml-syntax"));
  forget(self);
  read_change(self, "- x\n", domain, domain);
  assert_lines(self, "1:1: wrong-kind: expected a mapping, found a list");
}

/* Detection. */

static void
detect(Fixture *self, const char *before, const char *after, const char *change)
{
  const DmigDomain *from = read_domain(self, before);
  const DmigDomain *to = read_domain(self, after);
  assert_clean(self);
  g_clear_pointer(&renames, g_ptr_array_unref);
  renames = dmig_renames_detect(from, to, read_change(self, change, from, to));
  assert_clean(self);
}

static void
assert_found(const char *expected)
{
  g_autoptr(GString) found = g_string_new(NULL);
  double last = 1;
  for (guint i = 0; i < renames->len; i++) {
    const DmigRenameCandidate *candidate = g_ptr_array_index(renames, i);
    assert_true(candidate->confidence <= last && candidate->confidence >= DMIG_RENAME_THRESHOLD);
    last = candidate->confidence;
    g_string_append_printf(found, "%s%s>%s", i > 0 ? " " : "", candidate->from, candidate->to);
  }
  assert_string_equal(found->str, expected);
}

#define A(fields) "domain: d\nentities: {A: {fields: {id: bigint primary, " fields "}}}\n"

static void
test_detected_fields(void **state)
{
  Fixture *self = *state;
  detect(self, A("phone: string(40)"), A("mobile: string(40)"), "");
  assert_found("A.phone>A.mobile");
  detect(self, A("phone: string(40)"), A("phone_number: string(40)"), "");
  assert_found("A.phone>A.phone_number");
  detect(self, A("phone: string(40)"), A("telephone: text"), "");
  assert_found("A.phone>A.telephone");
  /* No value of one is a value of the other. */
  detect(self, A("phone: string(40)"), A("phones: boolean"), "");
  assert_found("");
  /* Neither the name nor the place. */
  detect(self, A("fax: text, b: text, c: text, d: text"),
         A("b: text, c: text, d: text, colour: text required, n: text"), "");
  assert_found("");
  /* Each once, the likeliest first. */
  detect(self, A("first_name: text, last_name: text"), A("name_first: text, name_last: text"), "");
  assert_found("A.first_name>A.name_first A.last_name>A.name_last");
  /* What the author said counts. */
  detect(self, A("phone: text"), A("mobile: text"), "drops: [A.phone]");
  assert_found("");
  detect(self, A("phone: text"), A("mobile: text"), "renames: {A.phone: A.mobile}");
  assert_found("");
}

static void
test_detected_entities(void **state)
{
  Fixture *self = *state;
  static const char before[]
      = "domain: d\nentities:\n  Tag: {fields: {id: bigint primary, name: text, colour: text}}\n"
        "  ProductTag: {fields: {id: bigint primary, tag: references Tag}}\n"
        "  Log: {fields: {id: bigint primary, at: timestamptz, what: json}}\n";
  static const char after[]
      = "domain: d\nentities:\n  Label: {fields: {id: bigint primary, title: text, colour: text}}\n"
        "  ProductTag: {fields: {id: bigint primary, label: references Label}}\n"
        "  Rate: {fields: {id: bigint primary, percent: real}}\n";
  detect(self, before, after, "");
  assert_true(renames->len >= 1);
  const DmigRenameCandidate *best = g_ptr_array_index(renames, 0);
  assert_string_equal(best->from, "ProductTag.tag");
  gboolean entity = FALSE, within = FALSE;
  for (guint i = 0; i < renames->len; i++) {
    const DmigRenameCandidate *candidate = g_ptr_array_index(renames, i);
    assert_string_not_equal(candidate->from, "Log");
    entity = entity || g_str_equal(candidate->from, "Tag");
    within = within || g_str_equal(candidate->from, "Label.name");
  }
  assert_true(entity);
  assert_true(within);
  detect(self, before, after, "drops: [Tag]\nrenames: {ProductTag.tag: label}");
  assert_found("");
}

static void
test_detected_enums(void **state)
{
  Fixture *self = *state;
  detect(self, "domain: d\nenums: {Tier: [a, b, c], Gone: [x]}\n",
         "domain: d\nenums: {Plan: [a, b, c, d], New: [y]}\n", "");
  assert_found("Tier>Plan");
  detect(self, "domain: d\nenums: {Tier: [a, b]}\n", "domain: d\nenums: {Plan: [a, b]}\n",
         "renames: {Tier: Plan}\n");
  assert_found("");
}

/* Two large domains without a thing in common take no time worth mentioning. */
static void
test_detection_is_quick(void **state)
{
  Fixture *self = *state;
  g_autoptr(GString) before = g_string_new("domain: d\nentities:\n");
  g_autoptr(GString) after = g_string_new("domain: d\nentities:\n");
  for (guint i = 0; i < 1000; i++) {
    g_string_append_printf(before, "  Before%u: {fields: {id: bigint primary, b%u: text}}\n", i, i);
    g_string_append_printf(after, "  After%u: {fields: {id: bigint primary, a%u: text}}\n", i, i);
  }
  clock_t start = clock();
  detect(self, before->str, after->str, "");
  assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST(test_everything),
    TEST(test_nothing_said),
    TEST(test_renames),
    TEST(test_fill_for_the_way_back),
    TEST(test_broken_files),
    TEST(test_detected_fields),
    TEST(test_detected_entities),
    TEST(test_detected_enums),
    TEST(test_detection_is_quick),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
