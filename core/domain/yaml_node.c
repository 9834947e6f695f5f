#include "core/domain/yaml_node.h"

#include <string.h>
#include <yaml.h>

#include "core/base/text.h"
#include "core/domain/reader.h"
#include "core/domain/rules.h"

/* A sequence or mapping whose end has not been read yet. */
typedef struct {
  DmigYamlNode *node;
  GHashTable *keys;   /* mapping: text -> the key's node */
  gboolean duplicate; /* the value that comes next belongs to a key that was there before */
} Frame;

typedef struct {
  DmigDiagnostics *diagnostics;
  const char *file;
  DmigYamlDocument *document;
  GArray *frames;      /* Frame, the innermost last */
  GHashTable *anchors; /* name -> node */
  guint total;         /* nodes so far, aliases followed */
  gboolean documents;  /* one has begun */
} Builder;

static void G_GNUC_PRINTF(4, 5)
    refuse(Builder *self, DmigLocation at, DmigRule rule, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  dmig_diagnostics_add(self->diagnostics, at, dmig_rule_severity(rule), dmig_rule_name(rule), NULL,
                       "%s", message);
  self->document->failed = TRUE;
}

static DmigLocation
mark_location(const Builder *self, yaml_mark_t mark)
{
  return (DmigLocation) { self->file, (guint) mark.line + 1, (guint) mark.column + 1 };
}

static DmigLocation
offset_location(const Builder *self, const char *data, gsize offset)
{
  DmigLocation at = { self->file, 1, 1 };
  for (gsize i = 0; i < offset; i++) {
    if (data[i] == '\n') {
      at.line++;
      at.column = 1;
    } else if (((guchar) data[i] & 0xC0) != 0x80)
      at.column++;
  }
  return at;
}

static void
node_free(gpointer data)
{
  DmigYamlNode *self = data;
  g_free(self->text);
  g_clear_pointer(&self->items, g_ptr_array_unref);
  g_free(self);
}

static void
frame_clear(gpointer data)
{
  Frame *self = data;
  g_clear_pointer(&self->keys, g_hash_table_unref);
}

static gboolean
count_nodes(Builder *self, DmigLocation at, guint nodes)
{
  if (nodes > DMIG_YAML_MAX_NODES - self->total) {
    refuse(self, at, DMIG_RULE_YAML_LIMIT, "more than %d values in one file, aliases followed",
           DMIG_YAML_MAX_NODES);
    return FALSE;
  }
  self->total += nodes;
  return TRUE;
}

static DmigYamlNode *
node_new(Builder *self, DmigYamlKind kind, DmigLocation at, const yaml_char_t *anchor)
{
  if (!count_nodes(self, at, 1))
    return NULL;
  DmigYamlNode *node = g_new0(DmigYamlNode, 1);
  node->kind = kind;
  node->at = at;
  node->weight = 1;
  node->height = 1;
  if (kind != DMIG_YAML_SCALAR)
    node->items = g_ptr_array_new();
  g_ptr_array_add(self->document->nodes, node);
  if (anchor != NULL)
    g_hash_table_replace(self->anchors, g_strdup((const char *) anchor), node);
  return node;
}

static void
add_key(Builder *self, Frame *frame, DmigYamlNode *key)
{
  if (key->kind != DMIG_YAML_SCALAR) {
    refuse(self, key->at, DMIG_RULE_YAML_UNSUPPORTED,
           "a key must be a plain name, not a list or mapping");
    return;
  }
  const DmigYamlNode *first = g_hash_table_lookup(frame->keys, key->text);
  frame->duplicate = first != NULL;
  if (first != NULL) {
    g_autofree char *shown = g_utf8_substring(key->text, 0, MIN(60, g_utf8_strlen(key->text, -1)));
    g_autofree char *name = dmig_text_printable(shown);
    dmig_diagnostics_add(self->diagnostics, key->at, DMIG_SEVERITY_ERROR,
                         dmig_rule_name(DMIG_RULE_DUPLICATE_KEY), NULL,
                         "'%s' is given twice, first in line %u", name, first->at.line);
  } else
    g_hash_table_insert(frame->keys, key->text, key);
  g_ptr_array_add(frame->node->items, key);
}

static void
add_child(Builder *self, DmigYamlNode *child)
{
  if (self->frames->len == 0) {
    self->document->root = child;
    return;
  }
  Frame *frame = &g_array_index(self->frames, Frame, self->frames->len - 1);
  GPtrArray *items = frame->node->items;
  if (frame->node->kind == DMIG_YAML_MAPPING && items->len % 2 == 0)
    add_key(self, frame, child);
  else if (frame->node->kind == DMIG_YAML_MAPPING && frame->duplicate)
    g_ptr_array_set_size(items, (gint) items->len - 1);
  else
    g_ptr_array_add(items, child);
}

static void
open_collection(Builder *self, DmigYamlKind kind, const yaml_event_t *event,
                const yaml_char_t *anchor)
{
  DmigLocation at = mark_location(self, event->start_mark);
  if (self->frames->len >= DMIG_YAML_MAX_DEPTH) {
    refuse(self, at, DMIG_RULE_YAML_LIMIT, "nested more than %d levels deep", DMIG_YAML_MAX_DEPTH);
    return;
  }
  DmigYamlNode *node = node_new(self, kind, at, anchor);
  if (node == NULL)
    return;
  node->open = TRUE;
  add_child(self, node);
  Frame frame = { .node = node };
  if (kind == DMIG_YAML_MAPPING)
    frame.keys = g_hash_table_new(g_str_hash, g_str_equal);
  g_array_append_val(self->frames, frame);
}

static void
close_collection(Builder *self)
{
  DmigYamlNode *node = g_array_index(self->frames, Frame, self->frames->len - 1).node;
  node->open = FALSE;
  for (guint i = 0; i < node->items->len; i++) {
    const DmigYamlNode *item = g_ptr_array_index(node->items, i);
    node->weight += item->weight;
    node->height = MAX(node->height, item->height + 1);
  }
  g_array_set_size(self->frames, self->frames->len - 1);
}

static void
add_scalar(Builder *self, const yaml_event_t *event)
{
  DmigLocation at = mark_location(self, event->start_mark);
  const char *value = (const char *) event->data.scalar.value;
  if (memchr(value, '\0', event->data.scalar.length) != NULL) {
    refuse(self, at, DMIG_RULE_YAML_ENCODING, "a NUL character, which no database can store");
    return;
  }
  if (event->data.scalar.length > DMIG_YAML_MAX_TEXT) {
    refuse(self, at, DMIG_RULE_YAML_LIMIT, "a text longer than %d MB", DMIG_YAML_MAX_TEXT >> 20);
    return;
  }
  DmigYamlNode *node = node_new(self, DMIG_YAML_SCALAR, at, event->data.scalar.anchor);
  if (node == NULL)
    return;
  node->text = g_strndup(value, event->data.scalar.length);
  node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  add_child(self, node);
}

static void
add_alias(Builder *self, const yaml_event_t *event)
{
  DmigLocation at = mark_location(self, event->start_mark);
  g_autofree char *name = dmig_text_printable((const char *) event->data.alias.anchor);
  DmigYamlNode *node = g_hash_table_lookup(self->anchors, event->data.alias.anchor);
  if (node == NULL)
    refuse(self, at, DMIG_RULE_YAML_SYNTAX, "there is no anchor '&%.60s' before this alias", name);
  else if (node->open)
    refuse(self, at, DMIG_RULE_YAML_UNSUPPORTED,
           "the alias '*%.60s' stands inside of what it stands for", name);
  else if (self->frames->len + node->height > DMIG_YAML_MAX_DEPTH + 1)
    refuse(self, at, DMIG_RULE_YAML_LIMIT, "nested more than %d levels deep, aliases followed",
           DMIG_YAML_MAX_DEPTH);
  else if (count_nodes(self, at, node->weight))
    add_child(self, node);
}

static const yaml_char_t *
event_tag(const yaml_event_t *event)
{
  if (event->type == YAML_SCALAR_EVENT)
    return event->data.scalar.tag;
  if (event->type == YAML_SEQUENCE_START_EVENT)
    return event->data.sequence_start.tag;
  if (event->type == YAML_MAPPING_START_EVENT)
    return event->data.mapping_start.tag;
  return NULL;
}

static void
take_event(Builder *self, const yaml_event_t *event)
{
  if (event_tag(event) != NULL) {
    refuse(self, mark_location(self, event->start_mark), DMIG_RULE_YAML_UNSUPPORTED,
           "tags have no meaning here: take the '!…' out");
    return;
  }
  switch (event->type) {
  case YAML_DOCUMENT_START_EVENT:
    if (self->documents)
      refuse(self, mark_location(self, event->start_mark), DMIG_RULE_YAML_UNSUPPORTED,
             "a second document in one file: give it a file of its own");
    self->documents = TRUE;
    break;
  case YAML_SCALAR_EVENT:
    add_scalar(self, event);
    break;
  case YAML_ALIAS_EVENT:
    add_alias(self, event);
    break;
  case YAML_SEQUENCE_START_EVENT:
    open_collection(self, DMIG_YAML_SEQUENCE, event, event->data.sequence_start.anchor);
    break;
  case YAML_MAPPING_START_EVENT:
    open_collection(self, DMIG_YAML_MAPPING, event, event->data.mapping_start.anchor);
    break;
  case YAML_SEQUENCE_END_EVENT:
  case YAML_MAPPING_END_EVENT:
    close_collection(self);
    break;
  case YAML_NO_EVENT:
  case YAML_STREAM_START_EVENT:
  case YAML_STREAM_END_EVENT:
  case YAML_DOCUMENT_END_EVENT:
    break;
  }
}

static void
refuse_syntax(Builder *self, const yaml_parser_t *parser, const char *data)
{
  DmigLocation at = parser->error == YAML_READER_ERROR
                        ? offset_location(self, data, parser->problem_offset)
                        : mark_location(self, parser->problem_mark);
  const char *problem = parser->problem != NULL ? parser->problem : "out of memory";
  if (parser->context != NULL)
    refuse(self, at, DMIG_RULE_YAML_SYNTAX, "%s, %s", problem, parser->context);
  else
    refuse(self, at, DMIG_RULE_YAML_SYNTAX, "%s", problem);
}

static void
parse_events(Builder *self, const char *data, gsize size)
{
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser)) {
    refuse(self, (DmigLocation) { self->file, 0, 0 }, DMIG_RULE_YAML_LIMIT, "out of memory");
    return;
  }
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser, (const guchar *) data, size);
  for (gboolean done = FALSE; !done && !self->document->failed;) {
    yaml_event_t event;
    if (!yaml_parser_parse(&parser, &event)) {
      refuse_syntax(self, &parser, data);
      break;
    }
    take_event(self, &event);
    done = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
}

/* What can be said of the bytes before anything is made of them. */
static gboolean
check_bytes(Builder *self, const char *data, gsize size)
{
  if (size > DMIG_YAML_MAX_BYTES) {
    refuse(self, (DmigLocation) { self->file, 0, 0 }, DMIG_RULE_YAML_LIMIT,
           "larger than %d MB: split it into a folder of files", DMIG_YAML_MAX_BYTES >> 20);
    return FALSE;
  }
  const char *nul = size > 0 ? memchr(data, '\0', size) : NULL;
  if (nul != NULL) {
    refuse(self, offset_location(self, data, (gsize) (nul - data)), DMIG_RULE_YAML_ENCODING,
           "a NUL byte: this is no text file");
    return FALSE;
  }
  const char *end = data;
  if (size > 0 && !g_utf8_validate_len(data, size, &end)) {
    refuse(self, offset_location(self, data, (gsize) (end - data)), DMIG_RULE_YAML_ENCODING,
           "not UTF-8: save the file in this encoding");
    return FALSE;
  }
  return TRUE;
}

DmigYamlDocument *
dmig_yaml_parse(const char *file, GBytes *bytes, DmigDiagnostics *diagnostics)
{
  DmigYamlDocument *document = g_new0(DmigYamlDocument, 1);
  document->nodes = g_ptr_array_new_with_free_func(node_free);
  Builder builder
      = { .diagnostics = diagnostics, .file = g_intern_string(file), .document = document };
  gsize size;
  const char *data = g_bytes_get_data(bytes, &size);
  if (!check_bytes(&builder, data, size))
    return document;

  builder.frames = g_array_new(FALSE, FALSE, sizeof(Frame));
  g_array_set_clear_func(builder.frames, frame_clear);
  builder.anchors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  parse_events(&builder, data != NULL ? data : "", size);
  g_array_unref(builder.frames);
  g_hash_table_unref(builder.anchors);
  if (document->failed)
    document->root = NULL;
  return document;
}

void
dmig_yaml_document_free(DmigYamlDocument *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->nodes);
  g_free(self);
}

gboolean
dmig_yaml_is_null(const DmigYamlNode *self)
{
  static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
  return self->kind == DMIG_YAML_SCALAR && self->plain && g_strv_contains(nulls, self->text);
}

guint
dmig_yaml_length(const DmigYamlNode *self)
{
  if (self->items == NULL)
    return 0;
  return self->kind == DMIG_YAML_MAPPING ? self->items->len / 2 : self->items->len;
}

const DmigYamlNode *
dmig_yaml_item(const DmigYamlNode *sequence, guint i)
{
  return g_ptr_array_index(sequence->items, i);
}

const DmigYamlNode *
dmig_yaml_key(const DmigYamlNode *mapping, guint i)
{
  return g_ptr_array_index(mapping->items, 2 * i);
}

const DmigYamlNode *
dmig_yaml_value(const DmigYamlNode *mapping, guint i)
{
  return g_ptr_array_index(mapping->items, 2 * i + 1);
}

gboolean
dmig_yaml_has(const DmigYamlNode *mapping, const char *key)
{
  for (guint i = 0; i < dmig_yaml_length(mapping); i++)
    if (strcmp(dmig_yaml_key(mapping, i)->text, key) == 0)
      return TRUE;
  return FALSE;
}
