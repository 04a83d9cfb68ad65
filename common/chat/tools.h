/* The tools that an answer may call, and what they say: a calculator and a calendar. Both compute
 * in this program alone; nothing else is ever run.
 *
 * An answer that calls one has the form of judge/action. 'args' is a text, or an object with
 * 'expression' for the calculator, 'action' and 'details' for the calendar. */
#ifndef CHAT_TOOLS_H
#define CHAT_TOOLS_H

#include "chat/calendar.h"
#include "records/scan.h"

struct tools {
    bool calculator, calendar; /* which may be called */
    struct calendar entries;
    struct scan scan; /* scratch */
};

/* today is borrowed. */
void tools_init(struct tools *tools, const struct tm *today);

/* 'calculator,calendar', or 'off' for none. */
bool tools_choose(struct tools *tools, struct text list, struct err *err);
bool tools_any(const struct tools *tools);

/* Runs what the answer calls: appends what came of it, or why nothing did ('failed: ...'). False
 * when it calls nothing. */
bool tools_run(struct tools *tools, struct text answer, struct buffer *out);

void tools_release(struct tools *tools);

#endif
