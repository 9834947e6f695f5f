/* A YAML file as a tree, with the place of every node. The only module that includes yaml.h.
 *
 * Stricter than YAML: a key stands once in its mapping and is a scalar, a file is one document,
 * there are no tags. Every scalar is text: `no`, `1.0` and `2024-01-01` are what is written.
 * Aliases are followed: a node may hang in several places of the tree.
 */
#pragma once

#include <glib.h>

#include "core/base/diagnostic.h"

typedef enum {
  DMIG_YAML_SCALAR,
  DMIG_YAML_SEQUENCE,
  DMIG_YAML_MAPPING,
} DmigYamlKind;

typedef struct {
  DmigYamlKind kind;
  DmigLocation at;
  char *text;       /* scalar; valid UTF-8 */
  gboolean plain;   /* scalar: written without quotes, and no block */
  GPtrArray *items; /* sequence: its nodes; mapping: key, value, key, value … */
  guint weight;     /* nodes in it, itself included, aliases followed */
  guint height;     /* of the tree below it */
  gboolean open;    /* its end has not been read yet */
} DmigYamlNode;

typedef struct {
  DmigYamlNode *root; /* NULL: an empty file, or one that could not be read */
  gboolean failed;    /* a diagnostic says why the file was not read to its end */
  GPtrArray *nodes;   /* owns them all */
} DmigYamlDocument;

/* Never NULL. Mistakes and limits (core/domain/reader.h) go to `diagnostics`; after one of them the
 * document is empty, except that of a key that is given twice the first stays. */
DmigYamlDocument *dmig_yaml_parse(const char *file, GBytes *bytes, DmigDiagnostics *diagnostics);
void dmig_yaml_document_free(DmigYamlDocument *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigYamlDocument, dmig_yaml_document_free)

/* Nothing, `~` or `null`, without quotes. */
gboolean dmig_yaml_is_null(const DmigYamlNode *self);
guint dmig_yaml_length(const DmigYamlNode *self); /* items, or pairs */
const DmigYamlNode *dmig_yaml_item(const DmigYamlNode *sequence, guint i);
const DmigYamlNode *dmig_yaml_key(const DmigYamlNode *mapping, guint i);
const DmigYamlNode *dmig_yaml_value(const DmigYamlNode *mapping, guint i);
gboolean dmig_yaml_has(const DmigYamlNode *mapping, const char *key);
