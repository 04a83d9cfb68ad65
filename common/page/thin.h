/* Long curves made short: what is drawn of thousands of points in a picture of some hundred pixels
 * is the lowest and the highest of each column, and those two are kept. */
#ifndef PAGE_THIN_H
#define PAGE_THIN_H

#include <stddef.h>

/* Numbers of the points to be drawn, ascending, at most most of them (4 or more): the first and the
 * last point, and of each column the lowest and the highest one. A NaN in y is a gap; a column of
 * gaps keeps one. chosen has room for most. Returns how many there are. */
size_t thin_points(const double *x, const double *y, size_t count, size_t most, size_t *chosen);

#endif
