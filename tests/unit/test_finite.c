/* What is found is what unpacking would show. */
#include "tensor/finite.h"

#include "check.h"

static bool unpacks_finite(const struct dtype_info *info, const unsigned char *block)
{
    float out[256];
    bool good = true;

    info->to_f32(block, out, info->elements);
    for (size_t i = 0; i < info->elements; i++) good = good && isfinite(out[i]);
    return good;
}

/* One block of bytes by chance among zeros, at any place and any address. */
static void check_format(enum dtype dtype)
{
    const struct dtype_info *info = dtype_info(dtype);
    unsigned char bytes[1 + 9 * 256] = {0};
    unsigned state = 1, bad = 0, missed = 0, wrong = 0;

    for (unsigned turn = 0; turn < 4000; turn++) {
        unsigned char *block = bytes + 1 + turn % 9 * info->bytes;
        bool found, there;

        for (unsigned i = 0; i < info->bytes; i++) {
            state = state * 1664525 + 1013904223;
            block[i] = state >> 30 ? (unsigned char)(state >> 16) : 0xff;
        }
        there = !unpacks_finite(info, block);
        found = !finite_elements(dtype, bytes + 1, (size_t)9 * info->elements);
        bad += there;
        missed += there && !found;
        wrong += found && !there;
        memset(block, 0, info->bytes);
    }
    check_claim(bad > 0 && missed == 0 && (wrong == 0 || dtype == DTYPE_MXFP4), __FILE__, __LINE__,
                "%s: %u bad, %u missed, %u wrong", info->name, bad, missed, wrong);
    CHECK(finite_elements(dtype, bytes + 1, (size_t)9 * info->elements));
    CHECK(finite_elements(dtype, bytes, 0));
}

TEST(every_format)
{
    for (unsigned i = 0; i < DTYPE_COUNT; i++)
        if (dtype_info((enum dtype)i)->weights) check_format((enum dtype)i);
}

TEST(f16_has_its_own_exponent)
{
    const unsigned char largest[2] = {0xff, 0x7b}, infinite[2] = {0x00, 0x7c};
    const unsigned char huge[2] = {0x80, 0x7f}, most[2] = {0x7f, 0xff};

    CHECK(finite_elements(DTYPE_F16, largest, 1) && !finite_elements(DTYPE_F16, infinite, 1));
    CHECK(finite_elements(DTYPE_BF16, infinite, 1) && finite_elements(DTYPE_BF16, most, 1));
    CHECK(!finite_elements(DTYPE_BF16, huge, 1));
}

int main(void)
{
    RUN(every_format);
    RUN(f16_has_its_own_exponent);
    return check_end();
}
