/* Schemas, sequences, collations and types. */
#include "draw.h"
#include "kinds.h"
#include "spell.h"

static void
put_schema(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = quoted(node->name);
  g_string_append_printf(sql, "CREATE SCHEMA %s;\n", name);
}

const Kind kind_schema = {
  .stem = "zone",
  .word = "SCHEMA",
  .called = CALLED_NAME,
  .rights = "USAGE",
  .stage = STAGE_SCHEMAS,
  .put = put_schema,
};

static void
put_sequence(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node);
  g_string_append_printf(sql, "CREATE SEQUENCE %s%s INCREMENT %u%s%s;\n", name,
                         BIT(node, 0) ? " AS integer" : "", 1 + (node->variant >> 1) % 3,
                         BIT(node, 3) ? " CYCLE" : "", BIT(node, 4) ? " CACHE 5" : "");
}

const Kind kind_sequence = {
  .stem = "counter",
  .word = "SEQUENCE",
  .called = CALLED_PATH,
  .rights = "USAGE",
  .flags = KIND_IN_SCHEMA,
  .stage = STAGE_TYPES,
  .put = put_sequence,
};

static void
put_collation(const Sketch *self, GString *sql, const Node *node)
{
  static const char *const locales[] = { "und-u-kn", "de", "sv-u-co-standard", "en-u-kf-upper" };
  g_autofree char *name = qualified(self, node);
  g_string_append_printf(sql, "CREATE COLLATION %s (provider = icu, locale = '%s');\n", name,
                         locales[node->variant & 3]);
}

const Kind kind_collation = {
  .stem = "sorted",
  .word = "COLLATION",
  .called = CALLED_PATH,
  .flags = KIND_IN_SCHEMA,
  .stage = STAGE_TYPES,
  .put = put_collation,
};

static void
put_enum(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node);
  g_string_append_printf(sql, "CREATE TYPE %s AS ENUM ('l0'", name);
  for (guint i = 1; i < 6; i++)
    if (BIT(node, i))
      g_string_append_printf(sql, ", 'it''s %u'", i);
  g_string_append(sql, ");\n");
}

const Kind kind_enum = {
  .stem = "mood",
  .word = "TYPE",
  .called = CALLED_PATH,
  .rights = "USAGE",
  .flags = KIND_IN_SCHEMA | KIND_TYPE,
  .stage = STAGE_TYPES,
  .put = put_enum,
};

/* --- domains ------------------------------------------------------------------------------- */

static void
fill_domain(Sketch *self, Node *node, GRand *random)
{
  node->type.kind = (TypeKind) roll(random, TYPE_DATE);
}

static void
change_domain(const Sketch *self, Node *node, GRand *random)
{
  if (chance(random, 50))
    change_type(node, random);
}

static void
put_domain(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node), *type = type_sql(self, node->type);
  g_autofree char *value = value_sql(self, node->type);
  g_string_append_printf(sql, "CREATE DOMAIN %s AS %s", name, type);
  if (BIT(node, 1))
    g_string_append_printf(sql, " DEFAULT %s", value);
  if (BIT(node, 2))
    g_string_append(sql, " CONSTRAINT \"no zz\" CHECK (VALUE::text <> 'zz')");
  g_string_append(sql, ";\n");
}

const Kind kind_domain = {
  .stem = "amount",
  .word = "DOMAIN",
  .called = CALLED_PATH,
  .rights = "USAGE",
  .flags = KIND_IN_SCHEMA | KIND_TYPE,
  .stage = STAGE_TYPES,
  .fill = fill_domain,
  .change = change_domain,
  .put = put_domain,
};

/* --- composite types ----------------------------------------------------------------------- */

static gboolean
is_composite(const Node *node)
{
  return node->kind == NODE_COMPOSITE;
}

/* No text of a number with a point is one without. */
static Type
pick_attribute_type(const Sketch *self, GRand *random)
{
  Type type = pick_type(self, random);
  return type.kind == TYPE_NUMERIC ? (Type) { .kind = TYPE_DATE } : type;
}

static void
fill_attribute(Sketch *self, Node *node, GRand *random)
{
  node->of = pick_id(self, random, is_composite);
  node->type = pick_attribute_type(self, random);
}

/* Of what is made before its type, so that none has itself in it. */
static gboolean
tidy_attribute(const Sketch *self, Node *node)
{
  if (node->type.kind >= TYPE_NODE && node->type.node >= node->of)
    node->type = (Type) { .kind = TYPE_TEXT };
  return sketch_node_of(self, node->of, NODE_COMPOSITE) != NULL;
}

static void
change_attribute(const Sketch *self, Node *node, GRand *random)
{
  if (is_number(node->type))
    node->type.kind = (TypeKind) roll(random, TYPE_NUMERIC);
  else if (is_text(node->type))
    change_type(node, random);
}

const Kind kind_attribute = {
  .stem = "attr",
  .word = "COLUMN",
  .called = CALLED_PART,
  .flags = KIND_BY_TYPE,
  .stage = STAGE_TYPES,
  .fill = fill_attribute,
  .tidy = tidy_attribute,
  .change = change_attribute,
};

static void
put_composite(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node);
  guint n = 0;
  g_string_append_printf(sql, "CREATE TYPE %s AS (", name);
  for (guint i = 0; i < self->nodes->len; i++) {
    const Node *part = self->nodes->pdata[i];
    if (part->kind != NODE_ATTRIBUTE || part->of != node->id)
      continue;
    g_autofree char *attribute = quoted(part->name), *type = type_sql(self, part->type);
    g_string_append_printf(sql, "%s%s %s%s", n++ > 0 ? ", " : "", attribute, type,
                           is_text(part->type) && BIT(part, 0) ? " COLLATE \"C\"" : "");
  }
  g_string_append(sql, ");\n");
}

const Kind kind_composite = {
  .stem = "pair",
  .word = "TYPE",
  .called = CALLED_PATH,
  .rights = "USAGE",
  .flags = KIND_IN_SCHEMA | KIND_TYPE,
  .stage = STAGE_TYPES,
  .put = put_composite,
};

/* --- ranges -------------------------------------------------------------------------------- */

static gboolean
is_enum(const Node *node)
{
  return node->kind == NODE_ENUM;
}

static void
fill_range(Sketch *self, Node *node, GRand *random)
{
  guint labels = chance(random, 25) ? pick_id(self, random, is_enum) : 0;
  node->type.kind = labels != 0 ? TYPE_NODE : (TypeKind) roll(random, TYPE_TEXTS);
  node->type.node = labels;
}

static void
put_range(const Sketch *self, GString *sql, const Node *node)
{
  g_autofree char *name = qualified(self, node);
  /* A modifier of the subtype would be lost. */
  g_autofree char *type = node->type.kind == TYPE_NUMERIC   ? g_strdup("numeric")
                          : node->type.kind == TYPE_VARCHAR ? g_strdup("varchar")
                                                            : type_sql(self, node->type);
  g_string_append_printf(sql, "CREATE TYPE %s AS RANGE (subtype = %s%s);\n", name, type,
                         is_text(node->type) && BIT(node, 0) ? ", collation = \"C\"" : "");
}

const Kind kind_range = {
  .stem = "span",
  .word = "TYPE",
  .called = CALLED_PATH,
  .rights = "USAGE",
  .flags = KIND_IN_SCHEMA | KIND_TYPE,
  .stage = STAGE_TYPES,
  .fill = fill_range,
  .change = change_domain,
  .put = put_range,
};
