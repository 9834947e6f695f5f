#include "core/base/fault.h"

gboolean (*dmig_fault_hook)(const char *where, GError **error);
