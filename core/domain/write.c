#include "core/domain/write.h"

#include <string.h>

#include "core/base/text.h"
#include "core/domain/write_parts.h"
#include "core/sql/path.h"

/* More entities of a schema than these stand in files of their own. */
#define MANY_ENTITIES 20
#define LONGEST_STEM 100

static void
writing_init(DmigWriting *self, const DmigDomain *domain)
{
  self->domain = domain;
  self->entities = g_hash_table_new(g_str_hash, g_str_equal);
  self->partitions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                           (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; i < domain->entities->len; i++) {
    DmigEntity *entity = domain->entities->pdata[i];
    g_hash_table_insert(self->entities, entity->name, entity);
    if (!entity->nested)
      continue;
    GPtrArray *partitions = g_hash_table_lookup(self->partitions, entity->partition_of);
    if (partitions == NULL) {
      partitions = g_ptr_array_new();
      g_hash_table_insert(self->partitions, entity->partition_of, partitions);
    }
    g_ptr_array_add(partitions, entity);
  }
}

static void
writing_clear(DmigWriting *self)
{
  g_hash_table_unref(self->entities);
  g_hash_table_unref(self->partitions);
}

/* What of the domain a file is about. */
typedef struct {
  const DmigWriting *writing;
  GString *out;
  gboolean whole;     /* what is said of the domain as a whole */
  gboolean all;       /* things of whatever schema … */
  const char *schema; /* … or of this one only; NULL: the default one */
  gboolean entities;  /* entities are in it */
} File;

static gboolean
is_of_file(const File *self, const char *schema)
{
  return self->all || g_strcmp0(schema, self->schema) == 0;
}

/* Sections: a key of the file, an empty line before it, and entries that are printed one by one, so
 * that the tree of a large domain is never there as a whole. */

static void
begin_section(File *self, const char *key, gboolean *begun)
{
  if (*begun)
    return;
  if (self->out->len > 0)
    dmig_write_blank_line(self->out);
  g_string_append_printf(self->out, "%s:\n", key);
  *begun = TRUE;
}

static void
add_entry(File *self, const char *section, gboolean *begun, gboolean airy, const char *name,
          DmigWriteNode *value)
{
  gboolean first = !*begun;
  begin_section(self, section, begun);
  if (airy && !first)
    dmig_write_blank_line(self->out);
  g_autoptr(DmigWriteNode) entry = dmig_write_node_map();
  dmig_write_node_set(entry, name, value);
  dmig_write_node_print(entry, 2, self->out);
}

static void
add_value(File *self, const char *key, DmigWriteNode *value)
{
  g_autoptr(DmigWriteNode) entry = dmig_write_node_map();
  if (dmig_write_node_set(entry, key, value) == NULL)
    return;
  dmig_write_node_print(entry, 0, self->out);
}

/* Names of objects, as the reader takes them apart. */

static void
append_name(GString *out, const char *name)
{
  if (strpbrk(name, ".\"") == NULL) {
    g_string_append(out, name);
    return;
  }
  g_auto(GStrv) pieces = g_strsplit(name, "\"", -1);
  g_autofree char *doubled = g_strjoinv("\"\"", pieces);
  g_string_append_printf(out, "\"%s\"", doubled);
}

static char *
object_name(const DmigDomainObject *object)
{
  if (object->kind == DMIG_OBJECT_KINDS || object->kind == DMIG_OBJECT_SETTING)
    return g_strdup(object->name);
  g_autofree char *schema = dmig_path_schema(object->name);
  GString *name = g_string_new(NULL);
  if (schema != NULL) {
    append_name(name, schema);
    g_string_append_c(name, '.');
  }
  append_name(name, dmig_path_name(object->name));
  return g_string_free(name, FALSE);
}

/* Objects. */

static gboolean
has_more(const DmigDomainObject *object)
{
  return object->attributes->len > 0 || object->grants->len > 0 || object->owner != NULL
         || object->description != NULL || object->dialects != NULL;
}

/* Schemas and extensions are a list of names where there is nothing to say of them. */
static void
add_top_objects(File *self, const char *section, DmigObjectKind kind)
{
  const GPtrArray *objects = self->writing->domain->objects;
  DmigWriteNode *list = dmig_write_node_list(), *map = dmig_write_node_map();
  gboolean more = FALSE;
  for (guint i = 0; i < objects->len; i++) {
    const DmigDomainObject *object = objects->pdata[i];
    if (object->kind != kind)
      continue;
    g_autofree char *name = object_name(object);
    more = more || has_more(object);
    dmig_write_node_append(list, dmig_write_node_text(name));
    dmig_write_node_set(map, name, dmig_write_object(object));
  }
  gboolean any = dmig_write_node_length(list) > 0;
  dmig_write_node_spread(map, FALSE);
  if (any)
    dmig_write_blank_line(self->out);
  if (any && more)
    add_value(self, section, g_steal_pointer(&map));
  else if (any)
    add_value(self, section, g_steal_pointer(&list));
  dmig_write_node_free(list);
  dmig_write_node_free(map);
}

static void
add_objects(File *self, const char *section, gboolean airy, DmigObjectKind first,
            DmigObjectKind last)
{
  const GPtrArray *objects = self->writing->domain->objects;
  gboolean begun = FALSE;
  for (guint i = 0; i < objects->len; i++) {
    const DmigDomainObject *object = objects->pdata[i];
    if (object->kind < first || object->kind > last)
      continue;
    g_autofree char *schema
        = object->kind < DMIG_OBJECT_SETTING ? dmig_path_schema(object->name) : NULL;
    if (!is_of_file(self, schema))
      continue;
    g_autofree char *name = object_name(object);
    add_entry(self, section, &begun, airy, name, dmig_write_object(object));
  }
}

/* Overloads stand behind each other; a list holds them. */
static void
add_functions(File *self)
{
  const GPtrArray *objects = self->writing->domain->objects;
  gboolean begun = FALSE;
  for (guint i = 0; i < objects->len;) {
    const DmigDomainObject *object = objects->pdata[i++];
    g_autofree char *schema = NULL;
    if (object->kind != DMIG_OBJECT_ROUTINE)
      continue;
    schema = dmig_path_schema(object->name);
    if (!is_of_file(self, schema))
      continue;
    DmigWriteNode *value = dmig_write_object(object);
    for (gboolean overloaded = FALSE; i < objects->len; i++, overloaded = TRUE) {
      const DmigDomainObject *next = objects->pdata[i];
      if (next->kind != DMIG_OBJECT_ROUTINE || strcmp(next->name, object->name) != 0)
        break;
      if (!overloaded) {
        DmigWriteNode *list = dmig_write_node_list();
        dmig_write_node_append(list, value);
        dmig_write_node_spread(list, FALSE);
        value = list;
      }
      dmig_write_node_append(value, dmig_write_object(next));
    }
    g_autofree char *name = object_name(object);
    add_entry(self, "functions", &begun, TRUE, name, value);
  }
}

static void
add_default_privileges(File *self)
{
  const GPtrArray *objects = self->writing->domain->objects;
  DmigWriteNode *list = dmig_write_node_list();
  for (guint i = 0; i < objects->len; i++) {
    const DmigDomainObject *object = objects->pdata[i];
    if (object->kind == DMIG_OBJECT_DEFAULT_PRIVILEGES)
      dmig_write_node_append(list, dmig_write_object(object));
  }
  if (dmig_write_node_length(list) == 0) {
    dmig_write_node_free(list);
    return;
  }
  dmig_write_node_spread(list, FALSE);
  dmig_write_blank_line(self->out);
  add_value(self, "default_privileges", list);
}

/* Entities, enums, views. */

static void
add_enums(File *self)
{
  const GPtrArray *enums = self->writing->domain->enums;
  gboolean begun = FALSE;
  for (guint i = 0; i < enums->len; i++) {
    const DmigDomainEnum *item = enums->pdata[i];
    if (is_of_file(self, item->schema))
      add_entry(self, "enums", &begun, FALSE, item->name, dmig_write_enum(item));
  }
}

static void
add_entities(File *self)
{
  const GPtrArray *entities = self->writing->domain->entities;
  gboolean begun = FALSE;
  for (guint i = 0; self->entities && i < entities->len; i++) {
    const DmigEntity *entity = entities->pdata[i];
    if (!entity->nested && is_of_file(self, entity->schema))
      add_entry(self, "entities", &begun, TRUE, entity->name,
                dmig_write_entity(self->writing, entity));
  }
}

static void
add_views(File *self)
{
  const GPtrArray *views = self->writing->domain->views;
  gboolean begun = FALSE;
  for (guint i = 0; i < views->len; i++) {
    const DmigDomainView *view = views->pdata[i];
    if (is_of_file(self, view->schema))
      add_entry(self, "views", &begun, TRUE, view->name, dmig_write_view(view));
  }
}

static void
add_head(File *self)
{
  const DmigDomain *domain = self->writing->domain;
  add_value(self, "domain", dmig_write_node_text(domain->name != NULL ? domain->name : "domain"));
  if (domain->description != NULL)
    add_value(self, "description", dmig_write_node_text(domain->description));
  if (domain->dialects[0] != NULL)
    add_value(self, "dialects", dmig_write_node_names(domain->dialects));
  add_top_objects(self, "schemas", DMIG_OBJECT_SCHEMA);
  add_top_objects(self, "extensions", DMIG_OBJECT_EXTENSION);
}

static void
write_file(File *self)
{
  if (self->whole)
    add_head(self);
  add_enums(self);
  add_objects(self, "types", FALSE, DMIG_OBJECT_DOMAIN, DMIG_OBJECT_RANGE_TYPE);
  add_objects(self, "sequences", FALSE, DMIG_OBJECT_SEQUENCE, DMIG_OBJECT_SEQUENCE);
  add_entities(self);
  add_views(self);
  add_functions(self);
  if (!self->whole)
    return;
  add_default_privileges(self);
  add_objects(self, "pragmas", FALSE, DMIG_OBJECT_SETTING, DMIG_OBJECT_SETTING);
  add_objects(self, "sql", TRUE, DMIG_OBJECT_KINDS, DMIG_OBJECT_KINDS);
}

char *
dmig_domain_write(const DmigDomain *domain)
{
  DmigWriting writing;
  writing_init(&writing, domain);
  File file = { .writing = &writing, .whole = TRUE, .all = TRUE, .entities = TRUE };
  file.out = g_string_new(NULL);
  write_file(&file);
  writing_clear(&writing);
  return g_string_free(file.out, FALSE);
}

/* Folders. */

void
dmig_written_file_free(DmigWrittenFile *self)
{
  if (self == NULL)
    return;
  g_free(self->path);
  g_free(self->text);
  g_free(self);
}

typedef struct {
  DmigWriting writing;
  GPtrArray *files;  /* DmigWrittenFile * */
  GHashTable *taken; /* paths in lower case */
} Folder;

/* What is safe in a path anywhere. */
static char *
path_stem(const char *name)
{
  char *stem = g_strndup(name, LONGEST_STEM);
  g_strcanon(stem, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '_');
  if (*stem == '\0') {
    g_free(stem);
    return g_strdup("_");
  }
  return stem;
}

static char *
take_path(Folder *self, const char *folder, const char *name)
{
  g_autofree char *stem = path_stem(name);
  for (guint n = 1;; n++) {
    g_autofree char *number = n > 1 ? g_strdup_printf("-%u", n) : g_strdup("");
    g_autofree char *path = g_strconcat(folder, stem, number, ".yaml", NULL);
    if (g_hash_table_add(self->taken, g_ascii_strdown(path, -1)))
      return g_steal_pointer(&path);
  }
}

static void
add_text(Folder *self, const char *path, char *text_owned)
{
  DmigWrittenFile *file = g_new0(DmigWrittenFile, 1);
  file->path = g_strdup(path);
  file->text = text_owned;
  g_ptr_array_add(self->files, file);
}

static void
add_file(Folder *self, const char *path, File *file)
{
  file->writing = &self->writing;
  file->out = g_string_new(NULL);
  write_file(file);
  gboolean empty = file->out->len == 0;
  char *text = g_string_free(file->out, empty);
  if (!empty)
    add_text(self, path, text);
}

static void
add_entity_file(Folder *self, const char *folder, const DmigEntity *entity)
{
  g_autofree char *path = take_path(self, folder, entity->name);
  File file = { .writing = &self->writing };
  file.out = g_string_new(NULL);
  gboolean begun = FALSE;
  add_entry(&file, "entities", &begun, FALSE, entity->name,
            dmig_write_entity(&self->writing, entity));
  add_text(self, path, g_string_free(file.out, FALSE));
}

/* The file of a schema, and those of its entities where there are many. */
static void
add_schema(Folder *self, const char *schema)
{
  const GPtrArray *entities = self->writing.domain->entities;
  g_autoptr(GPtrArray) own = g_ptr_array_new();
  for (guint i = 0; i < entities->len; i++) {
    DmigEntity *entity = entities->pdata[i];
    if (!entity->nested && g_strcmp0(entity->schema, schema) == 0)
      g_ptr_array_add(own, entity);
  }
  gboolean many = own->len > MANY_ENTITIES;
  g_autofree char *path = take_path(self, "", schema != NULL ? schema : "domain");
  File file = { .whole = schema == NULL, .schema = schema, .entities = !many };
  add_file(self, path, &file);
  if (!many)
    return;
  g_autofree char *stem = g_strndup(path, strlen(path) - strlen(".yaml"));
  g_autofree char *folder = g_strconcat(schema != NULL ? stem : "entities", "/", NULL);
  for (guint i = 0; i < own->len; i++)
    add_entity_file(self, folder, own->pdata[i]);
}

static void
take_schema(GHashTable *schemas, char *schema_owned)
{
  if (schema_owned != NULL)
    g_hash_table_add(schemas, schema_owned);
}

/* Of whatever stands in one. */
static GList *
list_schemas(const DmigDomain *domain, GHashTable *schemas)
{
  for (guint i = 0; i < domain->entities->len; i++)
    take_schema(schemas, g_strdup(((DmigEntity *) domain->entities->pdata[i])->schema));
  for (guint i = 0; i < domain->enums->len; i++)
    take_schema(schemas, g_strdup(((DmigDomainEnum *) domain->enums->pdata[i])->schema));
  for (guint i = 0; i < domain->views->len; i++)
    take_schema(schemas, g_strdup(((DmigDomainView *) domain->views->pdata[i])->schema));
  for (guint i = 0; i < domain->objects->len; i++) {
    const DmigDomainObject *object = domain->objects->pdata[i];
    if (object->kind < DMIG_OBJECT_DEFAULT_PRIVILEGES)
      take_schema(schemas, dmig_path_schema(object->name));
  }
  return g_list_sort(g_hash_table_get_keys(schemas), (GCompareFunc) strcmp);
}

static gint
compare_files(gconstpointer a, gconstpointer b)
{
  return strcmp((*(DmigWrittenFile *const *) a)->path, (*(DmigWrittenFile *const *) b)->path);
}

GPtrArray *
dmig_domain_write_folder(const DmigDomain *domain)
{
  Folder self = { .files = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_written_file_free) };
  g_autoptr(GHashTable) schemas = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  writing_init(&self.writing, domain);
  self.taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  add_schema(&self, NULL);
  /* A schema of this name must not meet the folder of the default one's entities. */
  g_hash_table_add(self.taken, g_strdup("entities.yaml"));
  g_autoptr(GList) names = list_schemas(domain, schemas);
  for (GList *l = names; l != NULL; l = l->next)
    add_schema(&self, l->data);
  g_ptr_array_sort(self.files, compare_files);
  g_hash_table_unref(self.taken);
  writing_clear(&self.writing);
  return self.files;
}
