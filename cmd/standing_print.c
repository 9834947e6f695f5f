#include <stdio.h>

#include "cmd/revision.h"
#include "cmd/standing.h"
#include "cmd/ui/colour.h"
#include "cmd/ui/json.h"
#include "cmd/ui/message.h"
#include "core/base/text.h"

static void
print_half_way(const DmigStanding *self)
{
  const DmigInterrupted *interrupted = self->log->interrupted;
  const char *from = interrupted->from != NULL ? interrupted->from : "nothing";
  const char *to = interrupted->to != NULL ? interrupted->to : "nothing";
  printf("%sis half way%s from %.7s to %.7s: step %u of %u %s.\n", dmig_colour(DMIG_COLOUR_RED),
         dmig_colour(DMIG_COLOUR_RESET), from, to, interrupted->step, interrupted->steps,
         self->log->held ? "runs just now" : "is not done");
  if (interrupted->problem != NULL)
    printf("  %s\n", interrupted->problem);
  if (self->log->held)
    dmig_message_aside("\"dmig status --detailed\" shows how far it is");
  else if (interrupted->down)
    dmig_message_aside("\"dmig revert\" goes on from there");
  else
    dmig_message_aside("\"dmig apply\" goes on from there, \"dmig revert\" takes it back");
}

void
dmig_standing_print(DmigContext *context, const DmigStanding *self)
{
  g_autofree char *behind = dmig_text_count(self->behind, "revision", "revisions");
  g_autofree char *ahead = dmig_text_count(self->ahead, "revision", "revisions");
  g_autofree char *at = dmig_revision_title(context, self->revision);
  if (self->kind != DMIG_STANDING_NO_TARGET)
    printf("\nTarget %s%s%s ", dmig_colour(DMIG_COLOUR_BOLD), self->name,
           dmig_colour(DMIG_COLOUR_RESET));

  switch (self->kind) {
  case DMIG_STANDING_NO_TARGET:
    printf("\nNo target yet.\n");
    dmig_message_aside("\"dmig target add dev sqlite:dev.db\" names a database");
    break;
  case DMIG_STANDING_MISSING:
    printf("is not there yet.\n");
    dmig_message_aside("\"dmig apply\" makes it where it can");
    break;
  case DMIG_STANDING_UNREACHABLE:
    printf("%scannot be read%s:\n  %s\n", dmig_colour(DMIG_COLOUR_RED),
           dmig_colour(DMIG_COLOUR_RESET), self->problem);
    break;
  case DMIG_STANDING_HALF_WAY:
    print_half_way(self);
    break;
  case DMIG_STANDING_UNKNOWN:
    printf("%shas drifted%s:\n  %s\n", dmig_colour(DMIG_COLOUR_RED), dmig_colour(DMIG_COLOUR_RESET),
           self->problem);
    break;
  case DMIG_STANDING_EMPTY:
    printf("has nothing applied, %s behind HEAD.\n", behind);
    if (self->behind > 0)
      dmig_message_aside("\"dmig plan\" shows what would run, \"dmig apply\" runs it");
    break;
  case DMIG_STANDING_SAME:
    printf("is at HEAD%s%s.\n", self->since != NULL ? ", applied " : "",
           self->since != NULL ? self->since : "");
    break;
  case DMIG_STANDING_BEHIND:
    printf("is at %s, %s behind HEAD.\n", at, behind);
    dmig_message_aside("\"dmig plan\" shows what would run, \"dmig apply\" runs it");
    break;
  case DMIG_STANDING_AHEAD:
    printf("is at %s, %s ahead of HEAD.\n", at, ahead);
    dmig_message_aside("\"dmig revert HEAD\" takes it back there");
    break;
  case DMIG_STANDING_DIVERGED:
    printf("is at %s, on another branch: %s to take back, %s to apply.\n", at, ahead, behind);
    dmig_message_aside("\"dmig plan\" shows the way");
    break;
  }
}

static json_t *
interrupted_to_json(const DmigInterrupted *interrupted)
{
  json_t *object = json_object();
  dmig_json_set(object, "from", interrupted->from);
  dmig_json_set(object, "to", interrupted->to);
  dmig_json_set(object, "direction", interrupted->down ? "downgrade" : "upgrade");
  dmig_json_set(object, "title", interrupted->title);
  dmig_json_set(object, "problem", interrupted->problem);
  json_object_set_new(object, "step", json_integer(interrupted->step));
  json_object_set_new(object, "steps", json_integer(interrupted->steps));
  return object;
}

json_t *
dmig_standing_to_json(const DmigStanding *self)
{
  if (self->kind == DMIG_STANDING_NO_TARGET)
    return json_null();
  json_t *object = json_object();
  dmig_json_set(object, "name", self->name);
  dmig_json_set(object, "state", dmig_standing_word(self->kind));
  dmig_json_set(object, "revision", self->revision != NULL ? self->revision->id : NULL);
  dmig_json_set(object, "problem", self->problem);
  json_object_set_new(object, "behind", json_integer(self->behind));
  json_object_set_new(object, "ahead", json_integer(self->ahead));
  json_object_set_new(object, "interrupted",
                      self->kind == DMIG_STANDING_HALF_WAY
                          ? interrupted_to_json(self->log->interrupted)
                          : json_null());
  if (self->log != NULL) {
    g_autoptr(json_t) log = dmig_run_log_to_json(self->log);
    json_object_update(object, log);
  }
  return object;
}
