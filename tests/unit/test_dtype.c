#include "check.h"

#include "tensor/dtype.h"
#include "tensor/floats.h"

#include "unit/files.h"

#include <stdlib.h>

enum { BLOCKS = 20 };

static struct buffer golden_path(const char *name)
{
    const char *root = getenv("SRC");
    struct buffer path = {0};

    buffer_format(&path, "%s/tests/golden/dtype/%s.bin", root ? root : ".", name);
    buffer_byte(&path, '\0');
    return path;
}

/* Everything through one bit pattern, so that -0 is not 0. */
static size_t first_difference(const float *got, const unsigned char *want, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bits_of_float(got[i]) != load_u32(want + 4 * i)) return i;
    return count;
}

static void check_unpack(const struct dtype_info *info, const unsigned char *blocks)
{
    const size_t count = (size_t)BLOCKS * info->elements;
    float *floats = mem_alloc(count * sizeof *floats);
    bf16 *halves = mem_alloc(count * sizeof *halves);
    size_t different, wrong = 0;

    info->to_f32(blocks, floats, count);
    different = first_difference(floats, blocks + (size_t)BLOCKS * info->bytes, count);
    check_claim(different == count, __FILE__, __LINE__, "%s: element %zu is %.9g", info->name,
                different, different < count ? (double)floats[different] : 0);
    info->to_bf16(blocks, halves, count);
    for (size_t i = 0; i < count; i++) wrong += halves[i] != bf16_of_float(floats[i]);
    CHECK_INT(wrong, 0);
    mem_free(floats);
    mem_free(halves);
}

static void check_golden(const struct dtype_info *info)
{
    const size_t size = (size_t)BLOCKS * (info->bytes + 4 * info->elements);
    struct buffer path = golden_path(info->name);
    size_t len = 0;
    unsigned char *bytes = (unsigned char *)files_read(path.at, &len);

    check_claim(bytes && len == size, __FILE__, __LINE__, "%s has %zu bytes", path.at, len);
    if (bytes && len == size) check_unpack(info, bytes);
    mem_free(bytes);
    buffer_release(&path);
}

TEST(blocks)
{
    int formats = 0;

    for (unsigned i = DTYPE_Q4_0; i < DTYPE_COUNT; i++, formats++)
        check_golden(dtype_info((enum dtype)i));
    CHECK_INT(formats, 15);
}

/* A block unpacked into the end of an array leaves what stands before and after it alone, and
 * needs no alignment. */
TEST(any_address)
{
    for (unsigned i = 0; i < DTYPE_COUNT; i++) {
        const struct dtype_info *info = dtype_info((enum dtype)i);
        unsigned char *bytes = mem_zero(info->bytes + 1, 1);
        float floats[258];
        bf16 halves[258];

        for (size_t j = 0; j < 258; j++) halves[j] = 7, floats[j] = 7;
        if (info->weights) {
            info->to_f32(bytes + 1, floats + 1, info->elements);
            info->to_bf16(bytes + 1, halves + 1, info->elements);
            CHECK(floats[1] == 0 && halves[1] == (signbit(floats[1]) ? 0x8000 : 0));
            CHECK(floats[0] == 7 && floats[info->elements + 1] == 7);
            CHECK(halves[0] == 7 && halves[info->elements + 1] == 7);
            info->to_f32(bytes + 1, floats, 0);
            CHECK(floats[0] == 7);
        }
        mem_free(bytes);
    }
}

/* What the bits of an F16 number mean, by the definition. */
static double half_value(unsigned bits)
{
    const int exponent = (int)(bits >> 10 & 31);
    const double fraction = (bits & 1023) / 1024.0, sign = bits >> 15 ? -1 : 1;

    if (exponent == 31) return fraction > 0 ? NAN : sign * INFINITY;
    return sign * (exponent ? ldexp(1 + fraction, exponent - 15) : ldexp(fraction, -14));
}

TEST(every_half)
{
    unsigned char bytes[2];
    float value;
    int wrong = 0;

    for (unsigned bits = 0; bits < 65536; bits++) {
        const double want = half_value(bits);

        bytes[0] = (unsigned char)bits;
        bytes[1] = (unsigned char)(bits >> 8);
        dtype_info(DTYPE_F16)->to_f32(bytes, &value, 1);
        if (isnan(want) ? !isnan(value)
                        : value != (float)want || (signbit(value) != 0) != (bits >= 0x8000))
            wrong++;
    }
    CHECK_INT(wrong, 0);
}

static bf16 rounded(uint32_t bits)
{
    const unsigned char bytes[4] = {(unsigned char)bits, (unsigned char)(bits >> 8),
                                    (unsigned char)(bits >> 16), (unsigned char)(bits >> 24)};
    bf16 value;

    dtype_info(DTYPE_F32)->to_bf16(bytes, &value, 1);
    return value;
}

TEST(bf16_rounding)
{
    CHECK_INT(rounded(0x3f800000), 0x3f80);
    CHECK_INT(rounded(0x3f807fff), 0x3f80);
    CHECK_INT(rounded(0x3f808000), 0x3f80); /* a tie, to the even one */
    CHECK_INT(rounded(0x3f808001), 0x3f81);
    CHECK_INT(rounded(0x3f818000), 0x3f82); /* a tie as well */
    CHECK_INT(rounded(0xbf818000), 0xbf82);
    CHECK_INT(rounded(0x80000000), 0x8000);
    CHECK_INT(rounded(0x00008000), 0x0000); /* subnormal */
    CHECK_INT(rounded(0x00008001), 0x0001);
    CHECK_INT(rounded(0x7f7fffff), 0x7f80); /* the largest becomes infinity */
    CHECK_INT(rounded(0x7f800000), 0x7f80);
    CHECK_INT(rounded(0xff800000), 0xff80);
    CHECK_INT(rounded(0x7f800001), 0x7fc0); /* a NaN whose upper half alone is infinity */
    CHECK_INT(rounded(0x7fffffff), 0x7fff);
    CHECK_INT(rounded(0xffffffff), 0xffff);
}

TEST(plain_formats)
{
    static const double wide[2] = {1.0 + 1.0 / (1 << 30), -3.5};
    static const unsigned char brain[4] = {0x80, 0x3f, 0x01, 0x80};
    static const unsigned char halves[4] = {0x00, 0x3c, 0x01, 0x00};
    float floats[2];
    bf16 small[2];

    dtype_info(DTYPE_F64)->to_f32((const unsigned char *)wide, floats, 2);
    CHECK(floats[0] == 1.0F && floats[1] == -3.5F);
    dtype_info(DTYPE_F64)->to_bf16((const unsigned char *)wide, small, 2);
    CHECK(small[0] == 0x3f80 && small[1] == 0xc060);
    dtype_info(DTYPE_BF16)->to_f32(brain, floats, 2);
    CHECK(floats[0] == 1.0F && bits_of_float(floats[1]) == 0x80010000);
    dtype_info(DTYPE_BF16)->to_bf16(brain, small, 2);
    CHECK(small[0] == 0x3f80 && small[1] == 0x8001);
    dtype_info(DTYPE_F16)->to_bf16(halves, small, 2);
    CHECK(small[0] == 0x3f80 && small[1] == 0x3380);
    dtype_info(DTYPE_F32)->to_f32((const unsigned char *)"\0\0\x80\x3f\0\0\0\xc0", floats, 2);
    CHECK(floats[0] == 1.0F && floats[1] == -2.0F);
}

TEST(table_is_whole)
{
    for (unsigned i = 0; i < DTYPE_COUNT; i++) {
        const struct dtype_info *info = dtype_info((enum dtype)i);
        enum dtype found = DTYPE_COUNT;

        CHECK(info->name && info->elements && info->bytes);
        CHECK(!info->to_f32 == !info->to_bf16 && (info->to_f32 || !info->weights));
        CHECK(info->st_name || info->ggml != DTYPE_NO_GGML);
        if (info->st_name) CHECK(dtype_of_name(text_of(info->st_name), &found) && found == i);
        if (info->ggml != DTYPE_NO_GGML) CHECK(dtype_of_ggml(info->ggml, &found) && found == i);
        CHECK(!dtype_ggml_name(info->ggml));
    }
}

TEST(unknown_formats)
{
    enum dtype found = DTYPE_U8;

    CHECK(!dtype_of_name(TEXT("F8_E4M3"), &found));
    CHECK(!dtype_of_name(TEXT("Q4_K"), &found));
    CHECK(!dtype_of_name(TEXT(""), &found));
    CHECK(!dtype_of_name((struct text){"F32x", 2}, &found));
    CHECK(!dtype_of_ggml(-1, &found));
    CHECK(!dtype_of_ggml(4, &found));
    CHECK(!dtype_of_ggml(16, &found));
    CHECK(!dtype_of_ggml(INT64_C(1) << 32, &found));
    CHECK(found == DTYPE_U8);
    CHECK_TEXT(dtype_ggml_name(16), "IQ2_XXS");
    CHECK_TEXT(dtype_ggml_name(42), "Q2_0");
    CHECK(!dtype_ggml_name(4));
    CHECK(!dtype_ggml_name(43));
    CHECK(!dtype_ggml_name(-1));
    CHECK(!dtype_ggml_name(INT64_MIN));
}

TEST(sizes)
{
    uint64_t bytes = 1;

    CHECK(dtype_bytes(DTYPE_Q4_K, 512, &bytes) && bytes == 288);
    CHECK(dtype_bytes(DTYPE_MXFP4, 32, &bytes) && bytes == 17);
    CHECK(dtype_bytes(DTYPE_F32, 0, &bytes) && bytes == 0);
    CHECK(dtype_bytes(DTYPE_U8, UINT64_MAX, &bytes) && bytes == UINT64_MAX);
    CHECK(!dtype_bytes(DTYPE_Q4_K, 255, &bytes));
    CHECK(!dtype_bytes(DTYPE_Q8_0, 33, &bytes));
    CHECK(!dtype_bytes(DTYPE_F64, UINT64_MAX / 8 + 1, &bytes));
    CHECK(!dtype_bytes(DTYPE_Q8_0, UINT64_MAX / 32 * 32, &bytes));
}

/* Every byte is the number it spells; bf16 has all of them. */
TEST(bytes_are_numbers)
{
    unsigned char bytes[256];
    float floats[256];
    bf16 halves[256];

    for (unsigned i = 0; i < 256; i++) bytes[i] = (unsigned char)i;
    for (int kind = 0; kind < 2; kind++) {
        const struct dtype_info *info = dtype_info(kind ? DTYPE_U8 : DTYPE_I8);
        bool right = !info->weights;

        info->to_f32(bytes, floats, 256);
        info->to_bf16(bytes, halves, 256);
        for (int i = 0; i < 256; i++) {
            int want = kind || i < 128 ? i : i - 256;
            uint32_t bits = (uint32_t)halves[i] << 16;
            float half;

            memcpy(&half, &bits, sizeof half);
            right = right && floats[i] == (float)want && half == (float)want;
        }
        CHECK(right);
    }
}

int main(void)
{
    RUN(blocks);
    RUN(any_address);
    RUN(every_half);
    RUN(bf16_rounding);
    RUN(plain_formats);
    RUN(table_is_whole);
    RUN(unknown_formats);
    RUN(sizes);
    RUN(bytes_are_numbers);
    return check_end();
}
