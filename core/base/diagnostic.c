#include "core/base/diagnostic.h"

#include "core/base/error.h"
#include "core/base/text.h"

#define MAX_KEPT 1000

typedef struct {
  DmigDiagnostic public; /* first, so that a pointer to it is a pointer to this */
  guint file_order;
  guint sequence;
} Entry;

struct _DmigDiagnostics {
  GPtrArray *entries;      /* Entry* */
  GHashTable *file_orders; /* interned file name -> order of first mention + 1 */
  guint counts[2];         /* by severity, also those that were not kept */
  gboolean sorted;
};

static void
entry_free(gpointer data)
{
  Entry *self = data;
  g_free(self->public.message);
  g_free(self->public.hint);
  g_free(self);
}

DmigDiagnostics *
dmig_diagnostics_new(void)
{
  DmigDiagnostics *self = g_new0(DmigDiagnostics, 1);
  self->entries = g_ptr_array_new_with_free_func(entry_free);
  self->file_orders = g_hash_table_new(g_direct_hash, g_direct_equal);
  return self;
}

void
dmig_diagnostics_free(DmigDiagnostics *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref(self->entries);
  g_hash_table_unref(self->file_orders);
  g_free(self);
}

static guint
file_order(DmigDiagnostics *self, const char *file)
{
  guint order = GPOINTER_TO_UINT(g_hash_table_lookup(self->file_orders, file));
  if (order != 0)
    return order;
  order = g_hash_table_size(self->file_orders) + 1;
  g_hash_table_insert(self->file_orders, (gpointer) file, GUINT_TO_POINTER(order));
  return order;
}

void
dmig_diagnostics_add(DmigDiagnostics *self, DmigLocation at, DmigSeverity severity,
                     const char *rule, const char *hint, const char *format, ...)
{
  self->counts[severity]++;
  if (self->entries->len >= MAX_KEPT)
    return;
  Entry *entry = g_new0(Entry, 1);
  va_list arguments;
  va_start(arguments, format);
  entry->public.message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  entry->public.at = at;
  entry->public.at.file = g_intern_string(at.file);
  entry->public.severity = severity;
  entry->public.rule = g_intern_string(rule);
  entry->public.hint = g_strdup(hint);
  entry->file_order = file_order(self, entry->public.at.file);
  entry->sequence = self->entries->len;
  g_ptr_array_add(self->entries, entry);
  self->sorted = FALSE;
}

guint
dmig_diagnostics_count(const DmigDiagnostics *self, DmigSeverity severity)
{
  return self->counts[severity];
}

gboolean
dmig_diagnostics_have_errors(const DmigDiagnostics *self)
{
  return self->counts[DMIG_SEVERITY_ERROR] > 0;
}

static int
compare_numbers(guint a, guint b)
{
  return (a > b) - (a < b);
}

static int
compare_entries(gconstpointer a, gconstpointer b)
{
  const Entry *x = *(const Entry *const *) a, *y = *(const Entry *const *) b;
  int order = compare_numbers(x->file_order, y->file_order);
  if (order == 0)
    order = compare_numbers(x->public.at.line, y->public.at.line);
  if (order == 0)
    order = compare_numbers(x->public.at.column, y->public.at.column);
  if (order == 0)
    order = compare_numbers(x->sequence, y->sequence);
  return order;
}

static void
ensure_sorted(DmigDiagnostics *self)
{
  if (self->sorted)
    return;
  g_ptr_array_sort(self->entries, compare_entries);
  self->sorted = TRUE;
}

guint
dmig_diagnostics_length(DmigDiagnostics *self)
{
  ensure_sorted(self);
  return self->entries->len;
}

const DmigDiagnostic *
dmig_diagnostics_get(DmigDiagnostics *self, guint i)
{
  g_return_val_if_fail(i < self->entries->len, NULL);
  ensure_sorted(self);
  return g_ptr_array_index(self->entries, i);
}

char *
dmig_diagnostic_to_line(const DmigDiagnostic *self)
{
  g_autoptr(GString) line = g_string_new(NULL);
  if (self->at.file != NULL)
    g_string_append(line, self->at.file);
  if (self->at.file != NULL && self->at.line > 0)
    g_string_append_printf(line, ":%u", self->at.line);
  if (self->at.file != NULL && self->at.line > 0 && self->at.column > 0)
    g_string_append_printf(line, ":%u", self->at.column);
  if (self->at.file != NULL)
    g_string_append(line, ": ");
  g_string_append_printf(line, "%s: %s", self->rule, self->message);
  if (self->hint != NULL)
    g_string_append_printf(line, " (%s)", self->hint);
  return dmig_text_printable(line->str);
}
