/* Groups into a batch, and the weights of their elements. */
#ifndef PACK_BATCH_H
#define PACK_BATCH_H

#include "pack/lane.h"

/* So many groups of n elements, one after the other in x; the other lanes become 0. */
static inline void batch_lay(float (*to)[LANES], const float *x, size_t n, size_t groups)
{
    const size_t whole_fours = groups / 4 * 4;

    memset(to, 0, n * sizeof *to);
    for (size_t g = 0; g < whole_fours; g += 4)
        for (size_t i = 0; i < n; i += 4) turn(x + g * n + i, n, (float(*)[LANES])(to[i] + g));
    for (size_t g = whole_fours; g < groups; g++)
        for (size_t i = 0; i < n; i++) to[i][g] = x[g * n + i];
}

static inline void batch_load(struct batch *b, const float *x, size_t n, size_t groups)
{
    batch_lay(b->x, x, n, groups);
}

/* w = |x| */
static inline void weigh_sizes(struct batch *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < LANES; c += WIDTH) put(b->w[i] + c, size_of(take(b->x[i] + c)));
}

/* w = x^2 */
static inline void weigh_squares(struct batch *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < LANES; c += WIDTH) {
            const floats x = take(b->x[i] + c);

            put(b->w[i] + c, x * x);
        }
}

/* w = |x| + sqrt(mean x^2) */
static inline void weigh_means(struct batch *b, size_t n)
{
    for (size_t c = 0; c < LANES; c += WIDTH) {
        floats sum = {0};

        for (size_t i = 0; i < n; i++) sum += take(b->x[i] + c) * take(b->x[i] + c);
        sum = root(sum / (float)n);
        for (size_t i = 0; i < n; i++) put(b->w[i] + c, sum + size_of(take(b->x[i] + c)));
    }
}

static inline float sum_of_squares(const float *x, size_t n)
{
    float sum = 0;

    for (size_t i = 0; i < n; i++) sum += x[i] * x[i];
    return sum;
}

/* w = importance sqrt(variance + x^2), the variance being that of the lane. */
static inline void weigh_important(struct batch *b, const float *importance, size_t n,
                                   size_t groups, const float *variance)
{
    batch_lay(b->w, importance, n, groups);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < LANES; c += WIDTH) {
            const floats x = take(b->x[i] + c);

            put(b->w[i] + c, take(b->w[i] + c) * root(take(variance + c) + x * x));
        }
}

/* The sum of a lane's weights. */
static inline void batch_weights(const struct batch *b, size_t n, float *sums)
{
    for (size_t c = 0; c < LANES; c += WIDTH) {
        floats sum = {0};

        for (size_t i = 0; i < n; i++) sum += take(b->w[i] + c);
        put(sums + c, sum);
    }
}

/* Of one lane, as bytes. */
static inline void batch_codes(const struct batch *b, size_t lane, size_t n, uint8_t *codes)
{
    for (size_t i = 0; i < n; i++) codes[i] = (uint8_t)b->l[i][lane];
}

#endif
