/* What a tool says to people, on standard error: errors, warnings, notes and one summary.
 *
 *     dpo-filter: pairs.jsonl:12: 'chosen' is not a string
 *     dpo-filter: warning: nothing is left
 *     dpo-filter: read 468, kept 368, dropped 100 (min-consensus 100)
 *
 * With --json each of them is one JSON object a line; with --quiet only errors remain. Bytes that
 * would steer a terminal, or are not UTF-8, are shown as \xNN, so a hostile record cannot repaint
 * the screen; in JSON they are \u00NN and U+FFFD. */
#ifndef CORE_REPORT_H
#define CORE_REPORT_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPORT_LINE 2304

enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1, /* could not finish */
    EXIT_USAGE = 2,
    EXIT_GATE = 3,  /* a gate the user set was not met */
    EXIT_AGAIN = 75 /* a checkpoint is written or another run holds the lock: run me again */
};

void report_start(const char *name); /* the name every line begins with */
void report_style(bool quiet, bool json);

void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void die_of(const struct err *err) __attribute__((noreturn));
void die_usage(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* The same line, where the program goes on. */
void report_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The line that die would write, and its length: made beforehand for a handler of signals, which
 * may only write it. */
size_t report_last_words(char line[REPORT_LINE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void report_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void report_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The summary: open, add, close. Groups nest one deep and are left out when empty:
 * 'dropped 12 (no-special 2, min-gap 10)', or {"dropped":12,"dropped_by":{"no-special":2,...}}. */
void report_count(const char *name, uint64_t count);
void report_number(const char *name, double value, int decimals);
void report_figure(const char *name, double value, int digits); /* as %g; left out if not finite */

/* Begins a line whose counts are named by the data: 'words: a 1, b 2', or
 * {"name":"words","counts":{"a":1,"b":2}}, where no label can pass for a key of ours. */
void report_title(const char *name, const char *words);
void report_group(const char *name);
void report_group_end(void);
void report_line(void); /* ends a summary line and prints it */

/* A line of a table for people, without the program's name; nothing with --json, where each row is
 * an object instead. */
bool report_is_json(void);
void report_table(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line of progress that the next one takes the place of, and any other talk wipes away: on a
 * terminal alone, and neither with --json nor with --quiet. NULL wipes it. */
bool report_shows_progress(void);
void report_progress(const char *text);

#endif
