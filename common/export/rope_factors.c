#include "export/rope_factors.h"

#include <math.h>

/* A number divided by one is the reciprocal of that times it: rounded twice. */
static float factor_of(const struct rope *rope, float frequency)
{
    const float turn = (float)6.283185307179586476925286766559;
    const float length = 1.0F / frequency * turn;
    float share;

    if (length < (float)(rope->original / rope->high)) return 1;
    if (length > (float)(rope->original / rope->low)) return (float)rope->factor;
    share = 1.0F / length * (float)rope->original - (float)rope->low;
    share /= (float)(rope->high - rope->low);
    return 1.0F / ((1.0F - share) / (float)rope->factor + share);
}

void rope_factors(const struct config *config, float *out)
{
    for (uint32_t j = 0; j < config->head_dim / 2; j++) {
        const float power = (float)pow((double)(float)config->rope.base,
                                       (double)((float)(2 * j) / (float)config->head_dim));

        out[j] = factor_of(&config->rope, 1.0F / power);
    }
}
