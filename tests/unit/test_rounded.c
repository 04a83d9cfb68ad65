/* Floats of 16 bits made from floats, and the loops that make them. */
#include "fold/rounded_table.h"

#include "check.h"
#include "fold/rounded.h"
#include "lanes/cpu.h"
#include "noise.h"
#include "tensor/floats.h"

TEST(halves_and_back)
{
    bool same = true;

    for (uint32_t half = 0; half < 0x10000; half++) {
        const bool nan = (half & 0x7fff) > 0x7c00;
        const uint16_t again = half_of_float(float_of_half((uint16_t)half));

        same = same && (nan ? (again & 0x7fff) > 0x7c00 : again == half);
    }
    CHECK(same);
}

/* Between each two neighbours: below, at and above their middle. */
TEST(halves_to_nearest_even)
{
    bool good = true;

    for (uint32_t half = 0; half < 0x7bff; half++) {
        const float low = float_of_half((uint16_t)half), high = float_of_half((uint16_t)(half + 1));
        const float middle = (low + high) / 2;

        good = good && half_of_float(nextafterf(middle, 0)) == half &&
               half_of_float(nextafterf(middle, high)) == half + 1 &&
               half_of_float(middle) == half + (half & 1) &&
               half_of_float(-middle) == (0x8000 | (half + (half & 1)));
    }
    CHECK(good);
}

TEST(halves_that_are_too_large)
{
    CHECK_INT(half_of_float(65504), 0x7bff);
    CHECK_INT(half_of_float(nextafterf(65520, 0)), 0x7bff);
    CHECK_INT(half_of_float(65520), 0x7c00);
    CHECK_INT(half_of_float(3e38F), 0x7c00);
    CHECK_INT(half_of_float(-INFINITY), 0xfc00);
    CHECK(half_of_float(NAN) > 0x7c00);
    CHECK_INT(half_of_float(1e-30F), 0);
    CHECK_INT(half_of_float(-0.0F), 0x8000);
}

enum { COUNT = 1003 };

static void compare(const struct rounded_format *a, const struct rounded_format *b)
{
    static float base[COUNT], value[COUNT], total[COUNT], runs[2][COUNT];
    static unsigned char outs[2][4 * COUNT + 1];
    struct rounded_counts counts[2];

    noise(base, COUNT, 1);
    noise(value, COUNT, 2);
    noise(total, COUNT, 3);
    for (size_t i = 0; i < COUNT; i += 7) total[i] = 0;
    for (size_t i = 3; i < COUNT; i += 5) value[i] = base[i];
    for (size_t i = 5; i < COUNT; i += 11) total[i] *= 1e-6F;
    memcpy(runs[0], value, sizeof value);
    memcpy(runs[1], value, sizeof value);
    a->run(runs[0], COUNT);
    b->run(runs[1], COUNT);
    CHECK(same_bits(runs[0], runs[1], sizeof runs[0]));
    CHECK_INT(a->pack(value, COUNT, outs[0] + 1), b->pack(value, COUNT, outs[1] + 1));
    CHECK(same_bits(outs[0], outs[1], sizeof outs[0]));
    counts[0] = a->told(base, value, total, COUNT, outs[0]);
    counts[1] = b->told(base, value, total, COUNT, outs[1]);
    CHECK(same_bits(&counts[0], &counts[1], sizeof counts[0]) && counts[0].lost > 0);
    CHECK(same_bits(outs[0], outs[1], sizeof outs[0]));
    counts[0] = a->sum(base, total, 0.3F, COUNT, outs[0]);
    counts[1] = b->sum(base, total, 0.3F, COUNT, outs[1]);
    CHECK(same_bits(&counts[0], &counts[1], sizeof counts[0]));
    CHECK(same_bits(outs[0], outs[1], sizeof outs[0]));
}

TEST(tables_agree)
{
#ifdef __x86_64__
    if (cpu_detected() < CPU_AVX2) {
        SKIP("this CPU has no AVX2");
        return;
    }
    for (int i = 0; i < ROUNDED_FORMATS; i++) compare(&rounded_plain[i], &rounded_avx2[i]);
#else
    for (int i = 0; i < ROUNDED_FORMATS; i++) compare(&rounded_plain[i], &rounded_plain[i]);
#endif
}

TEST(what_is_told)
{
    const float base[4] = {1, 1, 2, 1}, delta[4] = {0, 1e-4F, 1, 0.25F};
    struct fold_tally tally = {0};
    unsigned char out[8];

    rounded_pack_sum(DTYPE_BF16, &(struct rounded_sum){base, delta, 1, 4}, out, &tally);
    CHECK_INT(tally.weights, 4);
    CHECK_INT(tally.lost, 1); /* the first was not to change */
    CHECK_NEAR((double)tally.worst, 1e-4, 1e-7);
    CHECK(!tally.infinite);
    CHECK_INT(load_u16(out + 4), 0x4040);
    rounded_pack_sum(DTYPE_F16, &(struct rounded_sum){base, delta, 1e6F, 4}, out, &tally);
    CHECK(tally.infinite);
}

int main(void)
{
    RUN(halves_and_back);
    RUN(halves_to_nearest_even);
    RUN(halves_that_are_too_large);
    RUN(tables_agree);
    RUN(what_is_told);
    return check_end();
}
