/* A block's scales, or its minima, none of them negative, as codes up to top times one scale: with
 * the importance of each. */
#ifndef PACK_WEIGHTED_SCALES_H
#define PACK_WEIGHTED_SCALES_H

#include "pack/lane.h"

struct scales {
    const float *x, *w;
    size_t n;
    int top;
};

static inline int scales_code(const struct scales *of, size_t i, float inverse)
{
    const int code = nearest_of(inverse * of->x[i]);

    return code < of->top ? code : of->top;
}

static inline float scales_error(const struct scales *of, float inverse)
{
    const float scale = 1 / inverse;
    float error = 0;

    for (size_t i = 0; i < of->n; i++) {
        const float off = of->x[i] - scale * (float)scales_code(of, i, inverse);

        error += of->w[i] * off * off;
    }
    return error;
}

static inline float scales_inverse(const struct scales *of, float most)
{
    float inverse = (float)of->top / most, least = scales_error(of, inverse);

    for (int k = -4; k <= 4; k++) {
        const float other = (0.1F * (float)k + (float)of->top) / most;
        const float error = k ? scales_error(of, other) : least;

        if (error >= least) continue;
        least = error;
        inverse = other;
    }
    return inverse;
}

struct scales_sums {
    float lx, ll;
};

static inline bool scales_step(const struct scales *of, size_t i, uint8_t *code,
                               struct scales_sums *sums)
{
    const float x = of->x[i], w = of->w[i], old = (float)*code;
    float lx = sums->lx - w * x * old, ll = sums->ll - w * old * old, wanted;
    int other;

    if (!(lx > 0 && ll > 0)) return false;
    other = nearest_of(x * ll / lx);
    other = other < of->top ? other : of->top;
    if (other == *code) return false;
    wanted = (float)other;
    lx += w * x * wanted;
    ll += w * wanted * wanted;
    if (!(lx * lx * sums->ll > sums->lx * sums->lx * ll)) return false;
    *code = (uint8_t)other;
    *sums = (struct scales_sums){lx, ll};
    return true;
}

/* Returns the scale. */
static inline float scales_pack(const struct scales *of, uint8_t *codes)
{
    struct scales_sums sums = {0, 0};
    float most = 0, inverse;
    bool changed = true;

    for (size_t i = 0; i < of->n; i++) most = of->x[i] > most ? of->x[i] : most;
    memset(codes, 0, of->n);
    if (most < EPSILON) return 0;
    inverse = scales_inverse(of, most);
    for (size_t i = 0; i < of->n; i++) {
        codes[i] = (uint8_t)scales_code(of, i, inverse);
        sums.lx += of->w[i] * of->x[i] * (float)codes[i];
        sums.ll += of->w[i] * (float)codes[i] * (float)codes[i];
    }
    for (int sweep = 0; sweep < 5 && changed; sweep++) {
        changed = false;
        for (size_t i = 0; i < of->n; i++) changed |= scales_step(of, i, &codes[i], &sums);
    }
    return sums.ll > 0 ? sums.lx / sums.ll : 0;
}

#endif
