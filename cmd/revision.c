#include "cmd/revision.h"

#include <stdio.h>

#include "cmd/ui/colour.h"
#include "cmd/ui/date.h"
#include "cmd/ui/json.h"
#include "core/base/text.h"

static void
print_decorations(const DmigRevision *revision, GHashTable *decorations)
{
  char **names = decorations != NULL ? g_hash_table_lookup(decorations, revision->id) : NULL;
  if (names == NULL || names[0] == NULL)
    return;
  g_autofree char *joined = g_strjoinv(", ", names);
  printf(" %s(%s)%s", dmig_colour(DMIG_COLOUR_CYAN), joined, dmig_colour(DMIG_COLOUR_RESET));
}

/* The record of a revision's proof: an array of {"dialect", "outcome", "server", "rows", "tables"};
 * NULL where there is none. Owned. */
static json_t *
proofs_of(DmigContext *context, const char *id)
{
  g_autofree char *note = dmig_store_note_read(context->store, id);
  g_autoptr(json_t) record = note != NULL ? json_loads(note, 0, NULL) : NULL;
  json_t *proofs = json_object_get(record, "proofs");
  return json_is_array(proofs) ? json_incref(proofs) : NULL;
}

static void
print_proofs(DmigContext *context, const DmigRevision *revision, const char *prefix)
{
  g_autoptr(json_t) proofs = proofs_of(context, revision->id);
  gsize i;
  json_t *proof;
  json_array_foreach(proofs, i, proof)
  {
    const char *outcome = json_string_value(json_object_get(proof, "outcome"));
    const char *server = json_string_value(json_object_get(proof, "server"));
    const char *dialect = json_string_value(json_object_get(proof, "dialect"));
    gboolean proved = g_strcmp0(outcome, "proved") == 0;
    printf("%s%s %s%s%s", prefix, i == 0 ? "Proof: " : "       ",
           dmig_colour(proved ? DMIG_COLOUR_GREEN : DMIG_COLOUR_YELLOW),
           outcome != NULL ? outcome : "unknown", dmig_colour(DMIG_COLOUR_RESET));
    json_int_t count = json_integer_value(json_object_get(proof, "rows"));
    g_autofree char *rows = dmig_text_count(count, "row", "rows");
    printf(" %s %s%s%s\n", server != NULL ? "on" : "for",
           server != NULL    ? server
           : dialect != NULL ? dialect
                             : "?",
           count > 0 ? " with " : "", count > 0 ? rows : "");
  }
}

void
dmig_revision_print(DmigContext *context, const DmigRevision *revision, GHashTable *decorations,
                    const char *prefix)
{
  g_autofree char *name = dmig_text_printable(revision->author_name);
  g_autofree char *email = dmig_text_printable(revision->author_email);
  g_autofree char *date = dmig_date_git(revision->author_time, revision->author_offset);
  printf("%srevision %s%s", dmig_colour(DMIG_COLOUR_YELLOW), revision->id,
         dmig_colour(DMIG_COLOUR_RESET));
  print_decorations(revision, decorations);
  printf("\n%sAuthor: %s <%s>\n%sDate:   %s\n", prefix, name, email, prefix, date);
  print_proofs(context, revision, prefix);
  g_autofree char *blank = g_strchomp(g_strdup(prefix));
  printf("%s\n", blank);

  g_autofree char *message = g_strdup(revision->message);
  g_strchomp(message);
  g_auto(GStrv) lines = g_strsplit(message, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *line = dmig_text_printable(lines[i]);
    if (*line != '\0')
      printf("%s    %s\n", prefix, line);
    else
      printf("%s\n", blank);
  }
}

void
dmig_revision_print_oneline(DmigContext *context, const DmigRevision *revision,
                            GHashTable *decorations)
{
  g_autofree char *short_id = dmig_store_short_id(context->store, revision->id);
  g_autofree char *summary = dmig_text_printable(revision->summary);
  printf("%s%s%s", dmig_colour(DMIG_COLOUR_YELLOW), short_id, dmig_colour(DMIG_COLOUR_RESET));
  print_decorations(revision, decorations);
  printf(" %s", summary);
}

json_t *
dmig_revision_to_json(DmigContext *context, const DmigRevision *revision)
{
  json_t *object = json_object();
  json_t *author = json_object();
  json_t *parents = json_array();
  json_t *proofs = proofs_of(context, revision->id);
  g_autofree char *date = dmig_date_iso(revision->author_time, revision->author_offset);
  for (guint i = 0; revision->parents[i] != NULL; i++)
    json_array_append_new(parents, json_string(revision->parents[i]));
  dmig_json_set(author, "name", revision->author_name);
  dmig_json_set(author, "email", revision->author_email);
  dmig_json_set(object, "id", revision->id);
  dmig_json_set(object, "tree", revision->tree);
  dmig_json_set(object, "date", date);
  dmig_json_set(object, "subject", revision->summary);
  dmig_json_set(object, "message", revision->message);
  json_object_set_new(object, "author", author);
  json_object_set_new(object, "parents", parents);
  json_object_set_new(object, "proofs", proofs != NULL ? proofs : json_array());
  return object;
}

char *
dmig_revision_title(DmigContext *context, const DmigRevision *revision)
{
  if (revision == NULL)
    return g_strdup("nothing");
  g_autofree char *short_id = dmig_store_short_id(context->store, revision->id);
  return g_strdup_printf("%s \"%s\"", short_id, revision->summary);
}
