/* YAML as a tree that knows how to stand on a page: collections in one line where they fit, texts
 * plain where nothing could mistake them. For write.c and its parts only. */
#pragma once

#include <glib.h>

typedef struct _DmigWriteNode DmigWriteNode;

/* A text, in quotes also where other readers of YAML would take it for a number, a truth or a date. */
DmigWriteNode *dmig_write_node_text(const char *text);
/* A value, which may be a number or a truth: in quotes only where YAML demands it. */
DmigWriteNode *dmig_write_node_value(const char *text);
/* A text that means something else without quotes. */
DmigWriteNode *dmig_write_node_quoted(const char *text);
/* No value, said in so many words. */
DmigWriteNode *dmig_write_node_null(void);
DmigWriteNode *dmig_write_node_list(void);
DmigWriteNode *dmig_write_node_map(void);
void dmig_write_node_free(DmigWriteNode *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmigWriteNode, dmig_write_node_free)

/* These take the child and return it, borrowed; NULL adds nothing. A key may be there twice only in
 * error. */
DmigWriteNode *dmig_write_node_append(DmigWriteNode *list, DmigWriteNode *child);
DmigWriteNode *dmig_write_node_set(DmigWriteNode *map, const char *key, DmigWriteNode *child);
/* The same where there is a text. */
void dmig_write_node_set_text(DmigWriteNode *map, const char *key, const char *text);
void dmig_write_node_set_value(DmigWriteNode *map, const char *key, const char *text);
void dmig_write_node_set_true(DmigWriteNode *map, const char *key, gboolean truth);
/* `[a, b]`; NULL for NULL. */
DmigWriteNode *dmig_write_node_names(char *const *names);

/* Children, of a list or a map. */
guint dmig_write_node_length(const DmigWriteNode *self);
/* Each child in lines of its own, however short they are; with `airy` an empty line between them. */
void dmig_write_node_spread(DmigWriteNode *self, gboolean airy);

/* An empty line, unless there is one already. */
void dmig_write_blank_line(GString *out);
/* `self`, a map, with its keys `indent` blanks from the left. */
void dmig_write_node_print(const DmigWriteNode *self, guint indent, GString *out);
