/* Source: OASIS, Static Analysis Results Interchange Format (SARIF) 2.1.0; GitHub, "Workflow commands
 * for GitHub Actions". */
#include "cmd/plan_report.h"

#include <stdio.h>
#include <string.h>

#include "cmd/ui/json.h"
#include "core/base/text.h"

#define SARIF_SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

static json_t *
text_object(const char *text)
{
  return json_pack("{s:o}", "text", dmig_json_string(text));
}

static json_t *
sarif_rule(DmigContext *context, const DmigHazardRule *rule)
{
  json_t *object = json_object();
  g_autofree char *whole = g_strdup_printf("%s %s", rule->what, rule->why);
  const char *level = dmig_hazard_severity_name(dmig_hazard_severity(context, rule));
  dmig_json_set(object, "id", rule->name);
  json_object_set_new(object, "shortDescription", text_object(rule->what));
  json_object_set_new(object, "fullDescription", text_object(whole));
  json_object_set_new(object, "help", text_object(rule->advice));
  json_object_set_new(object, "defaultConfiguration", json_pack("{s:s}", "level", level));
  return object;
}

static json_t *
sarif_rules(DmigContext *context)
{
  guint n = 0;
  const DmigHazardRule *rules = dmig_hazard_rules(&n);
  json_t *array = json_array();
  for (guint i = 0; i < n; i++)
    json_array_append_new(array, sarif_rule(context, &rules[i]));
  return array;
}

static json_t *
sarif_location(const DmigPlace *place, const DmigStep *step)
{
  json_t *location = json_object();
  if (place->file != NULL) {
    g_autofree char *uri = g_uri_escape_string(place->file, "/", FALSE);
    json_object_set_new(location, "physicalLocation",
                        json_pack("{s:{s:s,s:s},s:{s:i,s:i}}", "artifactLocation", "uri", uri,
                                  "uriBaseId", "%SRCROOT%", "region", "startLine",
                                  (int) place->line, "startColumn", (int) place->column));
  }
  if (*step->object != '\0')
    json_object_set_new(location, "logicalLocations",
                        json_pack("[{s:o}]", "fullyQualifiedName",
                                  dmig_json_string(step->object)));
  return location;
}

/* The same for the same hazard, wherever its line moves; `seen` counts those that are alike. */
static char *
fingerprint(const DmigLeg *leg, const DmigHazard *hazard, GHashTable *seen)
{
  const DmigStep *step = leg->plan->steps->pdata[hazard->step];
  const char *id = dmig_chain_revision(leg->migration);
  g_autofree char *key
      = g_strjoin("\n", hazard->rule->name, leg->dialect->name, id != NULL ? id : "working",
                  leg->migration->down ? "down" : "up", step->object, hazard->message, NULL);
  guint n = GPOINTER_TO_UINT(g_hash_table_lookup(seen, key));
  g_autofree char *numbered = g_strdup_printf("%s\n%u", key, n);
  g_hash_table_insert(seen, g_steal_pointer(&key), GUINT_TO_POINTER(n + 1));
  return dmig_text_sha256(numbered, -1);
}

static int
rule_index(const DmigHazardRule *rule)
{
  guint n = 0;
  return (int) (rule - dmig_hazard_rules(&n));
}

static json_t *
sarif_result(DmigContext *context, const DmigWay *way, const DmigLeg *leg,
             const DmigHazard *hazard, GHashTable *seen)
{
  const DmigStep *step = leg->plan->steps->pdata[hazard->step];
  g_auto(DmigPlace) place = dmig_place_of_step(context, way, leg, step);
  g_autofree char *print = fingerprint(leg, hazard, seen);
  g_autofree char *text
      = g_strdup_printf("%s (%s, step %u of %s). %s", hazard->message, leg->dialect->title,
                        hazard->step + 1, leg->migration->file, hazard->rule->advice);
  json_t *result = json_object();
  dmig_json_set(result, "ruleId", hazard->rule->name);
  json_object_set_new(result, "ruleIndex", json_integer(rule_index(hazard->rule)));
  dmig_json_set(result, "level",
                dmig_hazard_severity_name(dmig_hazard_severity(context, hazard->rule)));
  json_object_set_new(result, "message", text_object(text));
  json_object_set_new(result, "locations", json_pack("[o]", sarif_location(&place, step)));
  json_object_set_new(result, "partialFingerprints",
                      json_pack("{s:s}", "dmigHazard/v1", print));
  if (hazard->allowed != NULL)
    json_object_set_new(result, "suppressions",
                        json_pack("[{s:s,s:o}]", "kind", "inSource", "justification",
                                  dmig_json_string(hazard->allowed)));
  return result;
}

void
dmig_plan_print_sarif(DmigContext *context, const DmigWay *way, DmigHazardSeverity least)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  json_t *results = json_array();
  for (guint i = 0; i < way->legs->len; i++) {
    const DmigLeg *leg = way->legs->pdata[i];
    for (guint k = 0; k < leg->hazards->len; k++) {
      const DmigHazard *hazard = leg->hazards->pdata[k];
      if (dmig_hazard_severity(context, hazard->rule) >= least)
        json_array_append_new(results, sarif_result(context, way, leg, hazard, seen));
    }
  }
  json_t *driver = json_pack("{s:s,s:s,s:o}", "name", "dmig", "version", DMIG_VERSION, "rules",
                             sarif_rules(context));
  g_autoptr(json_t) document
      = json_pack("{s:s,s:s,s:[{s:{s:o},s:s,s:o}]}", "$schema", SARIF_SCHEMA, "version", "2.1.0",
                  "runs", "tool", "driver", driver, "columnKind", "unicodeCodePoints", "results",
                  results);
  dmig_json_print(document);
}

/* --- GitHub -------------------------------------------------------------------------------- */

/* `property`: what stands before the message must not hold what ends it there. */
static char *
escape(const char *text, gboolean property)
{
  GString *out = g_string_new(NULL);
  for (const char *p = text; *p != '\0'; p++) {
    gboolean must = *p == '%' || *p == '\r' || *p == '\n' || (property && (*p == ':' || *p == ','));
    if (must)
      g_string_append_printf(out, "%%%02X", (guint) (guchar) *p);
    else
      g_string_append_c(out, *p);
  }
  return g_string_free(out, FALSE);
}

static const char *
command_for(DmigHazardSeverity severity)
{
  static const char *const commands[] = { "notice", "warning", "error" };
  return commands[severity];
}

static void
print_annotation(DmigContext *context, const DmigWay *way, const DmigLeg *leg,
                 const DmigHazard *hazard)
{
  const DmigStep *step = leg->plan->steps->pdata[hazard->step];
  g_auto(DmigPlace) place = dmig_place_of_step(context, way, leg, step);
  g_autofree char *text
      = g_strdup_printf("%s (%s, %.*s)\n%s", hazard->message, leg->dialect->title,
                        (int) strcspn(step->title, ":"), step->title, hazard->rule->advice);
  g_autofree char *message = escape(text, FALSE);
  g_autofree char *title = escape(hazard->rule->name, TRUE);
  printf("::%s ", command_for(dmig_hazard_severity(context, hazard->rule)));
  if (place.file != NULL) {
    g_autofree char *file = escape(place.file, TRUE);
    printf("file=%s,line=%u,col=%u,", file, place.line, place.column);
  }
  printf("title=%s::%s\n", title, message);
}

void
dmig_plan_print_github(DmigContext *context, const DmigWay *way, DmigHazardSeverity least)
{
  for (guint i = 0; i < way->legs->len; i++) {
    const DmigLeg *leg = way->legs->pdata[i];
    for (guint k = 0; k < leg->hazards->len; k++) {
      const DmigHazard *hazard = leg->hazards->pdata[k];
      if (hazard->allowed == NULL && dmig_hazard_severity(context, hazard->rule) >= least)
        print_annotation(context, way, leg, hazard);
    }
  }
}
