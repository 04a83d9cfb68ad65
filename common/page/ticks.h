/* Where an axis has its marks, and how numbers are written beside it. */
#ifndef PAGE_TICKS_H
#define PAGE_TICKS_H

#include "core/memory.h"

#include <stdbool.h>
#include <stddef.h>

#define TICKS_MOST ((size_t)12)

enum scale {
    SCALE_LINEAR,
    SCALE_LOG, /* of numbers above 0 */
    SCALE_DATE /* of seconds since 1970 */
};

struct ticks {
    enum scale scale;
    double low, high; /* the ends of the axis: low < high */
    double at[TICKS_MOST];
    size_t count;
    double step; /* between two of them, where they are even */
};

/* An axis from low to high with about wanted marks at round numbers. With wide its ends are round,
 * too. Finite numbers only; equal ends are moved apart. A log axis of numbers that are not above 0
 * becomes a linear one. */
void ticks_find(struct ticks *ticks, enum scale scale, double low, double high, size_t wanted,
                bool wide);

/* From 0 at the low end to 1 at the high one; may lie outside. */
double ticks_place(const struct ticks *ticks, double value);

/* The words beside a mark: as few digits as tell it from its neighbours. */
void ticks_label(const struct ticks *ticks, double value, struct buffer *out);

/* A number for people, of about four digits: '0.0123', '1,234', '5e-05'; '-' when it is none. */
void ticks_number(struct buffer *out, double value);

/* The day of seconds since 1970, in UTC: '2026-11-21'. */
void ticks_day(struct buffer *out, double seconds);

#endif
