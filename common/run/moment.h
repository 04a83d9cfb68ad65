/* Points in time as texts that sort as they follow one another: '2026-11-21T19:15:03Z'. */
#ifndef RUN_MOMENT_H
#define RUN_MOMENT_H

#include "core/err.h"

#include <stdint.h>

#define MOMENT_TEXT 21

/* Seconds since 1970, of the years 0 to 9999. */
void moment_write(char text[MOMENT_TEXT], int64_t seconds);

int64_t moment_now(void);

/* What files hold that must come out the same again: SOURCE_DATE_EPOCH where it is set, else now.
 * False where it is no number of seconds. */
bool moment_of_files(int64_t *seconds, struct err *err);

#endif
