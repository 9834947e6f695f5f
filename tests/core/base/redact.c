#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/text.h"

static void
assert_redacted(const char *url, const char *expected)
{
  char *redacted = dmig_url_redact(url);
  assert_string_equal(redacted, expected);
  g_free(redacted);
}

static void
test_plain_urls_stay(void **state)
{
  assert_redacted("", "");
  assert_redacted("shop.db", "shop.db");
  assert_redacted("sqlite:relative.db", "sqlite:relative.db");
  assert_redacted("sqlite:/absolute.db", "sqlite:/absolute.db");
  assert_redacted("sqlite::memory:", "sqlite::memory:");
  assert_redacted("sqlite:///tmp/a@b.db", "sqlite:///tmp/a@b.db");
  assert_redacted("postgresql:///shop", "postgresql:///shop");
  assert_redacted("postgres://anna@db/shop", "postgres://anna@db/shop");
  assert_redacted("postgres://db:5432/shop", "postgres://db:5432/shop");
  assert_redacted("postgres://a:1,b:2,c/shop?sslmode=require",
                  "postgres://a:1,b:2,c/shop?sslmode=require");
  assert_redacted("postgres://anna@[::1]:5432/shop", "postgres://anna@[::1]:5432/shop");
  assert_redacted("postgres://[::1]:5432/shop?host=/tmp", "postgres://[::1]:5432/shop?host=/tmp");
  assert_redacted("host=db user=anna passfile=/home/anna/.pgpass",
                  "host=db user=anna passfile=/home/anna/.pgpass");
}

static void
test_userinfo(void **state)
{
  assert_redacted("postgres://u:p@h/db", "postgres://u:***@h/db");
  assert_redacted("postgresql://u:p@h:5432/db?sslmode=require",
                  "postgresql://u:***@h:5432/db?sslmode=require");
  assert_redacted("postgres://u:p@ss@h/db", "postgres://u:***@h/db");
  assert_redacted("postgres://u:p:q@h/db", "postgres://u:***@h/db");
  assert_redacted("postgres://u:p/q?r#s@h/db", "postgres://u:***@h/db");
  assert_redacted("postgres://:p@h", "postgres://:***@h");
  assert_redacted("postgres://u:@h", "postgres://u:***@h");
  assert_redacted("postgres://u%3Ap@h", "postgres://u%3A***@h");
  assert_redacted("postgres://u:p@a:1,b:2/db", "postgres://u:***@a:1,b:2/db");
  assert_redacted("postgres://u:p@[::1]/db", "postgres://u:***@[::1]/db");
  assert_redacted("postgres://u:gr\xC3\xBC\xC3\x9F@h", "postgres://u:***@h");
}

/* What its author mistyped still holds a password. */
static void
test_broken_urls(void **state)
{
  assert_redacted("postgres://u:secret", "postgres://u:***");
  assert_redacted("postgres://u:secret/db", "postgres://u:***");
  assert_redacted("postgres:/u:p@h/db", "postgres:/u:***@h/db");
  assert_redacted("u:p@h/db", "u:***@h/db");
  assert_redacted("could not connect to postgres://u:p@h",
                  "could not connect to postgres://u:***@h");
  assert_redacted("dbname=postgres://u:p@h/db", "dbname=postgres://u:***@h/db");
}

static void
test_query_parameters(void **state)
{
  assert_redacted("postgres:///db?password=p", "postgres:///db?password=***");
  assert_redacted("postgres:///db?user=u&password=p&host=h",
                  "postgres:///db?user=u&password=***&host=h");
  assert_redacted("postgres:///db?password=a&b&host=h", "postgres:///db?password=***&host=h");
  assert_redacted("postgres:///db?password=a&b=c", "postgres:///db?password=***");
  assert_redacted("postgres:///db?pass%77ord=p&host=h", "postgres:///db?pass%77ord=***&host=h");
  assert_redacted("postgres:///db?PassWord=p", "postgres:///db?PassWord=***");
  assert_redacted("postgres:///db?sslpassword=p", "postgres:///db?sslpassword=***");
  assert_redacted("postgres://u:p@h/db?password=a@b", "postgres://u:***@h/db?password=***");
}

static void
test_conninfo(void **state)
{
  assert_redacted("host=h password=p user=u", "host=h password=*** user=u");
  assert_redacted("password = p", "password = ***");
  assert_redacted("host=h password='a b\\'c' user=u", "host=h password=*** user=u");
  assert_redacted("password='a\\\\' user=u", "password=*** user=u");
  assert_redacted("password='open user=u", "password=***");
  assert_redacted("password=a b c user=u", "password=*** user=u");
  assert_redacted("password=a\\ b user=u", "password=*** user=u");
  assert_redacted("password='a'b user=u", "password=*** user=u");
  assert_redacted("password=x=y user=u", "password=*** user=u");
  assert_redacted("password=a:b@c host=h", "password=*** host=h");
  assert_redacted("user=u\tpassword=p\nhost=h", "user=u\tpassword=***\nhost=h");
}

/* No piece of any password of odd characters ever comes through. */
static void
test_never_leaks(void **state)
{
  static const char alphabet[] = "@:/?#&=%' \\[],";
  GRand *random = g_rand_new_with_seed(7);
  for (guint i = 0; i < 20000; i++) {
    char noise[4];
    for (guint j = 0; j < 3; j++)
      noise[j] = alphabet[g_rand_int_range(random, 0, sizeof alphabet - 1)];
    noise[3] = '\0';
    char *url = g_strdup_printf("postgres://u:S3%cS3%cS3%cS3@h/db", noise[0], noise[1], noise[2]);
    char *redacted = dmig_url_redact(url);
    gboolean leaks = strstr(redacted, "S3") != NULL;
    if (leaks)
      print_message("%s -> %s\n", url, redacted);
    g_free(url);
    g_free(redacted);
    assert_false(leaks);
  }
  g_rand_free(random);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_plain_urls_stay), cmocka_unit_test(test_userinfo),
    cmocka_unit_test(test_broken_urls),     cmocka_unit_test(test_query_parameters),
    cmocka_unit_test(test_conninfo),        cmocka_unit_test(test_never_leaks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
