/* A calendar for one conversation, in memory alone. What it is told is a line:
 *
 *     create: TITLE; WHEN[; LENGTH]     also remind, book, block
 *     invite: PERSON; TITLE[; DAY]      cancel: TITLE; DAY
 *     move: TITLE; DAY -> WHEN          clear: DAY
 *     list: DAY    free: WHEN[; LENGTH]     find: TEXT[; DAY]
 *
 * WHEN is a day, then perhaps a time: '2027-07-21 10:00', 'tomorrow', 'Friday 17:15', 'every Monday
 * 9:00'. LENGTH is '90 min' or '2 h'. */
#ifndef CHAT_CALENDAR_H
#define CHAT_CALENDAR_H

#include "core/err.h"
#include "core/memory.h"

#include <time.h>

struct calendar_entry;

struct calendar {
    const struct tm *today; /* borrowed */
    struct calendar_entry *entries;
    size_t count, room;
};

/* Does what the line says, and appends what came of it in words. */
bool calendar_run(struct calendar *calendar, struct text line, struct buffer *out, struct err *err);

void calendar_release(struct calendar *calendar);

#endif
