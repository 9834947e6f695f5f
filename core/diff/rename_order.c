#include "core/diff/rename_order.h"

#include "core/diff/rename.h"

/* One rename after the other, so that none meets a name that is still taken. `taken` holds the
 * names as they are now; databases may fold case, so names that differ in case alone collide. */
typedef struct {
  const DmigDialect *dialect;
  GPtrArray *taken;   /* char* */
  GPtrArray *pending; /* DmigNamePair*, owned copies */
  GPtrArray *ordered; /* DmigNamePair* */
} RenameOrder;

static int
find_folded(GPtrArray *names, const char *name)
{
  for (guint i = 0; i < names->len; i++)
    if (g_ascii_strcasecmp(names->pdata[i], name) == 0)
      return (int) i;
  return -1;
}

static int
find_exact(GPtrArray *names, const char *name)
{
  for (guint i = 0; i < names->len; i++)
    if (g_str_equal(names->pdata[i], name))
      return (int) i;
  return -1;
}

static void
emit(RenameOrder *order, const char *from, const char *to)
{
  int at = find_exact(order->taken, from);

  g_ptr_array_add(order->ordered, dmig_name_pair_new(from, to));
  if (at >= 0) {
    g_free(order->taken->pdata[at]);
    order->taken->pdata[at] = g_strdup(to);
  }
}

/* Moves what is called like `name` out of the way; a pending rename of it goes on from there. */
static void
set_aside(RenameOrder *order, const char *name)
{
  g_autofree char *blocker = g_strdup(order->taken->pdata[find_folded(order->taken, name)]);
  g_autofree char *aside = dmig_rename_aside(blocker, order->dialect);

  emit(order, blocker, aside);
  for (guint i = 0; i < order->pending->len; i++) {
    DmigNamePair *pair = order->pending->pdata[i];
    if (g_str_equal(pair->from, blocker)) {
      g_free(pair->from);
      pair->from = g_strdup(aside);
    }
  }
}

/* Into another schema and under another name takes two steps: by way of its own schema where the other
 * has something under the old name, or by way of a name that nobody has. */
static void
emit_by_way(RenameOrder *order, const char *from, const char *to)
{
  g_autofree char *there = dmig_path_sibling(to, dmig_path_name(from));
  g_autofree char *here = dmig_path_sibling(from, dmig_path_name(to));
  gboolean moves = !g_str_equal(there, from) && !g_str_equal(there, to);

  if (!moves || find_folded(order->taken, there) < 0) {
    emit(order, from, to);
  } else if (find_folded(order->taken, here) < 0) {
    emit(order, from, here);
    emit(order, here, to);
  } else {
    g_autofree char *aside = dmig_rename_aside(from, order->dialect);
    emit(order, from, aside);
    emit(order, aside, to);
  }
}

/* The pairs that name something there is and change it, each name once. */
static GPtrArray *
effective_pairs(GPtrArray *names, GPtrArray *pairs)
{
  GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify) dmig_name_pair_free);
  g_autoptr(GHashTable) sources = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GHashTable) destinations = g_hash_table_new(g_str_hash, g_str_equal);

  for (guint i = 0; i < pairs->len; i++) {
    const DmigNamePair *pair = pairs->pdata[i];
    if (g_str_equal(pair->from, pair->to) || find_exact(names, pair->from) < 0)
      continue;
    if (!g_hash_table_add(sources, pair->from) || !g_hash_table_add(destinations, pair->to))
      continue;
    g_ptr_array_add(out, dmig_name_pair_new(pair->from, pair->to));
  }
  return out;
}

GPtrArray *
dmig_renames_order(const DmigDialect *dialect, GPtrArray *taken, GPtrArray *pairs)
{
  g_autoptr(GPtrArray) pending = effective_pairs(taken, pairs);
  RenameOrder order = { dialect, taken, pending,
                        g_ptr_array_new_with_free_func((GDestroyNotify) dmig_name_pair_free) };

  while (pending->len > 0) {
    gboolean moved = FALSE;
    for (guint i = 0; i < pending->len; i++) {
      DmigNamePair *pair = pending->pdata[i];
      if (find_folded(taken, pair->to) >= 0)
        continue;
      emit_by_way(&order, pair->from, pair->to);
      g_ptr_array_remove_index(pending, i);
      moved = TRUE;
      break;
    }
    if (!moved)
      set_aside(&order, ((DmigNamePair *) pending->pdata[0])->to);
  }
  return order.ordered;
}
