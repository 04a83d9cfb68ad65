/* Frequencies of positions. The llama3 ratios are those that Llama 3.1 and 3.2 are published with;
 * the yarn values were computed by numpy from the formula in model/config_rope.h. */
#include "model/config_rope.h"

#include "check.h"
#include "tensor/floats.h"
#include "tensor/tensor.h"

static float out[64];
static float amplitude;

static struct config config_of(enum rope_kind kind, uint32_t dim, double base, double factor)
{
    return (struct config){
        .head_dim = dim,
        .rope = {.kind = kind, .base = base, .factor = factor, .amplitude = 1},
    };
}

/* By how much the frequency j is divided. */
static double divided(const struct config *config, uint32_t j)
{
    struct config plain = *config;
    float before[64];

    plain.rope.kind = ROPE_PLAIN;
    config_frequencies(&plain, before, &amplitude);
    config_frequencies(config, out, &amplitude);
    return (double)before[j] / (double)out[j];
}

TEST(plain)
{
    struct config config = config_of(ROPE_PLAIN, 8, 10000, 1);

    config_frequencies(&config, out, &amplitude);
    CHECK(out[0] == 1 && out[1] == 0.1F && out[2] == 0.01F && out[3] == 0.001F && amplitude == 1);
    config.rope.kind = ROPE_DYNAMIC;
    config.rope.factor = 4;
    config_frequencies(&config, out, &amplitude);
    CHECK(out[1] == 0.1F && amplitude == 1);
}

TEST(how_far)
{
    struct config config = {.positions = 48, .rope.kind = ROPE_YARN};

    CHECK(config_longest(&config, false) == 48 && config_longest(&config, true) == SIZE_MAX);
    CHECK_TEXT(config_longest_why(&config), "");
    config.rope.kind = ROPE_DYNAMIC;
    CHECK(config_longest(&config, false) == 48 && config_longest(&config, true) == 48);
    CHECK_TEXT(config_longest_why(&config), ": its dynamic rotary positions go no farther");
}

TEST(linear)
{
    struct config config = config_of(ROPE_LINEAR, 8, 10000, 4);

    config_frequencies(&config, out, &amplitude);
    CHECK(out[0] == 0.25F && out[3] == 0.00025F && amplitude == 1);
}

TEST(llama_3_2_1b)
{
    struct config config = config_of(ROPE_LLAMA3, 64, 5e5, 32);

    config.rope.low = 1;
    config.rope.high = 4;
    config.rope.original = 8192;
    for (uint32_t j = 0; j < 15; j++) CHECK_NEAR(divided(&config, j), 1, 0);
    CHECK_NEAR(divided(&config, 15), 1.6513, 5e-5);
    CHECK_NEAR(divided(&config, 16), 3.2923, 5e-5);
    CHECK_NEAR(divided(&config, 17), 9.6667, 5e-5);
    for (uint32_t j = 18; j < 32; j++) CHECK_NEAR(divided(&config, j), 32, 0);
    CHECK(amplitude == 1);
}

TEST(llama_3_1_8b)
{
    static const double want[] = {1.2075, 1.5534, 2.0263, 2.6945, 3.6843, 5.2573};
    struct config config = config_of(ROPE_LLAMA3, 128, 5e5, 8);

    config.rope.low = 1;
    config.rope.high = 4;
    config.rope.original = 8192;
    for (uint32_t j = 0; j <= 28; j++) CHECK_NEAR(divided(&config, j), 1, 0);
    for (uint32_t j = 29; j <= 34; j++) CHECK_NEAR(divided(&config, j), want[j - 29], 5e-5);
    for (uint32_t j = 35; j < 64; j++) CHECK_NEAR(divided(&config, j), 8, 0);
}

TEST(yarn)
{
    struct config config = config_of(ROPE_YARN, 128, 1e6, 4);

    config.rope.original = 32768;
    config.rope.fast = 32;
    config.rope.slow = 1;
    config.rope.amplitude = 1.138629436111989;
    CHECK_NEAR(divided(&config, 0), 1, 0);
    CHECK(amplitude == 1.138629436111989F);
    CHECK_NEAR(divided(&config, 23), 1, 1e-7);
    CHECK_NEAR(divided(&config, 24), 1.0461538461538462, 3e-7);
    CHECK_NEAR(divided(&config, 30), 1.4468085106382977, 3e-7);
    CHECK_NEAR(divided(&config, 39), 3.4, 5e-7);
    CHECK_NEAR(divided(&config, 40), 4, 0);
    CHECK_NEAR((double)out[30], 0.001064360981247002, 1e-10);
    CHECK_NEAR((double)out[63], 3.102344401879299e-07, 1e-14);
}

/* Where slow and fast turns fall on one number the ramp must not divide by zero. */
TEST(yarn_without_room)
{
    struct config config = config_of(ROPE_YARN, 2, 1e6, 4);

    config.rope.original = 1;
    config.rope.fast = 32;
    config.rope.slow = 1;
    config_frequencies(&config, out, &amplitude);
    CHECK(isfinite(out[0]) && out[0] > 0);
}

TEST(divisors)
{
    uint32_t bits[2] = {htole32(bits_of_float(1)), htole32(bits_of_float(8))};
    const struct tensor tensor = {.dtype = DTYPE_F32, .at = (const unsigned char *)bits};
    struct config config = config_of(ROPE_DIVIDED, 4, 10000, 1);

    config.rope.divisors = &tensor;
    config_frequencies(&config, out, &amplitude);
    CHECK(out[0] == 1 && out[1] == 0.00125F && amplitude == 1);
}

int main(void)
{
    RUN(plain);
    RUN(how_far);
    RUN(linear);
    RUN(llama_3_2_1b);
    RUN(llama_3_1_8b);
    RUN(yarn);
    RUN(yarn_without_room);
    RUN(divisors);
    return check_end();
}
