/* What those who write the history and those who read it know of its tables. */
#ifndef RUN_HISTORY_TABLES_H
#define RUN_HISTORY_TABLES_H

#include "core/err.h"

#define HISTORY_APPLICATION 0x64706f68 /* 'dpoh' */
#define HISTORY_VERSION 1

/* Of a database with these numbers, and so many tables: is it a history, or empty? */
bool history_is_ours(const char *path, int application, int version, int tables, struct err *err);

#endif
