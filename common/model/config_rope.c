#include "model/config_rope.h"

#include "tensor/floats.h"
#include "tensor/tensor.h"

#include <math.h>

static const double turn = 6.283185307179586476925286766559;

static double llama3(const struct rope *rope, double frequency)
{
    const double turns = rope->original * frequency / turn; /* in the original length */
    const double share = (turns - rope->low) / (rope->high - rope->low);

    if (turns > rope->high) return frequency;
    if (turns < rope->low) return frequency / rope->factor;
    return (1 - share) * frequency / rope->factor + share * frequency;
}

/* The number j, not a whole one, of the frequency that turns so often in the original length. */
static double number_of(const struct config *config, double turns)
{
    return config->head_dim * log(config->rope.original / (turns * turn)) /
           (2 * log(config->rope.base));
}

static double yarn(const struct config *config, double frequency, double j)
{
    const double low = fmax(floor(number_of(config, config->rope.fast)), 0);
    const double top = fmin(ceil(number_of(config, config->rope.slow)), config->head_dim - 1.0);
    const double high = top > low || top < low ? top : top + 0.001;
    const double share = fmin(fmax((j - low) / (high - low), 0), 1);

    return frequency / config->rope.factor * share + frequency * (1 - share);
}

static double scaled(const struct config *config, double frequency, uint32_t j)
{
    const struct rope *rope = &config->rope;

    switch (rope->kind) {
    case ROPE_LINEAR: return frequency / rope->factor;
    case ROPE_LLAMA3: return llama3(rope, frequency);
    case ROPE_YARN: return yarn(config, frequency, j);
    case ROPE_DIVIDED:
        return frequency / (double)float_of_bits(load_u32(rope->divisors->at + (size_t)4 * j));
    case ROPE_PLAIN:
    case ROPE_DYNAMIC: break;
    }
    return frequency;
}

void config_frequencies(const struct config *config, float *out, float *amplitude)
{
    for (uint32_t j = 0; j < config->head_dim / 2; j++) {
        const double frequency = pow(config->rope.base, -2.0 * j / config->head_dim);

        out[j] = (float)scaled(config, frequency, j);
    }
    *amplitude = config->rope.kind == ROPE_YARN ? (float)config->rope.amplitude : 1;
}

size_t config_longest(const struct config *config, bool beyond)
{
    return beyond && config->rope.kind != ROPE_DYNAMIC ? SIZE_MAX : config->positions;
}

const char *config_longest_why(const struct config *config)
{
    return config->rope.kind == ROPE_DYNAMIC ? ": its dynamic rotary positions go no farther" : "";
}
