/* The lines of a file in tests/golden, one JSON object each. */
#ifndef TESTS_UNIT_GOLDEN_H
#define TESTS_UNIT_GOLDEN_H

#include "core/memory.h"
#include "records/scan.h"

/* False with a comment in the TAP. */
bool golden_read(const char *name, struct buffer *text);

/* The same for a file that xz packed; false without it. */
bool golden_unpack(const char *name, struct buffer *text);

/* Scans the line at *at and moves behind it; false at the end. */
bool golden_line(const char **at, const char *end, struct scan *scan);

/* A member as it is written, or decoded into its own buffer; 'at' is NULL when it is missing. */
struct text golden_span(const struct scan *scan, const char *name);
struct text golden_string(const struct scan *scan, const char *name, struct buffer *decoded);

#endif
