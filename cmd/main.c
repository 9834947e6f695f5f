#include "cmd/command.h"

int
main(void)
{
  return 0;
}
