/* In plain C, by the formats' own unpacking: what all others are held against. */
#include "stream/stream_cpu.h"

#include "tensor/floats.h"

enum { LANES = 16 };

/* Kept apart from the scales of its rows. */
static void unpack_i8(const unsigned char *at, size_t count, float *out, ptrdiff_t ahead)
{
    (void)ahead;
    dtype_info(DTYPE_I8)->to_f32(at, out, count);
}

static void row(const unsigned char *w, size_t count, const float *x, float *restrict parts)
{
    float sums[LANES];

    memcpy(sums, parts, sizeof sums);
    for (; count > 0; count -= LANES, w += LANES * sizeof(float), x += LANES)
        for (size_t i = 0; i < LANES; i++) sums[i] += x[i] * float_of_bits(load_u32(w + 4 * i));
    memcpy(parts, sums, sizeof sums);
}

static void tile(const unsigned char *const *rows, size_t count, size_t M, const float *x,
                 size_t ldx, float *parts)
{
    for (size_t m = 0; m < M; m++)
        for (size_t r = 0; r < STREAM_ROWS; r++)
            row(rows[r], count, x + m * ldx, parts + (m * STREAM_ROWS + r) * LANES);
}

static void fold(const float *parts, size_t count, float *sums)
{
    for (size_t n = 0; n < count; n++, parts += LANES) {
        float left[LANES];

        memcpy(left, parts, sizeof left);
        for (size_t half = LANES / 2; half > 0; half /= 2)
            for (size_t i = 0; i < half; i++) left[i] += left[i + half];
        sums[n] = left[0];
    }
}

const struct stream_cpu stream_plain = {.name = "plain",
                                        .needs = CPU_PLAIN,
                                        .lanes = LANES,
                                        .forms = {[DTYPE_I8] = {.unpack = unpack_i8}},
                                        .tile = tile,
                                        .fold = fold};
