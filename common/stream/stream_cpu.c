#include "stream/stream_cpu.h"

extern const struct stream_cpu stream_plain, stream_avx2, stream_avx512;

/* The best comes first. */
static const struct stream_cpu *const kinds[] = {
#if defined(__x86_64__)
    &stream_avx512,
    &stream_avx2,
#endif
    &stream_plain,
};

const struct stream_cpu *stream_cpu(void)
{
    const size_t last = sizeof kinds / sizeof kinds[0] - 1;
    size_t index = 0;

    while (index < last && kinds[index]->needs > cpu_level()) index++;
    return kinds[index];
}

enum {
    PIECE = 32 << 10, /* least bytes of a piece of work */
    PIECES = 8        /* for each thread, where there are enough bytes */
};

size_t stream_rows(const struct matrix *w, size_t unit, size_t bytes)
{
    const size_t block = unit * (size_t)(w->stride ? w->stride : (w->cols + 1) / 2 + 1);

    return (bytes + block - 1) / block * unit;
}

size_t stream_share(const struct matrix *w, size_t unit, size_t threads)
{
    const size_t least = stream_rows(w, unit, PIECE), even = (size_t)w->rows / (threads * PIECES);

    return even > least ? even / unit * unit : least;
}
