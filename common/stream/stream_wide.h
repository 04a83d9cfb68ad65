/* The loops of stream_product for vectors of any width. The file that includes this defines V, a
 * vector of LANES floats, and v_load, v_store and v_fma. */
#ifndef STREAM_STREAM_WIDE_H
#define STREAM_STREAM_WIDE_H

#include "stream/stream_cpu.h"

#define ALWAYS static inline __attribute__((always_inline))

/* How a format comes apart: begin reads the scales of `block` elements in `bytes` bytes, then part
 * p makes `part` of them floats. */
struct scales {
    float scale[16]; /* Q4_K, Q5_K: eight, then the eight minima */
};

struct unpacking {
    size_t block, bytes, part;
    void (*begin)(const unsigned char *at, struct scales *scales);
    void (*part_of)(const unsigned char *at, const struct scales *scales, size_t p, V *w);
};

enum { PART_MOST = 128 / LANES };

ALWAYS void wide_unpack(struct unpacking layout, const unsigned char *at, size_t count, float *out,
                        ptrdiff_t ahead)
{
    for (; count > 0; count -= layout.block, at += layout.bytes) {
        struct scales scales;

        for (size_t line = 0; line < layout.bytes; line += 64)
            __builtin_prefetch(at + line + ahead, 0, 3);
        layout.begin(at, &scales);
        for (size_t p = 0; p < layout.block / layout.part; p++) {
            V w[PART_MOST];

            layout.part_of(at, &scales, p, w);
            for (size_t i = 0; i < layout.part / LANES; i++, out += LANES) v_store(out, w[i]);
        }
    }
}

ALWAYS void wide_quad(struct unpacking layout, const unsigned char *const *rows, size_t count,
                      const float *x, float *parts, ptrdiff_t ahead)
{
    V sums[STREAM_QUAD];

    for (size_t r = 0; r < STREAM_QUAD; r++) sums[r] = v_load(parts + r * LANES);
    for (size_t at = 0; count > 0; count -= layout.block, at += layout.bytes) {
        struct scales scales[STREAM_QUAD];

        for (size_t r = 0; r < STREAM_QUAD; r++) {
            for (size_t line = 0; line < layout.bytes; line += 64)
                __builtin_prefetch(rows[r] + at + line + ahead, 0, 3);
            layout.begin(rows[r] + at, &scales[r]);
        }
        for (size_t p = 0; p < layout.block / layout.part; p++, x += layout.part)
            for (size_t r = 0; r < STREAM_QUAD; r++) {
                V w[PART_MOST];

                layout.part_of(rows[r] + at, &scales[r], p, w);
                for (size_t i = 0; i < layout.part / LANES; i++)
                    sums[r] = v_fma(w[i], v_load(x + i * LANES), sums[r]);
            }
    }
    for (size_t r = 0; r < STREAM_QUAD; r++) v_store(parts + r * LANES, sums[r]);
}

#endif
