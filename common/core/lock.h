/* One run at a time: the second program that asks for the same lock file is told to come again. */
#ifndef CORE_LOCK_H
#define CORE_LOCK_H

#include "core/err.h"

/* Returns 1 when this process holds the lock (until it ends), 0 when another one does, -1 with err
 * when the file cannot be used. The holder's host and process number stand in the file. */
int lock_take(const char *path, struct err *err);

#endif
