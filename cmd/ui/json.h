/* JSON on standard output: a stable contract. Keys are sorted; every document says which version
 * of the contract it follows. */
#pragma once

#include <glib.h>
#include <jansson.h>

#define DMIG_JSON_SCHEMA_VERSION 1

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

/* An object with `schema_version`. */
json_t *dmig_json_document(void);
/* A string, made valid UTF-8 where it is not; JSON's null for NULL. */
json_t *dmig_json_string(const char *text);
/* An array of strings from char*; empty for NULL. */
json_t *dmig_json_strings(GPtrArray *texts);
/* Sets `key` to a string or null. */
void dmig_json_set(json_t *object, const char *key, const char *text);
/* Indented, with a newline at its end. */
void dmig_json_print(const json_t *document);
/* On one line; owned by the caller, who frees it with g_free(). */
char *dmig_json_to_text(const json_t *document);
