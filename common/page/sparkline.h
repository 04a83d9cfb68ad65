/* A curve in one line of text, for terminals and mail: eight heights of a bar. */
#ifndef PAGE_SPARKLINE_H
#define PAGE_SPARKLINE_H

#include "core/memory.h"

/* At most width characters, each the mean of the points that fall into its part of x; a blank where
 * there is none. All points of equal height are drawn half high. */
void sparkline_add(struct buffer *out, const double *x, const double *y, size_t count,
                   size_t width);

#endif
