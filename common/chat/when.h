/* When something is: a day or each week's, a time of the day, and how long. */
#ifndef CHAT_WHEN_H
#define CHAT_WHEN_H

#include "core/err.h"
#include "core/memory.h"

#include <time.h>

struct when {
    int day;     /* since 1970-01-01; of one that comes each week the weekday, from Sunday = 0 */
    bool weekly; /* on that day of each week */
    int minute;  /* of the day; -1: all of it */
    int length;  /* minutes; 0: none is said */
};

/* Reads '2027-07-21 10:00', 'tomorrow', 'Friday 17:15', 'every Monday'. A weekday is the next one,
 * today among them. */
bool when_parse(struct when *when, struct text text, const struct tm *today, struct err *err);

/* '90 min', '2 h', '1.5 hours': minutes and hours, from 1 minute to a day. */
bool when_length(struct when *when, struct text text, struct err *err);

void when_write(const struct when *when, struct buffer *out);

/* Is it on a day of the other? Do they meet there? Where no length is said it is an hour. */
bool when_same_day(const struct when *a, const struct when *b);
bool when_meets(const struct when *a, const struct when *b);

#endif
