/* libpq, which is loaded by the first connection: with it come OpenSSL, Kerberos and LDAP, more than
 * all the rest of dmig takes to start.
 *
 * A function of libpq that the driver uses stands in both lists. One that is missing in the second
 * does not link, one that is missing in the first does not compile. */
#pragma once

#include <libpq-fe.h>

#include "core/base/error.h"

/* clang-format off */
#define DMIG_LIBPQ_FUNCTIONS(X)                                                                    \
  X(backendPID)                                                                                    \
  X(cancel)                                                                                        \
  X(clear)                                                                                         \
  X(cmdStatus)                                                                                     \
  X(cmdTuples)                                                                                     \
  X(connectdbParams)                                                                               \
  X(connectionNeedsPassword)                                                                       \
  X(connectionUsedPassword)                                                                        \
  X(conninfo)                                                                                      \
  X(conninfoFree)                                                                                  \
  X(conninfoParse)                                                                                 \
  X(copyResult)                                                                                    \
  X(db)                                                                                            \
  X(errorMessage)                                                                                  \
  X(exec)                                                                                          \
  X(execParams)                                                                                    \
  X(finish)                                                                                        \
  X(freeCancel)                                                                                    \
  X(freemem)                                                                                       \
  X(getCancel)                                                                                     \
  X(getCopyData)                                                                                   \
  X(getlength)                                                                                     \
  X(getResult)                                                                                     \
  X(getisnull)                                                                                     \
  X(getvalue)                                                                                      \
  X(host)                                                                                          \
  X(hostaddr)                                                                                      \
  X(makeEmptyPGresult)                                                                             \
  X(nfields)                                                                                       \
  X(ntuples)                                                                                       \
  X(parameterStatus)                                                                               \
  X(port)                                                                                          \
  X(putCopyEnd)                                                                                    \
  X(resultErrorField)                                                                              \
  X(resultStatus)                                                                                  \
  X(sendQuery)                                                                                     \
  X(serverVersion)                                                                                 \
  X(setNoticeProcessor)                                                                            \
  X(setvalue)                                                                                      \
  X(status)                                                                                        \
  X(transactionStatus)
/* clang-format on */

typedef struct {
#define DMIG_LIBPQ_POINTER(name) __typeof__(PQ##name) *name;
  DMIG_LIBPQ_FUNCTIONS(DMIG_LIBPQ_POINTER)
#undef DMIG_LIBPQ_POINTER
} DmigLibpq;

extern DmigLibpq dmig_libpq;

/* To be called before anything else of libpq is; does nothing where it is loaded. DMIG_ERROR_FATAL. */
gboolean dmig_libpq_load(GError **error);

#define PQbackendPID dmig_libpq.backendPID
#define PQcancel dmig_libpq.cancel
#define PQclear dmig_libpq.clear
#define PQcmdStatus dmig_libpq.cmdStatus
#define PQcmdTuples dmig_libpq.cmdTuples
#define PQconnectdbParams dmig_libpq.connectdbParams
#define PQconnectionNeedsPassword dmig_libpq.connectionNeedsPassword
#define PQconnectionUsedPassword dmig_libpq.connectionUsedPassword
#define PQconninfo dmig_libpq.conninfo
#define PQconninfoFree dmig_libpq.conninfoFree
#define PQconninfoParse dmig_libpq.conninfoParse
#define PQcopyResult dmig_libpq.copyResult
#define PQdb dmig_libpq.db
#define PQerrorMessage dmig_libpq.errorMessage
#define PQexec dmig_libpq.exec
#define PQexecParams dmig_libpq.execParams
#define PQfinish dmig_libpq.finish
#define PQfreeCancel dmig_libpq.freeCancel
#define PQfreemem dmig_libpq.freemem
#define PQgetCancel dmig_libpq.getCancel
#define PQgetCopyData dmig_libpq.getCopyData
#define PQgetlength dmig_libpq.getlength
#define PQgetResult dmig_libpq.getResult
#define PQgetisnull dmig_libpq.getisnull
#define PQgetvalue dmig_libpq.getvalue
#define PQhost dmig_libpq.host
#define PQhostaddr dmig_libpq.hostaddr
#define PQmakeEmptyPGresult dmig_libpq.makeEmptyPGresult
#define PQnfields dmig_libpq.nfields
#define PQntuples dmig_libpq.ntuples
#define PQparameterStatus dmig_libpq.parameterStatus
#define PQport dmig_libpq.port
#define PQputCopyEnd dmig_libpq.putCopyEnd
#define PQresultErrorField dmig_libpq.resultErrorField
#define PQresultStatus dmig_libpq.resultStatus
#define PQsendQuery dmig_libpq.sendQuery
#define PQserverVersion dmig_libpq.serverVersion
#define PQsetNoticeProcessor dmig_libpq.setNoticeProcessor
#define PQsetvalue dmig_libpq.setvalue
#define PQstatus dmig_libpq.status
#define PQtransactionStatus dmig_libpq.transactionStatus
