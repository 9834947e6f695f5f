#include "cmd/signals.h"

#include <errno.h>
#include <signal.h>

/* A handler is given nothing but the signal's number. */
static DmigDatabase *volatile watched;
static volatile sig_atomic_t caught;

static struct sigaction before_interrupt, before_terminate;

static void
handle(int number)
{
  int saved = errno;
  if (caught != 0) {
    signal(number, SIG_DFL);
    raise(number);
  }
  caught = number;
  if (watched != NULL)
    dmig_database_cancel(watched);
  errno = saved;
}

void
dmig_signals_watch(DmigDatabase *db)
{
  struct sigaction action = { .sa_handler = handle, .sa_flags = SA_RESTART };
  sigemptyset(&action.sa_mask);
  caught = 0;
  watched = db;
  sigaction(SIGINT, &action, &before_interrupt);
  sigaction(SIGTERM, &action, &before_terminate);
}

int
dmig_signals_unwatch(void)
{
  sigaction(SIGINT, &before_interrupt, NULL);
  sigaction(SIGTERM, &before_terminate, NULL);
  watched = NULL;
  return caught;
}
