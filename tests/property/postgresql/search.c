/* Text search: dictionaries and the configurations that use them. */
#include "draw.h"
#include "kinds.h"
#include "spell.h"

static gboolean
is_dictionary(const Node *node)
{
  return node->kind == NODE_DICTIONARY;
}

static void
put_dictionary(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node);
  g_string_append_printf(sql, "CREATE TEXT SEARCH DICTIONARY %s (TEMPLATE = pg_catalog.simple%s%s);\n", name,
                         BIT(node, 0) ? ", accept = 'false'" : "",
                         BIT(node, 1) && !BIT(node, 0) ? ", stopwords = 'english'" : "");
}

const Kind kind_dictionary = {
  .stem = "words",
  .word = "TEXT SEARCH DICTIONARY",
  .called = CALLED_PATH,
  .flags = KIND_IN_SCHEMA,
  .stage = STAGE_TYPES,
  .put = put_dictionary,
};

static void
fill_configuration(Sketch *self, Node *node, GRand *random)
{
  node->to = pick_id(self, random, is_dictionary);
}

static gboolean
tidy_configuration(const Sketch *self, Node *node)
{
  if (sketch_node_of(self, node->to, NODE_DICTIONARY) == NULL)
    node->to = 0;
  return TRUE;
}

static void
put_configuration(const Sketch *self, GString *sql, const Node *node)
{
  static const char *const tokens[] = { "asciiword", "asciiword, word", "email, url, host", "numword" };
  const Node *dictionary = sketch_node(self, node->to);
  g_autofree char *name = qualified(self, node);
  g_autofree char *own = dictionary != NULL ? qualified(self, dictionary) : NULL;
  g_string_append_printf(sql, "CREATE TEXT SEARCH CONFIGURATION %s (PARSER = pg_catalog.\"default\");\n", name);
  if (own != NULL)
    g_string_append_printf(sql, "ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %s WITH %s%s;\n", name,
                           tokens[node->variant & 3], own,
                           BIT(node, 2) ? ", pg_catalog.english_stem" : "");
  if (BIT(node, 3))
    g_string_append_printf(sql, "ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR int WITH pg_catalog.simple;\n",
                           name);
}

const Kind kind_configuration = {
  .stem = "search",
  .word = "TEXT SEARCH CONFIGURATION",
  .called = CALLED_PATH,
  .flags = KIND_IN_SCHEMA,
  .stage = STAGE_TYPES,
  .fill = fill_configuration,
  .tidy = tidy_configuration,
  .put = put_configuration,
};
