#include "page/thin.h"

#include <math.h>

/* Which column a point stands in; points without order of their own are parted by their number. */
static size_t column_of(const double *x, size_t count, size_t i, size_t columns)
{
    double span = x[count - 1] - x[0], part;

    if (!(span > 0) || !isfinite(span)) return i * columns / count;
    part = (x[i] - x[0]) / span * (double)columns;
    if (!(part > 0)) return 0;
    return part < (double)columns ? (size_t)part : columns - 1;
}

/* Adds what stays of the points from begin to end. */
static size_t keep(const double *y, size_t begin, size_t end, size_t *chosen, size_t have)
{
    size_t low = end, high = end, gap = end, some[3], count = 0;

    for (size_t i = begin; i < end; i++) {
        if (isnan(y[i]))
            gap = i;
        else {
            if (low == end || y[i] < y[low]) low = i;
            if (high == end || y[i] >= y[high]) high = i;
        }
    }
    if (low != end) some[count++] = low < high ? low : high;
    if (low != high) some[count++] = low < high ? high : low;
    if (low == end && gap != end) some[count++] = gap;
    for (size_t i = 0; i < count; i++) chosen[have++] = some[i];
    return have;
}

size_t thin_points(const double *x, const double *y, size_t count, size_t most, size_t *chosen)
{
    size_t columns = (most - 2) / 2, have = 0, begin;

    if (count <= most) {
        for (size_t i = 0; i < count; i++) chosen[i] = i;
        return count;
    }
    chosen[have++] = 0;
    for (begin = 1; begin < count - 1;) {
        size_t column = column_of(x, count, begin, columns), end = begin + 1;

        while (end < count - 1 && column_of(x, count, end, columns) == column) end++;
        if (have + 3 > most) break;
        have = keep(y, begin, end, chosen, have);
        begin = end;
    }
    chosen[have++] = count - 1;
    return have;
}
