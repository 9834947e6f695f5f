#include "core/base/error.h"

G_DEFINE_QUARK(dmig-error, dmig_error)

int
dmig_error_exit_status(const GError *error)
{
  if (error == NULL)
    return 0;
  if (error->domain != DMIG_ERROR)
    return 128;
  switch ((DmigErrorCode) error->code) {
  case DMIG_ERROR_FAILED:
  case DMIG_ERROR_INVALID:
    return 1;
  case DMIG_ERROR_DATA_LOSS:
    return 3;
  case DMIG_ERROR_LOCKED:
    return 4;
  case DMIG_ERROR_DRIFT:
    return 5;
  case DMIG_ERROR_NOT_FOUND:
  case DMIG_ERROR_FATAL:
    return 128;
  case DMIG_ERROR_USAGE:
    return 129;
  }
  return 128;
}
