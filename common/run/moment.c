#include "run/moment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define YEAR_10000 INT64_C(253402300800)

void moment_write(char text[MOMENT_TEXT], int64_t seconds)
{
    const time_t time = (time_t)seconds;
    struct tm parts = {0};

    gmtime_r(&time, &parts);
    strftime(text, MOMENT_TEXT, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

int64_t moment_now(void)
{
    return (int64_t)time(NULL);
}

bool moment_of_files(int64_t *seconds, struct err *err)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");

    *seconds = moment_now();
    if (!text || !*text) return true;
    errno = 0;
    if (strlen(text) == strspn(text, "0123456789")) *seconds = strtoll(text, NULL, 10);
    if (strlen(text) == strspn(text, "0123456789") && !errno && *seconds < YEAR_10000) return true;
    return err_set(err, "SOURCE_DATE_EPOCH is '%.80s', not a number of seconds", text);
}
