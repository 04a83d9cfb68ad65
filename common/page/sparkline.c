#include "page/sparkline.h"

#include <math.h>

struct bin {
    double mean;
    size_t count;
};

/* Halved, so that no difference is too large for a double. */
static void add(struct bin *bin, double y)
{
    bin->count++;
    bin->mean += (y / 2 - bin->mean) / (double)bin->count;
}

static void fill(struct bin *bins, size_t width, const double *x, const double *y, size_t count)
{
    double span = x[count - 1] - x[0];

    for (size_t i = 0; i < count; i++) {
        double part = span > 0 ? (x[i] - x[0]) / span : (double)i / (double)count;
        size_t bin = part > 0 ? (size_t)(part * (double)width) : 0;

        if (!isfinite(y[i])) continue;
        add(&bins[bin < width ? bin : width - 1], y[i]);
    }
}

void sparkline_add(struct buffer *out, const double *x, const double *y, size_t count, size_t width)
{
    struct bin *bins;
    double low = INFINITY, high = -INFINITY;

    if (count == 0 || width == 0) return;
    if (width > count) width = count;
    bins = mem_zero(width, sizeof *bins);
    fill(bins, width, x, y, count);
    for (size_t i = 0; i < width; i++) {
        if (bins[i].count == 0) continue;
        if (bins[i].mean < low) low = bins[i].mean;
        if (bins[i].mean > high) high = bins[i].mean;
    }
    for (size_t i = 0; i < width; i++) {
        double part = high > low ? (bins[i].mean - low) / (high - low) : 0.5;
        const char bar[] = {'\xe2', '\x96', (char)('\x81' + (int)(part * 7.999)), '\0'};

        buffer_text(out, bins[i].count ? bar : " ");
    }
    mem_free(bins);
}
